"""A small problem, and a way to tamper with a saved model."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

import mlkit
from mlkit.dataset import MultiLabelDataset
from mlkit.models import make
from mlkit.persistence import save

from .cases import read_members, write_members


@pytest.fixture(scope="session")
def flags() -> MultiLabelDataset:
    """40 rows of the flags: numbers and categories, seven labels with names."""
    return mlkit.load("flags")[:40]


@pytest.fixture(scope="session")
def model(flags) -> Any:
    return make("br-lr", random_state=0).fit(*flags.as_xy())


@pytest.fixture
def saved(model, tmp_path) -> Path:
    return save(model, tmp_path / "model.zip")


@pytest.fixture
def tamper(saved) -> Callable[..., Path]:
    """Change members of a saved model (None: remove), and its card to go with it."""

    def change(members: Mapping[str, bytes | None] | None = None, **card: Any) -> Path:
        new: dict[str, Any] = read_members(saved) | dict(members or {})
        new = {name: content for name, content in new.items() if content is not None}
        facts = json.loads(new["card.json"])
        for name in set(facts["files"]) & set(new):
            facts["files"][name] = {
                "sha256": sha256(new[name]).hexdigest(),
                "bytes": len(new[name]),
            }
        new["card.json"] = json.dumps(facts | card).encode()
        return write_members(saved, new)

    return change
