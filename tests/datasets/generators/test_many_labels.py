from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tracemalloc

import numpy as np
import pytest
import scipy.sparse as sp

from mlkit.datasets.generators.many_labels import iter_many_labels, make_many_labels
from mlkit.exceptions import GeneratorError


def digest(*matrices):
    arrays = [part for m in matrices for part in (m.data, m.indices, m.indptr)]
    joined = b"".join(
        np.ascontiguousarray(a.astype(np.int64)).tobytes() for a in arrays
    )
    return hashlib.sha256(joined).hexdigest()


def test_shapes_kinds_and_names():
    ds = make_many_labels(5000, 1000, n_features=300, random_state=0)

    assert ds.X.shape == (5000, 300)
    assert ds.X.dtype == np.float32
    assert sp.issparse(ds.Y)
    assert ds.Y.dtype == np.int8
    assert ds.label_names[:2] == ("label_000", "label_001")
    assert set(np.unique(ds.Y.data)) == {1}


def test_the_result_is_canonical():
    ds = make_many_labels(5000, 1000, n_features=50, random_state=0)

    for matrix in (ds.X, ds.Y):
        again = sp.csr_array(
            (matrix.data.copy(), matrix.indices.copy(), matrix.indptr.copy()),
            shape=matrix.shape,
        )
        assert again.has_canonical_format  # found out anew
        assert matrix.data.all()


def test_cardinality_is_as_asked():
    ds = make_many_labels(20_000, 2000, cardinality=3.0, random_state=1)

    assert ds.cardinality == pytest.approx(3.0, abs=0.05)
    sizes = np.diff(ds.Y.indptr)
    assert (sizes == 0).mean() == pytest.approx(np.exp(-3), abs=0.005)


@pytest.mark.parametrize("exponent", [0.5, 1.0])
def test_frequencies_follow_the_power_law(exponent):
    ds = make_many_labels(
        40_000, 2000, cardinality=2.0, exponent=exponent, random_state=2
    )

    # Beyond the head, which drawing without replacement bends, in groups of labels.
    counts = ds.label_counts.to_numpy()[20:].reshape(-1, 60).sum(axis=1)
    rank = np.arange(21, 2001).reshape(-1, 60)
    expected = (rank**-exponent).sum(axis=1)
    slope = np.polyfit(np.log(expected), np.log(counts), 1)[0]
    assert slope == pytest.approx(1.0, abs=0.1)
    assert np.corrcoef(counts, expected)[0, 1] > 0.99


def test_exponent_zero_makes_all_labels_equally_frequent():
    ds = make_many_labels(40_000, 200, cardinality=2.0, exponent=0.0, random_state=2)

    assert ds.label_counts.between(300, 500).all()


def test_drawing_without_replacement_has_the_right_law():
    """Two of three labels with weights 1, 1/2, 1/3: by hand, in either order."""
    ds = make_many_labels(60_000, 3, cardinality=1.5, n_features=5, random_state=0)
    weights = np.array([1, 1 / 2, 1 / 3]) / (11 / 6)
    pairs = {
        (a, b): weights[a] * weights[b] * (1 / (1 - weights[a]) + 1 / (1 - weights[b]))
        for a, b in [(0, 1), (0, 2), (1, 2)]
    }

    Y = ds.Y.toarray()
    two = Y[Y.sum(axis=1) == 2]
    for (a, b), expected in pairs.items():
        assert (two[:, a] & two[:, b]).mean() == pytest.approx(expected, abs=0.01)


def test_features_speak_for_labels():
    ds = make_many_labels(4000, 50, n_features=5000, n_noise=2.0, random_state=0)
    Y, X = ds.Y.toarray() == 1, ds.X
    rows = Y[:, 10]

    seen = np.asarray((X[rows] > 0).mean(axis=0)).ravel()
    elsewhere = np.asarray((X[~rows] > 0).mean(axis=0)).ravel()
    top = np.argsort(-seen)
    assert (seen[top[:5]] > 0.55).sum() == 5  # its signature shows with 0.7
    assert elsewhere[top[:5]].mean() < 0.3


def test_without_signal_there_is_noise_only():
    ds = make_many_labels(
        2000, 50, n_features=100, keep=0.0, n_noise=4.0, random_state=0
    )

    assert ds.X.sum() / 2000 == pytest.approx(4.0, abs=0.2)


def test_blocks_are_the_rows_of_the_whole():
    settings = {"n_labels": 300, "n_features": 200, "random_state": 5}
    whole = make_many_labels(9000, **settings)
    blocks = list(iter_many_labels(9000, **settings))

    assert [X.shape[0] for X, _ in blocks] == [4096, 4096, 808]
    X, Y = (sp.vstack(parts, format="csr") for parts in zip(*blocks, strict=True))
    assert digest(X, Y) == digest(whole.X, whole.Y)


def test_full_blocks_do_not_depend_on_how_many_follow():
    settings = {"n_labels": 300, "n_features": 200, "random_state": 5}
    short, long = (next(iter_many_labels(n, **settings)) for n in (4096, 20_000))

    assert digest(*short) == digest(*long)


def test_another_process_gets_the_same_data():
    code = (
        "import sys; from mlkit.datasets.generators import make_many_labels as m;"
        "ds = m(3000, 500, random_state=1); sys.stdout.write(repr((ds.X.sum(), "
        "ds.Y.indices[:50].tolist(), ds.X.indices[:50].tolist())))"
    )
    ds = make_many_labels(3000, 500, random_state=1)

    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONHASHSEED": "77"},
        capture_output=True,
        text=True,
        check=True,
    )
    expected = (ds.X.sum(), ds.Y.indices[:50].tolist(), ds.X.indices[:50].tolist())
    assert done.stdout == repr(expected)


def test_memory_is_in_proportion_to_what_is_stored():
    make_many_labels(100, 100, random_state=0)  # imports are not counted
    tracemalloc.start()
    ds = make_many_labels(40_000, 20_000, random_state=0)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    stored = sum(
        part.nbytes for m in (ds.X, ds.Y) for part in (m.data, m.indices, m.indptr)
    )
    names = 20_000 * 120  # texts and the places of the tuple
    assert peak < 3 * stored + names


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"n_samples": 0}, "n_samples must be at least 1"),
        ({"n_labels": 8}, r"cardinality must be in \[0, 4\.0\], got 5\.0"),
        ({"cardinality": -1}, "cardinality must be in"),
        ({"exponent": -1}, "exponent must be in"),
        ({"keep": 1.1}, "keep must be in"),
        ({"n_noise": -1}, "n_noise must be in"),
        ({"n_features": 0}, "n_features must be at least 1"),
        ({"signature_size": -1}, "signature_size must be in"),
    ],
)
def test_bad_arguments_are_refused_at_the_call(wrong, message):
    with pytest.raises(GeneratorError, match=message):
        iter_many_labels(**{"n_samples": 10, "n_labels": 100, **wrong})
