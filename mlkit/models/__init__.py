"""Multi-label learners behind one contract, and the catalog that names them."""

from mlkit.models.base import MultiLabelClassifier
from mlkit.models.baselines import ConstantClassifier
from mlkit.models.binary_relevance import BinaryRelevance
from mlkit.models.brknn import BRkNN, BRkNNa, BRkNNb
from mlkit.models.calibrated import CalibratedClassifier
from mlkit.models.catalog import catalog, make, search
from mlkit.models.chain_ensemble import EnsembleOfClassifierChains
from mlkit.models.chains import ClassifierChain
from mlkit.models.dependent import DependentBinaryRelevance
from mlkit.models.foreign import SkmultilearnClassifier, from_skmultilearn
from mlkit.models.homer import HOMER
from mlkit.models.iblr import IBLR
from mlkit.models.label_ranking import CalibratedLabelRanking
from mlkit.models.label_tree import LabelTree
from mlkit.models.mlknn import MLkNN
from mlkit.models.native import NativeClassifier
from mlkit.models.partition import LabelSpacePartition
from mlkit.models.powerset import LabelPowerset
from mlkit.models.preparation import FeaturePreparation
from mlkit.models.probabilistic_chain import ProbabilisticClassifierChain
from mlkit.models.probabilities import positive_proba
from mlkit.models.pruned_sets import EnsembleOfPrunedSets, PrunedSets
from mlkit.models.rakel import RAkELd, RAkELo
from mlkit.models.reach import rows_until_composed, rows_until_seen
from mlkit.models.resampled import ResampledClassifier
from mlkit.models.sparse_linear import SparseLinearRelevance
from mlkit.models.stacking import StackedBinaryRelevance
from mlkit.models.thresholded import ThresholdedClassifier

__all__ = [
    "HOMER",
    "IBLR",
    "BRkNN",
    "BRkNNa",
    "BRkNNb",
    "BinaryRelevance",
    "CalibratedClassifier",
    "CalibratedLabelRanking",
    "ClassifierChain",
    "ConstantClassifier",
    "DependentBinaryRelevance",
    "EnsembleOfClassifierChains",
    "EnsembleOfPrunedSets",
    "FeaturePreparation",
    "LabelPowerset",
    "LabelSpacePartition",
    "LabelTree",
    "MLkNN",
    "MultiLabelClassifier",
    "NativeClassifier",
    "ProbabilisticClassifierChain",
    "PrunedSets",
    "RAkELd",
    "RAkELo",
    "ResampledClassifier",
    "SkmultilearnClassifier",
    "SparseLinearRelevance",
    "StackedBinaryRelevance",
    "ThresholdedClassifier",
    "catalog",
    "from_skmultilearn",
    "make",
    "positive_proba",
    "rows_until_composed",
    "rows_until_seen",
    "search",
]
