"""Multi-label learners behind one contract, and the catalog that names them."""

from mlkit.models.base import MultiLabelClassifier
from mlkit.models.binary_relevance import BinaryRelevance
from mlkit.models.calibrated import CalibratedClassifier
from mlkit.models.catalog import catalog, make
from mlkit.models.chains import ClassifierChain
from mlkit.models.powerset import LabelPowerset
from mlkit.models.preparation import FeaturePreparation
from mlkit.models.probabilities import positive_proba
from mlkit.models.resampled import ResampledClassifier
from mlkit.models.thresholded import ThresholdedClassifier

__all__ = [
    "BinaryRelevance",
    "CalibratedClassifier",
    "ClassifierChain",
    "FeaturePreparation",
    "LabelPowerset",
    "MultiLabelClassifier",
    "ResampledClassifier",
    "ThresholdedClassifier",
    "catalog",
    "make",
    "positive_proba",
]
