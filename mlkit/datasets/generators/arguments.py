"""Checks of the numbers that a generator is asked with; they raise `GeneratorError`."""

from __future__ import annotations

from functools import partial

from mlkit import arguments
from mlkit.exceptions import GeneratorError

__all__ = ["check_choice", "check_count", "check_number"]

check_choice = partial(arguments.check_choice, error=GeneratorError)
check_count = partial(arguments.check_count, error=GeneratorError)
check_number = partial(arguments.check_number, error=GeneratorError)
