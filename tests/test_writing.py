"""Files are written in one step."""

from __future__ import annotations

import os
import stat

import pytest

from mlkit.writing import atomic_file, write_atomically


def test_content_and_folders_are_made(tmp_path):
    path = write_atomically(tmp_path / "a" / "b.txt", b"new")

    assert path.read_bytes() == b"new"


def test_an_older_file_is_replaced_and_nothing_else_left(tmp_path):
    target = tmp_path / "a.txt"
    target.write_bytes(b"old")

    write_atomically(target, b"new")

    assert target.read_bytes() == b"new"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.txt"]


def test_a_failure_keeps_the_old_file_and_leaves_no_other(tmp_path, monkeypatch):
    target = tmp_path / "a.txt"
    target.write_bytes(b"old")

    def fail(*_):
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        write_atomically(target, b"new")

    assert target.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.txt"]


def test_the_file_has_the_rights_of_any_new_file(tmp_path):
    (tmp_path / "plain").touch()

    path = write_atomically(tmp_path / "a.txt", b"x")

    rights = stat.S_IMODE(path.stat().st_mode)
    assert rights == stat.S_IMODE((tmp_path / "plain").stat().st_mode)


def test_pieces_take_the_place_of_the_file_at_the_end(tmp_path):
    target = tmp_path / "folder" / "a.txt"
    with atomic_file(target) as temporary:
        with temporary.open("w") as stream:
            stream.write("one ")
            stream.write("two")
        assert not target.exists()

    assert target.read_text() == "one two"
    assert [entry.name for entry in target.parent.iterdir()] == ["a.txt"]


def test_an_error_between_pieces_keeps_the_old_file(tmp_path):
    target = tmp_path / "a.txt"
    target.write_text("old")

    def write_half():
        with atomic_file(target) as temporary:
            temporary.write_text("half")
            raise RuntimeError("stopped")

    with pytest.raises(RuntimeError, match="stopped"):
        write_half()

    assert target.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.txt"]
