"""What the metadata of a Parquet file say."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pyarrow as pa
import pytest

from mlkit.dataset import DatasetSource
from mlkit.datasets.formats.parquet_layout import (
    LAYOUT_VERSION,
    Layout,
    damaged,
    read_layout,
)
from mlkit.exceptions import FormatError

PATH = Path("toy.parquet")


def layout(**changes):
    fields = {
        "name": "toy",
        "n_samples": 1,
        "label_names": ["ä", "b"],
        "feature_names": None,
        "X": {"kind": "array", "shape": [2]},
        "Y": {"kind": "frame", "dtypes": ["int8", "int8"]},
        "index_names": None,
        "source": None,
    }
    return Layout(**{**fields, **changes})


def schema(metadata):
    return pa.schema([], metadata=metadata)


def test_what_was_written_is_read():
    written = layout(index_names=[None, 3, "id"])
    assert read_layout(schema(written.metadata()), PATH) == written


def test_the_source_comes_back_whole():
    source = DatasetSource("CSV", path="a.csv", remarks=("odd", "odder"))
    written = layout(source=asdict(source))
    back = read_layout(schema(written.metadata()), PATH)
    assert back.dataset_source() == source
    assert layout().dataset_source() is None


def test_a_file_of_other_origin():
    assert read_layout(schema(None), PATH) is None
    assert read_layout(schema({b"pandas": b"{}"}), PATH) is None


def test_a_newer_version():
    content = json.loads(layout().metadata()[b"mlkit"])
    content["layout"] = LAYOUT_VERSION + 1
    metadata = {b"mlkit": json.dumps(content).encode()}
    with pytest.raises(FormatError, match="written by a newer mlkit .layout 2; .*Upda"):
        read_layout(schema(metadata), PATH)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"3", b"{}", b'{"layout": "x"}', b'{"layout": 1}']
)
def test_damaged_metadata(content):
    with pytest.raises(
        FormatError, match="toy.parquet: the file says that mlkit wrote"
    ):
        read_layout(schema({b"mlkit": content}), PATH)


def test_the_error_names_the_file():
    assert damaged(PATH).path == PATH
