"""Losses of probabilities, summed by row and by label."""

import importlib
import math

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given

from mlkit.metrics.cell_losses import sum_losses
from mlkit.validation import check_indicator

from .cases import NAN, eighths, pairs_of, partly_known, some

RULES = {
    "log": lambda y, p: -math.log(p if y else 1 - p),
    "squared": lambda y, p: (y - p) ** 2,
}
kinds = pytest.mark.parametrize("kind", RULES)


def sums(truth, proba, kind, clip=0.0):
    checked = check_indicator(truth, allow_missing=True)
    return sum_losses(checked, np.asarray(proba, float), kind=kind, clip=clip)


@kinds
@pytest.mark.parametrize("container", [np.asarray, sp.csr_array])
@some
@given(case=pairs_of(partly_known, eighths))
def test_sums_of_known_cells(kind, container, case):
    truth, proba = case[0], np.clip(case[1], 0.125, 0.875)
    known = ~np.isnan(truth)
    losses = np.zeros(truth.shape)
    for i, j in np.argwhere(known):
        losses[i, j] = RULES[kind](truth[i, j], proba[i, j])
    found = sums(container(truth), proba, kind)
    np.testing.assert_allclose(found.by_row, losses.sum(axis=1), atol=1e-12)
    np.testing.assert_allclose(found.by_label, losses.sum(axis=0), atol=1e-12)
    assert found.known_by_row.tolist() == known.sum(axis=1).tolist()
    assert found.known_by_label.tolist() == known.sum(axis=0).tolist()


@kinds
@pytest.mark.parametrize("container", [np.asarray, sp.csr_array])
def test_blocks_do_not_matter(kind, container, monkeypatch):
    module = importlib.import_module("mlkit.metrics.cell_losses")
    rng = np.random.default_rng(0)
    truth = rng.choice([0.0, 1.0, NAN], size=(50, 7))
    proba = rng.uniform(0.1, 0.9, size=truth.shape)
    whole = sums(truth, proba, kind)
    for cells in (1, 7, 20, 100):
        monkeypatch.setattr(module, "_BLOCK_CELLS", cells)
        part = sums(container(truth), proba, kind)
        np.testing.assert_allclose(part.by_row, whole.by_row)
        np.testing.assert_allclose(part.by_label, whole.by_label)


def test_wrong_certainty_costs_what_the_clip_says():
    found = sums([[1, 0]], [[0.0, 1.0]], "log", clip=1e-6)
    assert found.by_label == pytest.approx([-math.log(1e-6)] * 2)


def test_right_certainty_costs_next_to_nothing():
    found = sums([[1, 0]], [[1.0, 0.0]], "log", clip=1e-9)
    assert found.by_row.tolist() == pytest.approx([0.0], abs=1e-8)


def test_squared_errors_need_no_clip():
    assert sums([[1, 0, 1]], [[0.0, 1.0, 1.0]], "squared").by_row.tolist() == [2.0]


def test_arguments_are_not_modified():
    proba = np.array([[0.0, 1.0]])
    proba.flags.writeable = False
    sums([[1, NAN]], proba, "log", clip=0.1)
    assert proba.tolist() == [[0.0, 1.0]]
