"""The engine: same folds for all, seeds, failures, and what it refuses."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import KFold
from sklearn.naive_bayes import GaussianNB
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier
from threadpoolctl import threadpool_info

import mlkit
from mlkit import MultiLabelDataset
from mlkit.comparison.engine import DEFAULT_METRICS
from mlkit.exceptions import (
    FoldFailedWarning,
    UnknownNameError,
)
from mlkit.metrics import METRICS, score_table
from mlkit.models import BinaryRelevance
from mlkit.splitting import RepeatedIterativeStratification


@pytest.fixture(scope="module")
def toy():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 4))
    noise = rng.normal(scale=0.3, size=(60, 3))
    return MultiLabelDataset(X, (X[:, :3] + noise > 0).astype(int), name="toy")


class Recorder(ClassifierMixin, BaseEstimator):
    """Predicts nothing, and remembers on the class what it was fitted on."""

    seen: list[tuple[int, int | None]] = []  # noqa: RUF012 - shared on purpose

    def __init__(self, random_state=None):
        self.random_state = random_state

    def fit(self, X, Y):
        Recorder.seen.append((hash(X.tobytes()), self.random_state))
        self.n_labels_ = Y.shape[1]
        return self

    def predict(self, X):
        return np.zeros((len(X), self.n_labels_), dtype=int)


class FailsOnSecondFit(ClassifierMixin, BaseEstimator):
    """Raises in every fold whose training rows hold row 0 of the data."""

    def __init__(self, marker=0.0):
        self.marker = marker

    def fit(self, X, Y):
        if (X[:, 0] == self.marker).any():
            msg = "no luck"
            raise RuntimeError(msg)
        self.n_labels_ = Y.shape[1]
        return self

    def predict(self, X):
        return np.zeros((len(X), self.n_labels_), dtype=int)


class Warner(Recorder):
    """Warns in every fit."""

    def fit(self, X, Y):
        warnings.warn("mind the gap", UserWarning, stacklevel=1)
        return super().fit(X, Y)


def test_there_is_a_record_for_every_dataset_model_and_fold(toy):
    other = toy.replace(name="other")

    result = mlkit.compare(
        [toy, other], ["baseline-set", "br-lr"], "micro_f1", cv=3, n_repeats=2
    )

    counts = result.folds.groupby(["dataset", "model", "repeat"]).size()
    assert counts.tolist() == [3] * 8
    assert result.datasets == ("toy", "other")
    assert result.models == ("baseline-set", "br-lr")
    assert (result.folds["n_train"] + result.folds["n_test"] == 60).all()


def test_scores_are_those_of_a_plain_loop(toy):
    splitter = KFold(4, shuffle=True, random_state=1)
    model = BinaryRelevance(DecisionTreeClassifier(), random_state=3)

    metrics = ["micro_f1", "hamming_loss"]
    result = mlkit.compare(toy, {"tree": model}, metrics, cv=splitter)

    X, Y = toy.as_xy()
    for row, (train, test) in enumerate(splitter.split(X)):
        predicted = model.fit(X[train], Y.iloc[train]).predict(X[test])
        for metric in metrics:
            expected = METRICS[metric](Y.iloc[test], predicted)
            assert result.folds[metric][row] == pytest.approx(expected)


def test_every_model_gets_the_same_rows_and_the_same_seed(toy):
    Recorder.seen.clear()

    mlkit.compare(toy, {"a": Recorder(), "b": Recorder()}, "micro_f1", cv=3)

    folds = Recorder.seen
    assert folds[0::2] == folds[1::2]
    assert len({rows for rows, _ in folds}) == 3
    assert len({seed for _, seed in folds}) == 3


def test_a_seed_that_the_user_set_is_kept(toy):
    Recorder.seen.clear()

    mlkit.compare(toy, {"a": Recorder(random_state=42)}, "micro_f1", cv=2)

    assert {seed for _, seed in Recorder.seen} == {42}


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_the_seed_decides_the_numbers_and_n_jobs_does_not(toy, n_jobs):
    model = {"rf": BinaryRelevance(RandomForestClassifier(5))}

    first = mlkit.compare(toy, model, cv=2, random_state=5)
    again = mlkit.compare(toy, model, cv=2, random_state=5, n_jobs=n_jobs)
    other = mlkit.compare(toy, model, cv=2, random_state=6)

    pd.testing.assert_frame_equal(first.frame, again.frame)
    assert not first.frame["value"].equals(other.frame["value"])


def test_the_numbers_do_not_depend_on_the_other_datasets(toy):
    model = {"rf": BinaryRelevance(RandomForestClassifier(5))}
    other = toy.replace(name="other")

    alone = mlkit.compare(toy, model, "micro_f1", cv=2)
    second = mlkit.compare([other, toy], model, "micro_f1", cv=2)

    together = second.folds[second.folds["dataset"] == "toy"]
    assert together["micro_f1"].tolist() == alone.folds["micro_f1"].tolist()


class CountsThreads(Recorder):
    """Remembers how many threads linear algebra may use."""

    def fit(self, X, Y):
        Recorder.seen.append(
            max([pool["num_threads"] for pool in threadpool_info()], default=1)
        )
        return super().fit(X, Y)


def test_a_fit_uses_one_thread(toy):
    Recorder.seen.clear()

    mlkit.compare(toy, {"t": CountsThreads()}, "micro_f1", cv=2)

    assert Recorder.seen[::2] == [1, 1]


def test_the_users_estimator_stays_unfitted_and_unseeded(toy):
    model = BinaryRelevance(DecisionTreeClassifier())

    mlkit.compare(toy, {"tree": model}, "micro_f1", cv=2)

    assert not hasattr(model, "n_labels_")
    assert model.estimator.random_state is None


def test_a_failing_model_is_reported_and_the_others_go_on(toy):
    marker = toy.X[0, 0]
    models = {"bad": FailsOnSecondFit(marker), "good": BinaryRelevance()}

    with pytest.warns(FoldFailedWarning, match="'bad' failed in 2 of 3 .*no luck"):
        result = mlkit.compare(toy, models, "micro_f1", cv=3)

    failures = result.failures()
    assert set(failures["model"]) == {"bad"}
    assert failures["error"].unique().tolist() == ["RuntimeError: no luck"]
    scores = result.scores()["mean"]
    assert np.isnan(scores["toy", "bad", "micro_f1"])
    assert scores["toy", "good", "micro_f1"] > 0.5


def test_warnings_of_a_fit_are_recorded_and_not_shown(toy):
    result = mlkit.compare(toy, {"w": Warner()}, "micro_f1", cv=2)

    assert result.folds["warnings"].tolist() == ["mind the gap"] * 2


def test_a_model_without_scores_has_no_ranking_metrics(toy):
    result = mlkit.compare(toy, {"r": Recorder()}, ["micro_f1", "ranking_loss"], cv=2)

    assert result.folds["ranking_loss"].isna().all()
    assert result.folds["micro_f1"].notna().all()
    assert result.table().loc[("toy", "r"), "ranking_loss"] == "-"


def test_an_estimator_with_lists_of_probabilities_is_scored(toy):
    """scikit-learn's own multi-output lists are brought to (n_samples, n_labels)."""
    result = mlkit.compare(toy, {"dummy": DummyClassifier()}, cv=2)

    assert result.failures().empty
    # The same scores for every row: half of the pairs, and every tie, are wrong.
    assert result.folds["ranking_loss"].between(0.0, 1.0).all()


def test_sparse_and_frame_datasets_work(toy):
    sparse = MultiLabelDataset(
        sp.csr_array(toy.X), sp.csr_array(toy.Y.to_numpy()), name="sparse"
    )
    frame = MultiLabelDataset(pd.DataFrame(toy.X).add_prefix("x"), toy.Y, name="frame")

    result = mlkit.compare([sparse, frame], ["br-tree"], "micro_f1", cv=2)

    assert result.failures().empty
    assert result.folds["micro_f1"].min() > 0.5


def test_a_dataset_may_be_given_by_name():
    result = mlkit.compare("flags", ["baseline-mode"], cv=2)

    assert result.datasets == ("flags",)
    assert result.metrics == DEFAULT_METRICS


def test_a_splitter_may_be_given(toy):
    splitter = RepeatedIterativeStratification(2, n_repeats=2, random_state=1)

    result = mlkit.compare(toy, ["baseline-set"], "micro_f1", cv=splitter)

    assert len(result.folds) == 4


def test_progress_can_be_shown_and_is_silent_by_default(toy, capfd):
    mlkit.compare(toy, ["baseline-set"], "micro_f1", cv=2)
    assert capfd.readouterr().err == ""
    mlkit.compare(toy, ["baseline-set"], "micro_f1", cv=2, progress=True)
    assert "compare" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "error", "match"),
    [
        ({"models": ["br-lx"]}, UnknownNameError, "Did you mean 'br-lr'"),
        ({"metrics": ["micro_f3"]}, UnknownNameError, "Did you mean 'micro_f"),
        ({"models": []}, ValueError, "at least one model"),
        ({"models": ["br-lr", "br-lr"]}, ValueError, "two models are called 'br-lr'"),
        ({"models": {"a": BinaryRelevance}}, TypeError, "not a class"),
        ({"models": {"a": 3}}, TypeError, "no fit and predict"),
        ({"models": BinaryRelevance()}, TypeError, "'my model': estimator"),
        ({"models": [BinaryRelevance()]}, TypeError, "'my model': estimator"),
        ({"metrics": []}, ValueError, "at least one metric"),
        ({"cv": "ten"}, TypeError, "number of folds or an object"),
        ({"cv": KFold(2), "n_repeats": 2}, ValueError, "repeats by itself"),
    ],
)
def test_wrong_arguments_are_refused(toy, arguments, error, match):
    with pytest.raises(error, match=match):
        mlkit.compare(toy, **arguments)


@pytest.mark.parametrize(
    ("dataset", "error", "match"),
    [
        ([], ValueError, "at least one dataset"),
        ("flagz", UnknownNameError, "Did you mean 'flags'"),
        (np.ones((2, 2)), TypeError, "needs a MultiLabelDataset"),
        (123, TypeError, "needs a MultiLabelDataset .* got int"),
    ],
)
def test_wrong_datasets_are_refused(dataset, error, match):
    with pytest.raises(error, match=match):
        mlkit.compare(dataset)


def test_datasets_of_the_same_name_are_refused(toy):
    with pytest.raises(ValueError, match="two datasets are called 'toy'"):
        mlkit.compare([toy, toy])


@pytest.fixture(scope="module")
def gappy(toy):
    """The toy data with a sixth of the labels unknown."""
    hidden = np.random.default_rng(1).random(toy.Y.shape) < 1 / 6
    Y = toy.Y.to_numpy() * ~hidden
    return toy.replace(Y=Y, missing=hidden, label_names=["a", "b", "c"], name="gappy")


class TestUnknownLabels:
    """They reach models and metrics as NaN; who cannot use them says so."""

    def test_others_go_on_and_each_that_cannot_warns_once(self, gappy):
        with pytest.warns(FoldFailedWarning) as caught:
            result = mlkit.compare(gappy, ["br-lr", "cc-lr", "lp-lr"], cv=3)

        messages = [str(warning.message) for warning in caught]
        assert len(messages) == 2
        assert "'cc-lr' failed in 3 of 3 folds" in messages[0]
        assert "LabelPowerset cannot learn from unknown labels" in messages[1]
        means = result.scores()["mean"].unstack("metric")
        assert means.loc[("gappy", "br-lr")].notna().all()
        assert result.table().loc[("gappy", "lp-lr"), "micro_f1"] == "failed 3/3"

    @pytest.mark.parametrize("container", [np.asarray, sp.csr_array])
    def test_scores_are_those_of_a_loop_over_known_labels(self, gappy, container):
        _, labels = gappy.as_xy(missing="as_nan")
        dataset = MultiLabelDataset(gappy.X, container(labels), name="gappy")
        metrics = ["hamming_loss", "macro_f1"]

        result = mlkit.compare(
            dataset, {"nb": BinaryRelevance(GaussianNB())}, metrics, cv=KFold(4)
        )

        Y, known = gappy.Y.to_numpy(), ~gappy.missing
        for row, (train, test) in enumerate(KFold(4).split(gappy.X)):
            predicted = np.empty((len(test), 3), dtype=int)
            for j in range(3):
                rows = train[known[train, j]]
                single = GaussianNB().fit(gappy.X[rows], Y[rows, j])
                predicted[:, j] = single.predict(gappy.X[test])
            wrong = (predicted != Y[test]) & known[test]
            loss = wrong.sum() / known[test].sum()
            assert result.folds["hamming_loss"][row] == pytest.approx(loss)
            f1 = [
                f1_score(Y[test, j][k], predicted[k, j], zero_division=0.0)
                for j, k in enumerate(known[test].T)
            ]
            assert result.folds["macro_f1"][row] == pytest.approx(np.mean(f1))

    def test_what_stands_where_a_label_is_unknown_does_not_matter(self, toy, gappy):
        Y = np.where(gappy.missing, np.nan, toy.Y)
        same = MultiLabelDataset(toy.X, Y, ["a", "b", "c"], name="gappy")

        first, second = (
            mlkit.compare(data, ["br-lr"], "micro_f1", cv=2) for data in (gappy, same)
        )

        pd.testing.assert_frame_equal(first.frame, second.frame)

    def test_a_label_that_no_training_row_knows_is_a_note_of_the_fold(self, toy):
        Y = toy.Y.to_numpy(dtype=float, copy=True)
        Y[:, 1] = np.nan

        result = mlkit.compare(toy.replace(Y=Y), ["br-lr"], "macro_f1", cv=2)

        assert result.folds["warnings"].str.contains("unknown in every training").all()
        assert result.folds["macro_f1"].min() > 0.5

    def test_from_a_file_with_question_marks_to_the_table(self, gappy, tmp_path):
        path = tmp_path / "gappy.arff"
        path.write_text(as_arff(gappy), encoding="utf-8")

        dataset = mlkit.read(path, labels=["a", "b", "c"])
        assert dataset.n_missing == gappy.n_missing > 20
        with pytest.warns(FoldFailedWarning, match="'lp-lr' failed in 3 of 3 folds"):
            result = mlkit.compare(dataset, ["br-lr", "lp-lr"], cv=KFold(3))

        Y = np.where(gappy.missing, np.nan, gappy.Y)
        for row, (train, test) in enumerate(KFold(3).split(Y)):
            X = StandardScaler().fit(gappy.X[train]).transform(gappy.X)
            proba = np.empty((len(test), 3))
            for j in range(3):
                rows = train[~np.isnan(Y[train, j])]
                single = LogisticRegression(max_iter=1000).fit(X[rows], Y[rows, j])
                proba[:, j] = single.predict_proba(X[test])[:, 1]
            expected = score_table(Y[test], (proba > 0.5).astype(int), proba)
            mine = result.folds[result.folds["model"] == "br-lr"].iloc[row]
            for metric in DEFAULT_METRICS:
                assert mine[metric] == pytest.approx(expected[metric])


def as_arff(dataset):
    """The dataset as ARFF, an unknown label as a question mark."""
    names = [f"x{j}" for j in range(dataset.n_features)]
    lines = ["@relation gappy", *(f"@attribute {name} numeric" for name in names)]
    lines += [f"@attribute {name} {{0,1}}" for name in dataset.label_names]
    cells = np.where(dataset.missing, "?", dataset.Y.to_numpy().astype(str))
    rows = [
        ",".join([*map(repr, features.tolist()), *labels])
        for features, labels in zip(dataset.X, cells, strict=True)
    ]
    return "\n".join([*lines, "@data", *rows, ""])


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.usefixtures("mulan_folder")
def test_powerset_beats_binary_relevance_on_subset_accuracy_of_emotions():
    result = mlkit.compare("emotions", ["br-lr", "lp-lr"], "subset_accuracy")

    means = result.scores()["mean"].unstack("model").iloc[0]
    assert means["lp-lr"] > means["br-lr"]
