"""The kit's named errors and warnings.

Every error is a :class:`MlkitError` and also the built-in kind that a caller would
expect (`ValueError`, `OSError`, `ImportError`), so that both ``except MlkitError`` and
``except ValueError`` work. Messages say what is wrong, where, what was expected, what
was found and what to do.
"""

from __future__ import annotations

import difflib
import sys
import warnings
from collections.abc import Iterable
from pathlib import Path

__all__ = [
    "CheckFailedError",
    "ComparisonFileError",
    "ConstantLabelWarning",
    "DamagedRecordWarning",
    "DivergedError",
    "DownloadError",
    "FeatureTypeError",
    "FoldFailedWarning",
    "FormatError",
    "GeneratorError",
    "HashMismatchError",
    "IndicatorError",
    "LabelNameError",
    "LabelSourceWarning",
    "LessonRunError",
    "LostWorkerWarning",
    "MissingLabelsError",
    "MlkitError",
    "MlkitWarning",
    "ModelFileError",
    "ModelVersionWarning",
    "OptionError",
    "OptionalDependencyError",
    "PrecisionWarning",
    "RareLabelWarning",
    "ResamplingWarning",
    "ScoresError",
    "ShapeError",
    "SparseDefaultWarning",
    "SplitError",
    "TooManyLabelsError",
    "UncalibratedLabelWarning",
    "UnknownLabelWarning",
    "UnknownNameError",
    "UnsavableModelError",
    "UntrustedTypeError",
    "UnwritableError",
    "names_for_message",
    "unknown_name",
    "warn",
]


class MlkitError(Exception):
    """Base of all errors that the kit raises on purpose."""


class IndicatorError(MlkitError, ValueError):
    """A label matrix holds something other than 0 and 1, or is not a matrix."""


class ScoresError(MlkitError, ValueError):
    """Scores or probabilities are not finite, or lie outside their range."""


class ShapeError(MlkitError, ValueError):
    """Something has another shape than it needs, or than what belongs to it has."""


class FeatureTypeError(MlkitError, TypeError):
    """Features are not numbers, and the learner works on numbers only."""


class LabelNameError(MlkitError, ValueError):
    """Label or feature names are missing, repeated, or too few or too many."""


class MissingLabelsError(IndicatorError):
    """Labels are unknown in some cells, and what was asked for needs all of them."""


class ComparisonFileError(MlkitError, ValueError):
    """A file is no comparison that was saved, or one of a newer format."""


class FormatError(MlkitError, ValueError):
    """A file does not keep to its format.

    Parameters
    ----------
    problem : str
        What is wrong, what was expected, what was found, what to do.
    path : str or Path, optional
        The file.
    line : int, optional
        Line number in the file, counted from 1.
    """

    def __init__(
        self, problem: str, *, path: str | Path | None = None, line: int | None = None
    ) -> None:
        self.problem = problem
        self.path = path
        self.line = line
        where = [str(part) for part in (path, line) if part is not None]
        super().__init__(": ".join([":".join(where), problem] if where else [problem]))

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild_format_error, (type(self), self.problem, self.path, self.line)


def _rebuild_format_error(
    cls: type[FormatError], problem: str, path: str | Path | None, line: int | None
) -> FormatError:
    # Exceptions pickle by their positional arguments; ours are keyword-only.
    return cls(problem, path=path, line=line)


class DownloadError(MlkitError, OSError):
    """A data set could not be fetched; nothing was left in the cache."""


class HashMismatchError(DownloadError):
    """A fetched file is not the file that the catalog describes."""


class GeneratorError(MlkitError, ValueError):
    """A generator cannot give what its arguments ask for."""


class SplitError(MlkitError, ValueError):
    """Rows cannot be split as asked."""


class TooManyLabelsError(MlkitError, ValueError):
    """A table of all pairs of so many labels would not fit."""


class UnknownNameError(MlkitError, ValueError):
    """No data set, model, metric, ... has this name."""


class UnwritableError(MlkitError, ValueError):
    """A format cannot hold some part of a dataset; the message says which can."""


class ModelFileError(FormatError):
    """A saved model or prediction is damaged, forged, or in an unknown format."""


class UntrustedTypeError(ModelFileError):
    """A saved model holds types that nobody has vouched for."""


class UnsavableModelError(MlkitError, TypeError):
    """A model holds something that cannot be saved so that it comes back the same."""


class CheckFailedError(MlkitError, AssertionError):
    """An answer is not right and ``MLKIT_STRICT=1`` asks for an error."""


class LessonRunError(MlkitError, RuntimeError):
    """A notebook did not run to its end."""


class DivergedError(MlkitError, ArithmeticError):
    """A network cannot be trained on, as its loss is no number any more."""


class OptionError(MlkitError, ValueError):
    """An option does not apply here, or has no such value."""


class OptionalDependencyError(MlkitError, ImportError):
    """An optional package is needed and is not installed."""


class MlkitWarning(UserWarning):
    """Base of all warnings that the kit gives."""


class ConstantLabelWarning(MlkitWarning):
    """A label has a single value in the training rows and is predicted as that."""


class UnknownLabelWarning(MlkitWarning):
    """A label is unknown in every training row and is predicted as absent."""


class UncalibratedLabelWarning(MlkitWarning):
    """A label has too few positives or negatives for a calibration map of its own."""


class LabelSourceWarning(MlkitWarning):
    """Two sources disagree about which columns are the labels."""


class SparseDefaultWarning(MlkitWarning):
    """The value that a sparse row leaves out is not 0 for some label."""


class RareLabelWarning(MlkitWarning):
    """A label has rows enough for every part of a split, and is missing in one."""


class ResamplingWarning(MlkitWarning):
    """A resampler could not change the rows, or passed over some labels."""


class DamagedRecordWarning(MlkitWarning):
    """A finished fold on disk is not what was written; it is computed anew."""


class PrecisionWarning(MlkitWarning):
    """Numbers lose so many digits in float32 that little can be learned from them."""


class FoldFailedWarning(MlkitWarning):
    """A model failed on a fold of a comparison; the others went on."""


class LostWorkerWarning(MlkitWarning):
    """A worker process died; its folds are computed by another."""


class ModelVersionWarning(MlkitWarning):
    """A model was saved with another version of a package than the one here."""


def names_for_message(names: Iterable[object], *, limit: int = 5) -> str:
    """Quote the first few names of a list, and count the rest.

    Parameters
    ----------
    names : iterable
        What to list.
    limit : int, default 5
        How many are quoted.

    Returns
    -------
    str

    Examples
    --------
    >>> names_for_message(["a", "b", "c"], limit=2)
    "'a', 'b' and 1 more"
    """
    items = [str(name) for name in names]
    text = ", ".join(f"'{name}'" for name in items[:limit])
    return text if len(items) <= limit else f"{text} and {len(items) - limit} more"


def unknown_name(kind: str, name: object, known: Iterable[str]) -> UnknownNameError:
    """Build the error for a name that is not in a list, with the closest match.

    Parameters
    ----------
    kind : str
        What the name stands for, such as ``"data set"``.
    name : object
        What the caller gave.
    known : iterable of str
        The names that exist.

    Returns
    -------
    UnknownNameError
        Ready to be raised.

    Examples
    --------
    >>> str(unknown_name("data set", "emotion", ["emotions", "scene"]))
    "Unknown data set 'emotion'. Did you mean 'emotions'? Known: 'emotions', 'scene'."
    """
    choices = sorted(known)
    close = difflib.get_close_matches(str(name), choices, n=1)
    hint = f" Did you mean '{close[0]}'?" if close else ""
    listed = names_for_message(choices, limit=30)
    return UnknownNameError(f"Unknown {kind} '{name}'.{hint} Known: {listed}.")


def warn(message: str, category: type[MlkitWarning]) -> None:
    """Give a warning that points at the line of the caller.

    That is the first one outside the kit, scikit-learn and joblib.

    Parameters
    ----------
    message : str
        What happened and what to do.
    category : type
        A subclass of `MlkitWarning`.
    """
    level, frame = 1, sys._getframe()
    while frame is not None and _is_machinery(frame.f_globals.get("__name__", "")):
        level, frame = level + 1, frame.f_back  # type: ignore[assignment]
    warnings.warn(message, category, stacklevel=level)


def _is_machinery(module: str) -> bool:
    # scikit-learn's pipelines and searches, and joblib, stand between a user's line
    # and a learner of the kit.
    return module.partition(".")[0] in ("mlkit", "sklearn", "joblib")
