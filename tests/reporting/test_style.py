import base64
import hashlib
import re

import pytest

from mlkit.reporting.style import SCRIPT, STYLE, script_hash


def _colors(block):
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block))


LIGHT = _colors(STYLE.split("@media screen", 1)[0])
DARK = _colors(STYLE.split("@media screen", 1)[1].split("}\n}", 1)[0])
TEXT_ON_PAPER = [
    (ink, paper) for ink in ("ink", "quiet", "accent") for paper in ("paper", "soft")
] + [(name, f"{name}-paper") for name in ("problem", "warning", "note")]


def _luminance(color):
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [
        p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one, other):
    low, high = sorted([_luminance(one), _luminance(other)])
    return (high + 0.05) / (low + 0.05)


def test_contrast_of_black_and_white_is_21():
    assert round(_contrast("#000000", "#ffffff"), 6) == 21


@pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "paper"), TEXT_ON_PAPER)
def test_all_text_has_enough_contrast(colors, ink, paper):
    assert _contrast(colors[ink], colors[paper]) >= 4.5


def test_light_and_dark_have_the_same_colours():
    assert set(LIGHT) == set(DARK)
    assert len(LIGHT) == 12


def test_dark_is_for_screens_only():
    # On paper the colours of :root hold, which are the light ones.
    assert "@media screen and (prefers-color-scheme: dark)" in STYLE
    assert STYLE.count("prefers-color-scheme") == 1


def test_only_colours_of_the_palette_are_used():
    rest = re.sub(r":root \{.*?\}", "", STYLE, flags=re.DOTALL)

    assert set(re.findall(r"#[0-9a-f]{3,6}\b", rest)) <= {"#ffffff"}
    assert set(re.findall(r"var\(--([\w-]+)\)", STYLE)) <= set(LIGHT)


def test_the_hash_is_that_of_the_script():
    digest = base64.b64decode(script_hash().removeprefix("sha256-"))

    assert digest == hashlib.sha256(SCRIPT.encode()).digest()


def test_the_script_cannot_end_before_its_end():
    assert "</" not in SCRIPT
    assert "innerHTML" not in SCRIPT
    assert "eval" not in SCRIPT
