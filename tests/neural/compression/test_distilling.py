"""A small network learns from the scores of a large one."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import expit, logit
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from mlkit.exceptions import (
    ConstantLabelWarning,
    LabelNameError,
    ModelFileError,
    OptionError,
    ShapeError,
)
from mlkit.models import BinaryRelevance
from mlkit.neural import MLP, KerasMultiLabelClassifier, Training
from mlkit.neural.compression import distil

keras = pytest.importorskip("keras")

# One step on all rows, of length 0: the loss is that of the weights at the beginning.
STILL = Training(1, batch_size=200, optimizer="sgd", learning_rate=0.0)
LEARNING = Training(30, batch_size=16, learning_rate=0.02)


def cross_entropy(y, p):
    return -(y * np.log(p) + (1 - y) * np.log(1 - p))


@pytest.fixture(scope="module")
def student():
    return MLP((4,), training=LEARNING, random_state=1)


@pytest.mark.parametrize(
    ("temperature", "share"), [(1.0, 0.5), (3.0, 0.25), (0.5, 1.0)]
)
def test_the_loss_is_that_of_the_paper(mlp, data, temperature, share):
    X, Y = data
    model = MLP((4,), training=STILL, random_state=1)

    still = distil(mlp, model, X, Y=Y, temperature=temperature, share=share)

    z, v = still.decision_function(X), logit(mlp.predict_proba(X))
    scores = expit(v / temperature)
    soft = cross_entropy(scores, expit(z / temperature)).mean()
    hard = cross_entropy(Y.to_numpy(), expit(z)).mean()
    expected = share * temperature**2 * soft + (1 - share) * hard
    assert_allclose(still.history_["loss"], expected, rtol=1e-5)


def test_it_learns_what_the_teacher_says(mlp, student, data):
    X, Y = data
    alone = student.fit(X, Y)
    small = distil(mlp, student, X)

    def distance(model):
        return abs(model.predict_proba(X) - mlp.predict_proba(X)).mean()

    assert distance(small) < 0.8 * distance(alone)
    assert small.network_.count_params() < mlp.network_.count_params() / 3
    assert list(small.predict(X).columns) == list("abcd")


def test_without_labels_only_the_teacher_counts(mlp, student, data):
    X, Y = data

    plain = distil(mlp, student, X)
    wrong = distil(mlp, student, X, Y=1 - Y, share=1.0)
    half = distil(mlp, student, X, Y=Y)

    assert_array_equal(plain.predict_proba(X), wrong.predict_proba(X))
    assert not np.allclose(plain.predict_proba(X), half.predict_proba(X))


def test_both_stay_as_they_were(mlp, student, data):
    weights, held, options = (
        mlp.network_.get_weights(),
        dict(vars(mlp)),
        dict(vars(student)),
    )

    small = distil(mlp, student, *data[:1])

    assert vars(mlp) == held
    assert vars(student) == options
    assert small is not student
    for before, after in zip(weights, mlp.network_.get_weights(), strict=True):
        assert_array_equal(before, after)


def test_any_learner_teaches(student, data):
    X, Y = data
    teacher = BinaryRelevance(LogisticRegression(max_iter=500)).fit(X, Y)

    small = distil(teacher, student, X.iloc[:80])

    assert (small.predict(X) == teacher.predict(X)).to_numpy().mean() > 0.8


def test_metrics_of_validation_rows_are_against_the_labels(mlp, data):
    X, Y = data
    training = Training(3, validation=0.25, metrics=("hamming_loss",))
    model = MLP((4,), training=training, random_state=1)

    with_labels, without = distil(mlp, model, X, Y=Y), distil(mlp, model, X)

    for small in (with_labels, without):
        assert len(small.history_["val_hamming_loss"]) == 3
    assert with_labels.history_["val_loss"] != without.history_["val_loss"]


def test_unknown_labels_have_no_influence(mlp, data):
    X, Y = data
    model = MLP((4,), training=STILL, random_state=1)
    unknown = Y.astype(float)
    unknown.iloc[:, :2] = np.nan

    still = distil(mlp, model, X, Y=unknown, temperature=1.0, share=0.5)

    z = still.decision_function(X)
    soft = cross_entropy(mlp.predict_proba(X), expit(z)).mean()
    hard = cross_entropy(Y.to_numpy()[:, 2:], expit(z[:, 2:])).mean()
    assert_allclose(still.history_["loss"], (soft + hard) / 2, rtol=1e-5)


def test_rows_of_weight_0_have_no_influence(mlp, student, data):
    X, Y = data
    other = Y.copy()
    other.iloc[:30] = 1 - other.iloc[:30]
    weights = np.repeat([0.0, 1.0], [30, 90])

    first, second = (
        distil(mlp, student, X, Y=labels, sample_weight=weights)
        for labels in (Y, other)
    )

    assert_array_equal(first.predict_proba(X), second.predict_proba(X))


def test_a_label_is_constant_where_nobody_says_anything_else(data):
    X, Y = data[0], data[1].copy()
    Y["a"], Y["b"], Y["c"] = 0, 1, 1
    with pytest.warns(ConstantLabelWarning):
        teacher = MLP((8,), training=Training(2), random_state=0).fit(X, Y)
    model, labels = MLP((4,), training=Training(2), random_state=0), Y.copy()
    labels.loc[::2, "c"] = 0

    small = distil(teacher, model, X, Y=labels)

    assert_array_equal(small.predict_proba(X)[:, :2], np.tile([0.0, 1.0], (120, 1)))
    assert small.network_.output_shape == (None, 2)
    assert np.ptp(small.predict_proba(X)[:, 2]) > 0
    # And where all are constant there is no network.
    with pytest.warns(ConstantLabelWarning):
        sure = MLP().fit(X, Y[["a", "b"]])
    assert distil(sure, model, X).network_ is None


def test_a_killed_training_is_taken_up_at_the_same_temperature(
    mlp, data, tmp_path, monkeypatch
):
    from mlkit.neural.training.resuming import Resuming

    class KilledError(Exception):
        pass

    def keep_and_die(self, *args):
        keep(self, *args)
        raise KilledError

    X, _ = data
    training = Training(3, checkpoint=tmp_path / "state.npz")
    model = MLP((4,), training=training, random_state=0)
    whole = distil(mlp, model, X, temperature=2.0)
    keep = Resuming.keep
    with monkeypatch.context() as patch:
        patch.setattr(Resuming, "keep", keep_and_die)
        with pytest.raises(KilledError):
            distil(mlp, model, X, temperature=2.0)

    with pytest.raises(ModelFileError, match="state of another training"):
        distil(mlp, model, X, temperature=3.0)
    resumed = distil(mlp, model, X, temperature=2.0)

    assert len(resumed.history_["loss"]) == 3
    assert_allclose(resumed.predict_proba(X), whole.predict_proba(X), atol=1e-6)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"temperature": 0}, OptionError, "temperature must be greater than 0, got 0"),
        ({"temperature": -1.0}, OptionError, "temperature must be in"),
        ({"share": 0.0}, OptionError, r"share must be greater than 0, got 0.0"),
        ({"share": 1.5}, OptionError, r"share must be in \[0, 1\], got 1.5"),
        ({"share": "all"}, TypeError, "share must be a number"),
    ],
)
def test_wrong_options(mlp, student, data, options, error, message):
    with pytest.raises(error, match=message):
        distil(mlp, student, *data[:1], **options)


def test_wrong_labels(mlp, student, data):
    X, Y = data
    with pytest.raises(LabelNameError, match="in this order"):
        distil(mlp, student, X, Y=Y[list("dcba")])
    with pytest.raises(ShapeError, match=r"predict_proba of the teacher.*\(120, 3\)"):
        distil(mlp, student, X, Y=Y.to_numpy()[:, :3])
    with pytest.raises(ShapeError, match=r"X has 120 rows.*Y has 100"):
        distil(mlp, student, X, Y=Y.iloc[:100])
    with pytest.raises(OptionError, match="is a vector of classes"):
        distil(mlp, student, X, Y=["x", "y"] * 60)


def test_labels_of_a_pipeline_in_another_order(student, data):
    X, Y = data
    teacher = make_pipeline(StandardScaler(), BinaryRelevance()).fit(X, Y)

    with pytest.raises(LabelNameError, match="'d', 'c', 'b', 'a'.*in this order"):
        distil(teacher, student, X, Y=Y[list("dcba")])
    assert list(distil(teacher, student, X, Y=Y).label_names_in_) == list("abcd")
    arrays = make_pipeline(BinaryRelevance()).fit(X, Y.to_numpy())
    assert list(distil(arrays, student, X, Y=Y).label_names_in_) == list("abcd")


def test_the_same_rows_in_another_order(mlp, student, data):
    X, Y = data
    with pytest.raises(ShapeError, match="the same rows in another order"):
        distil(mlp, student, X, Y=Y.iloc[::-1])


def test_weights_below_0(mlp, student, data):
    with pytest.raises(ValueError, match="Negative values in data passed to `sample_"):
        distil(mlp, student, data[0], sample_weight=-np.ones(120))


def test_a_sequential_learns(mlp, data):
    network = keras.Sequential([keras.layers.Dense(4)])
    student = KerasMultiLabelClassifier(network, training=Training(1), random_state=0)

    assert distil(mlp, student, data[0]).predict_proba(data[0]).shape == (120, 4)


def test_who_cannot_teach_or_learn(mlp, student, data):
    X, _ = data
    with pytest.raises(NotFittedError):
        distil(MLP(), student, X)
    with pytest.raises(TypeError, match="student must be a network of mlkit.neural"):
        distil(mlp, LogisticRegression(), X)
    classes = MLP((4,), training=Training(1)).fit(X, ["x", "y"] * 60)
    with pytest.raises(OptionError, match="is a vector of classes"):
        distil(classes, student, X)
