"""The catalog of learners: methods with base learners, and all others by one name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from sklearn.linear_model import RidgeClassifier
from sklearn.neural_network import MLPClassifier

from mlkit.models.baselines import ConstantClassifier
from mlkit.models.brknn import BRkNN, BRkNNa, BRkNNb
from mlkit.models.catalog_methods import BASES, Entry, Grid, combined, prefixed
from mlkit.models.foreign import from_skmultilearn
from mlkit.models.iblr import IBLR
from mlkit.models.label_tree import LabelTree
from mlkit.models.mlknn import MLkNN
from mlkit.models.native import NativeClassifier
from mlkit.models.sparse_linear import SparseLinearRelevance

__all__ = ["ENTRIES", "Entry"]


def _adapted() -> Iterator[tuple[str, Entry]]:
    """Yield the learners that take many labels by themselves."""
    lazy = {
        "mlknn": (MLkNN, "Hamming loss, macro averages, ranking", "Zhang & Zhou 2007"),
        "brknn": (BRkNN, "Hamming loss", "Spyromitros et al. 2008"),
        "brknna": (
            BRkNNa,
            "subset accuracy, where every row has a label",
            "Spyromitros et al. 2008",
        ),
        "brknnb": (BRkNNb, "F1 of rows, micro F1", "Spyromitros et al. 2008"),
    }
    for name, (learner, suits, paper) in lazy.items():
        grid: dict[str, list[Any]] = {"n_neighbors": [5, 10, 20]}
        if name == "mlknn":
            grid["smoothing"] = [0.1, 1.0]
        yield (
            name,
            Entry(
                "nearest neighbours",
                "none",
                suits,
                "n^2 d to fit and m n d to predict m rows",
                paper,
                learner,
                True,
                grid,
                jobs="n_jobs",
            ),
        )
    for name, variant, width in (("iblr", "ml", "q"), ("iblr+", "ml+", "q + d")):
        yield (
            name,
            Entry(
                "nearest neighbours, logistic regression",
                "logistic regression",
                "Hamming loss, ranking",
                f"n^2 d and q fits on (n, {width})",
                "Cheng & Hüllermeier 2009",
                partial(_iblr, variant),
                True,
                {"n_neighbors": [5, 10, 20], "estimator__C": [0.1, 1.0, 10.0]},
                jobs="n_jobs",
            ),
        )


def _iblr(variant: Any) -> IBLR:
    return IBLR(variant=variant)


def _native() -> Iterator[tuple[str, Entry]]:
    """Yield scikit-learn's own multi-label learners."""
    learners: dict[str, tuple[Callable[[], Any], bool, Grid]] = {
        "tree": (BASES["tree"].build, False, BASES["tree"].grid),
        "rf": (BASES["rf"].build, False, BASES["rf"].grid),
        "et": (BASES["et"].build, False, BASES["et"].grid),
        "knn": (BASES["knn"].build, True, BASES["knn"].grid),
        "ridge": (RidgeClassifier, True, {"alpha": [0.1, 1.0, 10.0, 100.0]}),
        "mlp": (
            partial(MLPClassifier, early_stopping=True, max_iter=500),
            True,
            {"hidden_layer_sizes": [(50,), (100,)], "alpha": [1e-4, 1e-2]},
        ),
    }
    titles = {
        "ridge": "ridge regression of 0 and 1",
        "mlp": "network, one hidden layer",
    }
    for name, (build, scaled, grid) in learners.items():
        yield (
            f"native-{name}",
            Entry(
                "native",
                titles[name] if name in titles else BASES[name].title,
                "Hamming loss",
                "1 fit of all labels",
                "Kocev et al. 2013" if name in ("tree", "rf", "et") else "scikit-learn",
                partial(_native_learner, build),
                scaled,
                prefixed(grid, "estimator"),
                jobs="estimator__n_jobs" if name in ("rf", "et", "knn") else "",
            ),
        )


def _native_learner(build: Callable[[], Any]) -> NativeClassifier:
    return NativeClassifier(build())


def _many() -> Iterator[tuple[str, Entry]]:
    """Yield the learners for thousands of labels."""
    for name in ("lr", "svc"):
        base = BASES[name]
        yield (
            f"sparse-{name}",
            Entry(
                "binary relevance, pruned weights",
                base.title,
                "P@k, Hamming loss with very many labels",
                "q linear fits on (n, d); memory of the weights that are kept",
                "Babbar & Schölkopf 2017",
                partial(_sparse_relevance, base.build),
                base.scaled,
                {"prune_below": [0.0, 0.01, 0.05], **prefixed(base.grid, "estimator")},
                jobs="n_jobs",
            ),
        )
    yield (
        "label-tree",
        Entry(
            "probabilistic label tree",
            "none",
            "P@k, nDCG@k with very many labels",
            "a fit a tree, in n log q",
            "Prabhu et al. 2018",
            LabelTree,
            True,
            {"loss": ["log", "hinge"], "C": [1.0, 10.0], "max_leaf": [20, 100]},
            jobs="n_jobs",
        ),
    )


def _sparse_relevance(build: Callable[[], Any]) -> SparseLinearRelevance:
    return SparseLinearRelevance(build())


def _baselines() -> Iterator[tuple[str, Entry]]:
    """Yield what uses no feature; what does not beat it has learned nothing."""
    floors: dict[str, tuple[Any, dict[str, Any], str]] = {
        "nothing": ("nothing", {}, "no label at all"),
        "everything": ("everything", {}, "every label that occurs"),
        "mode": ("majority", {}, "each label's majority: the floor for Hamming loss"),
        "set": (
            "most-frequent-set",
            {},
            "the most frequent label set: the floor for subset accuracy",
        ),
        "topk": ("top-k", {}, "the most frequent labels, as many as a row has"),
        "f1": (
            "best",
            {"metric": "micro_f1"},
            "the best constant set: the floor for micro F1",
        ),
    }
    for name, (strategy, options, suits) in floors.items():
        yield (
            f"baseline-{name}",
            Entry(
                "baseline",
                "none",
                suits,
                "counting",
                "none",
                partial(ConstantClassifier, strategy=strategy, **options),
                False,
            ),
        )


def _foreign() -> Iterator[tuple[str, Entry]]:
    """Yield what scikit-multilearn has and the kit has not."""
    yield (
        "skm-mlaram",
        Entry(
            "fuzzy adaptive resonance map",
            "none",
            "many labels: time to learn",
            "n times the number of prototypes times d",
            "Benites & Sapozhnikova 2015",
            partial(_skmultilearn, "MLARAM"),
            True,
            {"estimator__vigilance": [0.8, 0.9, 0.95]},
        ),
    )
    yield (
        "skm-mltsvm",
        Entry(
            "twin support vectors",
            "none",
            "Hamming loss, for small data",
            "q problems of (d, d) with n constraints",
            "Chen et al. 2016",
            # With its own default, 0, the weights are all 0.
            partial(_skmultilearn, "MLTSVM", c_k=0.125),
            True,
            {"estimator__c_k": [0.125, 1.0, 8.0]},
        ),
    )


def _skmultilearn(name: str, **options: Any) -> Any:
    # Imported only when one of the two is built: the package takes its time.
    from skmultilearn import adapt

    return from_skmultilearn(getattr(adapt, name)(**options))


ENTRIES: dict[str, Entry] = dict(
    [*combined(), *_adapted(), *_native(), *_many(), *_baselines(), *_foreign()]
)
"""The learners of the catalog by name, in the order of its table."""
