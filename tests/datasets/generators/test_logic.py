from __future__ import annotations

import itertools

import numpy as np
import pytest

from mlkit.datasets.generators.logic import LOGIC_FUNCTIONS, make_logic
from mlkit.exceptions import GeneratorError, UnknownNameError

TABLE = {  # for the bits 00, 01, 10, 11
    "or": [0, 1, 1, 1],
    "and": [0, 0, 0, 1],
    "xor": [0, 1, 1, 0],
    "nor": [1, 0, 0, 0],
    "nand": [1, 1, 1, 0],
    "xnor": [1, 0, 0, 1],
}


@pytest.mark.parametrize("name", LOGIC_FUNCTIONS)
def test_the_truth_table_of_two_bits(name):
    ds = make_logic(200, functions=[name], random_state=0)

    for row, (first, second) in zip(
        ds.Y[name], ds.X[["bit_0", "bit_1"]].to_numpy(), strict=True
    ):
        assert row == TABLE[name][2 * first + second]


def test_more_bits_are_any_all_and_parity():
    ds = make_logic(500, n_bits=4, random_state=1)
    bits = ds.X.to_numpy()

    assert (ds.Y["or"] == bits.max(axis=1)).all()
    assert (ds.Y["and"] == bits.min(axis=1)).all()
    assert (ds.Y["xor"] == bits.sum(axis=1) % 2).all()


def test_all_combinations_come_equally_often():
    ds = make_logic(4000, random_state=2)

    shares = ds.X.value_counts(normalize=True)
    assert sorted(shares.index) == list(itertools.product([0, 1], repeat=2))
    assert shares.between(0.22, 0.28).all()


def test_noise_flips_that_share_of_every_label():
    clean = make_logic(5000, n_noise_features=3, random_state=3)
    noisy = make_logic(5000, n_noise_features=3, noise=0.2, random_state=3)

    assert clean.X.equals(noisy.X)
    flipped = (clean.Y != noisy.Y).mean()
    assert flipped.between(0.18, 0.22).all()


def test_names_tell_bits_from_noise():
    ds = make_logic(5, n_bits=3, n_noise_features=2, random_state=0)

    assert ds.feature_names == ("bit_0", "bit_1", "bit_2", "noise_0", "noise_1")
    assert ds.label_names == ("or", "and", "xor")
    assert ds.X.dtypes.eq(np.int8).all()


def test_a_chain_in_the_right_order_solves_xor_and_binary_relevance_does_not():
    from sklearn.linear_model import LogisticRegression

    from mlkit.models import BinaryRelevance, ClassifierChain

    X, Y = make_logic(400, random_state=0).as_xy()
    base = LogisticRegression(C=100)

    assert BinaryRelevance(base).fit(X, Y).score(X, Y) < 0.6
    assert ClassifierChain(base, order=["or", "and", "xor"]).fit(X, Y).score(X, Y) == 1


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"functions": ["or", "implies"]}, "Unknown logical function 'implies'"),
        ({"functions": ["or", "or"]}, "each once"),
        ({"functions": []}, "at least one function"),
        ({"n_bits": 1}, "n_bits must be at least 2, got 1"),
        ({"noise": 0.6}, r"noise must be in \[0, 0\.5\], got 0\.6"),
        ({"n_noise_features": -1}, "n_noise_features must be at least 0"),
        ({"n_samples": 0}, "n_samples must be at least 1"),
    ],
)
def test_bad_arguments_are_refused(wrong, message):
    kind = UnknownNameError if "implies" in message else GeneratorError
    with pytest.raises(kind, match=message):
        make_logic(**{"n_samples": 10, **wrong})
