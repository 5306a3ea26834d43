"""From scores to probabilities that mean what they say, label by label."""

from mlkit.calibration.base import LabelCalibrator
from mlkit.calibration.brier import brier_decomposition
from mlkit.calibration.isotonic import IsotonicCalibrator
from mlkit.calibration.reliability import reliability_data
from mlkit.calibration.rescaling import balanced_bias, rescale_probabilities
from mlkit.calibration.sigmoid import SigmoidCalibrator
from mlkit.calibration.temperature import TemperatureCalibrator

__all__ = [
    "IsotonicCalibrator",
    "LabelCalibrator",
    "SigmoidCalibrator",
    "TemperatureCalibrator",
    "balanced_bias",
    "brier_decomposition",
    "reliability_data",
    "rescale_probabilities",
]
