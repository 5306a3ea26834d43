"""Metrics in training that mean for label sets what `mlkit.metrics` means by them.

Each is a `keras.metrics.Metric` with the definition and the conventions of the metric
of the same kind in `mlkit.metrics` (those of scikit-learn), gathered batch by batch:
what an epoch reports is the value over all of its rows, not a mean over batches.
"""

from __future__ import annotations

import math
from typing import Any, ClassVar, Literal, NamedTuple

import keras
from keras import ops
from scipy.special import logit

from mlkit.arguments import check_count, check_number
from mlkit.exceptions import OptionError, ShapeError

__all__ = [
    "HammingLoss",
    "MacroF1",
    "MeanAveragePrecision",
    "MicroF1",
    "SubsetAccuracy",
]


class _Cells(NamedTuple):
    """One batch: tensors of shape (n_samples, n_labels), and the weights of rows."""

    truth: Any
    known: Any
    outputs: Any
    row_weight: Any


class _LabelSetMetric(keras.metrics.Metric):
    """What all metrics here share: how a batch is read, and how it is checked."""

    _default_name: ClassVar[str]
    # Keras' callbacks look here for what `mode="auto"` means.
    _direction: ClassVar[Literal["up", "down"]] = "up"
    built = False

    def __init__(
        self, *, from_logits: bool = True, name: str | None = None, dtype: Any = None
    ) -> None:
        super().__init__(name=name or self._default_name, dtype=dtype)
        self.from_logits = from_logits

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that build the same metric, without what it counted.

        Returns
        -------
        dict
        """
        return {**super().get_config(), "from_logits": self.from_logits}

    def build(self, y_true_shape: Any, y_pred_shape: Any) -> None:
        """Make the state, once the number of labels is known.

        Parameters
        ----------
        y_true_shape, y_pred_shape : tuple
            Shapes of a batch, (n_samples, n_labels); n_samples may be None.

        Raises
        ------
        ShapeError
            If the two are not matrices of the same labels.

        Notes
        -----
        The first `update_state` does it, and Keras' `fit`. Before
        `stateless_update_state` it has to be called, as the state is an argument there.
        """
        _check_shapes(y_true_shape, y_pred_shape)
        self.n_labels = y_pred_shape[-1]
        self._add_counts(self.n_labels)
        self.built = True

    def _add_counts(self, n_labels: int) -> None:
        raise NotImplementedError

    def _add_count(self, name: str, *shape: int) -> Any:
        return self.add_variable(shape, "zeros", dtype=self.dtype, name=name)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Count one batch.

        Parameters
        ----------
        y_true : tensor, shape (n_samples, n_labels)
            Present above 0.5, else absent; unknown and not counted where negative.
        y_pred : tensor, shape (n_samples, n_labels)
            Logits, or probabilities where `from_logits` is False.
        sample_weight : tensor, shape (n_samples,) or (n_samples, 1), optional
            How often each row counts, at least 0.

        Raises
        ------
        ShapeError
            If the shapes do not fit together.
        """
        self._count(self._read(y_true, y_pred, sample_weight))

    def result(self) -> Any:
        """Return the metric of all that has been counted.

        Returns
        -------
        tensor, shape ()
            In [0, 1], or NaN: before the first batch, and as the class says.
        """
        if not self.built:
            return ops.convert_to_tensor(math.nan, dtype=self.dtype)
        return self._value()

    def _count(self, cells: _Cells) -> None:
        raise NotImplementedError

    def _value(self) -> Any:
        raise NotImplementedError

    def _read(self, y_true: Any, y_pred: Any, sample_weight: Any) -> _Cells:
        truth = ops.convert_to_tensor(y_true, dtype=self.dtype)
        outputs = ops.convert_to_tensor(y_pred, dtype=self.dtype)
        if not self.built:
            self.build(truth.shape, outputs.shape)
        self._check_batch(truth.shape, outputs.shape)
        known = ops.cast(truth >= 0, self.dtype)
        return _Cells(
            ops.cast(truth > 0.5, self.dtype),
            # A network that has diverged would else count as one that predicts no
            # label, which in data of few labels is a good score.
            ops.where(ops.isnan(outputs), outputs, known),
            outputs,
            self._weights_of_rows(sample_weight, outputs.shape[0]),
        )

    def _check_batch(self, y_true_shape: Any, y_pred_shape: Any) -> None:
        _check_shapes(y_true_shape, y_pred_shape)
        if y_pred_shape[-1] != self.n_labels:
            msg = (
                f"{self.name} has counted {self.n_labels} labels, and is given "
                f"{y_pred_shape[-1]}. Each output needs a metric of its own."
            )
            raise ShapeError(msg)

    def _weights_of_rows(self, sample_weight: Any, n_samples: int | None) -> Any:
        if sample_weight is None:
            return 1.0
        weight = ops.convert_to_tensor(sample_weight, dtype=self.dtype)
        shape = tuple(weight.shape)
        if shape[1:] not in ((), (1,)) or not _agree(shape[:1], (n_samples,)):
            msg = (
                f"{self.name}: sample_weight must have one weight a row, shape "
                f"({n_samples or 'n_samples'},); got shape {shape}. To leave single "
                "labels out, make them negative in y_true."
            )
            raise ShapeError(msg)
        return ops.reshape(weight, (-1, 1))


class _DecidedMetric(_LabelSetMetric):
    """A metric of labels that are present where their probability exceeds a cut."""

    def __init__(
        self,
        *,
        threshold: float = 0.5,
        from_logits: bool = True,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        check_number("threshold", threshold, at_most=1, error=OptionError)
        super().__init__(from_logits=from_logits, name=name, dtype=dtype)
        self.threshold = float(threshold)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "threshold": self.threshold}

    def _decide(self, outputs: Any) -> Any:
        # Not by probabilities: they round to 0.5 for small logits of both signs.
        cut = float(logit(self.threshold)) if self.from_logits else self.threshold
        return ops.cast(outputs > cut, self.dtype)


class _ConfusionMetric(_DecidedMetric):
    """A metric that is a function of each label's confusion counts."""

    def _add_counts(self, n_labels: int) -> None:
        self.true_positive = self._add_count("true_positive", n_labels)
        self.actual = self._add_count("actual", n_labels)
        self.predicted = self._add_count("predicted", n_labels)
        self.n_cells = self._add_count("n_cells", n_labels)

    def _count(self, cells: _Cells) -> None:
        guess = self._decide(cells.outputs)
        weight = cells.known * cells.row_weight
        present = weight * cells.truth
        self.true_positive.assign_add(ops.sum(present * guess, axis=0))
        self.actual.assign_add(ops.sum(present, axis=0))
        self.predicted.assign_add(ops.sum(weight * guess, axis=0))
        self.n_cells.assign_add(ops.sum(weight, axis=0))


@keras.saving.register_keras_serializable(package="mlkit")
class SubsetAccuracy(_DecidedMetric):
    """Share of the rows whose labels are all right.

    Parameters
    ----------
    threshold : float, default 0.5
        In [0, 1]; a label is predicted where its probability is greater.
    from_logits : bool, default True
        Whether the network gives logits; False for probabilities.
    name : str, optional
        By default "subset_accuracy".
    dtype : str or DTypePolicy, optional
        Of the sums; by default Keras' float type.

    Raises
    ------
    TypeError, OptionError
        If `threshold` is not a number in [0, 1].

    See Also
    --------
    mlkit.metrics.subset_accuracy_score : The definition.

    Notes
    -----
    A row is judged by the labels that are known of it, and left out where none is.
    NaN where no row counts, and as soon as an output is NaN. Best 1.

    Examples
    --------
    >>> metric = SubsetAccuracy()
    >>> metric.update_state([[1, 0], [1, 1]], [[2.0, -1.0], [3.0, -2.0]])
    >>> float(metric.result())
    0.5
    """

    _default_name = "subset_accuracy"

    def _add_counts(self, n_labels: int) -> None:
        self.right, self.rows = self._add_count("right"), self._add_count("rows")

    def _count(self, cells: _Cells) -> None:
        wrong = cells.known * ops.abs(cells.truth - self._decide(cells.outputs))
        # Products of 0 and 1, which keep NaN where a comparison would not.
        right = ops.prod(1 - wrong, axis=1, keepdims=True)
        counted = 1 - ops.prod(1 - cells.known, axis=1, keepdims=True)
        counted = counted * cells.row_weight
        self.right.assign_add(ops.sum(right * counted))
        self.rows.assign_add(ops.sum(counted))

    def _value(self) -> Any:
        return self.right / self.rows


@keras.saving.register_keras_serializable(package="mlkit")
class HammingLoss(_ConfusionMetric):
    """Share of the known cells that are wrong: 1 - binary accuracy.

    Parameters
    ----------
    threshold, from_logits, name, dtype
        As `SubsetAccuracy`, with its errors; the name is "hamming_loss" by default.

    See Also
    --------
    mlkit.metrics.hamming_loss : The definition.

    Notes
    -----
    NaN where no cell is known, and as soon as an output is NaN. Best 0.

    Examples
    --------
    >>> metric = HammingLoss()
    >>> metric.update_state([[1, 0], [1, -1]], [[2.0, -1.0], [-3.0, 2.0]])
    >>> round(float(metric.result()), 3)
    0.333
    """

    _default_name = "hamming_loss"
    _direction = "down"

    def _value(self) -> Any:
        wrong = self.actual + self.predicted - 2 * self.true_positive
        return ops.sum(wrong) / ops.sum(self.n_cells)


@keras.saving.register_keras_serializable(package="mlkit")
class MicroF1(_ConfusionMetric):
    """F1 of all cells together: frequent labels decide it.

    Parameters
    ----------
    threshold, from_logits, name, dtype
        As `SubsetAccuracy`, with its errors; the name is "micro_f1" by default.

    See Also
    --------
    mlkit.metrics.f1_score : The definition, with ``average="micro"``.

    Notes
    -----
    0 where no label is true and none predicted, as scikit-learn counts it. NaN where no
    cell is known, and as soon as an output is NaN. Best 1.

    Examples
    --------
    >>> metric = MicroF1()
    >>> metric.update_state([[1, 0], [1, 1]], [[2.0, 1.0], [3.0, -2.0]])
    >>> round(float(metric.result()), 3)
    0.667
    """

    _default_name = "micro_f1"

    def _value(self) -> Any:
        marked = ops.sum(self.actual + self.predicted)
        score = ops.divide_no_nan(2 * ops.sum(self.true_positive), marked)
        # One unit, which is there where any label is known.
        return _mean_of_known(score, ops.sum(self.n_cells))


@keras.saving.register_keras_serializable(package="mlkit")
class MacroF1(_ConfusionMetric):
    """Mean over the labels of their F1: rare labels weigh as much as frequent ones.

    Parameters
    ----------
    threshold, from_logits, name, dtype
        As `SubsetAccuracy`, with its errors; the name is "macro_f1" by default.

    See Also
    --------
    mlkit.metrics.f1_score : The definition, with ``average="macro"``.

    Notes
    -----
    A label counts 0 where it is never true and never predicted, as in scikit-learn, and
    leaves the mean where it is never known. NaN where no label is left, and as soon as
    an output is NaN. Best 1.

    Examples
    --------
    >>> metric = MacroF1()
    >>> metric.update_state([[1, 0], [1, 1]], [[2.0, 1.0], [3.0, -2.0]])
    >>> float(metric.result())
    0.5
    """

    _default_name = "macro_f1"

    def _value(self) -> Any:
        marked = self.actual + self.predicted
        scores = ops.divide_no_nan(2 * self.true_positive, marked)
        return _mean_of_known(scores, self.n_cells)


@keras.saving.register_keras_serializable(package="mlkit")
class MeanAveragePrecision(_LabelSetMetric):
    r"""Mean over the labels of their average precision, from counts in score bins.

    Parameters
    ----------
    n_bins : int, default 1000
        Number of bins of each label's scores; scores in one bin count as equal.
    from_logits : bool, default True
        Whether the network gives logits; False for probabilities.
    name : str, optional
        By default "mean_average_precision".
    dtype : str or DTypePolicy, optional
        Of the counts; by default Keras' float type.

    Raises
    ------
    TypeError, OptionError
        If `n_bins` is not an integer, or less than 1.

    See Also
    --------
    mlkit.metrics.average_precision_score : The definition, with ``average="macro"``.

    Notes
    -----
    The value is exactly the macro average precision of scores that are rounded to their
    bins, as scikit-learn steps through them: equal scores are one step. A label counts
    0 where it is never true, and leaves the mean where it is never known. NaN where no
    label is left, and as soon as an output is NaN. Best 1.

    With the logit :math:`z` the limits are evenly spaced in :math:`\sigma(z / 2)`, for
    probabilities in :math:`\sqrt p / (\sqrt p + \sqrt{1 - p})`, which is the same. Bins
    of equal width in :math:`p` are too coarse at its ends, where the scores of rare
    labels and of confident networks are: in simulations of one label (1000 and 20 000
    rows, .1 to 50 % of them true, scores close together or far apart) 1000 bins changed
    the value by .004 at most, on average over 30 draws, and bins of equal width by .03.

    Each batch goes over all 2 n_bins numbers of each label, in about 20 ms for 1000
    labels on one core: for more of them take fewer bins.

    Examples
    --------
    >>> metric = MeanAveragePrecision()
    >>> metric.update_state([[1], [0], [1]], [[0.9], [0.6], [0.3]])
    >>> round(float(metric.result()), 3)
    0.833
    """

    _default_name = "mean_average_precision"

    def __init__(
        self,
        *,
        n_bins: int = 1000,
        from_logits: bool = True,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        self.n_bins = check_count("n_bins", n_bins, minimum=1, error=OptionError)
        super().__init__(from_logits=from_logits, name=name, dtype=dtype)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that build the same metric, without what it counted.

        Returns
        -------
        dict
        """
        return {**super().get_config(), "n_bins": self.n_bins}

    def _add_counts(self, n_labels: int) -> None:
        self.positive = self._add_count("positive", n_labels, self.n_bins)
        self.n_cells = self._add_count("n_cells", n_labels, self.n_bins)

    def _count(self, cells: _Cells) -> None:
        weight = cells.known * cells.row_weight
        places = self._places(cells.outputs)
        self.positive.assign_add(self._by_bin(weight * cells.truth, places))
        self.n_cells.assign_add(self._by_bin(weight, places))

    def _places(self, outputs: Any) -> Any:
        """Find the bin of each cell; the highest scores are in the first one."""
        if self.from_logits:
            depth = ops.sigmoid(-outputs / 2)
        else:
            # Rounding can carry a probability just outside; NaN stays NaN.
            proba = ops.clip(outputs, 0, 1)
            absent = ops.sqrt(1 - proba)
            depth = absent / (ops.sqrt(proba) + absent)
        # Limited as integers: NaN becomes a place too, and its weight is NaN.
        place = ops.clip(ops.cast(depth * self.n_bins, "int32"), 0, self.n_bins - 1)
        return place + self.n_bins * ops.arange(self.n_labels, dtype="int32")

    def _by_bin(self, weights: Any, places: Any) -> Any:
        n_places = self.n_labels * self.n_bins
        flat = ops.reshape(weights, (-1,)), ops.reshape(places, (-1,))
        sums = ops.segment_sum(*flat, num_segments=n_places)
        return ops.reshape(sums, (self.n_labels, self.n_bins))

    def _value(self) -> Any:
        hits = ops.cumsum(self.positive, axis=1)
        reached = ops.cumsum(self.n_cells, axis=1)
        precision = ops.divide_no_nan(hits, reached)
        found = ops.sum(self.positive * precision, axis=1)
        return _mean_of_known(ops.divide_no_nan(found, hits[:, -1]), reached[:, -1])


def _mean_of_known(values: Any, n_cells: Any) -> Any:
    """Average over the labels of which anything is known; 0/0 = NaN for none."""
    # Not `where`: a NaN has to go on.
    known = ops.cast(n_cells > 0, values.dtype)
    return ops.sum(values * known) / ops.sum(known)


def _check_shapes(y_true_shape: Any, y_pred_shape: Any) -> None:
    """Refuse what would be broadcast, and counted without a word."""
    true, pred = tuple(y_true_shape), tuple(y_pred_shape)
    if len(pred) != 2 or pred[1] is None or not _agree(true, pred):
        msg = (
            "y_true and y_pred must be matrices of the same shape (n_samples, "
            f"n_labels), with a known number of labels; got {true} and {pred}."
        )
        raise ShapeError(msg)


def _agree(one: tuple[int | None, ...], other: tuple[int | None, ...]) -> bool:
    """Compare shapes; a size that is not known yet (None) agrees with any."""
    if len(one) != len(other):
        return False
    pairs = zip(one, other, strict=True)
    return all(a == b or a is None or b is None for a, b in pairs)
