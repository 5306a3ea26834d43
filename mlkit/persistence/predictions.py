"""Probabilities that were computed once, in a small file without code.

What took a network minutes is read in milliseconds, where no network library is.
"""

from __future__ import annotations

import json
import sys
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from numbers import Integral
from pathlib import Path
from typing import IO, Any

import numpy as np
import pandas as pd

from mlkit.alignment import align_scores
from mlkit.arguments import check_choice
from mlkit.dataset import MultiLabelDataset
from mlkit.exceptions import (
    LabelNameError,
    ModelFileError,
    OptionError,
    names_for_message,
)
from mlkit.persistence.describing import installed_versions
from mlkit.validation import (
    Indicator,
    check_label_names,
    check_probabilities,
    check_same_rows,
)
from mlkit.wording import counted
from mlkit.writing import atomic_file

__all__ = ["SavedPredictions", "load_predictions", "save_predictions"]

_KIND, _FORMAT = "mlkit predictions", 1
_ABOUT, _TRUTH, _PROBA = "about", "Y_true", "Y_proba_{}"
_UNKNOWN = -1
# 65535 is odd: .5 lies between two steps, and no probability changes its side.
_STEPS = 65535
_PRECISIONS = {"uint16": np.uint16, "float32": np.float32}
_HALF = "holds half of a surrogate pair, which is no text that a file can hold"
_SHOWN_PACKAGES = ("mlkit", "keras")
_DAMAGE = (
    # OSError: a place before the beginning of the file. RuntimeError: a password is
    # asked for, or packed by a method that zipfile does not know.
    *(zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError),
    # Arrays of objects, and what is not as it was written.
    *(ValueError, KeyError, TypeError),
)


@dataclass(frozen=True, eq=False, repr=False)
class SavedPredictions:
    """True labels and the probabilities of one model or several for the same rows.

    `load_predictions` makes it. Printed, it says what it holds.

    Parameters
    ----------
    Y_true : DataFrame, shape (n_samples, n_labels)
        0 and 1 as int8; where labels are unknown, float64 with NaN there. Its index
        has the rows: their numbers or names, by default 0, 1, ...
    probabilities : mapping of str to DataFrame of float64, shape (n_samples, n_labels)
        Values in [0, 1] by the name of the model, with the index and the columns of
        `Y_true`.
    notes : str
        What the one who saved them had to say.
    precision : {"uint16", "float32"}
        How the probabilities were stored.
    created : str
        When: UTC, in ISO 8601.
    versions : mapping of str to str
        Python and packages with which they were saved.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from mlkit.persistence.predictions import load_predictions, save_predictions
    >>> with TemporaryDirectory() as folder:
    ...     path = save_predictions(
    ...         f"{folder}/sea.npz",
    ...         [[1, 0], [0, 1]],
    ...         {"small": [[0.9, 0.4], [0.6, 0.8]], "large": [[1, 0.2], [0.1, 1]]},
    ...         label_names=["sea", "sun"],
    ...     )
    ...     saved = load_predictions(path)
    >>> saved.models, saved.label_names
    (('small', 'large'), ('sea', 'sun'))
    >>> saved.probabilities["small"].round(4)
       sea  sun
    0  0.9  0.4
    1  0.6  0.8
    """

    Y_true: pd.DataFrame
    probabilities: Mapping[str, pd.DataFrame]
    notes: str = ""
    precision: str = "uint16"
    created: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)

    @property
    def label_names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(self.Y_true.columns)

    @property
    def rows(self) -> pd.Index:
        """Numbers or names of the rows, such as their places in a dataset."""
        return self.Y_true.index

    @property
    def models(self) -> tuple[str, ...]:
        """Names of the models; an empty one where a single model has none."""
        return tuple(self.probabilities)

    @property
    def Y_proba(self) -> pd.DataFrame:
        """Probabilities of the model, if it is the only one.

        Raises
        ------
        OptionError
            If there are several.
        """
        if len(self.models) > 1:
            msg = (
                f"There are {len(self.models)} models: "
                f"{names_for_message(self.models)}. Choose one: "
                f"probabilities[{self.models[0]!r}]."
            )
            raise OptionError(msg)
        return self.probabilities[self.models[0]]

    def __repr__(self) -> str:
        lines = (f"  {name:<10} {text}" for name, text in _facts(self))
        return "\n".join(["SavedPredictions", *lines])


def _facts(saved: SavedPredictions) -> Iterator[tuple[str, str]]:
    """Say what is held, line by line."""
    if any(saved.models):
        yield "models", names_for_message(saved.models)
    n_rows, n_labels = saved.Y_true.shape
    yield "rows", f"{n_rows:,}"
    yield "labels", f"{n_labels:,}: {names_for_message(saved.label_names)}"
    n_unknown = int(saved.Y_true.isna().to_numpy().sum())
    if n_unknown:
        yield "unknown", counted(n_unknown, "cell")
    error = "exact to 8e-6" if saved.precision == "uint16" else "32 bits"
    yield "precision", f"{saved.precision}, {error}"
    if saved.created:
        known = [name for name in _SHOWN_PACKAGES if name in saved.versions]
        used = " and ".join(f"{name} {saved.versions[name]}" for name in known)
        yield "saved", f"{saved.created} with {used}"
    if saved.notes:
        yield "notes", " ".join(saved.notes.split())


def save_predictions(
    path: str | Path,
    Y_true: Any,
    Y_proba: Any,
    *,
    label_names: Sequence[str] | None = None,
    rows: Sequence[Any] | None = None,
    model: str = "",
    notes: str = "",
    precision: str = "uint16",
    overwrite: bool = False,
) -> Path:
    """Save true labels and probabilities in one small file.

    Parameters
    ----------
    path : str or Path
        The file, best with a name that ends in ``.npz``. Folders above it are created.
    Y_true : MultiLabelDataset, array-like, DataFrame or sparse, (n_samples, n_labels)
        True labels, 0 and 1; NaN where unknown.
    Y_proba : array-like or DataFrame, shape (n_samples, n_labels), or mapping of them
        Probabilities in [0, 1]; of several models by their names.
    label_names : sequence of str, optional
        By default those of `Y_true`, else ``label_0``, ...
    rows : sequence of int or str, shape (n_samples,), optional
        Which rows these are, such as their places in a dataset; by default the index
        of `Y_true` where it is a DataFrame. Other objects become text.
    model : str, default ""
        Name of the model, where `Y_proba` is one matrix.
    notes : str, default ""
        What whoever loads them should know.
    precision : {"uint16", "float32"}, default "uint16"
        How a probability is stored: as a whole number of steps of 1/65535, or as a
        number of 32 bits, which takes twice the room.
    overwrite : bool, default False
        Whether a file at `path` is replaced. It stands until the new one is complete.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    FileExistsError
        If something is at `path` that is not to be replaced.
    IndicatorError, ScoresError, ShapeError, LabelNameError
        If labels, probabilities, rows and names do not fit together, or a label has a
        name that is no text, such as half of a surrogate pair.
    OptionError, TypeError
        If an argument is of another kind, or the name of a row is no text.

    See Also
    --------
    load_predictions : Reads the file.
    mlkit.persistence.save : Saves the model itself.

    Notes
    -----
    In steps, a probability is off by less than 8e-6. 0 and 1 stay what they are, no
    order is reversed, and none crosses .5, so that labels decided there are the same.
    What changes: near probabilities may become equal, those within 8e-6 of another
    threshold may cross it, and a logarithmic loss is another one where the truth had
    less than about 1e-4. Where that matters, take ``"float32"``.

    The rows of one file are those of one part of the data: validation and test rows go
    into a file each, so that nobody tunes on the wrong ones.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> import mlkit
    >>> Y, proba = [[1, 0], [0, 1], [1, 1]], [[0.9, 0.2], [0.4, 0.3], [0.8, 0.7]]
    >>> with TemporaryDirectory() as folder:
    ...     path = save_predictions(f"{folder}/sea.npz", Y, proba, model="ML-Net")
    ...     saved = load_predictions(path)
    >>> evaluation = mlkit.evaluate(saved.Y_true, saved.Y_proba)
    >>> round(evaluation["subset_accuracy"], 3)
    0.667
    """
    check_choice("precision", precision, _PRECISIONS)
    _check_texts(model=model, notes=notes)
    path = Path(path)
    _refuse_existing(path, overwrite)
    true, matrices = _checked(Y_true, _by_model(Y_proba, model), label_names)
    about = {
        "kind": _KIND,
        "format": _FORMAT,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "models": list(matrices),
        "label_names": list(true.label_names),
        "rows": _row_names(rows, true),
        "notes": notes,
        "precision": precision,
        # Keras is named where it can have been at work, and not loaded for its name.
        "versions": installed_versions(networks="keras" in sys.modules),
    }
    text = json.dumps(about).encode("ascii")
    arrays: dict[str, Any] = {_ABOUT: np.frombuffer(text, dtype=np.uint8)}
    arrays[_TRUTH] = _with_marks(true)
    for place, matrix in enumerate(matrices.values()):
        arrays[_PROBA.format(place)] = _stored(matrix, precision)
    # To an open file: numpy would put .npz behind another name. No array is one of
    # objects, so that nothing is pickled.
    with atomic_file(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, **arrays)
    return path


def _check_texts(**texts: Any) -> None:
    for name, value in texts.items():
        if not isinstance(value, str):
            msg = f"{name} must be a text, got {type(value).__name__}."
            raise TypeError(msg)


def _refuse_existing(path: Path, overwrite: bool) -> None:
    if path.is_dir():
        msg = f"{path} is a folder, and predictions are one file. Add a name to it."
        raise FileExistsError(msg)
    if path.exists() and not overwrite:
        msg = f"{path} exists. Save under another name, or pass overwrite=True."
        raise FileExistsError(msg)


def _by_model(Y_proba: Any, model: str) -> dict[str, Any]:
    if not isinstance(Y_proba, Mapping):
        return {model: Y_proba}
    if model:
        msg = (
            "model names a single matrix, and Y_proba is a mapping: its keys are the "
            "names of the models. Leave model out."
        )
        raise OptionError(msg)
    if not Y_proba:
        msg = "Y_proba holds no model. Give a matrix, or at least one by its name."
        raise OptionError(msg)
    names = check_label_names(Y_proba, len(Y_proba), what="model")
    return dict(zip(names, Y_proba.values(), strict=True))


def _checked(
    Y_true: Any, by_model: Mapping[str, Any], label_names: Sequence[str] | None
) -> tuple[Indicator, dict[str, np.ndarray]]:
    """Return labels with their names, and the probabilities that go with them."""
    if isinstance(Y_true, MultiLabelDataset):
        label_names = Y_true.label_names if label_names is None else label_names
        Y_true = Y_true.as_xy(missing="as_nan")[1]
    matrices = {}
    for model, given in by_model.items():
        name = f"Y_proba[{model!r}]" if len(by_model) > 1 else "Y_proba"
        true, values = align_scores(Y_true, given, name=name, check=check_probabilities)
        matrices[model] = values
    if label_names is not None:
        names = check_label_names(label_names, true.shape[1])
        true = replace(true, label_names=names)
    _check_label_texts(true.label_names)
    return true, matrices


def _check_label_texts(names: Sequence[str]) -> None:
    for column, name in enumerate(names):
        if not _is_text(name):
            msg = f"The label name of column {column}, {name!r}, {_HALF}. Rename it."
            raise LabelNameError(msg)


def _is_text(name: str) -> bool:
    """Say whether a name has a form in UTF-8, which a table of names needs."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _row_names(rows: Sequence[Any] | None, true: Indicator) -> list[int | str] | None:
    """Return numbers and names of rows for JSON; None where they are 0, 1, ..."""
    n_rows, given = true.shape[0], true.index if rows is None else rows
    if given is None:
        return None
    check_same_rows(n_rows, len(given), names=("Y_true", "rows"))
    names = [int(row) if isinstance(row, Integral) else str(row) for row in given]
    for place, name in enumerate(names):
        if isinstance(name, str) and not _is_text(name):
            msg = f"The name of row {place}, {name!r}, {_HALF}. Correct it in rows."
            raise OptionError(msg)
    return None if names == list(range(n_rows)) else names


def _with_marks(true: Indicator) -> np.ndarray:
    """Return 0, 1 and, where unknown, -1."""
    values = np.array(true.toarray())
    if true.missing is not None:
        values[true.missing.nonzero()] = _UNKNOWN
    return values


def _stored(matrix: np.ndarray, precision: str) -> np.ndarray:
    if precision == "uint16":
        # Half of a step goes to the even one: .5 to 32768, which is decided for, too.
        matrix = np.rint(matrix * _STEPS)
    return matrix.astype(_PRECISIONS[precision])


def load_predictions(path: str | Path) -> SavedPredictions:
    """Read what `save_predictions` has written.

    Parameters
    ----------
    path : str or Path
        The file.

    Returns
    -------
    SavedPredictions
        ``mlkit.evaluate(saved.Y_true, saved.Y_proba)`` takes it from there.

    Raises
    ------
    FileNotFoundError
        If there is nothing at `path`.
    ModelFileError
        If it is another kind of file, is damaged, or has a newer format.

    See Also
    --------
    save_predictions : Writes the file.

    Notes
    -----
    The file holds numbers and text, no pickle: reading it runs no code of it.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = save_predictions(f"{folder}/a.npz", [[1, 0]], [[0.75, 0.5]])
    ...     print(load_predictions(path).Y_proba.round(3))
       label_0  label_1
    0     0.75      0.5
    """
    path = Path(path)
    with path.open("rb") as file:
        try:
            return _rebuilt(*_read(file))
        except ModelFileError as err:
            raise ModelFileError(err.problem, path=path) from err.__cause__
        except _DAMAGE as err:
            msg = f"It is damaged or forged ({err}). Get the file anew."
            raise ModelFileError(msg, path=path) from err


def _read(file: IO[bytes]) -> tuple[dict[str, Any], list[np.ndarray]]:
    """Return what the file says of itself, the labels, and the probabilities."""
    if not zipfile.is_zipfile(file):
        msg = (
            "It is no file of predictions, or one that was cut off. Expected an .npz "
            "that save_predictions wrote."
        )
        raise ModelFileError(msg)
    file.seek(0)
    with np.load(file, allow_pickle=False) as held:
        about = _about(held)
        probas = [_PROBA.format(i) for i in range(len(about["models"]))]
        return about, [held[name] for name in (_TRUTH, *probas)]


def _about(held: Any) -> dict[str, Any]:
    if "card.json" in held.files:
        msg = "It is a saved model, not its predictions: load_model reads it."
        raise ModelFileError(msg)
    about = dict(json.loads(bytes(held[_ABOUT]))) if _ABOUT in held.files else {}
    if about.get("kind") != _KIND:
        msg = (
            f"It holds {names_for_message(held.files)}, and no predictions that "
            "save_predictions wrote."
        )
        raise ModelFileError(msg)
    if about["format"] > _FORMAT:
        msg = (
            f"It has format {about['format']}, and this mlkit reads up to {_FORMAT}. "
            "Take the mlkit that wrote it, or a newer one."
        )
        raise ModelFileError(msg)
    return about


def _rebuilt(about: Mapping[str, Any], arrays: list[np.ndarray]) -> SavedPredictions:
    truth, *stored = arrays
    if not stored:
        msg = "no model"
        raise ValueError(msg)
    n_rows = len(truth)
    index = pd.RangeIndex(n_rows) if about["rows"] is None else pd.Index(about["rows"])
    names = check_label_names(about["label_names"], len(about["label_names"]))
    shape = (len(index), len(names))
    _check_array(truth, np.int8, shape)
    columns, matrices = pd.Index(names), {}
    for model, matrix in zip(about["models"], stored, strict=True):
        _check_array(matrix, _PRECISIONS[about["precision"]], shape)
        steps = _STEPS if about["precision"] == "uint16" else 1
        values = check_probabilities(matrix.astype(np.float64) / steps)
        matrices[model] = pd.DataFrame(values, index, columns)
    return SavedPredictions(
        Y_true=pd.DataFrame(_without_marks(truth), index, columns),
        probabilities=matrices,
        **{name: about[name] for name in ("notes", "precision", "created", "versions")},
    )


def _check_array(array: np.ndarray, dtype: Any, shape: tuple[int, int]) -> None:
    if array.dtype != dtype or array.shape != shape:
        msg = (
            f"an array of {array.dtype} and shape {array.shape}, expected "
            f"{np.dtype(dtype)} and {shape}"
        )
        raise ValueError(msg)


def _without_marks(truth: np.ndarray) -> np.ndarray:
    if not np.isin(truth, (0, 1, _UNKNOWN)).all():
        msg = "labels other than 0 and 1"
        raise ValueError(msg)
    unknown = truth == _UNKNOWN
    return np.where(unknown, np.nan, truth) if unknown.any() else truth
