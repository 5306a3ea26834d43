"""What a description shows: heads of tables, short lines, safe HTML."""

from __future__ import annotations

from html.parser import HTMLParser

import numpy as np
import pytest

import mlkit
from mlkit import MultiLabelDataset
from mlkit.description import describe
from mlkit.description.definitions import LABELS, SUMMARY

VOID = {"br", "img", "hr"}


class Page(HTMLParser):
    """Collects tags, texts and tooltips, and checks that tags are closed in order."""

    def __init__(self):
        super().__init__()
        self.open, self.texts, self.titles = [], [], []

    def handle_starttag(self, tag, attrs):
        if tag not in VOID:
            self.open.append(tag)
        self.titles += [value for key, value in attrs if key == "title"]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)


def parse(html):
    page = Page()
    page.feed(html)
    assert page.open == []
    return page


def dataset(n_labels=3, n_samples=12, **keywords):
    random = np.random.default_rng(0)
    labels = (random.random((n_samples, n_labels)) < 0.4).astype(int)
    return MultiLabelDataset(np.ones((n_samples, 2)), labels, **keywords)


def test_text_shows_all_parts():
    text = repr(describe(dataset(name="toy")))

    assert text.startswith("toy\n  rows                 12\n")
    for part in (
        "cardinality",
        "Labels\n",
        "irlbl",
        "Label sets\n",
        "(no label)",
        "phi",
    ):
        assert part in text
    assert "of the pairs are dependent" in text


def test_long_tables_are_cut_and_say_so():
    text = repr(describe(dataset(90, 400)))

    assert "The 20 most frequent of 90; all: .labels" in text
    assert "The 8 most frequent of 400; all: .label_sets" in text
    assert "all 4,005: .pairs" in text
    assert len(text.splitlines()) < 80


def test_the_most_frequent_labels_are_those_shown():
    labels = np.tril(np.ones((30, 30), dtype=int))  # label j stands in 30 - j rows

    text = repr(describe(MultiLabelDataset(np.ones((30, 1)), labels)))

    block = text.split("Labels\n")[1].split("\n\n")[0]
    assert [line.split()[0] for line in block.splitlines()[1:21]] == [
        f"label_{j}" for j in range(20)
    ]


def test_pairs_of_many_labels_wait_until_they_are_asked_for():
    description = describe(dataset(101))

    assert "strongest correlation" not in repr(description)
    assert "pairs" not in vars(description)


def test_the_strongest_pairs_stand_first_whatever_their_sign():
    labels = np.repeat([[1, 0, 1], [1, 0, 0], [0, 1, 1], [0, 1, 0]], 5, axis=0)
    labels[0, 2] = 0
    ds = MultiLabelDataset(np.ones((20, 1)), labels, label_names=["a", "b", "c"])

    text = repr(describe(ds)).split("strongest correlation\n")[1]

    assert text.splitlines()[1].split() == ["a", "b"]  # names of the index
    assert text.splitlines()[2].split()[:2] == ["a", "b"]  # phi is -1


def test_unknown_labels_are_a_column_only_where_there_are_some():
    mask = np.array([[True, False], [False, False]])
    known = MultiLabelDataset(np.ones((2, 1)), [[0, 1], [1, 0]])

    assert "unknown " not in repr(describe(known)).split("Labels\n")[1]
    text = repr(describe(known.replace(missing=mask)))
    assert "unknown_labels       1\n" in text
    assert " unknown " in text.split("Labels\n")[1]


def test_lines_are_short_whatever_the_names():
    names = [f"{j} {'very ' * 20}long" for j in range(6)]

    text = repr(describe(dataset(6, 40, label_names=names)))

    assert max(map(len, text.splitlines())) <= 100
    assert "…" in text


@pytest.mark.parametrize(
    ("value", "shown"),
    [(7, " 7"), (0.5, " 0.5000"), (2.0, " 2"), (2.5e-9, " 2.5e-09"), (np.inf, " inf")],
)
def test_figures(value, shown):
    description = describe(dataset())
    description.summary["tcs"] = value

    line = next(x for x in repr(description).splitlines() if x.startswith("  tcs"))
    assert line.endswith(shown)


def test_html_is_well_formed_and_explains_the_figures():
    page = parse(describe(dataset(25, 60))._repr_html_())

    assert set(SUMMARY.values()) <= set(page.texts)
    assert set(LABELS.values()) - {LABELS["unknown"]} <= set(page.titles)
    assert set(LABELS.values()) <= set(page.texts)  # not by mouse only
    assert "The 20 most frequent of 25; all: .labels" in page.texts


def test_names_cannot_break_the_html():
    html = describe(
        dataset(2, name="<i>", label_names=['<script>"', "&"])
    )._repr_html_()

    assert "<script>" not in html
    assert "<i>" not in html
    assert '<script>"' in parse(html).texts


@pytest.mark.parametrize(("n_samples", "n_labels"), [(0, 2), (3, 0), (1, 1), (0, 0)])
def test_empty_datasets_are_shown(n_samples, n_labels):
    labels = np.zeros((n_samples, n_labels), dtype=int)
    description = describe(MultiLabelDataset(np.ones((n_samples, 1)), labels))

    assert f"labels               {n_labels}" in repr(description)
    assert "Empty DataFrame" not in repr(description)
    parse(description._repr_html_())


@pytest.mark.data
@pytest.mark.usefixtures("mulan_folder")
@pytest.mark.parametrize("name", ["birds", "emotions", "medical", "cal500"])
def test_real_sets_fit_a_terminal(name):
    text = repr(describe(mlkit.load(name)))

    assert max(map(len, text.splitlines())) <= 100
    assert len(text.splitlines()) < 80
