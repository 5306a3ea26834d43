"""Files that the tests of this folder share."""

from __future__ import annotations

import pytest

from .calls import ARFF


@pytest.fixture
def toy(tmp_path):
    path = tmp_path / "toy.arff"
    path.write_text(ARFF, encoding="utf-8")
    return str(path)


@pytest.fixture
def films(tmp_path):
    path = tmp_path / "films.csv"
    path.write_text(
        "title,year,tags,genre_war,genre_spy\nA,1959,x;y,1,0\nB,1964,,1,1\n",
        encoding="utf-8",
    )
    return str(path)
