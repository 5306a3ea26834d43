"""Several fits or answers at once: how work is dealt out to processes and threads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain, islice
from typing import Any, TypeAlias, cast

import numpy as np
from joblib import delayed, effective_n_jobs, wrap_non_picklable_objects
from scipy.sparse import issparse
from sklearn.utils import parallel

__all__ = ["delayed", "run_in_processes", "run_in_threads"]

Task: TypeAlias = tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]
"""What `delayed` makes of a call."""

# A portion is half a worker's share of the tasks that are left, and so many at most,
# since each may bring a dense column.
_SHARE, _MOST_TASKS = 2, 64
# Bytes. joblib shares arrays from 1 MB on through a file, and every second call waits
# .1 s to delete its folder: too long where none is larger than 2 MB. Its own option for
# this (max_nbytes) would end all workers and start new ones whenever it changes.
_WORTH_SHARING = 2_000_000


def run_in_processes(
    tasks: Iterable[Task], n_tasks: int, *, n_jobs: int | None
) -> list[Any]:
    """Run fits, in other processes where `n_jobs` asks for more than one.

    Parameters
    ----------
    tasks : iterable of delayed calls
        Read as they are dealt out, so that no more of them stand in memory than that.
    n_tasks : int
        How many there are.
    n_jobs : int or None
        As in joblib; a `joblib.parallel_config` of the caller holds.

    Returns
    -------
    list
        The results, in the order of the tasks.

    Notes
    -----
    Tasks are dealt out in portions that become smaller (guided self-scheduling [1]_),
    so that few messages are sent and no worker ends long before the others. Left to
    itself, joblib measures tasks and lets the portions of quick ones grow instead: of a
    few dozen fits of milliseconds, one worker does the last dozen alone.

    References
    ----------
    .. [1] C. D. Polychronopoulos, D. J. Kuck. Guided self-scheduling: a practical
       scheduling scheme for parallel supercomputers. IEEE Transactions on Computers
       C-36(12), 1987, 1425-1439.
    """
    n_workers = effective_n_jobs(n_jobs)
    if n_workers == 1:
        return _run(tasks)
    waiting = iter(tasks)
    first = list(islice(waiting, 1))
    send = max(map(_largest_array, first), default=0) <= _WORTH_SHARING
    # scikit-learn's take its settings and the filters of warnings along.
    run = parallel.Parallel(n_jobs=n_jobs, batch_size=1)
    portions = run(
        parallel.delayed(_call)(_sent(portion) if send else partial(_run, portion))
        for portion in _deal(chain(first, waiting), n_tasks, n_workers)
    )
    return [result for portion in portions for result in portion]


def run_in_threads(tasks: Iterable[Task], *, n_jobs: int | None) -> Iterator[Any]:
    """Ask fitted learners, in threads where `n_jobs` asks for more than one.

    Parameters
    ----------
    tasks : iterable of delayed calls
    n_jobs : int or None
        As in joblib.

    Returns
    -------
    iterator
        Over the results, in the order of the tasks.

    Notes
    -----
    Fitted learners can be large, and sending them to other processes may cost more
    than their answer; one answer after the other need never stand in memory together.
    """
    ask = parallel.Parallel(n_jobs=n_jobs, prefer="threads", return_as="generator")
    return ask(parallel.delayed(call)(*args, **kw) for call, args, kw in tasks)


def _sent(tasks: list[Task]) -> Callable[[], list[Any]]:
    """Return a run of tasks in which joblib sees no arrays to share."""
    # It becomes bytes where it goes to another process, and nothing in a thread.
    work = wrap_non_picklable_objects(partial(_run, tasks), keep_wrapper=False)
    return cast("Callable[[], list[Any]]", work)


def _call(work: Callable[[], list[Any]]) -> list[Any]:
    return work()


def _largest_array(task: Task) -> int:
    """Return the bytes of the largest array among the arguments of a call."""
    _, args, options = task
    sizes = [0]
    for value in (*args, *options.values()):
        parts = (value.data, value.indices) if issparse(value) else (value,)
        sizes += [part.nbytes for part in parts if isinstance(part, np.ndarray)]
    return max(sizes)


def _run(tasks: Iterable[Task]) -> list[Any]:
    return [call(*args, **options) for call, args, options in tasks]


def _deal(
    waiting: Iterator[Task], n_tasks: int, n_workers: int
) -> Iterator[list[Task]]:
    """Yield portions of tasks, large ones first and single ones in the end."""
    n_left = n_tasks
    while n_left > 0:
        size = min(max(1, n_left // (_SHARE * n_workers)), _MOST_TASKS)
        yield list(islice(waiting, size))
        n_left -= size
