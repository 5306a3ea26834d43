"""Seeds for Keras without touching anybody else's."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from sklearn.utils import check_random_state

__all__ = ["draw_seed", "epoch_generator", "keras_seeds"]

# Python's generator, and Keras' precision, are those of all threads: one at a time.
_LOCK = threading.RLock()


def draw_seed(random_state: Any) -> int:
    """Draw the one number that all randomness of a training comes from.

    Parameters
    ----------
    random_state : int, RandomState or None

    Returns
    -------
    int
        In [0, 2**31). Not the state itself: a RandomState gives another one each time.
    """
    return int(check_random_state(random_state).randint(2**31 - 1))


@contextmanager
def keras_seeds(seed: int) -> Iterator[None]:
    """Let layers and initialisers that are made inside draw from a seed.

    Parameters
    ----------
    seed : int

    Notes
    -----
    Where none is given, Keras takes the seed of a layer from Python's own generator.
    Its state is put back in the end: what a program draws elsewhere stays the same.
    Seeds of numpy and of the backend are left alone, Keras does not draw from them.
    """
    with _LOCK:
        state = random.getstate()
        random.seed(seed)
        try:
            yield
        finally:
            random.setstate(state)


def epoch_generator(seed: int, epoch: int) -> np.random.Generator:
    """Return the generator of one epoch, the same whatever was drawn before.

    Parameters
    ----------
    seed, epoch : int

    Returns
    -------
    Generator
    """
    return np.random.default_rng((seed, epoch))
