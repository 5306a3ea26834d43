"""Lesson 16: its answers follow from the stored comparison and from arithmetic."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.tree import DecisionTreeClassifier

import mlkit
from mlkit.datasets.catalog import bundled_file
from mlkit.lessons import check, reset
from mlkit.lessons.content.lesson_16 import QUESTIONS
from mlkit.metrics import hamming_loss, subset_accuracy_score
from mlkit.models import BinaryRelevance, ClassifierChain, LabelPowerset


@pytest.fixture(autouse=True)
def _first_try():
    reset()


@pytest.fixture(scope="module")
def means():
    stored = pd.read_csv(bundled_file("br-cc-lp.csv"))
    stored[["method", "base"]] = stored["model"].str.split("-", expand=True)
    return stored.pivot(
        index=["metric", "dataset", "base"], columns="method", values="mean"
    )


def test_the_stored_comparison_is_complete(means):
    assert not means.isna().any(axis=None)
    for _, table in means.groupby("metric"):
        assert len(table) == 8 * 3


def test_the_methods_of_the_second_question(means):
    loss = means.loc["hamming_loss"].rank(axis=1).mean()
    right = means.loc["subset_accuracy"].rank(axis=1, ascending=False).mean()
    question = QUESTIONS["16.2"]

    assert (loss.idxmin(), right.idxmin()) == ("br", "lp")
    assert question.choices[question.answer].startswith("Binary relevance by Hamming")


@pytest.mark.parametrize(
    ("learner", "predicted", "wrong_cells", "right_rows"),
    [
        (BinaryRelevance, [1, 0], 7, 2),
        (ClassifierChain, [1, 1], 10, 3),
        (LabelPowerset, [0, 0], 8, 4),
    ],
)
def test_nine_days_give_three_answers(learner, predicted, wrong_cells, right_rows):
    X = np.zeros((9, 1))
    Y = np.array([[0, 0]] * 4 + [[1, 1]] * 3 + [[1, 0]] * 2)
    tree = DecisionTreeClassifier(random_state=0)
    Y_pred = learner(tree).fit(X, Y).predict(X)

    assert Y_pred.tolist() == [predicted] * 9
    assert hamming_loss(Y, Y_pred) == pytest.approx(wrong_cells / 18)
    assert subset_accuracy_score(Y, Y_pred) == pytest.approx(right_rows / 9)


def test_mean_rank_as_the_solution_computes_it():
    losses = pd.DataFrame(
        {
            "br": [0.20, 0.10, 0.31, 0.05],
            "cc": [0.21, 0.12, 0.30, 0.05],
            "lp": [0.25, 0.09, 0.35, 0.06],
        }
    )

    assert check("16.1", losses.rank(axis=1)["cc"].mean()).right
    wrong_end = losses.rank(axis=1, ascending=False)["cc"].mean()
    assert "smallest loss" in check("16.1", wrong_end).message
    no_ties = losses.rank(axis=1, method="min")["cc"].mean()
    assert "1.5" in check("16.1", no_ties).message


def test_the_base_learner_changes_the_winner(means):
    ranks = means.loc["micro_f1"].rank(axis=1, ascending=False)
    wrong_end = means.loc["micro_f1"].rank(axis=1)

    best = ranks.groupby("base").mean().idxmin(axis=1)
    assert best.nunique() > 1
    assert check("16.2", best).right
    assert check("16.2", best.to_dict()).right
    worst = wrong_end.groupby("base").mean().idxmin(axis=1).to_dict()
    assert "ascending=False" in check("16.2", worst).message


def test_paired_spread():
    forest = pd.Series([0.52, 0.61, 0.45, 0.67, 0.57])
    tree = pd.Series([0.50, 0.58, 0.46, 0.63, 0.55])

    assert check("16.3", (forest - tree).std()).right
    assert "independent" in check("16.3", np.hypot(forest.std(), tree.std())).message
    assert "n - 1" in check("16.3", (forest - tree).std(ddof=0)).message
    assert "two spreads" in check("16.3", forest.std() - tree.std()).message


def test_the_stored_scores_are_those_of_a_new_run():
    """Logistic regression on the flags: the part that is quick and not random."""
    stored = pd.read_csv(bundled_file("br-cc-lp.csv"))
    result = mlkit.compare("flags", ["br-lr", "cc-lr", "lp-lr"], cv=5)

    new = result.scores()["mean"]
    metrics = set(result.metrics)
    old = stored[stored["dataset"].eq("flags") & stored["model"].str.endswith("-lr")]
    for row in old[old["metric"].isin(metrics)].itertuples():
        key = (row.dataset, row.model, row.metric)
        assert new[key] == pytest.approx(row.mean, abs=0.005), key
