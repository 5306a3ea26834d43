"""The network of dependent labels."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mlkit import describe
from mlkit.dataset import MultiLabelDataset
from mlkit.description import label_pairs
from mlkit.description.network import label_network
from mlkit.exceptions import OptionError, UnknownNameError

Y = pd.DataFrame(
    [[1, 1, 0, 0], [0, 0, 1, 0]] * 10 + [[1, 1, 1, 1], [0, 0, 0, 0]],
    columns=["sea", "sun", "sky", "bat"],
)


def _edges(network):
    ends = [tuple(network.names[end] for end in pair) for pair in network.ends]
    return {
        frozenset(pair): round(float(phi), 2)
        for pair, phi in zip(ends, network.phi, strict=True)
    }


def test_edges_are_the_significant_pairs():
    network = label_network(Y)
    # sea and sun in 11 of 11 rows; each with sky in 1 of 11: phi = (22 - 121) / 121.
    assert _edges(network) == {
        frozenset({"sea", "sun"}): 1.0,
        frozenset({"sea", "sky"}): -0.82,
        frozenset({"sun", "sky"}): -0.82,
    }
    shares = dict(zip(network.names, network.shares.round(2), strict=True))
    assert shares == {"sea": 0.5, "sun": 0.5, "sky": 0.5, "bat": 0.05}


def test_all_kinds_of_data_say_the_same():
    dataset = MultiLabelDataset(np.zeros((len(Y), 1)), Y)
    for data in (dataset, describe(dataset), label_pairs(Y)):
        assert _edges(label_network(data)) == _edges(label_network(Y))


def test_a_table_of_pairs_does_not_know_how_frequent_labels_are():
    network = label_network(label_pairs(Y), n_labels=3)
    assert np.isnan(network.shares).all()
    assert (len(network.names), network.n_labels) == (3, 4)


def test_only_the_strongest_are_kept_and_said():
    network = label_network(Y, n_edges=1)
    assert _edges(network) == {frozenset({"sea", "sun"}): 1.0}
    assert network.notes() == ["the 1 strongest of 3 significantly dependent pairs"]


def test_only_the_most_frequent_labels_are_kept_and_said():
    network = label_network(Y, n_labels=2, order="frequency")
    assert network.names == ("sea", "sun")
    assert network.notes() == [
        "1 significantly dependent pair",
        "the 2 most frequent of 4 labels",
    ]


def test_orders():
    assert label_network(Y, order="given").names == tuple(Y.columns)
    assert label_network(Y, order=["bat", "sea"]).names == ("bat", "sea")
    names = label_network(Y, order="clustered").names
    assert abs(names.index("sea") - names.index("sun")) == 1


@pytest.mark.parametrize("shape", [(0, 3), (4, 1), (4, 0)], ids=str)
def test_without_rows_or_pairs(shape):
    network = label_network(np.zeros(shape, dtype=int))
    assert (len(network.names), len(network.phi)) == (shape[1], 0)
    assert network.notes() == ["no significantly dependent pair"]


def test_what_does_not_exist():
    with pytest.raises(OptionError, match="n_edges must be at least 1"):
        label_network(Y, n_edges=0)
    with pytest.raises(OptionError, match="n_labels must be at least 1"):
        label_network(Y, n_labels=0)
    with pytest.raises(OptionError, match="order must be one of"):
        label_network(Y, order="random")
    with pytest.raises(UnknownNameError, match="Did you mean 'sea'"):
        label_network(Y, order=["seaa"])
