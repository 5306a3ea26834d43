"""Reports of datasets, evaluations and comparisons: one HTML file each, to be sent."""

from mlkit.reporting.engine import report, report_document

__all__ = ["report", "report_document"]
