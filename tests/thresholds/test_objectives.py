"""Tests of the measures that a threshold is chosen for."""

import numpy as np
import pytest
from sklearn.metrics import (
    accuracy_score,
    balanced_accuracy_score,
    cohen_kappa_score,
    f1_score,
    fbeta_score,
    jaccard_score,
    matthews_corrcoef,
    recall_score,
)

from mlkit.exceptions import OptionError, UnknownNameError
from mlkit.thresholds.objectives import OBJECTIVES, check_beta, check_objective, f_beta

ORACLES = {
    "f1": f1_score,
    "f2": lambda y, z: fbeta_score(y, z, beta=2),
    "f0.5": lambda y, z: fbeta_score(y, z, beta=0.5),
    "jaccard": jaccard_score,
    "accuracy": accuracy_score,
    "balanced_accuracy": balanced_accuracy_score,
    "gmean": lambda y, z: np.sqrt(recall_score(y, z) * recall_score(1 - y, 1 - z)),
    "mcc": matthews_corrcoef,
    "kappa": cohen_kappa_score,
}


def counts(y, z):
    return [np.sum((y == a) & (z == b)) for a, b in ((1, 1), (0, 1), (1, 0), (0, 0))]


def test_every_objective_has_an_oracle():
    assert set(ORACLES) == set(OBJECTIVES)


@pytest.mark.parametrize("name", sorted(ORACLES))
def test_same_as_scikit_learn(name):
    rng = np.random.default_rng(0)
    for _ in range(5):
        y, z = rng.integers(0, 2, (2, 20))
        assert OBJECTIVES[name](*counts(y, z)) == pytest.approx(ORACLES[name](y, z))


@pytest.mark.parametrize("name", sorted(ORACLES))
def test_nothing_to_count_is_worth_zero(name):
    assert OBJECTIVES[name](*np.zeros((4, 1), dtype=int)).tolist() == [0.0]


def test_counts_of_many_cells_do_not_overflow():
    many = np.array([10**7])

    assert OBJECTIVES["mcc"](many, 0 * many, 0 * many, many).tolist() == [1.0]


def test_beta_weighs_recall():
    # Precision 1/2, recall 1: recall counts more with a greater beta.
    values = [float(f_beta(b)(*np.array([2, 2, 0, 0]))) for b in (0.5, 1, 2)]

    assert values == pytest.approx([5 / 9, 2 / 3, 5 / 6])


@pytest.mark.parametrize(
    ("beta", "match"),
    [(0, "beta must be more than 0"), (-1, "beta must be in"), (np.nan, "beta must")],
)
def test_beta_must_be_positive(beta, match):
    with pytest.raises(OptionError, match=match):
        f_beta(beta)


def test_beta_is_squared_once_it_is_checked():
    assert check_beta(0.5) == 0.25
    with pytest.raises(TypeError, match="beta must be a number, got 'one'"):
        check_beta("one")
    with pytest.raises(OptionError, match="beta must be in"):
        check_beta(np.inf)


def test_objectives_are_looked_up_or_taken_as_they_are():
    assert check_objective("mcc") is OBJECTIVES["mcc"]
    assert check_objective(max) is max


@pytest.mark.parametrize("metric", ["jacard", None, ["f1"]])
def test_unknown_names_are_refused(metric):
    with pytest.raises(UnknownNameError, match="Unknown metric"):
        check_objective(metric)
