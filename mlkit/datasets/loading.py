"""From a name to a dataset: fetch the published files, read them, join the parts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp

from mlkit.dataset import DatasetSource, MultiLabelDataset
from mlkit.datasets.bundled import load_flags, load_movies
from mlkit.datasets.catalog import CatalogEntry, DataFile, Part, catalog_entry
from mlkit.datasets.fetch import fetch
from mlkit.datasets.reading import read
from mlkit.exceptions import LabelNameError

__all__ = ["load"]

_BUNDLED = {"flags": load_flags, "movies": load_movies}


def load(
    name: str, part: Part = "all", *, progress: bool | None = None
) -> MultiLabelDataset:
    """Load a data set by name, downloading it on first use.

    Parameters
    ----------
    name : str
        A name of the index of `mlkit.datasets.catalog`, such as ``"emotions"``.
        ``"flags"`` and ``"movies"`` ship with the kit.
    part : {"train", "test", "all"}, default "all"
        The published training rows, the published test rows, or the whole set.
    progress : bool, optional
        Whether downloads show a progress bar; by default in a notebook or a terminal,
        unless the environment variable ``MLKIT_PROGRESS`` is ``0``.

    Returns
    -------
    MultiLabelDataset
        Named after the set, with ``-train`` or ``-test`` for a part. ``source`` tells
        files, checksums, address, citation and terms.

    Raises
    ------
    UnknownNameError
        If no data set has this name (the message holds the closest match), or if the
        set was published undivided and a part is asked for.
    DownloadError, HashMismatchError
        As `mlkit.datasets.fetch`.

    See Also
    --------
    mlkit.datasets.catalog : The names, with sizes and citations.
    mlkit.read : Reads a file of your own.

    Notes
    -----
    Where no undivided file was published (scene, birds), "all" is the training rows
    followed by the test rows, and a nominal feature has the categories of both. For
    other sets "all" is the undivided file, whose rows may stand in another order:
    ``catalog_entry(name).notes`` tells.

    Examples
    --------
    >>> load("flags")
    MultiLabelDataset('flags', 195 rows, 22 features, 7 labels, cardinality 3.13)
    """
    entry = catalog_entry(name)
    # First of all, so that a wrong part is told before anything is downloaded.
    files = entry.files(part)
    if entry.name in _BUNDLED:
        return _BUNDLED[entry.name]()
    paths = fetch(name, part, progress=progress)
    full_name = name if part == "all" else f"{name}-{part}"
    # The XML is named, not looked for: files may come from different folders.
    xml = paths.pop("labels")
    pieces = [read(path, xml, name=full_name) for path in paths.values()]
    dataset = pieces[0] if len(pieces) == 1 else _join(pieces[0], pieces[1])
    published = [file for role, file in files.items() if role != "labels"]
    source = _describe_source(dataset, entry, published, list(paths.values()))
    return dataset.replace(source=source)


def _describe_source(
    dataset: MultiLabelDataset,
    entry: CatalogEntry,
    files: list[DataFile],
    paths: list[Path],
) -> DatasetSource:
    reading = dataset.source.reading if dataset.source else ""
    if len(files) > 1:
        reading += f"; {' then '.join(path.name for path in paths)}"
    return DatasetSource(
        reading=reading,
        path=", ".join(str(path) for path in paths),
        url=", ".join(str(file.url) for file in files),
        citation=entry.citation,
        licence=entry.licence,
        sha256=", ".join(file.sha256 for file in files),
        remarks=dataset.source.remarks if dataset.source else (),
    )


def _join(first: MultiLabelDataset, second: MultiLabelDataset) -> MultiLabelDataset:
    """Put the rows of the second dataset below those of the first."""
    # By position would do silently what must not happen: columns of two meanings.
    names = [(data.feature_names, data.label_names) for data in (first, second)]
    if names[0] != names[1]:
        msg = (
            f"The parts of '{first.name}' differ in the names of features or labels "
            "and cannot be joined. Load them one by one: part='train', part='test'."
        )
        raise LabelNameError(msg)
    return first.replace(
        X=_stack(first.X, second.X),
        Y=_stack(first.Y, second.Y),
        feature_names=first.feature_names,
        label_names=first.label_names,
        missing=_stack_missing(first, second),
    )


def _stack(upper: Any, lower: Any) -> Any:
    if sp.issparse(upper):
        return sp.vstack([upper, lower], format="csr")
    if not isinstance(upper, pd.DataFrame):
        return np.concatenate([upper, lower])
    # pd.concat turns categories that differ into plain objects.
    united = {
        column: pd.api.types.union_categoricals(
            [upper[column], lower[column]]
        ).categories
        for column in upper.select_dtypes("category")
    }
    kinds = {column: pd.CategoricalDtype(values) for column, values in united.items()}
    tables = [table.astype(kinds) for table in (upper, lower)]
    return pd.concat(tables, ignore_index=True)


def _stack_missing(first: MultiLabelDataset, second: MultiLabelDataset) -> Any:
    if first.missing is None and second.missing is None:
        return None
    # A mask is None where nothing is missing: the other part may still need one.
    masks = [
        np.zeros((data.n_samples, data.n_labels), dtype=bool)
        if data.missing is None
        else data.missing
        for data in (first, second)
    ]
    if any(sp.issparse(mask) for mask in masks):
        return sp.vstack([sp.csr_array(mask) for mask in masks], format="csr")
    return np.concatenate(masks)
