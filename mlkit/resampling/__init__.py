"""Rows added, removed or weighted so that rare labels count for more.

Each resampler has one verb, ``fit_resample(X, Y)``, and is meant for training rows
only: split first, resample then. `label_weights` and `sample_weights` reach for the
same end without touching the rows.
"""

from mlkit.resampling.base import Resampler
from mlkit.resampling.label_sets import LPROS, LPRUS
from mlkit.resampling.minority import MLROS, MLRUS
from mlkit.resampling.mlsmote import MLSMOTE
from mlkit.resampling.remedial import REMEDIAL
from mlkit.resampling.tomek import MLTL
from mlkit.resampling.weights import label_weights, sample_weights

__all__ = [
    "LPROS",
    "LPRUS",
    "MLROS",
    "MLRUS",
    "MLSMOTE",
    "MLTL",
    "REMEDIAL",
    "Resampler",
    "label_weights",
    "sample_weights",
]
