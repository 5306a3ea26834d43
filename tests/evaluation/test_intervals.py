import numpy as np
import pytest

import mlkit
from mlkit.evaluation import bootstrap_intervals, bootstrap_label_intervals
from mlkit.evaluation.intervals import draw_rows
from mlkit.exceptions import OptionError, UnknownNameError
from mlkit.metrics import Evidence, Metric, get_metric


def evidence_of(case):
    return Evidence.of_all(case.Y, case.Y_pred, None, case.Y_proba)


def test_every_resample_has_as_many_rows_as_there_are():
    weights = draw_rows(np.random.RandomState(0), 7, 11)

    assert weights.shape == (7, 11)
    assert (weights.sum(axis=1) == 11).all()
    assert len({tuple(row) for row in weights}) > 1


def test_rows_are_drawn_evenly():
    weights = draw_rows(np.random.RandomState(0), 4000, 10)

    # Binomial: mean 1, variance 1 - 1/10.
    np.testing.assert_allclose(weights.mean(axis=0), 1.0, atol=0.06)
    assert weights.var() == pytest.approx(0.9, abs=0.03)


def test_it_is_the_bootstrap_done_row_by_row(large):
    """The percentiles of metrics that are computed on rows drawn one by one."""
    names = ["micro_f1", "macro_roc_auc", "ranking_loss", "log_loss"]
    metrics = [get_metric(name) for name in names]
    weights = draw_rows(np.random.RandomState(5), 40, len(large.Y))
    drawn = [np.repeat(np.arange(len(large.Y)), w.astype(int)) for w in weights]
    by_hand = [
        [float(mlkit.evaluate(large.Y.iloc[rows].reset_index(drop=True),
                              large.Y_proba.iloc[rows].reset_index(drop=True))[name])
         for rows in drawn]
        for name in names
    ]  # fmt: skip

    table = bootstrap_intervals(
        evidence_of(large), metrics, n_resamples=40, random_state=5
    )

    low, high = np.quantile(by_hand, [0.025, 0.975], axis=1)
    np.testing.assert_allclose(table["low"], low)
    np.testing.assert_allclose(table["high"], high)
    np.testing.assert_allclose(table["error"], np.std(by_hand, axis=1, ddof=1))
    assert table["defined"].tolist() == [40] * 4


def test_blocks_do_not_matter(large, monkeypatch):
    metrics = [get_metric("macro_f1"), get_metric("micro_average_precision")]
    whole = bootstrap_intervals(evidence_of(large), metrics, n_resamples=30)
    monkeypatch.setattr("mlkit.evaluation.intervals._BLOCK_NUMBERS", 1000)
    monkeypatch.setattr("mlkit.metrics.weighted_lists._BLOCK_NUMBERS", 1000)

    parts = bootstrap_intervals(evidence_of(large), metrics, n_resamples=30)

    np.testing.assert_allclose(parts.to_numpy(), whole.to_numpy())


def test_a_seed_gives_the_same_interval_and_another_seed_another(large):
    first, second, third = (
        mlkit.evaluate(
            large.Y, large.Y_proba, metrics="micro_f1", n_resamples=50, random_state=s
        ).metrics
        for s in (1, 1, 2)
    )

    assert first.equals(second)
    assert first.loc["micro_f1", "low"] != third.loc["micro_f1", "low"]


def test_the_interval_holds_the_value_and_narrows_with_level(large):
    evaluation = mlkit.evaluate(large.Y, large.Y_proba, metrics=["micro_f1"])
    wide = evaluation.intervals(n_resamples=200).loc["micro_f1"]
    narrow = evaluation.intervals(n_resamples=200, level=0.5).loc["micro_f1"]

    value = evaluation["micro_f1"]
    assert wide["low"] < narrow["low"] < value < narrow["high"] < wide["high"]


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    """Subset accuracy of rows that are right with probability .6, 300 data sets."""
    rng = np.random.default_rng(0)
    metric = [get_metric("subset_accuracy")]
    covered = []
    for seed in range(300):
        right = rng.random((80, 1)) < 0.6
        truth = np.hstack([right, ~right]).astype(int)
        guess = np.repeat([[1, 0]], 80, axis=0)
        row = bootstrap_intervals(
            Evidence.of_labels(truth, guess), metric, n_resamples=200, random_state=seed
        ).iloc[0]
        covered.append(row["low"] <= 0.6 <= row["high"])

    # Percentile intervals of 80 rows cover a little less than their level.
    assert 0.89 < np.mean(covered) < 0.98


def test_a_metric_that_is_often_undefined_has_no_interval():
    # The only positive of the second label is missing in a third of the resamples.
    Y = np.array([[1, 0]] * 9 + [[0, 1]])
    proba = np.linspace(0.1, 0.9, 20).reshape(10, 2)
    table = bootstrap_intervals(
        Evidence.of_probabilities(Y, proba),
        [get_metric("macro_roc_auc"), get_metric("log_loss")],
        n_resamples=300,
    )

    assert np.isnan(table.loc["macro_roc_auc", "low"])
    assert 100 < table.loc["macro_roc_auc", "defined"] < 290
    assert table.loc["log_loss", "defined"] == 300


@pytest.mark.parametrize(
    "name", ["micro_calibration_error", "geometric_average_precision"]
)
def test_what_cannot_be_resampled_has_no_interval(large, name):
    evaluation = mlkit.evaluate(large.Y, large.Y_proba, metrics=name, n_resamples=10)

    assert not np.isnan(evaluation[name])
    assert evaluation.metrics[["low", "high"]].isna().all(axis=None)


def test_a_metric_of_ones_own_has_no_interval(large):
    mine = Metric(
        "mine",
        "Mine",
        lambda Y, Y_pred: float((Y_pred == Y).mean()),
        "bipartition",
        greater_is_better=True,
        description="share of right cells",
    )
    evaluation = mlkit.evaluate(large.Y, large.Y_pred, metrics=[mine], n_resamples=10)

    same = mlkit.evaluate(large.Y, large.Y_pred)
    assert evaluation["mine"] == pytest.approx(1 - same["hamming_loss"])
    assert evaluation.metrics["low"].isna().all()


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"n_resamples": 1}, "n_resamples must be at least 2"),
        ({"level": 1.5}, "level must be in"),
        ({"level": -0.5}, "level must be in"),
    ],
)
def test_options_are_checked(large, options, match):
    with pytest.raises(OptionError, match=match):
        mlkit.evaluate(large.Y, large.Y_proba).intervals(**options)


@pytest.mark.parametrize("metric", ["f1", "precision", "mcc"])
def test_of_each_label_it_is_the_bootstrap_done_row_by_row(large, metric):
    """Of one label alone, the macro average is the metric of that label."""
    evaluation = mlkit.evaluate(large.Y, large.Y_pred)
    table = evaluation.label_intervals(metric, n_resamples=60, random_state=3)
    for label in table.index[:3]:
        alone = mlkit.evaluate(
            large.Y[[label]],
            large.Y_pred[[label]],
            metrics=f"macro_{metric}",
            random_state=3,
        )
        (low, high) = alone.intervals(n_resamples=60)[["low", "high"]].to_numpy()[0]
        found = table.loc[label]
        assert found[f"{metric}_low"] == pytest.approx(low)
        assert found[f"{metric}_high"] == pytest.approx(high)
        assert found[metric] == pytest.approx(float(alone[f"macro_{metric}"]))
        assert low <= found[metric] <= high
        assert found["support"] == large.Y[label].sum()


def test_a_label_without_positives_has_no_interval_of_its_own():
    Y, Y_pred = [[1, 0], [1, 0], [0, 0], [1, 0]], [[1, 0], [1, 0], [0, 0], [0, 0]]
    table = mlkit.evaluate(Y, Y_pred).label_intervals("recall")
    assert table["recall"].tolist() == pytest.approx([2 / 3, np.nan], nan_ok=True)
    assert table.loc["label_1", ["recall_low", "recall_high"]].isna().all()
    assert table["support"].tolist() == [3, 0]


def test_labels_that_were_not_decided_have_no_intervals():
    evidence = Evidence.of_scores([[1, 0], [0, 1]], [[3.5, -1.0], [0.5, 2.0]])
    with pytest.raises(OptionError, match="scores only"):
        bootstrap_label_intervals(evidence)


def test_a_metric_of_labels_that_does_not_exist(large):
    with pytest.raises(UnknownNameError, match="Did you mean 'recall'"):
        mlkit.evaluate(large.Y, large.Y_pred).label_intervals("recalls")
