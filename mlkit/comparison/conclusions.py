"""What may be concluded from a comparison, and what may not, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mlkit.comparison.pairs import Ranking, fold_values

if TYPE_CHECKING:
    from mlkit.comparison.records import Measure
    from mlkit.comparison.result import Comparison

__all__ = [
    "FEW_DATASETS",
    "Conclusions",
    "conclude",
    "listed",
    "ranking_words",
    "seen_from",
    "verdict",
    "verdict_words",
]

FEW_DATASETS = 6
"""From so many datasets on, a test over datasets can tell models apart at all.

The least p-value of Wilcoxon's test on 5 is 1/16.
"""

_SURE = 0.95

_SENTENCES = {
    "better": "{best} is better than {names}.",
    "worse": "{best} is worse than {names}.",
    "equal": "It is equal in practice (within {rope:g}) to {names}.",
    "hint": (
        "That it is better than {names} is no more than a hint, as several pairs were "
        "looked at."
    ),
    "hint of worse": (
        "That it is worse than {names} is no more than a hint, as several pairs were "
        "looked at."
    ),
    "open": "There is no evidence that {best} differs from {names}.",
}


@dataclass(frozen=True)
class Conclusions:
    """Sentences about a comparison; `Comparison.summary` makes them.

    Parameters
    ----------
    sentences : tuple of str
        What the numbers say, for each metric.
    caveats : tuple of str
        What they do not say.
    """

    sentences: tuple[str, ...]
    caveats: tuple[str, ...]

    def __str__(self) -> str:
        lines = [*self.sentences, "", *(f"Note: {text}" for text in self.caveats)]
        return "\n".join(lines).strip()

    __repr__ = __str__

    def _repr_html_(self) -> str:
        said = "".join(f"<li>{escape(text)}</li>" for text in self.sentences)
        notes = "".join(f"<li>{escape(text)}</li>" for text in self.caveats)
        return f"<ul>{said}</ul><p>What this does not say:</p><ul>{notes}</ul>"


def conclude(
    comparison: Comparison, measures: Iterable[Measure], *, rope: float, level: float
) -> Conclusions:
    """Put the tests of a comparison into words.

    Parameters
    ----------
    comparison : Comparison
    measures : iterable of Measure
    rope : float
        A difference up to this makes none in practice.
    level : float
        Of the intervals; 1 - level is that of the tests.

    Returns
    -------
    Conclusions
    """
    chosen = list(measures)
    sentences = [
        sentence
        for measure in chosen
        for sentence in _about(comparison, measure, rope, level)
    ]
    return Conclusions(tuple(sentences), tuple(_caveats(comparison, chosen)))


def _about(
    comparison: Comparison, measure: Measure, rope: float, level: float
) -> Iterator[str]:
    for dataset in comparison.datasets:
        yield from _on_dataset(comparison, measure, dataset, rope, level)
    if len(comparison.datasets) > 1:
        yield _over_datasets(comparison, measure, level)


def _on_dataset(
    comparison: Comparison, measure: Measure, dataset: str, rope: float, level: float
) -> Iterator[str]:
    values = fold_values(comparison, measure.name, dataset)
    where = f"{measure.label} on {dataset}"
    if values.empty:
        yield f"{where}: no model has a value."
        return
    better_last = not measure.greater_is_better
    means = values.mean().sort_values(ascending=better_last, kind="stable")
    best = str(means.index[0])
    start = f"{where}: the best mean is that of {best}, {means.iloc[0]:.3f}"
    if len(means) == 1:
        yield f"{start}; there is nothing to compare it with."
        return
    if len(values) < 2:
        yield f"{start}. One split does not tell whether that is chance."
        return
    pairs = comparison.pairwise(measure.name, dataset=dataset, rope=rope, level=level)
    words = verdict_words(best, seen_from(best, pairs), rope=rope, alpha=1 - level)
    yield f"{start}. {words}"


def seen_from(model: str, pairs: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs of a model, turned so that it is the first of each.

    Parameters
    ----------
    model : str
    pairs : DataFrame
        Of one dataset, as `mlkit.comparison.Comparison.pairwise`.

    Returns
    -------
    DataFrame
        Of the same columns. ``difference`` is positive where `model` is better.
    """
    turned = pairs[pairs["second"] == model].rename(
        columns={
            "first": "second",
            "second": "first",
            "worse": "better",
            "better": "worse",
            "low": "high",
            "high": "low",
        }
    )
    turned[["difference", "low", "high", "effect_size"]] *= -1
    return pd.concat([pairs[pairs["first"] == model], turned])


def verdict(pair: Mapping[Any, Any], *, alpha: float) -> str:
    """Return what may be said of the first model of a pair.

    Parameters
    ----------
    pair : mapping
        A row of `mlkit.comparison.Comparison.pairwise`.
    alpha : float
        Level of the test.

    Returns
    -------
    {"better", "worse", "equal", "hint", "hint of worse", "open"}
        A hint is what the adjustment for the number of pairs does away with.
    """
    ahead = pair["difference"] > 0
    if pair["equal"] >= _SURE:
        return "equal"
    if pair["p_adjusted"] <= alpha:
        return "better" if ahead else "worse"
    if pair["p_value"] <= alpha:
        return "hint" if ahead else "hint of worse"
    return "open"


def verdict_words(
    model: str,
    pairs: pd.DataFrame,
    *,
    rope: float,
    alpha: float,
    limit: int | None = None,
) -> str:
    """Say how a model stands to others.

    Parameters
    ----------
    model : str
    pairs : DataFrame
        Seen from that model, as `seen_from` returns them.
    rope : float
        A difference up to this makes none in practice.
    alpha : float
        Level of the test.
    limit : int, optional
        How many models each sentence names at most; by default all.

    Returns
    -------
    str
        One sentence for each verdict that there is.
    """
    told: dict[str, list[str]] = {name: [] for name in _SENTENCES}
    for pair in pairs.to_dict("records"):
        low, high = f"{pair['low']:+.3f}", f"{pair['high']:+.3f}"
        text = f"{pair['second']} ({pair['difference']:+.3f}, {low} to {high})"
        told[verdict(pair, alpha=alpha)].append(text)
    return " ".join(
        _SENTENCES[name].format(best=model, rope=rope, names=listed(texts, limit))
        for name, texts in told.items()
        if texts
    )


def listed(names: list[str], limit: int | None = None) -> str:
    """Return names as a list in words.

    Parameters
    ----------
    names : list of str
        One at least.
    limit : int, optional
        How many are named at most; by default all.

    Returns
    -------
    str

    Examples
    --------
    >>> listed(["a", "b", "c"]), listed(["a", "b", "c", "d"], 2)
    ('a, b and c', 'a, b and 2 others')
    """
    if limit is not None and len(names) > limit + 1:
        names = [*names[:limit], f"{len(names) - limit} others"]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _over_datasets(comparison: Comparison, measure: Measure, level: float) -> str:
    ranking = comparison.ranks(measure.name, alpha=1 - level)
    where = f"{measure.label} over {len(comparison.datasets)} datasets"
    return f"{where}: {ranking_words(ranking)}"


def ranking_words(ranking: Ranking | None, *, limit: int | None = None) -> str:
    """Say how models rank over datasets, and what tests make of it.

    Parameters
    ----------
    ranking : Ranking or None
        As `mlkit.comparison.Comparison.ranks` returns it.
    limit : int, optional
        How many models each sentence names at most; by default all.

    Returns
    -------
    str
    """
    if ranking is None:
        return "no two models have a value on two of them."
    named = [f"{name} {rank:.2f}" for name, rank in ranking.mean_ranks.items()]
    ranks = ", ".join(named) if limit is None else listed(named, limit)
    text = f"mean ranks (1 is best) {ranks}."
    if ranking.left_out:
        left_out = listed([*ranking.left_out], limit)
        text += f" Left out, without a value everywhere: {left_out}."
    if len(ranking.scores) < FEW_DATASETS:
        return f"{text} {len(ranking.scores)} datasets are too few to test ranks."
    return f"{text} {_test_in_words(ranking, limit)}"


def _test_in_words(ranking: Ranking, limit: int | None) -> str:
    p = ranking.test.f_p_value
    if p > ranking.alpha:
        return (
            f"Ranks do not differ more than chance would have them (Friedman, Iman and "
            f"Davenport: p = {p:.3f})."
        )
    best = str(ranking.mean_ranks.index[0])
    pairs = ranking.pairs
    ours = pairs[(pairs["first"] == best) | (pairs["second"] == best)]
    others = np.where(ours["first"] == best, ours["second"], ours["first"])
    by_pairs = [str(name) for name in others[ours["p_adjusted"] <= ranking.alpha]]
    distances = ranking.mean_ranks - ranking.mean_ranks.iloc[0]
    far = distances >= ranking.critical_difference
    by_ranks = [str(name) for name in distances.index[far]]
    return (
        f"They differ (Friedman, Iman and Davenport: p = {p:.3g}). From {best}, "
        f"Wilcoxon's test with Holm's correction for {len(pairs)} pairs tells "
        f"{listed(by_pairs, limit) if by_pairs else 'none'} apart, Nemenyi's critical "
        f"difference of {ranking.critical_difference:.2f} ranks "
        f"{listed(by_ranks, limit) if by_ranks else 'none'}."
    )


def _caveats(comparison: Comparison, measures: list[Measure]) -> Iterator[str]:
    n_folds = int(comparison.folds.groupby(["dataset", "model"]).size().max())
    if n_folds > 1:
        yield (
            "Brackets hold the mean difference and its interval by the corrected "
            "resampled t-test, as folds share training rows; p-values of the pairs of "
            "a dataset are adjusted by Holm."
        )
        yield "The best model was picked by the same folds, which flatters it a little."
    if len(comparison.datasets) == 1:
        name = comparison.datasets[0]
        yield (
            f"{n_folds} fold{'s' if n_folds > 1 else ''} of one dataset: this is about "
            f"rows like those of {name}, and says nothing about other data."
        )
    if len(measures) > 1:
        yield (
            f"{len(measures)} metrics were looked at; tests are not adjusted for that."
        )
    for row in comparison.failure_summary().itertuples():
        yield (
            f"{row.model} failed in {row.n_failed} of {row.n_folds} folds of "
            f"{row.dataset} and is left out there."
        )
