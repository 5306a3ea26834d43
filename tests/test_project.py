"""The project's own files agree with each other."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

EXTRAS = ("neural", "dask", "many", "dev")


def canonical(entry: str) -> tuple[str, tuple[str, str]]:
    """Name of a requirement, its versions, and where it is needed."""
    requirement = Requirement(entry)
    name = requirement.name.lower().replace("_", "-")
    return name, (str(requirement.specifier), str(requirement.marker or ""))


@pytest.fixture(scope="module")
def project(project_root):
    return tomllib.loads((project_root / "pyproject.toml").read_text("utf-8"))[
        "project"
    ]


@pytest.fixture(scope="module")
def requirements(project):
    extras = project["optional-dependencies"]
    wanted = project["dependencies"] + [r for extra in EXTRAS for r in extras[extra]]
    return dict(canonical(requirement) for requirement in wanted)


def test_the_conda_environment_has_the_same_packages_and_floors(
    project, project_root, requirements
):
    text = (project_root / "environment.yml").read_text("utf-8")
    listed = yaml.safe_load(text)["dependencies"]
    conda = dict(canonical(entry) for entry in listed if isinstance(entry, str))
    (pip,) = [entry["pip"] for entry in listed if isinstance(entry, dict)]
    conda.update(canonical(entry) for entry in pip if not entry.startswith("-"))

    python, _ = conda.pop("python")
    assert SpecifierSet(python) == SpecifierSet(project["requires-python"])
    assert conda.pop("pip") == ("", "")
    assert conda == requirements


def test_the_lock_pins_every_requirement_with_hashes(project_root, requirements):
    lock = (project_root / "requirements.lock").read_text("utf-8")
    pinned = dict(re.findall(r"^([a-z0-9-]+)==([^ ;\\]+)", lock, flags=re.M))

    assert requirements.keys() <= pinned.keys()
    entries = re.split(r"\n(?=[a-z])", lock.strip())
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in lock


def test_the_lock_satisfies_the_floors(project_root, requirements):
    lock = (project_root / "requirements.lock").read_text("utf-8")
    pinned = dict(re.findall(r"^([a-z0-9-]+)==([^ ;\\]+)", lock, flags=re.M))

    for name, (floor, _) in requirements.items():
        assert SpecifierSet(floor).contains(pinned[name]), name


def test_the_extra_all_holds_every_other(project):
    (requirement,) = project["optional-dependencies"]["all"]

    assert requirement == f"mlkit-multilabel[{','.join(EXTRAS)}]"


def test_the_version_is_the_same_everywhere(project):
    import mlkit

    assert mlkit.__version__ == project["version"]


def test_make_help_lists_the_targets(project_root):
    done = subprocess.run(
        ["make", "help"], cwd=project_root, capture_output=True, text=True, check=True
    )

    targets = "install lab test check format bench notebooks exercises clean"
    listed = re.findall(r"^  make ([a-z-]+)", done.stdout, flags=re.M)
    assert set(targets.split()) <= set(listed)


def test_an_interpreter_that_is_too_old_is_refused(project_root, tmp_path):
    old = tmp_path / "python3.9"
    old.write_text(
        # Runs the check of the Makefile as if the interpreter were 3.9.
        f'#!/bin/sh\nshift; exec {sys.executable} -c "import sys; '
        'sys.version_info = (3, 9, 0)\n$1"\n'
    )
    old.chmod(0o755)

    done = subprocess.run(
        ["make", "install", f"PYTHON={old}"],
        cwd=project_root,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode != 0
    assert "mlkit needs Python 3.11, 3.12 or 3.13" in done.stderr
    assert "is 3.9" in done.stderr


@pytest.mark.parametrize(
    "name", ["load", "read", "write", "describe", "audit", "split", "compare"]
)
def test_the_verbs_are_at_the_top_level(name):
    import mlkit

    assert callable(getattr(mlkit, name))
    assert name in dir(mlkit)


def test_an_unknown_top_level_name_is_an_attribute_error():
    import mlkit

    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        mlkit.nothing  # noqa: B018
