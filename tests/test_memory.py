"""The peak of a piece of work."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from mlkit import memory
from mlkit.memory import watch_memory

# In a process of its own: one that has run other tests may have free memory left to use
# again, or give some back meanwhile.
_TAKE_AND_GIVE_BACK = """
import numpy as np
from mlkit.memory import watch_memory

with watch_memory() as peak:
    print(peak.megabytes)
    block = np.ones(50_000_000 // 8)
    del block
print(peak.megabytes)
with watch_memory() as second:
    small = np.ones(1000)
print(second.megabytes)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not tell")
def test_what_is_taken_and_given_back_is_the_peak() -> None:
    command = [sys.executable, "-c", _TAKE_AND_GIVE_BACK]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    during, peak, second = (float(line) for line in ran.stdout.split())
    assert np.isnan(during)
    assert 45 < peak < 90
    # An earlier peak does not count again.
    assert second < 30


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
