"""What systems do where a metric is undefined or scores are equal, in one table.

The definitions of the metrics agree; their edges do not. `convention` chooses a column
of the table for all edges of a metric at once, and an option that is given explicitly
goes before it.
"""

from __future__ import annotations

import math
from typing import Any, Literal, TypeAlias

import pandas as pd

from mlkit.arguments import check_choice
from mlkit.exceptions import OptionError

__all__ = [
    "CONVENTIONS",
    "Convention",
    "Empty",
    "Ties",
    "ZeroDivision",
    "convention_table",
    "resolve",
]

Convention: TypeAlias = Literal["sklearn", "mulan", "meka"]
"""Whose edges: scikit-learn 1.9's, MULAN's or MEKA's."""

ZeroDivision: TypeAlias = float | Literal["match"]
"""What 0/0 counts: 0, 1, NaN (left out), or 1 where nothing is wrong and else 0."""

Empty: TypeAlias = float | Literal["undefined"]
"""What a list counts that has nothing to rank: 0, 1, NaN (left out), or all is NaN."""

Ties: TypeAlias = Literal["worst", "average", "first", "last"]
"""Equal scores: at their worst, at random, in the order of positions, or reversed."""

CONVENTIONS = ("sklearn", "mulan", "meka")
"""The columns of the table."""

NAN = math.nan

# By measure and option: what scikit-learn, MULAN and MEKA do. Where a system lacks the
# measure it gets what its neighbours in the same system have.
_TABLE: dict[str, dict[str, tuple[Any, Any, Any]]] = {
    "precision": {"zero_division": (0.0, "match", 0.0)},
    "recall": {"zero_division": (0.0, "match", 0.0)},
    "fbeta": {"zero_division": (0.0, "match", 0.0)},
    "jaccard": {"zero_division": (0.0, "match", 1.0)},
    "specificity": {"zero_division": (0.0, "match", 0.0)},
    "balanced_accuracy": {"zero_division": (NAN, "match", NAN)},
    "gmean": {"zero_division": (0.0, "match", 0.0)},
    "harmonic": {"zero_division": (NAN, "match", NAN)},
    "mcc": {"zero_division": (0.0, "match", 0.0)},
    "kappa": {"zero_division": (NAN, "match", NAN)},
    "hamming": {"average": ("micro", "micro", "example")},
    "one_error": {"ties": ("worst", "last", "first"), "empty": (1.0, 1.0, 1.0)},
    "coverage": {
        "ties": ("worst", "last", "last"),
        "empty": (0.0, 0.0, 0.0),
        "first_rank": (1, 0, 0),
    },
    "ranking": {"ties": ("worst", "last", "last"), "empty": (0.0, 0.0, 0.0)},
    "margin": {"ties": ("worst", "last", "last"), "empty": (0.0, 0.0, 0.0)},
    "label_ranking": {
        "ties": ("worst", "last", "worst"),
        "empty": (1.0, NAN, 1.0),
    },
    "top_k": {"ties": ("average", "last", "first"), "empty": (0.0, 0.0, 0.0)},
    "average_precision": {
        "ties": ("worst", "first", "worst"),
        "empty": (0.0, NAN, "undefined"),
    },
    "interpolated_precision": {
        "ties": ("first", "first", "first"),
        "empty": (NAN, NAN, NAN),
    },
    # A product over the labels has no place for one that is left out.
    "geometric_average_precision": {
        "ties": ("worst", "first", "worst"),
        "empty": (0.0, "undefined", "undefined"),
    },
    "geometric_interpolated_precision": {
        "ties": ("first", "first", "first"),
        "empty": ("undefined", "undefined", "undefined"),
    },
    "roc_auc": {"empty": ("undefined", "undefined", "undefined")},
    "log": {"clip": ("eps", 1e-8, "1/n_samples"), "scale": ("mean", "sum", "mean")},
    "squared": {"scale": ("mean", "sum", "mean")},
    "rmse": {"scale": ("mean", "mean", "mean")},
}


def resolve(measure: str | None, convention: str, **given: Any) -> dict[str, Any]:
    """Return the options of a measure: those given, and the convention's for the rest.

    Parameters
    ----------
    measure : str or None
        A row of `convention_table`; None for one that has no edges.
    convention : {"sklearn", "mulan", "meka"}
    **given
        Options by name; None stands for the convention's.

    Returns
    -------
    dict

    Raises
    ------
    OptionError
        If the convention is none of the three, or an option has no such value.

    Examples
    --------
    >>> resolve("jaccard", "meka", zero_division=None)
    {'zero_division': 1.0}
    >>> resolve("jaccard", "meka", zero_division=0)
    {'zero_division': 0.0}
    """
    check_choice("convention", convention, CONVENTIONS)
    column = CONVENTIONS.index(convention)
    edges = {} if measure is None else _TABLE[measure]
    options = {name: values[column] for name, values in edges.items()}
    options |= {name: value for name, value in given.items() if value is not None}
    for name, word in (("zero_division", "match"), ("empty", "undefined")):
        if name in options:
            options[name] = _check_fill(name, options[name], word)
    return options


def _check_fill(name: str, value: Any, word: str) -> Any:
    """Check what an undefined unit counts: 0, 1, NaN or the word of this option."""
    if isinstance(value, str) and value == word:
        return value
    # Anything unreadable becomes a value that is refused: one message for all.
    try:
        number = math.inf if isinstance(value, str) else float(value)
    except (TypeError, ValueError):
        number = math.inf
    if not (number in (0.0, 1.0) or math.isnan(number)):
        what = {
            "zero_division": "what 0/0 counts; 'match' is 1 where nothing is wrong",
            "empty": "what a row or label with nothing to rank counts; 'undefined' "
            "makes the whole metric NaN",
        }[name]
        msg = (
            f"{name} must be 0.0, 1.0, nan or '{word}', got {value!r}. It says {what}; "
            "nan leaves it out of the mean."
        )
        raise OptionError(msg)
    return number


def convention_table() -> pd.DataFrame:
    """List what scikit-learn, MULAN and MEKA do at the edges of each measure.

    Returns
    -------
    DataFrame
        Indexed by measure and option, one column a convention. ``nan`` leaves the row
        or label out of the mean.

    Examples
    --------
    >>> convention_table().loc[("jaccard", "zero_division")].to_dict()
    {'sklearn': 0.0, 'mulan': 'match', 'meka': 1.0}
    """
    rows = {
        (measure, option): values
        for measure, options in _TABLE.items()
        for option, values in options.items()
    }
    index = pd.MultiIndex.from_tuples(rows, names=["measure", "option"])
    return pd.DataFrame(
        list(rows.values()), index=index, columns=list(CONVENTIONS), dtype=object
    )
