"""File formats: one reader each, from bytes to arrays."""

from mlkit.datasets.formats.arff import read_arff
from mlkit.datasets.formats.arff_header import ArffHeader, Attribute
from mlkit.datasets.formats.arff_table import ArffTable
from mlkit.datasets.formats.label_xml import LabelTree, read_label_xml

__all__ = [
    "ArffHeader",
    "ArffTable",
    "Attribute",
    "LabelTree",
    "read_arff",
    "read_label_xml",
]
