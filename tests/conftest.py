"""Fixtures shared by all tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def project_root() -> Path:
    """The folder that holds ``mlkit/``, ``notebooks/`` and ``data/``."""
    return ROOT


@pytest.fixture(scope="session")
def mulan_folder() -> Path:
    """The folder with the real MULAN files, or skip with one line."""
    folder = os.environ.get("MLKIT_DATA")
    if not folder or not (Path(folder) / "emotions" / "emotions.arff").is_file():
        pytest.skip("the MULAN files are absent: set MLKIT_DATA to their folder")
    return Path(folder)
