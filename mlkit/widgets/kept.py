"""Results that are made once, and forgotten when there are too many."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

__all__ = ["Kept"]


class Kept:
    """What was made before, by key; the least lately used is forgotten first.

    Parameters
    ----------
    most : int
        How many results are kept.

    Examples
    --------
    >>> kept = Kept(2)
    >>> kept.get("a", lambda: 1), kept.get("a", lambda: 2)
    (1, 1)
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._results: OrderedDict[Hashable, Any] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """Return the result of a key, made now if it is not there.

        Parameters
        ----------
        key : hashable
        make : callable
            Makes it, when called without arguments.

        Returns
        -------
        object
        """
        if key not in self._results:
            self._results[key] = make()
            if len(self._results) > self._most:
                self._results.popitem(last=False)
        self._results.move_to_end(key)
        return self._results[key]

    def __len__(self) -> int:
        return len(self._results)

    def values(self) -> list[Any]:
        """Return all that is kept, the least lately used first."""
        return list(self._results.values())
