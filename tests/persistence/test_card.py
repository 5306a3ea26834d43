"""The card as JSON and back."""

from __future__ import annotations

import json
import math
from dataclasses import FrozenInstanceError, fields

import pytest

from mlkit.exceptions import ModelFileError
from mlkit.persistence.card import ModelCard, card_from_json, card_to_json

CARD = ModelCard(
    format_version=1,
    created="2025-01-02T03:04:05+00:00",
    model="a.B",
    parameters={"C": "1.0"},
    n_labels=2,
    label_names=("寂しい", 'a "b"'),
    n_features=3,
    feature_names=None,
    thresholds={"寂しい": 0.1 + 0.2, 'a "b"': math.inf},
    data={"name": "x", "shape": {"rows": 1}, "source": None, "fingerprint": "f" * 64},
    metrics={"f1": math.nan, "worst": -math.inf, "loss": 1e-300},
    notes="line\nline \udc80",
    versions={"python": "3.11"},
    networks=("network-0.keras",),
    needs_trust=("a.B",),
    files={"model.skops": {"sha256": "0" * 64, "bytes": 7}},
)


def test_round_trip():
    back = card_from_json(card_to_json(CARD))

    for each in fields(ModelCard):
        if each.name != "metrics":
            assert getattr(back, each.name) == getattr(CARD, each.name), each.name
    assert math.isnan(back.metrics["f1"])
    assert back.metrics["worst"] == -math.inf
    assert back.metrics["loss"] == 1e-300


def test_it_is_plain_json_in_a_stable_order():
    def refuse(constant):
        raise AssertionError(constant)

    text = card_to_json(CARD).decode("utf-8")
    found = json.loads(text, parse_constant=refuse)

    assert list(found) == [each.name for each in fields(ModelCard)]
    assert found["metrics"] == {"f1": None, "worst": "-inf", "loss": 1e-300}
    assert found["thresholds"]['a "b"'] == "+inf"
    assert '  "label_names": [\n    "寂しい",' in text
    assert text.endswith("}\n")
    assert card_to_json(CARD) == card_to_json(card_from_json(text.encode()))


def test_a_card_cannot_be_changed():
    with pytest.raises(FrozenInstanceError, match="notes"):
        CARD.notes = "other"


def changed(**content):
    found = json.loads(card_to_json(CARD))
    return json.dumps(found | content).encode()


def test_keys_of_later_versions_of_a_format_are_passed_over():
    assert card_from_json(changed(colour="red")).model == "a.B"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "card.json is no JSON"),
        (b"\xff\xfe", "card.json is no JSON"),
        (b'{"format_version": 1', "card.json is no JSON"),
        (b"[" * 10**5, "card.json is no JSON"),
        (b"[1]", "must hold an object, got list"),
        (b"{}", "no format_version of 1 or more, got None"),
        (b'{"format_version": "1"}', "no format_version of 1 or more, got '1'"),
        (b'{"format_version": true}', "no format_version"),
        (b'{"format_version": 0}', "no format_version"),
        (
            b'{"format_version": 2}',
            "saved in format 2, and .* up to 1. Install a newer",
        ),
        (b'{"format_version": 1}', "card.json lacks created, model, parameters"),
        (changed(model=3), "has a model that cannot be: '3'"),
        (changed(label_names="ab"), "has a label_names that cannot be: 'ab'"),
        (changed(label_names=["a", 1]), "label_names"),
        (changed(n_labels=1.5), "n_labels"),
        (changed(n_features=True), "n_features"),
        (changed(metrics={"f1": "good"}), "metrics"),
        (changed(metrics=None), "metrics"),
        (changed(thresholds=[1]), "thresholds"),
        (changed(data=[1]), "data"),
        (changed(files={"model.skops": "abc"}), "files"),
        (changed(files={"model.skops": {"sha256": "abc"}}), "files"),
        (changed(files={"model.skops": {"sha256": 1, "bytes": 1}}), "files"),
        (changed(networks=None), "networks"),
        (changed(versions={"python": 3.11}), "versions"),
    ],
)
def test_what_is_no_card(content, message):
    with pytest.raises(ModelFileError, match=message):
        card_from_json(content)
