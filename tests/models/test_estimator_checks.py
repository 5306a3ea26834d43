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
)

# Check -> reason, by base learner. xfail_strict reports an entry that has become wrong.
EXPECTED_FAILURES = {
    DecisionTreeClassifier: {
        "check_classifiers_multilabel_output_format_predict_proba": (
            "asks for 0 < P < 1, and a fully grown tree has pure leaves: P is 0 or 1"
        )
    }
}

ESTIMATORS = [
    BinaryRelevance(),
    ClassifierChain(),
    LabelPowerset(),
    BinaryRelevance(DecisionTreeClassifier(random_state=0)),
    ClassifierChain(DecisionTreeClassifier(random_state=0), order="random"),
    LabelPowerset(DecisionTreeClassifier(random_state=0)),
    FeaturePreparation(),
    FeaturePreparation(scale=False),
]


def expected_failures(estimator: Any) -> dict[str, str]:
    base = getattr(estimator, "estimator", None)
    return EXPECTED_FAILURES.get(type(base), {})


# Some checks train on a single class; a column-vector y is meant to warn.
@pytest.mark.filterwarnings("ignore::mlkit.exceptions.ConstantLabelWarning")
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.DataConversionWarning")
@parametrize_with_checks(ESTIMATORS, expected_failed_checks=expected_failures)
def test_scikit_learn_checks(estimator: Any, check: Any) -> None:
    check(estimator)
