"""The program: one parser, one place where errors become exit codes.

Results go to standard output, progress and messages to standard error. Exit codes:
0 done, 1 an error that the message explains, 2 wrong usage, 130 stopped by Ctrl-C.
"""

from __future__ import annotations

import argparse
import os
import sys
import warnings
from collections.abc import Sequence
from typing import Any

import mlkit
from mlkit.cli import data, exploring, installation, models, reports
from mlkit.cli.output import say
from mlkit.exceptions import MlkitError

__all__ = ["main"]

_EXAMPLES = """examples:
  mlkit datasets
  mlkit describe flags
  mlkit describe films.csv --labels 'genre_*' --index title
  mlkit describe films.csv --tags genres --separator ';'
  mlkit audit genbase
  mlkit explore flags
  mlkit fetch emotions scene
  mlkit split films.csv --labels 'genre_*' --test 0.25 --out parts/
  mlkit compare flags --models br-lr,cc-lr,lp-lr --out results/
  mlkit report results/ --out comparison.html
  mlkit fit parts/films-train.csv --model br-lr --tune micro_f1 --out model.zip
  mlkit predict model.zip new.csv --out labels.csv
  mlkit evaluate parts/films-test.csv --with-model model.zip
  mlkit lab
  mlkit doctor

Every command explains itself: mlkit compare --help
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    arguments : sequence of str, optional
        By default those of the process.

    Returns
    -------
    int
        The exit code: 0, 1 or 130; wrong usage leaves with 2 from the parser.
    """
    options = _parser().parse_args(arguments)
    with warnings.catch_warnings():
        warnings.showwarning = _show_warning
        try:
            code = options.command(options)
            sys.stdout.flush()
        except BrokenPipeError:
            # The reader has seen enough (mlkit datasets | head): no error of ours.
            # Python would complain once more when it closes the stream at the end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except KeyboardInterrupt:
            say("stopped")
            return 130
        except (MlkitError, ValueError, OSError) as err:
            say(f"error: {err}")
            return 1
        else:
            return int(code or 0)
    return 0


def _show_warning(message: Warning | str, *_: Any, **__: Any) -> None:
    say(f"warning: {message}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="mlkit",
        description="Multi-label classification: data, models, fair comparisons.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=mlkit.__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for room in (data, models, reports, exploring, installation):
        room.add_commands(commands)
    return parser
