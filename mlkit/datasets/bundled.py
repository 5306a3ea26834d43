"""Data that ship with the kit and need no network."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from mlkit.dataset import DatasetSource, MultiLabelDataset
from mlkit.datasets.catalog import bundled_file, catalog_entry

__all__ = ["load_flags"]

_FLAG_COLOURS = ("red", "green", "blue", "yellow", "white", "black", "orange")
_FLAG_CATEGORIES = ("continent", "religion", "language")


def load_flags() -> MultiLabelDataset:
    """Load the flags of the world, to tell which colours a flag has.

    The 193 member states of the United Nations, Palestine and Vatican City, with their
    flags as of 2025. Features are facts about the country and shapes on its flag; none
    of them speaks of colours.

    Returns
    -------
    MultiLabelDataset
        195 rows, 22 features, 7 labels. ``X`` is a DataFrame indexed by country:
        ``continent``, ``religion`` and ``language`` are categories, the other columns
        numbers. The labels are red, green, blue, yellow, white, black and orange.

    See Also
    --------
    mlkit.load : ``load("flags")`` is the same, ``load("flags-mulan")`` the older set.

    Notes
    -----
    ``data/README.md`` defines every column. The same rows stand in ``flags.arff`` with
    ``flags.xml`` (without the country names, which would be one value a row), for
    programs that read MULAN's format.

    Examples
    --------
    >>> flags = load_flags()
    >>> flags.n_samples, flags.n_features, flags.n_labels
    (195, 22, 7)
    >>> colours = flags.Y.loc["France"]
    >>> colours[colours == 1].index.tolist()
    ['red', 'blue', 'white']
    """
    entry = catalog_entry("flags")
    path = bundled_file("flags.csv")
    X, Y = _read_flags(path)
    source = DatasetSource(
        reading=f"CSV; the last {len(_FLAG_COLOURS)} columns are the labels",
        path=str(path),
        citation=entry.citation,
        licence=entry.licence,
        sha256=entry.files()["all"].sha256,
    )
    return MultiLabelDataset(X, Y, name="flags", source=source)


def _read_flags(path: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    # "none" is a value of the column religion, never a missing one.
    table = pd.read_csv(path, index_col="country", keep_default_na=False)
    X = table.drop(columns=list(_FLAG_COLOURS))
    X = X.astype(dict.fromkeys(_FLAG_CATEGORIES, "category"))
    return X, table[list(_FLAG_COLOURS)]
