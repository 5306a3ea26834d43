"""TextNet: what it reads, what it looks at, and that it comes back as it was."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone

import mlkit
from mlkit.exceptions import (
    ConstantLabelWarning,
    FeatureTypeError,
    OptionError,
    ShapeError,
)
from mlkit.models import ThresholdedClassifier
from mlkit.neural import Training
from mlkit.neural.text_net import ENCODERS, POOLINGS, TextNet
from mlkit.persistence import load_model, save
from mlkit.plots import plot_attention

pytest.importorskip("keras")

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]

LABELS = ["sea", "wind", "ship"]
TRAINING = Training(epochs=15, learning_rate=0.01, batch_size=16)


def sentences(n: int, seed: int) -> tuple[list[str], pd.DataFrame]:
    """Return texts of filler words and of the names of their labels."""
    rng = np.random.default_rng(seed)
    Y = (rng.random((n, 3)) < [0.6, 0.4, 0.2]).astype(int)
    filler = [f"word{i}" for i in range(20)]
    texts = []
    for row in Y:
        words = [*rng.choice(filler, size=rng.integers(3, 8))]
        words += [name for name, there in zip(LABELS, row, strict=True) if there]
        texts.append(" ".join(rng.permutation(words)))
    return texts, pd.DataFrame(Y, columns=LABELS)


X, Y = sentences(120, 0)
NEW, TRUTH = sentences(60, 1)


def small(**options: Any) -> TextNet:
    given = {"encoder": None, "dimensions": 16, "units": 8, "dropout": 0.2}
    given |= {"training": TRAINING, "random_state": 0}
    return TextNet(**(given | options))


@pytest.fixture(scope="module")
def model() -> TextNet:
    return small().fit(X, Y)


class TestWhatItReads:
    def test_it_learns_from_texts(self, model: TextNet) -> None:
        assert model.score(NEW, TRUTH) > 0.9
        assert model.label_names_in_.tolist() == LABELS
        assert set(LABELS) <= set(model.vocabulary_)
        assert not hasattr(model, "n_features_in_")

    @pytest.mark.parametrize(
        "container", [tuple, np.array, pd.Series, lambda x: np.array(x, dtype=object)]
    )
    def test_containers(self, model: TextNet, container: Any) -> None:
        expected = model.predict_proba(NEW)
        assert_array_equal(model.predict_proba(container(NEW)), expected)

    def test_a_table_with_a_column_of_texts(self, model: TextNet) -> None:
        table = pd.DataFrame({"n": range(120), "plot": X, "by": ["Lee"] * 120})
        fitted = small().fit(table, Y)
        assert fitted.text_column_ == "plot"
        assert fitted.feature_names_in_.tolist() == ["n", "plot", "by"]
        new = pd.DataFrame({"n": 0, "plot": NEW, "by": "May"}, index=range(7, 67))
        # Other columns are not read.
        assert_allclose(fitted.predict_proba(new), model.predict_proba(NEW), atol=1e-6)
        assert_array_equal(fitted.predict(new).index, new.index)
        with pytest.raises(ValueError, match="Feature names seen at fit time, yet now"):
            fitted.predict(new.drop(columns="plot"))

    def test_the_column_that_is_named(self, model: TextNet) -> None:
        # Not a column that would be found, and with a name that is false.
        table = pd.DataFrame({0: pd.Series(X, dtype="category"), 1: ["w " * 20] * 120})
        fitted = small(text_column=0).fit(table, Y)
        assert fitted.text_column_ == 0
        assert fitted.vocabulary_ == model.vocabulary_
        expected = model.predict_proba(X)
        assert_allclose(fitted.predict_proba(table), expected, atol=1e-6)

    def test_a_table_without_texts(self) -> None:
        kinds = pd.Series(["a", "b"] * 60, dtype="category")
        table = pd.DataFrame({"year": range(120), "kind": kinds})
        with pytest.raises(
            FeatureTypeError, match=r"no column of texts.*'year \(int64\)', 'kind \(c"
        ):
            small().fit(table, Y)

    def test_one_text(self, model: TextNet) -> None:
        with pytest.raises(FeatureTypeError, match=r"one text.*\['the sea', \.\.\.\]"):
            model.predict("the sea")

    @pytest.mark.parametrize(
        ("given", "words"),
        [
            ([b"the sea"], "row 0 holds b'the sea', a bytes"),
            ([3, "the sea"], "row 0 holds 3, a int"),
            ([["the", "sea"]], "Row 0 of X is a list that begins with 'the'"),
            (np.array([["the sea"]]), "Row 0 of X is a ndarray that begins with"),
        ],
        ids=["bytes", "a number", "words", "a column"],
    )
    def test_what_is_no_text(self, model: TextNet, given: Any, words: str) -> None:
        with pytest.raises(FeatureTypeError, match=words):
            model.predict(given)

    def test_rows_in_another_order(self) -> None:
        names = [f"row {i}" for i in range(len(X))]
        texts, labels = pd.Series(X, names), Y.set_axis(names)
        with pytest.raises(ShapeError, match="another order"):
            small().fit(texts, labels[::-1])

    def test_thresholds_are_tuned_around_a_list(self) -> None:
        model = ThresholdedClassifier(small(training=Training(epochs=1)), cv=2)
        assert model.fit(X, Y).predict(pd.Series(X[:3])).shape == (3, Y.shape[1])

    def test_no_text_at_all(self, model: TextNet) -> None:
        with pytest.raises(ShapeError, match="no rows; at least one text"):
            model.predict([])

    def test_numbers_where_texts_were(self, model: TextNet) -> None:
        with pytest.raises(FeatureTypeError, match="on texts; X is a table of numbers"):
            model.predict(np.eye(3))

    def test_texts_where_numbers_were(self) -> None:
        table = np.random.default_rng(0).normal(size=(120, 4))
        fitted = small(training=Training(epochs=1)).fit(table, Y)
        assert fitted.n_features_in_ == 4
        with pytest.raises(FeatureTypeError, match="on a table of numbers; X is texts"):
            fitted.predict(NEW)
        # And back again: nothing is left of the table.
        fitted.fit(X, Y)
        assert not hasattr(fitted, "n_features_in_")

    def test_words_come_from_the_training_rows_alone(self) -> None:
        fitted = small(training=Training(epochs=1, validation=60)).fit(
            [f"all only{i // 2}" for i in range(120)], Y
        )
        # Each rare word is in two rows; those that were split up are not known.
        assert 1 < len(fitted.vocabulary_) < 61
        assert len(fitted.history_["val_loss"]) == 1

    def test_limits_of_words(self) -> None:
        fitted = small(max_words=5, max_length=2, training=Training(epochs=1))
        assert len(fitted.fit(X, Y).vocabulary_) == 5
        assert fitted.length_ == 2
        assert fitted.network_.input_shape == (None, 2)
        cut = [" ".join(text.split()[:2]) for text in NEW]
        assert_array_equal(fitted.predict_proba(cut), fitted.predict_proba(NEW))


class TestEmptyTexts:
    empty = ("", None, "   ", "? !")

    def test_they_get_the_shares_of_the_labels(self, model: TextNet) -> None:
        proba = model.predict_proba([*self.empty])
        assert_array_equal(proba, np.tile(proba[0], (4, 1)))
        # Where it begins; training moves it a little.
        assert_allclose(proba[0], Y.mean(), atol=0.2)

    @pytest.mark.parametrize("pooling", POOLINGS)
    def test_among_training_texts(self, pooling: str) -> None:
        texts = [*self.empty, *X[4:30]]
        fitted = small(encoder="cnn", pooling=pooling, training=Training(epochs=2))
        fitted.fit(texts, Y[:30])
        assert np.isfinite(fitted.history_["loss"]).all()
        assert np.isfinite(fitted.decision_function([*self.empty, "sea"])).all()

    def test_a_text_does_not_depend_on_others(self, model: TextNet) -> None:
        together = model.predict_proba(["sea", " ".join(NEW[:5]), ""])
        assert_allclose(model.predict_proba(["sea"])[0], together[0], atol=1e-6)


class TestAttention:
    def test_words_and_weights(self, model: TextNet) -> None:
        shown = model.attention(["A sea of word1, word2", ""])
        assert shown[0]["word"].tolist() == ["sea", "of", "word1", "word2"]
        assert_allclose(shown[0]["weight"].sum(), 1, rtol=1e-6)
        # What the labels depend on is looked at.
        assert shown[0]["weight"].idxmax() == 0
        assert shown[0]["weight"][0] > 0.5
        assert shown[1].empty
        assert shown[1].columns.tolist() == ["word", "weight"]

    def test_words_that_are_not_read(self, model: TextNet) -> None:
        words = ["sea"] * (model.length_ + 3)
        weight = model.attention([" ".join(words)])[0]["weight"]
        assert len(weight) == len(words)
        assert_array_equal(weight.isna(), np.arange(len(words)) >= model.length_)
        assert_allclose(weight.sum(), 1, rtol=1e-6)

    def test_a_table_of_words(self) -> None:
        table = pd.DataFrame([[1, 0, 2], [0, 0, 0], [0, 1, 0], [0, 0, 1]] * 10)
        table.columns = ["sea", "ice", "bay"]
        fitted = small(training=Training(epochs=2)).fit(table, Y[:40])
        shown = fitted.attention(table[:3])
        assert [frame["word"].tolist() for frame in shown] == [
            ["sea", "bay"],
            [],
            ["ice"],
        ]
        assert_allclose(shown[0]["weight"].sum(), 1, rtol=1e-6)
        assert_allclose(shown[2]["weight"], 1)
        plain = small(training=Training(epochs=2)).fit(sp.csr_array(table), Y[:40])
        assert plain.attention(sp.csr_array(table))[0]["word"].tolist() == ["x0", "x2"]

    def test_it_is_drawn(self, model: TextNet) -> None:
        frame = model.attention(["word3 sea word4"])[0]
        ax = plot_attention(frame["word"], frame["weight"], n_top=1)
        assert ax.texts[-1].get_text().startswith("most: sea")

    @pytest.mark.parametrize(
        ("options", "data", "reason"),
        [
            ({"pooling": "mean"}, X[:40], "pooling is 'mean', and not 'attention'"),
            ({}, np.random.default_rng(0).normal(size=(40, 2)), "of measures and not"),
        ],
    )
    def test_where_there_is_none(self, options: Any, data: Any, reason: str) -> None:
        fitted = small(training=Training(epochs=1), **options).fit(data, Y[:40])
        with pytest.raises(OptionError, match=reason):
            fitted.attention(data[:2])

    def test_where_no_label_varies(self) -> None:
        with pytest.warns(ConstantLabelWarning):
            fitted = small().fit(X[:5], np.zeros((5, 2), dtype=int))
        assert_array_equal(fitted.predict(NEW), 0)
        with pytest.raises(OptionError, match="no label varies"):
            fitted.attention(NEW)


class TestTables:
    def test_it_learns_from_words(self) -> None:
        rng = np.random.default_rng(0)
        table = (rng.random((300, 12)) < 0.2).astype(float)
        truth = table[:, :3].astype(int)
        fitted = small().fit(sp.csr_array(table[:200]), truth[:200])
        assert fitted.score(sp.csr_array(table[200:]), truth[200:]) > 0.8
        dense = small().fit(table[:200], truth[:200])
        assert_allclose(
            dense.predict_proba(table), fitted.predict_proba(table), atol=1e-4
        )

    def test_it_learns_from_measures(self) -> None:
        table = 50 + 9 * np.random.default_rng(0).normal(size=(300, 4))
        truth = (table[:, :2] > 50).astype(int)
        fitted = small().fit(table[:200], truth[:200])
        assert fitted.score(table[200:], truth[200:]) > 0.8

    def test_how_large_a_column_is_does_not_matter(self) -> None:
        table = (np.random.default_rng(0).random((60, 5)) < 0.3).astype(float)
        scaled = table * [1.0, 100.0, 0.01, 7.0, 1.0]
        one, other = (
            small(training=Training(epochs=2)).fit(values, Y[:60]).predict_proba(values)
            for values in (table, scaled)
        )
        assert_allclose(one, other, atol=1e-4)


class TestTraining:
    @pytest.mark.parametrize(
        ("encoder", "pooling"),
        [("lstm", "attention"), ("gru", "mean"), ("cnn", "max"), (None, "max")],
    )
    def test_each_way_of_reading(self, encoder: Any, pooling: str) -> None:
        assert encoder in ENCODERS
        assert pooling in POOLINGS
        fitted = small(encoder=encoder, pooling=pooling).fit(X, Y)
        assert fitted.history_["loss"][-1] < 0.6 * fitted.history_["loss"][0]

    def test_the_same_seed_is_the_same_network(self, model: TextNet) -> None:
        again = clone(model).fit(X, Y)
        assert_array_equal(again.predict_proba(NEW), model.predict_proba(NEW))
        other = clone(model).set_params(random_state=1).fit(X, Y)
        assert np.abs(other.predict_proba(NEW) - model.predict_proba(NEW)).max() > 1e-3

    @pytest.mark.parametrize("encoder", ["lstm", None])
    def test_half_precision(self, encoder: Any) -> None:
        training = Training(epochs=2, precision="mixed_bfloat16")
        fitted = small(encoder=encoder, training=training).fit(X, Y)
        assert np.isfinite(fitted.history_["loss"]).all()
        assert_allclose(fitted.attention(NEW)[0]["weight"].sum(), 1, rtol=1e-5)

    def test_unknown_labels(self) -> None:
        known = Y.astype(float)
        known.iloc[::2, 0] = np.nan
        fitted = small().fit(X, known)
        assert fitted.score(NEW, TRUTH) > 0.8

    def test_vectors_that_are_given(self) -> None:
        given = {"sea": np.eye(4)[0], "wind": 2 * np.eye(4)[1], "Ship": np.ones(4)}
        fitted = small(
            word_vectors=given, training=Training(epochs=1, learning_rate=0.0)
        )
        fitted.fit(X, Y)
        table = fitted.network_.get_layer("word_vectors").table.numpy()
        rows = [2 + fitted.vocabulary_.index(word) for word in ("sea", "wind", "ship")]
        # A mean length of 1, in the lengths that were given; "Ship" is no word.
        assert_allclose(table[rows[:2]], np.eye(4)[:2] * [[2 / 3], [4 / 3]], rtol=1e-6)
        assert np.abs(table[rows[2]] - 0.5).max() > 1e-3

    def test_mixing_texts_is_refused(self) -> None:
        with pytest.raises(OptionError, match="codes of words.*word_dropout"):
            small(training=Training(mixing=0.2)).fit(X, Y)

    def test_the_training_that_is_given_is_left_alone(self) -> None:
        assert (
            small(training=None)._settings().get_params()
            == Training(epochs=12, learning_rate=0.003).get_params()
        )
        given = Training(epochs=1)
        assert small(training=given).fit(X[:20], Y[:20]).training is given

    @pytest.mark.parametrize(
        ("options", "error", "match"),
        [
            ({"encoder": "bert"}, OptionError, "encoder must be one of 'lstm', 'gru'"),
            ({"pooling": "sum"}, OptionError, "pooling must be one of 'attention'"),
            ({"dimensions": 0}, OptionError, "dimensions must be at least 1"),
            ({"units": 0}, OptionError, "units must be at least 1"),
            ({"widths": (0,)}, OptionError, "widths must be at least 1"),
            ({"widths": 3}, OptionError, r"such as \(1, 2\); got 3"),
            ({"widths": ()}, OptionError, r"got \(\)"),
            ({"dropout": 1.0}, OptionError, r"dropout must be in \[0, 1\)"),
            ({"word_dropout": -0.1}, OptionError, r"word_dropout must be in \[0, 1\)"),
            ({"max_words": 0}, OptionError, "max_words must be at least 1"),
            ({"min_rows": 0}, OptionError, "min_rows must be at least 1"),
            ({"max_length": 0}, OptionError, "max_length must be at least 1"),
            ({"word_vectors": {}}, ShapeError, "vectors of one length"),
            ({"text_column": "no"}, OptionError, "text_column is 'no'"),
        ],
    )
    def test_options_out_of_range(self, options: Any, error: Any, match: str) -> None:
        table = pd.DataFrame({"plot": X[:20]})
        with pytest.raises(error, match=match):
            small(**options).fit(table, Y[:20])


@pytest.mark.parametrize("encoder", ["lstm", None])
def test_saved_and_loaded(encoder: Any, tmp_path: Any) -> None:
    fitted = small(encoder=encoder, training=Training(epochs=2)).fit(X, Y)
    loaded = load_model(save(fitted, tmp_path / "text.zip"))
    assert_array_equal(loaded.predict_proba(NEW), fitted.predict_proba(NEW))
    assert loaded.vocabulary_ == fitted.vocabulary_
    for one, other in zip(loaded.attention(NEW), fitted.attention(NEW), strict=True):
        pd.testing.assert_frame_equal(one, other)


def test_films() -> None:
    films = mlkit.load("movies")[::8]
    fitted = small(training=Training(epochs=2)).fit(*films.as_xy())
    assert fitted.text_column_ == "synopsis"
    predicted = fitted.predict(films.X)
    assert predicted.columns.tolist() == [*films.label_names]
    assert len(fitted.attention(films.X[:1])[0]) > 20


def test_saved_in_half_precision(tmp_path: Any) -> None:
    training = Training(epochs=1, precision="mixed_bfloat16")
    fitted = small(training=training).fit(X, Y)
    loaded = load_model(save(fitted, tmp_path / "half.zip"))
    assert_array_equal(loaded.predict_proba(X), fitted.predict_proba(X))
