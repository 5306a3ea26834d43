"""A report as a document: small parts of plain text that know how to become HTML.

Nothing but the classes of this room writes HTML, and each escapes what it is given:
who writes the content of a report deals with text, numbers and figures only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from html import escape
from typing import Protocol

from mlkit.reporting.style import SCRIPT, STYLE, script_hash
from mlkit.reporting.wording import clean

__all__ = [
    "Bullets",
    "Card",
    "Code",
    "Document",
    "Facts",
    "Ids",
    "Link",
    "Notice",
    "Notices",
    "Paragraph",
    "Part",
    "Quotation",
    "Section",
    "Tiles",
    "text_html",
]

_LONG_VALUE = 9


class Ids:
    """Hands out names that occur once in a page.

    Examples
    --------
    >>> ids = Ids()
    >>> ids.new("table"), ids.new("table"), ids.new("figure")
    ('table-1', 'table-2', 'figure-1')
    """

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    def new(self, kind: str) -> str:
        """Return a name that was not handed out before.

        Parameters
        ----------
        kind : str
            What it begins with.

        Returns
        -------
        str
        """
        self._counts[kind] = self._counts.get(kind, 0) + 1
        return f"{kind}-{self._counts[kind]}"


class Block(Protocol):
    """Anything that stands in a section."""

    def html(self, ids: Ids) -> str:
        """Return it as HTML."""


def text_html(text: object) -> str:
    """Return a text as HTML: escaped, and free of what no page can hold.

    Parameters
    ----------
    text : object

    Returns
    -------
    str

    Examples
    --------
    >>> text_html('<b> & "c"')
    '&lt;b&gt; &amp; &quot;c&quot;'
    """
    return escape(clean(text))


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One or more sentences.

    Parameters
    ----------
    text : str
    kind : {"", "lead", "note"}
        Larger, or smaller and paler, than the others.
    """

    text: str
    kind: str = ""

    def html(self, ids: Ids) -> str:
        """Return it as HTML."""
        kind = f' class="{self.kind}"' if self.kind else ""
        return f"<p{kind}>{text_html(self.text)}</p>"


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of sentences.

    Parameters
    ----------
    items : tuple of str
    """

    items: tuple[str, ...]

    def html(self, ids: Ids) -> str:
        """Return it as HTML."""
        items = "".join(f"<li>{text_html(item)}</li>" for item in self.items)
        return f"<ul>{items}</ul>" if items else ""


@dataclass(frozen=True, slots=True)
class Link:
    """An address that a reader may follow; nothing is loaded from it.

    Parameters
    ----------
    address : str
    """

    address: str

    def html(self, ids: Ids) -> str:
        """Return it as HTML; as plain text where it is no address of the web."""
        shown = text_html(self.address)
        if not self.address.lower().startswith(("https://", "http://")):
            return shown
        return f'<a href="{shown}" rel="noopener noreferrer">{shown}</a>'


@dataclass(frozen=True, slots=True)
class Facts:
    """Names with what there is to say about them, one a line.

    Parameters
    ----------
    rows : tuple of (str, str or Link)
        Those without a text are left out.
    """

    rows: tuple[tuple[str, str | Link], ...]

    def html(self, ids: Ids) -> str:
        """Return it as HTML."""
        items = "".join(
            f'<dt>{text_html(name)}</dt><dd dir="auto">{_inline(value, ids)}</dd>'
            for name, value in self.rows
            if value
        )
        return f'<dl class="facts">{items}</dl>' if items else ""


def _inline(value: str | Link, ids: Ids) -> str:
    return value.html(ids) if isinstance(value, Link) else text_html(value)


@dataclass(frozen=True, slots=True)
class Code:
    """Lines of Python.

    Parameters
    ----------
    text : str
    label : str
        What it is, for those who hear the page.
    """

    text: str
    label: str = "Python code"

    def html(self, ids: Ids) -> str:
        """Return it as HTML."""
        return (
            f'<pre tabindex="0" role="region" aria-label="{text_html(self.label)}">'
            f"<code>{text_html(self.text)}</code></pre>"
        )


@dataclass(frozen=True, slots=True)
class Quotation:
    """Text of the data, such as that of a row.

    Parameters
    ----------
    text : str
    """

    text: str

    def html(self, ids: Ids) -> str:
        """Return it as HTML."""
        return f'<blockquote dir="auto">{text_html(self.text)}</blockquote>'


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that was found, with its weight.

    Parameters
    ----------
    severity : {"problem", "warning", "note"}
    title, text : str
    details : tuple of str
        Further sentences.
    """

    severity: str
    title: str
    text: str
    details: tuple[str, ...] = ()

    def html(self, ids: Ids) -> str:
        """Return it as an item of a list."""
        badge = f'<span class="badge {self.severity}">{text_html(self.severity)}</span>'
        details = "".join(f'<p class="note">{text_html(t)}</p>' for t in self.details)
        return (
            f"<li>{badge}<strong>{text_html(self.title)}</strong>"
            f"<p>{text_html(self.text)}</p>{details}</li>"
        )


@dataclass(frozen=True, slots=True)
class Notices:
    """A list of notices.

    Parameters
    ----------
    items : tuple of Notice
    """

    items: tuple[Notice, ...]

    def html(self, ids: Ids) -> str:
        """Return it as HTML."""
        items = "".join(item.html(ids) for item in self.items)
        return f'<ul class="findings">{items}</ul>' if items else ""


@dataclass(frozen=True, slots=True)
class Tiles:
    """Small blocks beside each other, as many as there is room for.

    Parameters
    ----------
    blocks : tuple of Block
    narrow : bool
        Whether they need little room, such as pictures of few pixels.
    """

    blocks: tuple[Block, ...]
    narrow: bool = False

    def html(self, ids: Ids) -> str:
        """Return it as HTML."""
        tiles = "".join(f"<div>{block.html(ids)}</div>" for block in self.blocks)
        kind = "tiles narrow" if self.narrow else "tiles"
        return f'<div class="{kind}">{tiles}</div>' if tiles else ""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a section, under a heading of its own.

    Parameters
    ----------
    title : str
    blocks : tuple of Block
    framed : bool
        Whether a line is drawn around it, and it is kept on one page.
    """

    title: str
    blocks: tuple[Block, ...]
    framed: bool = False

    def html(self, ids: Ids) -> str:
        """Return it as HTML."""
        heading = f'<h3 dir="auto">{text_html(self.title)}</h3>'
        content = heading + "".join(block.html(ids) for block in self.blocks)
        return f'<div class="case">{content}</div>' if self.framed else content


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a report, with a line in the table of contents.

    Parameters
    ----------
    title : str
    blocks : tuple of Block
    continues : bool
        Whether it begins on paper where the section before it ends, and not on a new
        page.
    """

    title: str
    blocks: tuple[Block, ...]
    continues: bool = False

    def html(self, name: str, ids: Ids) -> str:
        """Return it as HTML.

        Parameters
        ----------
        name : str
            Of the heading, which the table of contents leads to.
        ids : Ids

        Returns
        -------
        str
        """
        content = "\n".join(block.html(ids) for block in self.blocks)
        kind = ' class="continues"' if self.continues else ""
        return (
            f'<section{kind} aria-labelledby="{name}">\n'
            f'<h2 id="{name}">{text_html(self.title)}</h2>\n{content}\n</section>'
        )


@dataclass(frozen=True, slots=True)
class Card:
    """A key number below the title.

    Parameters
    ----------
    name, value : str
    about : str, optional
        How to read it.
    """

    name: str
    value: str
    about: str = ""

    def html(self) -> str:
        """Return it as an item of a list."""
        long = " long" if len(self.value) > _LONG_VALUE else ""
        about = f'<span class="about">{text_html(self.about)}</span>'
        return (
            f'<li><span class="name">{text_html(self.name)}</span>'
            f'<span class="value{long}" dir="auto">{text_html(self.value)}</span>'
            f"{about if self.about else ''}</li>"
        )


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report.

    Parameters
    ----------
    title : str
    kind : str
        What kind of report it is, above the title.
    byline : str
        What made it.
    day : date
        When it was made.
    cards : tuple of Card
        Key numbers.
    sections : tuple of Section

    Examples
    --------
    >>> day = date(2030, 1, 31)
    >>> text = Paragraph("All is well.")
    >>> document = Document("Toy", "Note", "", day, (), (Section("In short", (text,)),))
    >>> '<h1 dir="auto">Toy</h1>' in document.html()
    True
    """

    title: str
    kind: str
    byline: str
    day: date
    cards: tuple[Card, ...] = ()
    sections: tuple[Section, ...] = field(default=())

    def html(self) -> str:
        """Return the page: complete, and without anything that is loaded.

        Returns
        -------
        str
        """
        names = [f"section-{number}" for number in range(1, len(self.sections) + 1)]
        return "\n".join(
            [
                f'<!DOCTYPE html>\n<html lang="en">\n{_head(self)}\n<body>',
                '<a class="skip" href="#content">Skip to the content</a>',
                f'<div class="page">\n{_masthead(self)}',
                f'<div class="columns">\n{_contents(self.sections, names)}',
                f'<main id="content" tabindex="-1">\n{_main(self.sections, names)}',
                f"</main>\n</div>\n{_footer(self)}\n</div>",
                f"<script>{SCRIPT}</script>\n</body>\n</html>\n",
            ]
        )


def _head(document: Document) -> str:
    # Whatever a page like this may come to hold, it loads nothing and runs one script.
    policy = (
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
        f"script-src '{script_hash()}'; base-uri 'none'; form-action 'none'"
    )
    return "\n".join(
        [
            '<head>\n<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">',
            f"<title>{text_html(document.title)} – {text_html(document.kind)}</title>",
            '<link rel="icon" href="data:,">',
            f"<style>{STYLE}</style>\n</head>",
        ]
    )


def _masthead(document: Document) -> str:
    cards = "".join(card.html() for card in document.cards)
    shown = f'<ul class="cards" aria-label="Key numbers">{cards}</ul>' if cards else ""
    return (
        f'<header class="masthead">\n<p class="kicker">{text_html(document.kind)}</p>\n'
        f'<h1 dir="auto">{text_html(document.title)}</h1>\n'
        f'<p class="byline">{_dated(document)}</p>\n{shown}\n</header>'
    )


def _dated(document: Document) -> str:
    day = document.day
    time = f'<time datetime="{day:%Y-%m-%d}">{day.day} {day:%B %Y}</time>'
    return f"{time} · {text_html(document.byline)}" if document.byline else time


def _contents(sections: Sequence[Section], names: Sequence[str]) -> str:
    items = "".join(
        f'<li><a href="#{name}">{text_html(section.title)}</a></li>'
        for section, name in zip(sections, names, strict=True)
    )
    return (
        '<div class="contents"><nav aria-labelledby="contents">'
        f'<h2 id="contents">Contents</h2><ol>{items}</ol></nav></div>'
    )


def _main(sections: Iterable[Section], names: Iterable[str]) -> str:
    ids = Ids()
    parts = zip(sections, names, strict=True)
    return "\n".join(section.html(name, ids) for section, name in parts)


def _footer(document: Document) -> str:
    return (
        f'<footer class="note"><p>{text_html(document.title)}, {_dated(document)}. '
        "This file is complete: it needs no network and sends nothing.</p></footer>"
    )
