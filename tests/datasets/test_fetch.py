"""Downloads against a real server on this machine, in good and in bad moods."""

from __future__ import annotations

import hashlib
import importlib
import os
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pooch
import pytest

from mlkit.datasets import CatalogEntry, DataFile, fetch
from mlkit.exceptions import DownloadError, HashMismatchError, UnknownNameError

# The package exports functions that have the names of these modules.
fetch_module = importlib.import_module("mlkit.datasets.fetch")
catalog_module = importlib.import_module("mlkit.datasets.catalog")

BODIES = {
    "toy/toy.arff": b"@relation toy\n" + b"% padding\n" * 30_000,
    "toy/toy-train.arff": b"@relation train\n",
    "toy/toy-test.arff": b"@relation test\n",
    "toy/toy.xml": b"<labels/>\n",
}
ARFF = "toy/toy.arff"


def data_file(path: str) -> DataFile:
    return DataFile(path, hashlib.sha256(BODIES[path]).hexdigest(), len(BODIES[path]))


TOY = CatalogEntry(
    name="toy",
    title="A set of the tests",
    domain="none",
    n_samples=1,
    n_features=1,
    n_labels=2,
    n_assigned=1,
    licence="none",
    citation="none",
    undivided=data_file(ARFF),
    train=data_file("toy/toy-train.arff"),
    test=data_file("toy/toy-test.arff"),
    labels=data_file("toy/toy.xml"),
)


class MoodyServer(ThreadingHTTPServer):
    """Serves `BODIES`; `moods` says how to answer the next requests of a path."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.moods: dict[str, list[Callable[[Handler, bytes], None]]] = {}
        self.hits: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Keep broken pipes, which some tests cause on purpose, off the screen."""


class Handler(BaseHTTPRequestHandler):
    server: MoodyServer

    def do_GET(self) -> None:
        path = self.path.lstrip("/")
        self.server.hits.append(path)
        moods = self.server.moods.get(path, [])
        # The last mood stays.
        mood = moods.pop(0) if len(moods) > 1 else (moods or [good])[0]
        mood(self, BODIES[path])

    def send_head(self, status: int, length: int | None) -> None:
        self.send_response(status)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


def good(handler: Handler, body: bytes) -> None:
    handler.send_head(200, len(body))
    handler.wfile.write(body)


def wrong_bytes(handler: Handler, body: bytes) -> None:
    good(handler, b"X" * len(body))


def truncated(handler: Handler, body: bytes) -> None:
    handler.send_head(200, len(body))
    handler.wfile.write(body[: len(body) // 2])


def short_without_length(handler: Handler, body: bytes) -> None:
    # HTTP/1.0 allows it: nothing but the checksum can tell that half is missing.
    handler.send_head(200, None)
    handler.wfile.write(body[: len(body) // 2])


def cut(handler: Handler, body: bytes) -> None:
    handler.send_head(200, len(body))
    handler.wfile.write(body[: len(body) // 2])
    handler.wfile.flush()
    # Lingering for zero seconds makes close() send a reset, as a crash does; the socket
    # is closed in truth only when nothing reads from it any more.
    handler.connection.setsockopt(
        socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
    )
    handler.rfile.close()
    handler.connection.close()


def answers(status: int) -> Callable[[Handler, bytes], None]:
    def mood(handler: Handler, body: bytes) -> None:
        handler.send_head(status, 0)

    return mood


def falls_silent(handler: Handler, body: bytes) -> None:
    handler.send_head(200, len(body))
    handler.wfile.write(body[:10])
    handler.wfile.flush()
    time.sleep(0.6)


def says_nothing(handler: Handler, body: bytes) -> None:
    time.sleep(0.6)


@pytest.fixture
def server() -> Iterator[MoodyServer]:
    running = MoodyServer()
    thread = threading.Thread(target=running.serve_forever, args=(0.01,))
    thread.start()
    yield running
    running.shutdown()
    running.server_close()
    thread.join()


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: MoodyServer) -> Path:
    """An empty cache, a catalog with the toy set, the server as mirror, no pauses."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("MLKIT_CACHE", str(folder))
    monkeypatch.setenv("MLKIT_BASE_URL", server.url)
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.delenv("MLKIT_DATA", raising=False)
    monkeypatch.setitem(catalog_module._ENTRIES, "toy", TOY)
    monkeypatch.setattr(fetch_module, "_PAUSES", (0.0, 0.0))
    return folder


def files_in(folder: Path) -> list[str]:
    """Everything below a folder, hidden and partial files too."""
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file()
    )


class TestSuccess:
    def test_files_arrive_whole_under_their_published_paths(self, cache: Path) -> None:
        paths = fetch("toy")
        assert paths == {"all": cache / ARFF, "labels": cache / "toy/toy.xml"}
        assert files_in(cache) == [ARFF, "toy/toy.xml"]
        assert paths["all"].read_bytes() == BODIES[ARFF]

    @pytest.mark.parametrize("part", ["train", "test"])
    def test_part_brings_only_its_files(self, cache: Path, part: str) -> None:
        paths = fetch("toy", part)
        assert list(paths) == [part, "labels"]
        assert files_in(cache) == [f"toy/toy-{part}.arff", "toy/toy.xml"]

    def test_cached_file_needs_no_network(
        self, cache: Path, server: MoodyServer
    ) -> None:
        first = fetch("toy")
        n_hits = len(server.hits)
        assert fetch("toy") == first
        assert len(server.hits) == n_hits == 2

    def test_damaged_cached_file_is_replaced(self, cache: Path) -> None:
        path = cache / ARFF
        path.parent.mkdir(parents=True)
        path.write_bytes(BODIES[ARFF][:-1])
        assert fetch("toy")["all"].read_bytes() == BODIES[ARFF]

    @pytest.mark.skipif(os.name == "nt", reason="permissions are POSIX's")
    def test_others_may_read_the_cache_as_the_umask_says(self, cache: Path) -> None:
        ordinary = cache.parent / "ordinary"
        ordinary.touch()
        assert fetch("toy")["all"].stat().st_mode == ordinary.stat().st_mode

    def test_mirror_address_may_end_with_a_slash(
        self, cache: Path, server: MoodyServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("MLKIT_BASE_URL", f"{server.url}/")
        fetch("toy")
        assert server.hits == [ARFF, "toy/toy.xml"]

    def test_without_mirror_the_pinned_address_is_used(
        self, cache: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("MLKIT_BASE_URL")
        url = fetch_module._download_url(TOY.undivided)
        assert url == (
            "https://raw.githubusercontent.com/tsoumakas/mulan/43f6389095ad71984264db4"
            "387a8074b22bc7d4a/data/multi-label/toy/toy.arff"
        )

    def test_bundled_set_touches_neither_network_nor_cache(
        self, cache: Path, server: MoodyServer
    ) -> None:
        assert fetch("flags")["all"].name == "flags.csv"
        assert server.hits == []
        assert not cache.exists()


class TestFailure:
    @pytest.mark.parametrize(
        ("mood", "error", "cause", "n_attempts"),
        [
            (wrong_bytes, HashMismatchError, "sent another file: expected SHA-256", 1),
            (short_without_length, HashMismatchError, r"got \w+ \(150007 bytes\)", 1),
            (truncated, DownloadError, r"connection broke .* \(tried 3 times\)", 3),
            (cut, DownloadError, r"connection broke .* \(tried 3 times\)", 3),
            (
                answers(404),
                DownloadError,
                "the server answered 404 Client Error: Not Found[.]",
                1,
            ),
            (answers(403), DownloadError, "server answered 403", 1),
            (answers(429), DownloadError, r"answered 429 .*\(tried 3 times\)", 3),
            (answers(502), DownloadError, r"answered 502 .*\(tried 3 times\)", 3),
        ],
        ids=lambda value: getattr(value, "__name__", None),
    )
    def test_error_tells_all_and_the_cache_stays_empty(
        self, cache, server, mood, error, cause, n_attempts
    ) -> None:
        server.moods[ARFF] = [mood]
        with pytest.raises(DownloadError, match=cause) as caught:
            fetch("toy")
        assert type(caught.value) is error
        message = str(caught.value)
        for part in ["'toy'", f"{server.url}/{ARFF}", "MLKIT_DATA", "load('flags')"]:
            assert part in message
        assert server.hits == [ARFF] * n_attempts
        assert files_in(cache) == []

    def test_wrong_file_is_told_by_both_checksums(
        self, cache: Path, server: MoodyServer
    ) -> None:
        server.moods[ARFF] = [wrong_bytes]
        got = hashlib.sha256(b"X" * len(BODIES[ARFF])).hexdigest()
        with pytest.raises(HashMismatchError, match=f"{TOY.undivided.sha256}.*{got}"):
            fetch("toy")

    @pytest.mark.parametrize(
        "mood", [truncated, cut, answers(502), answers(429)], ids=lambda m: m.__name__
    )
    def test_passing_failure_is_survived(
        self, cache: Path, server: MoodyServer, mood: Callable
    ) -> None:
        server.moods[ARFF] = [mood, mood, good]
        # The second attempt must not append to what the first one left.
        assert fetch("toy")["all"].read_bytes() == BODIES[ARFF]
        assert files_in(cache) == [ARFF, "toy/toy.xml"]
        assert server.hits.count(ARFF) == 3

    @pytest.mark.parametrize("mood", [falls_silent, says_nothing])
    def test_silent_server_is_given_up(
        self, cache, server, monkeypatch, mood: Callable
    ) -> None:
        monkeypatch.setattr(fetch_module, "_TIMEOUT", (5, 0.1))
        server.moods[ARFF] = [mood]
        with pytest.raises(DownloadError, match="in time|broke before the end"):
            fetch("toy")
        assert files_in(cache) == []

    def test_offline_is_named_and_not_retried(
        self, cache: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked = []

        def no_such_name(*args: object, **kwargs: object) -> None:
            asked.append(args[0])
            raise socket.gaierror(-2, "Name or service not known")

        monkeypatch.setattr(socket, "getaddrinfo", no_such_name)
        monkeypatch.setenv("MLKIT_BASE_URL", "http://mirror.invalid/data")
        with pytest.raises(
            DownloadError, match="'toy' .* mirror.invalid cannot be res"
        ):
            fetch("toy")
        assert asked == ["mirror.invalid"]
        assert files_in(cache) == []

    def test_refused_connection(
        self, cache: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            free = f"127.0.0.1:{probe.getsockname()[1]}"
        monkeypatch.setenv("MLKIT_BASE_URL", f"http://{free}")
        with pytest.raises(DownloadError, match=f"no connection to {free}"):
            fetch("toy")
        assert files_in(cache) == []

    def test_address_of_another_kind(
        self, cache: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("MLKIT_BASE_URL", "gopher://127.0.0.1")
        with pytest.raises(
            DownloadError, match="'toy' from gopher.*No connection adap"
        ):
            fetch("toy")

    def test_failed_repair_leaves_the_cache_as_it_was(
        self, cache: Path, server: MoodyServer
    ) -> None:
        path = cache / ARFF
        path.parent.mkdir(parents=True)
        path.write_bytes(b"damaged")
        server.moods[ARFF] = [answers(404)]
        with pytest.raises(DownloadError, match="404"):
            fetch("toy")
        assert files_in(cache) == [ARFF]
        assert path.read_bytes() == b"damaged"

    def test_cache_that_cannot_be_written(
        self, cache: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cache.write_text("a file where a folder is wanted")
        with pytest.raises(DownloadError, match="cannot be written .*MLKIT_CACHE"):
            fetch("toy")

    def test_interrupted_download_leaves_nothing(
        self, cache: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def interrupted(self: object, url: str, output_file: str, pooch: None) -> None:
            Path(output_file).write_bytes(b"half")
            assert len(files_in(cache)) == 1
            raise KeyboardInterrupt

        monkeypatch.setattr(pooch.HTTPDownloader, "__call__", interrupted)
        with pytest.raises(KeyboardInterrupt):
            fetch("toy")
        assert files_in(cache) == []

    def test_unknown_set_names_the_closest(self, cache: Path) -> None:
        with pytest.raises(
            UnknownNameError, match="'emotion'. Did you mean 'emotions'"
        ):
            fetch("emotion")

    def test_unknown_part(self, cache: Path, server: MoodyServer) -> None:
        with pytest.raises(
            UnknownNameError, match="part 'training'. Did you mean 'train'"
        ):
            fetch("toy", "training")
        assert server.hits == []


class TestLocalCopies:
    @pytest.fixture
    def local(self, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        folder = cache.parent / "local"
        (folder / "toy").mkdir(parents=True)
        monkeypatch.setenv("MLKIT_DATA", str(folder))
        return folder

    def test_right_copy_is_used_with_neither_network_nor_cache(
        self, cache: Path, local: Path, server: MoodyServer
    ) -> None:
        for path, body in BODIES.items():
            (local / path).write_bytes(body)
        assert fetch("toy") == {"all": local / ARFF, "labels": local / "toy/toy.xml"}
        assert server.hits == []
        assert not cache.exists()

    def test_absent_copy_comes_from_the_network(
        self, cache: Path, local: Path, server: MoodyServer
    ) -> None:
        (local / ARFF).write_bytes(BODIES[ARFF])
        assert fetch("toy") == {"all": local / ARFF, "labels": cache / "toy/toy.xml"}
        assert server.hits == ["toy/toy.xml"]

    def test_wrong_copy_is_refused_and_kept(
        self, cache: Path, local: Path, server: MoodyServer
    ) -> None:
        (local / ARFF).write_bytes(b"mine")
        got = hashlib.sha256(b"mine").hexdigest()
        with pytest.raises(HashMismatchError, match=f"got {got} .4 bytes") as caught:
            fetch("toy")
        message = str(caught.value)
        for part in [str(local / ARFF), "'toy'", TOY.undivided.sha256, "Remove it"]:
            assert part in message
        assert (local / ARFF).read_bytes() == b"mine"
        assert server.hits == []

    def test_filled_cache_serves_as_folder_of_copies(
        self, cache: Path, server: MoodyServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fetch("toy")
        monkeypatch.setenv("MLKIT_DATA", str(cache))
        monkeypatch.setenv("MLKIT_CACHE", str(cache.parent / "other"))
        server.hits.clear()
        assert fetch("toy")["all"] == cache / ARFF
        assert server.hits == []

    def test_failure_says_where_a_copy_may_be_put(
        self, cache: Path, local: Path, server: MoodyServer
    ) -> None:
        server.moods[ARFF] = [answers(404)]
        with pytest.raises(DownloadError, match=f"put the file in {local} as {ARFF}"):
            fetch("toy")


class TestAtOnce:
    WORKER = """
import hashlib, importlib
catalog = importlib.import_module("mlkit.datasets.catalog")
facts = {facts!r}
files = {{role: catalog.DataFile(*file) for role, file in facts.items()}}
catalog._ENTRIES["toy"] = catalog.CatalogEntry(
    "toy", "", "", 1, 1, 2, 1, "", "", **files
)
path = importlib.import_module("mlkit.datasets.fetch").fetch("toy")["all"]
print(hashlib.sha256(path.read_bytes()).hexdigest())
"""

    def test_two_processes_both_get_the_file(
        self, cache: Path, server: MoodyServer
    ) -> None:
        both_asked = threading.Barrier(2, timeout=60)

        def slow(handler: Handler, body: bytes) -> None:
            both_asked.wait()
            handler.send_head(200, len(body))
            for start in range(0, len(body), 50_000):
                handler.wfile.write(body[start : start + 50_000])
                time.sleep(0.02)

        server.moods[ARFF] = [slow]
        facts = {
            role: (file.path, file.sha256, file.size)
            for role, file in {"undivided": TOY.undivided, "labels": TOY.labels}.items()
        }
        workers = [
            subprocess.Popen(
                [sys.executable, "-c", self.WORKER.format(facts=facts)],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for _ in range(2)
        ]
        outputs = [worker.communicate(timeout=120) for worker in workers]
        assert outputs == [(f"{TOY.undivided.sha256}\n", "")] * 2
        assert server.hits.count(ARFF) == 2
        assert files_in(cache) == [ARFF, "toy/toy.xml"]

    def test_half_file_never_carries_the_final_name(
        self, cache: Path, server: MoodyServer
    ) -> None:
        during: list[list[str]] = []

        def watched(handler: Handler, body: bytes) -> None:
            handler.send_head(200, len(body))
            handler.wfile.write(body[:200_000])
            handler.wfile.flush()
            time.sleep(0.1)
            during.extend([files_in(cache)])
            handler.wfile.write(body[200_000:])

        server.moods[ARFF] = [watched]
        fetch("toy")
        (names,) = during
        assert len(names) == 1
        assert names[0].startswith("toy/.toy.arff.")
        assert names[0].endswith(".part")

    def test_partial_file_of_a_killed_process_is_removed_after_a_day(
        self, cache: Path
    ) -> None:
        folder = cache / "toy"
        folder.mkdir(parents=True)
        old, young = folder / ".toy.arff.0.part", folder / ".toy.arff.1.part"
        for path in (old, young):
            path.write_bytes(b"half")
        yesterday = time.time() - 25 * 3600
        os.utime(old, (yesterday, yesterday))
        fetch("toy")
        assert not old.exists()
        assert young.exists()

    @pytest.mark.skipif(os.name == "nt", reason="symbolic links need rights there")
    def test_partial_file_that_vanishes_meanwhile(self, cache: Path) -> None:
        # A link to nothing is listed, and gone when it is looked at: so is the partial
        # file of a process that finishes at this moment.
        vanished = cache / "toy" / ".toy.arff.2.part"
        vanished.parent.mkdir(parents=True)
        vanished.symlink_to("nowhere")
        assert fetch("toy")["all"].read_bytes() == BODIES[ARFF]

    @pytest.mark.parametrize("other_is_intact", [True, False])
    def test_target_that_another_process_holds_open(
        self, cache: Path, monkeypatch: pytest.MonkeyPatch, other_is_intact: bool
    ) -> None:
        def refused(source: Path, target: Path) -> None:
            body = Path(source).read_bytes()
            Path(target).write_bytes(body if other_is_intact else b"damaged")
            raise PermissionError(13, "The file is used by another process")

        monkeypatch.setattr(fetch_module.os, "replace", refused)
        if other_is_intact:
            assert fetch("toy")["all"].read_bytes() == BODIES[ARFF]
        else:
            with pytest.raises(DownloadError, match="used by another process"):
                fetch("toy")


class TestProgress:
    def test_shown_on_request(
        self, cache: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        fetch("toy", progress=True)
        assert "toy.arff: 100%" in capsys.readouterr().err

    @pytest.mark.parametrize("progress", [None, False])
    def test_silent_where_no_terminal_looks(
        self, cache: Path, capsys: pytest.CaptureFixture[str], progress: bool | None
    ) -> None:
        fetch("toy", progress=progress)
        assert capsys.readouterr() == ("", "")


@pytest.mark.network
def test_published_address_serves_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLKIT_CACHE", str(tmp_path))
    monkeypatch.delenv("MLKIT_DATA", raising=False)
    monkeypatch.delenv("MLKIT_BASE_URL", raising=False)
    try:
        paths = fetch("flags-mulan")
    except DownloadError as err:
        # A 404 or another checksum is a finding; no way to the server is none.
        if any(text in str(err) for text in ("offline", "no connection", "in time")):
            pytest.skip("the published address cannot be reached: no network")
        raise
    assert [path.name for path in paths.values()] == ["flags.arff", "flags.xml"]
