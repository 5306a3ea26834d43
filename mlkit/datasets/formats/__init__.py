"""File formats: one reader and writer each, between bytes and arrays."""

from mlkit.datasets.formats.arff import read_arff
from mlkit.datasets.formats.arff_header import ArffHeader, Attribute
from mlkit.datasets.formats.arff_table import ArffTable
from mlkit.datasets.formats.csv_writer import write_csv
from mlkit.datasets.formats.label_xml import LabelTree, read_label_xml, write_label_xml
from mlkit.datasets.formats.long_table import LongTable
from mlkit.datasets.formats.parquet_writer import write_parquet
from mlkit.datasets.formats.svmlight import read_svmlight
from mlkit.datasets.formats.tag_column import Tags

__all__ = [
    "ArffHeader",
    "ArffTable",
    "Attribute",
    "LabelTree",
    "LongTable",
    "Tags",
    "read_arff",
    "read_label_xml",
    "read_svmlight",
    "write_csv",
    "write_label_xml",
    "write_parquet",
]
