"""Scores whose true probabilities are known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from mlkit.activations import sigmoid


@dataclass(frozen=True)
class Simulation:
    """Labels drawn from known logits, one half to learn from, one to judge by."""

    Y: np.ndarray
    Y_new: np.ndarray
    logits: np.ndarray
    logits_new: np.ndarray


@pytest.fixture(scope="session")
def simulation() -> Simulation:
    rng = np.random.default_rng(0)
    logits = rng.normal([-1.0, 0.0, 0.5], 1.5, size=(6000, 3))
    Y = (rng.random(logits.shape) < sigmoid(logits)).astype(np.int8)
    return Simulation(Y[:3000], Y[3000:], logits[:3000], logits[3000:])
