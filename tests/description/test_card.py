"""The card of a dataset: what it shows, and that names cannot break it."""

from __future__ import annotations

from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

import mlkit
from mlkit import MultiLabelDataset
from mlkit.dataset import DatasetSource


class TagCounter(HTMLParser):
    """Counts open tags; ends at zero for well-formed HTML."""

    depth = 0

    def handle_starttag(self, tag, attrs):
        self.depth += 1

    def handle_endtag(self, tag):
        self.depth -= 1


def card(n_labels=3, **keywords):
    labels = np.tile([[1], [0]], (2, n_labels))
    return MultiLabelDataset(np.arange(4)[:, None], labels, **keywords)._repr_html_()


def test_shape_and_statistics_are_shown():
    html = card(name="toy")

    for text in ["toy", "4 rows", "3 labels", "cardinality 1.500", "density 0.500"]:
        assert text in html


def test_every_tag_is_closed():
    counter = TagCounter()
    counter.feed(card())

    assert counter.depth == 0


def test_names_are_escaped():
    html = card(1, name="<script>", label_names=["<b>&"])

    assert "<script>" not in html
    assert "&lt;b&gt;&amp;" in html


def test_many_labels_are_cut():
    assert "and 5 less frequent labels" in card(25)


def test_findings_and_origin_are_shown():
    source = DatasetSource(reading="3 labels named by toy.xml", licence="CC0")

    html = card(source=source)

    assert "rows without a label" in html
    assert "<em>Read:</em> 3 labels named by toy.xml." in html
    assert "<em>Licence:</em> CC0." in html
    assert "Cite" not in html


def test_the_worst_five_findings_are_shown_and_the_others_counted():
    table = pd.DataFrame({"flat": [1] * 4, "id": list("abcd"), "odd": [1, "x", 1, 1]})
    table = table.assign(level=1, far=[0, 9e9, 1, 2], near=[0, 1e-3, 2, np.inf])
    labels = np.array([[1, 0, 1], [0, 0, 1], [0, 0, 1], [0, 0, 1]])

    html = MultiLabelDataset(table.assign(gap=np.nan), labels)._repr_html_()

    assert html.count("<li>") == 6
    assert html.count("<em>warning:") == 5
    assert "more: <code>mlkit.audit(...)</code>" in html


def test_an_empty_dataset_has_a_card():
    ds = MultiLabelDataset(np.ones((2, 1)), np.ones((2, 2)))

    assert "0 rows" in ds[[]]._repr_html_()


@pytest.mark.data
def test_a_set_of_medium_size_is_audited_in_full(mulan_folder):
    html = mlkit.load("genbase")._repr_html_()

    assert "identifier column" in html
    assert "protein" in html
