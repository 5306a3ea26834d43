"""Rare labels: as many positives as asked for, and where chance put them."""

from __future__ import annotations

import numpy as np
import pytest

from mlkit.datasets.generators.rare import make_rare_labels
from mlkit.exceptions import GeneratorError
from mlkit.splitting.chance import expected_missing_labels


def test_each_label_has_its_positives():
    Y = make_rare_labels(50, 7, 3)
    assert Y.shape == (50, 7)
    assert Y.sum().tolist() == [3] * 7
    assert list(Y.columns[:2]) == ["label_0", "label_1"]
    assert set(np.unique(Y)) == {0, 1}


def test_the_seed_decides():
    first, again = make_rare_labels(random_state=4), make_rare_labels(random_state=4)
    assert first.equals(again)
    assert not first.equals(make_rare_labels(random_state=5))


def test_a_random_fifth_lacks_as_many_labels_as_the_lesson_says():
    counts = make_rare_labels().sum()
    assert round(expected_missing_labels(counts, 1000, 200), 2) == 3.33


@pytest.mark.parametrize("n_positives", [0, 4])
def test_no_and_all_rows(n_positives):
    assert (make_rare_labels(4, 2, n_positives).sum() == n_positives).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((4, 2, 5), "do not fit into n_samples=4"),
        ((4, 0, 1), "n_labels"),
        ((0, 2, 1), "n_samples"),
        ((4, 2, -1), "n_positives"),
    ],
)
def test_numbers_out_of_range(arguments, message):
    with pytest.raises(GeneratorError, match=message):
        make_rare_labels(*arguments)
