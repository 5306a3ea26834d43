"""Cards for people."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

from mlkit.persistence.card import ModelCard

from .test_card import CARD

FULL = replace(
    CARD,
    label_names=tuple(f"<l{i}>" for i in range(10)),
    n_labels=10,
    parameters={f"p{i}": "x" * 100 for i in range(14)},
    notes="<script>alert(1)</script>",
    data={"name": "flags", "shape": {"rows": 1234}, "fingerprint": "abcdef" * 10},
)
EMPTY = ModelCard(format_version=1, created="2025", model="a.B")


def test_text():
    lines = repr(FULL).splitlines()

    assert lines[0] == "ModelCard of a.B"
    assert (
        "  labels       10: <l0>, <l1>, <l2>, <l3>, <l4>, <l5>, <l6>, <l7> and 2 more"
        in (lines)
    )
    assert "  features     3" in lines
    assert "  trained on   flags, 1,234 rows, fingerprint abcdefabcdef" in lines
    assert "  needs trust  a.B" in lines
    assert "    f1     -" in lines
    assert "    worst  -inf" in lines
    assert "    and 2 more" in lines
    assert max(map(len, lines)) < 100


def test_main_metrics_come_first():
    values = {f"other_{i}": 0.0 for i in range(20)} | {"micro_f1": 0.5}
    lines = repr(replace(EMPTY, metrics=values)).splitlines()

    place = lines.index("  metrics")
    assert lines[place + 1].split() == ["micro_f1", "0.5"]
    assert lines[place + 13].strip() == "and 9 more"


def test_text_of_a_card_that_says_little():
    assert repr(EMPTY).splitlines()[:4] == [
        "ModelCard of a.B",
        "  saved        2025",
        "  labels       unknown",
        "  features     unknown",
    ]


def test_html_is_whole_and_escaped():
    for card in (FULL, EMPTY):
        html = card._repr_html_()
        ElementTree.fromstring(html)
        assert "<script" not in html
    assert "&lt;l0&gt;" in FULL._repr_html_()


def test_a_forged_card_can_be_shown():
    forged = replace(EMPTY, data={"shape": 3, "fingerprint": None})

    assert "trained on   None, fingerprint None" in repr(forged)
