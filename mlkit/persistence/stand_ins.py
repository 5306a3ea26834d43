"""What stands in a saved model for the parts that are stored in another way."""

from __future__ import annotations

import importlib
import sys
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import scipy.sparse as sp

from mlkit.exceptions import ModelFileError, UnsavableModelError
from mlkit.optional import import_optional
from mlkit.persistence.archive import check_expansion
from mlkit.persistence.keras_objects import (
    StoredKerasObject,
    is_keras_object,
    pack_keras_object,
    unpack_keras_object,
)
from mlkit.persistence.walking import exchanged

__all__ = [
    "StoredMatrix",
    "StoredNetwork",
    "is_network",
    "network_name",
    "pack_network",
    "put_back",
    "take_out",
    "unpack_network",
]

# scipy's own files hold all of its formats but these.
_NOT_IN_NPZ = ("lil", "dok")


@dataclass(frozen=True)
class StoredNetwork:
    """Stands for a Keras model that has a file of its own.

    Parameters
    ----------
    file : str
        The name of the file, beside that of the model.
    """

    file: str


@dataclass(frozen=True)
class StoredMatrix:
    """Stands for a sparse matrix in a format that scipy cannot write.

    Parameters
    ----------
    format : {"lil", "dok"}
    matrix : csr_array or csr_matrix
        The same numbers.
    """

    format: str
    matrix: Any


def is_network(value: Any) -> bool:
    """Say whether something is a Keras model.

    Parameters
    ----------
    value : object

    Returns
    -------
    bool
        False as long as nobody has imported Keras, and without importing it.
    """
    base = getattr(sys.modules.get("keras"), "Model", None)
    return base is not None and isinstance(value, base)


def network_name(position: int) -> str:
    """Return the file name of the network at a position, counted from 0."""
    return f"network-{position}.keras"


def take_out(model: Any) -> tuple[Any, dict[str, Any]]:
    """Return a model that can be stored, and the networks that it holds.

    Parameters
    ----------
    model : object
        It is not modified.

    Returns
    -------
    model : object
        With stand-ins in the place of networks, of Keras objects among the options and
        of some sparse matrices.
    networks : dict of str to keras.Model
        By the name of its file; one that is met several times is there once.
    """
    networks: dict[str, Any] = {}

    def stand_in(part: Any) -> Any:
        if is_network(part):
            name = network_name(len(networks))
            networks[name] = part
            return StoredNetwork(name)
        if is_keras_object(part):
            return pack_keras_object(part)
        if sp.issparse(part) and part.format in _NOT_IN_NPZ:
            return StoredMatrix(part.format, part.tocsr())
        return part

    return exchanged(model, stand_in), networks


def put_back(model: Any, networks: Mapping[str, Any]) -> Any:
    """Return a model with the parts that its stand-ins stand for.

    Parameters
    ----------
    model : object
        As `take_out` gave it; not modified.
    networks : mapping of str to keras.Model

    Returns
    -------
    object

    Raises
    ------
    UntrustedTypeError
        If a Keras object is asked for that is not known to be harmless.
    ModelFileError
        If a network is asked for that is not there, or a format that does not exist;
        or if Keras cannot make an object.
    OptionalDependencyError
        If there are Keras objects and Keras is not installed.
    """

    def original(part: Any) -> Any:
        if isinstance(part, StoredNetwork):
            if part.file not in networks:
                msg = f"The model refers to a network {part.file!r} that is not there."
                raise ModelFileError(msg)
            return networks[part.file]
        if isinstance(part, StoredKerasObject):
            return unpack_keras_object(part)
        if isinstance(part, StoredMatrix):
            if part.format not in _NOT_IN_NPZ or not sp.issparse(part.matrix):
                msg = f"There is no sparse matrix of the format {part.format!r}."
                raise ModelFileError(msg)
            return part.matrix.asformat(part.format)
        return part

    return exchanged(model, original)


def pack_network(network: Any) -> bytes:
    """Return a Keras model as the bytes of a ``.keras`` file.

    Parameters
    ----------
    network : keras.Model

    Returns
    -------
    bytes

    Raises
    ------
    UnsavableModelError
        If Keras cannot write it; the cause says why.
    """

    def write_and_read(file: Path) -> bytes:
        sys.modules["keras"].saving.save_model(network, file)
        return _deflated(file.read_bytes())

    try:
        return _in_a_file(write_and_read)
    except Exception as err:
        msg = (
            f"Keras cannot save the network {network.name!r}: {err} Its layers, losses "
            "and metrics need a get_config, and must be registered with "
            "keras.saving.register_keras_serializable."
        )
        raise UnsavableModelError(msg) from err


def unpack_network(name: str, content: bytes) -> Any:
    """Return the Keras model of a ``.keras`` file; code in it is refused.

    Parameters
    ----------
    name : str
        Of the file, for messages.
    content : bytes
        The file.

    Returns
    -------
    keras.Model

    Raises
    ------
    OptionalDependencyError
        If Keras is not installed.
    ModelFileError
        If it is no such file, holds code, or needs something that is not registered.
    """
    keras = import_optional("keras", extra="neural", purpose="a model with a network")
    # Keras knows the layers of the kit once they have been imported.
    importlib.import_module("mlkit.neural.registered")

    def write_and_load(file: Path) -> Any:
        # Keras unpacks it without a look at how large it will be.
        with zipfile.ZipFile(BytesIO(content)) as packed:
            check_expansion(packed.infolist(), len(content))
        file.write_bytes(content)
        return keras.saving.load_model(file, safe_mode=True)

    try:
        return _in_a_file(write_and_load)
    except ModelFileError as err:
        msg = f"The network {name!r}: {err.problem}"
        raise ModelFileError(msg) from err
    except Exception as err:
        msg = (
            f"Keras cannot load the network {name!r}: {err} Import what defines its "
            "own layers, losses and metrics first; functions written as lambda are "
            "code, and are refused."
        )
        raise ModelFileError(msg) from err


def _deflated(content: bytes) -> bytes:
    """Return a zip with the same files, packed; Keras stores them as they are."""
    packed = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(content)) as stored,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as smaller,
    ):
        for member in stored.infolist():
            # The date goes along: what is written twice should differ in nothing else.
            smaller.writestr(member, stored.read(member), zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _in_a_file(use: Callable[[Path], Any]) -> Any:
    # Keras knows its format by the end of the file name, and takes names only.
    with TemporaryDirectory() as folder:
        return use(Path(folder, "network.keras"))
