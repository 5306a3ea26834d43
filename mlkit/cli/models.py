"""Commands about models: compared, fitted, asked and judged."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

import mlkit
from mlkit.cli.output import add_json, print_json, say_wrote, show
from mlkit.cli.sources import add_source, is_file, load_source, names
from mlkit.dataset import MultiLabelDataset
from mlkit.exceptions import LabelNameError, OptionError, names_for_message

__all__ = ["add_commands"]


def add_commands(commands: Any) -> None:
    """Add the commands about models.

    Parameters
    ----------
    commands : subparsers of `argparse`
    """
    _add_compare(commands)
    _add_fit(commands)
    _add_predict(commands)
    _add_evaluate(commands)


def _add_compare(commands: Any) -> None:
    command = commands.add_parser(
        "compare",
        help="compare models on the same folds of one or several data sets",
        description="Compare models on the same stratified folds. Prints mean and "
        "standard deviation over the folds (* marks the best mean), and what may be "
        "concluded. With --out each fold is kept when it is finished: the same "
        "command goes on after an interruption.",
    )
    add_source(command, nargs="+")
    add = command.add_argument
    add("--models", type=names, metavar="A,B", help="default: br-lr,cc-lr,lp-lr")
    add("--metrics", type=names, metavar="A,B", help="default: eight of them")
    add("--folds", type=int, default=10, metavar="N", help="default: %(default)s")
    add("--repeats", type=int, default=1, metavar="N", help="default: %(default)s")
    add("--tune", metavar="METRIC", help="choose hyper-parameters inside the folds")
    add("--seed", type=int, default=0, metavar="N", help="default: %(default)s")
    add("--jobs", type=int, metavar="N", help="worker processes; -1: all cores")
    add("--out", type=Path, metavar="FOLDER", help="Parquet, CSV, PNG, and the folds")
    add("--retry-failed", action="store_true", help="try folds again that failed")
    add_json(command)
    command.set_defaults(command=_compare)


def _add_fit(commands: Any) -> None:
    command = commands.add_parser(
        "fit",
        help="train a model on all rows and save it",
        description="Train a model on all rows of a data set and save it with a card "
        "that says what it is. Prints the card.",
    )
    add_source(command)
    add = command.add_argument
    add("--model", default="br-lr", metavar="NAME", help="default: %(default)s")
    add("--tune", metavar="METRIC", help="choose its hyper-parameters by this metric")
    add("--out", type=Path, required=True, metavar="FILE", help=".zip, or a folder")
    add("--notes", default="", metavar="TEXT", help="what its users should know")
    add("--seed", type=int, default=0, metavar="N", help="default: %(default)s")
    add("--jobs", type=int, metavar="N", help="worker processes; -1: all cores")
    add("--overwrite", action="store_true", help="replace a model that exists")
    add_json(command)
    command.set_defaults(command=_fit)


def _add_predict(commands: Any) -> None:
    command = commands.add_parser(
        "predict",
        help="predict the labels of new rows by a saved model",
        description="Predict the labels of new rows. The file needs the columns that "
        "the model was trained on, by name; others are left out. Prints CSV, or writes "
        "it with --out.",
    )
    add = command.add_argument
    add("model", metavar="MODEL", help="what mlkit fit has saved")
    add("data", metavar="DATA", help="a file, or the name of a data set")
    add("--index", type=names, metavar="A,B", help="columns that name the rows")
    add("--proba", action="store_true", help="probabilities instead of labels")
    add("--out", type=Path, metavar="FILE", help="a new .csv or .parquet")
    add("--overwrite", action="store_true", help="replace a file that exists")
    command.set_defaults(command=_predict)


def _add_evaluate(commands: Any) -> None:
    command = commands.add_parser(
        "evaluate",
        help="say how right predictions are, by all metrics that they allow",
        description="Say how right predictions are: those of a file, whose columns are "
        "the labels and hold 0 and 1, probabilities or scores; or those of a saved "
        "model for these rows.",
    )
    add_source(command)
    add = command.add_argument
    add("--predictions", type=Path, metavar="FILE", help="a table of predictions")
    add("--with-model", type=Path, metavar="MODEL", help="what mlkit fit has saved")
    add("--threshold", type=float, metavar="T", help="from where on a label is decided")
    add("--metrics", type=names, metavar="A,B", help="default: all that there are")
    add("--resamples", type=int, default=0, metavar="N", help="for intervals, as 1000")
    add("--report", type=Path, metavar="FILE", help="write a report in HTML, too")
    add("--overwrite", action="store_true", help="replace a report that exists")
    add_json(command)
    command.set_defaults(command=_evaluate)


def _compare(options: argparse.Namespace) -> None:
    settings: dict[str, Any] = {
        "cv": options.folds,
        "n_repeats": options.repeats,
        "random_state": options.seed,
        "n_jobs": options.jobs,
        "tune": options.tune,
        "folder": options.out,
        "retry_failed": options.retry_failed,
    }
    for choice in ("models", "metrics"):
        if getattr(options, choice) is not None:
            settings[choice] = getattr(options, choice)
    datasets = [load_source(data, options) for data in options.data]
    result = mlkit.compare(datasets, **settings)
    if options.out is not None:
        from mlkit.plots import save_comparison

        for path in [*result.save(options.out), save_comparison(result, options.out)]:
            say_wrote(path)
    if options.json:
        print_json(
            {
                "settings": result.settings,
                "scores": result.scores(),
                "summary": result.summary().sentences,
                "caveats": result.summary().caveats,
                "failures": result.failure_summary(),
            }
        )
    else:
        print(f"{result}\n\n{result.summary()}")


def _fit(options: argparse.Namespace) -> None:
    from mlkit.comparison import tuned
    from mlkit.models import make
    from mlkit.persistence import read_card, save

    # Before the training, which may take hours.
    _check_absent(options.out, overwrite=options.overwrite)
    dataset = load_source(options.data, options)
    model: Any = make(options.model, random_state=options.seed, n_jobs=options.jobs)
    if options.tune is not None:
        model = tuned(options.model, options.tune, n_jobs=options.jobs)
        model.set_params(estimator=make(options.model, random_state=options.seed))
    X, Y = dataset.as_xy(missing="as_nan")
    model.fit(X, Y)
    path = save(
        getattr(model, "best_estimator_", model),
        options.out,
        data=dataset,
        notes=options.notes,
        overwrite=options.overwrite,
    )
    card = read_card(path)
    show(options, lambda: asdict(card), lambda: card)
    say_wrote(path)


def _predict(options: argparse.Namespace) -> None:
    model = mlkit.load_model(options.model)
    X = _features(model, options.data, options.index)
    if options.out is not None:
        _check_new(options.out, overwrite=options.overwrite)
    labels = list(_label_names(model))
    if options.proba and not hasattr(model, "predict_proba"):
        msg = (
            f"{options.model} has no probabilities. Leave out --proba, or fit a model "
            "that has (mlkit.models.catalog())."
        )
        raise OptionError(msg)
    answer = model.predict_proba(X) if options.proba else model.predict(X)
    dense = answer.toarray() if hasattr(answer, "toarray") else answer
    index = X.index if isinstance(X, pd.DataFrame) else None
    table = pd.DataFrame(dense, index=index, columns=labels)
    named = index is not None and not isinstance(index, pd.RangeIndex)
    if options.out is None:
        print(table.to_csv(index=named), end="")
        return
    _write_table(table, options.out, named)
    say_wrote(options.out)


def _features(model: Any, data: str, index: list[str] | None) -> Any:
    """Read the columns that a model was trained on."""
    from mlkit.datasets import read_features

    wanted = getattr(model, "feature_names_in_", None)
    if is_file(data):
        n_features = getattr(model, "n_features_in_", None)
        return read_features(data, wanted, index=index, n_features=n_features)
    X = mlkit.load(data).X
    if wanted is None or not isinstance(X, pd.DataFrame):
        return X
    lacking = [name for name in wanted if name not in X]
    if lacking:
        msg = f"'{data}' lacks the features {names_for_message(lacking)} of the model."
        raise LabelNameError(msg)
    return X[list(wanted)]


def _label_names(model: Any) -> Any:
    """Return the labels of a model, that of its last step where it has steps."""
    last = model.steps[-1][1] if hasattr(model, "steps") else model
    found = getattr(last, "label_names_in_", None)
    if found is not None:
        return found
    return [f"label_{j}" for j in range(last.n_labels_)]


def _check_new(path: Path, *, overwrite: bool) -> None:
    if path.suffix.lower() not in (".csv", ".parquet"):
        msg = f"--out needs a file .csv or .parquet, got {path}."
        raise OptionError(msg)
    _check_absent(path, overwrite=overwrite)


def _check_absent(path: Path, *, overwrite: bool) -> None:
    if path.exists() and not overwrite:
        msg = f"{path} exists. Give another name, or --overwrite."
        raise FileExistsError(msg)


def _write_table(table: pd.DataFrame, path: Path, named: bool) -> None:
    from mlkit.writing import atomic_file

    with atomic_file(path) as temporary:
        if path.suffix.lower() == ".parquet":
            table.to_parquet(temporary, index=named)
        else:
            table.to_csv(temporary, index=named)


def _evaluate(options: argparse.Namespace) -> None:
    dataset = load_source(options.data, options)
    evaluation = mlkit.evaluate(
        dataset,
        _predictions(dataset, options),
        threshold=options.threshold,
        metrics=options.metrics,
        n_resamples=options.resamples,
    )
    # Files first: whoever reads the rest may stop early (mlkit evaluate ... | head).
    if options.report is not None:
        from mlkit.reporting import report

        say_wrote(
            report(
                evaluation, options.report, data=dataset, overwrite=options.overwrite
            )
        )
    show(
        options,
        lambda: {"metrics": evaluation.metrics, "labels": evaluation.labels},
        lambda: evaluation,
    )


def _predictions(dataset: MultiLabelDataset, options: argparse.Namespace) -> Any:
    """Return the table that was given, or ask the model."""
    if (options.predictions is None) == (options.with_model is None):
        msg = "Give either --predictions FILE or --with-model MODEL."
        raise OptionError(msg)
    if options.with_model is None:
        return _read_predictions(dataset, options.predictions)
    model = mlkit.load_model(options.with_model)
    names_of_model = [str(name) for name in _label_names(model)]
    if names_of_model != list(dataset.label_names):
        msg = (
            f"The model has the labels {names_for_message(names_of_model)}; the data "
            f"have {names_for_message(dataset.label_names)}."
        )
        raise LabelNameError(msg)
    if hasattr(model, "predict_proba") and options.threshold is not None:
        return model.predict_proba(dataset.X)
    return model.predict(dataset.X)


def _read_predictions(dataset: MultiLabelDataset, path: Path) -> pd.DataFrame:
    """Read predictions by the names of the labels, in the order of the rows."""
    from mlkit.datasets import read_features

    table = read_features(path, dataset.label_names)
    if not isinstance(table, pd.DataFrame):
        msg = f"Predictions are a table whose columns are the labels; got {path}."
        raise OptionError(msg)
    rows = dataset.Y.index if isinstance(dataset.Y, pd.DataFrame) else None
    same = rows is not None and table.index.sort_values().equals(rows.sort_values())
    return table.reindex(rows) if same else table.reset_index(drop=True)
