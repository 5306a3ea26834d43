import numpy as np
import pandas as pd
import pytest
import sklearn.metrics as skm

import mlkit
from mlkit.exceptions import OptionError, TooManyLabelsError


def test_labels_by_hand(small):
    table = mlkit.evaluate(small.Y, small.Y_proba).labels

    assert table.index.tolist() == ["sea", "sun", "sky"]
    assert table["support"].tolist() == [2, 2, 2]
    assert table["predicted"].tolist() == [2, 2, 2]
    assert table[["tp", "fp", "fn", "tn"]].to_numpy().tolist() == [
        [2, 0, 0, 2],
        [1, 1, 1, 1],
        [1, 1, 1, 1],
    ]
    assert table["f1"].tolist() == [1.0, 0.5, 0.5]
    assert table["threshold"].tolist() == [0.5] * 3


def test_labels_agree_with_scikit_learn(large):
    table = mlkit.evaluate(large.Y, large.Y_proba).labels
    for name in large.Y:
        y, p = large.Y[name], large.Y_proba[name]
        row = table.loc[name]
        assert row["precision"] == pytest.approx(skm.precision_score(y, p >= 0.5))
        assert row["roc_auc"] == pytest.approx(skm.roc_auc_score(y, p))
        assert row["average_precision"] == pytest.approx(
            skm.average_precision_score(y, p)
        )
        assert row["brier"] == pytest.approx(skm.brier_score_loss(y, p))


def test_what_is_undefined_is_nan_whatever_the_convention():
    Y, proba = [[1, 0], [1, 0]], [[0.6, 0.1], [0.7, 0.2]]
    for convention in ("sklearn", "mulan", "meka"):
        table = mlkit.evaluate(Y, proba, convention=convention).labels
        assert table.loc["label_1", ["precision", "recall", "f1"]].isna().all()
        assert np.isnan(table.loc["label_0", "roc_auc"])
        assert np.isnan(table.loc["label_1", "average_precision"])


def test_a_label_that_is_unknown_everywhere():
    table = mlkit.evaluate([[1, np.nan], [0, np.nan]], [[0.6, 0.1], [0.2, 0.2]]).labels

    assert table["unknown"].tolist() == [0, 2]
    assert table.loc["label_1", ["f1", "roc_auc", "brier"]].isna().all()


def test_decided_labels_alone_have_no_scores(small):
    columns = mlkit.evaluate(small.Y, small.Y_pred).labels.columns

    assert "f1" in columns
    assert not {"roc_auc", "brier", "threshold"} & set(columns)


def test_joint_errors_by_hand():
    Y = [[1, 1, 0], [1, 0, 0], [0, 0, 1]]
    Y_pred = [[0, 0, 1], [0, 0, 1], [0, 0, 1]]
    evaluation = mlkit.evaluate(Y, Y_pred)

    assert evaluation.co_errors().to_numpy().tolist() == [
        [2, 1, 2],
        [1, 1, 1],
        [2, 1, 2],
    ]
    # Labels 0 and 1 are missed, label 2 is predicted instead.
    assert evaluation.co_errors("missed", "false").to_numpy().tolist() == [
        [0, 0, 2],
        [0, 0, 1],
        [0, 0, 0],
    ]
    assert evaluation.co_errors("false", "missed").to_numpy().tolist() == [
        [0, 0, 0],
        [0, 0, 0],
        [2, 1, 0],
    ]


def test_joint_errors_by_brute_force(large):
    evaluation = mlkit.evaluate(large.Y, large.Y_proba)
    wrong = (large.Y_pred != large.Y).to_numpy().astype(int)

    assert (evaluation.co_errors().to_numpy() == wrong.T @ wrong).all()
    assert evaluation.co_errors().index.tolist() == list(large.Y)


def test_unknown_cells_are_no_errors():
    errors = mlkit.evaluate([[np.nan, 1]], [[1, 0]]).co_errors()

    assert errors.to_numpy().tolist() == [[0, 0], [0, 1]]


def test_kinds_of_errors_are_checked(small):
    with pytest.raises(OptionError, match="columns must be one of 'wrong'"):
        mlkit.evaluate(small.Y, small.Y_pred).co_errors("wrong", "right")


def test_too_many_labels_are_refused(small, monkeypatch):
    monkeypatch.setattr("mlkit.evaluation.label_tables._MOST_PAIRED_LABELS", 2)
    with pytest.raises(TooManyLabelsError, match="all pairs of 3 labels"):
        mlkit.evaluate(small.Y, small.Y_pred).co_errors()


def test_rows_by_hand(small):
    rows = mlkit.evaluate(small.Y, small.Y_proba).rows

    assert rows.index.tolist() == list("abcd")
    assert rows["right"].tolist() == [1, 0, 1, 2]
    assert rows["missed"].tolist() == [1, 0, 1, 0]
    assert rows["false"].tolist() == [1, 0, 1, 0]
    expected = [1 / 3, np.nan, 1 / 3, 1.0]
    np.testing.assert_allclose(rows["jaccard"], expected)
    np.testing.assert_allclose(rows["ranking_loss"], [0.5, np.nan, 0.5, 0.0])
    own = -np.log([0.9, 0.4, 0.2]).mean()
    assert rows.loc["a", "log_loss"] == pytest.approx(own)


def test_row_names_come_from_the_prediction_where_the_truth_has_none(small):
    rows = mlkit.evaluate(small.Y.to_numpy(), small.Y_proba).rows

    pd.testing.assert_index_equal(rows.index, small.Y_proba.index)
