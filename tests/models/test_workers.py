"""How work is dealt out."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator

import joblib
import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn import config_context, get_config

from mlkit.models.workers import (
    _deal,
    _largest_array,
    delayed,
    run_in_processes,
    run_in_threads,
)


def where(number: int) -> tuple[int, int, int]:
    return number, os.getpid(), threading.get_ident()


@pytest.mark.parametrize("n_jobs", [None, 1, 2])
@pytest.mark.parametrize("n_tasks", [0, 1, 5, 40])
def test_results_are_in_the_order_of_the_tasks(
    n_jobs: int | None, n_tasks: int
) -> None:
    tasks = (delayed(abs)(number) for number in range(n_tasks))
    assert run_in_processes(tasks, n_tasks, n_jobs=n_jobs) == list(range(n_tasks))


def test_fits_run_in_other_processes_where_they_are_asked_for() -> None:
    for n_jobs, own in ((None, True), (1, True), (2, False)):
        tasks = (delayed(os.getpid)() for _ in range(20))
        found = run_in_processes(tasks, 20, n_jobs=n_jobs)
        assert (os.getpid() in found) is own


def test_the_backend_of_the_caller_holds() -> None:
    with joblib.parallel_config("threading", n_jobs=3):
        tasks = (delayed(where)(number) for number in range(96))
        found = run_in_processes(tasks, 96, n_jobs=None)
    assert {process for _, process, _ in found} == {os.getpid()}
    assert threading.get_ident() not in {thread for _, _, thread in found}


def test_settings_of_scikit_learn_go_along() -> None:
    with config_context(assume_finite=True):
        tasks = (delayed(get_config)() for _ in range(4))
        found = run_in_processes(tasks, 4, n_jobs=2)
    assert all(settings["assume_finite"] for settings in found)


@pytest.mark.parametrize(
    ("megabytes", "shared"),
    [((1.2,), False), ((2.4,), True), ((2.4, 1.2), True), ((2.4, 0.2), False)],
    ids=["little to share", "much to share", "some beside much", "little beside much"],
)
def test_large_arrays_are_shared_where_it_is_worth_it(
    megabytes: tuple[float, ...], shared: bool
) -> None:
    arrays = [np.ones(int(size * 125_000)) for size in megabytes]
    tasks = (delayed(isinstance)(array, np.memmap) for array in arrays)
    found = run_in_processes(tasks, len(arrays), n_jobs=2)
    assert found[-1] is shared


def test_the_parts_of_a_sparse_table_count() -> None:
    X = csr_array(np.ones((1000, 300)))
    assert _largest_array(delayed(abs)(1, X=X)) == X.data.nbytes == 2_400_000
    assert _largest_array(delayed(abs)(1)) == 0


def test_an_error_of_a_task_is_raised() -> None:
    tasks = (delayed(int)(text) for text in ("1", "two", "3"))
    with pytest.raises(ValueError, match="invalid literal.*'two'"):
        run_in_processes(tasks, 3, n_jobs=2)


@pytest.mark.parametrize(
    ("n_tasks", "n_workers", "sizes"),
    [
        (5, 2, [1] * 5),
        (8, 1, [4, 2, 1, 1]),
        (40, 2, [10, 7, 5, 4, 3, 2, 2, 1, 1, 1, 1, 1, 1, 1]),
        (2000, 2, [64] * 28),
    ],
)
def test_portions_become_smaller(
    n_tasks: int, n_workers: int, sizes: list[int]
) -> None:
    tasks = (delayed(abs)(number) for number in range(n_tasks))
    portions = list(_deal(tasks, n_tasks, n_workers))
    found = [len(portion) for portion in portions]
    assert found[: len(sizes)] == sizes
    assert found == sorted(found, reverse=True)
    numbers = [args[0] for portion in portions for _, args, _ in portion]
    assert numbers == list(range(n_tasks))


def test_tasks_are_read_as_they_are_dealt_out() -> None:
    read: list[int] = []
    tasks = (delayed(abs)(read.append(n) or n) for n in range(2000))
    next(_deal(tasks, 2000, 2))
    assert read == list(range(64))


def test_answers_come_one_by_one_from_threads() -> None:
    def slow(number: int) -> tuple[int, int, int]:
        # The first is the last to end, and still the first to come.
        time.sleep(0.02 * (number == 0))
        return where(number)

    found = run_in_threads((delayed(slow)(number) for number in range(6)), n_jobs=2)
    assert isinstance(found, Iterator)
    answers = list(found)
    assert [number for number, _, _ in answers] == list(range(6))
    assert {process for _, process, _ in answers} == {os.getpid()}
    assert threading.get_ident() not in {thread for _, _, thread in answers}
