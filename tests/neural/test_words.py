"""Words: which columns hold texts, what a word is, which are known, and their codes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.feature_extraction.text import CountVectorizer

import mlkit
from mlkit.exceptions import FeatureTypeError, OptionError, ShapeError
from mlkit.neural.words import (
    N_SPECIAL,
    choose_length,
    choose_words,
    find_text_column,
    holds_texts,
    is_word_table,
    texts_in,
    width_of,
    with_vectors,
    word_codes,
    words_of,
)


class TestHoldsTexts:
    @pytest.mark.parametrize(
        "X",
        [
            ["sea", "ice"],
            ("sea",),
            np.array(["sea", "ice"]),
            np.array([None, "ice"], dtype=object),
            pd.Series(["sea", None], dtype="string"),
            pd.Series(["sea", "ice"], dtype="category"),
            pd.Index(["sea"]),
            [None, float("nan"), pd.NA],
            [""],
        ],
    )
    def test_texts(self, X: Any) -> None:
        assert holds_texts(X)

    @pytest.mark.parametrize(
        "X",
        [
            [],
            np.array([]),
            [1.0, 2.0],
            np.array([1, 2]),
            [["sea"], ["ice"]],
            np.array([["sea"], ["ice"]]),
            pd.DataFrame({"plot": ["sea"]}),
            sp.csr_array(np.eye(2)),
            "sea",
            None,
            7,
        ],
    )
    def test_what_is_none(self, X: Any) -> None:
        assert not holds_texts(X)


class TestFindTextColumn:
    def test_the_only_one(self) -> None:
        table = pd.DataFrame({"year": [1999], "title": ["Ran"]})
        assert find_text_column(table) == "title"

    def test_the_one_with_the_most_words(self) -> None:
        table = pd.DataFrame(
            {
                "title": ["One two three four", "Five"],
                "plot": ["A shark hunts", "Two men wait"],
            }
        )
        assert find_text_column(table) == "plot"
        # Missing texts have no words.
        table["plot"] = ["A shark hunts", None]
        assert find_text_column(table) == "title"

    def test_the_one_that_is_wanted(self) -> None:
        table = pd.DataFrame({"title": ["Ran"], "plot": ["A king divides his land"]})
        assert find_text_column(table, "title") == "title"

    def test_none(self) -> None:
        table = pd.DataFrame({"year": [1999, 2001], "seen": [True, False]})
        table["country"] = pd.Series(["Japan", "France"], dtype="category")
        table["mixed"] = pd.Series(["Ran", 2], dtype=object)
        table["empty"] = None
        assert find_text_column(table) is None

    def test_films(self) -> None:
        assert find_text_column(mlkit.load("movies").X) == "synopsis"

    def test_a_column_that_is_not_there(self) -> None:
        table = pd.DataFrame({"title": ["Ran"], "plot": ["A king"]})
        with pytest.raises(OptionError, match="text_column is 'text', and X has the c"):
            find_text_column(table, "text")

    def test_a_name_that_two_columns_have(self) -> None:
        table = pd.DataFrame([["a", "b"]], columns=["plot", "plot"])
        with pytest.raises(OptionError, match="'plot', 'plot'"):
            find_text_column(table, "plot")


class TestTextsIn:
    def test_missing_ones_are_empty(self) -> None:
        values = pd.Series(["sea", None, np.nan, pd.NA, ""], dtype=object)
        texts = texts_in(values)
        assert texts.tolist() == ["sea", "", "", "", ""]
        assert texts.dtype == object

    def test_what_is_no_text_is_named(self) -> None:
        with pytest.raises(FeatureTypeError, match="row 1 holds 7, a int"):
            texts_in(["sea", 7])


class TestWordsOf:
    def test_as_scikit_learn_counts_them(self) -> None:
        texts = mlkit.load("movies").X["synopsis"].tolist()[:50]
        counts = CountVectorizer().fit(texts)
        documents = words_of(texts)
        assert {word for words in documents for word in words} == set(
            counts.vocabulary_
        )
        n_words = counts.transform(texts).toarray().sum(axis=1)
        assert_array_equal([len(words) for words in documents], n_words)

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("", []),
            ("  \n ", []),
            ("a I 1", []),
            ("The sea, the SEA", ["the", "sea", "the", "sea"]),
            ("Über straße 42", ["über", "straße", "42"]),
            ("寂しい 夜", ["寂しい"]),
        ],
    )
    def test_edges(self, text: str, words: list[str]) -> None:
        assert words_of([text]) == [words]


class TestChooseWords:
    documents = (["sea", "ice", "sea"], ["wind", "sea"], ["ice", "bay"], ["wind"])

    def test_most_frequent_first_and_then_by_name(self) -> None:
        words = choose_words(self.documents, max_words=9, min_rows=1)
        assert words == ["ice", "sea", "wind", "bay"]

    def test_a_word_counts_once_a_text(self) -> None:
        assert choose_words([["sea", "sea"], ["ice"]], max_words=9, min_rows=2) == []

    def test_limits(self) -> None:
        assert choose_words(self.documents, max_words=2, min_rows=1) == ["ice", "sea"]
        assert "bay" not in choose_words(self.documents, max_words=9, min_rows=2)


class TestChooseLength:
    def test_nineteen_of_twenty_are_read_whole(self) -> None:
        documents = [["w"] * n for n in range(1, 21)]
        assert choose_length(documents) == 19
        assert np.mean([len(words) <= 19 for words in documents]) == 0.95

    def test_no_words_at_all(self) -> None:
        assert choose_length([[], []]) == 1


class TestWordCodes:
    def test_known_unknown_and_padding(self) -> None:
        documents = [["ice", "sea", "bay"], ["bay"], []]
        codes = word_codes(documents, ["sea", "ice"], 4)
        assert_array_equal(codes, [[3, 2, 1, 0], [1, 0, 0, 0], [0, 0, 0, 0]])
        assert codes.dtype == np.int32

    def test_what_is_too_long_is_cut(self) -> None:
        assert_array_equal(word_codes([["sea", "ice"]], ["ice", "sea"], 1), [[3]])

    def test_back_to_words(self) -> None:
        documents = words_of(mlkit.load("movies").X["synopsis"].tolist()[:20])
        words = choose_words(documents, max_words=10**6, min_rows=1)
        codes = word_codes(documents, words, max(map(len, documents)))
        back = [[words[c - N_SPECIAL] for c in row if c] for row in codes]
        assert back == documents


class TestIsWordTable:
    @pytest.mark.parametrize("container", [np.asarray, sp.csr_array])
    @pytest.mark.parametrize(
        ("rows", "expected"),
        [
            ([[0, 1, 0], [2, 0, 0]], True),
            ([[0, 0], [0, 0]], True),
            ([[1, 0], [0, 1]], True),  # just half
            ([[1, 1], [0, 1]], False),
            ([[-1, 0], [0, 0]], False),
            ([[0.5, 0.0, 0.0]], True),
        ],
    )
    def test_tables(self, container: Any, rows: Any, expected: bool) -> None:
        assert is_word_table(container(rows)) is expected

    def test_zeros_that_are_stored(self) -> None:
        table = sp.csr_array(np.ones((2, 2)))
        table.data[:3] = 0
        assert is_word_table(table)


class TestWordVectors:
    def test_width(self) -> None:
        assert width_of({"sea": np.zeros(3), "ice": [1, 2, 3]}) == 3

    @pytest.mark.parametrize(
        "wrong",
        [{}, {"sea": [1, 2], "ice": [1]}, {"sea": [[1, 2]]}, {"sea": []}, {"sea": 1.0}],
    )
    def test_other_shapes(self, wrong: Any) -> None:
        with pytest.raises(ShapeError, match="vectors of one length; got the shapes"):
            width_of(wrong)

    def test_no_mapping(self) -> None:
        with pytest.raises(TypeError, match="from words to vectors, got list"):
            width_of([[1, 2]])

    def test_those_that_are_found_have_a_mean_length_of_one(self) -> None:
        table = np.full((4, 2), 0.5)
        given = {"ice": [3.0, 4.0], "sea": [0.0, 15.0], "bay": [1e9, 0.0]}
        placed = with_vectors(table, [None, "sea", "wind", "ice"], given)
        assert_allclose(placed, [[0.5, 0.5], [0.0, 1.5], [0.5, 0.5], [0.3, 0.4]])
        # The table itself stays as it was.
        assert_array_equal(table, 0.5)

    def test_zeros_stay_zeros(self) -> None:
        assert_array_equal(with_vectors(np.ones((1, 2)), ["a"], {"a": [0, 0]}), 0)

    def test_none_is_found(self) -> None:
        with pytest.raises(OptionError, match="none of the words that are read: 'sea'"):
            with_vectors(np.ones((2, 2)), [None, "sea"], {"Sea": [1, 2]})
