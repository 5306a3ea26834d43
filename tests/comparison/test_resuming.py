"""Work that was done is never done again, whatever happened in between."""

from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import BrokenExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import mlkit
from mlkit import MultiLabelDataset
from mlkit.exceptions import (
    DamagedRecordWarning,
    FoldFailedWarning,
    LostWorkerWarning,
)
from mlkit.models import BinaryRelevance

# A model that leaves a mark of each fit, and a grid of it, for this process and others.
SCRIPT = """
import os, tempfile, time
import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
import mlkit

class Marks(ClassifierMixin, BaseEstimator):
    def __init__(
        self, marks, seconds=0.0, depth=1, die_at=-1, always=False, random_state=None
    ):
        self.marks, self.seconds, self.depth = marks, seconds, depth
        self.die_at, self.always, self.random_state = die_at, always, random_state

    def fit(self, X, Y):
        time.sleep(self.seconds)
        died = os.path.join(os.path.dirname(self.marks), "died")
        due = 0 <= self.die_at <= len(os.listdir(self.marks))
        if due and (self.always or not os.path.exists(died)):
            open(died, "w").close()
            os.kill(os.getpid(), 9)
        handle, _ = tempfile.mkstemp(dir=self.marks)
        os.close(handle)
        rng = np.random.default_rng(self.random_state)
        self.share_ = rng.random(Y.shape[1])
        return self

    def predict(self, X):
        return (np.abs(X[:, :1]) > self.share_).astype(int)

def data():
    rng = np.random.default_rng(0)
    Y = rng.integers(0, 2, (40, 3))
    return mlkit.MultiLabelDataset(rng.normal(size=(40, 4)), Y, name="toy")

def grid(marks, folder, seconds=0.0, n_jobs=None, die_at=-1, always=False, **options):
    models = {
        f"m{depth}": Marks(marks, seconds, depth, die_at, always) for depth in (1, 2)
    }
    metrics = ["micro_f1", "hamming_loss"]
    return mlkit.compare(
        data(), models, metrics, cv=6, folder=folder, n_jobs=n_jobs, **options
    )
"""
N_FOLDS = 12


@pytest.fixture
def slow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The module of the script, with a folder for marks and one for records."""
    name = f"marking_{tmp_path.name}".replace("-", "_")
    (tmp_path / f"{name}.py").write_text(SCRIPT, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    module = importlib.import_module(name)
    module.marks, module.folder = tmp_path / "marks", tmp_path / "folder"
    module.marks.mkdir()
    return module


def n_fits(slow: Any) -> int:
    return len(list(slow.marks.iterdir()))


def records(slow: Any) -> list[Path]:
    return sorted(slow.folder.glob("records/*/*.json"))


def start(slow: Any, seconds: float, *options: str) -> subprocess.Popen[bytes]:
    # As a module, so that the model has the same name here and there.
    code = f"import sys, {slow.__name__} as m; n = sys.argv[4:]; "
    code += "m.grid(sys.argv[1], sys.argv[2], float(sys.argv[3]), *map(int, n))"
    command = [sys.executable, "-c", code, str(slow.marks), str(slow.folder)]
    path = os.pathsep.join([str(Path(slow.__file__).parent), *sys.path])
    return subprocess.Popen(
        [*command, str(seconds), *options],
        env={**os.environ, "PYTHONPATH": path},
        start_new_session=True,
    )


def run(slow: Any, **options: Any) -> Any:
    return slow.grid(str(slow.marks), slow.folder, **options)


def numbers(result: Any) -> pd.DataFrame:
    return result.frame


class TestAgain:
    def test_nothing_is_computed_twice(self, slow: Any) -> None:
        first = run(slow)
        assert n_fits(slow) == len(records(slow)) == N_FOLDS
        again = run(slow)
        assert n_fits(slow) == N_FOLDS
        pd.testing.assert_frame_equal(first.folds, again.folds)
        # A result without a folder is the same, but for what the clock says.
        plain = slow.grid(str(slow.marks), None)
        pd.testing.assert_frame_equal(numbers(plain), numbers(first))
        stored = mlkit.comparison.Comparison.load(slow.folder)
        pd.testing.assert_frame_equal(stored.folds, first.folds)

    def test_only_what_is_new_is_computed(self, slow: Any) -> None:
        run(slow)
        data, metrics = slow.data(), ["micro_f1", "hamming_loss"]
        model = {"renamed": slow.Marks(str(slow.marks), 0.0, 1)}
        renamed = data.replace(name="renamed")
        result = mlkit.compare(renamed, model, metrics, cv=6, folder=slow.folder)
        assert n_fits(slow) == N_FOLDS
        assert result.datasets == result.models == ("renamed",)
        for options in (
            {"cv": 6, "random_state": 1},
            {"cv": 6, "sample_weight": None, "models": {"m": slow.Marks("", 0.0, 3)}},
        ):
            before = n_fits(slow)
            options = {"models": model, "metrics": metrics, **options}
            if "m" in options["models"]:
                options["models"]["m"].set_params(marks=str(slow.marks))
            mlkit.compare(data, folder=slow.folder, **options)
            assert n_fits(slow) == before + 6
        before = n_fits(slow)
        changed = data.replace(Y=1 - data.Y)
        mlkit.compare(changed, model, metrics, cv=6, folder=slow.folder)
        assert n_fits(slow) == before + 6

    def test_another_metric_is_added_to_the_records(self, slow: Any) -> None:
        run(slow)
        data = slow.data()
        model = {"m1": slow.Marks(str(slow.marks), 0.0, 1)}
        more = mlkit.compare(data, model, "macro_f1", cv=6, folder=slow.folder)
        assert n_fits(slow) == N_FOLDS + 6
        both = ["macro_f1", "micro_f1"]
        again = mlkit.compare(data, model, both, cv=6, folder=slow.folder)
        assert n_fits(slow) == N_FOLDS + 6
        assert again.folds["macro_f1"].equals(more.folds["macro_f1"])


class TestKilled:
    @pytest.mark.parametrize("jobs", [[], ["2"]], ids=["serial", "two workers"])
    def test_after_kill_9_only_what_is_missing_is_computed(
        self, slow: Any, jobs: list[str]
    ) -> None:
        process = start(slow, 0.2, *jobs)
        deadline = time.monotonic() + 60
        while len(records(slow)) < 3 and time.monotonic() < deadline:
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        done = len(records(slow))
        assert 3 <= done < N_FOLDS
        # Nothing is half written, and what was begun leaves nothing that counts.
        for file in records(slow):
            assert file.read_bytes().endswith(b"}")
        before = n_fits(slow)
        result = run(slow, seconds=0.2)
        assert n_fits(slow) - before == N_FOLDS - done
        fresh = slow.grid(str(slow.marks), None, seconds=0.0)
        pd.testing.assert_frame_equal(numbers(result), numbers(fresh))

    def test_ctrl_c_keeps_what_is_finished(
        self, slow: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fit = slow.Marks.fit

        def interrupted(self: Any, X: Any, Y: Any) -> Any:
            if n_fits(slow) == 5:
                raise KeyboardInterrupt
            return fit(self, X, Y)

        monkeypatch.setattr(slow.Marks, "fit", interrupted)
        with pytest.raises(KeyboardInterrupt):
            run(slow)
        monkeypatch.undo()
        assert len(records(slow)) == 5
        run(slow)
        assert n_fits(slow) == N_FOLDS

    def test_two_processes_share_a_folder(self, slow: Any) -> None:
        processes = [start(slow, 0.25) for _ in range(2)]
        assert [process.wait(timeout=120) for process in processes] == [0, 0]
        assert len(records(slow)) == N_FOLDS
        # Each has done a part; a few folds were in work in both.
        assert N_FOLDS <= n_fits(slow) < 2 * N_FOLDS
        before = n_fits(slow)
        result = run(slow, seconds=0.25)
        assert n_fits(slow) == before
        fresh = slow.grid(str(slow.marks), None)
        pd.testing.assert_frame_equal(numbers(result), numbers(fresh))


class TestLostWorkers:
    def test_a_worker_that_dies_costs_its_folds_only(self, slow: Any) -> None:
        with pytest.warns(LostWorkerWarning, match="after [0-9]+ of 12 folds"):
            result = run(slow, n_jobs=2, die_at=5)
        assert len(records(slow)) == N_FOLDS
        fresh = slow.grid(str(slow.marks), None)
        pd.testing.assert_frame_equal(numbers(result), numbers(fresh))

    def test_the_third_time_it_is_an_error(self, slow: Any) -> None:
        with (
            pytest.warns(LostWorkerWarning) as caught,
            pytest.raises(BrokenExecutor, match="terminated"),
        ):
            run(slow, n_jobs=2, die_at=5, always=True)
        assert len(caught) == 3
        # What was finished stays.
        assert len(records(slow)) >= 4


def test_a_damaged_record_is_set_aside_and_computed_anew(slow: Any) -> None:
    first = run(slow)
    broken, cut = records(slow)[2:4]
    broken.write_bytes(broken.read_bytes().replace(b"micro_f1", b"micro_f2"))
    cut.write_bytes(cut.read_bytes()[:50])
    with pytest.warns(DamagedRecordWarning, match="2 of the records .* set aside"):
        again = run(slow)
    assert n_fits(slow) == N_FOLDS + 2
    pd.testing.assert_frame_equal(numbers(first), numbers(again))
    assert len(list(slow.folder.rglob("*.damaged"))) == 2
    assert len(records(slow)) == N_FOLDS
    run(slow)
    assert n_fits(slow) == N_FOLDS + 2


class TestFailures:
    def test_they_are_kept_and_tried_again_where_asked_for(
        self, slow: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(self: Any, X: Any, Y: Any) -> Any:
            msg = "disk full"
            raise OSError(msg)

        monkeypatch.setattr(slow.Marks, "fit", full)
        for _ in range(2):
            with pytest.warns(FoldFailedWarning, match="disk full"):
                failed = run(slow)
        assert len(failed.failures()) == N_FOLDS
        monkeypatch.undo()
        with pytest.warns(FoldFailedWarning, match="disk full"):
            run(slow)
        assert n_fits(slow) == 0
        assert run(slow, retry_failed=True).failures().empty
        assert n_fits(slow) == N_FOLDS
        assert run(slow).failures().empty
        assert n_fits(slow) == N_FOLDS

    def test_a_folder_that_cannot_be_made(self, slow: Any, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        with pytest.raises(OSError, match="file"):
            slow.grid(str(slow.marks), tmp_path / "file")


def test_records_of_a_worker_without_this_disk_are_kept_here(
    slow: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = importlib.import_module("mlkit.comparison.engine")
    real = engine.run_task
    monkeypatch.setattr(engine, "run_task", lambda d, t, s, **o: real(d, t, None, **o))
    run(slow)
    assert len(records(slow)) == N_FOLDS


def test_the_default_learner_and_sparse_data(tmp_path: Path) -> None:
    import scipy.sparse as sp

    rng = np.random.default_rng(0)
    X, Y = sp.random_array((40, 8), rng=rng), rng.integers(0, 2, (40, 3))
    data = MultiLabelDataset(sp.csr_array(X), sp.csr_array(Y), name="sparse")
    models = {"br": BinaryRelevance()}
    first = mlkit.compare(data, models, "micro_f1", cv=2, folder=tmp_path)
    files = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.json")}
    again = mlkit.compare(data, models, "micro_f1", cv=2, folder=tmp_path)
    assert files == {path: path.stat().st_mtime_ns for path in files}
    pd.testing.assert_frame_equal(first.folds, again.folds)
