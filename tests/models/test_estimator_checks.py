"""scikit-learn's own checks of estimators, run on every learner of the kit."""

from __future__ import annotations

from typing import Any

import pytest
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.estimator_checks import parametrize_with_checks

from mlkit.models import (
    BinaryRelevance,
    ClassifierChain,
    FeaturePreparation,
    LabelPowerset,
    ResampledClassifier,
    ThresholdedClassifier,
)

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
    FeaturePreparation(),
    FeaturePreparation(scale=False),
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
