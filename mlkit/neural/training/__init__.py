"""Training: settings, the loop, and what it is made of."""

from mlkit.neural.training.settings import Training

__all__ = ["Training"]
