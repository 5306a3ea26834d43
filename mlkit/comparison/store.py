"""Finished folds on disk: each in a file of its own, as soon as it is finished."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlkit.writing import write_atomically

__all__ = ["DamagedRecord", "RecordStore"]

_FORMAT = 1


class DamagedRecord(Exception):  # noqa: N818 - caught by those that keep records
    """A file of the store does not hold what was written into it."""


@dataclass(frozen=True, slots=True)
class RecordStore:
    """Records of finished folds in a folder, one JSON file each.

    Parameters
    ----------
    folder : Path
        ``records`` below it holds the files; made with the first of them.

    Notes
    -----
    A record is found by its key, the fingerprint of all that decides its numbers, so
    that a folder may serve several comparisons, and several processes at once. A file
    is written beside its place and renamed: after a kill there is a whole record or
    none. Its content is hashed, so that one that was damaged later is noticed.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     store = RecordStore(Path(folder))
    ...     store.keep("0f" * 32, {"micro_f1": 0.5, "error": ""})
    ...     store.find("0f" * 32, ["micro_f1"]), store.find("ab" * 32, ["micro_f1"])
    ({'micro_f1': 0.5, 'error': ''}, None)
    """

    folder: Path

    def find(self, key: str, columns: Iterable[str]) -> dict[str, Any] | None:
        """Return a record that has some columns, if there is one.

        Parameters
        ----------
        key : str
        columns : iterable of str
            What it must hold; without one of them it does not count.

        Returns
        -------
        dict or None

        Raises
        ------
        DamagedRecord
            If the file is there, and is not what was written.
        """
        try:
            content = self._path(key).read_bytes()
        except FileNotFoundError:
            return None
        record = _unpack(content, key)
        return record if all(column in record for column in columns) else None

    def keep(self, key: str, record: dict[str, Any]) -> None:
        """Write a record; one of the same key is replaced in one step.

        Parameters
        ----------
        key : str
        record : dict
            Numbers and texts. What the old record had besides is kept: the key says
            that it is true of the same predictions.

        Raises
        ------
        OSError
            If the folder cannot be written to.
        """
        try:
            old = self.find(key, []) or {}
        except DamagedRecord:
            old = {}
        # What failed has nothing to add to what did not.
        failed = bool(old.get("error")) or bool(record.get("error"))
        merged = record if failed else {**old, **record}
        write_atomically(self._path(key), _pack(merged, key))

    def set_aside(self, key: str) -> Path:
        """Rename a damaged file, so that it can be looked at, and is not read again.

        Parameters
        ----------
        key : str

        Returns
        -------
        Path
            Its new name.
        """
        damaged = self._path(key)
        aside = damaged.with_suffix(".damaged")
        os.replace(damaged, aside)
        return aside

    def _path(self, key: str) -> Path:
        # Two levels, as tens of thousands of files in one folder are slow to list.
        return self.folder / "records" / key[:2] / f"{key}.json"


def _pack(record: dict[str, Any], key: str) -> bytes:
    # NaN and infinity are Python's own words in JSON; floats come back as they are.
    text = json.dumps(record, default=_plain)
    return json.dumps(
        {"format": _FORMAT, "key": key, "sha256": _hash(text), "record": text}
    ).encode()


def _unpack(content: bytes, key: str) -> dict[str, Any]:
    try:
        outer = json.loads(content)
        text = outer["record"]
        sound = outer["key"] == key and outer["sha256"] == _hash(text)
        record = json.loads(text)
    except (ValueError, KeyError, TypeError, AttributeError) as err:
        raise DamagedRecord from err
    if not sound or not isinstance(record, dict):
        raise DamagedRecord
    return record


def _plain(value: Any) -> Any:
    """Return a number of numpy as one of Python."""
    return value.item()


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
