"""A Keras model that refuses measures which do not mean what they say for label sets.

Keras' ``"accuracy"`` and its cross-entropies are taken by name, and run on label sets
without a word: they are about one class a row, or about probabilities where the network
gives logits.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

import keras

from mlkit.exceptions import OptionError

__all__ = ["MultiLabelModel"]

Scale: TypeAlias = Literal["logits", "probabilities"]
"""What outputs are, or are taken for."""

# What each activation gives; a head with another one, or none, is not judged.
_SCALES: dict[str, Scale] = {
    "linear": "logits",
    "sigmoid": "probabilities",
    "softmax": "probabilities",
}

_LARGEST = "accuracy: whether the largest output stands at the first largest target"
_SHARED = "cross-entropy: all labels share one unit of probability"

# Names that Keras gives a meaning as soon as it sees the output.
_BY_SHAPE: dict[str, str] = {
    "accuracy": _LARGEST,
    "acc": _LARGEST,
    "crossentropy": _SHARED,
    "ce": _SHARED,
}


@keras.saving.register_keras_serializable(package="mlkit")
class MultiLabelModel(keras.Model):
    """A functional model whose `compile` takes only what suits label sets.

    Parameters
    ----------
    inputs, outputs : tensor, or list or dict of them
        As of `keras.Model`: from `keras.Input`, and what layers make of it. Each column
        of an output is the logit of a label.
    name : str, optional

    See Also
    --------
    mlkit.neural.metrics : What to measure instead.

    Notes
    -----
    Everything but `compile` is Keras'. Refused are, with `OptionError`:

    * ``"accuracy"`` and ``"acc"``. Keras chooses by the shape of the output alone, and
      for more than one column that is categorical accuracy: whether the largest output
      of a row stands where its largest target does (the first of them). A row counts as
      right by one of its labels, and a row without labels by its first column.
      `SubsetAccuracy` asks for the whole set, and `HammingLoss` is 1 - binary accuracy.
    * ``"crossentropy"`` and ``"ce"``, which are chosen in the same way.
    * In a model of one output, whatever is "categorical", and Keras' F1 without a
      threshold: they are about one class a row. A model of several outputs may have one
      that is such a class, and says so by that name.
    * Losses and metrics that take the outputs for probabilities where the head is
      linear, and the other way round. Keras' ``loss="binary_crossentropy"`` is such a
      loss, and ``"binary_accuracy"`` would compare logits with 0.5. They are refused
      and not exchanged for what was probably meant, so that what is written is what is
      trained. The scale is that of the activation of the layer that gives the output;
      nothing is refused where it has another one than linear, sigmoid or softmax, or
      none, or where outputs differ.

    Examples
    --------
    >>> inputs = keras.Input((4,))
    >>> model = MultiLabelModel(inputs, keras.layers.Dense(3)(inputs))
    >>> model.compile(loss="binary_crossentropy")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    mlkit.exceptions.OptionError: loss 'binary_crossentropy' takes the outputs for ...
    >>> model.compile(loss=keras.losses.BinaryCrossentropy(from_logits=True))
    """

    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        loss_weights: Any = None,
        metrics: Any = None,
        weighted_metrics: Any = None,
        **options: Any,
    ) -> None:
        """Say how the model is trained and measured.

        Parameters
        ----------
        optimizer, loss, loss_weights, metrics, weighted_metrics, **options
            As of `keras.Model.compile`.

        Raises
        ------
        OptionError
            If a loss or a metric is not one of label sets, or takes logits for
            probabilities or the other way round; see the class.
        """
        chosen = {
            "loss": loss,
            "metrics": metrics,
            "weighted_metrics": weighted_metrics,
        }
        outputs = getattr(self, "outputs", ())
        for argument, nested in chosen.items():
            for measure in keras.tree.flatten(nested):
                if measure is not None:
                    _check_measure(argument, measure, outputs)
        super().compile(
            optimizer, loss, loss_weights, metrics, weighted_metrics, **options
        )

    def compile_from_config(self, config: dict[str, Any]) -> None:
        """Compile as the model was that has been saved.

        Parameters
        ----------
        config : dict
            From `get_compile_config`.
        """
        # Keras leaves out this step for a class that has a `compile` of its own.
        self.compile(**keras.saving.deserialize_keras_object(config))
        if self.optimizer is not None and self.built:
            self.optimizer.build(self.trainable_variables)


def _check_measure(argument: str, measure: Any, outputs: Sequence[Any]) -> None:
    """Refuse a loss or metric that is none of label sets, or of another scale."""
    scale = _scale_of(outputs)
    problem, advice = _by_shape(measure), _advice(argument, scale)
    if not problem:
        found = (keras.losses if argument == "loss" else keras.metrics).get(measure)
        settings = _settings_of(found)
        problem = _about_other_things(found, settings, alone=len(outputs) == 1)
        taken = _scale_taken(found, settings)
        if not problem and taken and scale and taken != scale:
            problem = f"takes the outputs for {taken}, and the model gives {scale}."
            if "from_logits" in settings:
                name = _class_name(argument, found)
                advice = f"Use {name}(from_logits={scale == 'logits'})."
    if problem:
        msg = f"{argument} '{_name_of(measure)}' {problem} {advice}"
        raise OptionError(msg)


def _by_shape(measure: Any) -> str:
    """Object to a name that has no meaning until Keras sees the output."""
    chosen = _BY_SHAPE.get(str(measure).lower())
    if chosen is None:
        return ""
    return (
        "is chosen by Keras from the shape of the output alone; for more than one "
        f"column it is categorical {chosen}."
    )


def _about_other_things(measure: Any, settings: dict[str, Any], *, alone: bool) -> str:
    """Object to what is not about label sets; empty where it may be."""
    if not _is_keras(measure):
        return ""
    if isinstance(measure, keras.metrics.Accuracy):
        return "counts outputs that equal their targets exactly."
    name = _name_of(measure).lower()
    # Without a threshold these decide for the largest output.
    largest = name in ("f1score", "fbetascore") and settings["threshold"] is None
    if alone and ("categorical" in name or largest):
        return "is about one class a row; of labels there may be several or none."
    return ""


def _advice(argument: str, scale: Scale | None) -> str:
    given = f"from_logits={scale != 'probabilities'}"
    if argument == "loss":
        return (
            f"Use keras.losses.BinaryCrossentropy({given}), or for logits a loss of "
            "mlkit.neural.losses."
        )
    return (
        f"Use SubsetAccuracy({given}) for whole label sets, HammingLoss (1 - binary "
        "accuracy) for single labels, MicroF1, MacroF1 or MeanAveragePrecision, all of "
        "mlkit.neural.metrics."
    )


def _scale_taken(measure: Any, settings: dict[str, Any]) -> Scale | None:
    """Return what a loss or metric takes outputs for; None if it does not say."""
    if "from_logits" in settings:
        return "logits" if settings["from_logits"] else "probabilities"
    # Keras' metrics cut at 0.5 by default, which some of them write as None; where
    # `top_k` is given they do not cut.
    cuts = settings.get("threshold") == 0.5
    if "thresholds" in settings and settings.get("top_k") is None:
        cuts = settings["thresholds"] in (None, 0.5)
    return "probabilities" if cuts and _is_keras(measure) else None


def _scale_of(outputs: Sequence[Any]) -> Scale | None:
    """Return what the outputs are; None if that is not known, or they differ."""
    scales = {_scale_of_output(tensor) for tensor in outputs}
    return scales.pop() if len(scales) == 1 else None


def _scale_of_output(tensor: Any) -> Scale | None:
    # Keras has no public way from an output to the layer that gives it.
    activation = getattr(tensor._keras_history.operation, "activation", None)
    return _SCALES.get(getattr(activation, "__name__", ""))


def _settings_of(measure: Any) -> dict[str, Any]:
    """Return the options of an object, or the defaults of a function."""
    if hasattr(measure, "get_config"):
        return measure.get_config()
    parameters = inspect.signature(measure).parameters.values()
    return {parameter.name: parameter.default for parameter in parameters}


def _name_of(measure: Any) -> str:
    if isinstance(measure, str):
        return measure
    return getattr(measure, "__name__", type(measure).__name__)


def _class_name(argument: str, measure: Any) -> str:
    """Return the class of an object; for a function, that of its objects in Keras."""
    name = _name_of(measure)
    if inspect.isfunction(measure):
        name = "".join(part.capitalize() for part in name.split("_"))
    home = "keras.losses." if argument == "loss" else "keras.metrics."
    return f"{home}{name}" if _is_keras(measure) else name


def _is_keras(measure: Any) -> bool:
    return measure.__module__.partition(".")[0] == "keras"
