"""How a comparison was made, and the call that makes it again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mlkit.comparison import Comparison
from mlkit.comparison.grid import versions
from mlkit.datasets import catalog as dataset_catalog
from mlkit.exceptions import UnknownNameError
from mlkit.metrics import METRICS
from mlkit.models import make
from mlkit.reporting.document import Block, Code, Facts, Paragraph, Section
from mlkit.reporting.tables import Column, Table
from mlkit.reporting.wording import listing, shorten

__all__ = [
    "compare_call",
    "computed_with",
    "reproduction_section",
    "settings_section",
]

_MOST_DATASETS = 60
_LINE = 76


def settings_section(comparison: Comparison) -> Section:
    """Say how a comparison was made: settings, versions, data.

    Parameters
    ----------
    comparison : Comparison

    Returns
    -------
    Section
    """
    return Section("How it was made", tuple(_settings(comparison)), continues=True)


def _settings(comparison: Comparison) -> Iterator[Block]:
    settings = comparison.settings
    if not settings:
        yield Paragraph("The comparison does not record how it was made.")
        return
    used = settings.get("versions", {})
    yield Facts(
        (
            ("Folds", _text(settings, "cv")),
            ("Repeats", _text(settings, "n_repeats")),
            ("Seed", _text(settings, "random_state")),
            ("Tuned by", _text(settings, "tune") or "nothing was tuned"),
            ("Groups", _kept(settings, "grouped", "rows of a group stay together")),
            ("Weights", _kept(settings, "weighted", "rows have weights")),
            ("Finished", f"{_text(settings, 'finished') or 'not recorded'} (UTC)"),
            ("Versions", ", ".join(f"{name} {v}" for name, v in used.items())),
        )
    )
    datasets = settings.get("datasets", {})
    if datasets:
        yield _dataset_table(datasets)


def _text(settings: Mapping[str, Any], name: str) -> str:
    value = settings.get(name)
    return "" if value is None else shorten(value, 200)


def _kept(settings: Mapping[str, Any], name: str, words: str) -> str:
    return f"yes: {words}" if settings.get(name) else "none"


def _dataset_table(datasets: dict[str, dict[str, Any]]) -> Table:
    keys = ("n_samples", "n_features", "n_labels", "fingerprint")
    columns = ("dataset", "rows", "features", "labels", "fingerprint")
    rows = tuple(
        (shorten(name, 80), *(facts.get(key, "not recorded") for key in keys))
        for name, facts in list(datasets.items())[:_MOST_DATASETS]
    )
    note = ""
    if len(datasets) > len(rows):
        note = f"The first {len(rows)} of {len(datasets):,} datasets."
    return Table("Datasets", tuple(map(Column, columns)), rows, note)


def reproduction_section(comparison: Comparison) -> Section:
    """Show the call that makes a comparison again, and what it needs.

    Parameters
    ----------
    comparison : Comparison

    Returns
    -------
    Section
    """
    blocks: list[Block] = [Code(compare_call(comparison), "Call to reproduce")]
    needs = tuple(_needs(comparison))
    blocks += [Paragraph(text) for text in needs]
    if comparison.settings.get("random_state") is not None:
        blocks.append(
            Paragraph(
                "With the same versions and data (the fingerprints above), the same "
                "seed gives the same numbers, except for times and memory."
            )
        )
    return Section("How to reproduce it", tuple(blocks), continues=True)


def computed_with() -> Paragraph:
    """Say which versions made the numbers of a report.

    Returns
    -------
    Paragraph
    """
    text = ", ".join(f"{name} {which}" for name, which in versions().items())
    return Paragraph(f"Computed with {text}.", "note")


def compare_call(comparison: Comparison) -> str:
    """Return the call of `mlkit.compare` that makes a comparison again.

    Parameters
    ----------
    comparison : Comparison

    Returns
    -------
    str
        Lines of Python. What cannot be told from the result, such as estimators of
        the user's own, stands there by its name; `reproduction_section` says so.

    Examples
    --------
    >>> import mlkit
    >>> result = mlkit.compare("flags", "br-lr", "hamming_loss", cv=2)
    >>> print(compare_call(result))
    import mlkit
    <BLANKLINE>
    comparison = mlkit.compare(
        "flags",
        ["br-lr"],
        ["hamming_loss"],
        cv=2,
        random_state=0,
    )
    """
    names = comparison.datasets
    arguments = [
        _quoted(names[0]) if len(names) == 1 else _list(names),
        _list(comparison.models),
        _list(comparison.metrics),
        *_keywords(comparison.settings),
    ]
    body = "\n".join(f"    {argument}," for argument in arguments)
    return f"import mlkit\n\ncomparison = mlkit.compare(\n{body}\n)"


def _keywords(settings: Mapping[str, Any]) -> Iterator[str]:
    cv = settings.get("cv")
    if cv is not None:
        yield f"cv={cv if isinstance(cv, int) else '...'}"
    if settings.get("n_repeats", 1) != 1:
        yield f"n_repeats={settings['n_repeats']}"
    for setting, keyword in _GIVEN.items():
        if settings.get(setting):
            yield f"{keyword}=..."
    if settings.get("tune") is not None:
        yield f"tune={_quoted(settings['tune'])}"
    if settings.get("random_state") is not None:
        yield f"random_state={settings['random_state']}"


_GIVEN = {"grouped": "groups", "weighted": "sample_weight"}


def _quoted(name: str) -> str:
    # As json has it: double quotes, and every letter that a line cannot hold escaped.
    return json.dumps(name, ensure_ascii=False)


def _list(names: Sequence[str]) -> str:
    parts = [_quoted(name) for name in names]
    line = f"[{', '.join(parts)}]"
    if len(line) <= _LINE:
        return line
    return "[\n" + "".join(f"        {part},\n" for part in parts) + "    ]"


def _needs(comparison: Comparison) -> Iterator[str]:
    """Yield what the call lacks, in sentences."""
    settings = comparison.settings
    loadable = set(dataset_catalog().index)
    unknown = [name for name in comparison.datasets if name not in loadable]
    if unknown:
        yield (
            f"{listing(unknown)}: mlkit.load does not know such a name. Put the "
            "dataset itself in its place, and check its fingerprint."
        )
    own = [name for name in comparison.models if not _is_catalogued(name)]
    if own:
        yield (
            f"{listing(own)}: no name of mlkit.models.catalog(). Give the models as a "
            "mapping of names to estimators."
        )
    metrics = [name for name in comparison.metrics if name not in METRICS]
    if metrics:
        yield f"{listing(metrics)}: a metric of your own, to be given itself."
    yield from _lost_arguments(settings)


def _lost_arguments(settings: Mapping[str, Any]) -> Iterator[str]:
    cv = settings.get("cv")
    if cv is not None and not isinstance(cv, int):
        yield f"cv was {shorten(cv, 200)}: give the same object again."
    for setting, keyword in _GIVEN.items():
        if settings.get(setting):
            yield f"{keyword} was given and is not recorded: give it again."


def _is_catalogued(name: str) -> bool:
    try:
        make(name)
    except UnknownNameError:
        return False
    return True
