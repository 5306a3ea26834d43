"""Which types a saved model may hold, and why: a list of exact names."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from dataclasses import is_dataclass
from typing import Any

from sklearn.base import BaseEstimator
from sklearn.metrics import get_scorer, get_scorer_names
from sklearn.model_selection import BaseCrossValidator

from mlkit.exceptions import OptionError, names_for_message

__all__ = ["KIT_ROOMS", "REASONS", "TRUSTED", "trusted_names", "unknown_types"]

# Loading makes objects of trusted classes without calling them, or calls a trusted
# class or function with values from the file. So each of them has to be harmless when
# it is called with anything: it computes, and reaches no file, process or network.

KIT_ROOMS = {
    "mlkit.calibration": "calibrators and their maps keep numbers",
    "mlkit.evaluation": "scorers keep a metric",
    "mlkit.metrics": "metrics keep how they count, and compute on arrays",
    "mlkit.models": "learners keep their options and what they learned",
    "mlkit.neural": "networks keep their options; Keras models are files of their own",
    "mlkit.resampling": "resamplers keep their options",
    "mlkit.splitting": "splitters keep their options",
    "mlkit.thresholds": "strategies keep their options and cuts",
}
"""Rooms of the kit whose classes are trusted, and why.

Estimators, splitters and dataclasses that are defined there, not what their modules
import from elsewhere. Of functions, those of `mlkit.metrics` alone: they compute on
arrays and do nothing else.
"""

REASONS: dict[str, tuple[str, ...]] = {
    "the kit's own, outside the rule for its rooms": (
        # The rows, and how to search them, of the nearest-neighbour learners.
        "mlkit.models.neighbours.RowSearch",
        # A checked label matrix, which those learners keep.
        "mlkit.validation.Indicator",
        "mlkit.persistence.keras_objects.StoredKerasObject",
        "mlkit.persistence.stand_ins.StoredMatrix",
        "mlkit.persistence.stand_ins.StoredNetwork",
    ),
    "functions in FeaturePreparation that turn one table or two texts into another": (
        "mlkit.models.preparation._as_float",
        "mlkit.models.preparation._as_text",
        "mlkit.models.preparation._category_name",
    ),
    "immutable containers of Python": ("builtins.frozenset", "builtins.range"),
    "a function with some arguments given; the function has to be trusted by itself": (
        "functools.partial",
    ),
    "a check of arrays, which HistGradientBoostingClassifier keeps for categories": (
        "sklearn.utils.validation.check_array",
    ),
    "the type of an array's numbers, by its name": ("numpy.dtype",),
    "sparse matrices: their positions are checked after loading": tuple(
        f"scipy.sparse._{short}.{short}_{kind}"
        for short in ("bsr", "coo", "csc", "csr", "dia")
        for kind in ("array", "matrix")
    ),
    "trees of scikit-learn: skops leaves them out, as forged ones lead outside of "
    "memory; here every node is checked after loading": (
        "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
        "sklearn.neighbors._ball_tree.BallTree",
        "sklearn.neighbors._kd_tree.KDTree",
        "sklearn.tree._tree.Tree",
    ),
    "distances without parameters, which those trees hold": (
        "sklearn.metrics._dist_metrics.ChebyshevDistance64",
        "sklearn.metrics._dist_metrics.EuclideanDistance64",
        "sklearn.metrics._dist_metrics.ManhattanDistance64",
    ),
    "what CalibratedClassifierCV and MLPClassifier keep": (
        "sklearn.calibration._CalibratedClassifier",
        "sklearn.calibration._SigmoidCalibration",
        "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
        "sklearn.neural_network._stochastic_optimizers.SGDOptimizer",
    ),
    "options of scikit-learn's pipelines: which columns, and how features are scored": (
        "sklearn.compose._column_transformer.make_column_selector",
        "sklearn.feature_selection._mutual_info.mutual_info_classif",
        "sklearn.feature_selection._univariate_selection.chi2",
        "sklearn.feature_selection._univariate_selection.f_classif",
    ),
    "options of scikit-learn's searches: folds": tuple(
        f"sklearn.model_selection._split.{name}"
        for name in (
            "GroupKFold",
            "GroupShuffleSplit",
            "KFold",
            "LeaveOneOut",
            "PredefinedSplit",
            "RepeatedKFold",
            "RepeatedStratifiedKFold",
            "ShuffleSplit",
            "StratifiedGroupKFold",
            "StratifiedKFold",
            "StratifiedShuffleSplit",
            "TimeSeriesSplit",
        )
    ),
    "options of scikit-learn's searches: scorers, and the metrics in those that have "
    "a name": (
        "sklearn.metrics._scorer._MultimetricScorer",
        "sklearn.metrics._scorer._PassthroughScorer",
        "sklearn.metrics._scorer._Scorer",
        *sorted(
            {
                f"{function.__module__}.{function.__name__}"
                for function in (
                    get_scorer(name)._score_func for name in get_scorer_names()
                )
            }
        ),
    ),
    "classifiers of scikit-multilearn that SkmultilearnClassifier takes, and their "
    "parts; not its bridges to Java (Meka), to Keras and to other packages": tuple(
        f"skmultilearn.{name}"
        for name in (
            "adapt.brknn.BRkNNaClassifier",
            "adapt.brknn.BRkNNbClassifier",
            "adapt.mlaram.MLARAM",
            "adapt.mlaram.Neuron",
            "adapt.mlknn.MLkNN",
            "adapt.mltsvm.MLTSVM",
            "cluster.fixed.FixedLabelSpaceClusterer",
            "cluster.matrix.MatrixLabelSpaceClusterer",
            "cluster.random.RandomLabelSpaceClusterer",
            "ensemble.partition.LabelSpacePartitioningClassifier",
            "ensemble.rakeld.RakelD",
            "ensemble.rakelo.RakelO",
            "ensemble.voting.MajorityVotingClassifier",
            "problem_transform.br.BinaryRelevance",
            "problem_transform.cc.ClassifierChain",
            "problem_transform.chf.ClassificationHeterogeneousFeature",
            "problem_transform.gsc.StructuredGridSearchCV",
            "problem_transform.iblr.InstanceBasedLogisticRegression",
            "problem_transform.lp.LabelPowerset",
            "problem_transform.pcc.ProbabilisticClassifierChain",
        )
    ),
}
"""Why a type is trusted -> the names of such types.

Beside them stand those that skops itself trusts: Python's plain values and containers,
arrays, numpy's and scipy's element-wise functions, and scikit-learn's estimators.
"""

TRUSTED = frozenset(name for names in REASONS.values() for name in names)
"""All names of `REASONS`."""

# No model needs what these can do, whoever asks for it. Python's functions are known
# by the module that defines them: os.system is posix.system or nt.system.
_NEVER = frozenset(
    {
        *("asyncio", "code", "codeop", "ctypes", "importlib", "io", "marshal", "nt"),
        *("multiprocessing", "os", "pdb", "pickle", "posix", "pty", "runpy", "shutil"),
        *("_posixsubprocess", "socket", "subprocess", "sys", "urllib", "webbrowser"),
    }
)
_NEVER_BUILT_IN = frozenset(
    {
        *("__import__", "breakpoint", "compile", "delattr", "eval", "exec", "exit"),
        *("getattr", "globals", "input", "open", "print", "quit", "setattr", "vars"),
    }
)


def trusted_names(trusted: Any) -> frozenset[str]:
    """Check which types a caller vouches for.

    Parameters
    ----------
    trusted : str, type, or iterable of them
        Full names, such as ``"my_project.features.Ratios"``, or the classes.

    Returns
    -------
    frozenset of str
        Full names.

    Raises
    ------
    TypeError
        If it is something else; above all True, which would mean everything.
    OptionError
        If it names something that runs commands or code.

    Examples
    --------
    >>> sorted(trusted_names("my_project.features.Ratios"))
    ['my_project.features.Ratios']
    """
    if isinstance(trusted, (str, type)):
        trusted = [trusted]
    if not isinstance(trusted, Iterable) or isinstance(trusted, (bytes, dict)):
        msg = (
            f"trusted must be a name or several, got {trusted!r}. Look at the names in "
            "the error message, and list those that you know."
        )
        raise TypeError(msg)
    names = frozenset(_full_name(item) for item in trusted)
    refused = sorted(name for name in names if _is_dangerous(name))
    if refused:
        msg = (
            f"trusted names {names_for_message(refused)}, which can run commands or "
            "code, and which no model needs. A file that asks for it is not to be "
            "loaded."
        )
        raise OptionError(msg)
    return names


def _full_name(item: Any) -> str:
    if isinstance(item, type):
        return f"{item.__module__}.{item.__qualname__}"
    if isinstance(item, str):
        return item
    msg = f"trusted must hold names of types, or classes, got {item!r}."
    raise TypeError(msg)


def _is_dangerous(name: str) -> bool:
    module, _, attribute = name.rpartition(".")
    if module == "builtins":
        return attribute in _NEVER_BUILT_IN
    return module.partition(".")[0] in _NEVER


def unknown_types(names: Iterable[str], trusted: Iterable[str] = ()) -> list[str]:
    """Return the types that nobody has vouched for.

    Parameters
    ----------
    names : iterable of str
        Full names of types and functions that a file holds.
    trusted : iterable of str
        Those that the caller vouches for.

    Returns
    -------
    list of str
        Sorted.

    Examples
    --------
    >>> unknown_types(["numpy.dtype", "mlkit.models.mlknn.MLkNN", "posix.system"])
    ['posix.system']
    """
    known = TRUSTED.union(trusted)
    return sorted(
        name for name in set(names) if name not in known and not _is_ours(name)
    )


def _is_ours(name: str) -> bool:
    """Say whether a name is that of a class or metric of the kit, by the rule."""
    module, _, attribute = name.rpartition(".")
    room = ".".join(module.split(".")[:2])
    if room not in KIT_ROOMS:
        return False
    try:
        thing = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError):
        return False
    # Not what a module has imported from elsewhere.
    if getattr(thing, "__module__", None) != module:
        return False
    if not isinstance(thing, type):
        return room == "mlkit.metrics" and callable(thing)
    kinds = (BaseEstimator, BaseCrossValidator)
    return issubclass(thing, kinds) or is_dataclass(thing)
