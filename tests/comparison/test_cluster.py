"""The same comparison on a cluster, also when one of its workers dies."""

from __future__ import annotations

import os
import signal
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import joblib
import pandas as pd
import pytest

import mlkit
from mlkit.comparison import engine
from mlkit.exceptions import LostWorkerWarning

distributed = pytest.importorskip("distributed", reason="needs the extra dask")

MODELS = ["baseline-set", "br-nb", "br-tree", "ecc-tree"]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:
        yield cluster


@pytest.fixture
def client(cluster: Any) -> Iterator[Any]:
    with distributed.Client(cluster) as client:
        client.wait_for_workers(2)
        yield client


@pytest.fixture(scope="module")
def serial() -> Any:
    return mlkit.compare("flags", MODELS, cv=5)


@pytest.mark.usefixtures("client")
def test_it_is_that_of_one_process(serial: Any) -> None:
    with joblib.parallel_config("dask"):
        result = mlkit.compare("flags", MODELS, cv=5)
    pd.testing.assert_frame_equal(result.frame, serial.frame)


def test_the_dataset_is_sent_once_to_a_worker(client: Any) -> None:
    # Functions within functions are sent by their code: workers know no test modules.
    def begin() -> None:
        import mlkit.dataset as module

        real, module.n_received = module._rebuild, 0

        def counted(*parts: Any) -> Any:
            module.n_received += 1
            return real(*parts)

        module._rebuild = counted

    def received() -> int:
        import mlkit.dataset as module

        return module.n_received

    client.run(begin)
    with joblib.parallel_config("dask"):
        result = mlkit.compare("flags", ["baseline-set", "br-nb"], cv=10)
    assert len(result.folds) == 20
    counts = client.run(received).values()
    assert max(counts) <= 2
    client.restart()


@pytest.mark.parametrize("kept", [False, True], ids=["in memory", "in a folder"])
def test_a_worker_that_is_killed_costs_nothing_but_time(
    cluster: Any,
    client: Any,
    serial: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kept: bool,
) -> None:
    real, killed = engine._measured, []

    def killing(*options: Any) -> Iterator[Any]:
        for number, finished in enumerate(real(*options)):
            if number == 3 and not killed:
                busy = [worker for worker, keys in client.processing().items() if keys]
                (pid,) = [
                    nanny.pid
                    for nanny in cluster.workers.values()
                    if nanny.worker_address == busy[0]
                ]
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)
            yield finished

    monkeypatch.setattr(engine, "_measured", killing)
    folder = tmp_path if kept else None
    with joblib.parallel_config("dask"), warnings.catch_warnings():
        # Where the dataset died with the worker, the rest is begun again.
        warnings.simplefilter("ignore", LostWorkerWarning)
        result = mlkit.compare("flags", MODELS, cv=5, folder=folder)
    assert len(killed) == 1
    pd.testing.assert_frame_equal(result.frame, serial.frame)
    if kept:
        assert len(list(tmp_path.glob("records/*/*.json"))) == len(result.folds)
