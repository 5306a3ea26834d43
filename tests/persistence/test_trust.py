"""What is trusted is there, and what could do harm is not."""

from __future__ import annotations

import importlib
import os
import subprocess

import pytest

from mlkit.exceptions import OptionError
from mlkit.persistence.trust import (
    KIT_ROOMS,
    REASONS,
    TRUSTED,
    trusted_names,
    unknown_types,
)

from .cases import RATIOS, Ratios

HARMFUL = [
    *("posix.system", "os.system", "nt.system", "subprocess.Popen", "builtins.eval"),
    *("builtins.exec", "builtins.getattr", "builtins.open", "builtins.__import__"),
    *("pickle.loads", "joblib.numpy_pickle.load", "shutil.rmtree", "runpy.run_path"),
    *("importlib.import_module", "operator.methodcaller", "ctypes.CDLL"),
    *("numpy.load", "numpy.lib._npyio_impl.load", "pandas.io.pickle.read_pickle"),
    # The kit's own that run or reach something.
    *("mlkit.datasets.fetch.fetch", "mlkit.writing.write_atomically"),
    *("mlkit.models.label_tree._run", "mlkit.models.label_tree.subprocess"),
    *("mlkit.models.label_tree_worker.predict", "mlkit.cli.main", "mlkit.__main__.x"),
    "mlkit.lessons.execution.run_notebook",
    "mlkit.persistence.loading.load_model",
    # What the kit's rooms only import, methods, and what is not there.
    *("mlkit.models.base.np", "mlkit.metrics.catalog.partial", "mlkit.models.base"),
    *("mlkit.models.mlknn.MLkNN.fit", "mlkit.models.mlknn.Nothing", "mlkit.models."),
    *("mlkit.models.no.Thing", "mlkit.nowhere.Thing", "skmultilearn.ext.meka.Meka"),
    *("skmultilearn.ext.keras.Keras", "skmultilearn.tree.pct.Node", ""),
]


@pytest.mark.parametrize("name", HARMFUL)
def test_nothing_harmful_is_trusted(name):
    assert unknown_types([name]) == [name]


def test_every_name_on_the_list_exists():
    for name in TRUSTED:
        module, _, attribute = name.rpartition(".")
        # scikit-learn moves functions; a name that is gone trusts nothing.
        assert hasattr(importlib.import_module(module), attribute), name


def test_the_list_names_no_module_that_reaches_out():
    roots = {name.partition(".")[0] for name in TRUSTED}

    assert roots == {
        *("builtins", "functools", "mlkit", "numpy", "scipy", "sklearn"),
        "skmultilearn",
    }
    assert {name for name in TRUSTED if name.startswith("builtins.")} == {
        "builtins.frozenset",
        "builtins.range",
    }
    # None of them is among those that are refused whoever asks.
    assert trusted_names(TRUSTED) == TRUSTED


def test_every_reason_is_told_once():
    names = [name for several in REASONS.values() for name in several]

    assert len(names) == len(set(names))
    assert all(reason.strip() for reason in (*REASONS, *KIT_ROOMS.values()))


@pytest.mark.parametrize(
    "name",
    [
        "mlkit.models.mlknn.MLkNN",
        "mlkit.models.homer.HOMERNode",
        "mlkit.models.stacking._FirstLevel",
        "mlkit.calibration.maps.CurveMap",
        "mlkit.splitting.iterative.IterativeStratification",
        "mlkit.metrics.overlap.f1_score",
        "mlkit.evaluation.scorers.Scorer",
    ],
)
def test_classes_of_the_kit_are_known(name):
    assert unknown_types([name]) == []


def test_names_come_sorted_and_once():
    assert unknown_types(["b.B", "a.A", "b.B", "numpy.dtype"]) == ["a.A", "b.B"]
    assert unknown_types(["b.B", "a.A"], ["a.A"]) == ["b.B"]


def test_names_and_classes_are_taken_alike():
    assert trusted_names(Ratios) == trusted_names(RATIOS) == {RATIOS}
    assert trusted_names([Ratios, "a.B"]) == {RATIOS, "a.B"}
    assert trusted_names(iter(())) == trusted_names(()) == frozenset()


@pytest.mark.parametrize("trusted", [True, None, 1, b"a.B", {"a.B": 1}])
def test_everything_at_once_is_not_to_be_had(trusted):
    with pytest.raises(TypeError, match="trusted must be a name or several, got"):
        trusted_names(trusted)


def test_what_is_in_the_list_of_names():
    with pytest.raises(TypeError, match="names of types, or classes, got <built-in"):
        trusted_names([os.system])


@pytest.mark.parametrize(
    "name", ["posix.system", "os.popen", "builtins.eval", "subprocess.run", "sys.exit"]
)
def test_what_runs_commands_is_refused_whoever_asks(name):
    with pytest.raises(OptionError, match=f"'{name}', which can run commands"):
        trusted_names(["a.B", name])


def test_classes_that_run_commands_are_refused_too():
    with pytest.raises(OptionError, match=r"'subprocess\.Popen'"):
        trusted_names(subprocess.Popen)
