"""ML-Net: rankings, counts, and decisions that follow from both by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone

from mlkit.exceptions import (
    ConstantLabelWarning,
    MissingLabelsError,
    OptionError,
    UnknownLabelWarning,
)
from mlkit.metrics import label_ranking_average_precision_score, score_table
from mlkit.neural import Training
from mlkit.neural.ml_net import MLNet, _judge
from mlkit.neural.training.rows import Rows
from mlkit.persistence import load_model, save

keras = pytest.importorskip("keras")

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]

LABELS = ["sea", "wind", "ship", "ice"]
TRAINING = Training(epochs=12, learning_rate=0.01, batch_size=16)
COUNTING = Training(epochs=60, learning_rate=0.02, batch_size=16)


def sentences(n: int, seed: int, least: int = 1) -> tuple[list[str], pd.DataFrame]:
    """Return texts with the names of their labels, of which there are `least` to 3."""
    rng = np.random.default_rng(seed)
    Y = np.zeros((n, 4), dtype=int)
    texts = []
    for row in Y:
        row[rng.permutation(4)[: rng.integers(least, 4)]] = 1
        words = [f"word{i}" for i in rng.integers(0, 20, size=5)]
        words += [name for name, there in zip(LABELS, row, strict=True) if there]
        texts.append(" ".join(rng.permutation(words)))
    return texts, pd.DataFrame(Y, columns=LABELS)


X, Y = sentences(160, 0)
NEW, TRUTH = sentences(80, 1)


def small(**options: Any) -> MLNet:
    given = {"encoder": None, "dimensions": 32, "units": 8, "dropout": 0.2}
    given |= {"training": TRAINING, "count_training": COUNTING, "random_state": 0}
    return MLNet(**(given | options))


@pytest.fixture(scope="module")
def model() -> MLNet:
    return small().fit(X, Y)


class TestLearning:
    def test_ranking_counts_and_sets(self, model: MLNet) -> None:
        scores = model.decision_function(NEW)
        assert label_ranking_average_precision_score(TRUTH, scores) > 0.95
        right = model.count_proba(NEW).idxmax(axis=1) == TRUTH.sum(axis=1)
        assert right.mean() > 0.9
        assert model.score(NEW, TRUTH) > 0.85

    def test_both_histories(self, model: MLNet) -> None:
        assert len(model.history_["loss"]) == 12
        assert len(model.count_history_["loss"]) == 60
        for history in (model.history_, model.count_history_):
            assert history["loss"][-1] < history["loss"][0]

    def test_the_same_seed_is_the_same_network(self, model: MLNet) -> None:
        again = clone(model).fit(X, Y)
        assert_array_equal(again.predict_proba(NEW), model.predict_proba(NEW))
        assert_array_equal(again.count_proba(NEW), model.count_proba(NEW))

    def test_recurrent_layers(self) -> None:
        fitted = small(encoder="lstm", training=Training(epochs=4, learning_rate=0.01))
        fitted.fit(X, Y)
        scores = fitted.decision_function(NEW)
        assert label_ranking_average_precision_score(TRUTH, scores) > 0.8

    def test_attention(self, model: MLNet) -> None:
        shown = model.attention(["word3 ship word5", ""])
        assert shown[0]["weight"].idxmax() == 1
        assert_allclose(shown[0]["weight"].sum(), 1, rtol=1e-6)
        assert shown[1].empty

    def test_a_table_of_words(self) -> None:
        rng = np.random.default_rng(0)
        table = (rng.random((300, 10)) < 0.3).astype(float)
        truth = table[:, :4].astype(int)
        fitted = small().fit(table[:200], truth[:200])
        assert 0 in fitted.sizes_
        assert fitted.score(table[200:], truth[200:]) > 0.6


class TestDecisions:
    """Scores and counts are put in by hand."""

    scores = np.array([[0.5, 2.0, -1.0, 0.7], [-9.0, -8.0, -7.0, -6.0]])
    shares = np.array([[0.2, 0.5, 0.3], [0.6, 0.3, 0.1]])

    @pytest.fixture
    def fixed(self, model: MLNet, monkeypatch: Any) -> MLNet:
        heads = self.scores, np.log(self.shares)
        monkeypatch.setattr(model, "_outputs", lambda X: heads)
        assert_array_equal(model.sizes_, [1, 2, 3])
        return model

    def test_the_first_k_labels(self, fixed: MLNet) -> None:
        # Most likely are two labels, and one; 0 is no threshold.
        predicted = fixed.predict(NEW[:2])
        assert_array_equal(predicted, [[0, 1, 0, 1], [0, 0, 0, 1]])
        assert predicted.columns.tolist() == LABELS

    def test_probabilities_of_being_among_them(self, fixed: MLNet) -> None:
        # P(K >= 1), P(K >= 2) and P(K >= 3), in the order of the ranks.
        expected = [[0.3, 1.0, 0.0, 0.8], [0.0, 0.1, 0.4, 1.0]]
        assert_allclose(fixed.predict_proba(NEW[:2]), expected, atol=1e-12)

    def test_counts(self, fixed: MLNet) -> None:
        counts = fixed.count_proba(pd.Series(NEW[:2], index=["a", "b"]))
        assert_allclose(counts, self.shares)
        assert counts.index.tolist() == ["a", "b"]
        assert counts.columns.tolist() == [1, 2, 3]
        assert counts.columns.name == "n_labels"

    def test_scores_are_handed_out(self, fixed: MLNet) -> None:
        assert_array_equal(fixed.decision_function(NEW[:2]), self.scores)

    def test_of_equal_scores_the_first_columns_win(
        self, model: MLNet, monkeypatch: Any
    ) -> None:
        heads = np.zeros((1, 4)), np.log(self.shares[:1])
        monkeypatch.setattr(model, "_outputs", lambda X: heads)
        assert_array_equal(model.predict(NEW[:1]), [[1, 1, 0, 0]])
        assert_allclose(model.predict_proba(NEW[:1]), [[1.0, 0.8, 0.3, 0.0]])


def test_probabilities_fall_along_the_ranking(model: MLNet) -> None:
    proba, scores = model.predict_proba(NEW), model.decision_function(NEW)
    along = np.take_along_axis(proba, np.argsort(-scores, axis=1), axis=1)
    assert (np.diff(along, axis=1) <= 0).all()
    assert proba.min() >= 0
    assert proba.max() <= 1
    # Together they are the expected number of labels.
    counts = model.count_proba(NEW)
    assert_allclose(proba.sum(axis=1), counts @ counts.columns, rtol=1e-6)
    assert_allclose(counts.sum(axis=1), 1, rtol=1e-6)


class _Kept(keras.callbacks.Callback):
    """Keeps the weights with which the first stage ends."""

    def on_train_end(self, logs: Any = None) -> None:
        self.weights = self.model.get_weights()


class TestStages:
    def test_the_second_leaves_the_first_alone(self) -> None:
        kept = _Kept()
        fitted = small().fit(X, Y, callbacks=[kept])
        counter = fitted.network_.get_layer("counts")
        own = {id(weight) for weight in counter.weights}
        after = [w.numpy() for w in fitted.network_.weights if id(w) not in own]
        assert len(after) == len(kept.weights) > 4
        for one, other in zip(kept.weights, after, strict=True):
            assert_array_equal(one, other)
        # And what is learned second is more than where it began.
        assert np.abs(counter.get_weights()[0]).max() > 0.1

    def test_other_settings_of_the_second(self) -> None:
        short = Training(epochs=1)
        fitted = small(training=short, count_training=Training(epochs=3)).fit(X, Y)
        assert len(fitted.count_history_["loss"]) == 3
        longer = clone(fitted).set_params(count_training__epochs=5).fit(X, Y)
        assert len(longer.count_history_["loss"]) == 5
        begun = MLNet().set_params(count_training__batch_size=8).count_training
        assert (
            begun.get_params()
            == Training(epochs=20, batch_size=8, learning_rate=0.003).get_params()
        )
        # What comes second does not matter to the ranking.
        assert_array_equal(longer.decision_function(NEW), fitted.decision_function(NEW))

    def test_a_checkpoint_is_of_the_first(self, tmp_path: Any) -> None:
        file = tmp_path / "state.npz"
        short = Training(epochs=2)
        plain = small(training=short).fit(X, Y)
        kept = small(training=Training(epochs=2, checkpoint=file)).fit(X, Y)
        assert not file.exists()
        assert_array_equal(kept.predict_proba(NEW), plain.predict_proba(NEW))

    @pytest.mark.parametrize("precision", ["mixed_float16", "mixed_bfloat16"])
    def test_half_precision(self, precision: str) -> None:
        fitted = small(training=Training(epochs=2, precision=precision)).fit(X, Y)
        assert np.isfinite(fitted.decision_function(NEW)).all()
        assert_allclose(fitted.count_proba(NEW).sum(axis=1), 1)

    def test_watched_rows(self) -> None:
        training = Training(epochs=3, monitor="micro_f1", metrics=("ranking_loss",))
        fitted = small(training=training)
        fitted.fit(X, Y, validation_data=(NEW, TRUTH))
        assert {"val_loss", "val_micro_f1", "val_ranking_loss"} <= set(fitted.history_)
        assert len(fitted.count_history_["val_loss"]) == 60
        best = int(np.argmax(fitted.history_["val_micro_f1"]))
        scores = fitted.decision_function(NEW)
        # The weights of the best epoch are kept.
        found = score_table(TRUTH, scores > 0, scores, "ranking_loss")["ranking_loss"]
        assert_allclose(found, fitted.history_["val_ranking_loss"][best], atol=1e-9)

    def test_watched_by_hand(self) -> None:
        truth = np.array([[1, 1, 0], [0, 0, 0], [0, 1, 0]])
        missing = np.zeros((3, 3), dtype=bool)
        missing[2, 0] = True
        scores = np.array([[3.0, 2.0, 1.0], [5.0, 5.0, 5.0], [9.0, -9.0, -8.0]])
        rows = Rows(np.zeros((3, 1)), (truth,), missing=missing)
        # Two labels, none, and one of the two that are known: the wrong one.
        found = _judge(["micro_f1", "loss"], (scores,), rows)
        assert found == pytest.approx({"micro_f1": 2 * 2 / (2 * 2 + 1 + 1)})
        assert _judge(["loss"], (scores,), rows) == {}

    @pytest.mark.parametrize("name", ["log_loss", "brier_loss"])
    def test_metrics_of_probabilities_are_refused(self, name: str) -> None:
        with pytest.raises(OptionError, match=f"'{name}' is a metric of probabilities"):
            small(training=Training(metrics=(name,))).fit(X, Y)

    def test_the_second_watches_the_loss_alone(self) -> None:
        counts = Training(monitor="macro_f1")
        with pytest.raises(
            OptionError, match="count_training can watch the loss alone"
        ):
            small(count_training=counts).fit(X, Y)
        with pytest.raises(TypeError, match="training must be a Training"):
            small(count_training=20).fit(X, Y)


class TestSizes:
    def test_no_answer_is_empty_where_no_row_was(self, model: MLNet) -> None:
        predicted = model.predict(["", "word1", "nothing known"])
        assert predicted.to_numpy().sum(axis=1).min() >= 1

    def test_rows_without_labels(self) -> None:
        texts, labels = sentences(160, 0, least=0)
        fitted = small().fit(texts, labels)
        assert_array_equal(fitted.sizes_, [0, 1, 2, 3])
        assert_array_equal(fitted.predict(["word1 word2 word3"]), [[0, 0, 0, 0]])

    def test_all_rows_with_as_many(self) -> None:
        labels = np.eye(4, dtype=int)[np.arange(40) % 4]
        fitted = small().fit(X[:40], labels)
        assert_array_equal(fitted.sizes_, [1])
        assert fitted.count_history_ == {}
        assert len(fitted.network_.outputs) == 1
        assert_array_equal(fitted.predict(NEW).sum(axis=1), 1)
        assert_array_equal(fitted.predict_proba(NEW), fitted.predict(NEW))
        assert_array_equal(fitted.count_proba(NEW), np.ones((80, 1)))

    def test_labels_that_do_not_vary(self) -> None:
        labels = np.insert(Y.to_numpy(), [1, 4], [1, 0], axis=1)
        with pytest.warns(ConstantLabelWarning):
            fitted = small().fit(X, labels)
        # A label that all rows have is one more.
        assert_array_equal(fitted.sizes_, [2, 3, 4])
        predicted, proba = fitted.predict(NEW), fitted.predict_proba(NEW)
        assert_array_equal(predicted[:, [1, 5]], [[1, 0]] * 80)
        assert_array_equal(proba[:, [1, 5]], [[1, 0]] * 80)
        sizes = fitted.count_proba(NEW).idxmax(axis=1)
        assert_array_equal(predicted.sum(axis=1), sizes)
        assert (
            fitted.score(NEW, np.insert(TRUTH.to_numpy(), [1, 4], [1, 0], axis=1)) > 0.8
        )

    def test_no_label_varies(self) -> None:
        with pytest.warns(ConstantLabelWarning):
            fitted = small().fit(X[:9], np.tile([1, 0, 1], (9, 1)))
        assert_array_equal(fitted.predict(NEW), np.tile([1, 0, 1], (80, 1)))
        assert_array_equal(fitted.sizes_, [2])
        assert_array_equal(fitted.count_proba(NEW), np.ones((80, 1)))

    def test_one_label_has_a_probability_of_its_own(self) -> None:
        fitted = small().fit(X, Y[["sea"]])
        assert_array_equal(fitted.sizes_, [0, 1])
        proba = fitted.predict_proba(NEW)
        logits = fitted.decision_function(NEW)
        assert_allclose(proba, 1 / (1 + np.exp(-logits)))
        assert_allclose(fitted.count_proba(NEW), np.hstack([1 - proba, proba]))
        assert_array_equal(fitted.predict(NEW), proba > 0.5)
        assert fitted.score(NEW, TRUTH[["sea"]]) > 0.9

    def test_classes(self) -> None:
        # Texts of a single word, too.
        fitted = small().fit(LABELS * 40, np.array(LABELS * 40))
        assert_array_equal(fitted.predict(LABELS), LABELS)
        assert_allclose(fitted.predict_proba(LABELS).sum(axis=1), 1)


class TestUnknownLabels:
    def test_rows_that_have_some_do_not_count(self) -> None:
        known = Y.astype(float)
        known.iloc[:100, 0] = np.nan
        # Among the rows that are wholly known, none has three labels.
        three = np.flatnonzero(Y.sum(axis=1) == 3)
        known.iloc[three, 1] = np.nan
        fitted = small().fit(X, known)
        assert_array_equal(fitted.sizes_, [1, 2])
        scores = fitted.decision_function(NEW)
        assert label_ranking_average_precision_score(TRUTH, scores) > 0.8

    def test_a_label_that_is_never_known(self) -> None:
        known = Y.astype(float)
        known["ice"] = np.nan
        with pytest.warns(UnknownLabelWarning):
            fitted = small(training=Training(epochs=1)).fit(X, known)
        # It takes no row away from those that are counted.
        assert_array_equal(fitted.sizes_, np.unique(Y[LABELS[:3]].sum(axis=1)))
        assert_array_equal(fitted.predict(NEW)["ice"], 0)

    def test_nothing_says_how_many(self) -> None:
        known = Y.astype(float)
        known.iloc[::2, 0] = known.iloc[1::2, 1] = np.nan
        with pytest.raises(MissingLabelsError, match="nothing says how many labels"):
            small(training=Training(epochs=1)).fit(X, known)


class TestLabelEmbeddings:
    @pytest.fixture(scope="class")
    def embedded(self) -> MLNet:
        return small(label_embeddings=True, label_dimensions=7).fit(X, Y)

    def test_scores_are_products_of_vectors(self, embedded: MLNet) -> None:
        vectors = embedded.label_vectors()
        assert vectors.index.tolist() == LABELS
        assert vectors.shape == (4, 7)
        network = embedded.network_
        projected = keras.Model(network.input, network.get_layer("projection").output)
        documents = keras.ops.convert_to_numpy(
            projected(embedded._inputs(np.array(NEW)))
        )
        biases = network.get_layer("logits").bias.numpy()
        expected = documents @ vectors.to_numpy().T + biases
        assert_allclose(embedded.decision_function(NEW), expected, atol=1e-4)

    def test_it_learns(self, embedded: MLNet) -> None:
        assert embedded.score(NEW, TRUTH) > 0.7

    def test_names(self) -> None:
        short = Training(epochs=1)
        fitted = small(label_embeddings=True, training=short)
        fitted.fit(X, Y.to_numpy())
        assert fitted.label_vectors().index.tolist() == [f"label_{j}" for j in range(4)]
        fitted.fit(X, np.array(LABELS * 40))
        assert fitted.label_vectors().index.tolist() == sorted(LABELS)
        with pytest.warns(ConstantLabelWarning):
            fitted.fit(X, Y.assign(wind=1))
        assert fitted.label_vectors().index.tolist() == ["sea", "ship", "ice"]

    def test_where_there_are_none(self, model: MLNet) -> None:
        with pytest.raises(OptionError, match="label_embeddings is False"):
            model.label_vectors()

    def test_dimensions(self) -> None:
        with pytest.raises(OptionError, match="label_dimensions must be at least 1"):
            small(label_dimensions=0).fit(X, Y)


def test_saved_and_loaded(tmp_path: Any) -> None:
    short = Training(epochs=2)
    fitted = small(encoder="cnn", label_embeddings=True, training=short).fit(X, Y)
    loaded = load_model(save(fitted, tmp_path / "mlnet.zip"))
    for method in ("predict", "predict_proba", "decision_function", "count_proba"):
        before, after = (getattr(each, method)(NEW) for each in (fitted, loaded))
        assert_array_equal(before, after)
    pd.testing.assert_frame_equal(loaded.label_vectors(), fitted.label_vectors())
    frames = loaded.attention(NEW[:2]), fitted.attention(NEW[:2])
    for one, other in zip(*frames, strict=True):
        pd.testing.assert_frame_equal(one, other)
