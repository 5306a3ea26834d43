"""What all public functions have in common: names, documents, edges, bad input."""

import inspect
import math
import re

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

import mlkit.metrics as mm
from mlkit.exceptions import (
    IndicatorError,
    LabelNameError,
    MissingLabelsError,
    OptionError,
    ScoresError,
    ShapeError,
)

from .cases import CALL, CALLS, NAN, PARTLY, Y, second

OTHERS = {
    "bipartition": ("Y_pred", [[1, 0]]),
    "scores": ("scores", [[0.9, -0.2]]),
    "probabilities": ("Y_proba", [[0.9, 0.2]]),
}


def having(option, but=()):
    """The functions that have an option, one a test."""
    chosen = {
        name: call
        for name, call in CALLS.items()
        if option in inspect.signature(call.function).parameters and name not in but
    }
    return pytest.mark.parametrize("call", chosen.values(), ids=list(chosen))


class TestNames:
    def test_every_public_name_is_exported_once_and_documented(self):
        assert len(mm.__all__) == len(set(mm.__all__))
        # These two are data, which carry no docstring of their own.
        names = set(mm.__all__) - {"METRICS", "CONVENTIONS"}
        assert all(inspect.getdoc(getattr(mm, name)) for name in names)

    def test_all_functions_of_a_prediction_are_tested_here(self):
        functions = {
            name
            for name in mm.__all__
            if inspect.isfunction(getattr(mm, name))
            and list(inspect.signature(getattr(mm, name)).parameters)[:1] == ["Y"]
        }
        # The first needs training rows alone, the second has its options from them.
        others = {"propensities", "propensity_scored_precision_at_k_score"}
        assert functions - others - {"score_table"} == set(CALLS)

    def test_names_say_which_way_is_better(self):
        without = {"confusion_counts", "prediction_problems"}
        for name in set(CALLS) - without:
            assert name.endswith(("_score", "_loss", "_error"))

    @CALL
    def test_documented_with_reference_and_example(self, call):
        text = inspect.getdoc(call.function)
        assert text.count("\n") > 10
        assert ">>> " in text
        if call.function is not mm.confusion_counts:
            assert "References\n" in text
        if call.function not in (mm.confusion_counts, mm.prediction_problems):
            assert ".. math::" in text

    @CALL
    def test_every_parameter_is_documented(self, call):
        text = inspect.getdoc(call.function)
        section = text.partition("Parameters\n")[2].partition("Returns\n")[0]
        named = re.findall(r"^(\w[\w, ]*?)(?: :.*)?$", section, flags=re.M)
        words = {name for line in named for name in line.split(", ")}
        assert set(inspect.signature(call.function).parameters) <= words

    @CALL
    def test_options_are_keyword_only(self, call):
        with pytest.raises(TypeError, match="positional"):
            call.function([[1]], [[1]], "macro")


class TestShapes:
    @CALL
    @pytest.mark.parametrize("shape", [(0, 2), (2, 0), (0, 0)])
    def test_no_rows_or_no_labels(self, call, shape):
        with pytest.raises(ShapeError, match=r"Y has shape .* at least one of each"):
            call(np.zeros(shape), np.zeros(shape))

    @CALL
    @pytest.mark.parametrize("shape", [(1, 3), (2, 2), (3, 1)])
    def test_other_shapes(self, call, shape):
        name = OTHERS[call.kind][0]
        match = (
            rf"Y and {name} must have the same shape .* got \(1, 2\) and \({shape[0]}"
        )
        with pytest.raises(ShapeError, match=match):
            call([[1, 0]], np.zeros(shape))

    @CALL
    def test_one_dimension(self, call):
        with pytest.raises(IndicatorError, match="Y must have two dimensions"):
            call([1, 0], [1, 0])
        error = IndicatorError if call.kind == "bipartition" else ScoresError
        with pytest.raises(
            error, match=r"(two dimensions|must be \(n_samples, n_labels)"
        ):
            call([[1, 0]], [1, 0])

    @CALL
    def test_rows_of_different_lengths(self, call):
        with pytest.raises(IndicatorError, match="Y is not a matrix: its rows differ"):
            call([[1, 0], [1]], [[1, 0], [1, 0]])


class TestValues:
    @CALL
    def test_a_truth_that_is_no_label_matrix(self, call):
        for odd in (2, -1, 0.5):
            match = r"Y has 1 entry outside \{0, 1\} in label 'label_1' \(first: row 0"
            with pytest.raises(IndicatorError, match=match):
                call([[1, odd]], OTHERS[call.kind][1])
        with pytest.raises(IndicatorError, match="Y holds .* values"):
            call([["yes", "no"]], OTHERS[call.kind][1])

    @CALL
    def test_a_prediction_with_nan(self, call):
        name = OTHERS[call.kind][0]
        if call.kind == "bipartition":
            with pytest.raises(MissingLabelsError, match=f"{name} has unknown labels"):
                call([[1, 0]], [[1, NAN]])
        else:
            match = f"{name} has 1 value .* not finite .first: row 0, column 1"
            for odd in (NAN, np.inf, -np.inf):
                with pytest.raises(ScoresError, match=match):
                    call([[1, 0]], [[0.5, odd]])

    @CALL
    def test_a_prediction_in_words(self, call):
        if call.kind == "bipartition":
            with pytest.raises(IndicatorError, match="Y_pred holds .* values"):
                call([[1, 0]], [["high", "low"]])
        else:
            with pytest.raises(ScoresError, match="must be a matrix of numbers"):
                call([[1, 0]], [["high", "low"]])

    @CALL
    def test_what_another_kind_judges(self, call):
        if call.kind == "bipartition":
            with pytest.raises(IndicatorError, match="Y_pred has .* outside"):
                call([[1, 0]], [[0.7, 0.2]])
        elif call.kind == "probabilities":
            for odd in (-0.1, 1.1):
                match = (
                    r"Y_proba has 1 value.* outside \[0, 1\] .first: row 0, column 1"
                )
                with pytest.raises(ScoresError, match=match):
                    call([[1, 0]], [[0.7, odd]])
        else:
            call([[1, 0]], [[-7, 1e9]])  # any finite number is a score


class TestNamesOfLabels:
    @CALL
    def test_columns_in_another_order(self, call):
        truth = pd.DataFrame([[1, 0]], columns=["a", "b"])
        with pytest.raises(LabelNameError, match="same labels in another order"):
            call(truth, truth[["b", "a"]])

    @CALL
    def test_other_columns(self, call):
        truth = pd.DataFrame([[1, 0]], columns=["a", "b"])
        with pytest.raises(
            LabelNameError, match="different labels: .* lacks 'b' and has"
        ):
            call(truth, truth.rename(columns={"b": "c"}))

    @CALL
    def test_rows_in_another_order(self, call):
        truth = pd.DataFrame([[1], [0]], columns=["a"], index=["x", "y"])
        with pytest.raises(ShapeError, match="same row names in another order"):
            call(truth, truth.loc[["y", "x"]])

    @CALL
    def test_two_columns_of_one_name(self, call):
        truth = pd.DataFrame([[1, 0]], columns=["a", "a"])
        with pytest.raises(LabelNameError, match="stand more than once: 'a'"):
            call(truth, [[1, 0]])


class TestOptions:
    @having("convention")
    @pytest.mark.parametrize("convention", ["weka", "MULAN", None, 1])
    def test_convention(self, call, convention):
        match = "convention must be one of 'sklearn', 'mulan', 'meka'; got"
        with pytest.raises(OptionError, match=match):
            call([[1, 0]], [[1, 0]], convention=convention)

    @having("average")
    @pytest.mark.parametrize("average", ["samples", "binary", "", 0])
    def test_average(self, call, average):
        with pytest.raises(OptionError, match="average must be one of .*; got"):
            call([[1, 0]], [[1, 0]], average=average)

    @having("zero_division")
    @pytest.mark.parametrize("value", [0.5, -1, 2, "warn", "undefined", [0]])
    def test_zero_division(self, call, value):
        match = r"zero_division must be 0\.0, 1\.0, nan or 'match', got"
        with pytest.raises(OptionError, match=match):
            call([[1, 0]], [[1, 0]], zero_division=value)

    @having("empty")
    @pytest.mark.parametrize("value", [0.5, -1, 2, "nan", "match", [0]])
    def test_empty(self, call, value):
        match = r"empty must be 0\.0, 1\.0, nan or 'undefined', got"
        with pytest.raises(OptionError, match=match):
            call([[1, 0]], [[1, 0]], empty=value)

    @having("ties")
    @pytest.mark.parametrize("ties", ["random", "best", "", 1])
    def test_ties(self, call, ties):
        with pytest.raises(OptionError, match="ties must be one of 'worst', .*; got"):
            call([[1, 0]], [[1, 0]], ties=ties)

    @CALL
    def test_unknown_options(self, call):
        with pytest.raises(
            TypeError, match="unexpected keyword argument 'sample_weight'"
        ):
            call([[1, 0]], [[1, 0]], sample_weight=[1])

    @CALL
    def test_bad_options_are_found_before_the_rows_are(self, call):
        names = inspect.signature(call.function).parameters
        for option in {"convention", "average"} & set(names):
            with pytest.raises(OptionError, match=f"{option} must be one of"):
                call(None, None, **{option: "wrong"})


def numbers(value):
    if isinstance(value, mm.ConfusionCounts):
        value = value.by_label.true_positive
    return np.atleast_1d(np.asarray(value, dtype=float))


class TestEdges:
    @CALL
    @pytest.mark.parametrize("shape", [(1, 1), (1, 4), (4, 1)])
    @pytest.mark.parametrize("fill", [0, 1])
    def test_one_row_or_one_label_of_one_value(self, call, shape, fill):
        # No warning, and a number or NaN: test_entries says which.
        truth = np.full(shape, fill)
        for other in (np.zeros(shape), np.ones(shape)):
            found = call(truth, other)
            assert not np.isinf(numbers(found)).any()
            if isinstance(found, mm.MetricValue) and math.isnan(found):
                assert found.undefined == found.units > 0

    @having("average", but=("hamming_loss", "f1_of_averages_score"))
    def test_an_average_of_none_gives_each_label(self, call):
        found = call(PARTLY, second(call.kind), average=None)
        assert type(found) is pd.Series
        assert found.index.tolist() == [f"label_{j}" for j in range(6)]

    @CALL
    def test_arguments_are_not_modified(self, call):
        for truth in (PARTLY.copy(), sp.csr_array(PARTLY)):
            other = second(call.kind).copy()
            held = (
                (truth, other) if isinstance(truth, np.ndarray) else (truth.data, other)
            )
            before = [part.copy() for part in held]
            for part in held:
                part.flags.writeable = False
            call(truth, other)
            for part, copy in zip(held, before, strict=True):
                np.testing.assert_array_equal(part, copy)

    @CALL
    def test_integers_booleans_and_lists_are_the_same(self, call):
        other = second(call.kind)
        expected = numbers(call(Y, other))
        for truth in (Y.astype(bool), Y.tolist(), Y.astype(float), Y.astype(np.uint8)):
            np.testing.assert_array_equal(
                numbers(call(truth, other.tolist())), expected
            )
