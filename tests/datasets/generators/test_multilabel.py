from __future__ import annotations

import itertools
import os
import subprocess
import sys

import numpy as np
import pytest
from scipy.stats import poisson
from sklearn.datasets import make_multilabel_classification

from mlkit.datasets.generators.multilabel import (
    _log_prior,
    _log_words,
    _size_probabilities,
    make_multilabel,
)
from mlkit.exceptions import GeneratorError, LabelNameError


def sklearn_data(n_samples, n_features, n_labels, cardinality, **options):
    return make_multilabel_classification(
        n_samples,
        n_features,
        n_classes=n_labels,
        n_labels=cardinality,
        return_distributions=True,
        **options,
    )


@pytest.mark.parametrize(
    ("sizes", "options"),
    [
        ((50, 20, 5, 2), {"random_state": 0}),
        ((50, 8, 1, 1), {"random_state": 3, "length": 4}),
        ((40, 10, 4, 3), {"random_state": 5, "allow_unlabeled": False}),
    ],
    ids=["default", "one label", "no empty rows"],
)
def test_the_data_are_scikit_learns(sizes, options):
    X, Y, _, _ = sklearn_data(*sizes, **options)

    dataset, _ = make_multilabel(*sizes, **options)

    np.testing.assert_array_equal(dataset.X, X)
    np.testing.assert_array_equal(dataset.Y, Y)


@pytest.mark.slow
def test_the_popular_tutorial():
    """Only 5 of the 8 label sets occur, and 15.6 % of the rows are empty."""
    X, same, _, _ = sklearn_data(1000, 10, 3, 2, random_state=1)
    dataset, truth = make_multilabel(1000, 10, 3, 2, random_state=1)
    Y = dataset.Y.to_numpy()

    np.testing.assert_array_equal(dataset.X, X)
    np.testing.assert_array_equal(Y, same)
    assert len(np.unique(Y, axis=0)) == 5
    assert (Y.sum(axis=1) == 0).mean() == pytest.approx(0.156)
    # The third label has a weight of .0001: alone it hardly ever comes.
    assert truth.proba[:, 2].mean() == pytest.approx(Y[:, 2].mean(), abs=0.02)


class TestTruth:
    def test_prior_by_enumerating_orders(self):
        """P(set | size) summed over all orders in which its labels can be drawn."""
        theta = np.array([0.5, 0.3, 0.15, 0.05])
        expected = np.zeros(16)
        for size in range(5):
            for order in itertools.permutations(range(4), size):
                left, probability = 1.0, 1.0
                for j in order:
                    probability *= theta[j] / left
                    left -= theta[j]
                expected[sum(1 << (3 - j) for j in order)] += probability
        sizes = np.array([0.1, 0.2, 0.3, 0.3, 0.1])

        found = np.exp(_log_prior(theta, sizes))

        counts = np.array([bin(s).count("1") for s in range(16)])
        np.testing.assert_allclose(found, sizes[counts] * expected, rtol=1e-12)
        assert found.sum() == pytest.approx(1)

    def test_sizes_are_a_truncated_poisson(self):
        expected = poisson.pmf(range(6), 2)

        found = _size_probabilities(5, 2, allow_unlabeled=True)

        np.testing.assert_allclose(found, expected / expected.sum())

    def test_cardinalities_in_the_docstring(self):
        for asked, got in ((2, 1.93), (20, 4.71)):
            sizes = _size_probabilities(5, asked, allow_unlabeled=True)

            assert sizes @ np.arange(6) == pytest.approx(got, abs=0.005)

    def test_words_by_hand(self):
        phi = np.array([[0.2, 0.6], [0.8, 0.4]])

        words = np.exp(_log_words(phi))

        np.testing.assert_allclose(words, [[0.5, 0.6, 0.2, 0.4], [0.5, 0.4, 0.8, 0.6]])

    def test_posterior_by_bayes_rule(self):
        """One row by hand, with the distributions that scikit-learn hands out."""
        X, _, theta, phi = sklearn_data(3, 4, 2, 1, length=3, random_state=2)
        size = poisson.pmf([0, 1, 2], 1)
        # Both labels come in either order, so that the prior of {0, 1} is P(2).
        prior = [size[0], size[1] * theta[1], size[1] * theta[0], size[2]]
        words = [np.full(4, 0.25), phi[:, 1], phi[:, 0], phi.mean(axis=1)]
        posterior = [p * np.prod(w ** X[0]) for p, w in zip(prior, words, strict=True)]

        _, truth = make_multilabel(3, 4, 2, 1, length=3, random_state=2)

        np.testing.assert_allclose(
            truth.joint([0])[0], posterior / np.sum(posterior), rtol=1e-10
        )

    @pytest.mark.parametrize("allow_unlabeled", [True, False])
    def test_label_sets_occur_as_often_as_expected(self, allow_unlabeled):
        dataset, truth = make_multilabel(
            4000, n_labels=4, length=8, allow_unlabeled=allow_unlabeled, random_state=7
        )
        joint = truth.joint()
        sets = dataset.Y.to_numpy() @ [8, 4, 2, 1]
        counts = np.bincount(sets, minlength=16)

        deviation = counts - joint.sum(axis=0)
        spread = np.sqrt((joint * (1 - joint)).sum(axis=0))

        assert (np.abs(deviation) <= 4 * spread).all()
        assert (counts[0] == 0) == (not allow_unlabeled)

    def test_marginals_are_calibrated(self):
        """Among rows with probability about p, a share p carries the label."""
        dataset, truth = make_multilabel(4000, n_labels=4, length=8, random_state=7)
        proba, Y = truth.proba.ravel(), dataset.Y.to_numpy().ravel()
        group = np.minimum((proba * 10).astype(int), 9)
        n_rows = np.bincount(group, minlength=10)

        deviation = np.bincount(group, Y - proba, minlength=10)
        spread = np.sqrt(np.bincount(group, proba * (1 - proba), minlength=10))

        assert (n_rows > 100).all()
        assert (np.abs(deviation) <= 4 * spread).all()

    def test_no_decision_of_a_loss_beats_the_best_on_the_data(self):
        dataset, truth = make_multilabel(4000, n_labels=4, length=8, random_state=7)
        Y = dataset.Y.to_numpy()
        wrong = {
            kind: (truth.best(kind).to_numpy() != Y) for kind in ("hamming", "subset")
        }

        assert wrong["hamming"].mean() < wrong["subset"].mean()
        assert wrong["subset"].any(axis=1).mean() < wrong["hamming"].any(axis=1).mean()


def test_names_and_origin():
    dataset, truth = make_multilabel(
        5, 3, 2, 1, label_names=["calm", "sad"], random_state=0, name="songs"
    )

    assert dataset.name == "songs"
    assert dataset.label_names == truth.label_names == ("calm", "sad")
    assert dataset.feature_names == ("word_0", "word_1", "word_2")
    assert "random_state=0" in dataset.source.reading
    assert eval(dataset.source.reading, {"make_multilabel": make_multilabel})[
        0
    ].X.equals(dataset.X)


def test_no_labels_at_all():
    dataset, truth = make_multilabel(5, cardinality=0, random_state=0)

    assert dataset.cardinality == 0
    assert (truth.proba == 0).all()


def test_the_largest_number_of_labels():
    dataset, truth = make_multilabel(2, n_labels=15, random_state=0)

    assert dataset.n_labels == 15
    np.testing.assert_allclose(truth.joint().sum(axis=1), 1)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"n_samples": 0}, GeneratorError, "n_samples must be at least 1"),
        ({"n_labels": 2.5}, TypeError, "n_labels must be an integer"),
        ({"n_labels": 16}, GeneratorError, "n_labels=16"),
        ({"cardinality": -1}, GeneratorError, "cardinality must be"),
        ({"cardinality": 1.5}, TypeError, "cardinality must be an integer"),
        ({"length": 0}, GeneratorError, "length must be at least 1"),
        ({"cardinality": 100}, GeneratorError, "Choose a cardinality between 1 and"),
        (
            {"cardinality": 0, "allow_unlabeled": False},
            GeneratorError,
            "cardinality=0 with n_labels=5 and allow_unlabeled=False",
        ),
        ({"label_names": ["a"]}, LabelNameError, "Expected 5 label names"),
    ],
)
def test_arguments_that_cannot_be(arguments, error, message):
    with pytest.raises(error, match=message):
        make_multilabel(**arguments)


def test_another_process_gives_the_same():
    code = (
        "from mlkit.datasets.generators.multilabel import make_multilabel\n"
        "ds, truth = make_multilabel(30, random_state=4)\n"
        "print(ds.X.to_numpy().tobytes().hex()[:4000], ds.Y.to_numpy().tolist())"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    dataset, _ = make_multilabel(30, random_state=4)
    here = (
        f"{dataset.X.to_numpy().tobytes().hex()[:4000]} {dataset.Y.to_numpy().tolist()}"
    )

    assert answers == {here + "\n"}
