"""The command ``mlkit``: the kit's verbs in a terminal.

Results go to standard output, progress and messages to standard error. Exit codes:
0 done, 1 an error that the message explains, 2 wrong usage, 130 stopped by Ctrl-C.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

import mlkit
from mlkit.dataset import MultiLabelDataset
from mlkit.exceptions import MlkitError

__all__ = ["main"]

_EXAMPLES = """examples:
  mlkit datasets
  mlkit describe flags
  mlkit describe my-data.arff --labels my-data.xml
  mlkit describe films.csv --labels 'genre_*' --index title
  mlkit describe films.csv --tags genres --separator ';'
  mlkit audit genbase
  mlkit fetch emotions scene
  mlkit compare flags --models br-lr,cc-lr,lp-lr --out results/
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
            options.command(options)
            sys.stdout.flush()
        except BrokenPipeError:
            # The reader has seen enough (mlkit datasets | head): no error of ours.
            # Python would complain once more when it closes the stream at the end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except KeyboardInterrupt:
            _say("stopped")
            return 130
        except (MlkitError, ValueError, OSError) as err:
            _say(f"error: {err}")
            return 1
    return 0


def _say(message: str) -> None:
    print(f"mlkit: {message}", file=sys.stderr)


def _show_warning(message: Warning | str, *_: Any, **__: Any) -> None:
    _say(f"warning: {message}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="mlkit",
        description="Multi-label classification: data, models, fair comparisons.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=mlkit.__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_datasets(commands)
    _add_describe(commands)
    _add_audit(commands)
    _add_fetch(commands)
    _add_compare(commands)
    _add_convert(commands)
    return parser


def _add_datasets(commands: Any) -> None:
    command = commands.add_parser("datasets", help="list the data sets that exist")
    command.set_defaults(command=_datasets)


def _add_describe(commands: Any) -> None:
    command = commands.add_parser(
        "describe", help="print the label statistics of a data set and its findings"
    )
    _add_source(command, nargs=None)
    command.set_defaults(command=_describe)


def _add_audit(commands: Any) -> None:
    command = commands.add_parser(
        "audit",
        help="look for what will spoil the results: leaks, copies, gaps, constants",
        description="Look for what will spoil the results. Where a data set has "
        "published training and test rows, they are compared too.",
    )
    _add_source(command, nargs=None)
    for part in ("train", "test"):
        command.add_argument(
            f"--{part}", metavar="FILE", help=f"the {part} rows, in a file of their own"
        )
    command.set_defaults(command=_audit)


def _add_fetch(commands: Any) -> None:
    command = commands.add_parser(
        "fetch", help="download data sets into the cache, to work offline later"
    )
    command.add_argument("names", nargs="+", metavar="NAME", help="or 'all'")
    command.set_defaults(command=_fetch)


def _add_compare(commands: Any) -> None:
    command = commands.add_parser(
        "compare",
        help="compare models on the same folds of one or several data sets",
        description="Compare models on the same stratified folds. Prints mean and "
        "standard deviation over the folds; * marks the best mean.",
    )
    _add_source(command, nargs="+")
    add = command.add_argument
    add("--models", type=_names, metavar="A,B", help="default: br-lr,cc-lr,lp-lr")
    add("--metrics", type=_names, metavar="A,B", help="default: eight of them")
    add("--folds", type=int, default=10, metavar="N", help="default: %(default)s")
    add("--repeats", type=int, default=1, metavar="N", help="default: %(default)s")
    add("--seed", type=int, default=0, metavar="N", help="default: %(default)s")
    add("--jobs", type=int, metavar="N", help="worker processes; -1: all cores")
    add("--out", type=Path, metavar="FOLDER", help="write CSV and PNG files there")
    command.set_defaults(command=_compare)


def _add_convert(commands: Any) -> None:
    command = commands.add_parser(
        "convert",
        help="write a data set in another format",
        description="Write a data set in the format that the suffix names: .arff, "
        ".csv, .tsv, .parquet, .libsvm. Prints the files that were written.",
    )
    _add_source(command, nargs=None)
    add = command.add_argument
    add("out", metavar="OUT", help="the new file")
    add("--header", choices=["mulan", "meka"], help="of an ARFF (default: mulan)")
    add("--layout", choices=["dense", "sparse"], help="of an ARFF (default: as it is)")
    add("--zero-based", action="store_true", default=None, help="LIBSVM from 0 on")
    add("--overwrite", action="store_true", help="replace files that exist")
    command.set_defaults(command=_convert)


def _add_source(command: argparse.ArgumentParser, nargs: str | None) -> None:
    command.add_argument(
        "data", nargs=nargs, metavar="DATA", help="name of a data set, or a file"
    )
    command.add_argument(
        "--part",
        choices=["all", "train", "test"],
        default="all",
        help="published part of a named data set (default: %(default)s)",
    )
    command.add_argument(
        "--labels",
        metavar="WHICH",
        help="labels of a file: number of last columns, names (a,b,c), a pattern "
        "('genre_*'), or an XML file",
    )
    command.add_argument(
        "--tags",
        metavar="COLUMN",
        help="column of a table that holds the labels as tags",
    )
    command.add_argument(
        "--separator",
        default="|",
        metavar="TEXT",
        help="stands between two tags (default: %(default)s)",
    )
    command.add_argument(
        "--index", type=_names, metavar="A,B", help="columns that name the rows"
    )


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _load(data: str, options: argparse.Namespace) -> MultiLabelDataset:
    """Load a named data set, or read a file where the argument looks like one."""
    if _is_file(data):
        return mlkit.read(data, labels=_labels(options), index=options.index)
    for option in ("labels", "tags", "index"):
        if getattr(options, option) is not None:
            msg = f"--{option} is for files; '{data}' is the name of a data set."
            raise ValueError(msg)
    return mlkit.load(data, part=options.part)


def _is_file(data: str) -> bool:
    # Not "exists": a folder 'emotions', as MULAN's files lie in, is not meant.
    return bool(Path(data).suffix) or os.sep in data or Path(data).is_file()


def _labels(options: argparse.Namespace) -> Any:
    """Understand --labels and --tags as `mlkit.read` does."""
    from mlkit.datasets.formats.tag_column import Tags

    text = options.labels
    if options.tags is not None:
        if text is not None:
            msg = "--labels and --tags both say where the labels are. Give one of them."
            raise ValueError(msg)
        return Tags(options.tags, options.separator)
    if text is None:
        return None
    if text.lstrip("-").isdigit():
        return int(text)
    if text.lower().endswith(".xml"):
        return Path(text)
    names = _names(text)
    return text if len(names) == 1 and set("*?[") & set(text) else names


def _datasets(options: argparse.Namespace) -> None:
    from mlkit.datasets import catalog

    shown = ["domain", "n_samples", "n_features", "n_labels", "cardinality", "density"]
    table = catalog()[[*shown, "available_offline"]]
    with pd.option_context("display.width", 120, "display.max_columns", None):
        print(table.to_string(float_format="{:.3f}".format))


def _describe(options: argparse.Namespace) -> None:
    dataset = _load(options.data, options)
    print(mlkit.describe(dataset))
    for finding in mlkit.audit(dataset):
        print(f"\n{finding.severity}: {finding.topic}. {finding.message}")
    if dataset.source is not None and dataset.source.reading:
        print(f"\n{dataset.source.reading}")


def _audit(options: argparse.Namespace) -> None:
    dataset = _load(options.data, options)
    findings = mlkit.audit(dataset, **_audited_parts(options))
    print(findings.to_text(width=shutil.get_terminal_size().columns))


def _audited_parts(options: argparse.Namespace) -> dict[str, MultiLabelDataset]:
    """Read the parts that are named, else load those that were published."""
    from mlkit.datasets import catalog_entry

    files = {part: getattr(options, part) for part in ("train", "test")}
    named = {part: _load(file, options) for part, file in files.items() if file}
    if named or _is_file(options.data) or options.part != "all":
        return named
    published = catalog_entry(options.data).parts
    return {
        part: mlkit.load(options.data, part=part)
        for part in ("train", "test")
        if part in published
    }


def _fetch(options: argparse.Namespace) -> None:
    from mlkit.datasets import catalog, fetch

    names = list(catalog().index) if options.names == ["all"] else options.names
    for name in names:
        for path in fetch(name).values():
            print(path)


def _compare(options: argparse.Namespace) -> None:
    settings: dict[str, Any] = {
        "cv": options.folds,
        "n_repeats": options.repeats,
        "random_state": options.seed,
        "n_jobs": options.jobs,
    }
    for choice in ("models", "metrics"):
        if getattr(options, choice) is not None:
            settings[choice] = getattr(options, choice)
    datasets = [_load(data, options) for data in options.data]
    result = mlkit.compare(datasets, **settings)
    print(result)
    if options.out is not None:
        from mlkit.plots import save_comparison

        for path in [*result.save(options.out), save_comparison(result, options.out)]:
            _say(f"wrote {path}")


def _convert(options: argparse.Namespace) -> None:
    from mlkit.datasets.writing import write

    written = write(
        _load(options.data, options),
        options.out,
        overwrite=options.overwrite,
        header=options.header,
        layout=options.layout,
        zero_based=options.zero_based,
    )
    for path in written:
        print(path)
