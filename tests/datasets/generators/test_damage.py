from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

from mlkit.dataset import DatasetSource, MultiLabelDataset
from mlkit.datasets.generators.damage import flip_labels, hide_labels, keep_one_label
from mlkit.exceptions import GeneratorError


def a_dataset(Y, *, sparse=False, missing=None):
    Y = np.asarray(Y, dtype=np.int8)
    X = pd.DataFrame({"x": np.arange(len(Y))})
    names = [f"l{j}" for j in range(Y.shape[1])]
    if sparse:
        Y = sp.csr_array(Y)
        missing = None if missing is None else sp.csr_array(missing)
    source = DatasetSource(reading="by hand")
    return MultiLabelDataset(X, Y, names, name="toy", source=source, missing=missing)


def dense(matrix, shape):
    if matrix is None:
        return np.zeros(shape, dtype=bool)
    if isinstance(matrix, pd.DataFrame):
        return matrix.to_numpy()
    return matrix.toarray() if sp.issparse(matrix) else matrix


def parts(dataset):
    shape = (dataset.n_samples, dataset.n_labels)
    return dense(dataset.Y, shape), dense(dataset.missing, shape)


@pytest.fixture(params=[False, True], ids=["dense", "sparse"])
def dataset(request):
    rng = np.random.default_rng(0)
    Y = rng.random((60, 10)) < 0.3
    missing = (rng.random(Y.shape) < 0.1) & ~Y
    return a_dataset(Y, sparse=request.param, missing=missing)


@pytest.mark.parametrize("share", [0.0, 0.35, 1.0])
def test_hiding_positives_hides_exactly_that_share_of_them(dataset, share):
    before, unknown_before = parts(dataset)
    after, unknown = parts(hide_labels(dataset, share, random_state=1))

    assert before.sum() - after.sum() == round(share * before.sum())
    assert ((before == 1) == ((after == 1) | (unknown & ~unknown_before))).all()
    assert (unknown >= unknown_before).all()


def test_hidden_as_absent_leaves_no_trace_in_the_mask(dataset):
    before, unknown_before = parts(dataset)
    after, unknown = parts(hide_labels(dataset, 0.5, how="absent", random_state=1))

    assert (after <= before).all()
    assert np.array_equal(unknown, unknown_before)
    assert after.sum() == before.sum() - round(0.5 * before.sum())


def test_hiding_all_kinds_hides_a_share_of_the_known_cells(dataset):
    before, unknown_before = parts(dataset)
    after, unknown = parts(hide_labels(dataset, 0.4, which="all", random_state=1))

    n_known = (~unknown_before).sum()
    assert unknown.sum() - unknown_before.sum() == round(0.4 * n_known)
    assert np.array_equal(after, np.where(unknown, 0, before))
    assert 0.2 < (before - after).sum() / before.sum() < 0.6  # ones as often as zeros


@pytest.mark.parametrize("share", [0.0, 0.2, 1.0])
def test_flipping_turns_that_share_of_the_ones_and_of_the_zeros(dataset, share):
    before, unknown_before = parts(dataset)
    after, unknown = parts(flip_labels(dataset, share, random_state=1))

    zeros = (before == 0) & ~unknown_before
    assert np.array_equal(unknown, unknown_before)
    assert ((before == 1) & (after == 0)).sum() == round(share * before.sum())
    assert (zeros & (after == 1)).sum() == round(share * zeros.sum())
    assert not (unknown & (after == 1)).any()


def test_a_pair_flips_the_two_kinds_apart(dataset):
    before, unknown = parts(dataset)
    only_added, _ = parts(flip_labels(dataset, (0.1, 0.0), random_state=1))
    only_lost, _ = parts(flip_labels(dataset, (0.0, 0.1), random_state=1))

    zeros = ((before == 0) & ~unknown).sum()
    assert (only_added >= before).all()
    assert only_added.sum() - before.sum() == round(0.1 * zeros)
    assert (only_lost <= before).all()


@given(data=st.data())
def test_added_labels_come_from_all_free_cells_alike(data):
    """Flipping all zeros finds each of them: the numbering of free cells is right."""
    n, q = data.draw(st.integers(1, 6)), data.draw(st.integers(1, 6))
    Y = np.array(data.draw(st.lists(st.booleans(), min_size=n * q, max_size=n * q)))
    ds = a_dataset(Y.reshape(n, q), sparse=True)

    after, _ = parts(flip_labels(ds, (1.0, 0.0), random_state=0))
    assert (after == 1).all()


@pytest.mark.parametrize("how", ["unknown", "absent"])
def test_one_label_of_each_row_is_kept(dataset, how):
    before, unknown_before = parts(dataset)
    after, unknown = parts(keep_one_label(dataset, how=how, random_state=1))

    assert (after <= before).all()
    assert np.array_equal(after.sum(axis=1), before.any(axis=1))
    if how == "unknown":
        assert np.array_equal(unknown, after == 0)
    else:
        assert np.array_equal(unknown, unknown_before)


def test_every_label_of_a_row_is_kept_equally_often():
    ds = a_dataset(np.ones((3000, 3)))

    after, _ = parts(keep_one_label(ds, how="absent", random_state=0))
    assert (np.abs(after.mean(axis=0) - 1 / 3) < 0.03).all()


@pytest.mark.parametrize(
    "damage",
    [
        lambda ds, seed: hide_labels(ds, 0.5, random_state=seed),
        lambda ds, seed: flip_labels(ds, 0.2, random_state=seed),
        lambda ds, seed: keep_one_label(ds, random_state=seed),
    ],
)
def test_the_dataset_stays_as_it_was_and_a_seed_repeats(dataset, damage):
    before = [part.copy() for part in parts(dataset)]
    first, second, other = (damage(dataset, seed) for seed in (3, 3, 4))

    assert all(map(np.array_equal, parts(dataset), before))
    assert all(map(np.array_equal, parts(first), parts(second)))
    assert not all(map(np.array_equal, parts(first), parts(other)))
    assert type(first.Y) is type(dataset.Y)
    assert first.label_names == dataset.label_names
    assert first.X.equals(dataset.X)


def test_name_and_source_say_what_was_done(dataset):
    hidden = hide_labels(dataset, 0.3, random_state=0)

    assert hidden.name == "toy (30% of the positives hidden)"
    assert hidden.source.reading == "by hand; 30% of the positives hidden"
    flipped = flip_labels(dataset, 0.01, random_state=0)
    assert flipped.source.reading.endswith(
        "1.0% of the zeros and 1.0% of the ones flipped"
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda ds: hide_labels(ds, 1.5), r"share must be in \[0, 1\], got 1\.5"),
        (lambda ds: hide_labels(ds, 0.5, which="ones"), "which must be one of"),
        (lambda ds: hide_labels(ds, 0.5, how="nan"), "'unknown', 'absent'; got 'nan'"),
        (lambda ds: flip_labels(ds, (0.1, 2)), "share of the ones must be in"),
        (lambda ds: flip_labels(ds, -0.1), "share of the zeros must be in"),
        (lambda ds: keep_one_label(ds, how="x"), "how must be one of"),
    ],
)
def test_bad_arguments_are_refused(dataset, call, message):
    with pytest.raises(GeneratorError, match=message):
        call(dataset)
