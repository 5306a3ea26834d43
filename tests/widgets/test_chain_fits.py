"""Small chains: what they learn from, and what is kept of them."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from mlkit.dataset import MultiLabelDataset
from mlkit.exceptions import MissingLabelsError, ShapeError
from mlkit.widgets.chain_fits import CHAIN_BASES, ChainFits, logic_example

ORDER = ("or", "and", "xor")


@pytest.fixture(scope="module")
def fits():
    return ChainFits()


def random_dataset(n_samples=60, n_labels=7, seed=0):
    rng = np.random.default_rng(seed)
    X = pd.DataFrame({"size": rng.normal(size=n_samples), "kind": ["a", "b"] * 30})
    Y = rng.random((n_samples, n_labels)) < np.linspace(0.1, 0.7, n_labels)
    return MultiLabelDataset(X, Y.astype(int), name="random")


def test_the_example_is_that_of_the_lesson():
    dataset = logic_example()
    bits = dataset.X.to_numpy()
    assert np.unique(bits, axis=0, return_counts=True)[1].tolist() == [67, 62, 61, 60]
    assert (dataset.Y["or"] - dataset.Y["and"] == dataset.Y["xor"]).all()


@pytest.mark.parametrize(
    ("order", "exact"),
    [
        (("or", "and", "xor"), 1.0),
        (("and", "or", "xor"), 1.0),
        (("or", "xor", "and"), 1.0),
        (("xor", "and", "or"), 0.268),
        (("xor", "or", "and"), 0.268),
    ],
    ids=["or and xor", "and or xor", "or xor and", "xor and or", "xor or and"],
)
def test_the_numbers_of_the_lesson(fits, order, exact):
    accuracy = fits.chain(order, base="logistic").accuracy
    assert accuracy.index.tolist() == [*order, "exact match"]
    assert accuracy.loc["exact match"].round(9).tolist() == [0.268, exact]


def test_trees_need_no_chain(fits):
    accuracy = fits.chain(("xor", "and", "or"), base="tree").accuracy
    assert (accuracy == 1.0).all(axis=None)


def test_an_error_of_xor_misleads_and(fits):
    fit = fits.chain(("xor", "and", "or"), base="logistic")
    # xor is right in the 67 rows of one case; and, by itself, in all.
    row = fit.propagation.loc["and"]
    assert row[["n_after_error", "n_after_none"]].tolist() == [183, 67]
    assert row["baseline_after_error"] == row["after_none"] == 0.0
    assert row["after_error"] == pytest.approx(60 / 183)
    assert (fit.told["and"] == fit.true["and"]).all()


def test_trained_on_what_it_predicts_the_chain_leans_less_on_it(fits):
    fit = fits.chain(("xor", "and", "or"), base="logistic", trained_on="predicted")
    assert fit.accuracy.loc["and", "chain"] == 1.0


def test_columns_stand_in_chain_order(fits):
    fit = fits.chain(("xor", "and", "or"), base="logistic")
    for table in (fit.true, fit.predicted, fit.alone, fit.told):
        assert table.columns.tolist() == ["xor", "and", "or"]
        assert len(table) == 250


def test_a_chain_is_fitted_once(fits):
    first = fits.chain(ORDER, base="logistic", noise=0.1)
    assert fits.chain(ORDER, base="logistic", noise=0.1) is first
    assert fits.chain(ORDER, base="logistic", noise=0.2) is not first


def test_noise_flips_that_share_of_training_and_test_labels(fits):
    clean = fits.chain(ORDER, base="tree")
    noisy = fits.chain(ORDER, base="tree", noise=0.2)
    assert (noisy.true != clean.true).mean(axis=None) == pytest.approx(0.2, abs=0.01)
    # Given the bits, nothing can be more often right than the labels are.
    assert (noisy.accuracy["chain"] < 0.85).all()


@pytest.mark.parametrize("trained_on", ["true", "predicted", "cross-fitted"])
@pytest.mark.parametrize("base", CHAIN_BASES)
def test_another_dataset_is_split_and_its_most_frequent_labels_taken(base, trained_on):
    dataset = random_dataset()
    fits = ChainFits(dataset)
    assert (fits.train.n_samples, fits.test.n_samples) == (36, 24)
    frequent = dataset.label_counts.sort_values(ascending=False, kind="stable")
    assert fits.test.label_names == tuple(frequent.index[:5])
    assert fits.left_out == "The 5 most frequent of 7 labels"
    order = fits.test.label_names
    fit = fits.chain(order, base=base, trained_on=trained_on)
    assert fit.accuracy.shape == (6, 2)


def test_of_many_rows_500_are_taken():
    rng = np.random.default_rng(0)
    many = MultiLabelDataset(rng.normal(size=(3000, 2)), rng.integers(0, 2, (3000, 2)))
    fits = ChainFits(many)
    assert fits.train.n_samples + fits.test.n_samples == 500
    assert fits.left_out == "500 of 3,000 rows"


def test_sparse_data_with_a_thousand_labels():
    rng = np.random.default_rng(0)
    Y = sp.csr_array((rng.random((80, 1000)) < 0.05).astype(int))
    fits = ChainFits(MultiLabelDataset(sp.csr_array(rng.random((80, 6))), Y))
    fit = fits.chain(fits.test.label_names, base="logistic")
    assert fit.predicted.shape == (32, 5)


def test_constant_labels_make_no_noise():
    Y = np.tile([[1, 0]], (20, 1))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fits = ChainFits(MultiLabelDataset(np.arange(20.0).reshape(-1, 1), Y))
        fit = fits.chain(fits.test.label_names, base="logistic")
    assert (fit.accuracy == 1.0).all(axis=None)


def test_what_cannot_be_learned_is_refused():
    with pytest.raises(ShapeError, match="at least 10 rows .* has 9 rows and 7 labels"):
        ChainFits(random_dataset()[:9])
    with pytest.raises(ShapeError, match="has 0 rows"):
        ChainFits(random_dataset()[:0])
    unknown = MultiLabelDataset(np.ones((12, 1)), np.full((12, 1), np.nan))
    with pytest.raises(MissingLabelsError, match="unknown labels"):
        ChainFits(unknown)
