"""Where data come from: the catalog, downloads, files, bundled and generated data."""

from mlkit.datasets.bundled import load_flags, load_movies
from mlkit.datasets.catalog import CatalogEntry, DataFile, catalog, catalog_entry
from mlkit.datasets.features import read_features
from mlkit.datasets.fetch import fetch
from mlkit.datasets.formats import LongTable, Tags
from mlkit.datasets.generators import (
    LabelTruth,
    flip_labels,
    frechet_bounds,
    hide_labels,
    iter_many_labels,
    keep_one_label,
    make_dependent_labels,
    make_digit_canvas,
    make_hypercubes,
    make_hyperspheres,
    make_logic,
    make_many_labels,
    make_multilabel,
    make_rare_labels,
    make_sensor_windows,
    make_wardrobe,
    two_label_joint,
    two_label_mixture,
)
from mlkit.datasets.loading import load
from mlkit.datasets.reading import read
from mlkit.datasets.writing import write

__all__ = [
    "CatalogEntry",
    "DataFile",
    "LabelTruth",
    "LongTable",
    "Tags",
    "catalog",
    "catalog_entry",
    "fetch",
    "flip_labels",
    "frechet_bounds",
    "hide_labels",
    "iter_many_labels",
    "keep_one_label",
    "load",
    "load_flags",
    "load_movies",
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
    "read",
    "read_features",
    "two_label_joint",
    "two_label_mixture",
    "write",
]
