"""Whether what was loaded can be used without leading outside of its memory."""

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

import numpy as np
import scipy.sparse as sp
from sklearn.ensemble import IsolationForest
from sklearn.ensemble._forest import BaseForest
from sklearn.ensemble._gb import BaseGradientBoosting
from sklearn.ensemble._hist_gradient_boosting.gradient_boosting import (
    BaseHistGradientBoosting,
)
from sklearn.ensemble._hist_gradient_boosting.predictor import TreePredictor
from sklearn.neighbors import BallTree, KDTree
from sklearn.tree._tree import Tree

from mlkit.exceptions import ModelFileError
from mlkit.models import LabelTree
from mlkit.persistence.walking import attributes, walk

__all__ = ["check_sound"]


def check_sound(model: Any) -> None:
    """Refuse a loaded model with positions that are no positions.

    Parameters
    ----------
    model : object
        Not modified.

    Raises
    ------
    ModelFileError
        If a tree has a node that is not there, or asks for a feature that is not there;
        if a sparse matrix has such a position; or if a label tree has files that would
        be written elsewhere. The message says where.

    Notes
    -----
    The compiled code of scikit-learn and scipy follows such positions as they are, and
    a forged one makes it read foreign memory, or ends the process. What a tree says is
    not judged: whoever forges a model can always make it predict anything. Cost: a few
    passes over nodes and positions.
    """
    parts = list(walk(model))
    # A tree that no estimator answers for could be asked with any number of features.
    owned = {id(tree) for _, part in parts for tree in _trees_of(part)}
    for where, part in parts:
        try:
            sound = _is_sound(part) and _asks_within(part, _trees_of(part))
        except Exception as err:
            msg = f"{where} ({type(part).__name__}) is damaged: {err}"
            raise ModelFileError(msg) from err
        alone = isinstance(part, (Tree, TreePredictor)) and id(part) not in owned
        if alone or not sound:
            msg = (
                f"{where} ({type(part).__name__}) is damaged or forged: it refers to "
                "what is not there."
            )
            raise ModelFileError(msg)


def _is_sound(part: Any) -> bool:
    """Judge a part by itself."""
    if sp.issparse(part):
        return _is_sound_matrix(part)
    if isinstance(part, Tree):
        return _is_sound_tree(part)
    if isinstance(part, TreePredictor):
        return _is_sound_predictor(part)
    if isinstance(part, (KDTree, BallTree)):
        return _is_sound_search_tree(part)
    if isinstance(part, LabelTree):
        files = attributes(part).get("model_files_", {})
        return all(_is_plain_name(name) for name in files)
    return True


def _trees_of(part: Any) -> list[Any]:
    """Return the trees that an estimator asks without looking at the features."""
    held = attributes(part)
    if isinstance(part, (BaseForest, BaseGradientBoosting, IsolationForest)):
        members = np.asarray(held.get("estimators_", []), dtype=object).ravel()
        trees = [attributes(member).get("tree_") for member in members]
    elif isinstance(part, BaseHistGradientBoosting):
        trees = [tree for several in held.get("_predictors", []) for tree in several]
    else:
        trees = [held.get("tree_")]
    return [tree for tree in trees if isinstance(tree, (Tree, TreePredictor))]


def _asks_within(part: Any, trees: list[Any]) -> bool:
    """Say whether trees ask for no more features than their estimator is given."""
    for tree in trees:
        if isinstance(tree, Tree):
            # The tree's own number is what its nodes are held to.
            if tree.n_features > part.n_features_in_:
                return False
        else:
            asked = tree.nodes["feature_idx"][tree.nodes["is_leaf"] == 0]
            if not _within(asked, 0, part.n_features_in_):
                return False
    return True


def _within(values: Any, low: Any, high: Any) -> bool:
    """Say whether low <= value < high throughout."""
    values = np.asarray(values).astype(np.int64)
    return bool(np.all((values >= low) & (values < high)))


def _is_sound_tree(tree: Tree) -> bool:
    n_nodes = tree.node_count
    # First: the properties below show as many nodes as the tree claims to have.
    if not 0 < n_nodes <= tree.capacity:
        return False
    # Children stand behind their parents, so that no way goes round in a circle.
    inner = tree.children_left != -1
    place = np.flatnonzero(inner)
    return (
        _within(tree.children_left[inner], place + 1, n_nodes)
        and _within(tree.children_right[inner], place + 1, n_nodes)
        and _within(tree.feature[inner], 0, tree.n_features)
    )


def _is_sound_predictor(tree: TreePredictor) -> bool:
    nodes = tree.nodes
    if nodes.ndim != 1 or not len(nodes):
        return False
    place = np.flatnonzero(nodes["is_leaf"] == 0)
    inner = nodes[place]
    sets = inner["bitset_idx"][inner["is_categorical"] != 0]
    bitsets = (tree.raw_left_cat_bitsets, tree.binned_left_cat_bitsets)
    return (
        _within(inner["left"], place + 1, len(nodes))
        and _within(inner["right"], place + 1, len(nodes))
        and all(b.ndim == 2 and b.shape[1] == 8 for b in bitsets)
        and all(_within(sets, 0, len(b)) for b in bitsets)
    )


def _is_sound_search_tree(tree: KDTree | BallTree) -> bool:
    # Beyond these seven come counters, the distance and the weights of rows.
    rows, order, nodes, bounds, leaf_size, n_levels, n_nodes = tree.__getstate__()[:7]
    if rows.ndim != 2 or not 0 < n_levels < 64:
        return False
    n_rows = len(rows)
    return (
        leaf_size > 0
        and n_nodes == len(nodes) == 2**n_levels - 1
        and len(order) == n_rows
        and bounds.shape[1:] == (n_nodes, rows.shape[1])
        and len(bounds) == (2 if isinstance(tree, KDTree) else 1)
        and _within(order, 0, n_rows)
        and _within(nodes["idx_start"], 0, nodes["idx_end"] + 1)
        and _within(nodes["idx_end"], 0, n_rows + 1)
        and _inner_nodes_have_children(nodes, n_nodes)
    )


def _inner_nodes_have_children(nodes: np.ndarray, n_nodes: int) -> bool:
    # The children of node i are nodes 2 i + 1 and 2 i + 2.
    return _within(2 * np.flatnonzero(nodes["is_leaf"] == 0) + 2, 0, n_nodes)


def _is_sound_matrix(matrix: Any) -> bool:
    if matrix.format in ("csr", "csc", "bsr"):
        matrix.check_format(full_check=True)
    elif matrix.format == "coo":
        return all(
            len(positions) == len(matrix.data) and _within(positions, 0, length)
            for positions, length in zip(matrix.coords, matrix.shape, strict=True)
        )
    elif matrix.format == "dia":
        return matrix.data.ndim == 2 and len(matrix.offsets) == len(matrix.data)
    return True


def _is_plain_name(name: Any) -> bool:
    # What is plain here may be a path on another system.
    if not isinstance(name, str) or name in ("", ".", ".."):
        return False
    return all(kind(name).name == name for kind in (PurePosixPath, PureWindowsPath))
