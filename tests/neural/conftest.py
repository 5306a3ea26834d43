"""What all tests of networks share."""

from __future__ import annotations

import pytest

_IMPORT_NOISE = ("DeprecationWarning", "FutureWarning")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # Keras and TensorFlow import what is about to go, and say so.
    for item in items:
        if "tests/neural" in item.path.as_posix():
            for category in _IMPORT_NOISE:
                item.add_marker(pytest.mark.filterwarnings(f"ignore::{category}"))
