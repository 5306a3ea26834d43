"""What must hold of every explorer, whatever it shows."""

from __future__ import annotations

import gc
import html
import re
from collections.abc import Callable

import matplotlib.pyplot as plt
import pytest
from matplotlib.figure import Figure

from mlkit import widgets
from mlkit.widgets.base import Explorer
from mlkit.widgets.driving import accessible_name, controls_of, moves

# Each as it comes, without arguments: an example of its own.
EXPLORERS = [
    getattr(widgets, name)
    for name in widgets.__all__
    if isinstance(getattr(widgets, name), type)
    and issubclass(getattr(widgets, name), Explorer)
    and getattr(widgets, name) is not Explorer
]

pytestmark = pytest.mark.parametrize("make", EXPLORERS, ids=lambda kind: kind.__name__)


def _status(explorer: Explorer) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", explorer.view.children[-1].value))


def _content(explorer: Explorer) -> str:
    return explorer.view.children[-2].value


def test_all_explorers_are_here(make: Callable[[], Explorer]) -> None:
    assert len(EXPLORERS) == 13


def test_every_control_can_be_moved(make: Callable[[], Explorer]) -> None:
    explorer = make()
    moved = 0
    for name, act in moves(explorer, n=4):
        before = explorer.frames
        act()
        # One move draws once at most, whatever else it changes.
        assert explorer.frames <= before + 1, name
        assert _status(explorer) == explorer.sentence()
        moved += explorer.frames - before
    assert moved >= 4
    assert plt.get_fignums() == []


def test_every_control_has_a_name(make: Callable[[], Explorer]) -> None:
    names = [accessible_name(control) for control in controls_of(make())]
    assert all(names)
    # Two sliders of the same name could not be told apart by ear.
    assert len(set(names)) == len(names)


def test_the_picture_is_described(make: Callable[[], Explorer]) -> None:
    explorer = make()
    for image in re.findall(r"<img [^>]*>", _content(explorer)):
        assert re.search(r'alt="[^"]+"', image)
    assert len(explorer.sentence()) > 20


def test_a_saved_notebook_shows_something(make: Callable[[], Explorer]) -> None:
    bundle = make()._repr_mimebundle_()
    assert bundle.get("image/png") or bundle.get("text/html")
    assert bundle["text/plain"].startswith(make.__name__)


def test_all_controls_can_be_hidden(make: Callable[[], Explorer]) -> None:
    explorer = make(hide=make.control_names)
    assert controls_of(explorer) == []
    # The picture alone is left.
    assert len(explorer.view.children) == 1


def test_presets_are_shown_and_named(make: Callable[[], Explorer]) -> None:
    explorer = make()
    for name in explorer.presets:
        explorer.view.children[0].value = name
        assert explorer.shown_preset() == name
        assert explorer.view.children[0].value == name


def test_no_figure_leaks(make: Callable[[], Explorer]) -> None:
    explorer = make()
    acts = list(moves(explorer, n=4))
    for _, act in acts:
        act()
    gc.collect()
    before = sum(isinstance(thing, Figure) for thing in gc.get_objects())
    for _ in range(3):
        for _, act in acts:
            act()
    gc.collect()
    after = sum(isinstance(thing, Figure) for thing in gc.get_objects())
    assert after <= before + 6
