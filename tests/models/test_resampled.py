"""A learner that is trained on resampled rows, and judged on rows as they are."""

from __future__ import annotations

import pickle
import warnings
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import recall_score
from sklearn.model_selection import KFold, cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import LinearSVC

import mlkit
from mlkit.exceptions import (
    ConstantLabelWarning,
    MissingLabelsError,
    ResamplingWarning,
    UnknownNameError,
)
from mlkit.models import (
    BinaryRelevance,
    CalibratedClassifier,
    LabelPowerset,
    ResampledClassifier,
    make,
)
from mlkit.models.resampled import _RESAMPLERS
from mlkit.resampling import (
    LPROS,
    LPRUS,
    MLROS,
    MLRUS,
    MLSMOTE,
    MLTL,
    REMEDIAL,
    Resampler,
)
from mlkit.resampling.base import RowSelection


class Spy(MLROS):
    """Notes what it is given."""

    seen: ClassVar[list[Any]] = []

    def fit_resample(self, X: Any, Y: Any) -> Any:
        self.seen.append((X, Y))
        return super().fit_resample(X, Y)


class Keep(RowSelection):
    """Keeps the rows it is told."""

    def __init__(self, rows: Any) -> None:
        self.rows = rows

    def _choose_rows(self, X: Any, labels: Any) -> np.ndarray:
        return np.asarray(self.rows)


@pytest.fixture
def seen() -> list[Any]:
    Spy.seen.clear()
    return Spy.seen


@pytest.fixture(scope="module")
def rare() -> tuple[np.ndarray, np.ndarray]:
    """Two frequent labels and a rare one, each with a feature of its own."""
    rng = np.random.default_rng(7)
    X = rng.normal(size=(300, 3))
    return X, (X + rng.normal(size=X.shape) > [-0.5, 0.0, 2.2]).astype(int)


class TestTraining:
    @pytest.mark.parametrize("name", _RESAMPLERS)
    def test_it_is_the_learner_on_resampled_rows(self, rare: Any, name: str) -> None:
        X, Y = rare
        mine = clone(_RESAMPLERS[name])
        if "random_state" in mine.get_params():
            mine.set_params(random_state=3)
        by_hand = BinaryRelevance().fit(*mine.fit_resample(X, Y))

        learner = ResampledClassifier(resampler=mine).fit(X, Y)

        assert learner.n_resampled_ != 300
        assert_array_equal(learner.predict_proba(X), by_hand.predict_proba(X))
        assert_array_equal(learner.predict(X), by_hand.predict(X))
        assert learner.score(X, Y) == by_hand.score(X, Y)
        seeded = ResampledClassifier(resampler=name, random_state=3).fit(X, Y)
        assert type(seeded.resampler_) is type(mine)

    def test_names_stand_for_classes(self) -> None:
        kinds = {name: type(resampler) for name, resampler in _RESAMPLERS.items()}
        assert kinds == {
            "ml-ros": MLROS,
            "ml-rus": MLRUS,
            "lp-ros": LPROS,
            "lp-rus": LPRUS,
            "mlsmote": MLSMOTE,
            "remedial": REMEDIAL,
            "mltl": MLTL,
        }
        assert type(ResampledClassifier()._make_resampler()) is MLROS

    def test_rare_labels_are_found_more_often(self, rare: Any) -> None:
        X, Y = rare
        train, test = slice(150), slice(150, None)
        plain = BinaryRelevance().fit(X[train], Y[train]).predict(X[test])
        more = ResampledClassifier(resampler=MLROS(share=0.5, random_state=0))
        found = more.fit(X[train], Y[train]).predict(X[test])
        before, after = (
            recall_score(Y[test, 2], predicted[:, 2]) for predicted in (plain, found)
        )
        assert after > before + 0.1

    def test_test_rows_never_reach_the_resampler(self, rare: Any, seen: Any) -> None:
        X, Y = rare
        numbered = np.column_stack([X, np.arange(300)])
        folds = list(KFold(3).split(X))
        cross_val_score(ResampledClassifier(resampler=Spy()), numbered, Y, cv=folds)
        assert len(seen) == 3
        for (train, _), (rows, _) in zip(folds, seen, strict=True):
            assert_array_equal(rows[:, 3], train)

    def test_calibration_around_it_undoes_the_shift(self, rare: Any) -> None:
        X, Y = rare
        shifted = ResampledClassifier(resampler=MLROS(share=1.0, random_state=0))
        calibrated = CalibratedClassifier(shifted).fit(X, Y)
        share = Y[:, 2].mean()
        assert shifted.fit(X, Y).predict_proba(X)[:, 2].mean() > 1.5 * share
        assert_allclose(calibrated.predict_proba(X)[:, 2].mean(), share, atol=0.01)


class TestSeeds:
    def test_the_seed_reaches_the_resampler(self, rare: Any) -> None:
        one, again, other = (
            ResampledClassifier(random_state=seed).fit(*rare).resampler_
            for seed in (0, 0, 1)
        )
        assert_array_equal(one.sample_indices_, again.sample_indices_)
        assert not np.array_equal(one.sample_indices_, other.sample_indices_)

    def test_a_seed_of_the_resampler_is_kept(self, rare: Any) -> None:
        mine = MLROS(random_state=5)
        learner = ResampledClassifier(resampler=mine, random_state=0).fit(*rare)
        assert learner.resampler_.random_state == 5
        assert not hasattr(mine, "sample_indices_")

    def test_a_generator_of_scikit_learns_kind(self, rare: Any) -> None:
        learner = ResampledClassifier(random_state=np.random.RandomState(0)).fit(*rare)
        plain = ResampledClassifier(random_state=0).fit(*rare)
        assert_array_equal(
            learner.resampler_.sample_indices_, plain.resampler_.sample_indices_
        )

    def test_names_share_no_state(self, rare: Any) -> None:
        ResampledClassifier(resampler="ml-ros", random_state=0).fit(*rare)
        assert _RESAMPLERS["ml-ros"].get_params()["random_state"] is None
        assert not hasattr(_RESAMPLERS["ml-ros"], "sample_indices_")


class TestFeatures:
    def test_a_table_reaches_the_resampler_as_it_came(self, seen: Any) -> None:
        ds = mlkit.load("flags")
        learner = ResampledClassifier(make("br-lr"), resampler=Spy(random_state=0))
        learner.fit(ds.X, ds.Y)
        ((X, Y),) = seen
        pd.testing.assert_frame_equal(X, ds.X)
        assert list(Y.columns) == list(ds.label_names)

    def test_mlsmote_keeps_categories(self, rare: Any) -> None:
        X, Y = rare
        table = pd.DataFrame(X).add_prefix("f")
        # The category is all that tells the rare label.
        table["where"] = pd.Categorical(np.where(Y[:, 2] == 1, "sea", "land"))
        learner = ResampledClassifier(
            make("br-lr"), resampler="mlsmote", random_state=0
        )
        learner.fit(table, Y)
        assert learner.n_resampled_ == 300 + Y[:, 2].sum()
        prepared = learner.estimator_["prepare"].get_feature_names_out()
        assert list(prepared) == ["f0", "f1", "f2", "where=sea"]
        assert_array_equal(learner.predict(table)[:, 2], Y[:, 2])

    def test_rows_with_names_in_any_order(self, rare: Any) -> None:
        X, Y = rare
        names = np.random.default_rng(0).permutation(300)
        plain = ResampledClassifier(resampler="ml-rus", random_state=0).fit(X, Y)
        named = clone(plain).fit(
            pd.DataFrame(X, index=names).add_prefix("f"), pd.DataFrame(Y, index=names)
        )
        table = pd.DataFrame(X, index=names).add_prefix("f")
        assert_allclose(named.predict_proba(table), plain.predict_proba(X), atol=1e-6)
        assert_array_equal(named.predict(table).index, names)

    def test_sparse_features_and_labels(self, rare: Any) -> None:
        X, Y = rare
        plain = ResampledClassifier(random_state=0).fit(X, Y)
        sparse = clone(plain).fit(sp.csr_array(X), sp.csr_array(Y))
        predicted = sparse.predict(sp.csr_array(X))
        assert isinstance(predicted, sp.csr_array)
        assert_allclose(
            sparse.predict_proba(sp.csr_array(X)), plain.predict_proba(X), atol=1e-4
        )


class TestWeights:
    @pytest.mark.parametrize("name", ["ml-ros", "ml-rus", "lp-ros", "remedial", "mltl"])
    def test_they_follow_their_rows(self, rare: Any, name: str) -> None:
        X, Y = rare
        weights = np.linspace(1, 2, 300)
        learner = ResampledClassifier(resampler=name, random_state=0)
        learner.fit(X, Y, sample_weight=weights)
        X_new, Y_new = clone(learner.resampler_).fit_resample(X, Y)
        rows = learner.resampler_.sample_indices_
        by_hand = BinaryRelevance().fit(X_new, Y_new, sample_weight=weights[rows])
        assert_array_equal(learner.predict_proba(X), by_hand.predict_proba(X))

    def test_rows_that_are_made_up_have_none(self, rare: Any) -> None:
        learner = ResampledClassifier(resampler="mlsmote")
        with pytest.raises(
            TypeError, match="MLSMOTE makes rows that have none.*ml-ros"
        ):
            learner.fit(*rare, sample_weight=np.ones(300))

    def test_a_learner_that_takes_none(self, rare: Any) -> None:
        learner = ResampledClassifier(BinaryRelevance(KNeighborsClassifier()))
        with pytest.raises(TypeError, match="KNeighborsClassifier takes none"):
            learner.fit(*rare, sample_weight=np.ones(300))


class TestWarnings:
    def test_nothing_to_resample(self, rare: Any) -> None:
        with pytest.warns(ResamplingWarning, match="MLROS changed nothing") as caught:
            learner = ResampledClassifier().fit(rare[0], rare[1][:, [1]])
        assert caught[0].filename == __file__
        assert learner.n_resampled_ == 300

    def test_labels_that_are_passed_over_have_names(self, rare: Any) -> None:
        X, Y = rare[0], rare[1].copy()
        Y[:, 2] = 0
        Y[0, 2] = 1
        named = pd.DataFrame(Y, columns=["sea", "sky", "übel"])
        learner = ResampledClassifier(resampler="mlsmote", random_state=0)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            learner.fit(X, named)
        assert {item.category for item in caught} == {ResamplingWarning}
        assert any("'übel'" in str(item.message) for item in caught)

    @pytest.mark.parametrize("container", [np.asarray, sp.csr_array])
    def test_a_label_that_has_one_value_left(self, rare: Any, container: Any) -> None:
        X, Y = rare
        rows = np.flatnonzero(Y[:, 1] == 1)
        learner = ResampledClassifier(resampler=Keep(rows))
        with pytest.warns(ConstantLabelWarning) as caught:
            learner.fit(X, container(Y))
        (given,) = caught
        assert "1 of 3 labels have a single value after Keep" in str(given.message)
        assert "value: 'label_1'." in str(given.message)
        assert (learner.predict_proba(X)[:, 1] == 1).all()

    @pytest.mark.parametrize("container", [np.asarray, sp.csr_array])
    def test_a_constant_label_stays_one_in_parted_rows(
        self, rare: Any, container: Any
    ) -> None:
        X, Y = rare[0], rare[1].copy()
        Y[:, 0] = 1
        learner = ResampledClassifier(resampler="remedial")
        with pytest.warns(ConstantLabelWarning, match="always 1: 'label_0'") as caught:
            learner.fit(X, container(Y))
        assert len(caught) == 1
        # The rows of rare labels have lost it, so that the inner learner is not sure.
        assert not (learner.estimator_.predict_proba(X)[:, 0] == 1).any()
        predicted = learner.predict(X)
        predicted = predicted.toarray() if sp.issparse(predicted) else predicted
        assert (predicted[:, 0] == 1).all()
        assert (learner.predict_proba(X)[:, 0] == 1).all()


class TestLabels:
    @pytest.mark.parametrize("container", [np.asarray, sp.csr_array, pd.DataFrame])
    def test_unknown_labels_stay_unknown(
        self, rare: Any, container: Any, seen: Any
    ) -> None:
        X, Y = rare[0], rare[1].astype(float)
        Y[::5, 1] = np.nan
        learner = ResampledClassifier(resampler=Spy(random_state=0))
        learner.fit(X, container(Y))
        by_hand = BinaryRelevance().fit(*MLROS(random_state=0).fit_resample(X, Y))
        assert_allclose(learner.predict_proba(X), by_hand.predict_proba(X), atol=1e-9)

    def test_a_learner_without_a_use_for_unknown_labels(self, rare: Any) -> None:
        Y = rare[1].astype(float)
        Y[0, 0] = np.nan
        with pytest.raises(MissingLabelsError, match="LabelPowerset cannot learn"):
            ResampledClassifier(LabelPowerset()).fit(rare[0], Y)

    def test_a_vector_of_classes(self, rare: Any) -> None:
        X = rare[0]
        y = np.array(["sea", "sky", "land"])[np.digitize(X[:, 0], [0, 1.5])]
        more = ResampledClassifier(resampler=MLROS(share=0.5, random_state=0)).fit(X, y)
        plain = BinaryRelevance().fit(X, y)
        assert (more.predict(X) == "land").sum() > (plain.predict(X) == "land").sum()
        assert_allclose(more.predict_proba(X).sum(axis=1), 1)

    def test_a_learner_without_probabilities(self, rare: Any) -> None:
        X, Y = rare
        margins = BinaryRelevance(LinearSVC(random_state=0))
        learner = ResampledClassifier(margins, random_state=0).fit(X, Y)
        assert learner.predict(X).shape == Y.shape
        assert not hasattr(learner, "predict_proba")


@pytest.mark.parametrize("given", ["mlros", MLROS, ["ml-ros"]])
def test_other_resamplers_are_refused(rare: Any, given: Any) -> None:
    with pytest.raises(UnknownNameError, match="Unknown resampler .*Known: 'lp-ros'"):
        ResampledClassifier(resampler=given).fit(*rare)


def test_it_survives_a_pickle(rare: Any) -> None:
    learner = ResampledClassifier(LabelPowerset(LogisticRegression()), random_state=0)
    copy = pickle.loads(pickle.dumps(learner.fit(*rare)))
    assert isinstance(copy.resampler_, Resampler)
    assert_array_equal(copy.predict(rare[0]), learner.predict(rare[0]))
