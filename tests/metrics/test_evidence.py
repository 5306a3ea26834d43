"""A truth beside a prediction, and what is counted from the two."""

import importlib

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from mlkit.exceptions import (
    IndicatorError,
    LabelNameError,
    OptionError,
    ScoresError,
    ShapeError,
)
from mlkit.metrics import METRICS, Evidence

from .cases import HIDDEN, NAN, PARTLY, PROBA, SCORES, Y_PRED, Y

KINDS = ("bipartition", "scores", "probabilities")


@pytest.mark.parametrize(
    ("evidence", "kinds"),
    [
        (Evidence.of_labels(Y, Y_PRED), {"bipartition"}),
        (Evidence.of_scores(Y, SCORES), {"scores"}),
        # Probabilities can be ranked by, too.
        (Evidence.of_probabilities(Y, PROBA), {"scores", "probabilities"}),
        (Evidence.of_all(Y, Y_PRED), {"bipartition"}),
        (Evidence.of_all(Y, Y_PRED, SCORES), {"bipartition", "scores"}),
        (Evidence.of_all(Y, Y_PRED, SCORES, PROBA), set(KINDS)),
        (Evidence.of_all(Y, Y_proba=PROBA), {"scores", "probabilities"}),
    ],
)
def test_what_there_is_to_judge(evidence, kinds):
    assert {kind for kind in KINDS if evidence.has(kind)} == kinds
    assert {kind for kind in KINDS if evidence.given(kind) is not None} == kinds
    assert evidence.shape == (40, 6)


def test_scores_go_before_probabilities_for_ranking():
    evidence = Evidence.of_all(Y, scores=SCORES, Y_proba=PROBA)
    np.testing.assert_array_equal(evidence.given("scores"), SCORES)
    np.testing.assert_array_equal(evidence.given("probabilities"), PROBA)
    alone = Evidence.of_all(Y, Y_proba=PROBA)
    np.testing.assert_array_equal(alone.given("scores"), PROBA)


def test_nothing_to_judge_is_an_error():
    with pytest.raises(OptionError, match="give Y_pred, scores or Y_proba"):
        Evidence.of_all(Y)


@pytest.mark.parametrize(
    ("parts", "error", "match"),
    [
        ({"Y_pred": SCORES}, IndicatorError, "Y_pred has .* outside {0, 1}"),
        ({"scores": SCORES * NAN}, ScoresError, "scores has 240 values .* not finite"),
        ({"Y_proba": SCORES}, ScoresError, r"Y_proba has .* outside \[0, 1\]"),
        ({"Y_pred": Y_PRED[1:]}, ShapeError, "Y and Y_pred must have the same shape"),
        ({"scores": SCORES[:, 1:]}, ShapeError, "Y and scores must have the same sha"),
        ({"Y_proba": PROBA[1:]}, ShapeError, "Y and Y_proba must have the same shape"),
    ],
)
def test_a_wrong_part_is_refused_whatever_is_asked_of_it(parts, error, match):
    with pytest.raises(error, match=match):
        Evidence.of_all(Y, **({"Y_pred": Y_PRED, "scores": SCORES} | parts))


@pytest.mark.parametrize("container", [np.asarray, sp.csr_array])
def test_the_truth_comes_back_with_its_unknown_cells(container):
    for truth in (Y, PARTLY):
        evidence = Evidence.of_labels(container(truth), Y_PRED)
        given = evidence.given_truth()
        assert sp.issparse(given) == (container is sp.csr_array)
        dense = given.toarray() if sp.issparse(given) else given
        np.testing.assert_array_equal(dense, truth)


def named(part):
    return pd.DataFrame(part, columns=list("abcdef"))


@pytest.mark.parametrize(
    "evidence",
    [
        Evidence.of_labels(named(Y), Y_PRED),
        Evidence.of_labels(Y, named(Y_PRED)),
        Evidence.of_scores(Y, named(SCORES)),
        Evidence.of_probabilities(Y, named(PROBA)),
        Evidence.of_all(Y, Y_PRED, Y_proba=named(PROBA)),
        Evidence.of_all(Y, named(Y_PRED), SCORES),
        Evidence.of_all(Y, Y_PRED, named(SCORES), PROBA),
    ],
)
def test_names_of_either_side_serve_for_all(evidence):
    assert evidence.label_names == tuple("abcdef")
    series = evidence.by_label(np.arange(6.0))
    assert series.index.tolist() == list("abcdef")
    assert series.index.name == "label"


def test_two_predictions_must_have_the_same_labels():
    # The truth has no names, so that each of the two alone fits.
    turned = named(SCORES)[list("fedcba")]
    with pytest.raises(LabelNameError, match="same labels in another order"):
        Evidence.of_all(Y, named(Y_PRED), turned)


def test_labels_without_names_are_numbered():
    assert Evidence.of_labels(Y, Y_PRED).label_names[:2] == ("label_0", "label_1")


def test_scores_alone_have_no_counts():
    with pytest.raises(OptionError, match="These metrics judge decided labels"):
        Evidence.of_scores(Y, SCORES).confusion  # noqa: B018


class TestOnce:
    """Everything is counted when it is first asked for, and once."""

    @pytest.fixture
    def calls(self, monkeypatch):
        module = importlib.import_module("mlkit.metrics.evidence")
        calls = []

        def spy(name):
            original = getattr(module, name)

            def wrapper(*args, **options):
                calls.append((name, *options.values()))
                return original(*args, **options)

            monkeypatch.setattr(module, name, wrapper)

        for name in ("count_indicators", "rank_lists", "sum_losses", "resample_labels"):
            spy(name)
        return calls

    def test_nothing_before_it_is_asked_for(self, calls):
        Evidence.of_all(Y, Y_PRED, SCORES, PROBA)
        assert calls == []

    def test_all_metrics_count_and_sort_once(self, calls):
        evidence = Evidence.of_all(Y, Y_PRED, SCORES, PROBA)
        for _ in range(2):
            for metric in METRICS.values():
                metric.of(evidence)
        assert len(calls) == len(set(calls))
        counted = sorted(call[0] for call in calls)
        assert counted.count("count_indicators") == 1
        # Rows, labels and all cells in groups; labels in the order of rows.
        assert sorted(call[1:] for call in calls if call[0] == "rank_lists") == [
            ("label", "first"),
            ("label", "worst"),
            ("matrix", "worst"),
            ("row", "worst"),
        ]
        assert counted.count("sum_losses") == 2

    def test_equal_weights_are_counted_once(self, calls):
        evidence = Evidence.of_labels(PARTLY, Y_PRED)
        weights = np.ones((3, 40))
        first = evidence.resampled_labels(weights)
        assert evidence.resampled_labels(weights) is first
        other = evidence.resampled_labels(2 * weights)
        np.testing.assert_array_equal(other.actual, 2 * first.actual)
        assert [call[0] for call in calls] == ["resample_labels"] * 2

    def test_rankings_at_random_are_those_of_groups(self):
        evidence = Evidence.of_scores(Y, SCORES)
        assert evidence.ranked("row", "average") is evidence.ranked("row", "worst")
        assert evidence.ranked("row", "first") is not evidence.ranked("row", "worst")
        assert evidence.ranked("label", "worst") is not evidence.ranked("row", "worst")

    def test_losses_by_kind_and_clip(self):
        evidence = Evidence.of_probabilities(Y, PROBA)
        log = evidence.losses("log", 1e-3)
        assert evidence.losses("log", 1e-3) is log
        assert evidence.losses("log", 1e-2) is not log
        assert evidence.losses("squared") is not log


def test_arguments_are_not_modified():
    truth, scores = PARTLY.copy(), SCORES.copy()
    truth.flags.writeable = scores.flags.writeable = False
    evidence = Evidence.of_all(truth, Y_PRED, scores)
    for metric in METRICS.values():
        metric.of(evidence, "mulan")
    np.testing.assert_array_equal(truth, np.where(HIDDEN, NAN, Y))
