from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction.text import TfidfVectorizer

from mlkit.models.text_columns import WordColumns, holds_sentences

PLOTS = [
    "The sea, the sea: a shark hunts swimmers.",
    "Two sailors cross the sea in winter.",
    "In winter a town waits for snow; the snow stays away.",
    "Swimmers cross a town.",
]


@pytest.fixture
def table() -> pd.DataFrame:
    return pd.DataFrame({"plot": PLOTS, "tag": ["Wet wet", "wet dry", "dry", None]})


class TestHoldsSentences:
    def test_four_words_on_average_are_enough(self) -> None:
        assert holds_sentences(pd.Series(["one two three", "one two three four five"]))

    def test_fewer_are_not(self) -> None:
        texts = ["one two three", "one two three four", "a b c d"]
        assert not holds_sentences(pd.Series(texts))

    def test_more_than_half_must_be_distinct(self) -> None:
        first, second, third = "a b c d", "e f g h", "i j k l"
        assert not holds_sentences(pd.Series([first, second, second, second]))
        assert holds_sentences(pd.Series([first, second, third, third]))

    def test_missing_values_do_not_count(self) -> None:
        texts = ["a b c d", None, None, None, "e f g h"]
        assert holds_sentences(pd.Series(texts))
        assert holds_sentences(pd.Series(texts, dtype=object))
        assert holds_sentences(pd.Series(texts, dtype="string"))

    def test_words_stand_between_white_space(self) -> None:
        # Each is one word, though the vectorizer would cut it into five.
        assert not holds_sentences(pd.Series(["10-11-12-13-14", "15-16-17-18-19"]))
        assert holds_sentences(pd.Series(["ça\u00a0va\tbien\nmerci", "đi về nhà thôi"]))

    @pytest.mark.parametrize(
        "values",
        [
            pd.Series([1.0, 2.0]),
            pd.Series([True, False]),
            pd.Series([], dtype=str),
            pd.Series([None, None], dtype=object),
            pd.Series([None, None], dtype=str),
            pd.Series(["a b c d", 1.0], dtype=object),
            pd.Series(["a b c d", "e f g h"], dtype="category"),
            pd.Series([b"a b c d", b"e f g h"]),
        ],
        ids=lambda values: f"{values.dtype}-{len(values)}",
    )
    def test_other_columns(self, values: pd.Series) -> None:
        assert not holds_sentences(values)


class TestWordColumns:
    def test_by_hand(self) -> None:
        texts = pd.DataFrame({"t": ["sea sea ice", "sea fog", "ice", None]})
        words = WordColumns().fit(texts)
        assert_array_equal(words.get_feature_names_out(["t"]), ["t~ice", "t~sea"])
        # "sea" and "ice" are in 2 of 4 rows and weigh the same: only counts matter.
        twice = 1 + np.log(2)
        length = np.hypot(1, twice)
        expected = [[1 / length, twice / length], [0, 1], [1, 0], [0, 0]]
        assert_allclose(words.transform(texts).toarray(), expected)

    def test_vectorizer_of_scikit_learn(self, table: pd.DataFrame) -> None:
        vectorizer = TfidfVectorizer(min_df=2, sublinear_tf=True)
        expected = vectorizer.fit_transform(PLOTS)
        words = WordColumns().fit(table[["plot"]])
        values = words.transform(table[["plot"]])
        assert isinstance(values, sp.csr_array)
        assert_allclose(values.toarray(), expected.toarray())
        names = [f"plot~{word}" for word in vectorizer.get_feature_names_out()]
        assert_array_equal(words.get_feature_names_out(["plot"]), names)

    def test_columns_are_independent(self, table: pd.DataFrame) -> None:
        both = WordColumns().fit(table)
        alone = [WordColumns().fit_transform(table[[name]]) for name in table]
        assert_allclose(both.transform(table).toarray(), sp.hstack(alone).toarray())
        names = both.get_feature_names_out(["a", "b~c"])
        assert names[-2:].tolist() == ["b~c~dry", "b~c~wet"]

    def test_rows_have_unit_length_or_no_words(self, table: pd.DataFrame) -> None:
        words = WordColumns().fit(table[["tag"]])
        values = words.transform(table[["tag"]]).toarray()
        assert_allclose(np.linalg.norm(values, axis=1), [1, 1, 1, 0])

    def test_unseen_words_are_ignored(self, table: pd.DataFrame) -> None:
        words = WordColumns().fit(table)
        new = pd.DataFrame({"plot": ["unheard sea", "sea"], "tag": ["never", "so"]})
        values = words.transform(new).toarray()
        assert_allclose(values[0], values[1])
        assert values[0].sum() == 1

    def test_words_of_most_rows_are_kept_and_ties_go_by_name(self) -> None:
        # "zoo" occurs most often, but in fewer rows than "ant".
        texts = ["ant zoo zoo zoo bee", "ant zoo cow", "ant bee cow", "bug"]
        words = WordColumns(max_words=2).fit(pd.DataFrame({"t": texts}))
        assert_array_equal(words.get_feature_names_out(["t"]), ["t~ant", "t~bee"])

    @pytest.mark.parametrize(
        "texts",
        [["one row"], ["no word", "two times"], [None, None], ["", "a . !"]],
        ids=["one row", "all different", "missing", "no words"],
    )
    def test_no_repeated_word_gives_no_column(self, texts: list[str | None]) -> None:
        X = pd.DataFrame({"t": np.array(texts, dtype=object)})
        words = WordColumns().fit(X)
        assert words.transform(X).shape == (len(texts), 0)
        assert len(words.get_feature_names_out(["t"])) == 0

    def test_unicode(self) -> None:
        texts = pd.DataFrame({"t": ["Ärger in Köln", "ÄRGER 東京 🎈", "東京 köln"]})
        names = WordColumns().fit(texts).get_feature_names_out(["té"])
        assert_array_equal(names, ["té~köln", "té~ärger", "té~東京"])

    def test_values_that_are_no_texts_are_read_as_texts(self) -> None:
        words = WordColumns().fit(pd.DataFrame({"t": ["year 1984", "in 1984"]}))
        new = pd.DataFrame({"t": [1984, np.nan, "1984"]}, dtype=object)
        assert words.transform(new).toarray().tolist() == [[1.0], [0.0], [1.0]]

    def test_clone_and_pickle(self, table: pd.DataFrame) -> None:
        words = WordColumns(max_words=3).fit(table)
        assert clone(words).max_words == 3
        again = pickle.loads(pickle.dumps(words))
        assert_array_equal(
            again.transform(table).toarray(), words.transform(table).toarray()
        )

    def test_not_fitted(self, table: pd.DataFrame) -> None:
        with pytest.raises(NotFittedError, match="not fitted yet"):
            WordColumns().transform(table)
        with pytest.raises(NotFittedError, match="not fitted yet"):
            WordColumns().get_feature_names_out(["plot", "tag"])

    @given(st.lists(st.none() | st.text(max_size=30), min_size=1, max_size=6))
    def test_any_texts(self, texts: list[str | None]) -> None:
        X = pd.DataFrame({"t": np.array(texts, dtype=object)})
        values = WordColumns().fit_transform(X).toarray()
        lengths = np.linalg.norm(values, axis=1)
        assert np.all(np.isclose(lengths, 1) | (lengths == 0))
        # Each column is a word of two rows at least.
        assert np.all((values > 0).sum(axis=0) >= 2)
