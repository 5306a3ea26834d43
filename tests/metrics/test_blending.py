"""A weighted blend of metrics."""

import math
import pickle

import numpy as np
import pytest

from mlkit.exceptions import OptionError, UnknownNameError
from mlkit.metrics import METRICS, Blend, Evidence, Metric, blend, score_table
from mlkit.metrics.blending import goodness

from .cases import CONVENTION, NAN, PROBA, SCORES, Y_PRED, Y

OURS = {"micro_f1": 3, "hamming_loss": 1}
MIXED = {"micro_f1": 1, "ranking_loss": 2, "macro_mcc": 1}


def everything():
    return Evidence.of_all(Y, Y_PRED, SCORES, PROBA)


def test_by_hand():
    ours = blend(OURS)
    truth, predicted = [[1, 0], [1, 1]], [[1, 0], [1, 0]]
    # Micro F1 4/5; one of four cells is wrong.
    assert ours(truth, predicted) == pytest.approx(0.75 * 0.8 + 0.25 * 0.75)
    value = ours.of(Evidence.of_labels(truth, predicted))
    assert value == pytest.approx(0.7875)
    assert (value.units, value.undefined) == (2, 0)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("micro_f1", 0.25, 0.25),
        ("hamming_loss", 0.25, 0.75),
        ("macro_mcc", 0.0, 0.5),
        ("macro_mcc", -1.0, 0.0),
    ],
)
def test_goodness_runs_from_the_worst_to_the_best(name, value, expected):
    assert goodness(METRICS[name], value) == expected


def test_the_ends():
    ours = blend(MIXED)
    rows = Y[Y.any(axis=1) & ~Y.all(axis=1)]
    perfect = Evidence.of_all(rows, rows, rows.astype(float))
    assert ours.of(perfect) == pytest.approx(1.0)
    opposite = Evidence.of_all(rows, 1 - rows, 1.0 - rows)
    assert ours.of(opposite) == pytest.approx(0.0)


def test_it_is_a_metric():
    ours = blend(OURS, name="ours")
    assert isinstance(ours, Metric)
    assert isinstance(ours, Blend)
    assert (ours.name, ours.label, ours.best, ours.worst) == ("ours", "Ours", 1.0, 0.0)
    assert "75% Micro F1" in ours.description
    assert "25% Hamming loss" in ours.description
    table = score_table(Y, Y_PRED, metrics=[ours, "micro_f1"])
    assert list(table) == ["ours", "micro_f1"]
    assert table["ours"] == ours(Y, Y_PRED)
    assert pickle.loads(pickle.dumps(ours)) == ours


def test_weights_are_scaled_to_sum_to_one():
    assert blend(OURS).weights == (0.75, 0.25)
    assert blend({"micro_f1": 30.0, "hamming_loss": 10.0}).weights == (0.75, 0.25)
    alone = blend({METRICS["macro_f1"]: 7})
    assert alone(Y, Y_PRED) == METRICS["macro_f1"](Y, Y_PRED)


def test_a_blend_can_be_a_part_of_another():
    inner = blend(OURS, name="inner")
    outer = blend({inner: 1, "macro_f1": 1})
    expected = (inner(Y, Y_PRED) + METRICS["macro_f1"](Y, Y_PRED)) / 2
    assert outer.of(everything()) == pytest.approx(expected)


@CONVENTION
def test_the_breakdown_adds_up(convention):
    ours = blend(MIXED)
    table = ours.breakdown(everything(), convention)
    assert table.index.tolist() == list(MIXED)
    assert table.columns.tolist() == ["value", "goodness", "weight", "points"]
    for name, row in table.iterrows():
        assert row["value"] == METRICS[name].of(everything(), convention)
        assert row["points"] == pytest.approx(row["goodness"] * row["weight"])
    assert table["points"].sum() == pytest.approx(ours.of(everything(), convention))


@CONVENTION
def test_weighted_rows_are_repeated_rows(convention):
    ours = blend(MIXED)
    weights = np.random.default_rng(0).multinomial(40, [1 / 40] * 40, size=3)
    found = ours.resample(everything(), weights.astype(float), convention)
    for w, value in zip(weights, found, strict=True):
        rows = np.repeat(np.arange(40), w)
        evidence = Evidence.of_all(Y[rows], Y_PRED[rows], SCORES[rows])
        assert value == pytest.approx(ours.of(evidence, convention))


def test_parts_of_several_kinds_need_a_table():
    ours = blend(MIXED)
    assert ours.needs == {"bipartition", "scores"}
    expected = ours.of(everything())
    assert score_table(Y, Y_PRED, SCORES, ours)["blend"] == expected
    for options in ({}, {"convention": "mulan"}):
        with pytest.raises(OptionError, match="judges decided labels and scores both"):
            ours(Y, Y_PRED, **options)


def test_the_kind_is_that_of_the_first_part():
    # Of several kinds one is named, the same one in every process.
    assert blend(MIXED).kind == "bipartition"
    assert blend({"ranking_loss": 1, "micro_f1": 1}).kind == "scores"


def test_of_what_cannot_be_judged_nothing_is_known():
    assert math.isnan(blend(MIXED).of(Evidence.of_labels(Y, Y_PRED)))
    assert np.isnan(
        blend(MIXED).resample(Evidence.of_labels(Y, Y_PRED), np.ones((1, 40)))
    ).all()


def test_an_undefined_part_is_told():
    value = blend({"macro_f1": 1, "hamming_loss": 1}).of(
        Evidence.of_labels([[1, 0]], [[1, 0]])
    )
    assert value == pytest.approx(0.75)
    assert value.note == "1 of 2 metrics undefined"


@pytest.mark.parametrize(
    ("weights", "error", "match"),
    [
        ({}, OptionError, "blend needs at least one metric"),
        ({"micro_f1": 0}, OptionError, "All weights of the blend are 0"),
        (
            {"micro_f1": -1},
            OptionError,
            "weight of micro_f1 must be a number .* got -1",
        ),
        ({"micro_f1": NAN}, OptionError, "weight of micro_f1 must be a number of at"),
        (
            {"micro_f1": np.inf},
            OptionError,
            "weight of micro_f1 must be a number of at",
        ),
        ({"micro_f1": "a lot"}, OptionError, "of at least 0, got 'a lot'"),
        ({"coverage_error": 1}, OptionError, "coverage_error has no worst value"),
        ({"log_loss": 1}, OptionError, "log_loss has no worst value"),
        ({"f1": 1}, UnknownNameError, "Unknown metric 'f1'"),
    ],
)
def test_bad_weights(weights, error, match):
    with pytest.raises(error, match=match):
        blend(weights)
