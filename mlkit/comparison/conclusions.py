"""What may be concluded from a comparison, and what may not, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mlkit.comparison.pairs import Ranking, fold_values

if TYPE_CHECKING:
    from mlkit.comparison.records import Measure
    from mlkit.comparison.result import Comparison

__all__ = ["Conclusions", "conclude"]

# From so many datasets on, a test over datasets can tell models apart at all: the
# least p-value of Wilcoxon's test on 5 is 1/16.
_FEW_DATASETS = 6
_SURE = 0.95

_SENTENCES = {
    "better": "{best} is better than {names}.",
    "equal": "It is equal in practice (within {rope:g}) to {names}.",
    "hint": (
        "That it is better than {names} is no more than a hint, as several pairs were "
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
    verdicts = _verdicts(_seen_from(best, pairs), 1 - level)
    yield f"{start}. {' '.join(_words(best, verdicts, rope))}"


def _seen_from(best: str, pairs: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs of a model, turned so that it is the first of each."""
    turned = pairs[pairs["second"] == best].rename(
        columns={
            "first": "second",
            "second": "first",
            "worse": "better",
            "better": "worse",
            "low": "high",
            "high": "low",
        }
    )
    turned[["difference", "low", "high"]] *= -1
    return pd.concat([pairs[pairs["first"] == best], turned])


def _verdicts(pairs: pd.DataFrame, alpha: float) -> dict[str, list[str]]:
    """Sort the others by what may be said of them."""
    verdicts: dict[str, list[str]] = {name: [] for name in _SENTENCES}
    for pair in pairs.to_dict("records"):
        low, high = f"{pair['low']:+.3f}", f"{pair['high']:+.3f}"
        text = f"{pair['second']} ({pair['difference']:+.3f}, {low} to {high})"
        if pair["equal"] >= _SURE:
            verdicts["equal"].append(text)
        elif pair["p_adjusted"] <= alpha:
            verdicts["better"].append(text)
        elif pair["p_value"] <= alpha:
            verdicts["hint"].append(text)
        else:
            verdicts["open"].append(text)
    return verdicts


def _words(best: str, verdicts: dict[str, list[str]], rope: float) -> Iterator[str]:
    for verdict, names in verdicts.items():
        if names:
            words = _SENTENCES[verdict]
            yield words.format(best=best, rope=rope, names=_listed(names))


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _over_datasets(comparison: Comparison, measure: Measure, level: float) -> str:
    ranking = comparison.ranks(measure.name, alpha=1 - level)
    where = f"{measure.label} over {len(comparison.datasets)} datasets"
    if ranking is None:
        return f"{where}: no two models have a value on two of them."
    ranks = ", ".join(f"{name} {rank:.2f}" for name, rank in ranking.mean_ranks.items())
    text = f"{where}: mean ranks (1 is best) {ranks}."
    if ranking.left_out:
        text += (
            f" Left out, without a value everywhere: {_listed([*ranking.left_out])}."
        )
    if len(ranking.scores) < _FEW_DATASETS:
        return f"{text} {len(ranking.scores)} datasets are too few to test ranks."
    return f"{text} {_test_in_words(ranking)}"


def _test_in_words(ranking: Ranking) -> str:
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
        f"{_listed(by_pairs) if by_pairs else 'none'} apart, Nemenyi's critical "
        f"difference of {ranking.critical_difference:.2f} ranks "
        f"{_listed(by_ranks) if by_ranks else 'none'}."
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
