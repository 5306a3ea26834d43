import numpy as np
import pandas as pd
import pytest
import sklearn.metrics as skm
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

import mlkit.metrics as mm
from mlkit.exceptions import IndicatorError, LabelNameError, ShapeError

NAN = float("nan")
AVERAGES = {"example": "samples", "micro": "micro", "macro": "macro"}
ORACLES = {
    f"{ours}_{measure}_score": (getattr(skm, f"{measure}_score"), theirs)
    for measure in ("precision", "recall", "f1")
    for ours, theirs in AVERAGES.items()
} | {"example_jaccard_score": (skm.jaccard_score, "samples")}

# Worked cases with published values: scores are cut at 0.5.
E_TRUE = [[0, 0, 0], [0, 1, 0], [1, 1, 0]]
E_PRED = [[0, 0, 0], [0, 0, 1], [1, 1, 0]]
T_TRUE = [[1, 0, 0], [0, 0, 1]]
T_PRED = [[1, 1, 1], [1, 1, 1]]

pairs = st.tuples(st.integers(1, 8), st.integers(2, 6)).flatmap(
    lambda shape: st.tuples(
        *[npst.arrays(np.int8, shape, elements=st.integers(0, 1))] * 2
    )
)


@pytest.mark.parametrize("name", ORACLES)
@pytest.mark.parametrize("zero_division", [0.0, 1.0, NAN])
@settings(max_examples=30)  # for each of thirty pairs of metric and convention
@given(pair=pairs)
def test_agrees_with_scikit_learn(name, zero_division, pair):
    if "jaccard" in name and np.isnan(zero_division):
        return  # scikit-learn's jaccard_score has no such option
    oracle, average = ORACLES[name]
    expected = oracle(*pair, average=average, zero_division=zero_division)
    ours = getattr(mm, name)(*pair, zero_division=zero_division)
    assert ours == pytest.approx(expected, nan_ok=True)


@given(pair=pairs)
def test_hamming_and_subset_accuracy_agree_with_scikit_learn(pair):
    assert mm.hamming_loss(*pair) == pytest.approx(skm.hamming_loss(*pair))
    assert mm.subset_accuracy_score(*pair) == pytest.approx(skm.accuracy_score(*pair))


@given(pair=pairs)
def test_order_of_the_metrics(pair):
    jaccard, f1 = mm.example_jaccard_score(*pair), mm.example_f1_score(*pair)
    assert jaccard <= f1 + 1e-12 <= 2 * jaccard + 1e-11
    defined = mm.example_jaccard_score(*pair, zero_division=1.0)
    assert mm.subset_accuracy_score(*pair) <= defined + 1e-12


@given(pair=pairs)
def test_exchanging_truth_and_prediction_exchanges_precision_and_recall(pair):
    true, predicted = pair
    for average in AVERAGES:
        precision = getattr(mm, f"{average}_precision_score")
        recall = getattr(mm, f"{average}_recall_score")
        assert precision(true, predicted) == recall(predicted, true)


@pytest.mark.parametrize(
    ("name", "at_zero", "at_one"),
    [
        ("example_precision_score", 0.3333, 0.6667),
        ("example_f1_score", 0.3333, 0.6667),
        ("example_jaccard_score", 0.3333, 0.6667),
        ("macro_recall_score", 0.5, 0.8333),
        ("macro_f1_score", 0.5556, 0.5556),
    ],
)
def test_published_values_case_e(name, at_zero, at_one):
    metric = getattr(mm, name)
    assert metric(E_TRUE, E_PRED) == pytest.approx(at_zero, abs=5e-5)
    ours = metric(E_TRUE, E_PRED, zero_division=1.0)
    assert ours == pytest.approx(at_one, abs=5e-5)


@pytest.mark.parametrize(
    ("name", "at_zero", "at_one"),
    [
        ("example_precision_score", 0.3333, 0.3333),
        ("example_f1_score", 0.5, 0.5),
        ("example_jaccard_score", 0.3333, 0.3333),
        ("macro_recall_score", 0.6667, 1.0),
        ("macro_f1_score", 0.4444, 0.4444),
    ],
)
def test_published_values_case_t(name, at_zero, at_one):
    metric = getattr(mm, name)
    assert metric(T_TRUE, T_PRED) == pytest.approx(at_zero, abs=5e-5)
    ours = metric(T_TRUE, T_PRED, zero_division=1.0)
    assert ours == pytest.approx(at_one, abs=5e-5)


@given(pair=pairs, data=st.data())
def test_averages_of_known_cells_agree_with_scikit_learn(pair, data):
    true, predicted = pair
    known = data.draw(npst.arrays(bool, true.shape))
    if not known.any():
        return
    unknown = np.where(known, true, NAN)
    cells = true[known], predicted[known]
    wrong = skm.zero_one_loss(*cells)
    assert mm.hamming_loss(unknown, predicted) == pytest.approx(wrong)
    micro = skm.f1_score(*cells, zero_division=0.0)
    assert mm.micro_f1_score(unknown, predicted) == pytest.approx(micro)
    columns = [
        skm.f1_score(true[rows, j], predicted[rows, j], zero_division=0.0)
        for j, rows in enumerate(known.T)
        if rows.any()
    ]
    assert mm.macro_f1_score(unknown, predicted) == pytest.approx(np.mean(columns))
    right = [
        skm.accuracy_score(true[i, row], predicted[i, row]) == 1
        for i, row in enumerate(known)
        if row.any()
    ]
    ours = mm.subset_accuracy_score(unknown, predicted)
    assert ours == pytest.approx(np.mean(right))


def test_predicting_nothing_looks_good_by_cells_and_is_worthless():
    rng = np.random.default_rng(7)
    Y = (rng.random((1000, 20)) < 0.1).astype(int)
    nothing = np.zeros_like(Y)
    assert 1 - mm.hamming_loss(Y, nothing) == pytest.approx(0.9, abs=0.01)
    assert mm.hamming_loss(Y, nothing) == pytest.approx(Y.mean())
    assert mm.subset_accuracy_score(Y, nothing) == (Y.sum(axis=1) == 0).mean()
    assert mm.micro_f1_score(Y, nothing) == 0.0
    assert mm.macro_f1_score(Y, nothing) == 0.0


def test_example_f1_is_not_the_harmonic_mean_of_the_mean_precision_and_recall():
    true, predicted = [[1, 0, 0], [1, 1, 1]], [[1, 1, 1], [1, 0, 0]]
    precision = mm.example_precision_score(true, predicted)
    recall = mm.example_recall_score(true, predicted)
    assert 2 * precision * recall / (precision + recall) == pytest.approx(2 / 3)
    assert mm.example_f1_score(true, predicted) == pytest.approx(1 / 2)


def test_micro_and_macro_disagree_about_a_rare_label():
    true = np.zeros((10, 2), dtype=int)
    true[:9, 0] = 1
    true[9, 1] = 1
    predicted = np.zeros_like(true)
    predicted[:9, 0] = 1
    assert mm.micro_f1_score(true, predicted) == pytest.approx(18 / 19)
    assert mm.macro_f1_score(true, predicted) == pytest.approx(1 / 2)


@pytest.mark.parametrize("name", [*ORACLES, "hamming_loss", "subset_accuracy_score"])
class TestEdges:
    def test_one_row_one_label(self, name):
        best = 0.0 if name == "hamming_loss" else 1.0
        assert getattr(mm, name)([[1]], [[1]]) == best
        assert getattr(mm, name)([[1]], [[0]]) == 1.0 - best

    def test_no_rows(self, name):
        with pytest.raises(ShapeError, match="at least one of each"):
            getattr(mm, name)(np.zeros((0, 2)), np.zeros((0, 2)))

    def test_scores_instead_of_labels(self, name):
        with pytest.raises(IndicatorError, match="Y_pred has .* outside"):
            getattr(mm, name)([[1, 0]], [[0.7, 0.2]])

    def test_columns_in_another_order(self, name):
        Y = pd.DataFrame([[1, 0]], columns=["a", "b"])
        with pytest.raises(LabelNameError, match="another order"):
            getattr(mm, name)(Y, Y[["b", "a"]])

    def test_options_are_keyword_only(self, name):
        with pytest.raises(TypeError, match="positional"):
            getattr(mm, name)([[1]], [[1]], 0.0)
