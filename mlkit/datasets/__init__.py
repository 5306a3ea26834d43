"""Where data come from: the catalog, downloads, bundled data and readers."""

from mlkit.datasets.bundled import load_flags
from mlkit.datasets.catalog import CatalogEntry, DataFile, catalog, catalog_entry
from mlkit.datasets.fetch import fetch
from mlkit.datasets.loading import load
from mlkit.datasets.reading import read

__all__ = [
    "CatalogEntry",
    "DataFile",
    "catalog",
    "catalog_entry",
    "fetch",
    "load",
    "load_flags",
    "read",
]
