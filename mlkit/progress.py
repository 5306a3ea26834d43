"""Progress of long work: a bar where somebody looks, and nothing where nobody does."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import Any, Literal

from tqdm import tqdm

__all__ = ["in_kernel", "progress", "progress_place"]

_SWITCH = "MLKIT_PROGRESS"
_OFF = frozenset({"0", "false", "no", "off"})
# pytest sets it while a test runs. nbval starts its kernels inside of one, and a kernel
# inherits the environment: so it is seen there, too.
_UNDER_TEST = "PYTEST_CURRENT_TEST"
# Work that is done sooner needs no bar, which would only make the notebook jump.
_NOTEBOOK_DELAY = 0.5


def progress(
    iterable: Iterable[Any] | None = None,
    *,
    total: int | None = None,
    what: str = "",
    shown: bool | None = None,
    unit: str = "it",
    start: int = 0,
) -> tqdm:
    """Show how far a loop, or other long work, has come.

    Parameters
    ----------
    iterable : iterable, optional
        What is looped over. Without it, call ``update()`` after each step.
    total : int, optional
        How many steps there are; by default the length of `iterable`, if it has one.
    what : str, default ""
        What is done, in a word or two; stands before the bar.
    shown : bool, optional
        Whether to show it; by default where `progress_place` finds somebody looking.
    unit : str, default "it"
        What a step is called. Of bytes (``"B"``) large numbers are abbreviated.
    start : int, default 0
        Steps that were done before.

    Returns
    -------
    tqdm
        Iterates over `iterable`. It is a context manager with ``update``,
        ``set_postfix`` and ``close``; all of them do nothing where it is not shown.

    Notes
    -----
    In a terminal the bar is a line on standard error, so that results on standard
    output stay clean. In a notebook it is a widget that appears after half a second
    and goes when the work is done.

    Examples
    --------
    >>> sum(progress([1, 2, 3], what="adding", shown=False))
    6
    >>> with progress(total=2, what="fitting", shown=False) as bar:
    ...     for _ in range(2):
    ...         _ = bar.update()
    """
    place = progress_place(shown)
    options: dict[str, Any] = {
        "total": total,
        "desc": what or None,
        "unit": unit,
        "unit_scale": unit == "B",
        "initial": start,
    }
    if place == "notebook":
        # Only a notebook needs its widgets, which take long to import.
        from tqdm.notebook import tqdm as notebook_bar

        return notebook_bar(iterable, **options, leave=False, delay=_NOTEBOOK_DELAY)
    return tqdm(iterable, **options, disable=place == "nowhere")


def progress_place(
    shown: bool | None = None,
) -> Literal["notebook", "terminal", "nowhere"]:
    """Return where progress is shown.

    Parameters
    ----------
    shown : bool, optional
        What the caller wants. By default it depends on who looks.

    Returns
    -------
    {"notebook", "terminal", "nowhere"}

    Notes
    -----
    Without a wish of the caller it is shown nowhere if the environment variable
    ``MLKIT_PROGRESS`` is ``0``, inside a test (also of a notebook, by nbval), and where
    standard error is no terminal, such as in a file or a log.

    Examples
    --------
    >>> progress_place(shown=False)
    'nowhere'
    """
    if shown is None:
        shown = not _switched_off() and (in_kernel() or _is_terminal())
    if not shown:
        return "nowhere"
    return "notebook" if in_kernel() else "terminal"


def _switched_off() -> bool:
    switch = os.environ.get(_SWITCH, "").strip().lower()
    return switch in _OFF or _UNDER_TEST in os.environ


def in_kernel() -> bool:
    """Return whether the code runs in the kernel of a notebook.

    Returns
    -------
    bool
        False also in IPython in a terminal.
    """
    # Where IPython runs it is imported; nobody else should wait for it.
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return hasattr(shell, "kernel")


def _is_terminal() -> bool:
    # There is no standard error in a program without a console on Windows.
    return sys.stderr is not None and sys.stderr.isatty()
