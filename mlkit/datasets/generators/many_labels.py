"""Very many labels: sparse features and sparse labels, made block by block."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import scipy.sparse as sp

from mlkit.dataset import DatasetSource, MultiLabelDataset
from mlkit.datasets.generators.arguments import check_count, check_number

__all__ = ["iter_many_labels", "make_many_labels"]

# Rows that are made at once. It is part of what a seed means, so it is no parameter.
_BLOCK_ROWS = 4096
# What a stored number of a result takes; see `_Growing`.
_GROWTH = 1.1


def make_many_labels(
    n_samples: int = 10_000,
    n_labels: int = 10_000,
    *,
    n_features: int = 10_000,
    cardinality: float = 5.0,
    exponent: float = 1.0,
    signature_size: int = 5,
    keep: float = 0.7,
    n_noise: float = 10.0,
    random_state: Any = None,
) -> MultiLabelDataset:
    r"""Make a large set of labels with power-law frequencies, all of it sparse.

    Parameters
    ----------
    n_samples : int, default 10000
    n_labels : int, default 10000
        At least twice the cardinality; a million is fine.
    n_features : int, default 10000
    cardinality : float, default 5.0
        Mean number of labels a row, at least 0.
    exponent : float, default 1.0
        Of the power law of the label frequencies, in [0, 3]; 0 makes them equal.
    signature_size : int, default 5
        Number of features that speak for a label.
    keep : float, default 0.7
        Probability in [0, 1] that a feature of a label shows in a row.
    n_noise : float, default 10.0
        Mean number of features a row that speak for nothing.
    random_state : int, Generator or None, default None
        Seed. An int gives the same data at every call, in every process.

    Returns
    -------
    MultiLabelDataset
        ``X`` is CSR of float32, ``Y`` CSR of int8; the labels are called
        ``label_00000`` and so on, the most frequent first.

    Raises
    ------
    GeneratorError
        If a number is out of its range.

    See Also
    --------
    iter_many_labels : The same rows, block by block, for what outgrows the memory.

    Notes
    -----
    Row :math:`i` has :math:`s_i \sim \mathrm{Poisson}(\text{cardinality})` labels
    (none at times), drawn one after the other without replacement with

    .. math:: p_j \propto (j + 1)^{-\text{exponent}}, \qquad j = 0, \dots, q - 1

    Label :math:`j` has a signature :math:`S_j` of `signature_size` features, drawn once
    and uniformly. Each feature of each of the row's signatures shows with probability
    `keep`; further features, Poisson(`n_noise`) of them, are drawn uniformly. The value
    of a feature is the number of times that it was drawn in the row, as of a word:

    .. math:: x_{if} = \sum_{j \in Y_i} \sum_{g \in S_j} [g = f]\, b_{ijg} + n_{if},
        \qquad b_{ijg} \sim \mathrm{Bernoulli}(\text{keep})

    As no label can be drawn twice for a row, the most frequent labels are somewhat
    rarer than :math:`n \cdot \text{cardinality} \cdot p_j`.

    Memory is proportional to the stored numbers, the names and the signatures: rows are
    made in blocks, and nothing of n q or n d cells ever exists. O(nnz log nnz).

    References
    ----------
    R. Babbar, B. Schölkopf (2017). DiSMEC: distributed sparse machines for extreme
    multi-label classification. WSDM, 721-729 (label frequencies follow a power law).

    Examples
    --------
    >>> ds = make_many_labels(1000, 5000, random_state=0)
    >>> ds.Y.shape, type(ds.X).__name__, ds.label_names[-1]
    ((1000, 5000), 'csr_array', 'label_4999')
    """
    blocks = iter_many_labels(
        n_samples,
        n_labels,
        n_features=n_features,
        cardinality=cardinality,
        exponent=exponent,
        signature_size=signature_size,
        keep=keep,
        n_noise=n_noise,
        random_state=random_state,
    )
    features, labels = _Growing(np.float32), _Growing(np.int8)
    for n_done, (X, Y) in _counted(blocks):
        features.add(X, n_done / n_samples)
        labels.add(Y, n_done / n_samples)
    width = len(str(n_labels - 1))
    return MultiLabelDataset(
        features.finish(n_features),
        labels.finish(n_labels),
        [f"label_{j:0{width}d}" for j in range(n_labels)],
        name="many-labels",
        source=DatasetSource(reading=f"generated: {n_labels} labels, power law"),
    )


def iter_many_labels(
    n_samples: int = 10_000,
    n_labels: int = 10_000,
    *,
    n_features: int = 10_000,
    cardinality: float = 5.0,
    exponent: float = 1.0,
    signature_size: int = 5,
    keep: float = 0.7,
    n_noise: float = 10.0,
    random_state: Any = None,
) -> Iterator[tuple[sp.csr_array, sp.csr_array]]:
    """Make the rows of `make_many_labels` block by block.

    Parameters
    ----------
    n_samples, n_labels, n_features, cardinality
        As `make_many_labels`.
    exponent, signature_size, keep, n_noise
        As `make_many_labels`.
    random_state : int, Generator or None, default None
        Seed. An int gives the rows of `make_many_labels` with the same seed.

    Yields
    ------
    X : csr_array of float32, shape (n_rows, n_features)
    Y : csr_array of int8, shape (n_rows, n_labels)
        At most 4096 rows at a time, in order.

    Raises
    ------
    GeneratorError
        If a number is out of its range; at the call, not at the first block.

    Notes
    -----
    A block has a generator of its own: the first blocks are the same whatever
    `n_samples` is, as far as they are full.

    Examples
    --------
    >>> blocks = iter_many_labels(5000, 1000, random_state=0)
    >>> [Y.shape[0] for X, Y in blocks]
    [4096, 904]
    """
    check_count("n_samples", n_samples, minimum=1)
    check_count("n_features", n_features, minimum=1)
    check_count("n_labels", n_labels, minimum=1)
    check_number("cardinality", cardinality, at_most=n_labels / 2)
    check_number("exponent", exponent, at_most=3)
    check_count("signature_size", signature_size, minimum=0, maximum=n_features)
    check_number("keep", keep, at_most=1)
    check_number("n_noise", n_noise)
    rng = np.random.default_rng(random_state)
    weights = np.arange(1, n_labels + 1, dtype=np.float64) ** -exponent
    # int32 for a million signatures; features are never that many.
    signatures = rng.integers(
        n_features, size=(n_labels, signature_size), dtype=np.int32
    )
    return _blocks(
        n_samples,
        np.cumsum(weights),
        signatures,
        (n_features, cardinality, keep, n_noise),
        rng,
    )


def _blocks(
    n_samples: int,
    cumulated: np.ndarray,
    signatures: np.ndarray,
    settings: tuple[int, float, float, float],
    rng: np.random.Generator,
) -> Iterator[tuple[sp.csr_array, sp.csr_array]]:
    n_features, cardinality, keep, n_noise = settings
    for start in range(0, n_samples, _BLOCK_ROWS):
        n_rows = min(_BLOCK_ROWS, n_samples - start)
        (own,) = rng.spawn(1)
        rows, columns = _draw_labels(own, n_rows, cardinality, cumulated)
        Y = sp.csr_array(
            (np.ones(rows.size, dtype=np.int8), (rows, columns)),
            shape=(n_rows, len(cumulated)),
        )
        shown = own.random((rows.size, signatures.shape[1])) < keep
        n_each = own.poisson(n_noise, n_rows)
        noise = own.integers(n_features, size=n_each.sum(), dtype=np.int32)
        words = np.concatenate([signatures[columns][shown], noise])
        word_rows = np.repeat(rows, shown.sum(axis=1)), np.repeat(range(n_rows), n_each)
        X = sp.csr_array(
            (np.ones(words.size, np.float32), (np.concatenate(word_rows), words)),
            shape=(n_rows, n_features),
        )
        # The same feature drawn twice counts twice: duplicates add up.
        X.sum_duplicates()
        yield X, Y


def _draw_labels(
    rng: np.random.Generator, n_rows: int, cardinality: float, cumulated: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Draw the label sets: rows and columns of the ones, ascending."""
    n_labels = len(cumulated)
    sizes = np.minimum(rng.poisson(cardinality, n_rows), n_labels)
    rows = np.repeat(np.arange(n_rows, dtype=np.int64), sizes)
    cells = rows * n_labels + _draw(rng, rows.size, cumulated)
    while True:
        # A label that a row has already is drawn again, until all are different: the
        # same as drawing one after the other without replacement.
        cells, first = np.unique(cells, return_index=True)
        lost = sizes - np.bincount(cells // n_labels, minlength=n_rows)
        if not lost.any():
            break
        again = np.repeat(np.arange(n_rows, dtype=np.int64), lost)
        cells = np.concatenate(
            [cells, again * n_labels + _draw(rng, again.size, cumulated)]
        )
    return np.divmod(cells, n_labels)


def _draw(rng: np.random.Generator, size: int, cumulated: np.ndarray) -> np.ndarray:
    """Draw labels with probabilities proportional to their weights."""
    return np.searchsorted(cumulated, rng.random(size) * cumulated[-1], side="right")


def _counted(
    blocks: Iterator[tuple[sp.csr_array, sp.csr_array]],
) -> Iterator[tuple[int, tuple[sp.csr_array, sp.csr_array]]]:
    """Count the rows so far."""
    n_done = 0
    for block in blocks:
        n_done += block[0].shape[0]
        yield n_done, block


class _Growing:
    """A CSR matrix to which blocks of rows are added below.

    Its arrays are as long as the share done so far makes expect, so that there is no
    list of blocks to be joined at the end, which would double the memory.
    """

    def __init__(self, dtype: Any) -> None:
        self.data = np.empty(0, dtype=dtype)
        self.indices = np.empty(0, dtype=np.int32)
        self.indptr = [np.zeros(1, dtype=np.int64)]
        self.n_stored = 0

    def add(self, block: sp.csr_array, share_done: float) -> None:
        """Add rows; `share_done` of all rows are there after that."""
        end = self.n_stored + block.nnz
        if end > self.data.size:
            size = max(end, int(_GROWTH * end / share_done))
            self.data = _resized(self.data, size)
            self.indices = _resized(self.indices, size)
        self.data[self.n_stored : end] = block.data
        self.indices[self.n_stored : end] = block.indices
        self.indptr.append(self.n_stored + block.indptr[1:].astype(np.int64))
        self.n_stored = end

    def finish(self, n_columns: int) -> sp.csr_array:
        """Return the matrix."""
        indptr = np.concatenate(self.indptr)
        # Whole numbers of one width; the small one wherever it is wide enough.
        if self.n_stored <= np.iinfo(np.int32).max:
            indptr = indptr.astype(np.int32)
        parts = (
            _resized(self.data, self.n_stored),
            _resized(self.indices, self.n_stored),
            indptr,
        )
        matrix = sp.csr_array(parts, shape=(indptr.size - 1, n_columns), copy=False)
        matrix.has_canonical_format = True
        return matrix


def _resized(array: np.ndarray, size: int) -> np.ndarray:
    """Return the array with another length; what is added is not touched."""
    # Pages that were never written take no memory, so expecting too much costs none.
    longer = np.empty(size, dtype=array.dtype)
    kept = min(size, array.size)
    longer[:kept] = array[:kept]
    return longer
