"""Data that are made: every generator tells its model, and is seeded.

Those whose true distribution is known return it beside the dataset, as a `LabelTruth`.
"""

from mlkit.datasets.generators.damage import flip_labels, hide_labels, keep_one_label
from mlkit.datasets.generators.dependent import make_dependent_labels
from mlkit.datasets.generators.geometry import (
    LabelRegions,
    make_hypercubes,
    make_hyperspheres,
)
from mlkit.datasets.generators.images import (
    ALL_COMBINATIONS,
    HELD_OUT_COMBINATIONS,
    KNOWN_COMBINATIONS,
    make_digit_canvas,
    make_wardrobe,
)
from mlkit.datasets.generators.logic import LOGIC_FUNCTIONS, make_logic
from mlkit.datasets.generators.many_labels import iter_many_labels, make_many_labels
from mlkit.datasets.generators.multilabel import make_multilabel
from mlkit.datasets.generators.rare import make_rare_labels
from mlkit.datasets.generators.sequences import (
    SENSOR_CHANNELS,
    SensorWindows,
    make_sensor_windows,
)
from mlkit.datasets.generators.truth import LabelTruth
from mlkit.datasets.generators.two_labels import (
    frechet_bounds,
    two_label_joint,
    two_label_mixture,
)

__all__ = [
    "ALL_COMBINATIONS",
    "HELD_OUT_COMBINATIONS",
    "KNOWN_COMBINATIONS",
    "LOGIC_FUNCTIONS",
    "SENSOR_CHANNELS",
    "LabelRegions",
    "LabelTruth",
    "SensorWindows",
    "flip_labels",
    "frechet_bounds",
    "hide_labels",
    "iter_many_labels",
    "keep_one_label",
    "make_dependent_labels",
    "make_digit_canvas",
    "make_hypercubes",
    "make_hyperspheres",
    "make_logic",
    "make_many_labels",
    "make_multilabel",
    "make_rare_labels",
    "make_sensor_windows",
    "make_wardrobe",
    "two_label_joint",
    "two_label_mixture",
]
