"""Optional packages: imported, or refused with the install line."""

from __future__ import annotations

import math
import os
import subprocess
import sys

import pytest

from mlkit.exceptions import OptionalDependencyError
from mlkit.optional import import_optional


def test_an_installed_package_is_returned():
    assert import_optional("math", extra="neural", purpose="a test") is math


def test_an_absent_package_is_named_with_its_install_line():
    with pytest.raises(OptionalDependencyError, match=r"mlkit-multilabel\[many\]"):
        import_optional("no_such_package_here", extra="many", purpose="label trees")


def test_the_error_is_an_import_error():
    with pytest.raises(ImportError, match="needed for label trees"):
        import_optional("no_such_package_here", extra="many", purpose="label trees")


class TestStartOfTensorFlow:
    """A package of that name stands in: it writes as TensorFlow does."""

    log = (
        "WARNING: All log messages before absl::InitializeLog() is called are ...\n"
        "I0000 00:00:1795793856.106952   27790 port.cc:153] oneDNN is on.\n"
        "E0000 00:00:1795793859.307299   27790 cuda.cc:52] failed call to cuInit\n"
        "To enable the following instructions: AVX2 FMA, rebuild.\n"
    )

    def stderr_of(self, folder, *, level=None, after=""):
        written = f"{self.log}a word".encode()
        source = f"import os\nos.write(2, {written})\n{after}"
        (folder / "tensorflow.py").write_text(source)
        code = "from mlkit.optional import import_optional\n" + (
            "import_optional('tensorflow', extra='neural', purpose='a test')\n"
            "import os\nos.write(2, b'; later')"
        )
        environment = {**os.environ, "PYTHONPATH": str(folder)}
        environment.pop("TF_CPP_MIN_LOG_LEVEL", None)
        if level is not None:
            environment["TF_CPP_MIN_LOG_LEVEL"] = level
        command = [sys.executable, "-c", code]
        done = subprocess.run(command, capture_output=True, text=True, env=environment)
        return done.stderr

    def test_its_log_is_left_out_and_all_else_is_passed_on(self, tmp_path):
        assert self.stderr_of(tmp_path) == "a word; later"

    def test_whoever_chooses_a_level_sees_it(self, tmp_path):
        assert self.stderr_of(tmp_path, level="0") == f"{self.log}a word; later"

    def test_an_error_is_shown_with_its_traceback(self, tmp_path):
        shown = self.stderr_of(tmp_path, after="raise RuntimeError('no such device')")

        assert shown.startswith("a wordTraceback")
        assert shown.strip().endswith("RuntimeError: no such device")
