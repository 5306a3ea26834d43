"""Metrics in training against those of `mlkit.metrics`, batch by batch and at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mlkit.activations import sigmoid
from mlkit.exceptions import OptionError, ShapeError
from mlkit.metrics import METRICS, Evidence

keras = pytest.importorskip("keras")

from mlkit.neural.metrics import (  # noqa: E402 - needs keras
    HammingLoss,
    MacroF1,
    MeanAveragePrecision,
    MicroF1,
    SubsetAccuracy,
)

pytestmark = [
    # Keras and TensorFlow import what is about to go, and say so.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]

DECIDED = {
    SubsetAccuracy: "subset_accuracy",
    HammingLoss: "hamming_loss",
    MicroF1: "micro_f1",
    MacroF1: "macro_f1",
}
ORACLES = {**DECIDED, MeanAveragePrecision: "macro_average_precision"}

every_metric = pytest.mark.parametrize("cls", ORACLES)


def logits_of_places(places: np.ndarray, n_bins: int = 1000) -> np.ndarray:
    """Give the logit in the middle of each bin, counted from the lowest one."""
    return 2 * np.log((places + 0.5) / (n_bins - places - 0.5))


def draw(seed: int, *, n: int = 60, unknown: float = 0.3) -> tuple[Any, Any, Any]:
    """Labels with -1 for unknown ones, the same with NaN, and logits with ties."""
    rng = np.random.default_rng(seed)
    y = (rng.random((n, 6)) < [0.5, 0.3, 0.1, 0.9, 0.4, 0.2]).astype("float32")
    y[:, 4] = 0  # a label without positives
    y[rng.random(y.shape) < unknown] = -1
    y[:, 5] = -1  # one that is never known
    y[:2] = -1  # rows of which nothing is known
    places = np.clip(rng.normal(480, 60, y.shape) + 60 * (y == 1), 0, 999)
    logits = logits_of_places(places.astype(int)).astype("float32")
    return y, np.where(y < 0, np.nan, y), logits


def value(cls: Any, y: Any, outputs: Any, weight: Any = None, **options: Any) -> float:
    metric = cls(**options)
    metric.update_state(y, outputs, sample_weight=weight)
    return float(metric.result())


def oracle(cls: Any, truth: Any, logits: Any, weights: Any = None) -> float:
    decided = (logits > 0).astype(int)
    evidence = Evidence.of_all(truth, decided, logits)
    metric = METRICS[ORACLES[cls]]
    if weights is None:
        return float(metric.of(evidence))
    return float(metric.resample(evidence, np.asarray(weights, float)[np.newaxis])[0])


@every_metric
class TestTheyAreTheMetricsOfTheKit:
    @pytest.mark.parametrize("seed", range(3))
    def test_with_unknown_labels_and_labels_without_positives(self, cls, seed):
        y, truth, logits = draw(seed)
        assert 0 < value(cls, y, logits) < 1
        assert value(cls, y, logits) == pytest.approx(
            oracle(cls, truth, logits), abs=1e-6
        )

    @pytest.mark.parametrize("seed", range(2))
    def test_with_all_labels_known(self, cls, seed):
        y, _, logits = draw(seed)
        known = (y == 1).astype("float32")
        expected = oracle(cls, known, logits)
        assert value(cls, known, logits) == pytest.approx(expected, abs=1e-6)

    def test_with_weights_of_rows(self, cls):
        y, truth, logits = draw(7)
        weights = np.random.default_rng(0).gamma(1.0, size=len(y))
        expected = oracle(cls, truth, logits, weights)
        assert expected != pytest.approx(oracle(cls, truth, logits), abs=1e-3)
        for given in (weights, weights[:, np.newaxis]):
            found = value(cls, y, logits, given)
            assert found == pytest.approx(expected, abs=1e-5)

    def test_a_weight_is_a_number_of_copies(self, cls):
        y, _, logits = draw(3)
        copies = np.arange(len(y)) % 3
        repeated = value(cls, np.repeat(y, copies, 0), np.repeat(logits, copies, 0))
        assert value(cls, y, logits, copies) == pytest.approx(repeated, abs=1e-6)

    def test_nothing_known_is_nan(self, cls):
        y, _, logits = draw(0)
        assert np.isnan(float(cls().result()))
        assert np.isnan(value(cls, np.full_like(y, -1), logits))
        assert np.isnan(value(cls, y, logits, np.zeros(len(y))))
        assert np.isnan(oracle(cls, np.full(y.shape, np.nan), logits))

    def test_unknown_labels_have_no_influence(self, cls):
        y, _, logits = draw(1)
        other = np.where(y < 0, -logits - 1, logits)
        assert value(cls, y, other) == value(cls, y, logits)

    def test_nothing_true_and_nothing_predicted(self, cls):
        y, logits = np.zeros((3, 2), "float32"), np.full((3, 2), -2.0, "float32")
        expected = {SubsetAccuracy: 1.0}.get(cls, 0.0)
        assert value(cls, y, logits) == expected == oracle(cls, y, logits)

    def test_one_row_and_one_label(self, cls):
        best = {HammingLoss: 0.0}.get(cls, 1.0)
        assert value(cls, [[1]], [[3.0]]) == best


@every_metric
class TestState:
    def test_batches_count_as_all_rows_at_once(self, cls):
        y, _, logits = draw(2)
        weights = np.arange(len(y)) % 4
        metric = cls()
        for rows in (slice(0, 1), slice(1, 2), slice(2, 40), slice(40, None)):
            metric.update_state(y[rows], logits[rows], weights[rows])
        expected = value(cls, y, logits, weights)
        assert float(metric.result()) == pytest.approx(expected, abs=1e-6)

    def test_reset_forgets_everything(self, cls):
        y, _, logits = draw(2)
        metric = cls()
        metric.update_state(1 - y, logits)
        metric.reset_state()
        metric.update_state(y, logits)
        assert float(metric.result()) == value(cls, y, logits)

    def test_stateless_use(self, cls):
        y, _, logits = draw(4)
        metric = cls()
        metric.build((None, 6), (None, 6))
        state = metric.stateless_reset_state()
        for rows in (slice(0, 30), slice(30, None)):
            state = metric.stateless_update_state(state, y[rows], logits[rows])
        found = float(metric.stateless_result(state))
        assert found == pytest.approx(value(cls, y, logits), abs=1e-6)

    def test_settings_round_trip(self, cls):
        options = {"from_logits": False, "name": "mine"}
        options |= {"n_bins": 10} if cls is MeanAveragePrecision else {"threshold": 0.3}
        config = keras.saving.serialize_keras_object(cls(**options))
        assert config["registered_name"] == f"mlkit>{cls.__name__}"
        again = keras.saving.deserialize_keras_object(config, safe_mode=True)
        assert type(again) is cls
        assert again.get_config() == {**options, "dtype": "float32"}

    def test_default_names(self, cls):
        expected = {**DECIDED, MeanAveragePrecision: "mean_average_precision"}
        # Not numbered, as the names that Keras makes up are.
        assert [cls().name, cls().name] == [expected[cls]] * 2

    def test_half_precision_outputs_are_counted_in_full(self, cls):
        # 2049 is no number of half precision.
        y, half = np.ones((2049, 1)), np.ones((2049, 1), "float16")
        y[-1] = 0
        metric = cls()
        metric.update_state(y, keras.ops.convert_to_tensor(half))
        expected = value(cls, y, half.astype("float32"))
        assert float(metric.result()) == expected
        counts = metric.rows if cls is SubsetAccuracy else metric.n_cells
        assert float(np.sum(counts)) == 2049


@every_metric
class TestOutputs:
    def test_probabilities_instead_of_logits(self, cls):
        y, _, logits = draw(5)
        proba = sigmoid(logits.astype("float64"))
        found = value(cls, y, proba, from_logits=False)
        assert found == pytest.approx(value(cls, y, logits), abs=1e-6)

    def test_soft_labels_are_present_above_one_half(self, cls):
        y, _, logits = draw(6)
        soft = np.select([y == 1, y == 0], [0.501, 0.5], default=-0.01)
        assert value(cls, soft, logits) == value(cls, y, logits)

    def test_booleans_and_integers(self, cls):
        y, _, logits = draw(6, unknown=0)
        hard = y > 0
        assert value(cls, hard, logits) == value(cls, hard.astype("int64"), logits)

    def test_a_network_that_diverged_has_no_score(self, cls):
        y, _, logits = draw(0)
        logits[5, 1] = np.nan
        assert np.isnan(value(cls, y, logits))

    def test_infinite_logits_are_certain(self, cls):
        best = {HammingLoss: 0.0}.get(cls, 1.0)
        assert value(cls, [[1], [0]], [[np.inf], [-np.inf]]) == best

    @pytest.mark.parametrize(
        ("true", "pred"),
        [((4, 1), (4, 3)), ((1, 3), (4, 3)), ((4,), (4, 3)), ((4,), (4,))],
    )
    def test_shapes_that_would_be_broadcast(self, cls, true, pred):
        with pytest.raises(ShapeError, match=r"same shape \(n_samples, n_labels\)"):
            value(cls, np.zeros(true), np.zeros(pred))

    @pytest.mark.parametrize("shape", [(), (4,), (3, 2), (1,)])
    def test_weights_are_weights_of_rows(self, cls, shape):
        with pytest.raises(ShapeError, match=r"shape \(3,\); got shape \("):
            value(cls, np.zeros((3, 2)), np.zeros((3, 2)), np.ones(shape))


class TestByHand:
    # Four rows, three labels; one wrong cell: label 2 of the second row.
    Y = np.array([[1, 1, 0], [0, 1, 1], [1, 1, 0], [0, 0, 0]])
    LOGITS = np.array([[3, 2, -1], [-1, 2, -3], [1, 4, -1], [-3, -1, -2.0]])

    @pytest.mark.parametrize(
        ("cls", "expected"),
        [
            (SubsetAccuracy, 3 / 4),
            (HammingLoss, 1 / 12),
            (MicroF1, 10 / 11),
            (MacroF1, 2 / 3),
            # Label 2: its only positive has the lowest logit of four.
            (MeanAveragePrecision, (1 + 1 + 1 / 4) / 3),
        ],
    )
    def test_values(self, cls, expected):
        assert value(cls, self.Y, self.LOGITS) == pytest.approx(expected, abs=1e-6)

    def test_the_accuracy_of_keras_is_another_thing(self):
        # First of the largest, truth against output: 0 0, 1 1, 0 1, 0 1. The second row
        # counts as right though its set is wrong, the last two the other way round.
        inputs = keras.Input((3,))
        model = keras.Model(inputs, keras.layers.Identity()(inputs))
        model.compile(loss="mse", metrics=["accuracy"], jit_compile=False)
        found = model.evaluate(self.LOGITS, self.Y, verbose=0, return_dict=True)
        assert found["accuracy"] == 0.5
        assert value(SubsetAccuracy, self.Y, self.LOGITS) == 0.75

    @pytest.mark.parametrize(
        ("threshold", "expected"), [(0.0, 1.0), (0.24, 1.0), (0.25, 0.0), (1.0, 0.0)]
    )
    def test_a_label_is_present_above_the_threshold(self, threshold, expected):
        options = {"threshold": threshold, "from_logits": False}
        assert value(SubsetAccuracy, [[1]], [[0.25]], **options) == expected

    def test_the_threshold_is_one_of_the_probability(self):
        # sigmoid(1) = .731, sigmoid(-1) = .269
        assert value(SubsetAccuracy, [[1, 0]], [[1.0, -1.0]], threshold=0.7) == 1
        assert value(SubsetAccuracy, [[1, 0]], [[1.0, -1.0]], threshold=0.8) == 0

    @pytest.mark.parametrize(("threshold", "expected"), [(0.0, 1.0), (1.0, 0.0)])
    def test_the_ends_of_thresholds_of_logits(self, threshold, expected):
        logits = [[-80.0, 80.0]]
        assert value(SubsetAccuracy, [[1, 1]], logits, threshold=threshold) == expected

    def test_small_logits_are_decided_by_their_sign(self):
        # The probability of the last two is 0.5 in single precision.
        logits = [[0.0, -1e-9, 1e-9]]
        assert value(SubsetAccuracy, [[0, 0, 1]], logits) == 1


class TestBins:
    def test_one_bin_is_one_group_of_ties(self):
        y, logits = [[1], [0], [0], [1], [0]], [[5.0], [4.0], [3.0], [2.0], [1.0]]
        found = value(MeanAveragePrecision, y, logits, n_bins=1)
        assert found == pytest.approx(2 / 5)

    def test_scores_are_told_apart_as_far_as_bins_go(self):
        logits = logits_of_places(np.array([[3], [2], [1], [0]]), n_bins=4)
        y = [[0], [1], [0], [1]]
        exact = value(MeanAveragePrecision, y, logits, n_bins=4)
        assert exact == pytest.approx((1 / 2 + 2 / 4) / 2)
        coarse = value(MeanAveragePrecision, y, logits, n_bins=2)
        assert coarse == pytest.approx((1 / 2 + 2 / 4) / 2)
        swapped = value(MeanAveragePrecision, [[1], [0], [1], [0]], logits, n_bins=2)
        assert swapped == pytest.approx((1 / 2 + 2 / 4) / 2)

    @pytest.mark.parametrize("shift", [0.0, -4.5, -7.0])
    @pytest.mark.parametrize("spread", [1.0, 4.0])
    def test_the_error_is_small_for_rare_labels_and_confident_networks(
        self, shift, spread
    ):
        rng = np.random.default_rng(0)
        y = rng.random((4_000, 4)) < sigmoid(np.full(4, shift))
        logits = (shift + spread * (rng.normal(size=y.shape) + 1.5 * y)).astype("f4")
        exact = METRICS["macro_average_precision"](y.astype(int), logits)
        found = value(MeanAveragePrecision, y, logits)
        assert found == pytest.approx(exact, abs=0.01)
        # Bins of equal width in the probability, for comparison.
        if spread == 4.0:
            places = np.floor(1000 * sigmoid(logits.astype(float)))
            even = METRICS["macro_average_precision"](y.astype(int), places)
            assert abs(even - exact) > 2 * abs(found - exact)

    def test_probabilities_at_the_ends_and_just_outside(self):
        proba = np.array([[1.0000001], [1.0], [0.0], [-1e-7]])
        y = [[1], [1], [0], [0]]
        assert value(MeanAveragePrecision, y, proba, from_logits=False) == 1
        y = [[0], [0], [1], [1]]
        found = value(MeanAveragePrecision, y, proba, from_logits=False)
        assert found == pytest.approx(1 / 2)


class TestArguments:
    @pytest.mark.parametrize("cls", DECIDED)
    @pytest.mark.parametrize("threshold", [-0.1, 1.1, np.nan])
    def test_thresholds_are_probabilities(self, cls, threshold):
        with pytest.raises(OptionError, match=r"threshold must be in \[0, 1\]"):
            cls(threshold=threshold)

    def test_bins_are_counted(self):
        with pytest.raises(OptionError, match="n_bins must be at least 1, got 0"):
            MeanAveragePrecision(n_bins=0)
        with pytest.raises(TypeError, match="n_bins must be an integer"):
            MeanAveragePrecision(n_bins=10.0)

    @every_metric
    def test_one_metric_for_two_outputs(self, cls):
        metric = cls()
        metric.update_state(np.zeros((2, 3)), np.zeros((2, 3)))
        with pytest.raises(ShapeError, match="has counted 3 labels, and is given 2"):
            metric.update_state(np.zeros((2, 2)), np.zeros((2, 2)))

    @every_metric
    def test_the_number_of_labels_must_be_known(self, cls):
        with pytest.raises(ShapeError, match="with a known number of labels"):
            cls().build((None, None), (None, None))


class TestInFit:
    def test_every_epoch_reports_the_metrics_of_all_its_rows(self):
        y, truth, logits = draw(8)
        inputs = keras.Input((6,))
        model = keras.Model(inputs, keras.layers.Dense(6, "linear")(inputs))
        model.set_weights([np.eye(6), np.zeros(6)])
        # Nothing is learned, so that the epoch's rows all see the same network.
        model.compile(
            keras.optimizers.SGD(0.0),
            loss="mse",
            metrics=[cls() for cls in ORACLES],
            weighted_metrics=[cls(name=f"w_{cls().name}") for cls in ORACLES],
        )
        weights = np.arange(len(y)) % 3
        history = model.fit(
            logits, y, sample_weight=weights, batch_size=16, epochs=2, verbose=0
        ).history
        for cls in ORACLES:
            name = cls().name
            plain = [oracle(cls, truth, logits)] * 2
            weighted = [oracle(cls, truth, logits, weights)] * 2
            assert history[name] == pytest.approx(plain, abs=1e-5)
            assert history[f"w_{name}"] == pytest.approx(weighted, abs=1e-5)

    @every_metric
    def test_callbacks_know_which_way_is_up(self, cls):
        y, _, logits = draw(8)
        inputs = keras.Input((6,))
        model = keras.Model(inputs, keras.layers.Dense(6)(inputs))
        model.compile(loss="mse", metrics=[cls()])
        stop = keras.callbacks.EarlyStopping(monitor=cls().name)
        model.fit(logits, y, verbose=0, callbacks=[stop])
        down = METRICS[ORACLES[cls]].greater_is_better is False
        assert bool(stop.monitor_op(1.0, 2.0)) == down

    def test_a_wrong_shape_is_named_by_fit(self):
        inputs = keras.Input((6,))
        model = keras.Model(inputs, keras.layers.Dense(6)(inputs))
        model.compile(loss="mse", metrics=[MacroF1()])
        with pytest.raises(ShapeError, match=r"got \(\w+, 1\) and \(\w+, 6\)"):
            model.fit(np.zeros((4, 6)), np.zeros((4, 1)), verbose=0)
