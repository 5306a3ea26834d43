"""Forged positions are noticed before compiled code follows them."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.datasets import make_multilabel_classification
from sklearn.ensemble import (
    BaggingClassifier,
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    IsolationForest,
    RandomForestClassifier,
)
from sklearn.neighbors import BallTree, KDTree, KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier

from mlkit.exceptions import ModelFileError
from mlkit.models import BinaryRelevance, LabelTree
from mlkit.persistence.soundness import check_sound

X, Y = make_multilabel_classification(
    n_samples=80, n_features=6, n_classes=3, random_state=0
)
Y_ONE = Y[:, 0]
FORGED = "is damaged or forged: it refers to what is not there"


@pytest.mark.parametrize(
    "model",
    [
        DecisionTreeClassifier(),
        DecisionTreeClassifier(max_leaf_nodes=5),
        DecisionTreeClassifier(ccp_alpha=0.01),
        RandomForestClassifier(n_estimators=3),
        ExtraTreesClassifier(n_estimators=3),
        GradientBoostingClassifier(n_estimators=3),
        HistGradientBoostingClassifier(max_iter=3, categorical_features=[0, 2]),
        BaggingClassifier(DecisionTreeClassifier(), n_estimators=3, max_features=0.5),
        BinaryRelevance(RandomForestClassifier(n_estimators=2)),
        KNeighborsClassifier(algorithm="kd_tree", leaf_size=3),
        KNeighborsClassifier(algorithm="ball_tree", leaf_size=3),
    ],
    ids=str,
)
def test_what_was_learned_is_sound(model):
    check_sound(model.fit(X, Y_ONE if model.__module__.startswith("sklearn") else Y))


def test_unfitted_models_and_stumps_are_sound():
    check_sound([DecisionTreeClassifier(), RandomForestClassifier(), LabelTree()])
    check_sound(DecisionTreeClassifier().fit([[0.0]], [0]))
    check_sound(IsolationForest(n_estimators=2, max_features=0.5).fit(X))


def tree_with(**nodes: Any) -> DecisionTreeClassifier:
    """A tree whose nodes say something else; position -> value in each column."""
    model = DecisionTreeClassifier(random_state=0).fit(X, Y_ONE)
    state = model.tree_.__getstate__()
    for column, changes in nodes.items():
        if column == "node_count":
            state[column] = changes
            continue
        for position, value in changes.items():
            state["nodes"][column][position] = value
    model.tree_.__setstate__(state)
    return model


@pytest.mark.parametrize(
    "nodes",
    [
        {"left_child": {0: 10**9}},
        {"right_child": {0: 10**9}},
        {"left_child": {0: -7}},
        {"right_child": {0: -1}},
        {"left_child": {0: 0}},
        {"feature": {0: 6}},
        {"feature": {0: -3}},
        {"feature": {0: 10**12}},
        {"node_count": 0},
        {"node_count": 10**9},
        {"node_count": -1},
    ],
    ids=str,
)
def test_forged_nodes(nodes):
    with pytest.raises(ModelFileError, match=rf"model\.tree_ \(Tree\) {FORGED}"):
        check_sound(tree_with(**nodes))


def test_a_circle_of_nodes():
    inner = np.flatnonzero(tree_with().tree_.children_left != -1)

    with pytest.raises(ModelFileError, match=FORGED):
        check_sound(tree_with(left_child={inner[1]: inner[0]}))


def test_a_tree_that_asks_for_more_than_it_is_given():
    model = tree_with()
    model.n_features_in_ = 2
    forest = RandomForestClassifier(n_estimators=2).fit(X, Y_ONE)
    forest.n_features_in_ = 2
    boosted = GradientBoostingClassifier(n_estimators=2).fit(X, Y_ONE)
    boosted.n_features_in_ = 2

    for each in (model, forest, boosted):
        with pytest.raises(ModelFileError, match=rf"model \({type(each).__name__}\)"):
            check_sound(each)


def test_a_tree_that_nobody_answers_for():
    with pytest.raises(ModelFileError, match=rf"model\[0\] \(Tree\) {FORGED}"):
        check_sound([tree_with().tree_])


@pytest.fixture
def histograms() -> Any:
    model = HistGradientBoostingClassifier(max_iter=2, categorical_features=[0])
    return model.fit(np.column_stack([np.arange(80) % 5, X[:, 1:]]), Y_ONE)


@pytest.mark.parametrize(
    ("column", "value"),
    [("left", 10**6), ("right", 0), ("feature_idx", 6), ("feature_idx", -1)],
)
def test_forged_nodes_of_histograms(column, value, histograms):
    nodes = histograms._predictors[1][0].nodes
    nodes[column][0] = value

    with pytest.raises(ModelFileError, match=FORGED):
        check_sound(histograms)


def test_forged_categories_of_histograms(histograms):
    check_sound(histograms)
    tree = histograms._predictors[0][0]
    tree.nodes["is_categorical"][0] = 1
    tree.nodes["bitset_idx"][0] = len(tree.raw_left_cat_bitsets)

    with pytest.raises(ModelFileError, match=FORGED):
        check_sound(histograms)


def test_histograms_without_nodes(histograms):
    histograms._predictors[0][0].nodes = np.zeros(3)

    with pytest.raises(ModelFileError, match="is damaged: "):
        check_sound(histograms)


@pytest.mark.parametrize("kind", [KDTree, BallTree])
@pytest.mark.parametrize(
    ("place", "change"),
    [
        (1, lambda order: order + 1),
        (1, lambda order: order[:-1]),
        (2, lambda nodes: _with(nodes, "idx_end", 10**6)),
        (2, lambda nodes: _with(nodes, "idx_start", -1)),
        (2, lambda nodes: _with_last(nodes, "is_leaf", 0)),
        (3, lambda bounds: bounds[:, :-1].copy()),
        (3, lambda bounds: bounds[:, :, :-1].copy()),
        (4, lambda leaf_size: 0),
        (5, lambda n_levels: n_levels + 1),
        (6, lambda n_nodes: n_nodes + 1),
    ],
)
def test_forged_search_trees(kind, place, change):
    tree = kind(X, leaf_size=10)
    check_sound([tree])
    state = list(tree.__getstate__())
    state[place] = change(copy.copy(state[place]))
    forged = kind.__new__(kind)
    forged.__setstate__(tuple(state))

    with pytest.raises(ModelFileError, match=rf"model\[0\] \({kind.__name__}\)"):
        check_sound([forged])


def _with(nodes: np.ndarray, column: str, value: int, place: int = 0) -> np.ndarray:
    nodes = nodes.copy()
    nodes[column][place] = value
    return nodes


def _with_last(nodes: np.ndarray, column: str, value: int) -> np.ndarray:
    return _with(nodes, column, value, place=-1)


@pytest.mark.parametrize("format", ["bsr", "csc", "csr"])
def test_forged_positions_of_sparse_matrices(format):
    matrix = sp.csr_array(np.eye(4)).asformat(format)
    check_sound({"a": matrix})
    matrix.indices[1] = 10**6

    with pytest.raises(ModelFileError, match=r"model\['a'\] \(\w+_array\) is damaged"):
        check_sound({"a": matrix})


@pytest.mark.parametrize("place", [-1, 4])
def test_forged_positions_of_coordinates(place):
    matrix = sp.coo_array(np.eye(4))
    check_sound(matrix)
    matrix.coords[1][0] = place

    with pytest.raises(ModelFileError, match=FORGED):
        check_sound(matrix)


def test_offsets_of_diagonals():
    matrix = sp.dia_array(np.eye(4))
    check_sound(matrix)
    matrix.offsets = np.arange(3)

    with pytest.raises(ModelFileError, match=FORGED):
        check_sound(matrix)


@pytest.mark.parametrize(
    "name", ["../../out", "/etc/cron.d/x", "a/b", "..", r"..\x", r"C:\x", "C:x", "", 3]
)
def test_label_trees_write_no_file_elsewhere(name):
    learner = LabelTree()
    learner.model_files_ = {"tree0.cbor": b"", name: b""}

    with pytest.raises(ModelFileError, match=rf"\(LabelTree\) {FORGED}"):
        check_sound([learner])


def test_label_trees_of_plain_files():
    learner = LabelTree()
    learner.model_files_ = {"tree0.cbor": b"", "settings.json": b""}

    check_sound([learner])
