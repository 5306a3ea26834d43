"""scikit-learn's own checks of estimators, run on the networks that take tables."""

from __future__ import annotations

from typing import Any

import pytest
from numpy.testing import assert_allclose
from sklearn.utils import estimator_checks
from sklearn.utils.estimator_checks import parametrize_with_checks

from mlkit.neural import MLP, MLNet, SequenceNet, TextNet, Training

pytest.importorskip("keras")

_SHORT = Training(epochs=30, batch_size=16, learning_rate=0.02)

# Those that take tables; a sequence of numbers, and a bag of words, are tables too.
ESTIMATORS = [
    MLP((8,), training=_SHORT, random_state=0),
    SequenceNet(units=(16,), dropout=0.0, training=_SHORT, random_state=0),
    TextNet(dimensions=16, training=_SHORT, random_state=0),
    MLNet(dimensions=16, training=_SHORT, count_training=_SHORT, random_state=0),
]

# xfail_strict reports an entry that has become wrong.
EXPECTED_FAILURES = dict.fromkeys(
    (
        "check_sample_weight_equivalence_on_dense_data",
        "check_sample_weight_equivalence_on_sparse_data",
    ),
    "rows are drawn into batches by their positions",
)


# Of batches of other sizes a network sums in another order: the last bits of float32
# differ, how many is up to the processor. These checks allow for float64 alone.
ASK_FOR_FLOAT64 = (
    "check_methods_sample_order_invariance",
    "check_methods_subset_invariance",
)


def _alike_in_float32(actual: Any, desired: Any, *, atol: float, err_msg: str) -> None:
    assert_allclose(actual, desired, rtol=1e-5, atol=max(atol, 1e-5), err_msg=err_msg)


def expected_failures(estimator: Any) -> dict[str, str]:
    return EXPECTED_FAILURES


# Some checks train on a single class; a column-vector y is meant to warn.
@pytest.mark.filterwarnings("ignore::mlkit.exceptions.ConstantLabelWarning")
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.DataConversionWarning")
@parametrize_with_checks(ESTIMATORS, expected_failed_checks=expected_failures)
def test_scikit_learn_checks(
    estimator: Any, check: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    if check.func.__name__ in ASK_FOR_FLOAT64:
        for name in ("assert_allclose", "assert_allclose_dense_sparse"):
            monkeypatch.setattr(estimator_checks, name, _alike_in_float32)
    check(estimator)
