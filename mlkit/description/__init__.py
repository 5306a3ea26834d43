"""What a dataset is: label statistics, findings of the audit, and the card."""

from mlkit.description.audit import audit
from mlkit.description.card import dataset_card
from mlkit.description.findings import Audit, Finding
from mlkit.description.imbalance import imr, irlbl, label_scumble, scumble
from mlkit.description.label_order import label_order
from mlkit.description.label_sets import distinct_label_sets, label_set_table
from mlkit.description.measures import describe
from mlkit.description.network import LabelNetwork, label_network
from mlkit.description.pairs import dependent_pairs, label_pairs, pair_matrix
from mlkit.description.result import Description
from mlkit.description.row_selection import rows_with_labels
from mlkit.description.significant_pairs import significant_pairs

__all__ = [
    "Audit",
    "Description",
    "Finding",
    "LabelNetwork",
    "audit",
    "dataset_card",
    "dependent_pairs",
    "describe",
    "distinct_label_sets",
    "imr",
    "irlbl",
    "label_network",
    "label_order",
    "label_pairs",
    "label_scumble",
    "label_set_table",
    "pair_matrix",
    "rows_with_labels",
    "scumble",
    "significant_pairs",
]
