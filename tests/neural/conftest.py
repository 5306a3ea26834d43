"""What all tests of networks share."""

from __future__ import annotations

import os
import shutil
import tempfile

import pytest

_IMPORT_NOISE = ("DeprecationWarning", "FutureWarning")


def pytest_configure(config: pytest.Config) -> None:
    """Keep what JAX compiles for as long as the process lives."""
    if os.environ.get("KERAS_BACKEND") != "jax":
        return
    # JAX writes entries in place and without a lock: of a folder that processes
    # share, or that outlives a killed one, it reads halves.
    folder = tempfile.mkdtemp(prefix="mlkit-jax-")
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    os.environ["JAX_COMPILATION_CACHE_DIR"] = folder
    os.environ["JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS"] = "0"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # Keras and TensorFlow import what is about to go, and say so.
    for item in items:
        if "tests/neural" in item.path.as_posix():
            for category in _IMPORT_NOISE:
                item.add_marker(pytest.mark.filterwarnings(f"ignore::{category}"))
