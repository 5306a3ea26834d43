"""Checks of traits: what, expected, got."""

from __future__ import annotations

from typing import Any

import pytest
from traitlets import Any as AnyTrait
from traitlets import HasTraits, TraitError, validate

from mlkit.exceptions import UnknownNameError
from mlkit.widgets.checks import check_names_fit, check_preset, in_range, one_of


class _State(HasTraits):
    share = AnyTrait(0.5)
    seed = AnyTrait(0)
    rule = AnyTrait("micro")
    order = AnyTrait(1)

    @validate("share")
    def _check_share(self, proposal: Any) -> Any:
        return in_range(proposal, 0.05, 0.5, note="of the rows")

    @validate("seed")
    def _check_seed(self, proposal: Any) -> Any:
        return in_range(proposal, 0, 2**31 - 1)

    @validate("rule")
    def _check_rule(self, proposal: Any) -> Any:
        return one_of(proposal, {"micro": 1, "macro": 2})

    @validate("order")
    def _check_order(self, proposal: Any) -> Any:
        return one_of(proposal, (1, 2))


@pytest.mark.parametrize(
    ("trait", "value", "message"),
    [
        ("share", 0.9, r"^share must lie in \[0.05, 0.5\], of the rows; got 0.9\.$"),
        ("share", float("nan"), "got nan"),
        ("seed", -1, r"^seed must lie in \[0, 2147483647\]; got -1\.$"),
        (
            "rule",
            "macros",
            "^Unknown rule 'macros'. Did you mean 'macro'. Known: 'm",
        ),
        ("order", 3, r"^order must be one of 1, 2; got 3\.$"),
    ],
)
def test_what_is_refused(trait: str, value: Any, message: str) -> None:
    state = _State()
    before = getattr(state, trait)
    with pytest.raises(TraitError, match=message):
        setattr(state, trait, value)
    assert getattr(state, trait) == before


@pytest.mark.parametrize(
    ("trait", "value"),
    [("share", 0.05), ("share", 0.5), ("rule", "macro"), ("order", 2)],
)
def test_ends_and_members_are_taken(trait: str, value: Any) -> None:
    assert getattr(_State(**{trait: value}), trait) == value


def test_presets() -> None:
    check_preset("toy explorer", None, ["low"])
    check_preset("toy explorer", "low", ["low"])
    with pytest.raises(UnknownNameError, match="preset of the toy explorer 'lo'. Did"):
        check_preset("toy explorer", "lo", ["low"])


def test_names() -> None:
    check_names_fit(["a", "b"], 2)
    with pytest.raises(TraitError, match="Expected 3 label names"):
        check_names_fit(["a", "b"], 3)
