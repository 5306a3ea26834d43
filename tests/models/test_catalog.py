from __future__ import annotations

import importlib.util
import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import Pipeline

from mlkit.exceptions import (
    ConstantLabelWarning,
    MissingLabelsError,
    UnknownNameError,
)
from mlkit.models import FeaturePreparation, catalog, make

TABLE = catalog()
# The library of label trees has wheels for one platform only.
HAS_TREES = importlib.util.find_spec("omikuji") is not None
NAMES = [name for name in TABLE.index if HAS_TREES or name != "label-tree"]
# One of each family and, with binary relevance, of each base learner: what is common
# to all models is tried on these.
FEW = [
    name
    for name, row in TABLE.loc[NAMES].iterrows()
    if row["base"] == "none"
    or row["family"] in ("binary relevance", "native")
    or name == TABLE.index[TABLE["family"] == row["family"]][-1]
]


class TestCatalog:
    def test_every_family_and_every_base_learner(self) -> None:
        methods = {name.partition("-")[0] for name in TABLE.index if "-" in name}
        assert methods == {
            "br", "2br", "dbr", "cc", "ecc", "pcc", "clr", "lp", "ps", "eps", "rakeld",
            "rakelo", "lsp", "homer", "native", "baseline", "skm", "sparse", "label",
        }  # fmt: skip
        assert {"mlknn", "brknn", "brknna", "brknnb", "iblr", "iblr+"} < set(NAMES)
        bases = {name.partition("-")[2] for name in NAMES if name.startswith("br-")}
        assert bases == {"lr", "svc", "svm", "rf", "et", "tree", "nb", "knn"}
        assert set(TABLE.loc[NAMES, "family"]) == set(TABLE.loc[FEW, "family"])

    def test_every_cell_is_filled(self) -> None:
        table = catalog()
        assert table.index.name == "name"
        assert not table.isna().any(axis=None)
        assert not (table == "").any(axis=None)

    @pytest.mark.parametrize("name", NAMES)
    def test_says_the_truth(self, name: str) -> None:
        row, model = TABLE.loc[name], make(name)
        assert row["probabilities"] == hasattr(model["learn"], "predict_proba")
        assert row["sparse"] == model["learn"].__sklearn_tags__().input_tags.sparse
        assert row["scaled"] == model["prepare"].scale

    @pytest.mark.parametrize("name", FEW)
    def test_says_who_learns_from_unknown_labels(self, name: str, problem: Any) -> None:
        Y = problem.Y.astype(float)
        Y[3, 2] = np.nan
        model = make(name, random_state=0)
        if catalog().loc[name, "missing_labels"]:
            assert 0 <= model.fit(problem.X, Y).score(problem.X, Y) <= 1
        else:
            match = r"cannot learn from unknown labels \(1 cell, first: row 3, .*_2'\)"
            with pytest.raises(MissingLabelsError, match=match):
                model.fit(problem.X, Y)

    def test_binary_relevance_and_those_like_it_do(self) -> None:
        takers = set(TABLE.query("missing_labels")["family"])
        assert takers == {
            "binary relevance",
            "calibrated label ranking",
            "stacked binary relevance",
        }


@pytest.mark.parametrize("name", FEW)
class TestEveryModel:
    @pytest.mark.parametrize("container", [np.asarray, sp.csr_array, pd.DataFrame])
    def test_fits_and_predicts(self, name: str, problem: Any, container: Any) -> None:
        X, Y = container(problem.X[:60]), container(problem.Y[:60])
        model = make(name, random_state=0).fit(X, Y)
        assert type(model.predict(X)) is type(Y)
        assert model.predict(X).shape == (60, 5)
        if hasattr(model, "predict_proba"):
            proba = model.predict_proba(X)
            assert proba.shape == (60, 5)
            assert proba.min() >= 0
            assert proba.max() <= 1

    def test_table_with_categories_and_gaps(self, name: str, problem: Any) -> None:
        X = pd.DataFrame(problem.X).add_prefix("f").set_axis(range(100, 190))
        X["kind"] = pd.Categorical(np.where(X["f0"] > 0, "hi", "lo"))
        X["text"] = np.where(X["f1"] > 0, "yes", None)
        X.loc[120, "f3"] = np.nan
        Y = pd.DataFrame(problem.Y, columns=list("abcde"), index=X.index)
        predicted = make(name, random_state=0).fit(X, Y).predict(X)
        assert list(predicted.columns) == list("abcde")
        assert_array_equal(predicted.index, X.index)

    def test_constant_labels(self, name: str, problem: Any) -> None:
        Y = problem.Y.copy()
        Y[:, 0], Y[:, 4] = 1, 0
        with pytest.warns(ConstantLabelWarning, match="2 of 5"):
            model = make(name, random_state=0).fit(problem.X, Y)
        assert_array_equal(model.predict(problem.X)[:, [0, 4]], Y[:, [0, 4]])

    def test_seed_fixes_the_answer(self, name: str, problem: Any) -> None:
        if make(name)["learn"].__sklearn_tags__().non_deterministic:
            pytest.skip(f"{name} says that it is not deterministic")
        one, two = (
            make(name, random_state=3).fit(problem.X, problem.Y).predict(problem.X)
            for _ in range(2)
        )
        assert_array_equal(one, two)

    def test_can_be_cloned(self, name: str) -> None:
        model = make(name, random_state=3, n_jobs=2)
        assert repr(clone(model)) == repr(model)


class TestBaselines:
    def test_mode_takes_each_majority(self) -> None:
        Y = np.array([[1, 0, 1], [1, 0, 0], [1, 1, 0], [0, 0, 1], [1, 0, 1]])
        model = make("baseline-mode").fit(np.zeros((5, 1)), Y)
        assert_array_equal(model.predict([[3]]), [[1, 0, 1]])
        assert_allclose(model.predict_proba([[3]]), [[0.8, 0.2, 0.6]])

    def test_set_takes_the_most_frequent_set(self) -> None:
        Y = np.array([[1, 0, 0], [1, 0, 0], [0, 1, 1], [0, 1, 0], [0, 0, 1]])
        model = make("baseline-set").fit(np.zeros((5, 1)), Y)
        assert_array_equal(model.predict([[3]]), [[1, 0, 0]])
        assert_allclose(model.predict_proba([[3]]), [[0.4, 0.4, 0.4]])

    def test_baselines_are_floors(self, problem: Any) -> None:
        floor, model = (
            cross_val_score(make(name), problem.X, problem.Y, cv=3).mean()
            for name in ("baseline-set", "lp-lr")
        )
        assert model > floor


class TestMake:
    def test_steps(self) -> None:
        model = make("br-rf", random_state=4, n_jobs=2)
        assert isinstance(model, Pipeline)
        assert list(model.named_steps) == ["prepare", "learn"]
        assert isinstance(model["prepare"], FeaturePreparation)
        assert model["learn"].random_state == 4

    @pytest.mark.parametrize(
        ("name", "outside", "inside"),
        [("br-rf", 2, None), ("cc-rf", None, 2), ("lp-knn", None, 2)],
    )
    def test_jobs_at_one_place(
        self, name: str, outside: int | None, inside: int | None
    ) -> None:
        learner = make(name, n_jobs=2)["learn"]
        assert getattr(learner, "n_jobs", None) == outside
        assert learner.estimator.n_jobs == inside

    @pytest.mark.parametrize("name", ["cc-lr", "lp-tree", "baseline-set"])
    def test_jobs_where_nothing_can_run_at_once(self, name: str, problem: Any) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            make(name, n_jobs=2).fit(problem.X, problem.Y)

    def test_number_of_jobs_does_not_change_the_result(self, problem: Any) -> None:
        one, two = (
            make("br-tree", random_state=0, n_jobs=n_jobs).fit(problem.X, problem.Y)
            for n_jobs in (1, 2)
        )
        assert_array_equal(one.predict(problem.X), two.predict(problem.X))

    def test_unknown_name(self) -> None:
        with pytest.raises(UnknownNameError, match="model 'br-rl'. Did you mean 'br-"):
            make("br-rl")


def test_a_warning_through_a_pipeline_points_at_the_callers_line() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        make("br-tree").fit([[0], [1]], [[0, 1], [0, 0]])

    (warning,) = caught
    assert warning.category is ConstantLabelWarning
    assert warning.filename == __file__
