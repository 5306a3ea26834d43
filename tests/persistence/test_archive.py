"""Zips and folders: whole or not at all, and nothing read that is not listed."""

from __future__ import annotations

import os
import stat
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from mlkit.exceptions import ModelFileError
from mlkit.persistence import archive as room
from mlkit.persistence.archive import Archive, check_expansion, file_facts, new_place
from mlkit.persistence.card import ModelCard, card_to_json

FILES = {"model.skops": b"the model", "network-0.keras": b"a network"}
CARD = ModelCard(
    format_version=1,
    created="now",
    model="a.B",
    networks=("network-0.keras",),
    files=file_facts(FILES),
)
MEMBERS = {"card.json": card_to_json(CARD), **FILES}


@pytest.fixture(params=["model.zip", "model"])
def place(request, tmp_path) -> Path:
    return tmp_path / "a" / request.param


def put(path: Path, members: dict[str, bytes] = MEMBERS, **options) -> Path:
    with new_place(path, overwrite=options.get("overwrite", False)) as archive:
        archive.write(members)
    return path


def test_what_was_written_is_read(place):
    archive = Archive(put(place))
    card = archive.read_card()

    assert card.files == CARD.files
    assert archive.read(card) == FILES
    assert os.listdir(place.parent) == [place.name]
    assert place.is_dir() == (place.suffix != ".zip")


def test_the_end_of_the_name_decides_in_capitals_too(tmp_path):
    assert zipfile.is_zipfile(put(tmp_path / "model.ZIP"))
    assert put(tmp_path / "model.skops").is_dir()


def test_rights_are_those_of_any_new_file_or_folder(tmp_path):
    (tmp_path / "plain").mkdir()
    (tmp_path / "file").touch()

    folder, packed = put(tmp_path / "model"), put(tmp_path / "model.zip")

    def rights(path):
        return stat.S_IMODE(path.stat().st_mode)

    assert rights(folder) == rights(tmp_path / "plain")
    assert rights(packed) == rights(tmp_path / "file")
    assert rights(folder / "card.json") == rights(tmp_path / "file")


def test_what_is_there_stays_unless_it_may_be_replaced(place):
    put(place)
    other = {**MEMBERS, "model.skops": b"other"}

    with pytest.raises(FileExistsError, match=r"exists\. Save under another name, or"):
        put(place, other)
    assert Archive(place).read(CARD) == FILES

    put(place, other, overwrite=True)
    assert Archive(place)._content("model.skops") == b"other"
    assert os.listdir(place.parent) == [place.name]


def test_a_failure_on_the_way_leaves_what_was_there(place):
    put(place)

    def fail():
        with new_place(place, overwrite=True) as archive:
            archive.write({"card.json": b"half"})
            raise RuntimeError("stopped")

    with pytest.raises(RuntimeError, match="stopped"):
        fail()
    assert Archive(place).read(CARD) == FILES
    assert os.listdir(place.parent) == [place.name]


def test_a_failure_without_anything_there_leaves_nothing(place):
    def fail():
        with new_place(place, overwrite=False) as archive:
            archive.write(MEMBERS)
            raise RuntimeError("stopped")

    with pytest.raises(RuntimeError, match="stopped"):
        fail()
    assert os.listdir(place.parent) == []


def test_a_folder_comes_back_where_the_new_one_cannot_be_put(tmp_path, monkeypatch):
    folder = put(tmp_path / "model")
    rename = Path.rename

    def fail_for_the_new(self, target):
        if self.name == "new":
            raise OSError("disk full")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail_for_the_new)
    with pytest.raises(OSError, match="disk full"):
        put(folder, overwrite=True)

    assert Archive(folder).read(CARD) == FILES
    assert os.listdir(tmp_path) == ["model"]


def test_a_folder_with_other_things_is_not_replaced(tmp_path):
    folder = put(tmp_path / "results")
    (folder / "thesis.tex").write_text("years of work")

    with pytest.raises(FileExistsError, match=r"also holds 'thesis\.tex', and"):
        put(folder, overwrite=True)
    assert (folder / "thesis.tex").read_text() == "years of work"


def test_kinds_are_not_exchanged(tmp_path):
    (tmp_path / "model.zip").mkdir()
    (tmp_path / "model").touch()

    with pytest.raises(
        FileExistsError, match="is a folder, and the model would be a z"
    ):
        put(tmp_path / "model.zip", overwrite=True)
    with pytest.raises(
        FileExistsError, match="is a file, and the model would be a fol"
    ):
        put(tmp_path / "model", overwrite=True)


def test_files_of_the_system_in_a_folder_are_not_read(tmp_path):
    folder = put(tmp_path / "model")
    (folder / ".DS_Store").write_bytes(b"colours")

    assert Archive(folder).read(CARD) == FILES


def without(name: str) -> dict[str, bytes]:
    return {key: content for key, content in MEMBERS.items() if key != name}


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (without("card.json"), "holds no card.json. It is no saved model"),
        (without("model.skops"), r"holds no model\.skops"),
        (without("network-0.keras"), r"holds no network-0\.keras"),
        (
            {**MEMBERS, "model.skops": b"the MODEL"},
            r"model\.skops is not what was saved: its SHA-256 is .*Get the file anew",
        ),
        ({**MEMBERS, "model.skops": b"short"}, "has 5 bytes, and should have 9"),
    ],
)
def test_damaged_archives(members, message, place):
    archive = Archive(put(place, members))

    with pytest.raises(ModelFileError, match=message) as caught:
        archive.read(archive.read_card())
    assert str(caught.value).startswith(f"{place}: ")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("extra.pkl", r"holds 'extra\.pkl', which card\.json does not list"),
        ("network-1.keras", "which card.json does not list"),
        ("sub/model.skops", "which card.json does not list"),
        ("sub/", "which card.json does not list"),
        ("../out", "a path that leads out of the file. It is forged"),
        ("a/../../out", "a path that leads out"),
        (r"..\out", "a path that leads out"),
        ("/etc/passwd", "a path that leads out"),
        (r"\\server\x", "a path that leads out"),
        ("C:/out", "a path that leads out"),
    ],
)
def test_members_that_do_not_belong(name, message, tmp_path):
    path = put(tmp_path / "model.zip", {**MEMBERS, name: b"x"})

    with pytest.raises(ModelFileError, match=message):
        Archive(path).read(CARD)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_member_twice(tmp_path):
    path = put(tmp_path / "model.zip")
    with zipfile.ZipFile(path, "a") as packed:
        packed.writestr("model.skops", b"another")

    with pytest.raises(ModelFileError, match=r"holds 'model\.skops' more than once"):
        Archive(path).read_card()


@pytest.mark.parametrize(
    ("networks", "names"),
    [
        ((), ["model.skops", "network-0.keras"]),
        ((), []),
        (("network-0.keras",), ["network-0.keras"]),
        (("a.keras",), ["model.skops", "a.keras"]),
        (("../network-0.keras",), ["model.skops", "../network-0.keras"]),
        (("card.json",), ["model.skops", "card.json"]),
    ],
)
def test_cards_that_list_other_files(networks, names, tmp_path):
    facts = {"sha256": "0" * 64, "bytes": 1}
    card = replace(CARD, networks=networks, files=dict.fromkeys(names, facts))

    with pytest.raises(ModelFileError, match=r"card\.json lists the files .*expected"):
        Archive(put(tmp_path / "model.zip")).read(card)


@pytest.mark.parametrize("cut", [0, 1, 30, 200, -40, -1])
def test_zips_that_were_cut_off(cut, tmp_path):
    path = put(tmp_path / "model.zip")
    path.write_bytes(path.read_bytes()[:cut])

    with pytest.raises(ModelFileError, match="It is no zip, or one that was cut off"):
        Archive(path).read(Archive(path).read_card())


def test_every_changed_byte_is_noticed(tmp_path):
    path = put(tmp_path / "model.zip")
    whole = path.read_bytes()
    start = whole.index(b"the model")

    for position in range(start, start + 9):
        path.write_bytes(whole[:position] + b"?" + whole[position + 1 :])
        with pytest.raises(ModelFileError, match="damaged|SHA-256"):
            Archive(path).read(CARD)


def test_other_files_are_no_zips(tmp_path):
    path = tmp_path / "model.zip"
    path.write_text("a text")

    with pytest.raises(
        ModelFileError, match=rf"{path.name}: It is no zip, or one that"
    ):
        Archive(path).read_card()


def test_a_zip_that_asks_for_a_password(tmp_path):
    path = put(tmp_path / "model.zip")
    content = bytearray(path.read_bytes())
    # The lowest bit of the flags, in the directory and before each member.
    for signature, flags in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        place = content.index(signature)
        content[place + flags] |= 1
    path.write_bytes(content)

    with pytest.raises(ModelFileError, match=r"no zip, or one .*password"):
        Archive(path).read_card()


def test_a_zip_that_was_packed_again_is_read(tmp_path):
    path = tmp_path / "model.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in MEMBERS.items():
            packed.writestr(name, content)

    assert Archive(path).read(CARD) == FILES


def test_bombs_are_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(room, "_ALWAYS_ALLOWED", 1000)
    path = tmp_path / "model.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("card.json", b" " * 10**7)

    with pytest.raises(ModelFileError, match="unpacks to 10,000,000, which no model"):
        Archive(path).read_card()


def test_what_models_expand_to_is_let_pass(monkeypatch):
    member = zipfile.ZipInfo("a")
    member.file_size = 64 * 2**20
    check_expansion([member], 1)
    member.file_size = 200 * 10**6
    check_expansion([member], 10**6)
    with pytest.raises(ModelFileError, match="It has 1 bytes"):
        check_expansion([member, member], 1)


def test_endless_cards_are_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(room, "_LARGEST_CARD", 10)

    with pytest.raises(ModelFileError, match="and no card is so long"):
        Archive(put(tmp_path / "model")).read_card()
