"""Results on standard output, for people or machines; messages on standard error."""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

__all__ = ["add_json", "print_json", "say", "say_wrote", "show"]


def say(message: str) -> None:
    """Print a message to standard error.

    Parameters
    ----------
    message : str
    """
    print(f"mlkit: {message}", file=sys.stderr)


def say_wrote(path: Path) -> None:
    """Say which file was written.

    Parameters
    ----------
    path : Path
    """
    say(f"wrote {path}")


def add_json(command: argparse.ArgumentParser) -> None:
    """Give a command the option of a result that machines read.

    Parameters
    ----------
    command : ArgumentParser
    """
    command.add_argument(
        "--json", action="store_true", help="print the result as JSON, for programs"
    )


def show(
    options: argparse.Namespace, content: Callable[[], Any], text: Callable[[], Any]
) -> None:
    """Print a result in the form that was asked for.

    Parameters
    ----------
    options : Namespace
        With ``json``.
    content : callable
        Returns what JSON is made of.
    text : callable
        Returns what is printed for people.
    """
    if options.json:
        print_json(content())
    else:
        print(text())


def print_json(content: Any) -> None:
    """Print numbers, texts, tables and mappings as JSON.

    Parameters
    ----------
    content : object
        A table is a list of its rows; what is not a number or infinite is null, since
        JSON has no word for it.
    """
    print(json.dumps(_plain(content), indent=2, ensure_ascii=False, allow_nan=False))


def _plain(value: Any) -> Any:
    if isinstance(value, pd.DataFrame):
        index = value.index
        named = value if isinstance(index, pd.RangeIndex) else value.reset_index()
        return [_plain(row) for row in named.to_dict("records")]
    if isinstance(value, pd.Series):
        return _plain(value.to_dict())
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if value is None or isinstance(value, (str, bool, int)):
        return value
    return str(value)
