"""Results that are made once."""

from __future__ import annotations

import pytest

from mlkit.widgets.kept import Kept


def test_a_result_is_made_once() -> None:
    made: list[str] = []

    def make() -> str:
        made.append("a")
        return "A"

    kept = Kept(2)
    assert [kept.get("a", make), kept.get("b", str), kept.get("a", make)] == [
        "A",
        "",
        "A",
    ]
    assert made == ["a"]


def test_the_least_lately_used_is_forgotten() -> None:
    kept = Kept(2)
    for key in ("a", "b", "a", "c"):
        kept.get(key, key.upper)
    assert kept.values() == ["A", "C"]
    assert len(kept) == 2
    assert kept.get("b", lambda: "anew") == "anew"


def test_nothing_is_kept_of_a_failure() -> None:
    kept = Kept(1)
    with pytest.raises(ZeroDivisionError, match="zero"):
        kept.get("a", lambda: divmod(1, 0))
    assert len(kept) == 0
