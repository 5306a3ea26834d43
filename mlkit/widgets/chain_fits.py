"""What the chain explorer learns: small chains, fitted once and kept."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

from mlkit.dataset import MultiLabelDataset
from mlkit.datasets.generators import flip_labels
from mlkit.evaluation.propagation import error_propagation, predict_after_truth
from mlkit.exceptions import ConstantLabelWarning, RareLabelWarning, ShapeError
from mlkit.metrics import subset_accuracy_score
from mlkit.models import BinaryRelevance, ClassifierChain, FeaturePreparation
from mlkit.splitting import split
from mlkit.widgets.excerpts import excerpt

__all__ = ["CHAIN_BASES", "ChainFit", "ChainFits", "logic_example"]

_MOST_LABELS, _MOST_ROWS, _FEWEST_ROWS = 5, 500, 10
_KEPT = 256  # fitted chains: all orders of 4 labels with both bases, and some noise

CHAIN_BASES: dict[str, Callable[[], Any]] = {
    "logistic": lambda: LogisticRegression(max_iter=1000),
    "tree": lambda: DecisionTreeClassifier(max_depth=3, random_state=0),
}
"""Name of the base learner -> a function that makes one.

The trees have three levels: grown to the end they repeat their training rows, and the
labels that they hand on in training would have no mistake.
"""


def logic_example() -> MultiLabelDataset:
    """Return the rows of the lesson about chains: or, and, xor of two bits.

    Returns
    -------
    MultiLabelDataset
        250 rows: 67, 62, 61 and 60 with the bits 00, 01, 10 and 11, in random but
        fixed order.

    Notes
    -----
    No line separates *xor*, so that logistic regression on its own is right in one of
    the four cases, or in two or three, as their numbers happen to be. Here it is right
    in the 67 rows of one case: 0.268.

    Examples
    --------
    >>> logic_example().label_counts.tolist()
    [183, 60, 123]
    """
    bits = np.repeat([[0, 0], [0, 1], [1, 0], [1, 1]], [67, 62, 61, 60], axis=0)
    a, b = np.random.default_rng(0).permutation(bits).T
    return MultiLabelDataset(
        pd.DataFrame({"bit_0": a, "bit_1": b}),
        pd.DataFrame({"or": a | b, "and": a & b, "xor": a ^ b}),
        name="logic",
    )


@dataclass(frozen=True, eq=False, slots=True)
class ChainFit:
    """A fitted chain and how it does on the test rows.

    Parameters
    ----------
    chain : ClassifierChain
    predicted, alone, told, true : DataFrame of 0 and 1, shape (n_rows, n_labels)
        Labels in chain order: predicted by the chain, by binary relevance, by the
        chain from the true earlier labels; and as they are.
    accuracy : DataFrame, shape (n_labels + 1, 2)
        Share of right rows ``alone`` (binary relevance) and in the ``chain``: one row a
        label, in chain order, and the last, ``exact match``, for all labels.
    propagation : DataFrame
        What `mlkit.evaluation.propagation.error_propagation` says, with baseline.
    """

    chain: ClassifierChain
    predicted: pd.DataFrame
    alone: pd.DataFrame
    told: pd.DataFrame
    true: pd.DataFrame
    accuracy: pd.DataFrame
    propagation: pd.DataFrame


class ChainFits:
    """Fits chains of all orders to one dataset, each when it is first asked for.

    Parameters
    ----------
    dataset : MultiLabelDataset, optional
        By default `logic_example`, whose rows are learned and predicted. Of another one
        at most 500 rows, drawn with a fixed seed, and the 5 most frequent labels; 40 %
        of the rows are predicted, the others learned.

    Attributes
    ----------
    train, test : MultiLabelDataset
        Features prepared by `FeaturePreparation`, fitted to `train`; those of the
        example are as they are.
    left_out : str
        What was not taken of the dataset, in words.

    Raises
    ------
    ShapeError
        If the dataset has fewer than 10 rows, or no label.
    MissingLabelsError
        If labels are unknown.

    Examples
    --------
    >>> fits = ChainFits()
    >>> fit = fits.chain(("or", "and", "xor"), base="logistic")
    >>> fit.accuracy.loc["exact match"].round(3).tolist()
    [0.268, 1.0]
    """

    train: MultiLabelDataset
    test: MultiLabelDataset
    left_out: str

    def __init__(self, dataset: MultiLabelDataset | None = None) -> None:
        if dataset is None:
            # All four inputs are known: other rows would be these again.
            self.train = self.test = logic_example()
            self.left_out = ""
        else:
            self.train, self.test, self.left_out = _prepared_parts(dataset)
        # Caches of this object: another one has other rows.
        self._flipped = lru_cache(maxsize=_KEPT)(self._flip)
        self._fitted_alone = lru_cache(maxsize=_KEPT)(self._fit_alone)
        self._fitted = lru_cache(maxsize=_KEPT)(self._fit)

    def chain(
        self,
        order: tuple[str, ...],
        *,
        base: str,
        trained_on: str = "true",
        noise: float = 0.0,
    ) -> ChainFit:
        """Return a fitted chain, and binary relevance beside it.

        Parameters
        ----------
        order : tuple of str
            All labels.
        base : str
            One of `CHAIN_BASES`.
        trained_on : {"true", "predicted", "cross-fitted"}, default "true"
            As in `ClassifierChain`.
        noise : float in [0, 1], default 0.0
            Share of the labels that are flipped, in training and test rows.

        Returns
        -------
        ChainFit
        """
        return self._fitted(order, base, trained_on, noise)

    def _flip(self, noise: float) -> tuple[MultiLabelDataset, MultiLabelDataset]:
        # Flipped apart: the same mistakes twice could be learned.
        return (
            flip_labels(self.train, noise, random_state=0),
            flip_labels(self.test, noise, random_state=1),
        )

    def _fit_alone(self, base: str, noise: float) -> pd.DataFrame:
        train, test = self._flipped(noise)
        with _constants_allowed():
            model = BinaryRelevance(CHAIN_BASES[base]()).fit(*train.as_xy())
        return _like_labels(model.predict(test.X), test)

    def _fit(
        self, order: tuple[str, ...], base: str, trained_on: Any, noise: float
    ) -> ChainFit:
        train, test = self._flipped(noise)
        # Three folds instead of five: a fit has to end between two frames.
        options = {"order": order, "trained_on": trained_on, "cv": 3, "random_state": 0}
        chain = ClassifierChain(CHAIN_BASES[base](), **options)
        with _constants_allowed():
            chain.fit(*train.as_xy())
        told = predict_after_truth(chain, test.X, test.Y)
        found = {
            "true": test.Y,
            "predicted": _like_labels(chain.predict(test.X), test),
            "alone": self._fitted_alone(base, noise),
            "told": _like_labels(told, test),
        }
        return _judge(chain, {k: v[list(order)] for k, v in found.items()})


def _judge(chain: ClassifierChain, found: dict[str, pd.DataFrame]) -> ChainFit:
    true, predicted, alone = found["true"], found["predicted"], found["alone"]
    propagation = error_propagation(true, predicted, baseline=alone)
    whole = [float(subset_accuracy_score(true, x)) for x in (alone, predicted)]
    labels = 1.0 - propagation[["baseline_wrong", "wrong"]].to_numpy()
    accuracy = pd.DataFrame(
        np.vstack([labels, whole]),
        index=[*true.columns, "exact match"],
        columns=["alone", "chain"],
    )
    return ChainFit(chain, accuracy=accuracy, propagation=propagation, **found)


def _prepared_parts(
    dataset: MultiLabelDataset,
) -> tuple[MultiLabelDataset, MultiLabelDataset, str]:
    _check_size(dataset)
    some, left_out = excerpt(dataset, most_rows=_MOST_ROWS, most_labels=_MOST_LABELS)
    with warnings.catch_warnings():
        # Rare labels of a sample are no news; the panels show what becomes of them.
        warnings.simplefilter("ignore", RareLabelWarning)
        parts = split(some, test=0.4, random_state=0)
    prepared = FeaturePreparation().fit(parts.train.X)
    train, test = (
        part.replace(X=prepared.transform(part.X), feature_names=None) for part in parts
    )
    return train, test, left_out


def _check_size(dataset: MultiLabelDataset) -> None:
    if dataset.n_samples >= _FEWEST_ROWS and dataset.n_labels > 0:
        return
    msg = (
        f"A chain is trained and tested on at least {_FEWEST_ROWS} rows with a label; "
        f"'{dataset.name}' has {dataset.n_samples} rows and {dataset.n_labels} labels. "
        "Give a larger dataset, or none to see the example."
    )
    raise ShapeError(msg)


def _like_labels(values: Any, dataset: MultiLabelDataset) -> pd.DataFrame:
    labels = list(dataset.label_names)
    return pd.DataFrame(np.asarray(values), columns=labels, index=dataset.Y.index)


@contextmanager
def _constants_allowed() -> Iterator[None]:
    """Keep quiet about labels that are constant in a small sample: they are shown."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConstantLabelWarning)
        yield
