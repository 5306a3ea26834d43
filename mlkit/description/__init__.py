"""What a dataset is: label statistics, findings of the audit, and the card."""

from mlkit.description.audit import Finding, audit
from mlkit.description.card import dataset_card
from mlkit.description.measures import Description, describe, distinct_label_sets

__all__ = [
    "Description",
    "Finding",
    "audit",
    "dataset_card",
    "describe",
    "distinct_label_sets",
]
