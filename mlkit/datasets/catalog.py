"""What data sets exist: their files, sizes, checksums, statistics and sources."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

import pandas as pd
import platformdirs

from mlkit.exceptions import UnknownNameError, unknown_name

__all__ = [
    "CatalogEntry",
    "DataFile",
    "Part",
    "bundled_file",
    "cache_folder",
    "catalog",
    "catalog_entry",
    "override_folder",
]

Part: TypeAlias = Literal["train", "test", "all"]
"""The published training rows, the published test rows, or both."""

# A fixed commit: what a branch serves may change under the checksums.
_MULAN_URL = (
    "https://raw.githubusercontent.com/tsoumakas/mulan/"
    "43f6389095ad71984264db4387a8074b22bc7d4a/data/multi-label"
)


@dataclass(frozen=True, slots=True)
class DataFile:
    """One published file.

    Parameters
    ----------
    path : str
        ``folder/file`` below the base URL, below ``MLKIT_DATA`` and in the cache; a
        bare file name for a file that ships with the kit.
    sha256 : str
        Checksum, 64 hexadecimal digits.
    size : int
        Bytes.
    """

    path: str
    sha256: str
    size: int

    @property
    def bundled(self) -> bool:
        """Whether the file ships with the kit."""
        return "/" not in self.path

    @property
    def url(self) -> str | None:
        """Where the file was published; None where it ships with the kit."""
        return None if self.bundled else f"{_MULAN_URL}/{self.path}"

    def candidates(self) -> list[Path]:
        """Return where the file may lie on this machine, first choice first.

        Returns
        -------
        list of Path
            The bundled path, or the paths in ``MLKIT_DATA`` (where set) and in the
            cache. Whether something lies there is not looked at.
        """
        if self.bundled:
            return [bundled_file(self.path)]
        folders = [override_folder(), cache_folder()]
        return [folder / self.path for folder in folders if folder is not None]

    def is_local(self) -> bool:
        """Return whether a file of the right size lies in one of the places.

        Only existence and size are looked at, so that a table of all sets costs
        milliseconds; the checksum is compared when the file is used.
        """
        return any(
            path.is_file() and path.stat().st_size == self.size
            for path in self.candidates()
        )


@dataclass(frozen=True, slots=True)
class CatalogEntry:
    """One data set: files, statistics, terms and traps.

    Parameters
    ----------
    name : str
        The name that `mlkit.load` takes.
    title : str
        What it is, in a few words.
    domain : str
        Field that the data come from, such as ``"music"``.
    n_samples, n_features, n_labels : int
        Shape of the whole set.
    n_assigned : int
        Number of ones in the label matrix of the whole set.
    licence : str
        Terms of use as far as the source states them.
    citation : str
        Publication to cite.
    undivided, train, test, labels : DataFile or None
        The whole set in one file, the published split, and the label XML.
    notes : tuple of str
        Traps of this set.

    Examples
    --------
    >>> entry = catalog_entry("emotions")
    >>> entry.n_samples, entry.n_labels, round(entry.cardinality, 3)
    (593, 6, 1.868)
    >>> entry.parts
    ('train', 'test', 'all')
    """

    name: str
    title: str
    domain: str
    n_samples: int
    n_features: int
    n_labels: int
    n_assigned: int
    licence: str
    citation: str
    undivided: DataFile | None = None
    train: DataFile | None = None
    test: DataFile | None = None
    labels: DataFile | None = None
    notes: tuple[str, ...] = ()

    @property
    def cardinality(self) -> float:
        """Mean number of labels a row."""
        # From two counts, since a rounded figure could not be checked for equality.
        return self.n_assigned / self.n_samples

    @property
    def density(self) -> float:
        """Cardinality divided by the number of labels, in [0, 1]."""
        return self.cardinality / self.n_labels

    @property
    def parts(self) -> tuple[Part, ...]:
        """Parts that can be loaded; only ``"all"`` for a set published undivided."""
        return ("all",) if self.train is None else get_args(Part)

    @property
    def size(self) -> int:
        """Bytes of the files that make the whole set."""
        return sum(file.size for file in self.files().values())

    def files(self, part: Part = "all") -> dict[str, DataFile]:
        """Return the files that make a part, in the order in which rows are joined.

        Parameters
        ----------
        part : {"train", "test", "all"}, default "all"
            For a set without an undivided file, "all" is the training file followed
            by the test file.

        Returns
        -------
        dict of str to DataFile
            Keys are among ``"all"``, ``"train"``, ``"test"``, and ``"labels"`` (the
            label XML, last).

        Raises
        ------
        UnknownNameError
            If there is no such part, or the set was published undivided.

        Examples
        --------
        >>> list(catalog_entry("emotions").files("train"))
        ['train', 'labels']
        >>> list(catalog_entry("scene").files())
        ['train', 'test', 'labels']
        """
        self._check_part(part)
        # Insertion order is the order of rows, and the label XML comes last.
        roles: dict[str, DataFile | None] = {
            "all": self.undivided,
            "train": self.train,
            "test": self.test,
        }
        split_only = part == "all" and self.undivided is None
        wanted = ("train", "test") if split_only else (part,)
        chosen = {role: roles[role] for role in wanted} | {"labels": self.labels}
        return {role: file for role, file in chosen.items() if file is not None}

    def is_local(self) -> bool:
        """Return whether the whole set can be loaded without the network."""
        return all(file.is_local() for file in self.files().values())

    def _check_part(self, part: str) -> None:
        if part not in get_args(Part):
            error = unknown_name("part", part, get_args(Part))
            raise error
        if part not in self.parts:
            msg = (
                f"The data set '{self.name}' has no part '{part}': it is published "
                f"undivided. Take it whole, load('{self.name}'), and split it with "
                "mlkit.splitting."
            )
            raise UnknownNameError(msg)


def catalog() -> pd.DataFrame:
    """List the data sets that `mlkit.load` knows.

    Returns
    -------
    DataFrame
        One row a data set, indexed by ``name``, with the columns ``domain``,
        ``n_samples``, ``n_features``, ``n_labels``, ``cardinality``, ``density``,
        ``size`` (bytes of the files), ``licence``, ``citation`` and
        ``available_offline``.

    See Also
    --------
    catalog_entry : Everything about one set, its traps included.

    Notes
    -----
    A set is available offline if it ships with the kit, or if all its files lie, with
    the right size, in the folder ``MLKIT_DATA`` or in the cache. No file is opened for
    this table; `mlkit.load` compares checksums.

    Examples
    --------
    >>> table = catalog()
    >>> table.index[table["domain"] == "music"].tolist()
    ['cal500', 'emotions']
    >>> bool(table.loc["flags", "available_offline"])
    True
    """
    columns = [
        *("domain", "n_samples", "n_features", "n_labels"),
        *("cardinality", "density", "size", "licence", "citation"),
    ]
    rows = [
        {column: getattr(entry, column) for column in columns}
        | {"available_offline": entry.is_local()}
        for entry in _ENTRIES.values()
    ]
    return pd.DataFrame(rows, index=pd.Index(list(_ENTRIES), name="name"))


def catalog_entry(name: str) -> CatalogEntry:
    """Return everything that is known about one data set.

    Parameters
    ----------
    name : str
        A name of the index of `catalog`.

    Returns
    -------
    CatalogEntry

    Raises
    ------
    UnknownNameError
        If no data set has this name; the message holds the closest match.

    Examples
    --------
    >>> print(catalog_entry("scene").notes[0])
    No undivided file is available: the whole set is train followed by test.
    """
    if name not in _ENTRIES:
        error = unknown_name("data set", name, _ENTRIES)
        raise error
    return _ENTRIES[name]


def cache_folder() -> Path:
    """Return the folder that keeps downloaded files.

    Returns
    -------
    Path
        The environment variable ``MLKIT_CACHE`` where set, else the user's cache folder
        of the operating system. It may not exist yet.
    """
    chosen = os.environ.get("MLKIT_CACHE")
    return (
        Path(chosen).expanduser() if chosen else platformdirs.user_cache_path("mlkit")
    )


def override_folder() -> Path | None:
    """Return the folder of local copies that goes before cache and network.

    Returns
    -------
    Path or None
        The environment variable ``MLKIT_DATA``, laid out as ``<folder>/<file>``; None
        where it is not set.
    """
    # Empty means "not set", as in a shell; Path("") would be the working directory.
    chosen = os.environ.get("MLKIT_DATA")
    return Path(chosen).expanduser() if chosen else None


def bundled_file(name: str) -> Path:
    """Return the path of a file that ships with the kit.

    Parameters
    ----------
    name : str
        File name, such as ``"flags.arff"``.

    Returns
    -------
    Path
        In the installed package, or in the folder ``data/`` of a checkout. Whether the
        file exists is not looked at.

    Examples
    --------
    >>> bundled_file("flags.csv").is_file()
    True
    """
    # A wheel carries data/ inside this package; a checkout, which an editable install
    # points to, has it at the top level.
    here = Path(__file__).parent
    packaged = here / "data" / name
    return packaged if packaged.is_file() else here.parents[1] / "data" / name


def _read_catalog() -> dict[str, CatalogEntry]:
    # Facts, not code: the file can be compared with a list of checksums, and
    # extended, without touching this module.
    text = Path(__file__).with_name("catalog.json").read_text(encoding="utf-8")
    return {name: _entry(name, facts) for name, facts in json.loads(text).items()}


def _entry(name: str, facts: dict[str, Any]) -> CatalogEntry:
    files = {role: DataFile(**file) for role, file in facts["files"].items()}
    other = {"name": name, "notes": tuple(facts["notes"]), **files}
    return CatalogEntry(**{key: facts[key] for key in facts if key != "files"} | other)


_ENTRIES = _read_catalog()
