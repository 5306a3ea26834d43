"""Commands about data: what exists, what is in it, and other forms of it."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path
from typing import Any

import pandas as pd

import mlkit
from mlkit.cli.output import add_json, print_json, show
from mlkit.cli.sources import add_source, is_file, load_source
from mlkit.dataset import MultiLabelDataset

__all__ = ["add_commands"]


def add_commands(commands: Any) -> None:
    """Add the commands about data.

    Parameters
    ----------
    commands : subparsers of `argparse`
    """
    _add_datasets(commands)
    _add_fetch(commands)
    _add_describe(commands)
    _add_audit(commands)
    _add_split(commands)
    _add_convert(commands)


def _add_datasets(commands: Any) -> None:
    command = commands.add_parser("datasets", help="list the data sets that exist")
    add_json(command)
    command.set_defaults(command=_datasets)


def _add_describe(commands: Any) -> None:
    command = commands.add_parser(
        "describe", help="print the label statistics of a data set and its findings"
    )
    add_source(command)
    add_json(command)
    command.set_defaults(command=_describe)


def _add_audit(commands: Any) -> None:
    command = commands.add_parser(
        "audit",
        help="look for what will spoil the results: leaks, copies, gaps, constants",
        description="Look for what will spoil the results. Where a data set has "
        "published training and test rows, they are compared too.",
    )
    add_source(command)
    for part in ("train", "test"):
        command.add_argument(
            f"--{part}", metavar="FILE", help=f"the {part} rows, in a file of their own"
        )
    add_json(command)
    command.set_defaults(command=_audit)


def _add_fetch(commands: Any) -> None:
    command = commands.add_parser(
        "fetch", help="download data sets into the cache, to work offline later"
    )
    command.add_argument("names", nargs="+", metavar="NAME", help="or 'all'")
    add_json(command)
    command.set_defaults(command=_fetch)


def _add_split(commands: Any) -> None:
    command = commands.add_parser(
        "split",
        help="divide a data set into training and test rows, labels shared evenly",
        description="Divide a data set so that every label keeps its share in each "
        "part (iterative stratification). Prints the files that were written.",
    )
    add_source(command)
    add = command.add_argument
    add("--out", type=Path, required=True, metavar="FOLDER", help="where files go")
    add("--test", type=float, default=0.2, metavar="SHARE", help="default: %(default)s")
    add("--validation", type=float, default=0.0, metavar="SHARE", help="default: none")
    add("--seed", type=int, default=0, metavar="N", help="default: %(default)s")
    add("--format", metavar="SUFFIX", help="such as arff or csv (default: as DATA)")
    add("--overwrite", action="store_true", help="replace files that exist")
    add_json(command)
    command.set_defaults(command=_split)


def _add_convert(commands: Any) -> None:
    command = commands.add_parser(
        "convert",
        help="write a data set in another format",
        description="Write a data set in the format that the suffix names: .arff, "
        ".csv, .tsv, .parquet, .libsvm. Prints the files that were written.",
    )
    add_source(command)
    add = command.add_argument
    add("out", metavar="OUT", help="the new file")
    add("--header", choices=["mulan", "meka"], help="of an ARFF (default: mulan)")
    add("--layout", choices=["dense", "sparse"], help="of an ARFF (default: as it is)")
    add("--zero-based", action="store_true", default=None, help="LIBSVM from 0 on")
    add("--overwrite", action="store_true", help="replace files that exist")
    add_json(command)
    command.set_defaults(command=_convert)


def _datasets(options: argparse.Namespace) -> None:
    from mlkit.datasets import catalog

    shown = ["domain", "n_samples", "n_features", "n_labels", "cardinality", "density"]
    table = catalog()[[*shown, "available_offline"]]
    show(options, catalog, lambda: _as_text(table))


def _as_text(table: pd.DataFrame) -> str:
    with pd.option_context("display.width", 120, "display.max_columns", None):
        return table.to_string(float_format="{:.3f}".format)


def _describe(options: argparse.Namespace) -> None:
    dataset = load_source(options.data, options)
    description = mlkit.describe(dataset)
    reading = dataset.source.reading if dataset.source is not None else ""
    if options.json:
        print_json(
            {
                "name": dataset.name,
                "reading": reading,
                "summary": description.summary,
                "labels": description.labels,
                "findings": mlkit.audit(dataset).to_frame(),
            }
        )
        return
    print(description)
    for finding in mlkit.audit(dataset):
        print(f"\n{finding.severity}: {finding.topic}. {finding.message}")
    if reading:
        print(f"\n{reading}")


def _audit(options: argparse.Namespace) -> None:
    dataset = load_source(options.data, options)
    findings = mlkit.audit(dataset, **_audited_parts(options))
    width = shutil.get_terminal_size().columns
    show(options, findings.to_frame, lambda: findings.to_text(width=width))


def _audited_parts(options: argparse.Namespace) -> dict[str, MultiLabelDataset]:
    """Read the parts that are named, else load those that were published."""
    from mlkit.datasets import catalog_entry

    files = {part: getattr(options, part) for part in ("train", "test")}
    named = {part: load_source(file, options) for part, file in files.items() if file}
    if named or is_file(options.data) or options.part != "all":
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
    paths = [path for name in names for path in fetch(name).values()]
    show(options, lambda: paths, lambda: _lines(paths))


def _lines(paths: list[Path]) -> str:
    return "\n".join(map(str, paths))


def _split(options: argparse.Namespace) -> None:
    dataset = load_source(options.data, options)
    parts = mlkit.split(
        dataset,
        test=options.test,
        validation=options.validation,
        random_state=options.seed,
    )
    suffix = options.format or Path(options.data).suffix or "csv"
    written = [
        path
        for part in parts
        for path in mlkit.write(
            part,
            options.out / f"{part.name}.{suffix.lstrip('.')}",
            overwrite=options.overwrite,
        )
    ]
    show(options, lambda: written, lambda: _lines(written))


def _convert(options: argparse.Namespace) -> None:
    from mlkit.datasets.writing import write

    written = write(
        load_source(options.data, options),
        options.out,
        overwrite=options.overwrite,
        header=options.header,
        layout=options.layout,
        zero_based=options.zero_based,
    )
    show(options, lambda: written, lambda: _lines(written))
