"""A model as bytes and back: skops for the model, Keras for what is of Keras in it."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any

import skops.io
from sklearn.exceptions import InconsistentVersionWarning

from mlkit.exceptions import MlkitError, ModelFileError, UnsavableModelError
from mlkit.persistence.archive import MODEL, check_expansion
from mlkit.persistence.keras_objects import check_keras_objects
from mlkit.persistence.savable import check_savable
from mlkit.persistence.soundness import check_sound
from mlkit.persistence.stand_ins import (
    pack_network,
    put_back,
    take_out,
    unpack_network,
)

__all__ = ["held_types", "pack_model", "unpack_model"]


def pack_model(model: Any) -> dict[str, bytes]:
    """Return a model as files.

    Parameters
    ----------
    model : object
        Not modified.

    Returns
    -------
    dict of str to bytes
        ``model.skops`` and a ``.keras`` file for each network.

    Raises
    ------
    UnsavableModelError
        If it holds something that cannot be saved.
    """
    check_savable(model)
    stored, networks = take_out(model)
    packed = {MODEL: _packed(stored)}
    return packed | {name: pack_network(each) for name, each in networks.items()}


def _packed(stored: Any) -> bytes:
    try:
        content = skops.io.dumps(stored, compression=zipfile.ZIP_DEFLATED)
        _check_packing(content)
    except ModelFileError:
        # Nearly nothing but zeros: written out, so that it does not look like a bomb.
        return skops.io.dumps(stored)
    except RecursionError as err:
        msg = (
            f"The {type(stored).__name__} refers to itself, or is nested too deeply: a "
            "graph, or objects that know what holds them. Leave out what prediction "
            "does not need."
        )
        raise UnsavableModelError(msg) from err
    except Exception as err:
        msg = (
            f"The {type(stored).__name__} holds something that skops cannot write: "
            f"{err}. Leave it out, or give its class a __getstate__ that does."
        )
        raise UnsavableModelError(msg) from err
    return content


def _check_packing(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        check_expansion(packed.infolist(), len(content))


def held_types(files: Mapping[str, bytes]) -> list[str]:
    """Return the types in a model that skops does not trust by itself.

    Parameters
    ----------
    files : mapping of str to bytes
        As `pack_model` gives them.

    Returns
    -------
    list of str
        Full names. Nothing is built or imported to find them.

    Raises
    ------
    ModelFileError
        If the file is none of skops, or a newer one than the skops here reads.
    """
    try:
        _check_packing(files[MODEL])
        return skops.io.get_untrusted_types(data=files[MODEL])
    except MlkitError:
        raise
    except Exception as err:
        # What is forged can make anything fail.
        msg = f"{MODEL} cannot be read: {type(err).__name__}: {err}."
        raise ModelFileError(msg) from err


def unpack_model(files: Mapping[str, bytes], trusted: Iterable[str]) -> Any:
    """Return the model of some files.

    Parameters
    ----------
    files : mapping of str to bytes
        As `pack_model` gives them.
    trusted : iterable of str
        The types in it that may be built, by name; see `held_types`.

    Returns
    -------
    object

    Raises
    ------
    UntrustedTypeError
        If it asks Keras for what is not known to be harmless.
    ModelFileError
        If it cannot be built, or is not sound.
    OptionalDependencyError
        If there are networks or Keras objects and Keras is not installed.
    """
    try:
        with warnings.catch_warnings():
            # One warning about the whole model comes from the card.
            warnings.simplefilter("ignore", InconsistentVersionWarning)
            model = skops.io.loads(files[MODEL], trusted=list(trusted))
    except Exception as err:
        msg = (
            f"{MODEL} cannot be built: {type(err).__name__}: {err}. Either what it "
            "needs is missing here, or it is damaged."
        )
        raise ModelFileError(msg) from err
    check_sound(model)
    check_keras_objects(model)
    # Only now: the modules of the learners in it have registered their layers.
    networks = {
        name: unpack_network(name, content)
        for name, content in files.items()
        if name != MODEL
    }
    return put_back(model, networks)
