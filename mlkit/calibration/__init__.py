"""From scores to probabilities that mean what they say, label by label."""

from mlkit.calibration.base import LabelCalibrator
from mlkit.calibration.brier import (
    brier_decomposition,
    label_brier_loss,
    pooled_brier_loss,
)
from mlkit.calibration.isotonic import IsotonicCalibrator
from mlkit.calibration.reliability import (
    label_calibration_error,
    pooled_calibration_error,
    reliability_data,
)
from mlkit.calibration.sigmoid import SigmoidCalibrator
from mlkit.calibration.temperature import TemperatureCalibrator

__all__ = [
    "IsotonicCalibrator",
    "LabelCalibrator",
    "SigmoidCalibrator",
    "TemperatureCalibrator",
    "brier_decomposition",
    "label_brier_loss",
    "label_calibration_error",
    "pooled_brier_loss",
    "pooled_calibration_error",
    "reliability_data",
]
