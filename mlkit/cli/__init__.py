"""The command ``mlkit``: the kit's verbs in a terminal."""

from mlkit.cli.program import main

__all__ = ["main"]
