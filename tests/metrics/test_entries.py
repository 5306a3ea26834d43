"""Every metric of the table: its entry, its value, its invariances, its resamples."""

import inspect
import itertools
import math
import pickle

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

import mlkit.metrics as mm
from mlkit import MultiLabelDataset
from mlkit.exceptions import MissingLabelsError, ScoresError
from mlkit.metrics import METRICS, Evidence, MetricValue, score_table

from .cases import (
    CALLS,
    CONVENTION,
    CONVENTIONS,
    HIDDEN,
    METRIC,
    NAN,
    PARTLY,
    PROBA,
    SCORES,
    Y_PRED,
    Y,
    bits,
    few,
    metrics_but,
    partly_known,
    second,
)
from .textbook import by_hand, dcg_at

BY_KIND = {
    "bipartition": Evidence.of_labels,
    "scores": Evidence.of_scores,
    "probabilities": Evidence.of_probabilities,
}


def taken_as(kind, levels):
    """Levels 0 to 4, of which few differ, as what metrics of a kind judge."""
    if kind == "bipartition":
        return (levels > 1).astype(int)
    return levels.astype(float) if kind == "scores" else levels / 4


def close(expected):
    # MULAN keeps probabilities 1e-8 from 0 and 1 even where they are right.
    return pytest.approx(expected, nan_ok=True, abs=1e-7)


class TestEntry:
    @METRIC
    def test_key_name_and_function_agree(self, metric):
        assert METRICS[metric.name] is metric
        function = metric.function.__name__
        assert metric.function is getattr(mm, function)
        measure = function.removesuffix("_score")
        options = dict(metric.options)
        beta, k = options.pop("beta", None), options.pop("k", None)
        average = options.pop("average", None)
        assert not options
        if beta is not None:
            measure = f"f{beta:g}"
        if k is not None:
            measure = f"{measure.removesuffix('_at_k')}_at_{k}"
        assert metric.name == (measure if average is None else f"{average}_{measure}")

    @METRIC
    def test_the_name_says_which_way_is_better(self, metric):
        loss = metric.name.endswith(("_loss", "_error"))
        assert metric.greater_is_better is not loss
        assert {metric.best, metric.worst} == set(metric.range)
        assert metric.best == metric.range[metric.greater_is_better]

    @METRIC
    def test_second_argument_is_named_after_the_kind(self, metric):
        names = list(inspect.signature(metric.function).parameters)
        wanted = {
            "bipartition": "Y_pred",
            "scores": "scores",
            "probabilities": "Y_proba",
        }
        assert names[:2] == ["Y", wanted[metric.kind]]

    @METRIC
    def test_options_are_keyword_only(self, metric):
        parameters = list(inspect.signature(metric.function).parameters.values())
        assert all(p.kind is p.KEYWORD_ONLY for p in parameters[2:])

    @METRIC
    def test_travels_to_other_processes(self, metric):
        again = pickle.loads(pickle.dumps(metric))
        assert again == metric
        value = pytest.approx(metric(Y, second(metric.kind)), nan_ok=True, abs=0)
        assert again(Y, second(metric.kind)) == value

    def test_headings_are_unique_and_descriptions_are_there(self):
        labels = [metric.label for metric in METRICS.values()]
        assert len(set(labels)) == len(labels)
        assert all(metric.description for metric in METRICS.values())

    def test_every_function_with_a_number_has_an_entry(self):
        functions = {metric.function for metric in METRICS.values()}
        without = {
            name for name, call in CALLS.items() if call.function not in functions
        }
        # What needs a tree, or gives counts of several kinds.
        assert without == {
            "confusion_counts",
            "hierarchical_loss",
            "prediction_problems",
        }

    def test_the_order_of_tables(self):
        kinds = [metric.kind for metric in METRICS.values()]
        assert [kind for kind, _ in itertools.groupby(kinds)] == list(BY_KIND)
        assert list(METRICS)[0] == "hamming_loss"


# Rows without a label, or with all of them, are undefined for some metrics.
ROWS = Y[Y.any(axis=1) & ~Y.all(axis=1)]
SIZES = ROWS.sum(axis=1)

# What a perfect prediction has, where the number of labels sets a limit.
PERFECT = {
    "coverage_error": SIZES.mean(),
    "dcg": np.mean([dcg_at([1] * size, None) for size in SIZES]),
    **{f"precision_at_{k}": np.minimum(SIZES / k, 1).mean() for k in (1, 3, 5)},
    **{f"recall_at_{k}": np.minimum(k / SIZES, 1).mean() for k in (1, 3, 5)},
}

# What a prediction that is wrong everywhere has, where that is not the worst value:
# no rank is worse than last, and an empty or full row has no pair to get wrong.
PAIRS = len(ROWS) / len(Y)
NOT_THE_WORST = {
    "one_error": 1 - np.mean(Y.all(axis=1)),
    "is_error": PAIRS,
    "ranking_loss": PAIRS,
    "coverage_error": np.mean(Y.any(axis=1)) * Y.shape[1],
    "error_set_size_loss": np.mean(Y.sum(axis=1) * (Y == 0).sum(axis=1)),
    "margin_loss": PAIRS * (Y.shape[1] - 1),
    "cost_loss": Y.shape[1],
    "log_loss": -math.log(np.finfo(float).eps),
    "brier_loss": 1.0,
}


class TestValue:
    @METRIC
    def test_it_is_a_number_within_the_range(self, metric):
        value = metric(Y, second(metric.kind), **_defined(metric))
        assert type(value) is MetricValue
        low, high = metric.range
        assert low < value < high

    @METRIC
    def test_perfect_prediction_is_best(self, metric):
        value = metric(ROWS, ROWS.astype(float))
        assert value == pytest.approx(PERFECT.get(metric.name, metric.best))

    @METRIC
    def test_everything_wrong_is_worst_or_nearly(self, metric):
        value = metric(Y, 1.0 - Y, **_defined(metric))
        name = metric.name
        if "average_precision" in name or "_at_" in name or name.endswith("dcg"):
            # A true label is found at last, and in a full row at once.
            assert metric.worst < value < 0.65 * PERFECT.get(name, 1.0)
        elif name == "levenshtein_loss":
            assert 0.5 < value < 1
        elif name.endswith(("_mcc", "_kappa")):
            assert -1.0 <= value < -0.5
        else:
            assert value == pytest.approx(NOT_THE_WORST.get(name, metric.worst))

    @METRIC
    @few
    @given(truth=partly_known((5, 4)), levels=st.data())
    def test_known_cells_by_hand_in_all_conventions(self, metric, truth, levels):
        other = taken_as(metric.kind, levels.draw(_levels((5, 4))))
        evidence = BY_KIND[metric.kind](truth, other)
        for convention in CONVENTIONS:
            expected = by_hand(metric.name, convention, truth, other)
            value = metric.of(evidence, convention)
            assert value == close(expected), convention

    @METRIC
    @pytest.mark.parametrize("shape", [(1, 1), (1, 4), (4, 1), (3, 3)])
    def test_constant_labels_by_hand_in_all_conventions(self, metric, shape):
        # Nothing true, all true, nothing known; nothing, all and one cell predicted.
        levels = [np.full(shape, level) for level in (0, 4)]
        levels.append(np.eye(*shape, dtype=int) * 4)
        for fill, level in itertools.product((0.0, 1.0, NAN), levels):
            truth, other = np.full(shape, fill), taken_as(metric.kind, level)
            evidence = BY_KIND[metric.kind](truth, other)
            for convention in CONVENTIONS:
                expected = by_hand(metric.name, convention, truth, other)
                value = metric.of(evidence, convention)
                assert value == close(expected), convention

    @METRIC
    @CONVENTION
    def test_function_evidence_and_table_agree(self, metric, convention):
        options = {"convention": convention}
        if "convention" not in inspect.signature(metric.function).parameters:
            options = {}
        for truth in (Y, PARTLY):
            expected = metric(truth, second(metric.kind), **options)
            table = score_table(
                truth, Y_PRED, SCORES, metric, Y_proba=PROBA, convention=convention
            )
            found = table[metric.name]
            assert found == pytest.approx(expected, nan_ok=True, abs=0)
            assert (found.units, found.undefined, found.kind) == (
                expected.units,
                expected.undefined,
                expected.kind,
            )


def _levels(shape):
    return bits((3, *shape)).map(lambda parts: parts.sum(axis=0) + parts[0])


def _defined(metric):
    # Full and empty rows are undefined in the AUC of a row.
    return {"empty": NAN} if metric.name == "example_roc_auc" else {}


# Of equal scores the first row comes first there, and copies one behind the other.
ORDERED = (
    "macro_interpolated_average_precision",
    "geometric_interpolated_average_precision",
)


class TestInvariance:
    @pytest.fixture(params=["known", "partly"])
    def truth(self, request):
        return Y if request.param == "known" else PARTLY

    @metrics_but("levenshtein_loss")  # rows are words there
    def test_order_of_labels_does_not_matter(self, metric, truth):
        order = np.random.default_rng(1).permutation(Y.shape[1])
        other = second(metric.kind)
        shuffled = metric(truth[:, order], other[:, order])
        assert shuffled == pytest.approx(metric(truth, other), nan_ok=True)

    @metrics_but(*ORDERED)
    def test_order_of_rows_does_not_matter(self, metric, truth):
        order = np.random.default_rng(2).permutation(len(Y))
        other = second(metric.kind)
        shuffled = metric(truth[order], other[order])
        assert shuffled == pytest.approx(metric(truth, other), nan_ok=True)

    @metrics_but(*ORDERED)
    def test_copies_of_all_rows_do_not_matter(self, metric, truth):
        # So many that one byte could not count the positives.
        other = second(metric.kind)
        copies = metric(np.tile(truth, (20, 1)), np.tile(other, (20, 1)))
        assert copies == pytest.approx(metric(truth, other), nan_ok=True)

    @metrics_but(*ORDERED)
    def test_narrow_integers_do_not_overflow(self, metric):
        other = second(metric.kind)
        many = np.tile(Y.astype(np.int8), (20, 1)), np.tile(other, (20, 1))
        if metric.kind == "bipartition":
            many = many[0], many[1].astype(np.int8)
        assert metric(*many) == pytest.approx(metric(Y, other), nan_ok=True)

    @METRIC
    def test_containers_do_not_matter(self, metric):
        other = second(metric.kind)
        names = [f"tag {j}" for j in range(Y.shape[1])]
        expected = pytest.approx(metric(Y, other), nan_ok=True, abs=0)
        frames = [pd.DataFrame(part, columns=names) for part in (Y, other)]
        assert metric(*frames) == expected
        assert metric(sp.csr_array(Y), other) == expected
        assert metric(sp.coo_matrix(Y), frames[1]) == expected
        assert metric(Y.astype(bool), other.tolist()) == expected
        if metric.kind == "bipartition":
            assert metric(sp.csr_array(Y), sp.csr_array(Y_PRED)) == expected
            assert metric(Y, sp.csc_array(Y_PRED)) == expected

    @METRIC
    def test_arguments_are_not_modified(self, metric, truth):
        other = second(metric.kind).copy()
        before = truth.copy(), other.copy()
        truth = truth.copy()
        truth.flags.writeable = other.flags.writeable = False
        metric(truth, other)
        np.testing.assert_array_equal(truth, before[0])
        np.testing.assert_array_equal(other, before[1])


class TestUnknownLabels:
    """NaN in the truth: what every metric has in common about it."""

    @METRIC
    def test_hiding_nothing_changes_nothing(self, metric):
        ds = MultiLabelDataset(SCORES, Y)
        _, truth = ds.as_xy(missing="as_nan")
        other = second(metric.kind)
        expected = pytest.approx(metric(Y, other), nan_ok=True, abs=0)
        assert metric(truth.to_numpy(float), other) == expected

    @METRIC
    def test_what_is_predicted_for_a_hidden_cell_is_irrelevant(self, metric):
        options = _defined(metric)
        other = second(metric.kind)
        turned = np.where(HIDDEN, 1 - other, other)
        value = metric(PARTLY, other, **options)
        assert metric(PARTLY, turned, **options) == pytest.approx(value)
        assert value != metric(Y, other, **options)

    @METRIC
    def test_containers_do_not_matter(self, metric):
        ds = MultiLabelDataset(SCORES, Y * ~HIDDEN, missing=HIDDEN)
        other = second(metric.kind)
        expected = pytest.approx(metric(PARTLY, other), nan_ok=True, abs=0)
        frame = ds.as_xy(missing="as_nan")[1]
        for same in (frame, frame.astype("Int64"), sp.csr_array(PARTLY)):
            assert metric(same, other) == expected
        if metric.kind == "bipartition":
            assert metric(PARTLY, sp.csr_array(Y_PRED)) == expected
            assert metric(sp.csr_array(PARTLY), sp.csr_array(Y_PRED)) == expected

    @METRIC
    @pytest.mark.parametrize("container", [np.asarray, sp.csr_array])
    def test_nothing_known_is_nan_without_a_warning(self, metric, container):
        nothing = container(np.full(Y.shape, NAN))
        evidence = BY_KIND[metric.kind](nothing, second(metric.kind))
        for convention in CONVENTIONS:
            value = metric.of(evidence, convention)
            assert math.isnan(value), convention
            assert (value.units, value.undefined) == (0, 0)

    @METRIC
    def test_a_prediction_must_be_complete(self, metric):
        error = MissingLabelsError if metric.kind == "bipartition" else ScoresError
        with pytest.raises(error, match="(Y_pred|scores|Y_proba) has"):
            metric(Y, np.where(Y, NAN, second(metric.kind)))


# What the docstrings of `ListMean.resample` and `BinnedError.resample` leave out.
NOT_RESAMPLED = {
    "geometric_average_precision",
    "macro_interpolated_average_precision",
    "geometric_interpolated_average_precision",
    "micro_calibration_error",
    "macro_calibration_error",
}
# Copies of a row are equal scores there, and in repeated rows neighbours.
ORDERED_ROWS = {
    f"{average}_average_precision" for average in ("micro", "macro", "weighted")
}


REPEATED = [
    pytest.param(metric, convention, id=f"{name}-{convention}")
    for name, metric in METRICS.items()
    for convention in CONVENTIONS
    if name not in NOT_RESAMPLED
    and not (convention == "mulan" and name in ORDERED_ROWS)
]


@pytest.fixture(scope="module", params=["known", "partly"])
def drawn(request):
    """Labels, levels of 12 rows, and how often six resamples draw each row."""
    rng = np.random.default_rng(3)
    truth = rng.choice([0.0, 1.0], size=(12, 4), p=[0.6, 0.4])
    truth[2], truth[5], truth[:, 3] = 0, 1, 0
    truth[7, 3] = 1
    if request.param == "partly":
        truth[rng.random(truth.shape) < 0.3] = NAN
    levels = rng.integers(0, 5, size=truth.shape)
    weights = rng.multinomial(12, [1 / 12] * 12, size=6)
    # Nothing but one row; and a selection in which label 3 has no positive.
    weights[0] = 12 * (np.arange(12) == 0)
    weights[1] = 2 * (np.arange(12) < 6)
    return truth, levels, weights


def evidence_of(truth, levels, rows=slice(None)):
    others = [taken_as(kind, levels)[rows] for kind in BY_KIND]
    return Evidence.of_all(truth[rows], *others)


@pytest.fixture(scope="module")
def whole(drawn):
    return evidence_of(*drawn[:2])


@pytest.fixture(scope="module")
def repeated(drawn):
    truth, levels, weights = drawn
    copies = [np.repeat(np.arange(len(truth)), w) for w in weights]
    return [evidence_of(truth, levels, rows) for rows in copies]


class TestResample:
    """Weights of rows give what repeated rows give."""

    @pytest.mark.parametrize(("metric", "convention"), REPEATED)
    def test_as_repeated_rows(self, metric, convention, drawn, whole, repeated):
        found = metric.resample(whole, drawn[2].astype(float), convention)
        expected = [metric.of(evidence, convention) for evidence in repeated]
        assert found.tolist() == pytest.approx(expected, nan_ok=True)

    @pytest.mark.parametrize("name", sorted(NOT_RESAMPLED))
    @CONVENTION
    def test_what_is_not_computed_is_nan(self, name, convention, drawn, whole):
        found = METRICS[name].resample(whole, drawn[2].astype(float), convention)
        assert np.isnan(found).tolist() == [True] * 6

    @pytest.mark.parametrize("name", sorted(ORDERED_ROWS))
    def test_where_rows_are_ordered_copies_are_equal_scores(self, name, drawn, whole):
        truth, levels, weights = drawn
        found = METRICS[name].resample(whole, weights.astype(float), "mulan")
        # In a column the first of equal scores is above the second, whoever comes next.
        axis = None if name.startswith("micro") else 0
        order = np.argsort(-taken_as("scores", levels), axis=axis, kind="stable")
        strict = -np.argsort(order, axis=axis).reshape(truth.shape).astype(float)
        for w, value in zip(weights, found, strict=True):
            rows = np.repeat(np.arange(len(truth)), w)
            expected = METRICS[name](truth[rows], strict[rows], ties="worst", empty=NAN)
            assert value == pytest.approx(expected, nan_ok=True)

    @metrics_but(*NOT_RESAMPLED)
    def test_each_row_once_is_the_metric(self, metric, whole):
        for convention in CONVENTIONS:
            (value,) = metric.resample(whole, np.ones((1, 12)), convention)
            expected = metric.of(whole, convention)
            assert value == pytest.approx(expected, nan_ok=True), convention

    @metrics_but(*NOT_RESAMPLED)
    def test_a_selection_of_rows_is_the_metric_of_these_rows(self, metric, drawn):
        # Without copies, the strict order of MULAN's lists is that of the rows.
        truth, levels, _ = drawn
        chosen = np.arange(12) % 3 > 0
        evidence = evidence_of(truth, levels)
        (value,) = metric.resample(evidence, chosen[np.newaxis].astype(float), "mulan")
        part = evidence_of(truth, levels, chosen)
        assert value == pytest.approx(metric.of(part, "mulan"), nan_ok=True)

    @METRIC
    def test_nothing_drawn_is_nan(self, metric, whole):
        assert np.isnan(metric.resample(whole, np.zeros((2, 12)))).all()

    @METRIC
    def test_without_what_it_judges_it_is_nan(self, metric, drawn):
        truth, levels, _ = drawn
        other = "bipartition" if metric.kind != "bipartition" else "scores"
        evidence = BY_KIND[other](truth, taken_as(other, levels))
        assert np.isnan(metric.resample(evidence, np.ones((2, 12)))).all()
