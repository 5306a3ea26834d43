"""Commands about the installation: open the lessons, and check that all is there."""

from __future__ import annotations

import argparse
import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

import mlkit
from mlkit.cli.output import add_json, say, show
from mlkit.cli.ports import port_number

__all__ = ["Check", "add_commands", "checks"]

_DISTRIBUTION = "mlkit-multilabel"
# What each extra is for, and the modules that tell whether it is there.
_EXTRAS = {
    "neural": ("networks", ("keras", "tensorflow")),
    "dask": ("comparisons on a cluster", ("dask", "distributed")),
    "many": ("label trees for very many labels", ("omikuji",)),
}


@dataclass(frozen=True, slots=True)
class Check:
    """What was found out about the installation.

    Parameters
    ----------
    name : str
        What was looked at.
    state : {"ok", "absent", "problem"}
        Absent is what is not needed unless it is used.
    found : str
    advice : str
        What to do; empty if nothing.
    """

    name: str
    state: str
    found: str
    advice: str = ""

    def __str__(self) -> str:
        text = f"{self.state:<8}{self.name}: {self.found}"
        return f"{text}\n{'':8}{self.advice}" if self.advice else text


def add_commands(commands: Any) -> None:
    """Add the commands about the installation.

    Parameters
    ----------
    commands : subparsers of `argparse`
    """
    lab = commands.add_parser(
        "lab", help="open JupyterLab, at the lessons where they are here"
    )
    add = lab.add_argument
    add("folder", nargs="?", type=Path, metavar="FOLDER", help="where to open it")
    add("--port", type=port_number, metavar="N", help="default: the first that is free")
    add("--no-browser", action="store_true", help="print the address instead")
    lab.set_defaults(command=_lab)
    doctor = commands.add_parser(
        "doctor",
        help="check the installation and say what to do",
        description="Check the installation. The exit code is 1 if there is a problem.",
    )
    add_json(doctor)
    doctor.set_defaults(command=_doctor)


def _lab(options: argparse.Namespace) -> int:
    folder = options.folder or _lessons() or Path.cwd()
    if not folder.is_dir():
        msg = f"There is no folder {folder}."
        raise NotADirectoryError(msg)
    command = [
        sys.executable,
        "-P",
        "-m",
        "jupyterlab",
        f"--ServerApp.root_dir={folder}",
    ]
    if options.port is not None:
        command.append(f"--port={options.port}")
    if options.no_browser:
        command.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    say(f"JupyterLab in {folder}; stop it with Ctrl-C")
    return subprocess.call(command)


def _lessons() -> Path | None:
    """Return the folder above the notebooks, where the kit runs from its checkout."""
    root = Path(mlkit.__file__).resolve().parents[1]
    return root if (root / "notebooks" / "00_start_here.ipynb").is_file() else None


def _doctor(options: argparse.Namespace) -> int:
    found = list(checks())
    show(
        options,
        lambda: [asdict(check) for check in found],
        lambda: "\n".join(map(str, found)),
    )
    n_problems = sum(check.state == "problem" for check in found)
    if n_problems:
        say(f"{n_problems} problem{'s' if n_problems > 1 else ''} found")
    return int(n_problems > 0)


def checks() -> Iterator[Check]:
    """Look at the installation.

    Yields
    ------
    Check
    """
    yield _check_python()
    yield from _check_packages()
    yield from _check_extras()
    yield _check_cache()
    yield from _check_data_folder()
    yield _check_kernel()


def _check_python() -> Check:
    found = ".".join(map(str, sys.version_info[:3]))
    if (3, 11) <= sys.version_info[:2] <= (3, 13):
        return Check("Python", "ok", found)
    advice = "Take Python 3.11, 3.12 or 3.13: make install PYTHON=python3.12"
    return Check("Python", "problem", found, advice)


def _check_packages() -> Iterator[Check]:
    """Hold what is installed against what the kit requires."""
    try:
        wanted = [Requirement(text) for text in requires(_DISTRIBUTION) or []]
    except PackageNotFoundError:
        advice = "Install it: make install, or pip install -e ."
        yield Check("mlkit", "problem", "not installed as a package", advice)
        return
    yield Check("mlkit", "ok", mlkit.__version__)
    wrong = [check for item in wanted if (check := _check_package(item)) is not None]
    needed = sum(item.marker is None for item in wanted)
    yield from wrong or [Check("packages", "ok", f"all {needed} that are needed")]


def _check_package(wanted: Requirement) -> Check | None:
    """Return what is wrong with a package; None where nothing is."""
    if wanted.marker is not None:
        return None
    advice = f"Install it: pip install '{wanted}'"
    try:
        found = version(wanted.name)
    except PackageNotFoundError:
        return Check(wanted.name, "problem", "not installed", advice)
    if wanted.specifier.contains(found, prereleases=True):
        return None
    return Check(wanted.name, "problem", f"{found}; {wanted.specifier} wanted", advice)


def _check_extras() -> Iterator[Check]:
    for extra, (purpose, modules) in _EXTRAS.items():
        lacking = [name for name in modules if importlib.util.find_spec(name) is None]
        if not lacking:
            yield Check(f"extra {extra}", "ok", f"installed, for {purpose}")
            continue
        yield Check(
            f"extra {extra}",
            "absent",
            f"only needed for {purpose}",
            f"If you want them: pip install 'mlkit-multilabel[{extra}]'",
        )


def _check_cache() -> Check:
    from mlkit.datasets.fetch import cache_folder
    from mlkit.writing import write_atomically

    folder = cache_folder()
    probe = folder / ".doctor"
    try:
        write_atomically(probe, b"")
        probe.unlink()
    except OSError as err:
        advice = "Downloaded data go there: make it writable."
        return Check("cache", "problem", f"{folder}: {err.strerror}", advice)
    return Check("cache", "ok", str(folder))


def _check_data_folder() -> Iterator[Check]:
    """Look at the folder of MULAN files that a user may have named."""
    given = os.environ.get("MLKIT_DATA")
    if given is None:
        return
    if Path(given).is_dir():
        yield Check("MLKIT_DATA", "ok", given)
        return
    advice = "Name the folder that holds emotions/emotions.arff and the like."
    yield Check("MLKIT_DATA", "problem", f"{given} is no folder", advice)


def _check_kernel() -> Check:
    from jupyter_client.kernelspec import KernelSpecManager

    known = KernelSpecManager().find_kernel_specs()
    if "python3" in known:
        return Check("notebook kernel", "ok", known["python3"])
    advice = "Install it: python -m ipykernel install --user"
    return Check("notebook kernel", "problem", "python3 is not there", advice)
