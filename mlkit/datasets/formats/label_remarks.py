"""What is odd about where a file keeps its labels, in words."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["label_remarks"]


def label_remarks(
    names: Sequence[str],
    labels: Sequence[int],
    *,
    xml_names: Sequence[str] | None = None,
    meka_labels: int | None = None,
) -> tuple[str, ...]:
    """Word what about the labels of a file would mislead another reader of it.

    Parameters
    ----------
    names : sequence of str
        Of all columns, in the order of the file.
    labels : sequence of int
        Positions of the columns that are labels, increasing.
    xml_names : sequence of str, optional
        Labels in the order of the label XML.
    meka_labels : int, optional
        MEKA's ``-C n`` in the header.

    Returns
    -------
    tuple of str
        Sentences; empty where header, XML and columns agree and the labels stand
        together at one end.

    Examples
    --------
    >>> label_remarks(["x", "a", "b"], [1, 2], xml_names=["b", "a"])
    ('The label XML lists the labels in another order than the file: match by name.',)
    """
    columns = list(labels)
    remarks = (
        _header_remark(len(names), columns, meka_labels),
        _xml_remark([names[j] for j in columns], xml_names),
        _place_remark(len(names), columns),
    )
    return tuple(remark for remark in remarks if remark)


def _ends(n_columns: int, count: int) -> tuple[list[int], list[int]]:
    """Return the first and the last columns, a count of each."""
    return list(range(count)), list(range(n_columns - count, n_columns))


def _header_remark(n_columns: int, columns: list[int], meka_labels: int | None) -> str:
    if meka_labels is None:
        return ""
    count = abs(meka_labels)
    side = "first" if meka_labels > 0 else "last"
    # The header may say any number; only that of the labels is worth a list.
    if count == len(columns) and columns == _ends(n_columns, count)[side == "last"]:
        return ""
    return (
        f"The header says -C {meka_labels}, the {side} "
        f"{count} columns, and the labels are {len(columns)} others: a reader that "
        "trusts the header takes features for labels."
    )


def _xml_remark(in_file: list[str], in_xml: Sequence[str] | None) -> str:
    if in_xml is None or list(in_xml) == in_file:
        return ""
    return (
        "The label XML lists the labels in another order than the file: match by name."
    )


def _place_remark(n_columns: int, columns: list[int]) -> str:
    if columns in _ends(n_columns, len(columns)):
        return ""
    return (
        "The labels stand between the features, neither first nor last: name them, do "
        "not count columns."
    )
