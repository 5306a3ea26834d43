"""MULAN's label XML."""

from __future__ import annotations

import pytest

from mlkit.datasets.formats.label_xml import LabelTree, read_label_xml
from mlkit.exceptions import FormatError

NAMESPACE = 'xmlns="http://mulan.sourceforge.net/labels"'


@pytest.fixture
def write(tmp_path):
    def write(body, *, root=f"labels {NAMESPACE}", head='<?xml version="1.0"?>'):
        path = tmp_path / "toy.xml"
        path.write_text(f"{head}<{root}>{body}</labels>", encoding="utf-8")
        return path

    return write


def test_flat(write):
    tree = read_label_xml(write('<label name="b"></label><label name="a"/>'))
    assert tree == LabelTree(("b", "a"), (None, None))
    assert not tree.is_hierarchy


def test_nested(write):
    body = (
        '<label name="animal"><label name="dog"><label name="poodle"/></label>'
        '<label name="cat"/></label><label name="plant"/>'
    )
    tree = read_label_xml(write(body))
    assert tree.names == ("animal", "dog", "poodle", "cat", "plant")
    assert tree.parents == (None, "animal", "dog", "animal", None)
    assert tree.is_hierarchy


def test_deeper_than_python_recurses(write):
    depth = 5_000
    body = "".join(f'<label name="n{i}">' for i in range(depth)) + "</label>" * depth
    tree = read_label_xml(write(body))
    assert len(tree.names) == depth
    assert tree.parents[-1] == f"n{depth - 2}"


def test_a_missing_namespace_is_accepted(write):
    assert read_label_xml(write('<label name="a"/>', root="labels")).names == ("a",)


def test_names_follow_the_rules_of_xml_alone(write):
    body = r'<label name="TAG_m\&apos;usica"/><label name="R&amp;B"/><label name="é"/>'
    assert read_label_xml(write(body)).names == (r"TAG_m\'usica", "R&B", "é")


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("<label/>", "a <label> has no name"),
        ('<label name=""/>', "a <label> has no name"),
        ("", "names no label"),
        ('<tag name="a"/>', "expected an element <label name=...>, got <.*tag>"),
        ('<label name="a"/><label name="a"/>', "more than once: 'a'"),
        ('<label name="a"><label name="a"/></label>', "more than once: 'a'"),
        ('<label name="a">', "not well-formed"),
    ],
)
def test_broken_files(write, body, problem):
    with pytest.raises(FormatError, match=problem) as caught:
        read_label_xml(write(body))
    assert "toy.xml" in str(caught.value)


def test_another_root_or_namespace(tmp_path):
    path = tmp_path / "toy.xml"
    path.write_text("<html></html>")
    with pytest.raises(FormatError, match="expected the root element <labels>"):
        read_label_xml(path)
    path.write_text('<labels xmlns="urn:else"><label name="a"/></labels>')
    with pytest.raises(FormatError, match="expected the root element <labels>"):
        read_label_xml(path)


def test_an_empty_file_names_the_line(tmp_path):
    path = tmp_path / "toy.xml"
    path.write_text("")
    with pytest.raises(FormatError, match="toy.xml:1: .* not well-formed"):
        read_label_xml(path)


def test_external_entities_are_refused(write, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    head = f'<!DOCTYPE labels [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    with pytest.raises(FormatError, match="document type or entities") as caught:
        read_label_xml(write('<label name="a">&x;</label>', head=head))
    assert "secret.txt" not in caught.value.problem


def test_billion_laughs_are_refused(write):
    entities = '<!ENTITY e0 "ha">' + "".join(
        f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, 10)
    )
    path = write('<label name="&e9;"/>', head=f"<!DOCTYPE labels [{entities}]>")
    with pytest.raises(FormatError, match="refused"):
        read_label_xml(path)


def test_a_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="absent.xml"):
        read_label_xml(tmp_path / "absent.xml")
