"""The report: which content for which object, and the file that it becomes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

import mlkit
from mlkit.comparison import Comparison
from mlkit.dataset import MultiLabelDataset
from mlkit.description import Audit, audit
from mlkit.evaluation import Evaluation
from mlkit.exceptions import OptionError
from mlkit.reporting.comparison import comparison_cards, comparison_sections
from mlkit.reporting.dataset import dataset_cards, dataset_sections
from mlkit.reporting.document import Document
from mlkit.reporting.evaluation import evaluation_cards, evaluation_sections
from mlkit.reporting.wording import shorten
from mlkit.wording import counted
from mlkit.writing import write_atomically

__all__ = ["Reported", "report", "report_document"]

Reported: TypeAlias = MultiLabelDataset | Evaluation | Comparison
"""What there are reports of."""


def report(
    x: Reported,
    path: str | Path,
    *,
    title: str | None = None,
    overwrite: bool = False,
    data: MultiLabelDataset | None = None,
    findings: Audit | None = None,
    metric: str | None = None,
) -> Path:
    """Write a report as one HTML file that can be read, printed and sent.

    Parameters
    ----------
    x : MultiLabelDataset, Evaluation or Comparison
        What the report is about: data, one prediction, or models side by side.
    path : str or Path
        The file, ending in ``.html``; folders above it are created.
    title : str, optional
        By default what the object says of itself.
    overwrite : bool, default False
        Whether a file that exists is replaced, in one step.
    data : MultiLabelDataset, optional
        For an evaluation: the rows that were predicted, in the same order. The worst
        ones are shown with what is in them: text, picture, or what is unusual.
    findings : Audit, optional
        For a dataset: the findings to report, such as those of an audit with training
        and test rows; by default those of ``mlkit.audit(x)``.
    metric : str, optional
        For a comparison: the metric that counts most, by default its first one.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    TypeError
        If there is no report of such an object, or an argument is of another kind.
    ValueError, OptionError
        If `path` does not end in ``.html``, or an option does not go with `x`.
    ShapeError, UnknownNameError
        If `data` holds other rows or labels; if the comparison has no such `metric`.
    FileExistsError
        If the file exists and `overwrite` is False.
    OSError
        If the file cannot be written; an older one stands as it was.

    See Also
    --------
    mlkit.describe, mlkit.audit, mlkit.evaluate, mlkit.compare : What reports are of.

    Notes
    -----
    The file loads nothing: style, script and figures are in it, and its content
    security policy forbids the rest. Long tables are cut, with a sentence that says so,
    so that it stays below 3 MB. All that comes from data is escaped.

    Figures are drawings whose words are set in a font of the reader, so that names in
    any script are legible; large figures are pictures, in which a letter that
    matplotlib's font lacks is a box.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> import mlkit
    >>> with TemporaryDirectory() as folder:
    ...     file = report(mlkit.load("flags"), f"{folder}/flags.html")
    ...     "7 labels" in file.read_text(encoding="utf-8")
    True
    """
    target = _check_path(path, overwrite)
    document = report_document(
        x, title=title, data=data, findings=findings, metric=metric
    )
    # Halves of surrogate pairs are gone from texts; nothing else fails to be encoded.
    return write_atomically(target, document.html().encode())


def report_document(
    x: Reported,
    *,
    title: str | None = None,
    data: MultiLabelDataset | None = None,
    findings: Audit | None = None,
    metric: str | None = None,
) -> Document:
    """Return the content of a report, without writing it.

    Parameters
    ----------
    x, title, data, findings, metric
        As those of `report`.

    Returns
    -------
    Document

    Raises
    ------
    TypeError, ValueError, OptionError, ShapeError, UnknownNameError
        As `report`.
    """
    builder, own_option = _builder(x)
    options = {"data": data, "findings": findings, "metric": metric}
    given = {name: value for name, value in options.items() if value is not None}
    _check_options(x, given, own_option)
    return builder(x, title, given.get(own_option))


_Builder: TypeAlias = Callable[[Any, str | None, Any], Document]


def _builder(x: object) -> tuple[_Builder, str]:
    """Return what makes the document, and the option that goes with it."""
    if isinstance(x, MultiLabelDataset):
        return _of_dataset, "findings"
    if isinstance(x, Evaluation):
        return _of_evaluation, "data"
    if isinstance(x, Comparison):
        return _of_comparison, "metric"
    msg = (
        f"There is no report of {_article(type(x).__name__)}. Give a "
        "MultiLabelDataset, or what mlkit.evaluate or mlkit.compare has returned."
    )
    raise TypeError(msg)


def _article(name: str) -> str:
    return f"an {name}" if name[:1].lower() in "aeiou" else f"a {name}"


_KINDS = {
    "findings": ("a dataset", Audit),
    "data": ("an evaluation", MultiLabelDataset),
    "metric": ("a comparison", str),
}


def _check_options(x: object, given: dict[str, Any], own_option: str) -> None:
    for name, value in given.items():
        whose, kind = _KINDS[name]
        if name != own_option:
            msg = (
                f"{name} belongs to the report of {whose}, and this one is of "
                f"{_article(type(x).__name__)}. Leave it out."
            )
            raise OptionError(msg)
        if not isinstance(value, kind):
            msg = f"{name} must be {kind.__name__}, got {type(value).__name__}."
            raise TypeError(msg)


def _check_path(path: str | Path, overwrite: bool) -> Path:
    if not isinstance(path, (str, Path)):
        msg = f"path must be a str or a Path, got {type(path).__name__}."
        raise TypeError(msg)
    target = Path(path)
    if target.suffix.lower() != ".html":
        msg = (
            f"A report is a page: path must end in .html, got '{target.name}'. Give "
            f"'{target.with_suffix('.html').name if target.name else 'report.html'}'."
        )
        raise ValueError(msg)
    if target.exists() and not overwrite:
        msg = f"{target} exists. Pass overwrite=True to replace it, or another path."
        raise FileExistsError(msg)
    return target


def _document(title: str, kind: str, cards: Any, sections: Any) -> Document:
    byline = f"made with mlkit {mlkit.__version__}"
    day = datetime.now(UTC).date()
    return Document(shorten(title, 160), kind, byline, day, cards, sections)


def _of_dataset(
    dataset: MultiLabelDataset, title: str | None, findings: Audit | None
) -> Document:
    found = audit(dataset) if findings is None else findings
    return _document(
        title or dataset.name,
        "Report of a dataset",
        dataset_cards(dataset, found),
        dataset_sections(dataset, found),
    )


def _of_evaluation(
    evaluation: Evaluation, title: str | None, data: MultiLabelDataset | None
) -> Document:
    n_samples, n_labels = evaluation.evidence.shape
    where = f" on {data.name}" if data is not None else ""
    own = f"Prediction of {counted(n_labels, 'label')}{where}"
    return _document(
        title or own,
        "Report of an evaluation",
        evaluation_cards(evaluation),
        evaluation_sections(evaluation, data),
    )


def _of_comparison(
    comparison: Comparison, title: str | None, metric: str | None
) -> Document:
    datasets = comparison.datasets
    n = len(datasets)
    where = datasets[0] if n == 1 else f"{n:,} datasets"
    own = f"Comparison of {counted(len(comparison.models), 'model')} on {where}"
    main = comparison.metrics[0] if metric is None else comparison.measure(metric).name
    return _document(
        title or own,
        "Report of a comparison",
        comparison_cards(comparison, main),
        comparison_sections(comparison, main),
    )
