"""Where the data of a command come from: a name, or a file and its labels."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

import mlkit
from mlkit.dataset import MultiLabelDataset

__all__ = ["add_source", "is_file", "load_source", "load_subject", "names"]


def add_source(command: argparse.ArgumentParser, nargs: str | None = None) -> None:
    """Give a command its data, and what says how a file is to be read.

    Parameters
    ----------
    command : ArgumentParser
    nargs : str or None
        How many data sets, as in `argparse`.
    """
    command.add_argument(
        "data", nargs=nargs, metavar="DATA", help="name of a data set, or a file"
    )
    command.add_argument(
        "--part",
        choices=["all", "train", "test"],
        default="all",
        help="published part of a named data set (default: %(default)s)",
    )
    command.add_argument(
        "--labels",
        metavar="WHICH",
        help="labels of a file: number of last columns, names (a,b,c), a pattern "
        "('genre_*'), or an XML file",
    )
    command.add_argument(
        "--tags",
        metavar="COLUMN",
        help="column of a table that holds the labels as tags",
    )
    command.add_argument(
        "--separator",
        default="|",
        metavar="TEXT",
        help="stands between two tags (default: %(default)s)",
    )
    command.add_argument(
        "--index", type=names, metavar="A,B", help="columns that name the rows"
    )


def names(text: str) -> list[str]:
    """Return names that are separated by commas.

    Parameters
    ----------
    text : str

    Returns
    -------
    list of str

    Examples
    --------
    >>> names("br-lr, cc-lr")
    ['br-lr', 'cc-lr']
    """
    return [name.strip() for name in text.split(",") if name.strip()]


def load_source(data: str, options: argparse.Namespace) -> MultiLabelDataset:
    """Load a named data set, or read a file where the argument looks like one.

    Parameters
    ----------
    data : str
    options : Namespace
        Of a command with `add_source`.

    Returns
    -------
    MultiLabelDataset
    """
    if is_file(data):
        return mlkit.read(data, labels=_labels(options), index=options.index)
    for option in ("labels", "tags", "index"):
        if getattr(options, option) is not None:
            msg = f"--{option} is for files; '{data}' is the name of a data set."
            raise ValueError(msg)
    return mlkit.load(data, part=options.part)


def load_subject(options: argparse.Namespace) -> Any:
    """Load the comparison that lies in a folder, or the data.

    Parameters
    ----------
    options : Namespace
        Of a command with `add_source`; its ``data`` may also be a folder that
        ``mlkit compare --out`` has made.

    Returns
    -------
    MultiLabelDataset or Comparison
    """
    from mlkit.comparison import Comparison

    path = Path(options.data)
    if path.name == "comparison.parquet" or (path / "comparison.parquet").is_file():
        return Comparison.load(path)
    return load_source(options.data, options)


def is_file(data: str) -> bool:
    """Tell a file from the name of a data set.

    Parameters
    ----------
    data : str

    Returns
    -------
    bool
    """
    # Not "exists": a folder 'emotions', as MULAN's files lie in, is not meant.
    return bool(Path(data).suffix) or os.sep in data or Path(data).is_file()


def _labels(options: argparse.Namespace) -> Any:
    """Understand --labels and --tags as `mlkit.read` does."""
    from mlkit.datasets.formats.tag_column import Tags

    text = options.labels
    if options.tags is not None:
        if text is not None:
            msg = "--labels and --tags both say where the labels are. Give one of them."
            raise ValueError(msg)
        return Tags(options.tags, options.separator)
    if text is None:
        return None
    if text.lstrip("-").isdigit():
        return int(text)
    if text.lower().endswith(".xml"):
        return Path(text)
    chosen = names(text)
    return text if len(chosen) == 1 and set("*?[") & set(text) else chosen
