"""How a data set lies in a Parquet file: what its metadata say.

The layout is kept as JSON under the key ``mlkit`` of the file's metadata. Columns come
in this order:

1. the features: one column each; for CSR ``X.indices`` and ``X.values``, lists; for an
   array ``X``, a list of fixed length;
2. the labels: one column each, null where unknown; for CSR ``labels`` and ``unknown``,
   lists of label numbers;
3. the row names, if they are stored at all.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from mlkit.dataset import DatasetSource
from mlkit.exceptions import FormatError

__all__ = ["LAYOUT_VERSION", "Layout", "damaged", "read_layout"]

LAYOUT_VERSION = 1
"""Raised whenever older versions of the kit would misread a file."""

_KEY = b"mlkit"


@dataclass(frozen=True, slots=True)
class Layout:
    """What is needed to build the data set again.

    Parameters
    ----------
    name : str
    n_samples : int
    label_names : list of str
    feature_names : list of str or None
    X : dict
        "kind": "frame", "csr" or "array", and what the kind needs.
    Y : dict
        "kind": "frame" or "csr", and what the kind needs.
    index_names : list or None
        Names of the levels of the row names; None where rows have no names.
    source : dict or None
        The fields of `DatasetSource`.
    """

    name: str
    n_samples: int
    label_names: list[str]
    feature_names: list[str] | None
    X: dict[str, Any]
    Y: dict[str, Any]
    index_names: list[Any] | None
    source: dict[str, Any] | None

    def metadata(self) -> dict[bytes, bytes]:
        """Return the entry for the metadata of a file."""
        content = {"layout": LAYOUT_VERSION, **asdict(self)}
        return {_KEY: json.dumps(content).encode()}

    def dataset_source(self) -> DatasetSource | None:
        """Return the source as the data set keeps it."""
        if self.source is None:
            return None
        fields = {**self.source, "remarks": tuple(self.source.get("remarks", ()))}
        return DatasetSource(**fields)


def read_layout(schema: pa.Schema, path: Path) -> Layout | None:
    """Read the layout out of the schema of a file.

    Parameters
    ----------
    schema : pyarrow.Schema
    path : Path
        For the messages.

    Returns
    -------
    Layout or None
        None for a file that the kit did not write.

    Raises
    ------
    FormatError
        If a newer version of the kit wrote the file, or its metadata are damaged.
    """
    content = (schema.metadata or {}).get(_KEY)
    if content is None:
        return None
    try:
        fields = json.loads(content)
        version = int(fields.pop("layout"))
    except (ValueError, KeyError, TypeError, AttributeError) as err:
        raise damaged(path) from err
    if version > LAYOUT_VERSION:
        msg = (
            f"the file was written by a newer mlkit (layout {version}; this one reads "
            f"layout {LAYOUT_VERSION}). Update mlkit-multilabel."
        )
        raise FormatError(msg, path=path)
    try:
        return Layout(**fields)
    except TypeError as err:
        raise damaged(path) from err


def damaged(path: Path) -> FormatError:
    """Build the error for metadata that contradict the file, or themselves.

    Parameters
    ----------
    path : Path

    Returns
    -------
    FormatError
    """
    msg = (
        "the file says that mlkit wrote it, but what it says of features and labels "
        "does not fit. Write it again."
    )
    return FormatError(msg, path=path)
