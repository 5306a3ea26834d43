"""A page of HTML as a tree of elements, and the rules that every report keeps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

__all__ = ["Element", "check_page", "parse"]

_VOID = {"meta", "link", "img", "br", "input"}
_ADDRESSES = ("src", "href", "xlink:href", "srcset", "data", "action", "poster")


@dataclass
class Element:
    """One element: its tag, attributes, and what is in it."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)

    def all(self, *tags: str) -> list[Element]:
        """Return the elements below with one of the tags, in their order."""
        return [element for element in self.walk() if element.tag in tags]

    def one(self, tag: str) -> Element:
        """Return the only element below with a tag."""
        (found,) = self.all(tag)
        return found

    def walk(self) -> Iterator[Element]:
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child.walk()

    @property
    def text(self) -> str:
        """Its words, with single blanks between them."""
        return " ".join(self.words().split())

    def words(self) -> str:
        """Return its words as they stand there."""
        return "".join(c if isinstance(c, str) else c.words() for c in self.children)

    def section(self, title: str) -> Element:
        """Return the section below that has a heading."""
        (found,) = [s for s in self.all("section") if s.one("h2").text == title]
        return found

    def table(self, caption: str) -> Element:
        """Return the table below that has a caption."""
        (found,) = [t for t in self.all("table") if t.one("caption").text == caption]
        return found

    def rows(self) -> list[list[str]]:
        """Return the words of the cells of a table's body."""
        rows = self.one("tbody").all("tr")
        return [[cell.text for cell in row.all("th", "td")] for row in rows]

    def frame(self) -> dict[str, dict[str, str]]:
        """Return a table as row heading -> column heading -> words."""
        heads = [cell.text for cell in self.one("thead").all("th")]
        return {row[0]: dict(zip(heads, row, strict=True)) for row in self.rows()}


class _Parser(HTMLParser):
    """Builds the tree; complains of elements that are closed in another order."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open = [Element("")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs), f"{tag}: {attrs}"
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in _VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].children.append(Element(tag, {n: v or "" for n, v in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def parse(html: str) -> Element:
    """Return the tree of a page, or of a piece of one."""
    parser = _Parser()
    parser.feed(html)
    parser.close()
    assert [element.tag for element in parser.open] == [""]
    return parser.open[0]


def check_page(html: str) -> Element:
    """Assert what is true of every report, and return its tree."""
    page = parse(html)
    assert html.startswith("<!DOCTYPE html>")
    assert page.one("html").attributes["lang"] == "en"
    assert page.one("title").text
    _check_headings(page)
    _check_landmarks(page)
    _check_names(page)
    _check_pictures(page)
    _check_tables(page)
    _check_nothing_is_loaded(page)
    _check_nothing_is_run(page)
    return page


def _check_headings(page: Element) -> None:
    levels = [int(h.tag[1]) for h in page.all("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    for before, after in zip(levels, levels[1:], strict=False):
        assert after <= before + 1, levels
    for heading in page.all("h1", "h2", "h3"):
        assert heading.text


def _check_landmarks(page: Element) -> None:
    main = page.one("main")
    page.one("header")
    page.one("nav")
    page.one("footer")
    skip = page.all("a")[0]
    assert skip.attributes["href"] == f"#{main.attributes['id']}"
    listed = [link.attributes["href"][1:] for link in page.one("nav").all("a")]
    headings = [section.one("h2").attributes["id"] for section in page.all("section")]
    assert listed == headings


def _check_names(page: Element) -> None:
    names = [e.attributes["id"] for e in page.walk() if "id" in e.attributes]
    assert len(set(names)) == len(names)
    for element in page.walk():
        for attribute in ("aria-labelledby", "aria-describedby"):
            if attribute in element.attributes:
                assert element.attributes[attribute] in names
        for attribute in ("href", "xlink:href"):
            target = element.attributes.get(attribute, "")
            assert not target.startswith("#") or target[1:] in names


def _check_pictures(page: Element) -> None:
    for picture in page.all("img"):
        assert picture.attributes["alt"]
    for drawing in page.all("svg"):
        assert drawing.attributes["role"] == "img"
        # What is seen is said in numbers.
        assert re.search(r"\d", drawing.attributes["aria-label"])


def _check_tables(page: Element) -> None:
    for table in page.all("table"):
        assert table.one("caption").text
        heads = table.one("thead").all("th")
        assert {head.attributes["scope"] for head in heads} == {"col"}
        for row in table.one("tbody").all("tr"):
            first, *others = row.all("th", "td")
            assert first.attributes["scope"] == "row"
            assert {cell.tag for cell in others} <= {"td"}
            assert 1 + len(others) == len(heads)


def _check_nothing_is_loaded(page: Element) -> None:
    for element in page.walk():
        for name in _ADDRESSES:
            address = element.attributes.get(name)
            if address is None or address.startswith(("#", "data:")):
                continue
            # A citation may be followed; nothing else leads outside.
            assert element.tag == "a", element.attributes
            assert address.startswith(("http://", "https://"))
        style = element.attributes.get("style", "")
        assert not re.search(r"url\((?!#)", style)
    sheet = "".join(style.text for style in page.all("style"))
    assert "url(" not in sheet
    assert "@import" not in sheet


def _check_nothing_is_run(page: Element) -> None:
    page.one("script")
    for element in page.walk():
        assert not [name for name in element.attributes if name.startswith("on")]
        assert element.tag not in ("iframe", "object", "embed", "base", "form")
    assert "eval(" not in page.one("script").text
    policies = [
        meta.attributes["content"]
        for meta in page.all("meta")
        if meta.attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert "default-src 'none'" in policies[0]
    assert "script-src 'sha256-" in policies[0]
