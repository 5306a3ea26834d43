"""What is saved, what is refused, and that nobody finds out too late."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.stats
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import RandomizedSearchCV
from sklearn.multioutput import MultiOutputClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder

import mlkit
from mlkit.evaluation import evaluate
from mlkit.exceptions import (
    LabelNameError,
    OptionError,
    UnsavableModelError,
    UntrustedTypeError,
)
from mlkit.models import BinaryRelevance, from_skmultilearn, make
from mlkit.persistence import load_model, read_card, save
from mlkit.persistence import saving as room

from .cases import RATIOS, Ratios, assert_predicts_the_same, read_members


@pytest.fixture(params=["model.zip", "model"])
def place(request, tmp_path) -> Path:
    return tmp_path / "deep" / "down" / request.param


def test_the_path_comes_back_and_the_model_too(model, flags, place):
    path = save(model, str(place))

    assert path == place
    assert os.listdir(place.parent) == [place.name]
    assert_predicts_the_same(model, load_model(path), flags.X)


def test_a_zip_holds_the_model_and_the_card(saved):
    assert set(read_members(saved)) == {"card.json", "model.skops"}
    assert b"pickle" not in b"".join(read_members(saved).values())


def test_all_that_is_given_is_on_the_card(model, flags, place):
    evaluation = evaluate(flags.Y, model.predict(flags.X))

    save(
        model,
        place,
        data=flags,
        evaluation=evaluation,
        metrics={"mine": float("nan")},
        notes="für das Seminar",
    )

    card = read_card(place)
    assert card.format_version == 1
    assert card.label_names == flags.label_names
    assert card.data["name"] == "flags"
    assert card.metrics["micro_f1"] == evaluation["micro_f1"]
    assert np.isnan(card.metrics["mine"])
    assert card.notes == "für das Seminar"
    assert card.needs_trust == ()
    assert set(card.files) == {"model.skops"}


def test_nothing_is_replaced_unasked(model, place):
    save(model, place, notes="first")

    with pytest.raises(FileExistsError, match=r"pass overwrite=True"):
        save(model, place, notes="second")
    assert read_card(place).notes == "first"

    save(model, place, notes="third", overwrite=True)
    assert read_card(place).notes == "third"
    assert os.listdir(place.parent) == [place.name]


def test_a_model_that_cannot_be_saved_leaves_the_old_one(model, place):
    save(model, place, notes="first")
    bad = make_pipeline(FunctionTransformer(lambda X: X), MultiOutputClassifier(None))

    with pytest.raises(UnsavableModelError, match="it is a lambda"):
        save(bad, place, overwrite=True)
    assert read_card(place).notes == "first"
    assert os.listdir(place.parent) == [place.name]


def fitted(*steps: Any) -> Any:
    X, Y = [[1.0, 2.0], [2.0, 1.0], [3.0, 5.0]], [[1, 0], [0, 1], [1, 1]]
    return make_pipeline(*steps, BinaryRelevance()).fit(X, Y)


def test_own_classes_have_to_be_named_twice(place):
    model = fitted(Ratios())

    with pytest.raises(UntrustedTypeError, match="does not know and would refuse") as e:
        save(model, place)
    assert f"save(..., trusted=['{RATIOS}'])" in str(e.value)
    assert not place.exists()

    save(model, place, trusted=[Ratios])
    assert read_card(place).needs_trust == (RATIOS,)
    with pytest.raises(UntrustedTypeError, match=r"load_model\(path, trusted=\['"):
        load_model(place)
    loaded = load_model(place, trusted=RATIOS)
    assert_predicts_the_same(model, loaded, [[1.5, 2.5]])


def test_more_than_needed_may_be_named(place):
    save(fitted(), place, trusted=["a.B", Ratios])

    assert read_card(place).needs_trust == ()


def test_classes_of_a_notebook_get_a_word_of_warning(place, monkeypatch):
    monkeypatch.setattr(Ratios, "__module__", "__main__")

    with pytest.raises(UntrustedTypeError, match="defined in the notebook or script"):
        save(fitted(Ratios()), place)


def test_searches_over_distributions_say_what_to_save(flags, place):
    X, Y = flags.as_xy()
    grid = {"learn__estimator__C": scipy.stats.uniform(0.1, 1.0)}
    model = RandomizedSearchCV(make("br-lr"), grid, n_iter=1, cv=2).fit(
        X, Y.iloc[:, :2]
    )

    with pytest.raises(UntrustedTypeError, match="uniform_gen.*save best_estimator_"):
        save(model, place)
    save(model.best_estimator_, place)


def test_what_skops_writes_and_cannot_read_is_refused(place, monkeypatch):
    model = fitted(Ratios())
    # A class that has gone between writing and reading.
    written = room.pack_model

    def and_forget(given: Any) -> Any:
        files = written(given)
        monkeypatch.delattr(f"{Ratios.__module__}.Ratios")
        return files

    monkeypatch.setattr(room, "pack_model", and_forget)
    with pytest.raises(UnsavableModelError, match="written, but could not be loaded"):
        save(model, place, trusted=RATIOS)
    assert os.listdir(place.parent) == []


def test_methods_of_texts_in_options():
    encoder = OneHotEncoder(feature_name_combiner="{}-{}".format)
    model = make_pipeline(encoder, MultiOutputClassifier(LogisticRegression()))

    with pytest.raises(UnsavableModelError, match=r"feature_name_combiner cannot be s"):
        save(model, "never.zip")
    assert not Path("never.zip").exists()


@pytest.mark.parametrize(
    ("build", "message"),
    [
        ("tree", r"PredictiveClusteringTree\.Node is defined inside of"),
        ("graph", "refers to itself, or is nested too deeply: a graph"),
    ],
)
def test_classes_of_scikit_multilearn_that_cannot_be_saved(build, message, place):
    from skmultilearn import cluster, ensemble, problem_transform, tree

    if build == "tree":
        inner = tree.PredictiveClusteringTree()
    else:
        builder = cluster.LabelCooccurrenceGraphBuilder(
            weighted=True, include_self_edges=False
        )
        inner = ensemble.LabelSpacePartitioningClassifier(
            problem_transform.LabelPowerset(LogisticRegression()),
            cluster.NetworkXLabelGraphClusterer(builder, "louvain"),
        )
    ds = mlkit.load("flags")[:60]
    X = ds.X.select_dtypes("number").to_numpy()
    X, Y = X / X.max(axis=0), ds.Y.to_numpy()[:, :4]
    model = from_skmultilearn(inner, random_state=0).fit(X, Y)

    with pytest.raises(UnsavableModelError, match=message):
        save(model, place)
    assert os.listdir(place.parent) == []


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (BinaryRelevance, "with a predict method, got BinaryRelevance"),
        ({"a": 1}, "with a predict method, got dict"),
        (
            mlkit.load("flags"),
            r"got MultiLabelDataset\. Data sets are written by mlkit",
        ),
    ],
)
def test_what_is_no_model(model, message, place):
    with pytest.raises(TypeError, match=message):
        save(model, place)


def test_wrong_arguments_write_nothing(model, flags, place):
    with pytest.raises(TypeError, match="notes must be a text"):
        save(model, place, notes=1)
    with pytest.raises(TypeError, match="trusted must be a name or several, got True"):
        save(model, place, trusted=True)
    with pytest.raises(OptionError, match=r"'subprocess\.run'"):
        save(model, place, trusted="subprocess.run")
    names = [f"other {i}" for i in range(7)]
    with pytest.raises(LabelNameError, match="The model was trained on"):
        save(model, place, data=flags.replace(label_names=names))
    assert not place.exists()
    assert not place.parent.exists() or os.listdir(place.parent) == []
