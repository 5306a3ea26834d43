"""Relation, attributes and MEKA's label count."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlkit.datasets.formats.arff_header import ArffHeader, parse_header
from mlkit.exceptions import FormatError

PATH = Path("toy.arff")


def parse(*lines):
    return parse_header("\n".join(lines), path=PATH)


def attribute(line):
    return parse("@relation r", line).attributes[0]


@pytest.mark.parametrize(
    ("line", "name", "kind", "values"),
    [
        ("@attribute a numeric", "a", "numeric", ()),
        ("@ATTRIBUTE a REAL", "a", "numeric", ()),
        ("@attribute a integer [0,10]", "a", "numeric", ()),
        ("@attribute a numeric {2}", "a", "numeric", ()),
        ("@attribute a string % remark", "a", "string", ()),
        ("@attribute a {0,1}", "a", "binary", ("0", "1")),
        ("@attribute a {1,0}", "a", "binary", ("1", "0")),
        ("@attribute a {'0','1'}", "a", "binary", ("0", "1")),
        ("@attribute red{0,1}", "red", "binary", ("0", "1")),
        ("@attribute zone\t{1, 2, 3} ", "zone", "nominal", ("1", "2", "3")),
        ("@attribute a {yes,Yes}", "a", "nominal", ("yes", "Yes")),
        ("@attribute a {0}", "a", "nominal", ("0",)),
        ("@attribute a {0,1,2}", "a", "nominal", ("0", "1", "2")),
        (r"@attribute 'Swainson\'s Thrush' {0,1}", "Swainson's Thrush", "binary", None),
        (r"@attribute TAG_m\'usica {0,1}", r"TAG_m\'usica", "binary", None),
        ('@attribute "two words"numeric', "two words", "numeric", ()),
        ("@attribute - {0,1}", "-", "binary", None),
        ("@attribute / {0,1}", "/", "binary", None),
        ("@attribute 0; {0,1}", "0;", "binary", None),
        ("@attribute marital.status {F,M}", "marital.status", "nominal", ("F", "M")),
        ("@attribute é numeric", "é", "numeric", ()),
    ],
)
def test_attributes(line, name, kind, values):
    found = attribute(line)
    assert (found.name, found.kind, found.line) == (name, kind, 2)
    if values is not None:
        assert found.values == values


def test_comments_and_blank_lines_are_skipped_but_counted():
    header = parse("% remark", "", "@relation r", "  % more", "@attribute a numeric")
    assert header.attributes[0].line == 5


@pytest.mark.parametrize(
    ("line", "relation"),
    [
        ("@relation r", "r"),
        ("@RELATION 'my data'", "my data"),
        ('@relation "x: -C 3"', "x: -C 3"),
        ("@relation my data: -C 2", "my data: -C 2"),
        ("@relation", ""),
        ("@relation delicious_train ", "delicious_train"),
    ],
)
def test_relation_is_lenient(line, relation):
    assert parse(line, "@attribute a numeric").relation == relation


def test_relation_may_be_absent():
    assert parse("@attribute a numeric").relation == ""


@pytest.mark.parametrize(
    ("relation", "count"),
    [
        ("x: -C 6", 6),
        ("x:-C 6", 6),
        ("x: -c 6", 6),
        ("x:  -C  6", 6),
        ("x: -t 1 -C 6", 6),
        ("a:b: -C 6", 6),
        ("x: -C -6", -6),
        ("x: -C 6 -R", 6),
        ("x: -C 6-weka.filters", 6),
        ("x: -C6", None),
        ("x -C 6", None),
        ("-C 6", None),
        (":-C 6", None),
        ("x: -C 0", None),
        ("x: -C six", None),
        ("x: -XC 6", None),
        ("", None),
    ],
)
def test_meka_option(relation, count):
    assert ArffHeader(relation, ()).meka_labels == count


def test_the_relation_of_medical():
    relation = (
        "MEDC: -C 45 -I 0-weka.filters.unsupervised.Remove-R1-45_MEDC: -C 45 -I 0"
    )
    assert ArffHeader(relation, ()).meka_labels == 45


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("@attribute a date 'yyyy'", "attribute 'a': type 'date' is not supported"),
        ("@attribute a relational", "type 'relational' is not supported"),
        ("@attribute a colour", "expected a type .* got 'colour'"),
        ("@attribute a", "expected a type"),
        ("@attribute two words numeric", "quotes"),
        ("@attribute a {0,1", "not closed by '}' on its line"),
        ("@attribute a {}", "set of values is empty"),
        ("@attribute a {x,y,x}", "declared twice: 'x'"),
        ("@attribute a numeric x", "expected the line to end after the type, got 'x'"),
        ("@attribute 'a numeric", "Close the quotes"),
        ("@attribute '' numeric", "empty name"),
        ("@attribute", "expected '@attribute name type'"),
        ("1,2,3", "expected '@attribute name type' or '@data', got '1,2,3'"),
    ],
)
def test_broken_declarations_name_their_line(line, problem):
    with pytest.raises(FormatError, match=problem) as caught:
        parse("@relation r", "@attribute first numeric", line)
    assert caught.value.line == 3
    assert str(caught.value).startswith("toy.arff:3: ")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("<!DOCTYPE html>\n<html>404</html>", "web page or XML"),
        ("a,b,c\n1,2,3", "not an ARFF file: expected '@relation name', got 'a,b,c'"),
        ("@relation r", "declares no attribute"),
        ("% only a remark", "declares no attribute"),
    ],
)
def test_what_is_no_header(text, problem):
    with pytest.raises(FormatError, match=problem):
        parse_header(text, path=PATH)


@pytest.mark.parametrize(
    ("declared", "default"),
    [("{0,1}", 0.0), ("{1,0}", 1.0), ("{YES,NO}", 0.0), ("numeric", 0.0)],
)
def test_sparse_default(declared, default):
    assert attribute(f"@attribute a {declared}").sparse_default == default


@pytest.mark.parametrize("line", ["@relationtoy", "@relation\xff", "@relations"])
def test_a_keyword_that_runs_on_is_no_keyword(line):
    with pytest.raises(FormatError, match=r"toy\.arff:1: this is not an ARFF file"):
        parse_header(f"{line}\n@attribute a numeric\n", path=Path("toy.arff"))
