"""`import mlkit` is light: what is heavy is loaded when it is used."""

from __future__ import annotations

import subprocess
import sys

import pytest


def modules_after(statement):
    code = f"{statement}\nimport sys\nprint(*sorted(sys.modules))"
    command = [sys.executable, "-c", code]
    return subprocess.run(
        command, capture_output=True, text=True, check=True
    ).stdout.split()


@pytest.mark.parametrize("name", ["keras", "matplotlib", "ipywidgets", "sklearn"])
def test_import_loads_nothing_heavy(name):
    loaded = modules_after("import mlkit")
    assert "mlkit" in loaded
    assert name not in loaded


def test_listing_the_names_loads_nothing():
    loaded = modules_after("import mlkit; dir(mlkit); mlkit.__version__")
    assert [name for name in loaded if name.startswith("mlkit.")] == []


def test_rooms_can_be_named_in_full_after_the_one_import():
    code = "import mlkit; mlkit.models.make('br-lr'); mlkit.metrics.METRICS['macro_f1']"

    subprocess.run([sys.executable, "-c", code], check=True)


def test_without_keras_networks_import_and_objects_of_keras_name_the_install_line():
    code = """
import sys
sys.modules["keras"] = sys.modules["tensorflow"] = None
import mlkit.neural
for name in mlkit.neural.__all__:
    try:
        getattr(mlkit.neural, name)
    except mlkit.exceptions.OptionalDependencyError as error:
        assert f"needed for {name}" in str(error) and "[neural]" in str(error)
        print(name)
"""
    command = [sys.executable, "-c", code]
    found = subprocess.run(command, capture_output=True, text=True, check=True)

    refused = set(found.stdout.split())
    assert {"BinaryCrossEntropy", "MacroF1", "Augmentation"} <= refused
    assert not {"MLP", "ConvNet", "MLNet", "Training", "quantise"} & refused
