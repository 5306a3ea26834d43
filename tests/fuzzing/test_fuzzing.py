"""Any bytes give a dataset or one of the kit's own errors."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

HERE = Path(__file__).resolve().parent
SECONDS = 15


def load_targets():
    spec = importlib.util.spec_from_file_location("targets", HERE / "targets.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module.TARGETS


TARGETS = load_targets()
EXAMPLES = sorted(
    path for kind in ("seeds", "regressions") for path in (HERE / kind).rglob("*.*")
)


def pieces(name):
    """Files made of the words of a format, of characters and of any bytes."""
    words = st.sampled_from([word.encode() for word in TARGETS[name].words])
    anything = st.one_of(words, words, st.binary(max_size=8), st.text().map(str.encode))
    return st.lists(anything, max_size=30).map(b"".join)


def mutants(name):
    """Good files with a piece cut out and something else put in."""
    good = [path.read_bytes() for path in EXAMPLES if path.parent.name == name]
    return st.builds(
        lambda data, start, length, piece: (
            data[: start % len(data)] + piece + data[start % len(data) + length :]
        ),
        st.sampled_from(good),
        st.integers(0, 10_000),
        st.integers(0, 20),
        pieces(name),
    )


@pytest.mark.parametrize("name", TARGETS)
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_bytes_are_read_or_refused(name, data, tmp_path):
    TARGETS[name](data.draw(pieces(name) | mutants(name)), tmp_path)


@pytest.mark.parametrize(
    "path", EXAMPLES, ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_examples_and_what_the_fuzzer_once_found(path, tmp_path):
    TARGETS[path.parent.name](path.read_bytes(), tmp_path)


def test_every_target_has_seeds():
    assert {path.name for path in (HERE / "seeds").iterdir()} == set(TARGETS)


@pytest.mark.slow
@pytest.mark.parametrize("name", TARGETS)
def test_a_short_run_of_the_fuzzer_finds_nothing(name, tmp_path):
    if importlib.util.find_spec("atheris") is None:
        pytest.skip("atheris is not installed: it comes for Linux on x86-64 only")

    command = [sys.executable, str(HERE / "fuzz.py"), "--results", str(tmp_path)]
    done = subprocess.run(
        [*command, "--minutes", str(SECONDS / 60), name],
        capture_output=True,
        text=True,
        check=False,
    )

    logs = [path.read_text(errors="replace") for path in tmp_path.rglob("log.txt")]
    assert done.returncode == 0, done.stdout + done.stderr + "".join(logs)[-4000:]
    assert "nothing found" in done.stdout


def test_the_fuzzer_notices_a_defect(tmp_path):
    """The check itself can fail: a reader's own exception is not let through."""
    target = TARGETS["arff"]

    def broken(path):
        raise KeyError(path)

    with pytest.raises(KeyError):
        type(target)(".arff", broken, ())(b"", tmp_path)
