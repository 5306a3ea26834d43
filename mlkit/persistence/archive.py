"""The files of a saved model: in a zip or in a folder, whole or not at all."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from mlkit.exceptions import ModelFileError, names_for_message
from mlkit.persistence.card import ModelCard, card_from_json
from mlkit.writing import atomic_file

__all__ = ["CARD", "MODEL", "Archive", "check_expansion", "file_facts", "new_place"]

CARD = "card.json"
MODEL = "model.skops"

_NETWORK = re.compile(r"network-\d{1,6}\.keras")

# Real models pack to a tenth or a twentieth; a bomb is made of nothing but zeros.
_MOST_EXPANSION = 200
_ALWAYS_ALLOWED = 64 * 2**20
_LARGEST_CARD = 64 * 2**20


def file_facts(files: Mapping[str, bytes]) -> dict[str, dict[str, Any]]:
    """Return what a card says of files, so that damage can be told.

    Parameters
    ----------
    files : mapping of str to bytes

    Returns
    -------
    dict of str to dict
        ``sha256`` and ``bytes`` of each.
    """
    return {
        name: {"sha256": sha256(content).hexdigest(), "bytes": len(content)}
        for name, content in files.items()
    }


@contextmanager
def new_place(path: Path, *, overwrite: bool) -> Iterator[Archive]:
    """Give an empty archive that takes the place of `path` when all went well.

    Parameters
    ----------
    path : Path
        Of a zip where it ends so, else of a folder; folders above it are created.
    overwrite : bool
        Whether a saved model that is there may be replaced.

    Yields
    ------
    Archive
        Beside its place. After an error in the block nothing of it is left, and what
        stood there stands.

    Raises
    ------
    FileExistsError
        If something is there and is not to be replaced.
    """
    _refuse_existing(path, overwrite)
    if path.suffix.lower() == ".zip":
        with atomic_file(path) as temporary:
            yield Archive(temporary, path)
    else:
        with _new_folder(path) as folder:
            yield Archive(folder, path)


def _refuse_existing(path: Path, overwrite: bool) -> None:
    if not path.exists():
        return
    if not overwrite:
        msg = f"{path} exists. Save under another name, or pass overwrite=True."
        raise FileExistsError(msg)
    is_zip = path.suffix.lower() == ".zip"
    if path.is_dir() == is_zip:
        kinds = ("folder", "zip") if is_zip else ("file", "folder")
        msg = (
            f"{path} is a {kinds[0]}, and the model would be a {kinds[1]}. Save under "
            "another name."
        )
        raise FileExistsError(msg)
    others = [] if is_zip else [f.name for f in path.iterdir() if not _is_ours(f.name)]
    if others:
        # Replacing it would throw away what has nothing to do with the model.
        msg = (
            f"{path} also holds {names_for_message(sorted(others))}, and overwrite="
            "True replaces the whole folder. Save into a folder of its own."
        )
        raise FileExistsError(msg)


def _is_ours(name: str) -> bool:
    return name in (CARD, MODEL) or _NETWORK.fullmatch(name) is not None


@contextmanager
def _new_folder(path: Path) -> Iterator[Path]:
    path.parent.mkdir(parents=True, exist_ok=True)
    # One folder for the new and the old one: on the same file system as the place.
    beside = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}."))
    new, old = beside / "new", beside / "old"
    try:
        # Not the private one itself: this one gets the rights of any new folder.
        new.mkdir()
        yield new
        if path.exists():
            path.rename(old)
        try:
            new.rename(path)
        except OSError:
            if old.exists():
                old.rename(path)
            raise
    finally:
        shutil.rmtree(beside, ignore_errors=True)


@dataclass(frozen=True)
class Archive:
    """The files of a saved model.

    Parameters
    ----------
    place : Path
        A zip or a folder.
    shown : Path, optional
        What it is called in messages; by default the place.
    """

    place: Path
    shown: Path | None = None

    def write(self, files: Mapping[str, bytes]) -> None:
        """Write all files.

        Parameters
        ----------
        files : mapping of str to bytes
        """
        if self.place.is_dir():
            for name, content in files.items():
                (self.place / name).write_bytes(content)
            return
        # Stored as they are: what is in them is packed already.
        with zipfile.ZipFile(self.place, "w", zipfile.ZIP_STORED) as packed:
            for name, content in files.items():
                packed.writestr(name, content)

    def read_card(self) -> ModelCard:
        """Return the card, without a look at the other files.

        Returns
        -------
        ModelCard

        Raises
        ------
        ModelFileError
            If there is none that can be read.
        """
        with self._refusals():
            sizes = self._sizes()
            self._check_there(CARD, sizes)
            if sizes[CARD] > _LARGEST_CARD:
                msg = f"{CARD} has {sizes[CARD]:,} bytes, and no card is so long."
                raise ModelFileError(msg)
            return card_from_json(self._content(CARD))

    def read(self, card: ModelCard) -> dict[str, bytes]:
        """Return all files but the card, as the card says that they were written.

        Parameters
        ----------
        card : ModelCard
            Of this archive.

        Returns
        -------
        dict of str to bytes

        Raises
        ------
        ModelFileError
            If a file is missing, is not on the card, or is another one.
        """
        with self._refusals():
            self._check_listing(card, self._sizes())
            return {name: self._checked(name, card) for name in card.files}

    def _check_listing(self, card: ModelCard, sizes: Mapping[str, int]) -> None:
        expected = {MODEL, *card.networks}
        networks = all(map(_NETWORK.fullmatch, card.networks))
        if expected != set(card.files) or not networks:
            msg = (
                f"{CARD} lists the files {names_for_message(sorted(card.files))}; "
                f"expected '{MODEL}' and, for each of its {len(card.networks)} "
                "networks, 'network-0.keras' and so on. It is damaged or forged."
            )
            raise ModelFileError(msg)
        foreign = sorted(set(sizes) - expected - {CARD})
        if foreign:
            msg = f"It holds {names_for_message(foreign)}, which {CARD} does not list."
            raise ModelFileError(msg)
        for name in sorted(expected):
            self._check_there(name, sizes)
            if sizes[name] != card.files[name]["bytes"]:
                msg = (
                    f"{name} has {sizes[name]:,} bytes, and should have "
                    f"{card.files[name]['bytes']:,}."
                )
                raise ModelFileError(msg)

    def _check_there(self, name: str, sizes: Mapping[str, int]) -> None:
        if name not in sizes:
            msg = f"It holds no {name}. It is no saved model, or a part of one."
            raise ModelFileError(msg)

    def _checked(self, name: str, card: ModelCard) -> bytes:
        content = self._content(name)
        found, expected = sha256(content).hexdigest(), card.files[name]["sha256"]
        if found != expected:
            msg = (
                f"{name} is not what was saved: its SHA-256 is {found[:12]}..., and "
                f"should be {expected[:12]}.... Get the file anew."
            )
            raise ModelFileError(msg)
        return content

    def _sizes(self) -> dict[str, int]:
        """Return the bytes of each file by name."""
        if self.place.is_dir():
            # Only what is listed is read from a folder; systems put files of their own
            # into it.
            return {
                file.name: file.stat().st_size
                for file in self.place.iterdir()
                if _is_ours(file.name) and file.is_file()
            }
        with zipfile.ZipFile(self.place) as packed:
            members = packed.infolist()
        _check_names([member.filename for member in members])
        check_expansion(members, self.place.stat().st_size)
        return {member.filename: member.file_size for member in members}

    def _content(self, name: str) -> bytes:
        if self.place.is_dir():
            return (self.place / name).read_bytes()
        with zipfile.ZipFile(self.place) as packed:
            return packed.read(name)

    @contextmanager
    def _refusals(self) -> Iterator[None]:
        """Say of every error which file it is about."""
        path = self.shown or self.place
        try:
            yield
        except ModelFileError as err:
            if err.path is None:
                raise type(err)(err.problem, path=path) from err.__cause__
            raise
        except (zipfile.BadZipFile, EOFError, RuntimeError, NotImplementedError) as err:
            # RuntimeError: a password is asked for. NotImplementedError: packed by a
            # method that zipfile does not know.
            msg = f"It is no zip, or one that was cut off or damaged ({err})."
            raise ModelFileError(msg, path=path) from err


def _check_names(names: list[str]) -> None:
    """Refuse members of a zip that could lie outside of it, or are there twice."""
    for name in names:
        outside = name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name)
        if outside or os.path.isabs(name) or ":" in name:
            msg = f"It holds {name!r}, a path that leads out of the file. It is forged."
            raise ModelFileError(msg)
    twice = sorted(name for name, times in Counter(names).items() if times > 1)
    if twice:
        msg = f"It holds {names_for_message(twice)} more than once. It is forged."
        raise ModelFileError(msg)


def check_expansion(members: list[zipfile.ZipInfo], packed_bytes: int) -> None:
    """Refuse a zip that grows beyond what a model can.

    Parameters
    ----------
    members : list of ZipInfo
    packed_bytes : int
        Bytes of the zip.

    Raises
    ------
    ModelFileError
        If it unpacks to more than 200 times its bytes, and more than 64 MiB.
    """
    unpacked = sum(member.file_size for member in members)
    if unpacked > max(_ALWAYS_ALLOWED, _MOST_EXPANSION * packed_bytes):
        msg = (
            f"It has {packed_bytes:,} bytes and unpacks to {unpacked:,}, which no "
            "model does. It is forged."
        )
        raise ModelFileError(msg)
