"""Bring published files to this machine: the only module that touches the network.

A file is looked for in the folder ``MLKIT_DATA``, then in the cache, then downloaded.
Whatever is handed out has the checksum of the catalog.
"""

from __future__ import annotations

import hashlib
import logging
import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from mlkit.datasets.catalog import (
    CatalogEntry,
    DataFile,
    Part,
    cache_folder,
    catalog_entry,
    override_folder,
)
from mlkit.exceptions import DownloadError, HashMismatchError
from mlkit.progress import progress as progress_bar

__all__ = ["fetch"]

_LOGGER = logging.getLogger("mlkit")
_TIMEOUT = (10, 30)  # seconds to connect, and between two pieces of the answer
_PAUSES = (0.5, 2.0)  # seconds before the second and the third attempt
_ABANDONED = 24 * 3600  # seconds after which a partial file has no owner any more


def fetch(
    name: str, part: Part = "all", *, progress: bool | None = None
) -> dict[str, Path]:
    """Make sure that the files of a data set are on this machine.

    Parameters
    ----------
    name : str
        A name of the index of `catalog`.
    part : {"train", "test", "all"}, default "all"
        The part whose files are wanted.
    progress : bool, optional
        Whether downloads show a progress bar; by default in a notebook or a terminal,
        unless the environment variable ``MLKIT_PROGRESS`` is ``0``.

    Returns
    -------
    dict of str to Path
        Keys are among ``"all"``, ``"train"``, ``"test"`` and ``"labels"`` (the label
        XML): a set without an undivided file gives ``"train"`` and ``"test"``.

    Raises
    ------
    UnknownNameError
        If there is no such data set, or it has no such part.
    DownloadError
        If a file is not here and cannot be downloaded. The message names the data set,
        the URL, the cause and what to do offline; the cache is left as it was.
    HashMismatchError
        If a file in ``MLKIT_DATA``, or what the server sent, is not the file that the
        catalog describes. It is a kind of `DownloadError`.

    See Also
    --------
    mlkit.load : Fetches and reads.

    Notes
    -----
    Environment variables:

    ``MLKIT_DATA``
        Folder of local copies, ``<folder>/<file>`` as published. A file there is used
        with neither network nor cache.
    ``MLKIT_CACHE``
        Folder for downloads, in place of the user's cache folder. It has the same
        layout, so that a filled cache can serve others as ``MLKIT_DATA``.
    ``MLKIT_BASE_URL``
        A mirror to download from, in place of the pinned address. Checksums hold for
        mirrors too.

    A download goes to a hidden file of its own beside the target, is checked, and takes
    its place in one step (`os.replace`). So no reader ever sees half a file, and
    processes that fetch the same file at once need no lock: each brings a good file.
    Cut connections and answers 429 and 5xx are tried three times in all; wrong
    checksums and other answers once.

    Every use costs one pass over the file for its checksum, about 1 ms a megabyte.

    Examples
    --------
    >>> paths = fetch("flags")
    >>> paths["all"].name
    'flags.csv'
    """
    entry = catalog_entry(name)
    return {
        role: _obtain(entry, file, progress) for role, file in entry.files(part).items()
    }


def _obtain(entry: CatalogEntry, file: DataFile, progress: bool | None) -> Path:
    """Return a path that holds the file, from the nearest place that has it."""
    *preferred, last = file.candidates()
    for path in preferred:
        if path.is_file():
            _check_local_copy(entry, file, path)
            return path
    if not file.bundled and not _is_intact(last, file):
        _download(entry, file, last, progress)
    return last


def _check_local_copy(entry: CatalogEntry, file: DataFile, path: Path) -> None:
    got = _sha256(path)
    if got == file.sha256:
        return
    msg = (
        f"The file {path} (folder MLKIT_DATA) is not {file.path} of the data set "
        f"'{entry.name}': {_expected_and_got(file, path, got)}. Remove it, replace it "
        f"with {file.url}, or read it as it is: mlkit.read({str(path)!r})."
    )
    raise HashMismatchError(msg)


def _is_intact(path: Path, file: DataFile) -> bool:
    return path.is_file() and _sha256(path) == file.sha256


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _expected_and_got(file: DataFile, path: Path, got: str) -> str:
    return (
        f"expected SHA-256 {file.sha256} ({file.size} bytes), "
        f"got {got} ({path.stat().st_size} bytes)"
    )


def _download(
    entry: CatalogEntry, file: DataFile, target: Path, progress: bool | None
) -> None:
    """Download one file to the cache, or leave the cache as it was."""
    # Here and below: what serves the network takes longer to import than a cached file
    # takes to read, so it is imported only when there is something to download.
    import requests

    url = _download_url(file)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with _partial_file(target) as partial:
            _stream_with_retries(url, partial, file.size, progress)
            _check_download(entry, file, url, partial)
            _move_into_place(partial, target, file)
    except requests.RequestException as err:
        cause = _describe_failure(err, url)
        raise DownloadError(_failure_message(entry, file, url, cause)) from err
    except DownloadError:
        raise
    except OSError as err:
        cause = (
            f"the cache folder cannot be written ({err}). Choose another one with the "
            "environment variable MLKIT_CACHE"
        )
        raise DownloadError(_failure_message(entry, file, url, cause)) from err


def _download_url(file: DataFile) -> str:
    mirror = os.environ.get("MLKIT_BASE_URL")
    return f"{mirror.rstrip('/')}/{file.path}" if mirror else str(file.url)


@contextmanager
def _partial_file(target: Path) -> Iterator[Path]:
    """Name a file of our own beside the target, and remove it in the end."""
    # In the same folder, since only there a replacement is one step. Not through
    # tempfile: its files can be read by their owner only, also after the replacement,
    # and a cache may serve a whole class.
    _remove_abandoned(target)
    partial = target.with_name(f".{target.name}.{uuid.uuid4().hex}.part")
    try:
        yield partial
    finally:
        partial.unlink(missing_ok=True)


def _remove_abandoned(target: Path) -> None:
    """Remove partial files that no process has written to for a day: it was killed."""
    for partial in target.parent.glob(f".{target.name}.*.part"):
        # Another process may finish with its file between these lines.
        with suppress(FileNotFoundError):
            if time.time() - partial.stat().st_mtime > _ABANDONED:
                partial.unlink()


def _stream_with_retries(
    url: str, partial: Path, size: int, progress: bool | None
) -> None:
    import requests

    for pause in _PAUSES:
        try:
            return _stream(url, partial, size, progress)
        except requests.RequestException as err:
            if not _is_transient(err):
                raise
            _LOGGER.info("%s: %s; trying again in %g s", url, err, pause)
            time.sleep(pause)
    return _stream(url, partial, size, progress)


def _stream(url: str, partial: Path, size: int, progress: bool | None) -> None:
    """Write what the server sends to the partial file, from its beginning."""
    import pooch
    import requests

    _LOGGER.info("downloading %s", url)
    name = url.rpartition("/")[2]
    with progress_bar(total=size, what=name, shown=progress, unit="B") as bar:
        # pooch would retry a 404 or a wrong file too, and its retries cannot tell them
        # from a cut connection: of pooch we take the transfer, the rest is here.
        download = pooch.HTTPDownloader(
            progressbar=bar, chunk_size=1 << 16, timeout=_TIMEOUT
        )
        try:
            download(url, str(partial), None)
        except requests.HTTPError as err:
            # pooch leaves the answer open, and so the socket until garbage collection.
            if err.response is not None:
                err.response.close()
            raise


def _is_transient(err: Exception) -> bool:
    """Tell failures that may pass within seconds from those that will not."""
    import requests

    if isinstance(err, requests.HTTPError):
        status = err.response.status_code if err.response is not None else 0
        return status == 429 or status >= 500
    if isinstance(err, requests.ConnectTimeout) or _never_connected(err):
        return False  # offline, or a wrong address: waiting only delays the message
    kinds = (
        requests.ConnectionError,
        requests.Timeout,
        requests.exceptions.ChunkedEncodingError,
    )
    return isinstance(err, kinds)


def _never_connected(err: Exception) -> bool:
    # requests hands on MaxRetryError for what failed before there was a connection, and
    # ProtocolError for what broke afterwards. Both are urllib3's, compared by name so
    # that a package which we do not depend on need not be imported.
    return bool(err.args) and type(err.args[0]).__name__ == "MaxRetryError"


def _describe_failure(err: Exception, url: str) -> str:
    """Say in words what went wrong on the way."""
    import requests

    attempts = f" (tried {len(_PAUSES) + 1} times)" if _is_transient(err) else ""
    host = url.partition("//")[2].partition("/")[0]
    if isinstance(err, requests.HTTPError):
        answer = str(err).partition(" for url")[0]
        return f"the server answered {answer}{attempts}"
    if isinstance(err, requests.Timeout):
        return f"{host} did not answer in time{attempts}"
    if _never_connected(err):
        reason = getattr(err.args[0], "reason", err)
        if type(reason).__name__ == "NameResolutionError":
            return f"the name {host} cannot be resolved: this machine seems offline"
        return f"no connection to {host} ({type(reason).__name__})"
    if attempts:
        return f"the connection broke before the end of the file{attempts}"
    return str(err)


def _check_download(
    entry: CatalogEntry, file: DataFile, url: str, partial: Path
) -> None:
    got = _sha256(partial)
    if got == file.sha256:
        return
    cause = (
        f"the server sent another file: {_expected_and_got(file, partial, got)}; "
        "a proxy or a log-in page may have answered in its place"
    )
    raise HashMismatchError(_failure_message(entry, file, url, cause))


def _move_into_place(partial: Path, target: Path, file: DataFile) -> None:
    try:
        os.replace(partial, target)
    except PermissionError:
        # Windows refuses while another process reads the file that it fetched itself;
        # that one is as good as ours.
        if not _is_intact(target, file):
            raise


def _failure_message(entry: CatalogEntry, file: DataFile, url: str, cause: str) -> str:
    folder = override_folder()
    place = f"in {folder}" if folder else "in a folder named by MLKIT_DATA"
    return (
        f"Cannot download {file.path} of the data set '{entry.name}' from {url}: "
        f"{cause}. Nothing was kept in the cache ({cache_folder()}). Without a network "
        f"put the file {place} as {file.path}, or work with a set that ships with the "
        "kit: load('flags')."
    )
