"""What a record of a fold holds, and comparisons as Parquet files."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from mlkit.exceptions import ComparisonFileError, names_for_message
from mlkit.metrics import Metric

__all__ = [
    "MEASUREMENTS",
    "PARQUET_FILE",
    "Measure",
    "as_parquet",
    "measure_of",
    "read_parquet",
]

MEASUREMENTS = (
    "fit_seconds",
    "predict_seconds",
    "peak_memory",
    "params",
    "warnings",
    "error",
)
"""What each record has besides names, sizes and metrics."""

_FORMAT = 1
PARQUET_FILE = "comparison.parquet"
_KEYS = ("dataset", "model", "repeat", "fold")


@dataclass(frozen=True, slots=True)
class Measure:
    """What one must know to read the values of a metric.

    Parameters
    ----------
    name, label : str
        Its column, and its heading.
    greater_is_better : bool
    """

    name: str
    label: str
    greater_is_better: bool


def measure_of(metric: Metric) -> Measure:
    """Return what one must know of a metric.

    Parameters
    ----------
    metric : Metric

    Returns
    -------
    Measure
    """
    return Measure(metric.name, metric.label, metric.greater_is_better)


def as_parquet(
    folds: pd.DataFrame, measures: Iterable[Measure], settings: Mapping[str, Any]
) -> bytes:
    """Return the content of a Parquet file, with all else in its metadata.

    Parameters
    ----------
    folds : DataFrame
    measures : iterable of Measure
    settings : mapping
        Of what JSON knows.

    Returns
    -------
    bytes
    """
    about = {
        "format": _FORMAT,
        "measures": [asdict(measure) for measure in measures],
        "settings": dict(settings),
    }
    table = pa.Table.from_pandas(folds, preserve_index=False)
    kept = {**(table.schema.metadata or {}), b"mlkit": json.dumps(about).encode()}
    buffer = io.BytesIO()
    pq.write_table(table.replace_schema_metadata(kept), buffer)
    return buffer.getvalue()


def read_parquet(
    file: Path,
) -> tuple[pd.DataFrame, tuple[Measure, ...], dict[str, Any]]:
    """Read what `as_parquet` has made.

    Parameters
    ----------
    file : Path

    Returns
    -------
    folds : DataFrame
    measures : tuple of Measure
    settings : dict

    Raises
    ------
    ComparisonFileError
        If it is something else, damaged, or of a newer format.
    """
    folds, about = _read(file)
    measures = tuple(Measure(**entry) for entry in about["measures"])
    names = [measure.name for measure in measures]
    lacking = [c for c in (*_KEYS, *names, *MEASUREMENTS) if c not in folds]
    if lacking:
        msg = f"{file} lacks the columns {names_for_message(lacking)}."
        raise ComparisonFileError(msg)
    return folds, measures, about["settings"]


def _read(file: Path) -> tuple[pd.DataFrame, dict[str, Any]]:
    try:
        table = pq.read_table(file)
        about = json.loads((table.schema.metadata or {})[b"mlkit"])
        number = about["format"]
    except (pa.ArrowException, OSError, ValueError, KeyError, TypeError) as err:
        msg = f"{file} is no comparison that was saved by mlkit, or is damaged."
        raise ComparisonFileError(msg) from err
    if number > _FORMAT:
        msg = (
            f"{file} has format {number}, and this mlkit reads up to {_FORMAT}. Take "
            "the mlkit that wrote it, or a newer one."
        )
        raise ComparisonFileError(msg)
    return table.to_pandas(), about
