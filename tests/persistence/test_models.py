"""Every model of the catalog, and others around them, comes back the same."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.datasets import make_multilabel_classification
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    IsolationForest,
    RandomForestClassifier,
)
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.feature_selection import SelectKBest, chi2
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.model_selection import (
    GridSearchCV,
    KFold,
    RandomizedSearchCV,
    RepeatedKFold,
)
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import ClassifierChain as PlainChain
from sklearn.multioutput import MultiOutputClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    OneHotEncoder,
    StandardScaler,
)
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier
from skmultilearn import adapt, cluster, ensemble, problem_transform

import mlkit
from mlkit.dataset import MultiLabelDataset
from mlkit.evaluation import make_scorer
from mlkit.models import (
    BinaryRelevance,
    CalibratedClassifier,
    ClassifierChain,
    FeaturePreparation,
    MLkNN,
    ResampledClassifier,
    ThresholdedClassifier,
    catalog,
    from_skmultilearn,
    make,
    search,
)
from mlkit.persistence import load_model, save
from mlkit.resampling import MLROS, MLSMOTE, REMEDIAL
from mlkit.splitting import IterativeStratification
from mlkit.thresholds import SCut

from .cases import assert_predicts_the_same, assert_same


@pytest.fixture(scope="session")
def plain() -> tuple[np.ndarray, np.ndarray]:
    X, Y = make_multilabel_classification(
        n_samples=60, n_features=8, n_classes=5, random_state=0
    )
    return X / X.max(), Y


@pytest.fixture(scope="session")
def all_flags() -> MultiLabelDataset:
    """Rows enough for folds and calibration."""
    return mlkit.load("flags")


def round_trip(model: Any, folder: Any) -> Any:
    """Save and load, and see that the model itself stays what it was."""
    before = pickle.dumps(model)
    path = save(model, folder / "model.zip")
    assert pickle.dumps(model) == before
    return load_model(path)


def small(name: str) -> Any:
    """Forests of five trees, as a hundred say nothing more here."""
    model = make(name, random_state=0)
    sizes = {
        key: 5
        for key, value in model.get_params().items()
        if key.endswith("n_estimators") and value == 100
    }
    return model.set_params(**sizes)


@pytest.mark.parametrize("name", catalog().index)
def test_models_of_the_catalog(name, flags, tmp_path):
    if name == "label-tree":
        pytest.importorskip("omikuji")
    X, Y = flags.as_xy()
    model = small(name).fit(X[5:], Y[5:])

    loaded = round_trip(model, tmp_path)

    predicted = loaded.predict(X)
    assert isinstance(predicted, pd.DataFrame)
    assert list(predicted.columns) == list(flags.label_names)
    assert_predicts_the_same(model, loaded, X)


STRATEGIES = (
    *("fixed", "global", "scut", "rcut", "pcut", "mcut", "cardinality", "cost"),
    *("expected_f", "risk"),
)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_tuned_decisions(strategy, flags, tmp_path):
    X, Y = flags.as_xy()
    model = small(f"br-lr+{strategy}").fit(X, Y)

    loaded = round_trip(model, tmp_path)

    assert_predicts_the_same(model, loaded, X)


def prepared(learner: Any) -> Any:
    return make_pipeline(FeaturePreparation(), learner)


SEARCH = {"learn__estimator__C": [0.1, 1.0]}
TABLES: dict[str, Callable[[], Any]] = {
    **{
        f"calibrated by {method}": lambda method=method: prepared(
            CalibratedClassifier(BinaryRelevance(), method=method, cv=3)
        )
        for method in ("sigmoid", "isotonic", "temperature")
    },
    "a strategy as an object": lambda: prepared(
        ThresholdedClassifier(BinaryRelevance(), strategy=SCut(shrinkage=5.0))
    ),
    "folds as an object": lambda: prepared(
        ThresholdedClassifier(BinaryRelevance(), cv=IterativeStratification(3))
    ),
    "a random state": lambda: prepared(
        ClassifierChain(order="random", random_state=np.random.RandomState(3))
    ),
    **{
        f"resampled by {type(resampler).__name__}": lambda r=resampler: prepared(
            ResampledClassifier(BinaryRelevance(), resampler=r, random_state=0)
        )
        for resampler in (MLROS(), MLSMOTE(), REMEDIAL())
    },
    "a search": lambda: GridSearchCV(make("br-lr"), SEARCH, cv=3),
    "a search with a scorer of the kit": lambda: GridSearchCV(
        make("br-lr"), SEARCH, cv=KFold(3), scoring=make_scorer("micro_f1")
    ),
    "a search with several scorers": lambda: GridSearchCV(
        make("br-lr"),
        SEARCH,
        cv=3,
        scoring={"rank": make_scorer("ranking_loss"), "f1": "f1_micro"},
        refit="f1",
    ),
    "a search at random": lambda: RandomizedSearchCV(
        make("br-lr"),
        search("br-lr"),
        n_iter=2,
        cv=RepeatedKFold(n_splits=2, n_repeats=1),
        random_state=np.random.RandomState(0),
    ),
    "plain columns": lambda: make_pipeline(
        make_column_transformer(
            (OneHotEncoder(handle_unknown="ignore"), ["continent", "religion"]),
            (StandardScaler(), make_column_selector(dtype_include="number")),
        ),
        MultiOutputClassifier(LogisticRegression()),
    ),
}


@pytest.mark.parametrize("build", TABLES.values(), ids=TABLES)
def test_models_of_tables(build, all_flags, tmp_path):
    X, Y = all_flags.as_xy()
    model = build().fit(X, Y)

    assert_predicts_the_same(model, round_trip(model, tmp_path), X)


def per_label(learner: Any) -> Any:
    return BinaryRelevance(learner)


LP = problem_transform.LabelPowerset(LogisticRegression())
ARRAYS: dict[str, Callable[[], Any]] = {
    "boosted": lambda: per_label(GradientBoostingClassifier(n_estimators=3)),
    "boosted with histograms": lambda: per_label(
        HistGradientBoostingClassifier(max_iter=3)
    ),
    "boosted with weights": lambda: per_label(AdaBoostClassifier(n_estimators=3)),
    "bagged forests": lambda: per_label(
        BaggingClassifier(
            RandomForestClassifier(n_estimators=2), n_estimators=2, max_features=0.5
        )
    ),
    "Platt inside": lambda: per_label(CalibratedClassifierCV(LinearSVC(), cv=2)),
    "chosen features": lambda: per_label(
        make_pipeline(SelectKBest(chi2, k=3), LogisticRegression())
    ),
    "class weights": lambda: per_label(SVC(class_weight={0: 1.0, 1: 2.0})),
    "function of numpy": lambda: make_pipeline(
        FunctionTransformer(np.log1p), MultiOutputClassifier(LogisticRegression())
    ),
    "one against the rest": lambda: OneVsRestClassifier(LogisticRegression()),
    "plain chain": lambda: PlainChain(LogisticRegression(), order=[4, 3, 2, 1, 0]),
    "plain trees": lambda: RandomForestClassifier(n_estimators=3),
    "plain neighbours": lambda: KNeighborsClassifier(algorithm="ball_tree"),
    "neighbours in a tree": lambda: MLkNN(n_neighbors=3),
}
THEIRS: dict[str, Callable[[], Any]] = {
    "BinaryRelevance": lambda: problem_transform.BinaryRelevance(LogisticRegression()),
    "ClassifierChain": lambda: problem_transform.ClassifierChain(LogisticRegression()),
    "LabelPowerset": lambda: LP,
    "ClassificationHeterogeneousFeature": lambda: (
        problem_transform.ClassificationHeterogeneousFeature(LogisticRegression())
    ),
    "InstanceBasedLogisticRegression": lambda: (
        problem_transform.InstanceBasedLogisticRegression(LogisticRegression())
    ),
    "StructuredGridSearchCV": lambda: problem_transform.StructuredGridSearchCV(
        problem_transform.BinaryRelevance(),
        {"classifier": [LogisticRegression()], "C": [0.1, 1.0]},
        cv=2,
    ),
    "RakelD": lambda: ensemble.RakelD(LogisticRegression(), labelset_size=2),
    "RakelO": lambda: ensemble.RakelO(
        LogisticRegression(), model_count=4, labelset_size=2
    ),
    "MajorityVotingClassifier": lambda: ensemble.MajorityVotingClassifier(
        LP, cluster.FixedLabelSpaceClusterer([[0, 1, 2], [2, 3, 4]])
    ),
    "LabelSpacePartitioningClassifier": lambda: (
        ensemble.LabelSpacePartitioningClassifier(
            LP, cluster.RandomLabelSpaceClusterer(2, 3, allow_overlap=False)
        )
    ),
    "MLkNN": lambda: adapt.MLkNN(k=5),
    "BRkNNaClassifier": lambda: adapt.BRkNNaClassifier(k=5),
    "BRkNNbClassifier": lambda: adapt.BRkNNbClassifier(k=5),
}
ARRAYS |= {
    f"scikit-multilearn's {name}": lambda build=build: from_skmultilearn(
        build(), random_state=0
    )
    for name, build in THEIRS.items()
}


@pytest.mark.parametrize("build", ARRAYS.values(), ids=ARRAYS)
def test_models_of_arrays(build, plain, tmp_path):
    X, Y = plain
    model = build().fit(X, Y)

    loaded = round_trip(model, tmp_path)

    assert_same(model.predict(X), loaded.predict(X))
    assert_predicts_the_same(model, loaded, X)


def test_a_model_that_takes_its_time(plain, tmp_path):
    X, Y = plain[0][:12], plain[1][:12, :2]
    chain = problem_transform.ProbabilisticClassifierChain(LogisticRegression())
    model = from_skmultilearn(chain).fit(X, Y)

    assert_predicts_the_same(model, round_trip(model, tmp_path), X)


def test_outliers(plain, tmp_path):
    X, _ = plain
    model = IsolationForest(n_estimators=5, max_features=0.5, random_state=0).fit(X)

    loaded = round_trip(model, tmp_path)

    assert_same(model.score_samples(X), loaded.score_samples(X))


@pytest.mark.parametrize("name", ["br-lr", "mlknn", "sparse-lr", "cc-tree"])
def test_sparse_stays_sparse(name, plain, tmp_path):
    X, Y = (sp.csr_array(part) for part in plain)
    model = small(name).fit(X, Y)

    loaded = round_trip(model, tmp_path)

    assert isinstance(loaded.predict(X), sp.csr_array)
    assert_predicts_the_same(model, loaded, X)


@pytest.mark.parametrize(
    "name", ["mlknn", "brknn", "iblr", "native-knn", "br-hgb", "lp-knn"]
)
def test_few_features_are_searched_in_a_tree(name, plain, tmp_path):
    X, Y = plain[0][:, :3], plain[1]
    if name == "br-hgb":
        learner = per_label(
            HistGradientBoostingClassifier(max_iter=2, categorical_features=[0])
        )
    else:
        learner = small(name)
    model = learner.fit(X, Y)

    assert_predicts_the_same(model, round_trip(model, tmp_path), X)


def test_texts_and_gaps(tmp_path):
    X, Y = mlkit.load("movies")[:40].as_xy()
    X = X.assign(length=np.where(np.arange(40) % 7, np.arange(40.0), np.nan))
    X["mood"] = pd.Categorical(["dark", "light", None, "ünlit"] * 10)
    model = make("br-lr").fit(X, Y)

    loaded = round_trip(model, tmp_path)

    names = loaded["prepare"].get_feature_names_out()
    assert any("~" in name for name in names)
    assert "mood=ünlit" in names
    assert_array_equal(names, model["prepare"].get_feature_names_out())
    assert_predicts_the_same(model, loaded, X)


def test_a_plain_pipeline_of_texts(tmp_path):
    texts = ["the sea is cold", "a warm wind", "the wind and the sea"] * 5
    Y = np.array([[1, 0], [0, 1], [1, 1]] * 5)
    words = CountVectorizer(stop_words=["the", "and"], ngram_range=(1, 2))
    model = make_pipeline(words, MultiOutputClassifier(LogisticRegression()))
    model.fit(texts, Y)

    assert_predicts_the_same(model, round_trip(model, tmp_path), texts)


def test_unknown_labels(flags, tmp_path):
    X, Y = flags.as_xy()
    Y = Y.astype(float)
    Y.iloc[:5, 2] = np.nan
    model = make("br-tree", random_state=0).fit(X, Y)

    assert_predicts_the_same(model, round_trip(model, tmp_path), X)


def test_a_vector_of_classes(tmp_path):
    X, y = [[0.0], [1.0], [2.0], [3.0]], ["sea", "land", "ice", "ice"]
    model = make("br-lr").fit(X, y)

    loaded = round_trip(model, tmp_path)

    assert loaded.predict([[3.0]]).tolist() == ["ice"]
    assert_predicts_the_same(model, loaded, X)


@pytest.mark.parametrize("learner", [BinaryRelevance, ClassifierChain])
def test_a_stream_goes_on_after_loading(learner, plain, tmp_path):
    X, Y = plain
    model = learner(SGDClassifier(loss="log_loss", random_state=0))
    model.partial_fit(X[:30], Y[:30])

    loaded = round_trip(model, tmp_path)
    assert_predicts_the_same(model, loaded, X)

    for each in (model, loaded):
        each.partial_fit(X[30:], Y[30:])
    assert_predicts_the_same(model, loaded, X)


def test_a_loaded_model_can_be_cloned_and_trained(flags, tmp_path):
    X, Y = flags.as_xy()
    model = make("ecc-tree", random_state=0).fit(X, Y)

    again = clone(round_trip(model, tmp_path)).fit(X, Y)

    assert_predicts_the_same(model, again, X)


def test_the_same_tree_twice_is_one_object(plain, tmp_path):
    tree = DecisionTreeClassifier(random_state=0).fit(*plain)
    model = MLkNN(n_neighbors=3).fit(*plain)
    model.extra_ = [tree, {"again": tree}]

    loaded = round_trip(model, tmp_path)

    assert loaded.extra_[0] is loaded.extra_[1]["again"]


VALUES = [
    *(None, True, 0, -(10**30), 0.1, float("inf"), "ünlit \udc80", b"\x00\xff"),
    *((1, ("a", 2.5)), {"b", "c"}, frozenset({"d"}), range(3, 9, 2), slice(1, None)),
    *({"n": 1, "m": {}}, {3: "x", -1: "y"}, {np.int64(5): 1}, {0.5: [()]}),
]


@pytest.mark.parametrize("value", VALUES, ids=range(len(VALUES)))
def test_values_of_attributes(value, model, tmp_path):
    changed = copy.copy(model)
    changed.extra_ = value

    loaded = round_trip(changed, tmp_path).extra_

    assert loaded == value
    assert type(loaded) is type(value)
    if isinstance(value, dict):
        assert [*map(type, loaded)] == [*map(type, value)]
        assert list(loaded) == list(value)


ITEMS = [
    np.array(["a", None, 1.5, ("t",)], dtype=object),
    np.array([["a", 1], [None, 2.5]], dtype=object),
    np.arange(6, dtype=np.int8).reshape(2, 3, order="F"),
    np.array([np.nan, -0.0, np.inf], dtype=">f4"),
    np.array([("a", 1)], dtype=[("name", "U3"), ("n", "i4")]),
    np.array(["2020-01-01", "NaT"], dtype="datetime64[D]"),
    np.float32(0.1),
    np.array(7),
]


@pytest.mark.parametrize("value", ITEMS, ids=lambda value: str(value.dtype))
def test_arrays_of_attributes(value, model, tmp_path):
    changed = copy.copy(model)
    changed.extra_ = value

    loaded = round_trip(changed, tmp_path).extra_

    assert type(loaded) is type(value)
    assert loaded.dtype == value.dtype
    assert_array_equal(loaded, value)


@pytest.mark.parametrize("format", ["bsr", "coo", "csc", "csr", "dia", "dok", "lil"])
@pytest.mark.parametrize("kind", ["array", "matrix"])
def test_sparse_attributes(format, kind, model, tmp_path):
    changed = copy.copy(model)
    dense = np.array([[0.0, 1.5, 0.0], [0.0, 0.0, -2.0]])
    changed.extra_ = getattr(sp, f"{format}_{kind}")(dense)

    loaded = round_trip(changed, tmp_path).extra_

    assert type(loaded) is type(changed.extra_)
    assert_array_equal(loaded.toarray(), dense)


FRESH = """
import sys
import numpy as np, pandas as pd
from mlkit.persistence import load_model
folder = sys.argv[1]
X = pd.read_parquet(f"{folder}/X.parquet")
for name in sys.argv[2:]:
    np.save(f"{folder}/{name}.npy", load_model(f"{folder}/{name}.zip").predict_proba(X))
assert "keras" not in sys.modules and "tensorflow" not in sys.modules
"""


def test_another_process_predicts_the_same_without_keras(flags, tmp_path):
    X, Y = flags.as_xy()
    X.to_parquet(tmp_path / "X.parquet")
    models = {
        "calibrated": prepared(
            CalibratedClassifier(BinaryRelevance(), method="temperature")
        ),
        "forest": small("ecc-tree"),
        "homer": small("homer-lr"),
        "neighbours": small("iblr+"),
        "tuned": small("2br-lr+scut"),
    }
    for name, model in models.items():
        save(model.fit(X, Y), tmp_path / f"{name}.zip")

    command = [sys.executable, "-W", "error", "-c", FRESH, str(tmp_path), *models]
    subprocess.run(command, check=True)

    for name, model in models.items():
        assert_same(np.load(tmp_path / f"{name}.npy"), model.predict_proba(X))
