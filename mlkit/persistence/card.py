"""The card of a saved model: what one wants to know before loading it."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from mlkit.exceptions import ModelFileError
from mlkit.persistence.display import as_html, as_text

__all__ = ["FORMAT_VERSION", "ModelCard", "card_from_json", "card_to_json"]

FORMAT_VERSION = 1


@dataclass(frozen=True, eq=False, repr=False)
class ModelCard:
    """What a saved model says about itself; `mlkit.persistence.read_card` reads it.

    Printed, it is a short table; in a notebook it is a card.

    Parameters
    ----------
    format_version : int
        Of the file; 1.
    created : str
        When it was saved: UTC, in ISO 8601.
    model : str
        Full name of the model's class.
    parameters : mapping of str to str
        The parameters of the model and of the estimators in it, as text.
    n_labels : int or None
        Number of labels, where known.
    label_names : tuple of str or None
        In the order of the columns of a prediction; None where the model was trained
        on labels without names.
    n_features : int or None
        Number of features, where known.
    feature_names : tuple of str or None
        In the order of the columns; None where they had no names.
    thresholds : mapping of str to float, or None
        Where each label is cut, by name; None where the model has no such cuts.
    data : mapping or None
        ``name``, ``shape`` (rows, features, labels), ``fingerprint`` (of
        `mlkit.fingerprints.dataset_fingerprint`) and ``source`` of the training data;
        None where they were not given to `save`.
    metrics : mapping of str to float
        What was measured; NaN where undefined.
    notes : str
        What the one who saved it had to say.
    versions : mapping of str to str
        Python and packages with which it was saved.
    networks : tuple of str
        Files of the Keras models in it.
    needs_trust : tuple of str
        Types that `load_model` loads only where ``trusted`` names them.
    files : mapping of str to mapping
        ``sha256`` and ``bytes`` of each other file.

    Notes
    -----
    The card is written by whoever saved the model and proves nothing: the hashes tell
    damage, not forgery, and what may be loaded is decided from the model file itself.
    """

    format_version: int
    created: str
    model: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    n_labels: int | None = None
    label_names: tuple[str, ...] | None = None
    n_features: int | None = None
    feature_names: tuple[str, ...] | None = None
    thresholds: Mapping[str, float] | None = None
    data: Mapping[str, Any] | None = None
    metrics: Mapping[str, float] = field(default_factory=dict)
    notes: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    networks: tuple[str, ...] = ()
    needs_trust: tuple[str, ...] = ()
    files: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def __repr__(self) -> str:
        return as_text(self)

    def _repr_html_(self) -> str:
        return as_html(self)


_FIELDS = tuple(each.name for each in fields(ModelCard))


def card_to_json(card: ModelCard) -> bytes:
    """Write a card as JSON.

    Parameters
    ----------
    card : ModelCard

    Returns
    -------
    bytes
        UTF-8, one key a line, in the order of the fields. NaN is null, infinity text.
    """
    content = {name: _plain(getattr(card, name)) for name in _FIELDS}
    text = json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False)
    # Half of a surrogate pair, which a damaged name may hold, has no UTF-8; \udc80 is
    # how JSON writes it.
    return (text + "\n").encode("utf-8", "backslashreplace")


def _plain(value: Any) -> Any:
    """Return what JSON has for a value."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else f"{value:+}"
    return value


def card_from_json(content: bytes) -> ModelCard:
    """Read a card.

    Parameters
    ----------
    content : bytes
        As `card_to_json` writes it; keys that are not known are passed over.

    Returns
    -------
    ModelCard

    Raises
    ------
    ModelFileError
        If it is no JSON, of a newer format, or lacks something.
    """
    try:
        found = json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as err:
        msg = f"card.json is no JSON ({err}). The file is damaged."
        raise ModelFileError(msg) from err
    if not isinstance(found, dict):
        msg = f"card.json must hold an object, got {type(found).__name__}."
        raise ModelFileError(msg)
    _check_version(found.get("format_version"))
    missing = [name for name in _FIELDS if name not in found]
    if missing:
        msg = f"card.json lacks {', '.join(missing)}. The file is damaged."
        raise ModelFileError(msg)
    return ModelCard(**{name: _checked(name, found[name]) for name in _FIELDS})


def _check_version(version: Any) -> None:
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        msg = f"card.json has no format_version of 1 or more, got {version!r}."
        raise ModelFileError(msg)
    if version > FORMAT_VERSION:
        msg = (
            f"The model was saved in format {version}, and this version of mlkit reads "
            f"formats up to {FORMAT_VERSION}. Install a newer mlkit-multilabel."
        )
        raise ModelFileError(msg)


def _checked(name: str, value: Any) -> Any:
    """Return a value of the card in the type of its field."""
    kind = _KINDS[name]
    try:
        return kind(value)
    except (TypeError, ValueError, AttributeError, KeyError) as err:
        msg = f"card.json has a {name} that cannot be: {str(value)[:80]!r}."
        raise ModelFileError(msg) from err


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _count(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, (int, type(None))):
        raise TypeError
    return value


def _names(value: Any) -> tuple[str, ...] | None:
    return None if value is None else _texts(value)


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError
    return tuple(_text(item) for item in value)


def _mapping_of_texts(value: Any) -> Mapping[str, str]:
    return {key: _text(item) for key, item in value.items()}


def _mapping_of_numbers(value: Any) -> Mapping[str, float]:
    # What was not finite comes as null, or as text that float understands.
    return {
        key: math.nan if item is None else float(item) for key, item in value.items()
    }


def _files(value: Any) -> Mapping[str, Mapping[str, Any]]:
    return {
        name: {"sha256": _text(facts["sha256"]), "bytes": int(facts["bytes"])}
        for name, facts in value.items()
    }


_KINDS: dict[str, Callable[[Any], Any]] = {
    "format_version": int,
    "created": _text,
    "model": _text,
    "parameters": _mapping_of_texts,
    "n_labels": _count,
    "label_names": _names,
    "n_features": _count,
    "feature_names": _names,
    "thresholds": lambda value: None if value is None else _mapping_of_numbers(value),
    "data": lambda value: None if value is None else dict(value.items()),
    "metrics": _mapping_of_numbers,
    "notes": _text,
    "versions": _mapping_of_texts,
    "networks": _texts,
    "needs_trust": _texts,
    "files": _files,
}
