from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from numpy.testing import assert_allclose, assert_array_equal
from sklearn import config_context
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.metrics import f1_score
from sklearn.model_selection import KFold
from sklearn.preprocessing import MaxAbsScaler, OneHotEncoder, StandardScaler

from mlkit.datasets.bundled import load_flags, load_movies
from mlkit.exceptions import FeatureTypeError
from mlkit.models import FeaturePreparation, make


@pytest.fixture
def table() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "area": [1.0, np.nan, 3.0, 8.0],
            "zone": pd.Categorical(["n", "s", None, "w"], categories=list("nsewx")),
            "island": [True, False, False, True],
            "name": ["x", "y", "y", None],
            "count": pd.array([1, 2, None, 3], dtype="Int64"),
            "known": np.array([True, None, False, True], dtype=object),
        },
        index=list("abcd"),
    )


class TestTables:
    def test_by_hand(self, table: pd.DataFrame) -> None:
        prepared = FeaturePreparation(scale=False).fit_transform(table)
        expected = pd.DataFrame(
            {
                "area": [1.0, 3.0, 3.0, 8.0],
                "island": [1.0, 0.0, 0.0, 1.0],
                "count": [1.0, 2.0, 2.0, 3.0],
                "known": [1.0, 1.0, 0.0, 1.0],
                "zone=n": [1.0, 0.0, 0.0, 0.0],
                "zone=s": [0.0, 1.0, 0.0, 0.0],
                "zone=w": [0.0, 0.0, 0.0, 1.0],
                "name=y": [0.0, 1.0, 1.0, 0.0],
            },
            index=table.index,
        )
        pd.testing.assert_frame_equal(prepared, expected, check_column_type=False)

    def test_is_not_modified(self, table: pd.DataFrame) -> None:
        before = table.copy(deep=True)
        FeaturePreparation().fit_transform(table)
        pd.testing.assert_frame_equal(table, before)

    def test_numbers_are_scaled_and_categories_are_not(
        self, table: pd.DataFrame
    ) -> None:
        prepared = FeaturePreparation().fit_transform(table)
        assert_allclose(prepared[["area", "count"]].mean(), 0, atol=1e-12)
        assert_allclose(prepared[["area", "count"]].std(ddof=0), 1)
        assert set(np.unique(prepared[["zone=n", "name=y"]])) == {0.0, 1.0}

    def test_unseen_and_missing_categories_are_zeros(self, table: pd.DataFrame) -> None:
        fitted = FeaturePreparation().fit(table)
        new = table.iloc[:2].assign(zone=["x", None], name=["never", None])
        columns = ["zone=n", "zone=s", "zone=w", "name=y"]
        assert (fitted.transform(new)[columns] == 0).all(axis=None)

    def test_rows_are_prepared_independently(self, table: pd.DataFrame) -> None:
        fitted = FeaturePreparation().fit(table)
        whole = fitted.transform(table)
        for i in range(4):
            pd.testing.assert_frame_equal(
                fitted.transform(table.iloc[[i]]), whole.iloc[[i]]
            )

    def test_one_hot_encoder_of_scikit_learn(self) -> None:
        rng = np.random.default_rng(0)
        table = pd.DataFrame(rng.choice(list("abcd"), (50, 3)), columns=list("xyz"))
        expected = OneHotEncoder(sparse_output=False).fit_transform(table)
        assert_array_equal(FeaturePreparation().fit_transform(table), expected)

    def test_names_are_those_of_the_output(self, table: pd.DataFrame) -> None:
        fitted = FeaturePreparation().fit(table)
        assert_array_equal(
            fitted.get_feature_names_out(), fitted.transform(table).columns
        )

    def test_mixed_values_in_a_column(self) -> None:
        table = pd.DataFrame({"code": np.array([1, "a", 2.5, "a"], dtype=object)})
        prepared = FeaturePreparation().fit_transform(table)
        assert list(prepared.columns) == ["code=1", "code=2.5", "code=a"]

    def test_numbers_declared_as_categories_stay_categories(self) -> None:
        table = pd.DataFrame({"location": pd.Categorical([2, 10, 1])})
        prepared = FeaturePreparation().fit_transform(table)
        assert list(prepared.columns) == ["location=1", "location=10", "location=2"]

    def test_gap_does_not_rename_declared_numbers(self) -> None:
        fitted = FeaturePreparation().fit(
            pd.DataFrame({"location": pd.Categorical([2, 10, 1])})
        )
        new = pd.DataFrame({"location": pd.Categorical([10, None])})
        assert fitted.transform(new).to_numpy().tolist() == [[0, 1, 0], [0, 0, 0]]

    def test_most_frequent_categories_are_kept(self) -> None:
        table = pd.DataFrame({"id": list("aaabbcde")})
        prepared = FeaturePreparation(max_categories=2).fit_transform(table)
        assert list(prepared.columns) == ["id=a", "id=b"]
        assert prepared.sum(axis=1).tolist() == [1] * 5 + [0] * 3

    def test_equally_frequent_categories_are_kept_by_name(self) -> None:
        table = pd.DataFrame({"id": list("dcbad")})
        prepared = FeaturePreparation(max_categories=3).fit_transform(table)
        assert list(prepared.columns) == ["id=a", "id=b", "id=d"]

    def test_as_many_categories_as_allowed_are_all_kept(self) -> None:
        table = pd.DataFrame({"id": list("abc")})
        prepared = FeaturePreparation(max_categories=3).fit_transform(table)
        assert list(prepared.columns) == ["id=a", "id=b", "id=c"]

    def test_same_name_twice(self) -> None:
        table = pd.DataFrame({"a=y": [1.0, 2.0, 3.0], "a": list("xyz")})
        with pytest.raises(ValueError, match="'a=y'.* not unique"):
            FeaturePreparation().fit_transform(table)

    def test_array_after_a_table(self, table: pd.DataFrame) -> None:
        fitted = FeaturePreparation().fit(table)
        with pytest.warns(UserWarning, match="does not have valid feature names"):
            prepared = fitted.transform(table.astype(object).to_numpy(na_value=None))
        assert_allclose(prepared, fitted.transform(table))

    def test_no_categories_wanted(self, table: pd.DataFrame) -> None:
        with pytest.raises(ValueError, match="at least 1, got 0"):
            FeaturePreparation(max_categories=0).fit(table)

    def test_other_columns(self, table: pd.DataFrame) -> None:
        fitted = FeaturePreparation().fit(table)
        with pytest.raises(ValueError, match=r"(?s)missing.*- area"):
            fitted.transform(table.drop(columns="area"))

    @pytest.mark.parametrize("kind", ["datetime64[ns]", "timedelta64[ns]"])
    def test_dates_are_refused(self, kind: str) -> None:
        table = pd.DataFrame({"a": [1, 2], "when": np.array([1, 2], dtype=kind)})
        with pytest.raises(FeatureTypeError, match="dates or durations: 'when'"):
            FeaturePreparation().fit(table)

    def test_infinity_is_refused(self) -> None:
        with pytest.raises(ValueError, match="infinity"):
            FeaturePreparation().fit(pd.DataFrame({"a": [1.0, np.inf]}))


class TestSentences:
    @pytest.fixture
    def films(self) -> pd.DataFrame:
        return pd.DataFrame(
            {
                "plot": [
                    "A shark hunts the swimmers.",
                    "Swimmers cross the cold sea.",
                    None,
                    "The cold town waits, snowed in.",
                ],
                "year": [1975, 2024, 1960, 1982],
                "land": ["us", "uk", "us", "fr"],
                "end": ["All of them die.", "They all come home.", None, None],
            },
            index=list("wxyz"),
        )

    def test_by_hand(self, films: pd.DataFrame) -> None:
        prepared = FeaturePreparation(scale=False).fit_transform(films)
        assert list(prepared.columns) == [
            *("year", "land=fr", "land=uk", "land=us"),
            *("plot~cold", "plot~swimmers", "plot~the", "end~all"),
        ]
        assert list(prepared.index) == list("wxyz")
        assert set(prepared.dtypes) == {np.dtype(float)}
        assert prepared["end~all"].tolist() == [1, 1, 0, 0]
        vectorizer = TfidfVectorizer(min_df=2, sublinear_tf=True)
        expected = vectorizer.fit_transform(films["plot"].fillna("")).toarray()
        assert_allclose(prepared.filter(like="plot~"), expected)

    def test_words_are_not_scaled(self, films: pd.DataFrame) -> None:
        scaled = FeaturePreparation().fit_transform(films).filter(like="~")
        unscaled = FeaturePreparation(scale=False).fit_transform(films)
        pd.testing.assert_frame_equal(scaled, unscaled.filter(like="~"))

    def test_other_columns_are_as_without(self, films: pd.DataFrame) -> None:
        rest = films[["year", "land"]]
        prepared = FeaturePreparation().fit_transform(films)
        pd.testing.assert_frame_equal(
            prepared.iloc[:, :4], FeaturePreparation().fit_transform(rest)
        )

    def test_declared_categories_stay_categories(self, films: pd.DataFrame) -> None:
        declared = films[["plot"]].astype("category")
        prepared = FeaturePreparation().fit_transform(declared)
        assert prepared.shape == (4, 3)
        assert prepared.columns.str.startswith("plot=").all()

    def test_arrays_stay_categories(self) -> None:
        texts = np.array([["a dog runs away"], ["a cat runs away"], ["it is so late"]])
        assert_array_equal(
            FeaturePreparation().fit_transform(texts), np.eye(3)[[1, 0, 2]]
        )

    def test_array_after_a_table(self, films: pd.DataFrame) -> None:
        fitted = FeaturePreparation().fit(films)
        with pytest.warns(UserWarning, match="does not have valid feature names"):
            prepared = fitted.transform(films.astype(object).to_numpy(na_value=None))
        assert isinstance(prepared, np.ndarray)
        assert_allclose(prepared, fitted.transform(films))

    def test_rule_is_of_the_rows_of_fit(self, films: pd.DataFrame) -> None:
        fitted = FeaturePreparation().fit(films)
        new = films.assign(plot="Cold", end=None)
        prepared = fitted.transform(new)
        assert (prepared["plot~cold"] == 1).all()
        assert (prepared[["plot~the", "end~all"]] == 0).all(axis=None)

    def test_constant_texts_give_no_column(self) -> None:
        table = pd.DataFrame({"t": ["it is always so"] * 3, "n": [1.0, 2.0, 3.0]})
        assert list(FeaturePreparation().fit_transform(table).columns) == ["n"]

    @pytest.mark.parametrize("n", [1, 2])
    def test_tiny_table_without_a_repeated_word(self, n: int) -> None:
        table = pd.DataFrame({"t": ["it is always so", "we never met there"][:n]})
        prepared = FeaturePreparation().fit_transform(table.assign(n=1.0))
        assert list(prepared.columns) == ["n"]

    def test_limit(self, films: pd.DataFrame) -> None:
        prepared = FeaturePreparation(max_words=1).fit_transform(films)
        # "the" occurs in three rows, the others in two.
        assert list(prepared.filter(like="~").columns) == ["plot~the", "end~all"]

    def test_no_words_wanted(self, films: pd.DataFrame) -> None:
        with pytest.raises(ValueError, match="max_words must be at least 1, got 0"):
            FeaturePreparation(max_words=0).fit(films)

    def test_clone_and_pickle(self, films: pd.DataFrame) -> None:
        fitted = FeaturePreparation(max_words=2).fit(films)
        expected = fitted.transform(films)
        again = pickle.loads(pickle.dumps(fitted))
        pd.testing.assert_frame_equal(again.transform(films), expected)
        pd.testing.assert_frame_equal(clone(fitted).fit_transform(films), expected)

    def test_configured_output(self, films: pd.DataFrame) -> None:
        expected = FeaturePreparation().fit_transform(films)
        with config_context(transform_output="pandas"):
            prepared = FeaturePreparation().fit_transform(films)
        pd.testing.assert_frame_equal(prepared, expected)

    def test_is_not_modified(self, films: pd.DataFrame) -> None:
        before = films.copy(deep=True)
        FeaturePreparation().fit_transform(films)
        pd.testing.assert_frame_equal(films, before)


class TestBundledSets:
    def test_flags_are_scaled_numbers_and_categories(self) -> None:
        X, _ = load_flags().as_xy()
        categories = X.select_dtypes("category")
        expected = np.hstack(
            [
                StandardScaler().fit_transform(X.drop(columns=categories.columns)),
                OneHotEncoder(sparse_output=False).fit_transform(categories),
            ]
        )
        assert_allclose(FeaturePreparation().fit_transform(X), expected, atol=1e-12)

    @pytest.mark.slow
    def test_words_of_a_synopsis_tell_the_genres(self) -> None:
        X, Y = load_movies().as_xy()
        as_words, weak, as_categories = [], [], []
        for train, test in KFold(3, shuffle=True, random_state=0).split(X):
            for scores, model, table in (
                # Of unit length, words need a greater C than scaled numbers.
                (as_words, make("br-lr").set_params(learn__estimator__C=30), X),
                (weak, make("br-lr"), X),
                (as_categories, make("br-lr"), X.astype({"synopsis": "category"})),
            ):
                model.fit(table.iloc[train], Y.iloc[train])
                predicted = model.predict(table.iloc[test])
                scores.append(f1_score(Y.iloc[test], predicted, average="micro"))
        assert min(as_words) > 0.28
        assert np.mean(weak) > np.mean(as_categories)


class TestConstantAndEmptyColumns:
    def test_give_no_warning_and_no_nan(self) -> None:
        table = pd.DataFrame(
            {
                "same": [5.0, 5.0, 5.0],
                "nothing": [np.nan] * 3,
                "none": np.array([None] * 3, dtype=object),
                "one": ["x", "x", "x"],
                "absent": pd.Categorical([None] * 3, categories=["x"]),
                "varies": [1.0, 2.0, 3.0],
            }
        )
        prepared = FeaturePreparation().fit_transform(table)
        assert list(prepared.columns) == ["same", "nothing", "none", "varies"]
        assert (prepared[["same", "nothing", "none"]] == 0).all(axis=None)


class TestArrays:
    def test_imputer_and_scaler_of_scikit_learn(self) -> None:
        rng = np.random.default_rng(0)
        X = rng.normal(3, 5, (40, 4))
        X[rng.random(X.shape) < 0.2] = np.nan
        filled = SimpleImputer(strategy="median").fit_transform(X)
        expected = StandardScaler().fit_transform(filled)
        assert_allclose(FeaturePreparation().fit_transform(X), expected)

    def test_gaps_only_in_new_rows(self) -> None:
        fitted = FeaturePreparation(scale=False).fit([[1.0], [2.0], [9.0]])
        assert_array_equal(fitted.transform([[np.nan]]), [[2.0]])

    def test_pictures_are_laid_out_in_a_row(self) -> None:
        pictures = np.arange(24).reshape(2, 3, 4)
        prepared = FeaturePreparation(scale=False).fit_transform(pictures)
        assert_array_equal(prepared, np.arange(24).reshape(2, 12))

    def test_texts_in_an_array(self) -> None:
        X = np.array([["a", 1.0], ["b", 2.0], ["c", 3.0]], dtype=object)
        prepared = FeaturePreparation(scale=False).fit_transform(X)
        assert isinstance(prepared, np.ndarray)
        assert_array_equal(prepared, [[1, 1, 0, 0], [2, 0, 1, 0], [3, 0, 0, 1]])


class TestSparse:
    @pytest.fixture
    def X(self) -> Any:
        return sp.random_array((30, 6), density=0.3, format="csr", rng=0)

    def test_stays_sparse_and_keeps_its_zeros(self, X: Any) -> None:
        prepared = FeaturePreparation().fit_transform(X)
        assert isinstance(prepared, sp.csr_array)
        assert prepared.nnz == X.nnz
        expected = MaxAbsScaler().fit_transform(X)
        assert_allclose(prepared.toarray(), expected.toarray())

    def test_unscaled(self, X: Any) -> None:
        prepared = FeaturePreparation(scale=False).fit_transform(X)
        assert_array_equal(prepared.toarray(), X.toarray())

    def test_missing_is_zero(self, X: Any) -> None:
        gaps = X.copy()
        gaps.data[3] = np.nan
        prepared = FeaturePreparation(scale=False).fit_transform(gaps)
        assert prepared.data[3] == 0
        assert np.isnan(gaps.data[3])

    def test_dense_before_sparse_now(self, X: Any) -> None:
        fitted = FeaturePreparation().fit(X.toarray())
        with pytest.raises(FeatureTypeError, match="was dense in fit"):
            fitted.transform(X)


def test_not_fitted() -> None:
    with pytest.raises(NotFittedError, match="not fitted yet"):
        FeaturePreparation().transform([[1.0]])
    with pytest.raises(NotFittedError, match="not fitted yet"):
        FeaturePreparation().get_feature_names_out()
