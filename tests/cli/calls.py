"""The command, called from a test, and a file for it."""

from __future__ import annotations

from typing import Any

from mlkit import cli

ARFF = """@relation toy
@attribute size numeric
@attribute kind {a,b}
@attribute calm {0,1}
@attribute sad {0,1}
@data
1,a,1,0
2,b,0,1
3,a,1,1
4,b,0,1
5,a,1,0
6,b,0,1
"""


def run(capsys: Any, *arguments: Any) -> tuple[int, str, str]:
    """Return the exit code and what was printed."""
    code = cli.main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err
