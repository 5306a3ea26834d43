"""The peak of a piece of work."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from mlkit.comparison import memory
from mlkit.comparison.memory import watch_memory


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not tell")
def test_what_is_taken_and_given_back_is_the_peak() -> None:
    with watch_memory() as peak:
        assert np.isnan(peak.megabytes)
        block = np.ones(50_000_000 // 8)
        del block
    assert 45 < peak.megabytes < 90
    # An earlier peak does not count again.
    with watch_memory() as second:
        small = np.ones(1000)
    assert second.megabytes < 30
    assert small.sum() == 1000


def test_it_ends_with_an_error_too() -> None:
    with pytest.raises(ZeroDivisionError, match="zero"), watch_memory() as peak:
        divmod(1, 0)
    assert np.isnan(peak.megabytes) or peak.megabytes >= 0


def test_unknown_where_the_system_does_not_tell(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(memory, "_CLEAR", "/nowhere/clear_refs")
    with watch_memory() as peak:
        pass
    assert np.isnan(peak.megabytes)
