"""What an audit hands over: findings, and the list that holds them."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal, TypeAlias, overload

import pandas as pd

__all__ = ["SEVERITIES", "Audit", "Finding", "PartName", "Severity", "agree"]

Severity: TypeAlias = Literal["problem", "warning", "note"]
"""How bad a finding is, the worst first."""

PartName: TypeAlias = Literal["", "train", "test"]
"""Which rows a finding is about; empty for the whole dataset."""

SEVERITIES: dict[str, str] = {
    "problem": "scores may be worthless until this is settled",
    "warning": "spoils scores, or makes them hard to read",
    "note": "worth knowing",
}
"""What each severity means, the worst first."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that the audit found.

    Parameters
    ----------
    severity : {"problem", "warning", "note"}
        A problem may make scores worthless; a warning spoils them or makes them hard to
        read; a note is worth knowing.
    topic : str
        What kind of finding, such as ``"constant label"``.
    message : str
        The evidence and the advice, in words.
    names : tuple of str
        All labels or features concerned.
    rows : tuple of int
        Positions of the first rows concerned, in the dataset or in the `part`.
    n_rows : int
        How many rows are concerned in all.
    part : {"", "train", "test"}
        Which rows the finding is about; empty for the whole dataset.
    """

    severity: Severity
    topic: str
    message: str
    names: tuple[str, ...] = ()
    rows: tuple[int, ...] = ()
    n_rows: int = 0
    part: PartName = ""

    @property
    def title(self) -> str:
        """The topic, and the part where it is about one."""
        return f"{self.topic} ({self.part})" if self.part else self.topic


def agree(count: int, singular: str, plural: str) -> str:
    """Choose the form of a word that goes with a number.

    Parameters
    ----------
    count : int
    singular, plural : str

    Returns
    -------
    str

    Examples
    --------
    >>> agree(1, "row is", "rows are"), agree(2, "row is", "rows are")
    ('row is', 'rows are')
    """
    return singular if count == 1 else plural


class Audit(Sequence[Finding]):
    """The findings of one audit, the worst first; reads like a list.

    Parameters
    ----------
    findings : iterable of Finding
        In any order; those of one severity keep theirs.
    title : str
        What was audited.

    Examples
    --------
    >>> found = Audit([Finding("note", "shape", "Two rows.")], title="toy")
    >>> len(found), found[0].topic
    (1, 'shape')
    >>> found
    toy
    <BLANKLINE>
    1 note (worth knowing)
      shape: Two rows.
    """

    __slots__ = ("_findings", "title")

    def __init__(self, findings: Sequence[Finding], *, title: str) -> None:
        ranks = list(SEVERITIES)
        self._findings = tuple(sorted(findings, key=lambda f: ranks.index(f.severity)))
        self.title = title

    @overload
    def __getitem__(self, position: int) -> Finding: ...
    @overload
    def __getitem__(self, position: slice) -> Audit: ...
    def __getitem__(self, position: int | slice) -> Finding | Audit:
        if isinstance(position, slice):
            return Audit(self._findings[position], title=self.title)
        return self._findings[position]

    def __len__(self) -> int:
        return len(self._findings)

    def __eq__(self, other: object) -> bool:
        """Compare the findings, with those of another audit or of a list."""
        if isinstance(other, (Audit, list, tuple)):
            return self._findings == tuple(other)
        return NotImplemented

    def __hash__(self) -> int:
        return hash(self._findings)

    def select(
        self,
        *,
        topic: str | None = None,
        severity: Severity | None = None,
        part: PartName | None = None,
    ) -> Audit:
        """Return the findings of one kind.

        Parameters
        ----------
        topic : str, optional
            By default all topics.
        severity : {"problem", "warning", "note"}, optional
            By default all of them.
        part : {"", "train", "test"}, optional
            By default all parts.

        Returns
        -------
        Audit

        Examples
        --------
        >>> found = Audit([Finding("note", "shape", "Two rows.")], title="toy")
        >>> len(found.select(severity="problem"))
        0
        """
        wanted = {"topic": topic, "severity": severity, "part": part}
        chosen = [
            finding
            for finding in self._findings
            if all(
                value is None or getattr(finding, field) == value
                for field, value in wanted.items()
            )
        ]
        return Audit(chosen, title=self.title)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a finding.

        Returns
        -------
        DataFrame
            Columns ``severity``, ``topic``, ``part``, ``message``, ``n_names``,
            ``names``, ``n_rows`` and ``rows``.
        """
        columns = ["severity", "topic", "part", "message"]
        columns += ["n_names", "names", "n_rows", "rows"]
        fields = [column for column in columns if column != "n_names"]
        rows = [
            {field: getattr(finding, field) for field in fields}
            | {"n_names": len(finding.names)}
            for finding in self._findings
        ]
        return pd.DataFrame(rows, columns=columns)

    def to_text(self, *, width: int = 80) -> str:
        """Write the findings for a terminal, grouped by severity.

        Parameters
        ----------
        width : int, default 80
            Characters a line; at least 20 are used.

        Returns
        -------
        str
        """
        blocks = [self.title]
        for heading, findings in self._groups():
            items = [
                textwrap.fill(
                    f"{finding.title}: {finding.message}",
                    width=max(width, 20),
                    initial_indent="  ",
                    subsequent_indent="    ",
                    break_on_hyphens=False,
                )
                for finding in findings
            ]
            blocks.append("\n".join([heading, *items]))
        if not self._findings:
            blocks.append("Nothing found.")
        return "\n\n".join(blocks)

    def _groups(self) -> Iterator[tuple[str, list[Finding]]]:
        """Yield the findings by severity, each group with its heading."""
        for severity, meaning in SEVERITIES.items():
            group = [f for f in self._findings if f.severity == severity]
            if group:
                noun = agree(len(group), severity, f"{severity}s")
                yield f"{len(group)} {noun} ({meaning})", group

    def __repr__(self) -> str:
        return self.to_text()

    def _repr_html_(self) -> str:
        parts = [f"<strong>{escape(self.title)}</strong>"]
        for heading, findings in self._groups():
            items = "".join(
                f"<li><em>{escape(finding.title)}:</em> {escape(finding.message)}</li>"
                for finding in findings
            )
            parts.append(f"<p>{escape(heading)}</p><ul>{items}</ul>")
        if not self._findings:
            parts.append("<p>Nothing found.</p>")
        return f'<div style="max-width:60em">{"".join(parts)}</div>'
