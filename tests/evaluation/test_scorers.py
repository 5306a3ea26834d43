import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import make_multilabel_classification
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import (
    GridSearchCV,
    cross_val_predict,
    cross_val_score,
    cross_validate,
)
from sklearn.multiclass import OneVsRestClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.svm import LinearSVC

from mlkit.evaluation import make_scorer, make_scorers
from mlkit.exceptions import OptionError, UnknownNameError
from mlkit.metrics import METRICS, blend, f1_score, ranking_loss, score_table
from mlkit.models import BinaryRelevance, ClassifierChain

X, Y = make_multilabel_classification(
    n_samples=90, n_classes=4, allow_unlabeled=True, random_state=0
)


def test_every_metric_is_a_scorer_by_name():
    model = BinaryRelevance().fit(X, Y)
    expected = score_table(Y, model.predict(X), Y_proba=model.predict_proba(X),
                           metrics=METRICS)  # fmt: skip
    scorers = make_scorers(list(METRICS))
    together = scorers(model, X, Y)
    assert tuple(together) == scorers.names
    for name, metric in METRICS.items():
        sign = 1 if metric.greater_is_better else -1
        key = name if metric.greater_is_better else f"neg_{name}"
        assert make_scorer(name)(model, X, Y) == pytest.approx(
            sign * expected[name], nan_ok=True
        )
        assert together[key] == pytest.approx(sign * expected[name], nan_ok=True)


def test_a_loss_may_be_named_as_scikit_learn_does():
    assert make_scorer("neg_hamming_loss") == make_scorer("hamming_loss")


def test_cross_validation_by_one_metric():
    scores = cross_val_score(
        BinaryRelevance(), X, Y, scoring=make_scorer("macro_f1"), cv=3
    )
    predicted = cross_val_predict(BinaryRelevance(), X, Y, cv=3)

    by_hand = [
        f1_score(Y[fold], predicted[fold], average="macro")
        for fold in np.array_split(np.arange(90), 3)
    ]
    assert scores.tolist() == pytest.approx(by_hand)


def test_cross_validation_by_all_metrics():
    result = cross_validate(BinaryRelevance(), X, Y, scoring=make_scorers(), cv=2)

    held = [metric for metric in METRICS.values() if metric.in_tables]
    assert sum(key.startswith("test_") for key in result) == len(held)
    assert (result["test_neg_ranking_loss"] <= 0).all()


def test_a_grid_search_refits_by_a_name():
    search = GridSearchCV(
        ClassifierChain(LogisticRegression()),
        {"estimator__C": [1e-6, 1.0]},
        scoring=make_scorers(["subset_accuracy", "hamming_loss"]),
        refit="neg_hamming_loss",
        cv=2,
    ).fit(X, Y)

    assert search.best_params_ == {"estimator__C": 1.0}
    assert "mean_test_subset_accuracy" in search.cv_results_


@pytest.mark.parametrize(
    "model",
    [
        OneVsRestClassifier(LogisticRegression()),
        RandomForestClassifier(20, random_state=0),
        KNeighborsClassifier(),
        MLPClassifier((4,), solver="lbfgs", max_iter=30, random_state=0, tol=1.0),
    ],
    ids=lambda model: type(model).__name__,
)
def test_probabilities_of_every_shape_are_aligned(model):
    from mlkit.models import positive_proba

    model.fit(X, Y)
    proba = positive_proba(model, X, n_labels=4)
    score = make_scorer("ranking_loss")(model, X, Y)
    assert score == pytest.approx(-ranking_loss(Y, proba))


def test_a_label_without_a_positive_in_training_scores_zero_and_not_one():
    """The last column of its probabilities is P(label = 0): scikit-learn's trap."""
    rare = Y.copy()
    rare[:, 3] = 0
    model = RandomForestClassifier(5, random_state=0).fit(X, rare)

    score = make_scorer("log_loss")(model, X, rare)
    assert score > -1.0


def test_decision_values_serve_as_scores():
    model = OneVsRestClassifier(LinearSVC()).fit(X, Y)

    score = make_scorer("ranking_loss")(model, X, Y)
    assert score == pytest.approx(-ranking_loss(Y, model.decision_function(X)))
    with pytest.raises(AttributeError, match="gives no probabilities.*log_loss"):
        make_scorer("log_loss")(model, X, Y)


class OnlyLabels(ClassifierMixin, BaseEstimator):
    def fit(self, X, y):
        self.n_labels_ = np.shape(y)[1]
        return self

    def predict(self, X):
        return np.ones((len(X), self.n_labels_), dtype=int)


def test_a_learner_that_only_decides():
    model = OnlyLabels().fit(X, Y)

    assert make_scorer("micro_recall")(model, X, Y) == 1.0
    with pytest.raises(AttributeError, match="OnlyLabels gives no scores"):
        make_scorers(["micro_recall", "ranking_loss"])(model, X, Y)


def test_the_learner_is_asked_once(monkeypatch):
    model = BinaryRelevance().fit(X, Y)
    calls = []
    for name in ("predict", "predict_proba"):
        method = getattr(BinaryRelevance, name)

        def wrapped(self, X, f=method, n=name):
            return calls.append(n) or f.__get__(self)(X)  # noqa: E731, E501

        monkeypatch.setattr(BinaryRelevance, name, wrapped)
    make_scorers()(model, X, Y)
    assert sorted(calls) == ["predict", "predict_proba"]


def test_the_convention_is_kept():
    model = DummyClassifier(strategy="constant", constant=[0, 0, 0, 0]).fit(
        X, np.zeros_like(Y)
    )
    empty = np.zeros_like(Y)
    assert make_scorer("example_f1")(model, X, empty) == 0.0
    assert make_scorer("example_f1", convention="mulan")(model, X, empty) == 1.0


def test_frames_with_names():
    frame, labels = pd.DataFrame(X).add_prefix("x"), pd.DataFrame(Y).add_prefix("tag")
    model = BinaryRelevance().fit(frame, labels)

    assert make_scorer("micro_f1")(model, frame, labels) == make_scorer("micro_f1")(
        BinaryRelevance().fit(X, Y), X, Y
    )


def test_a_blend_of_several_kinds_is_a_scorer():
    mixed = blend({"macro_f1": 1, "ranking_loss": 1})
    model = BinaryRelevance().fit(X, Y)

    score = make_scorer(mixed)(model, X, Y)
    parts = make_scorers(["macro_f1", "ranking_loss"])(model, X, Y)
    assert score == pytest.approx(
        (parts["macro_f1"] + 1 + parts["neg_ranking_loss"]) / 2
    )


def test_scorers_travel_and_say_what_they_are():
    scorer = make_scorers(["micro_f1", "hamming_loss"])

    assert pickle.loads(pickle.dumps(scorer)).names == scorer.names
    assert repr(scorer) == "make_scorers(['micro_f1', 'hamming_loss'])"
    assert repr(make_scorer("hamming_loss")) == "make_scorer('hamming_loss')"


def test_unknown_names_are_refused():
    with pytest.raises(UnknownNameError, match="Did you mean 'macro_f1'"):
        make_scorer("macrof1")
    with pytest.raises(OptionError, match="convention must be one of"):
        make_scorers(convention="weka")
