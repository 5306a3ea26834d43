import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

import mlkit
from mlkit import MultiLabelDataset
from mlkit.exceptions import (
    IndicatorError,
    LabelNameError,
    OptionError,
    ScoresError,
    ShapeError,
    UnknownNameError,
)
from mlkit.metrics import METRICS, f1_score, score_table
from mlkit.thresholds import RCut, SCut


def same_values(evaluation, expected):
    """Whether names and values agree, NaN with NaN."""
    found, wanted = evaluation.values, expected
    return list(found) == list(wanted) and np.array_equal(
        list(found.values()), list(wanted.values()), equal_nan=True
    )


def kinds(evaluation):
    return set(evaluation.metrics["kind"])


def test_probabilities_are_judged_by_all_kinds_of_metrics(small):
    evaluation = mlkit.evaluate(small.Y, small.Y_proba)

    assert kinds(evaluation) == {"bipartition", "scores", "probabilities"}
    expected = score_table(small.Y, small.Y_pred, Y_proba=small.Y_proba)
    assert same_values(evaluation, expected)
    held = [name for name, metric in METRICS.items() if metric.in_tables]
    assert evaluation.metrics.index.tolist() == held


def test_labels_are_judged_as_labels(small):
    for labels in (small.Y_pred, small.Y_pred.astype(bool), small.Y_pred.astype(float)):
        evaluation = mlkit.evaluate(small.Y, labels)
        assert kinds(evaluation) == {"bipartition"}
        expected = f1_score(small.Y, small.Y_pred, average="macro")
        assert evaluation["macro_f1"] == expected


def test_scores_are_cut_at_zero(small):
    evaluation = mlkit.evaluate(small.Y, 10 * small.Y_proba - 5)

    assert kinds(evaluation) == {"bipartition", "scores"}
    assert evaluation.decided_by == "threshold 0"
    same = mlkit.evaluate(small.Y, small.Y_proba)
    assert evaluation["micro_f1"] == same["micro_f1"]
    assert evaluation["ranking_loss"] == same["ranking_loss"]


def test_the_kind_can_be_said(small):
    sure = small.Y_pred.astype(float)
    evaluation = mlkit.evaluate(small.Y, sure, kind="probabilities")

    assert "probabilities" in kinds(evaluation)
    assert mlkit.evaluate(small.Y, sure, kind="scores", threshold=0.5)[
        "hamming_loss"
    ] == pytest.approx(4 / 12)


def test_a_threshold_for_all_and_one_a_label(small):
    low = mlkit.evaluate(small.Y, small.Y_proba, threshold=0.25)
    each = mlkit.evaluate(small.Y, small.Y_proba, threshold=[0.25, 0.5, 0.25])

    assert low.labels["predicted"].tolist() == [3, 3, 3]
    assert each.labels["predicted"].tolist() == [3, 2, 3]
    assert each.labels["threshold"].tolist() == [0.25, 0.5, 0.25]
    assert each.decided_by == "one threshold a label"


def test_a_fitted_strategy_decides(small):
    cut = SCut().fit(small.Y, small.Y_proba)
    evaluation = mlkit.evaluate(small.Y, small.Y_proba, threshold=cut)
    assert evaluation.labels["threshold"].tolist() == cut.thresholds_.tolist()
    assert "SCut()" in evaluation.decided_by

    ranked = mlkit.evaluate(
        small.Y, small.Y_proba, threshold=RCut(1).fit(small.Y, small.Y_proba)
    )
    assert ranked.thresholds is None
    assert ranked.rows["predicted"].tolist() == [1, 1, 1, 1]


def test_labels_that_were_decided_elsewhere(small):
    decided = 1 - small.Y_pred
    evaluation = mlkit.evaluate(small.Y, small.Y_proba, Y_pred=decided)

    assert evaluation["hamming_loss"] == pytest.approx(8 / 12)
    assert "ranking_loss" in evaluation.values
    alone = mlkit.evaluate(small.Y, Y_pred=decided)
    assert kinds(alone) == {"bipartition"}


@pytest.mark.parametrize("container", [np.asarray, sp.csr_array, lambda Y: Y])
def test_containers_do_not_matter(small, container):
    expected = mlkit.evaluate(small.Y.to_numpy(), small.Y_proba.to_numpy())
    evaluation = mlkit.evaluate(container(small.Y), small.Y_proba)

    assert same_values(evaluation, expected.values)
    assert evaluation.evidence.label_names == ("sea", "sun", "sky")


def test_a_dataset_gives_its_labels_and_what_is_unknown(small):
    hidden = np.zeros((4, 3), dtype=bool)
    hidden[0, 2] = True
    ds = MultiLabelDataset(
        np.zeros((4, 1)), small.Y.to_numpy() * ~hidden, missing=hidden
    )
    evaluation = mlkit.evaluate(ds, small.Y_proba.to_numpy())

    assert evaluation["hamming_loss"] == pytest.approx(3 / 11)
    assert evaluation.labels["unknown"].tolist() == [0, 0, 1]


def test_metrics_of_ones_choice_in_ones_order(small):
    names = ["ranking_loss", "micro_f2", "levenshtein_loss"]
    evaluation = mlkit.evaluate(small.Y, small.Y_proba, metrics=names)

    assert evaluation.metrics.index.tolist() == names


def test_a_metric_that_cannot_be_judged_is_kept_as_nan_where_it_was_asked_for(small):
    evaluation = mlkit.evaluate(small.Y, small.Y_pred, metrics="ranking_loss")

    assert np.isnan(evaluation["ranking_loss"])


def test_the_convention_reaches_every_metric(small):
    mulan = mlkit.evaluate(small.Y, small.Y_proba, convention="mulan")
    expected = score_table(
        small.Y, small.Y_pred, Y_proba=small.Y_proba, convention="mulan"
    )
    assert same_values(mulan, expected)


def test_arguments_are_not_modified(small):
    Y, proba = small.Y.copy(), small.Y_proba.copy()
    mlkit.evaluate(small.Y, small.Y_proba, n_resamples=5).metrics  # noqa: B018
    pd.testing.assert_frame_equal(small.Y, Y)
    pd.testing.assert_frame_equal(small.Y_proba, proba)


@pytest.mark.parametrize(
    ("options", "error", "match"),
    [
        ({"prediction": None}, OptionError, "nothing to judge"),
        ({"kind": "logits"}, OptionError, "kind must be one of"),
        ({"convention": "weka"}, OptionError, "convention must be one of"),
        ({"n_resamples": -1}, OptionError, "n_resamples must be at least 0"),
        ({"level": 1.0}, OptionError, "level must be in"),
        ({"metrics": "f1"}, UnknownNameError, "average: 'example_f1', 'micro_f1"),
        ({"metrics": "macro-f1"}, UnknownNameError, "Did you mean 'macro_f1'"),
        ({"threshold": "high"}, ScoresError, "threshold must be a number"),
        ({"threshold": [0.5, 0.5]}, ShapeError, "one number or 3"),
        ({"threshold": 0.5, "Y_pred": np.ones((4, 3))}, OptionError, "not both"),
        ({"Y_pred": np.ones((4, 2))}, ShapeError, "same shape"),
        ({"prediction": np.full((4, 3), np.nan)}, ScoresError, "not finite"),
        ({"prediction": np.full((4, 3), 1.5), "kind": "probabilities"}, ScoresError,
         "outside"),
        ({"prediction": np.full((4, 3), 2)}, IndicatorError, "outside {0, 1}"),
        ({"prediction": np.ones((3, 3))}, ShapeError, "same shape"),
    ],
)  # fmt: skip
def test_bad_input_is_named(small, options, error, match):
    given = {"prediction": small.Y_proba, **options}
    with pytest.raises(error, match=match):
        mlkit.evaluate(small.Y, given.pop("prediction"), **given)


def test_a_threshold_for_decided_labels_is_refused(small):
    with pytest.raises(OptionError, match="decided labels"):
        mlkit.evaluate(small.Y, small.Y_pred, threshold=0.5)


def test_columns_in_another_order_are_refused(small):
    with pytest.raises(LabelNameError, match="another order"):
        mlkit.evaluate(small.Y, small.Y_proba[["sun", "sea", "sky"]])


def test_one_column_one_row_and_no_positive_are_documented_values():
    one = mlkit.evaluate([[0]], [[0.2]])

    assert one["hamming_loss"] == 0.0
    assert one["macro_f1"] == 0.0
    assert one["macro_f1"].undefined == 1
    assert np.isnan(one["macro_roc_auc"])
    assert one["ranking_loss"].undefined == 1
