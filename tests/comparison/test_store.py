"""Records on disk: found again as they were, or not at all."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mlkit.comparison.store import DamagedRecord, RecordStore

KEY = "0f" * 32
RECORD = {
    "n_train": 10,
    "micro_f1": 0.1 + 0.2,
    "log_loss": math.inf,
    "warnings": "überrascht | 寂しい",
    "error": "",
}


@pytest.fixture
def store(tmp_path: Path) -> RecordStore:
    return RecordStore(tmp_path / "new" / "folder")


def only_file(store: RecordStore) -> Path:
    (file,) = store.folder.rglob("*.json")
    return file


def test_what_was_kept_is_found(store: RecordStore) -> None:
    assert store.find(KEY, []) is None
    store.keep(KEY, RECORD)
    assert store.find(KEY, ["micro_f1", "error"]) == RECORD
    assert store.find("ab" * 32, []) is None


def test_numbers_of_numpy_and_gaps(store: RecordStore) -> None:
    store.keep(KEY, {"n": np.int64(3), "x": np.float64(0.1), "gap": np.nan})
    found = store.find(KEY, [])
    assert found is not None
    assert (found["n"], found["x"]) == (3, 0.1)
    assert math.isnan(found["gap"])


def test_a_record_that_lacks_a_metric_does_not_count(store: RecordStore) -> None:
    store.keep(KEY, RECORD)
    assert store.find(KEY, ["macro_f1"]) is None
    # Both are true of the same predictions.
    store.keep(KEY, {"macro_f1": 0.5, "error": "", "warnings": ""})
    found = store.find(KEY, ["macro_f1", "micro_f1"])
    assert found == {**RECORD, "macro_f1": 0.5, "warnings": ""}


@pytest.mark.parametrize("first_fails", [True, False])
def test_a_failure_and_a_success_do_not_mix(
    store: RecordStore, first_fails: bool
) -> None:
    failed = {"macro_f1": math.nan, "error": "MemoryError: "}
    records = [failed, RECORD] if first_fails else [RECORD, failed]
    for record in records:
        store.keep(KEY, record)
    found = store.find(KEY, [])
    assert found is not None
    assert found.keys() == records[1].keys()


def test_nothing_is_left_beside_the_file(store: RecordStore) -> None:
    for _ in range(3):
        store.keep(KEY, RECORD)
    names = [path.name for path in store.folder.rglob("*") if path.is_file()]
    assert names == [f"{KEY}.json"]


def truncated(content: bytes) -> bytes:
    return content[:-20]


def changed(content: bytes) -> bytes:
    return content.replace(b"10", b"11")


def of_another_key(content: bytes) -> bytes:
    outer = json.loads(content)
    return json.dumps({**outer, "key": "ab" * 32}).encode()


def no_record(content: bytes) -> bytes:
    return b'{"format": 1}'


@pytest.mark.parametrize(
    "damage",
    [truncated, changed, of_another_key, no_record, bytes.upper, lambda _: b"\xff\x00"],
)
def test_damage_is_noticed_and_set_aside(store: RecordStore, damage: Any) -> None:
    store.keep(KEY, RECORD)
    file = only_file(store)
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(DamagedRecord):
        store.find(KEY, [])
    aside = store.set_aside(KEY)
    assert aside.exists()
    assert aside.suffix == ".damaged"
    assert store.find(KEY, []) is None
    store.keep(KEY, RECORD)
    assert store.find(KEY, []) == RECORD


def test_a_damaged_record_is_replaced(store: RecordStore) -> None:
    store.keep(KEY, RECORD)
    only_file(store).write_bytes(b"{")
    store.keep(KEY, RECORD)
    assert store.find(KEY, []) == RECORD
