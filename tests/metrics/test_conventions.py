"""What three systems do at the edges, and the published values that show it."""

import math

import numpy as np
import pandas as pd
import pytest

from mlkit.exceptions import OptionError
from mlkit.metrics import CONVENTIONS, METRICS, convention_table
from mlkit.metrics import conventions as module

from .cases import (
    CONVENTION,
    E_PRED,
    E_SCORES,
    E_TRUE,
    NAN,
    T_PRED,
    T_SCORES,
    T_TRUE,
)

SYSTEMS = {
    "mulan": {"convention": "mulan"},
    "meka": {"convention": "meka"},
    "sklearn": {"convention": "sklearn"},
    "zero": {"zero_division": 0.0},
    "one": {"zero_division": 1.0},
}

# Printed by the systems themselves for the cases E and T: MULAN, MEKA and scikit-learn,
# the latter with 0/0 as 0 and as 1; None where a system has no such metric.
PUBLISHED = {
    "example_precision": (
        (0.6667, None, 0.3333, 0.6667),
        (0.3333, None, 0.3333, 0.3333),
    ),
    "example_f1": ((0.6667, 0.3333, 0.3333, 0.6667), (0.5,) * 4),
    "example_jaccard": ((0.6667, 0.6667, 0.3333, 0.6667), (0.3333,) * 4),
    "macro_recall": ((0.5, 0.5, 0.5, 0.8333), (0.6667, 0.6667, 0.6667, 1.0)),
    "macro_f1": ((0.5556,) * 4, (0.4444,) * 4),
    "label_ranking_average_precision": (
        (0.75, 0.8333, 0.8333),
        (0.6667, 0.3333, 0.3333),
    ),
    "coverage_error": ((0.6667, None, 1.3333), (1.0, None, 3.0)),
    "ranking_loss": ((0.1667,) * 3, (0.5, 0.5, 1.0)),
    "one_error": ((0.6667, 0.6667, None), (0.5, 0.5, None)),
    "macro_average_precision": ((1.0, NAN, 0.6667), (0.75, NAN, 0.3333)),
    "macro_roc_auc": ((NAN,) * 3, (NAN,) * 3),
}
CASES = {
    "E": (E_TRUE, E_PRED, E_SCORES),
    "T": (T_TRUE, T_PRED, T_SCORES),
}


def published():
    for name, by_case in PUBLISHED.items():
        for case, values in zip(CASES, by_case, strict=True):
            options = [SYSTEMS["mulan"], SYSTEMS["meka"], SYSTEMS["sklearn"]]
            numbers = list(values[:3])
            if len(values) == 4:
                options += [SYSTEMS["zero"], SYSTEMS["one"]]
                numbers += values[2:]
            for chosen, number in zip(options, numbers, strict=True):
                if number is not None:
                    (what,) = chosen.values()
                    yield pytest.param(
                        name, case, chosen, number, id=f"{name}-{case}-{what}"
                    )


@pytest.mark.parametrize(("name", "case", "options", "expected"), list(published()))
def test_published_values(name, case, options, expected):
    metric = METRICS[name]
    truth, predicted, scores = CASES[case]
    other = predicted if metric.kind == "bipartition" else scores
    value = metric(truth, other, **options)
    assert value == pytest.approx(expected, abs=5e-5, nan_ok=True)


@pytest.mark.parametrize(
    ("truth", "predicted", "counts"),
    [
        ([[0, 0]], [[0, 0]], 1.0),  # nothing true, nothing predicted
        ([[1, 0]], [[0, 0]], 0.0),  # something missed
    ],
)
def test_mulan_has_a_rule_that_no_number_can_stand_for(truth, predicted, counts):
    precision = METRICS["example_precision"]
    assert precision(truth, predicted, convention="mulan") == counts
    assert precision(truth, predicted, zero_division="match") == counts
    assert precision(truth, predicted, zero_division=1.0) == 1.0


def test_meka_counts_an_empty_row_in_two_ways():
    empty = [[0, 0]]
    assert METRICS["example_f1"](empty, empty, convention="meka") == 0.0
    assert METRICS["example_jaccard"](empty, empty, convention="meka") == 1.0


def test_coverage_of_scikit_learn_is_more_by_the_share_of_rows_with_a_label():
    rng = np.random.default_rng(0)
    truth, scores = rng.integers(0, 2, (30, 3)), rng.random((30, 3))
    coverage = METRICS["coverage_error"]
    distance = coverage(truth, scores) - coverage(truth, scores, convention="mulan")
    assert distance == pytest.approx(truth.any(axis=1).mean())


class TestResolve:
    @CONVENTION
    def test_nothing_given_is_the_column_of_the_table(self, convention):
        table = convention_table()[convention]
        for measure in table.index.unique("measure"):
            expected = table.loc[measure].to_dict()
            assert module.resolve(measure, convention) == pytest.approx(
                expected, nan_ok=True
            )

    def test_what_is_given_goes_first(self):
        options = module.resolve("one_error", "mulan", ties="first", empty=None)
        assert options == {"ties": "first", "empty": 1.0}

    @pytest.mark.parametrize("value", [0, 1, 0.0, 1.0, True, np.float64(1), "match"])
    def test_what_zero_division_may_be(self, value):
        found = module.resolve("fbeta", "sklearn", zero_division=value)
        assert found["zero_division"] == value

    @pytest.mark.parametrize("option", ["zero_division", "empty"])
    def test_nan_is_one_of_the_numbers(self, option):
        measure = {"zero_division": "recall", "empty": "ranking"}[option]
        assert math.isnan(module.resolve(measure, "mulan", **{option: NAN})[option])

    @pytest.mark.parametrize(
        "value", [0.5, -1, np.inf, "warn", "1", "undefined", [0], object()]
    )
    def test_other_values_for_zero_division(self, value):
        match = r"zero_division must be 0\.0, 1\.0, nan or 'match', got .* leaves it"
        with pytest.raises(OptionError, match=match):
            module.resolve("recall", "sklearn", zero_division=value)

    @pytest.mark.parametrize("value", [2, "match", "nan", [1]])
    def test_other_values_for_empty(self, value):
        match = r"empty must be 0\.0, 1\.0, nan or 'undefined', got .* to rank counts"
        with pytest.raises(OptionError, match=match):
            module.resolve("ranking", "sklearn", empty=value)

    @pytest.mark.parametrize("convention", ["weka", "", None, "MULAN"])
    def test_other_conventions(self, convention):
        match = "convention must be one of 'sklearn', 'mulan', 'meka'; got"
        with pytest.raises(OptionError, match=match):
            module.resolve("recall", convention)


class TestTable:
    def test_one_column_a_convention(self):
        table = convention_table()
        assert tuple(table.columns) == CONVENTIONS
        assert table.index.names == ["measure", "option"]
        assert table.index.is_unique

    def test_every_metric_with_edges_has_a_row(self):
        measures = set(convention_table().index.unique("measure"))
        used = {metric.measure for metric in METRICS.values()} - {None}
        assert used == measures

    def test_a_copy_is_given_away(self):
        table = convention_table()
        table.loc[:, :] = "spoilt"
        assert convention_table().loc[("hamming", "average"), "meka"] == "example"

    @pytest.mark.parametrize(
        ("row", "values"),
        [
            (("recall", "zero_division"), [0.0, "match", 0.0]),
            (("jaccard", "zero_division"), [0.0, "match", 1.0]),
            (("one_error", "ties"), ["worst", "last", "first"]),
            (("label_ranking", "empty"), [1.0, NAN, 1.0]),
            (("average_precision", "empty"), [0.0, NAN, "undefined"]),
            (("coverage", "first_rank"), [1, 0, 0]),
            (("log", "scale"), ["mean", "sum", "mean"]),
            (("squared", "scale"), ["mean", "sum", "mean"]),
        ],
    )
    def test_rows_as_the_systems_have_them(self, row, values):
        expected = pd.Series(values, index=list(CONVENTIONS), dtype=object)
        pd.testing.assert_series_equal(
            convention_table().loc[row], expected, check_names=False
        )
