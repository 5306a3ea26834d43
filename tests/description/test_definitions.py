"""Every figure of a description is defined, in words and in the docstring."""

from __future__ import annotations

import inspect
import re

import numpy as np
import pytest

from mlkit import MultiLabelDataset
from mlkit.description import describe, label_pairs
from mlkit.description.definitions import (
    LABEL_SETS,
    LABELS,
    PAIRS,
    SUMMARY,
    TABLES,
    definitions_table,
)


@pytest.fixture(scope="module")
def description():
    return describe(MultiLabelDataset(np.ones((3, 1)), [[1, 0], [1, 1], [0, 0]]))


def test_the_tables_have_exactly_the_figures_that_are_defined(description):
    assert list(description.summary.index) == list(SUMMARY)
    assert list(description.labels.columns) == list(LABELS)
    assert list(description.label_sets.columns) == list(LABEL_SETS)
    assert list(description.pairs.columns) == list(PAIRS)


@pytest.mark.parametrize("figure", SUMMARY)
def test_the_docstring_of_describe_defines_the_figure(figure):
    assert re.search(rf"^{figure} +\S", inspect.getdoc(describe), flags=re.M)


@pytest.mark.parametrize("figure", PAIRS)
def test_the_docstring_of_label_pairs_defines_the_figure(figure):
    assert f"``{figure}``" in label_pairs.__doc__


def test_definitions_are_found_by_table_and_figure(description):
    definitions = description.definitions

    assert len(definitions) == sum(map(len, TABLES.values()))
    assert definitions["pairs", "phi"].startswith("correlation")
    assert definitions["summary"]["p_uniq"] == SUMMARY["p_uniq"]
    assert definitions.index.names == ["table", "figure"]
    assert definitions.equals(definitions_table())


@pytest.mark.parametrize("table", TABLES)
def test_definitions_fit_a_tooltip(table):
    for figure, text in TABLES[table].items():
        assert 10 < len(text) <= 80, figure
