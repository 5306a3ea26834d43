"""An audit reads like a list, a table and a page of text."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from mlkit.description.findings import Audit, Finding

NOTE = Finding("note", "rare labels", "Two labels are rare.", ("a", "b"))
WARNING = Finding(
    "warning", "constant label", "One label is constant.", ("c",), part="train"
)
PROBLEM = Finding("problem", "rows in both parts", "One row.", (), (3,), 1)


@pytest.fixture
def found():
    return Audit([NOTE, PROBLEM, WARNING], title="toy: 9 rows")


def test_the_worst_findings_come_first(found):
    assert list(found) == [PROBLEM, WARNING, NOTE]


def test_findings_of_one_severity_keep_their_order():
    other = Finding("note", "order of rows", "Same order.")

    assert list(Audit([NOTE, other], title="")) == [NOTE, other]


def test_it_reads_like_a_list(found):
    assert len(found) == 3
    assert found[0] == PROBLEM
    assert found[-1] == NOTE
    assert WARNING in found
    assert found == [PROBLEM, WARNING, NOTE]
    assert found != [PROBLEM]
    assert found != "problem"
    assert hash(found) == hash(Audit([NOTE, WARNING, PROBLEM], title="other"))


def test_a_slice_is_an_audit_of_the_same_title(found):
    assert isinstance(found[:2], Audit)
    assert found[:2] == [PROBLEM, WARNING]
    assert found[:2].title == found.title


@pytest.mark.parametrize(
    ("keywords", "expected"),
    [
        ({}, [PROBLEM, WARNING, NOTE]),
        ({"severity": "note"}, [NOTE]),
        ({"topic": "constant label"}, [WARNING]),
        ({"topic": "constant label", "part": "test"}, []),
        ({"part": ""}, [PROBLEM, NOTE]),
    ],
)
def test_selecting(found, keywords, expected):
    assert found.select(**keywords) == expected


def test_the_table_has_a_row_a_finding(found):
    table = found.to_frame()

    assert table["severity"].tolist() == ["problem", "warning", "note"]
    assert table["n_names"].tolist() == [0, 1, 2]
    assert table.loc[0, ["rows", "n_rows"]].tolist() == [(3,), 1]


def test_the_table_of_nothing_has_the_columns(found):
    empty = found[:0].to_frame()

    assert len(empty) == 0
    assert empty.columns.tolist() == found.to_frame().columns.tolist()


def test_the_text_groups_by_severity(found):
    assert repr(found).splitlines() == [
        "toy: 9 rows",
        "",
        "1 problem (scores may be worthless until this is settled)",
        "  rows in both parts: One row.",
        "",
        "1 warning (spoils scores, or makes them hard to read)",
        "  constant label (train): One label is constant.",
        "",
        "1 note (worth knowing)",
        "  rare labels: Two labels are rare.",
    ]


def test_the_heading_counts():
    assert "2 notes (worth knowing)" in Audit([NOTE, NOTE], title="").to_text()


@pytest.mark.parametrize("width", [30, 60, 100])
def test_lines_keep_to_the_width(width):
    long = Finding("note", "rare labels", "word " * 60)

    lines = Audit([long], title="toy").to_text(width=width).splitlines()

    assert max(map(len, lines)) <= width
    assert " ".join(lines).count("word") == 60


def test_a_tiny_width_does_not_fail(found):
    assert "rare labels" in found.to_text(width=1)


def test_nothing_found_is_said(found):
    assert "Nothing found." in repr(found[:0])
    assert "Nothing found." in found[:0]._repr_html_()


class Texts(HTMLParser):
    """Collects the text and counts the tags that are open."""

    def __init__(self):
        super().__init__()
        self.text, self.depth = "", 0

    def handle_starttag(self, tag, attrs):
        self.depth += 1

    def handle_endtag(self, tag):
        self.depth -= 1

    def handle_data(self, data):
        self.text += data


def test_html_says_the_same_and_escapes_names():
    risky = Finding("note", "rare labels", "<script>alert('&')</script>")
    page = Texts()
    page.feed(Audit([risky, PROBLEM], title="a < b")._repr_html_())

    assert page.depth == 0
    assert "<script>alert('&')</script>" in page.text
    assert "a < b" in page.text
    assert "rows in both parts: One row." in page.text
