"""Numbers in sentences."""

from __future__ import annotations

import pytest

from mlkit.wording import counted, signed


def test_one_has_no_plural() -> None:
    assert counted(1, "row") == "1 row"
    assert counted(0, "row") == "0 rows"
    assert counted(12_000, "row") == "12,000 rows"
    assert counted(2, "entry", "entries") == "2 entries"


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (-0.004, ".2f", "0.00"),
        (-0.006, ".2f", "−0.01"),
        (0.0, "+.3f", "0.000"),
        (0.1, "+.3f", "+0.100"),
        (-1234.5, ".5g", "−1234.5"),
        (-1e-9, ".2g", "−1e−09"),
    ],
)
def test_zero_has_no_sign_and_minus_is_as_wide_as_plus(
    value: float, form: str, text: str
) -> None:
    assert signed(value, form) == text
