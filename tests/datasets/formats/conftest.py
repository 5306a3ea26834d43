"""A header with every kind of attribute, for the tests of rows and tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlkit.datasets.formats.arff_header import parse_header
from mlkit.datasets.formats.arff_table import Schema

HEADER = """@attribute size numeric
@attribute colour {red,green}
@attribute inverted {1,0}
@attribute note string
@attribute weight numeric
"""


@pytest.fixture
def schema():
    """Two numbers, a nominal set, a set of 0 and 1 whose default is 1, and a text."""
    return Schema(parse_header(HEADER, path=Path("toy.arff")))
