"""scikit-learn's own checks of estimators, run on every learner of the kit."""

from __future__ import annotations

from typing import Any

import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.naive_bayes import BernoulliNB
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.estimator_checks import parametrize_with_checks
from skmultilearn import problem_transform as peers

from mlkit.models import (
    HOMER,
    IBLR,
    BinaryRelevance,
    BRkNN,
    BRkNNa,
    BRkNNb,
    CalibratedLabelRanking,
    ClassifierChain,
    ConstantClassifier,
    DependentBinaryRelevance,
    EnsembleOfClassifierChains,
    EnsembleOfPrunedSets,
    FeaturePreparation,
    LabelPowerset,
    LabelSpacePartition,
    MLkNN,
    NativeClassifier,
    ProbabilisticClassifierChain,
    PrunedSets,
    RAkELd,
    RAkELo,
    ResampledClassifier,
    SkmultilearnClassifier,
    SparseLinearRelevance,
    StackedBinaryRelevance,
    ThresholdedClassifier,
)

_SHARES = {
    "check_classifiers_multilabel_output_format_predict_proba": (
        "asks for 0 < P < 1, and a share is 0 where no neighbour carries the label"
    )
}

_VOTES = {
    "check_classifiers_multilabel_output_format_predict_proba": (
        "asks for 0 < P < 1, and all members may vote for a label"
    )
}

# Check -> reason, by learner or base learner. xfail_strict reports an entry that has
# become wrong.
EXPECTED_FAILURES: dict[type, dict[str, str]] = {
    DecisionTreeClassifier: {
        "check_classifiers_multilabel_output_format_predict_proba": (
            "asks for 0 < P < 1, and a fully grown tree has pure leaves: P is 0 or 1"
        )
    },
    ResampledClassifier: dict.fromkeys(
        (
            "check_sample_weight_equivalence_on_dense_data",
            "check_sample_weight_equivalence_on_sparse_data",
        ),
        "rows are drawn by their positions, and a repeated row is drawn more often",
    ),
    LinearSVC: dict.fromkeys(
        (
            "check_sample_weight_equivalence_on_dense_data",
            "check_sample_weight_equivalence_on_sparse_data",
        ),
        "the solver stops early, at other weights where rows stand in another order",
    ),
    RandomForestClassifier: dict.fromkeys(
        (
            "check_sample_weight_equivalence_on_dense_data",
            "check_sample_weight_equivalence_on_sparse_data",
        ),
        "rows are drawn for each tree, and a repeated row is drawn more often",
    ),
    EnsembleOfClassifierChains: dict.fromkeys(
        (
            "check_sample_weight_equivalence_on_dense_data",
            "check_sample_weight_equivalence_on_sparse_data",
        ),
        "rows are drawn for each chain, and a repeated row is drawn more often",
    )
    | {
        "check_classifiers_multilabel_output_format_predict_proba": (
            "asks for 0 < P < 1, and all chains may vote for a label"
        )
    },
    EnsembleOfPrunedSets: dict.fromkeys(
        (
            "check_sample_weight_equivalence_on_dense_data",
            "check_sample_weight_equivalence_on_sparse_data",
        ),
        "rows are drawn for each member, and a repeated row is drawn more often",
    )
    | _VOTES,
    RAkELo: _VOTES,
    BRkNN: _SHARES,
    BRkNNa: _SHARES,
    BRkNNb: _SHARES,
}

ESTIMATORS = [
    BinaryRelevance(),
    ClassifierChain(),
    LabelPowerset(),
    BinaryRelevance(DecisionTreeClassifier(random_state=0)),
    ClassifierChain(DecisionTreeClassifier(random_state=0), order="random"),
    LabelPowerset(DecisionTreeClassifier(random_state=0)),
    BinaryRelevance(label_weights="balanced"),
    ClassifierChain(label_weights="balanced"),
    ThresholdedClassifier(cv=2),
    ThresholdedClassifier(strategy="expected_f", min_labels=1),
    ResampledClassifier(),
    MLkNN(),
    BRkNN(),
    BRkNNa(),
    BRkNNb(),
    IBLR(),
    IBLR(variant="ml+"),
    NativeClassifier(DecisionTreeClassifier(random_state=0)),
    NativeClassifier(RandomForestClassifier(10, max_depth=3, random_state=0)),
    NativeClassifier(RidgeClassifier()),
    ConstantClassifier(),
    ConstantClassifier(strategy="best", metric="example_jaccard"),
    ClassifierChain(order="dependence", trained_on="cross-fitted", cv=2),
    EnsembleOfClassifierChains(n_estimators=3),
    ProbabilisticClassifierChain(),
    PrunedSets(),
    EnsembleOfPrunedSets(n_estimators=3),
    RAkELd(),
    RAkELo(),
    LabelSpacePartition(),
    HOMER(),
    FeaturePreparation(),
    FeaturePreparation(scale=False),
    # With partial_fit.
    BinaryRelevance(BernoulliNB()),
    SparseLinearRelevance(LinearSVC()),
    SparseLinearRelevance(LogisticRegression(max_iter=1000)),
    StackedBinaryRelevance(),
    StackedBinaryRelevance(trained_on="in-sample", min_phi=0.1),
    DependentBinaryRelevance(),
    CalibratedLabelRanking(),
    CalibratedLabelRanking(votes="soft"),
    SkmultilearnClassifier(peers.BinaryRelevance(LogisticRegression(max_iter=1000))),
]


def expected_failures(estimator: Any) -> dict[str, str]:
    kinds = (type(estimator), type(getattr(estimator, "estimator", None)))
    return {
        check: reason
        for kind in kinds
        for check, reason in EXPECTED_FAILURES.get(kind, {}).items()
    }


# Some checks train on a single class, or on classes of which none is rare; a
# column-vector y is meant to warn.
@pytest.mark.filterwarnings("ignore::mlkit.exceptions.ResamplingWarning")
@pytest.mark.filterwarnings("ignore::mlkit.exceptions.ConstantLabelWarning")
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.DataConversionWarning")
@parametrize_with_checks(ESTIMATORS, expected_failed_checks=expected_failures)
def test_scikit_learn_checks(estimator: Any, check: Any) -> None:
    check(estimator)
