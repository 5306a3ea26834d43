"""Optional packages: imported, or refused with the install line."""

from __future__ import annotations

import math

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
