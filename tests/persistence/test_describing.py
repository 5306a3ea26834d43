"""What a card says of a model."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.multioutput import MultiOutputClassifier
from sklearn.pipeline import make_pipeline

import mlkit
from mlkit.dataset import DatasetSource, MultiLabelDataset
from mlkit.evaluation import evaluate
from mlkit.exceptions import LabelNameError, ShapeError
from mlkit.fingerprints import dataset_fingerprint
from mlkit.models import BinaryRelevance, ResampledClassifier, make
from mlkit.persistence.describing import describe_model, installed_versions


def test_a_pipeline_trained_on_tables(model, flags):
    card = describe_model(model)

    assert card.model == "sklearn.pipeline.Pipeline"
    assert card.label_names == flags.label_names
    assert card.feature_names == flags.feature_names
    assert (card.n_labels, card.n_features) == (7, 22)
    assert card.parameters["learn__estimator__max_iter"] == "1000"
    assert list(card.parameters) == sorted(card.parameters)
    assert card.thresholds is None
    assert card.data is None
    assert card.metrics == {}
    assert card.networks == ()


def test_the_date_is_now_in_utc(model):
    created = datetime.fromisoformat(describe_model(model).created)

    assert created.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - created) < timedelta(minutes=5)


def test_versions_are_those_installed(model):
    import sklearn
    import skops

    versions = describe_model(model).versions

    assert versions["mlkit"] == mlkit.__version__
    assert versions["scikit-learn"] == sklearn.__version__
    assert versions["skops"] == skops.__version__
    assert versions["numpy"] == np.__version__
    assert {"python", "scipy", "pandas"} < set(versions)
    assert "keras" not in installed_versions()


def test_arrays_have_no_names(flags):
    X, Y = flags.as_xy()
    model = make("br-lr").fit(X.to_numpy(dtype=object), Y.to_numpy())

    card = describe_model(model)

    assert (card.label_names, card.feature_names) == (None, None)
    assert (card.n_labels, card.n_features) == (7, 22)


def test_data_give_names_where_the_model_has_none(flags):
    X, Y = flags.as_xy()
    model = make("br-lr").fit(X.to_numpy(dtype=object), Y.to_numpy())

    card = describe_model(model, data=flags)

    assert card.label_names == flags.label_names
    assert card.feature_names == flags.feature_names


def test_data_are_described_and_not_stored(model, flags):
    source = DatasetSource(url="https://example.org/ü", citation="Somebody, 2020")
    card = describe_model(model, data=flags.replace(source=source))

    assert card.data["name"] == "flags"
    assert card.data["shape"] == {"rows": 40, "features": 22, "labels": 7}
    assert card.data["fingerprint"] == dataset_fingerprint(flags)
    assert card.data["source"]["url"] == "https://example.org/ü"
    assert describe_model(model, data=flags.replace(source=None)).data["source"] is None


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/home/somebody/study/a.csv", "a.csv"),
        ("/home/somebody/a.arff, /home/somebody/a.xml", "a.arff, a.xml"),
        (r"C:\Users\somebody\a.csv", "a.csv"),
        (None, None),
    ],
)
def test_where_files_lie_is_nobodys_business(path, shown, model, flags):
    data = flags.replace(source=DatasetSource(path=path))

    assert describe_model(model, data=data).data["source"]["path"] == shown


def test_other_data_are_refused(model, flags):
    names = [*flags.label_names[1:], flags.label_names[0]]
    with pytest.raises(LabelNameError, match=r"trained on the labels 'red'.*data has"):
        describe_model(model, data=flags.replace(label_names=names))
    fewer = flags.replace(X=flags.X.iloc[:, :3])
    with pytest.raises(ShapeError, match="trained on 22 features, and data has 3"):
        describe_model(model, data=fewer)
    plain = BinaryRelevance().fit(np.eye(3), np.eye(3))
    with pytest.raises(ShapeError, match="trained on 3 labels, and data has 7"):
        describe_model(plain, data=flags)


def test_pictures_are_counted_by_the_model():
    ds = MultiLabelDataset(np.zeros((4, 2, 3)), np.eye(4)[:, :2])
    model = make("baseline-set").fit(ds.X, ds.Y)

    assert describe_model(model, data=ds).n_features == model.n_features_in_


TUNED = make("br-lr+scut")
HOLDERS = {
    "tuned": (TUNED, lambda model: model["learn"]),
    "in a search": (
        GridSearchCV(TUNED, {"learn__cv": [3]}, cv=2),
        lambda model: model.best_estimator_["learn"],
    ),
    "resampled": (
        make_pipeline(
            TUNED["prepare"], ResampledClassifier(TUNED["learn"], random_state=0)
        ),
        lambda model: model[-1].estimator_,
    ),
}


@pytest.mark.parametrize(("model", "find"), HOLDERS.values(), ids=HOLDERS)
def test_thresholds_by_label(model, find):
    ds = mlkit.load("flags")
    fitted = clone(model).fit(*ds.as_xy())

    cuts = describe_model(fitted).thresholds

    assert list(cuts) == list(ds.label_names)
    assert list(cuts.values()) == find(fitted).thresholds_.tolist()


def test_thresholds_without_names(flags):
    model = make("br-lr+fixed").fit(flags.X, flags.Y.to_numpy())

    assert describe_model(model).thresholds == {f"label_{i}": 0.5 for i in range(7)}


def test_strategies_without_thresholds(flags):
    assert describe_model(make("br-lr+mcut").fit(*flags.as_xy())).thresholds is None


def test_metrics_of_an_evaluation_and_others(model, flags):
    evaluation = evaluate(flags.Y, model.predict(flags.X))

    card = describe_model(
        model, evaluation=evaluation, metrics={"micro_f1": np.float32(0.5), "mine": 3}
    )

    assert card.metrics["hamming_loss"] == float(evaluation["hamming_loss"])
    assert card.metrics["micro_f1"] == 0.5
    assert card.metrics["mine"] == 3.0
    assert all(type(value) is float for value in card.metrics.values())


def test_undefined_metrics_stay_undefined(model):
    assert math.isnan(describe_model(model, metrics={"a": np.nan}).metrics["a"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"data": [[1]]}, "data must be an object of MultiLabelDataset, got"),
        ({"evaluation": {"a": 1}}, "an object of Evaluation, got dict"),
        ({"notes": 3}, "notes must be a text, got int"),
        ({"metrics": [1.0]}, "metrics must map names to numbers.*got list"),
        ({"metrics": {"a": "good", "b": 1}}, "metrics has 'a', which is no number"),
        ({"metrics": {"a": None, "b": []}}, "'a', 'b', which are no number"),
    ],
)
def test_arguments_of_another_kind(arguments, message, model):
    with pytest.raises(TypeError, match=message):
        describe_model(model, **arguments)


def test_models_of_others_are_described_as_far_as_they_go(flags):
    X = flags.X[["area", "population"]]
    model = MultiOutputClassifier(LogisticRegression()).fit(X / X.max(), flags.Y)

    card = describe_model(model)

    assert (card.n_features, card.feature_names) == (2, ("area", "population"))
    assert card.label_names is None


def test_a_model_whose_parameters_cannot_be_asked():
    class Strange:
        def get_params(self, deep=True):
            raise RuntimeError

    assert describe_model(Strange()).parameters == {}


def test_long_parameters_are_shortened():
    model = BinaryRelevance(
        LogisticRegression(class_weight=dict.fromkeys(range(99), 1))
    )

    text = describe_model(model).parameters["estimator__class_weight"]

    assert len(text) == 300
    assert text.endswith("...")
