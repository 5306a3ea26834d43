"""Lesson 23: its answers follow from the stored predictions and from arithmetic."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

import mlkit
from mlkit.datasets.catalog import bundled_file
from mlkit.lessons import check, reset
from mlkit.lessons.content.lesson_23 import EXERCISES, QUESTIONS
from mlkit.metrics import f1_score
from mlkit.models import BinaryRelevance
from mlkit.persistence import load_predictions
from mlkit.splitting import IterativeStratification
from mlkit.thresholds import top_k


@pytest.fixture(autouse=True)
def _first_try():
    reset()


def stored(name):
    return load_predictions(bundled_file(f"text-{name}.npz"))


def micro(Y, Y_pred):
    return float(f1_score(Y, Y_pred, average="micro"))


def test_the_stored_films_are_the_films():
    films = mlkit.load("movies")
    saved = stored("movies")

    pd.testing.assert_frame_equal(saved.Y_true, films.Y, check_names=False)
    labels = saved.probabilities["ML-Net, labels"].to_numpy()
    assert set(np.unique(labels)) == {0, 1}
    assert labels.sum(axis=1).min() >= 1


def test_stored_decisions_follow_from_stored_probabilities():
    saved = stored("movies")
    proba = saved.probabilities["ML-Net"].to_numpy()
    reached = -np.sort(-proba, axis=1)
    share_of_each = reached - np.column_stack([reached[:, 1:], np.zeros(len(proba))])
    sizes = 1 + share_of_each.argmax(axis=1)

    expected = saved.probabilities["ML-Net, labels"].to_numpy()
    np.testing.assert_array_equal(top_k(proba, sizes), expected)


@pytest.mark.usefixtures("mulan_folder")
@pytest.mark.parametrize("name", ["enron", "medical"])
def test_stored_labels_are_those_of_the_test_part(name):
    test = mlkit.load(name, "test")

    assert (stored(name).Y_true.to_numpy() == test.Y.toarray()).all()
    assert stored(name).label_names == tuple(test.label_names)


def test_three_settings_close_the_gap_of_the_first_question():
    films = mlkit.load("movies")
    texts, Y = films.X["synopsis"].to_numpy(dtype=object), films.Y.to_numpy()
    scores = []
    for words, options in (
        (TfidfVectorizer(), {}),
        (
            TfidfVectorizer(min_df=2, sublinear_tf=True),
            {"C": 0.1, "class_weight": "balanced"},
        ),
    ):
        svc = LinearSVC(random_state=0, **options)
        model = make_pipeline(words, BinaryRelevance(svc))
        found = np.zeros_like(Y)
        for train, test in IterativeStratification(10, random_state=0).split(texts, Y):
            found[test] = model.fit(texts[train], Y[train]).predict(texts[test])
        scores.append(micro(Y, found))
    scores.append(micro(Y, stored("movies").probabilities["ML-Net, labels"]))

    assert [f"{score:.2f}" for score in scores] == ["0.33", "0.52", "0.53"]
    question = QUESTIONS["23.1"]
    assert "about .52" in question.choices[question.answer]


def test_the_first_exercise_takes_as_many_as_are_most_likely():
    scores = pd.DataFrame([[1.2, -0.5, 0.9, -1.1]])
    scores.columns = ["drama", "war", "comedy", "music"]
    taken = top_k(scores, int(np.argmax([0.2, 0.3, 0.5])) + 1)

    assert EXERCISES["23.1"].answer == set(taken.columns[taken.iloc[0] == 1])


def test_the_second_exercise_is_what_a_count_of_two_or_more_has():
    assert EXERCISES["23.2"].answer == pytest.approx(0.3 + 0.5)


def test_the_third_exercise_counts_labels_that_occur():
    saved = stored("medical")
    Y = saved.Y_true.to_numpy()
    expected = []
    for model in ("ML-Net", "linear"):
        hits = Y * saved.probabilities[model].to_numpy()
        expected.append(int(((Y.sum(axis=0) > 0) & (hits.sum(axis=0) == 0)).sum()))

    assert EXERCISES["23.3"].answer() == expected


def test_a_wrong_answer_gets_its_own_hint():
    verdict = check("23.2", 0.3)

    assert verdict.outcome == "wrong"
    assert "exactly two" in verdict.message
