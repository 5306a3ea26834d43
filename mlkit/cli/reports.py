"""The command that writes a report."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from mlkit.cli.output import say_wrote
from mlkit.cli.sources import add_source, load_subject

__all__ = ["add_commands"]


def add_commands(commands: Any) -> None:
    """Add the command that writes a report.

    Parameters
    ----------
    commands : subparsers of `argparse`
    """
    command = commands.add_parser(
        "report",
        help="write a report in HTML about data, or about a comparison",
        description="Write one HTML file that needs no network: about a data set, or "
        "about a comparison, given as the folder that mlkit compare --out has made.",
    )
    add_source(command)
    add = command.add_argument
    add("--out", type=Path, required=True, metavar="FILE", help="ends in .html")
    add("--title", metavar="TEXT", help="by default, what the report is about")
    add("--overwrite", action="store_true", help="replace a report that exists")
    command.set_defaults(command=_report)


def _report(options: argparse.Namespace) -> None:
    from mlkit.reporting import report

    subject = load_subject(options)
    say_wrote(
        report(subject, options.out, title=options.title, overwrite=options.overwrite)
    )
