import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import multilabel_confusion_matrix

import mlkit
from mlkit.exceptions import OptionError, UnknownNameError
from mlkit.metrics import Evidence, blend


def test_confusion_matrices_are_scikit_learns(large):
    evaluation = mlkit.evaluate(large.Y, large.Y_proba)

    expected = multilabel_confusion_matrix(large.Y, large.Y_pred)
    np.testing.assert_array_equal(evaluation.confusion_matrices, expected)
    one = evaluation.confusion("tag 2")
    np.testing.assert_array_equal(one, expected[2])
    assert one.index.name == "tag 2"


def test_an_unknown_label_is_named_with_the_closest(small):
    with pytest.raises(UnknownNameError, match="Unknown label 'seq'.*'sea'"):
        mlkit.evaluate(small.Y, small.Y_pred).confusion("seq")


def test_the_table_of_metrics_says_what_was_undefined(small):
    table = mlkit.evaluate(small.Y, small.Y_proba).metrics

    row = table.loc["example_recall"]
    assert (row["undefined"], row["units"], row["unit"]) == (1, 4, "row")
    assert table.loc["hamming_loss", "better"] == "lower"
    assert table["low"].isna().all()


def test_values_are_looked_up_by_name(small):
    evaluation = mlkit.evaluate(small.Y, small.Y_proba)

    assert evaluation["micro_f1"] == evaluation.metrics.loc["micro_f1", "value"]
    with pytest.raises(UnknownNameError, match="Did you mean 'micro_f1'"):
        evaluation["micro_f"]


def test_problems_by_hand():
    Y = [[1, 1, 0], [1, 0, 0], [0, 0, 0]]
    Y_pred = [[1, 0, 1], [1, 0, 1], [1, 0, 0]]
    problems = mlkit.evaluate(Y, Y_pred).problems

    expected = {
        "cardinality": 1.0,
        "predicted_cardinality": 5 / 3,
        "empty_rows": 1 / 3,
        "predicted_empty_rows": 0.0,
        "constant_labels": 2 / 3,
        "never_predicted_labels": 1 / 3,
        "never_right_labels": 1 / 3,
    }
    assert problems.to_dict() == pytest.approx(expected)


def test_a_blend_adds_up(small):
    evaluation = mlkit.evaluate(small.Y, small.Y_proba)
    weights = {"macro_f1": 3, "hamming_loss": 1, "macro_mcc": 4}
    table = evaluation.blend(weights)

    goodness = [
        evaluation["macro_f1"],
        1 - evaluation["hamming_loss"],
        (evaluation["macro_mcc"] + 1) / 2,
    ]
    assert table["goodness"].tolist() == pytest.approx(goodness)
    assert table["weight"].tolist() == [3 / 8, 1 / 8, 4 / 8]
    assert table["points"].sum() == pytest.approx(
        float(blend(weights).of(Evidence.of_labels(small.Y, small.Y_pred)))
    )


def test_a_blend_is_a_metric_of_the_table_with_an_interval(large):
    mixed = blend({"macro_f1": 1, "ranking_loss": 1}, name="ours")
    evaluation = mlkit.evaluate(
        large.Y, large.Y_proba, metrics=[mixed, "macro_f1"], n_resamples=50
    )

    row = evaluation.metrics.loc["ours"]
    assert row["low"] < row["value"] < row["high"]
    assert evaluation.metrics.loc["ours", "better"] == "higher"


def test_without_decided_labels_their_tables_are_refused(small):
    evidence = Evidence.of_probabilities(small.Y, small.Y_proba)
    evaluation = type(mlkit.evaluate(small.Y, small.Y_proba))(evidence, ())

    for ask in (
        lambda: evaluation.rows,
        lambda: evaluation.problems,
        lambda: evaluation.confusion_matrices,
        evaluation.co_errors,
    ):
        with pytest.raises(OptionError, match="needs decided labels"):
            ask()
    assert "roc_auc" in evaluation.labels


def test_tables_are_made_once(small):
    evaluation = mlkit.evaluate(small.Y, small.Y_proba)

    assert evaluation.labels is evaluation.labels
    assert evaluation.metrics is evaluation.metrics
    assert isinstance(evaluation.labels, pd.DataFrame)
