"""Loading what was saved, after a look at what it holds."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any

from mlkit.exceptions import (
    ModelFileError,
    ModelVersionWarning,
    UntrustedTypeError,
    names_for_message,
    warn,
)
from mlkit.persistence.archive import Archive
from mlkit.persistence.card import ModelCard
from mlkit.persistence.content import held_types, unpack_model
from mlkit.persistence.describing import STATEFUL, installed_versions
from mlkit.persistence.trust import trusted_names, unknown_types

__all__ = ["load_model", "open_archive", "read_card"]


def load_model(path: str | Path, *, trusted: Any = ()) -> Any:
    """Load a model that `save` has written.

    Parameters
    ----------
    path : str or Path
        The zip or the folder.
    trusted : str, type, or iterable of them, optional
        Types that may be built although the kit does not know them, such as
        ``"my_project.features.Ratios"``, or the class itself. An error names what a
        file needs; look at it, and list what you know.

    Returns
    -------
    object
        The model. It predicts what the saved one did, bit for bit, with the same
        versions of the packages.

    Raises
    ------
    FileNotFoundError
        If there is nothing at `path`.
    UntrustedTypeError
        If it holds types that nobody has vouched for, or asks Keras for others than
        its own and the kit's; nothing of them was imported or built then.
    ModelFileError
        If it is damaged, forged, incomplete, or of a newer format.
    OptionalDependencyError
        If there are networks or Keras objects in it and Keras is not installed.
    OptionError, TypeError
        If `trusted` names something that runs commands, or no types.

    Warns
    -----
    ModelVersionWarning
        If it was saved with another version of scikit-learn or of the kit.

    See Also
    --------
    save : Writes the file.
    read_card : Says what is in it, and builds nothing.

    Notes
    -----
    Unlike a pickle, the file holds no code. It says which classes to make, and each of
    them must be on a list: scikit-learn's estimators, those of the kit, and the few
    others of `mlkit.persistence.trust`, each with its reason. Trees and sparse matrices
    are checked for positions outside of them, since compiled code would follow these.
    Keras objects among the options are made by Keras of what the file says about them,
    if their classes are those of Keras or of `mlkit.neural`, and nothing in them is a
    function; `trusted` does not change that.
    Networks are loaded with Keras' ``safe_mode``, which refuses functions in the file;
    holes in it were closed up to Keras 3.12, so have a recent one for foreign files.

    A model from a stranger can still be wrong on purpose, or too large for the memory.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from mlkit.models import make
    >>> from mlkit.persistence import load_model, save
    >>> X, Y = [[0], [1], [2], [3]], [[0, 1], [0, 1], [1, 0], [1, 0]]
    >>> model = make("br-lr").fit(X, Y)
    >>> with TemporaryDirectory() as folder:
    ...     path = save(model, f"{folder}/flags.zip")
    ...     load_model(path).predict([[0], [3]])
    array([[0, 1],
           [1, 0]])
    """
    vouched = trusted_names(trusted)
    archive = open_archive(path)
    card = archive.read_card()
    files = archive.read(card)
    try:
        held = held_types(files)
        _refuse_unknown(unknown_types(held, vouched))
        # Before it is built, which may fail for that very reason.
        _warn_of_versions(card, path)
        return unpack_model(files, held)
    except ModelFileError as err:
        raise type(err)(err.problem, path=path) from err.__cause__


def read_card(path: str | Path) -> ModelCard:
    """Read the card of a saved model, and build nothing.

    Parameters
    ----------
    path : str or Path
        The zip or the folder.

    Returns
    -------
    ModelCard

    Raises
    ------
    FileNotFoundError
        If there is nothing at `path`.
    ModelFileError
        If it has no card that can be read.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from mlkit.models import make
    >>> from mlkit.persistence import read_card, save
    >>> model = make("baseline-set").fit([[0], [1], [2]], [[0, 1], [1, 0], [0, 1]])
    >>> with TemporaryDirectory() as folder:
    ...     path = save(model, f"{folder}/floor.zip", notes="what to beat")
    ...     read_card(path).notes
    'what to beat'
    """
    return open_archive(path).read_card()


def open_archive(path: str | Path) -> Archive:
    """Return the archive at a place.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    Archive

    Raises
    ------
    FileNotFoundError
        If there is nothing; the message has the name that is closest.
    """
    place = Path(path)
    if not place.exists():
        there = place.parent.iterdir() if place.parent.is_dir() else ()
        names = [each.name for each in there if not each.name.startswith(".")]
        close = difflib.get_close_matches(place.name, names, n=1)
        hint = f"Did you mean {str(place.parent / close[0])!r}?" if close else ""
        msg = f"There is no saved model at {str(path)!r}. {hint}".rstrip()
        raise FileNotFoundError(msg)
    return Archive(place)


def _refuse_unknown(names: list[str]) -> None:
    if names:
        msg = (
            f"The model holds types that are not known to be harmless: "
            f"{names_for_message(names, limit=20)}. Nothing was built. If you know all "
            f"of them and where the file is from: load_model(path, trusted={names})."
        )
        raise UntrustedTypeError(msg)


def _warn_of_versions(card: ModelCard, path: str | Path) -> None:
    here = installed_versions()
    other = [
        f"{name} {card.versions[name]} (here {here[name]})"
        for name in STATEFUL
        if card.versions.get(name, here[name]) != here[name]
    ]
    if other:
        message = (
            f"{path} was saved with {' and '.join(other)}. Its predictions may differ "
            "or fail: install that version, or train and save it anew."
        )
        warn(message, ModelVersionWarning)
