"""A module imports only from its own room and from the layers below."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "mlkit"

LAYERS = {
    "mlkit.exceptions": -1,  # anything may raise
    "mlkit.arguments": 0,
    "mlkit.containers": 0,
    "mlkit.validation": 0,
    "mlkit.optional": 0,
    "mlkit.writing": 0,
    "mlkit.activations": 0,
    "mlkit.losses": 1,
    "mlkit.progress": 0,
    "mlkit.best_sets": 0,
    "mlkit.imbalance": 0,
    "mlkit.markup": 0,
    "mlkit.memory": 0,
    "mlkit.wording": 0,
    "mlkit.alignment": 1,
    "mlkit.dataset": 1,
    "mlkit.fingerprints": 2,
    "mlkit.datasets": 2,
    "mlkit.description": 2,
    "mlkit.splitting": 2,
    "mlkit.metrics": 2,
    "mlkit.statistics": 2,
    "mlkit.thresholds": 3,
    "mlkit.calibration": 3,
    "mlkit.resampling": 3,
    "mlkit.models": 4,
    "mlkit.neural": 5,
    "mlkit.evaluation": 6,
    "mlkit.comparison": 7,
    "mlkit.persistence": 7,
    "mlkit.plots": 8,
    "mlkit.reporting": 9,
    "mlkit.widgets": 9,
    "mlkit.lessons": 9,
    "mlkit.cli": 10,
    "mlkit.__main__": 11,
}

EXCEPTIONS = {
    # The card of a dataset shows what the audit finds; looked up when it is drawn.
    ("mlkit.dataset", "mlkit.description"),
}

FILES = sorted(p for p in PACKAGE.rglob("*.py") if p != PACKAGE / "__init__.py")


def module_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room(module: str) -> str:
    return ".".join(module.split(".")[:2])


def imported_modules(path: Path) -> set[str]:
    """Modules of the kit that a file names in imports, inside functions too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} uses a relative import"
            if node.module == "mlkit":
                found.update(f"mlkit.{alias.name}" for alias in node.names)
            elif node.module:
                found.add(node.module)
    return {name for name in found if name.startswith("mlkit.")}


@pytest.mark.parametrize("path", FILES, ids=lambda path: module_name(path))
def test_a_module_imports_only_from_below(path):
    here = room(module_name(path))
    assert here in LAYERS, f"{here} has no layer: add it to LAYERS and to the design"
    for name in imported_modules(path):
        there = room(name)
        if there == here or (here, there) in EXCEPTIONS or there not in LAYERS:
            continue
        assert LAYERS[there] < LAYERS[here], f"{module_name(path)} imports {name}"


def test_a_violation_is_noticed(tmp_path):
    path = tmp_path / "bad.py"
    path.write_text("def f():\n    from mlkit.cli import main\n", encoding="utf-8")

    assert imported_modules(path) == {"mlkit.cli"}


def test_only_fetch_touches_the_network():
    network = {"pooch", "urllib.request", "requests", "http.client", "socket"}
    users = set()
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names = {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                names = {node.module or ""}
            else:
                continue
            if names & network:
                users.add(module_name(path))

    # The app listens on this machine, and asks nobody for anything.
    app = {"mlkit.cli.exploring", "mlkit.cli.ports"}
    assert users == {"mlkit.datasets.fetch", *app}


def test_every_package_declares_its_public_names():
    for path in PACKAGE.rglob("__init__.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assigned = {
            target.id
            for node in tree.body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        imports = any(isinstance(node, ast.ImportFrom) for node in tree.body)
        assert "__all__" in assigned or not imports, f"{path} has no __all__"
