"""MULAN's label XML."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlkit.datasets.formats.label_xml import LabelTree, read_label_xml, write_label_xml
from mlkit.exceptions import FormatError, LabelNameError, UnwritableError

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


def test_a_written_file_by_hand(tmp_path):
    path = write_label_xml(tmp_path / "new" / "a.xml", ["a<b", 'é"\n'])

    assert path.read_text(encoding="utf-8") == (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<labels xmlns="http://mulan.sourceforge.net/labels">\n'
        '<label name="a&lt;b"/>\n'
        "<label name='é\"&#10;'/>\n"
        "</labels>\n"
    )


@given(
    names=st.lists(
        st.text(
            st.characters(
                exclude_categories=["Cs", "Cc"],
                include_characters="\t\n\r",
                exclude_characters="\ufffe\uffff",
            ),
            min_size=1,
        ),
        min_size=1,
        max_size=6,
        unique=True,
    ),
    data=st.data(),
)
def test_trees_are_read_back(tmp_path_factory, names, data):
    # A parent stands before its children, so that the order is that of the document
    # only where each subtree is written without a gap; sets of pairs always agree.
    parents = [
        data.draw(st.sampled_from([None, *names[:i]])) for i in range(len(names))
    ]
    path = write_label_xml(tmp_path_factory.mktemp("xml") / "a.xml", names, parents)

    tree = read_label_xml(path)

    assert dict(zip(tree.names, tree.parents, strict=True)) == dict(
        zip(names, parents, strict=True)
    )
    if not tree.is_hierarchy:
        assert tree.names == tuple(names)
    # The XML parser of the standard library agrees on the names.
    elements = (
        ElementTree.parse(path)
        .getroot()
        .iter("{http://mulan.sourceforge.net/labels}label")
    )
    assert [element.get("name") for element in elements] == list(tree.names)


def test_a_child_may_be_listed_before_its_parent(tmp_path):
    path = write_label_xml(tmp_path / "a.xml", ["dog", "pet"], ["pet", None])

    assert read_label_xml(path) == LabelTree(("pet", "dog"), (None, "pet"))


def test_a_deep_tree_is_no_recursion(tmp_path):
    names = [f"n{i}" for i in range(3000)]

    path = write_label_xml(tmp_path / "a.xml", names, [None, *names[:-1]])

    assert read_label_xml(path).names == tuple(names)


@pytest.mark.parametrize(
    ("names", "parents", "message"),
    [
        ([], None, "names at least one"),
        (["a", "a"], None, "more than once: 'a'"),
        ([""], None, "column 0 is empty"),
        (["a", "b"], [None], "parents must name a label"),
        (["a"], ["c"], "parents must name a label"),
        (["a", "b"], ["b", "a"], "in a circle"),
        (["a"], ["a"], "in a circle"),
    ],
)
def test_names_that_make_no_tree(tmp_path, names, parents, message):
    with pytest.raises(LabelNameError, match=message):
        write_label_xml(tmp_path / "a.xml", names, parents)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["\x00", "a\x1b", "\ud800", "\uffff"])
def test_characters_that_xml_lacks(tmp_path, name):
    with pytest.raises(UnwritableError, match=r"cannot hold the characters.*\.parquet"):
        write_label_xml(tmp_path / "a.xml", ["good", name])
