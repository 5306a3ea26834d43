"""In which order tasks are dealt out to several workers."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Mapping

__all__ = ["Schedule"]


class Schedule:
    """Deals out tasks, those that take longest first.

    Parameters
    ----------
    kinds : mapping of int to hashable
        Number of each task to its kind, such as dataset and model: tasks of one kind
        take about as long as each other. Its order holds within a kind.

    Notes
    -----
    One task of each kind goes first, to be timed; then always one of the slowest kind
    that is left (longest processing time first [1]_). So workers end at about the same
    time, and not one of them with a long task that was begun last.

    References
    ----------
    .. [1] R. L. Graham. Bounds on multiprocessing timing anomalies. SIAM Journal on
       Applied Mathematics 17(2), 1969, 416-429.

    Examples
    --------
    >>> schedule = Schedule({0: "quick", 1: "slow", 2: "quick", 3: "slow"})
    >>> order = iter(schedule)
    >>> next(order), next(order)
    (0, 1)
    >>> schedule.tell(0, seconds=1.0)
    >>> schedule.tell(1, seconds=5.0)
    >>> list(order)
    [3, 2]
    """

    def __init__(self, kinds: Mapping[int, Hashable]) -> None:
        self._kinds = dict(kinds)
        self._seconds: dict[Hashable, float] = {}

    def tell(self, number: int, *, seconds: float) -> None:
        """Say how long a task has taken.

        Parameters
        ----------
        number : int
        seconds : float
            Not a number where it is unknown, as of a task that failed.
        """
        # What fails takes no time that is worth waiting for.
        known = 0.0 if math.isnan(seconds) else seconds
        self._seconds[self._kinds[number]] = known

    def __iter__(self) -> Iterator[int]:
        """Yield the numbers of the tasks, each when a worker asks for it."""
        waiting: dict[Hashable, list[int]] = {}
        for number, kind in self._kinds.items():
            waiting.setdefault(kind, []).insert(0, number)
        for tasks in waiting.values():
            yield tasks.pop()
        while left := [kind for kind, tasks in waiting.items() if tasks]:
            # A kind that has not come back yet is slower than all that have.
            slowest = max(left, key=lambda kind: self._seconds.get(kind, math.inf))
            yield waiting[slowest].pop()
