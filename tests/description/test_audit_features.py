"""What the audit finds in feature columns, and where it keeps silent."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from mlkit import MultiLabelDataset
from mlkit.description.audit_features import (
    constant_features,
    feature_findings,
    identifier_columns,
)
from mlkit.description.columns import columns_of

RNG = np.random.default_rng(0)
N = 40


def dataset(X, Y=None, **keywords):
    Y = np.ones((X.shape[0], 1), int) if Y is None else Y
    return MultiLabelDataset(X, Y, **keywords)


def findings(X, Y=None, **keywords):
    ds = dataset(X, Y, **keywords)
    columns = columns_of(ds)
    return list(feature_findings(ds, columns, identifier_columns(columns)))


def one(X, topic, Y=None, **keywords):
    """The only finding of a topic; fails where there is none or several."""
    (found,) = [f for f in findings(X, Y, **keywords) if f.topic == topic]
    return found


def topics(X, Y=None):
    return [finding.topic for finding in findings(X, Y)]


def identifiers(**columns):
    table = pd.DataFrame(columns)
    return identifier_columns(columns_of(dataset(table)))


# Identifiers


@pytest.mark.parametrize(
    "values",
    [
        [f"q{i}" for i in range(N)],
        pd.Categorical([f"q{i}" for i in range(N)]),
        [f"The row number {i}"[4:] for i in range(N)],
        np.arange(N),
        np.arange(N)[::-1] - 7,
        np.arange(N) * 1000.0,
        RNG.permutation(N),
        RNG.permutation(2 * N)[:N].astype(float),
    ],
    ids=["text", "category", "words", "count", "down", "steps", "shuffled", "half"],
)
def test_identifiers(values):
    assert identifiers(x=values, y=[0.5] * N) == ("x",)


@pytest.mark.parametrize(
    "values",
    [
        np.arange(N) + 0.5,
        RNG.normal(size=N),
        RNG.permutation(100 * N)[:N],
        np.repeat(np.arange(N // 2), 2),
        [f"a sentence of many words, number {i}" for i in range(N)],
        [f"q{i // 2}" for i in range(N)],
        pd.date_range("2020-01-01", periods=N),
        np.r_[np.arange(N - 1), np.nan],
    ],
    ids=["halves", "normal", "spread", "twice", "prose", "pairs", "dates", "gap"],
)
def test_no_identifiers(values):
    assert identifiers(x=values) == ()


def test_few_rows_of_integers_are_measurements():
    assert identifiers(x=np.arange(19)) == ()
    assert identifiers(x=np.arange(20)) == ("x",)


def test_two_rows_of_text_that_differ_are_named():
    assert identifiers(x=["a", "b"]) == ("x",)
    assert identifiers(x=["a"]) == ()


@pytest.mark.parametrize("container", [np.asarray, sp.csr_array])
def test_identifiers_of_arrays_and_sparse_tables(container):
    matrix = np.c_[RNG.normal(size=N), np.arange(N)]

    columns = columns_of(dataset(container(matrix), feature_names=["x", "number"]))

    assert identifier_columns(columns) == ("number",)


def test_an_identifier_is_a_warning_that_names_it():
    found = one(pd.DataFrame({"protein": list("abcde")}), "identifier column")

    assert (found.severity, found.names) == ("warning", ("protein",))
    assert "'protein' has a different value in each of the 5 rows" in found.message


def test_names_that_nearly_all_differ():
    names = [f"q{i}" for i in range(N)]
    names[0] = names[1]

    found = one(pd.DataFrame({"owner": names}), "nearly an identifier")

    assert found.names == ("owner",)
    assert "39 different values in 40 rows" in found.message
    assert topics(pd.DataFrame({"owner": names[: N // 2] * 2})) == []


# Copies of labels


def copies(X, Y, **keywords):
    found = [
        f for f in findings(X, Y, **keywords) if f.topic == "feature equals a label"
    ]
    return [(f.severity, f.names) for f in found]


@pytest.mark.parametrize(
    "column",
    [
        lambda label: label,
        lambda label: 1 - label,
        lambda label: label * 2.5,
        lambda label: label + 3,
        lambda label: np.where(label, "yes", "no"),
        lambda label: pd.Categorical(np.where(label, "yes", "no")),
        lambda label: label.astype(bool),
    ],
    ids=["equal", "complement", "scaled", "shifted", "text", "category", "bool"],
)
def test_a_feature_that_gives_a_label_away(column):
    Y = np.c_[RNG.integers(0, 2, N), RNG.integers(0, 2, N)]
    X = pd.DataFrame({"size": RNG.normal(size=N), "leak": column(Y[:, 1])})

    assert copies(X, Y) == [("problem", ("leak",))]


@pytest.mark.parametrize("flip", [False, True])
def test_a_leak_in_sparse_data(flip):
    Y = sp.csr_array(RNG.integers(0, 2, (N, 3)))
    leak = Y.toarray()[:, 2] ^ flip
    X = sp.csr_array(np.c_[RNG.integers(0, 2, (N, 2)), leak])

    assert copies(X, Y, feature_names=list("abc")) == [("problem", ("c",))]


def test_agreement_of_a_few_ones_may_be_chance():
    label = np.zeros((N, 1), int)
    label[7] = 1

    found = one(label.astype(float), "feature equals a label", Y=label)

    assert found.severity == "note"
    assert "may be chance" in found.message


def test_nearly_a_label_is_not_reported():
    label = RNG.integers(0, 2, (N, 1))
    almost = label.copy()
    almost[3] ^= 1

    assert copies(almost, label) == []


def test_constant_labels_are_equal_to_nothing():
    assert copies(np.ones((N, 1)), np.ones((N, 1), int)) == []


def test_three_values_do_not_equal_a_label():
    label = np.array([[0], [1], [1]] * 10)
    feature = np.array([[0], [1], [2]] * 10)

    assert copies(feature, label) == []


# Values


def test_mixed_types():
    table = pd.DataFrame({"age": [3, "unknown", 4], "name": ["a", "b", "a"]})

    found = one(table, "mixed types")

    assert (found.severity, found.names) == ("warning", ("age",))


def test_infinite_and_missing_values():
    table = pd.DataFrame(
        {"a": [1.0, np.inf, -np.inf], "b": [np.nan, 2.0, 3.0], "c": [None, None, "x"]}
    )

    infinite, missing = one(table, "infinite values"), one(table, "missing values")

    assert (infinite.names, infinite.severity) == (("a",), "warning")
    assert "2 cells are infinite" in infinite.message
    assert (missing.names, missing.severity) == (("b", "c"), "note")
    assert "3 cells are empty, in 2 of 3 features" in missing.message
    assert "most in 'c' (66.7% of the rows)" in missing.message


@pytest.mark.parametrize(
    "features",
    [
        pd.DataFrame({"x": [1.0, 2.0, 3.0], "flat": 7.0}),
        pd.DataFrame({"x": [1.0, 2.0, 3.0], "flat": "same"}),
        np.array([[1.0, 7.0], [2.0, 7.0], [3.0, 7.0]]),
        sp.csr_array(np.array([[1.0, 0.0], [2.0, 0.0], [3.0, 0.0]])),
    ],
    ids=["frame", "text", "array", "sparse"],
)
def test_constant_features(features):
    found = one(features, "constant feature")

    assert found.names == (
        ("flat",) if isinstance(features, pd.DataFrame) else ("column 1",)
    )
    assert found.severity == "note"


def test_constant_features_of_a_part_are_told_as_such():
    columns = columns_of(dataset(np.array([[1, 2], [1, 3]])))

    (found,) = constant_features(columns, "train")

    assert found.part == "train"
    assert "1 of 2 features has the same value in train" in found.message


def test_duplicate_features():
    table = pd.DataFrame(
        {"a": [1.0, 2.0, 3.5], "b": [1.0, 2.0, 3.5], "c": [2.0, 1.0, 3.5]}
    ).assign(d=lambda t: t["a"], flat=0, level=0)

    found = one(table, "duplicate feature")

    assert found.names == ("b", "d"), "the first of equal columns is kept"
    assert "2 of 6 features repeat another one" in found.message
    assert "'a' = 'b'" in found.message


def test_duplicate_features_of_sparse_data():
    matrix = (RNG.random((N, 6)) < 0.3).astype(float)
    matrix[:, 4] = matrix[:, 1]

    assert one(sp.csr_array(matrix), "duplicate feature").names == ("column 4",)


# Codes and scales


def test_categories_that_look_like_numbers():
    table = pd.DataFrame(
        {
            "location": pd.Categorical(["2", "10", "1", "2"]),
            "zip": ["01069", "01099", "01067", "01069"],
            "kind": ["1", "2", "b", "1"],
            "flag": ["0", "1", "0", "1"],
            "count": [1, 2, 3, 1],
        }
    )

    found = one(table, "numbers that are codes")

    assert (found.severity, found.names) == ("note", ("location", "zip"))


@pytest.mark.parametrize(
    ("values", "flagged"),
    [
        ([1069, 1099, 20095, 80331], True),
        ([101, 205, 333, 417], True),
        ([1, 2, 3, 4, 5], False),
        ([0, 1, 2, 3, 5, 14], False),
        ([1990, 1991, 1992, 1995], False),
        ([1.5, 200.0, 300.0, 400.0], False),
        ([10, 20, 30, 40], False),
        ([500, 900], False),
    ],
    ids=["zip", "rooms", "grades", "stripes", "years", "floats", "tens", "binary"],
)
def test_integers_that_may_be_codes(values, flagged):
    column = RNG.choice(values, size=(400, 1)).astype(float)

    assert ("numbers that may be codes" in topics(column)) == flagged


def test_many_different_integers_are_quantities():
    assert topics(RNG.integers(1, 10**6, size=(400, 1))) == []


def test_scales_that_differ_a_thousandfold():
    table = pd.DataFrame(
        {"area": [0, 2.5e6, 4e6], "flux": [0.0, 0.1, 0.5], "binary": [0, 1e-9, 0]}
    )

    found = one(table, "feature scales")

    assert found.names == ("area", "flux")
    assert "8,000,000-fold" in found.message
    assert topics(table.assign(area=[0.0, 1.0, 2.0])) == []


def test_identifiers_do_not_count_as_scales():
    table = pd.DataFrame({"id": np.arange(N) * 10**6, "x": RNG.normal(size=N)})

    assert topics(table.assign(y=table["x"] * 2)) == ["identifier column"]


def test_clean_data_have_no_findings():
    assert topics(RNG.normal(size=(N, 3)), RNG.integers(0, 2, (N, 2))) == []
