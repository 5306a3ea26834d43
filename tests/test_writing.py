"""Files are written in one step."""

from __future__ import annotations

import os
import stat

import pytest

from mlkit.writing import write_atomically


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
