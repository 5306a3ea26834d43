"""Fingerprints: whether data, a model or a split is the same as it was."""

from __future__ import annotations

import hashlib
import types
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import joblib
import numpy as np
import pandas as pd
import scipy.sparse as sp

from mlkit.dataset import MultiLabelDataset

__all__ = ["dataset_fingerprint", "fingerprint"]


def dataset_fingerprint(dataset: MultiLabelDataset) -> str:
    """Return a text that is equal for datasets with equal content.

    Parameters
    ----------
    dataset : MultiLabelDataset

    Returns
    -------
    str
        SHA-256 in 64 hexadecimal digits, of features, labels, the mask of unknown
        labels and the names of both. What the dataset is called and where it came from
        do not count, and neither do the names of the rows.

    Notes
    -----
    Types count (a column of 1.0 is not one of 1), layout does not: the order in memory
    and, in CSR, the order within a row and zeros that are stored. Cost: one pass.

    Examples
    --------
    >>> one = MultiLabelDataset([[1.0], [2.0]], [[1, 0], [0, 1]], name="one")
    >>> other = one.replace(name="other")
    >>> dataset_fingerprint(one) == dataset_fingerprint(other)
    True
    >>> dataset_fingerprint(one) == dataset_fingerprint(one[::-1])
    False
    """
    return fingerprint(
        [
            dataset.X,
            dataset.Y,
            dataset.missing,
            dataset.feature_names,
            dataset.label_names,
        ]
    )


def fingerprint(value: Any) -> str:
    """Return a text that is equal for values that mean the same.

    Parameters
    ----------
    value : object
        Numbers, texts, arrays, tables, sparse matrices, lists, tuples, mappings, sets,
        functions, and estimators of scikit-learn's kind, inside each other too.

    Returns
    -------
    str
        SHA-256 in 64 hexadecimal digits; the same in another process and on another
        day, with the same versions of the packages.

    Notes
    -----
    An estimator is its class and its parameters, and nothing that it has learned. A
    function is its name, its code and its constants, so that a changed one is another.
    Anything else goes through `joblib.hash`: it is what its pickle is.

    Raises
    ------
    PicklingError, TypeError
        If something inside can be told apart by nothing of all this.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> first = fingerprint(LogisticRegression(C=2.0))
    >>> first == fingerprint(LogisticRegression(C=2.0))
    True
    >>> first == fingerprint(LogisticRegression(C=1.0))
    False
    """
    digest = hashlib.sha256()
    for part in _parts(value):
        # With its length before it, no part can pass for the end of another.
        digest.update(len(part).to_bytes(8, "little"))
        digest.update(part)
    return digest.hexdigest()


def _parts(value: Any) -> Iterator[bytes]:
    """Yield what makes a value what it is, each kind with its name before it."""
    if value is None or isinstance(value, (bool, int, float, complex, str, bytes)):
        yield f"{type(value).__name__}:{value!r}".encode("utf-8", "surrogatepass")
    elif isinstance(value, pd.DataFrame):
        yield b"table"
        yield from _parts([str(name) for name in value.columns])
        for position in range(value.shape[1]):
            yield from _column(value.iloc[:, position])
    elif isinstance(value, (pd.Series, pd.Index)):
        yield from _column(value)
    elif sp.issparse(value):
        yield from _sparse(value)
    elif isinstance(value, np.ndarray):
        yield from _array(value)
    elif isinstance(value, np.generic):
        yield from _array(np.asarray(value))
    elif isinstance(value, (list, tuple)):
        yield f"{type(value).__name__} of {len(value)}".encode()
        for item in value:
            yield from _parts(item)
    elif isinstance(value, (set, frozenset)):
        yield f"set of {len(value)}".encode()
        yield from sorted(fingerprint(item).encode() for item in value)
    elif isinstance(value, Mapping):
        yield from _mapping("mapping", value)
    else:
        yield from _object(value)


def _object(value: Any) -> Iterator[bytes]:
    if isinstance(value, type):
        yield f"class:{_name(value)}".encode()
    elif hasattr(value, "get_params"):
        yield from _mapping(_name(type(value)), value.get_params(deep=False))
    elif isinstance(value, partial):
        yield b"partial"
        yield from _parts([value.func, value.args, value.keywords])
    elif isinstance(value, types.FunctionType):
        yield f"function:{_name(value)}".encode()
        yield from _code(value.__code__)
        cells = [cell.cell_contents for cell in value.__closure__ or ()]
        yield from _parts([value.__defaults__, value.__kwdefaults__, cells])
    else:
        yield f"{_name(type(value))}:{joblib.hash(value)}".encode()


def _name(thing: Any) -> str:
    return f"{thing.__module__}.{thing.__qualname__}"


def _code(code: types.CodeType) -> Iterator[bytes]:
    yield code.co_code
    yield from _parts(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            # A function within a function; its repr has its address.
            yield from _code(constant)
        else:
            yield from _parts(constant)


def _mapping(kind: str, value: Mapping[Any, Any]) -> Iterator[bytes]:
    yield f"{kind} of {len(value)}".encode()
    items = sorted((fingerprint(key), item) for key, item in value.items())
    for key, item in items:
        yield key.encode()
        yield from _parts(item)


def _column(values: Any) -> Iterator[bytes]:
    dtype = values.dtype
    yield f"column:{dtype}".encode()
    if isinstance(dtype, pd.CategoricalDtype):
        codes = values.cat.codes if isinstance(values, pd.Series) else values.codes
        yield from _parts([list(dtype.categories), dtype.ordered])
        yield from _array(np.asarray(codes))
    elif isinstance(dtype, np.dtype):
        yield from _array(values.to_numpy())
    else:
        yield from _texts(values.to_numpy(dtype=object))


def _array(values: np.ndarray) -> Iterator[bytes]:
    yield f"array:{values.dtype.str}:{values.shape}".encode()
    if values.dtype.hasobject:
        yield from _texts(values.ravel())
    else:
        yield np.ascontiguousarray(values).tobytes()


def _texts(values: np.ndarray) -> Iterator[bytes]:
    gaps = pd.isna(values)
    yield gaps.tobytes()
    for value in values[~gaps]:
        yield from _parts(value)


def _sparse(matrix: Any) -> Iterator[bytes]:
    rows = sp.csr_array(matrix, copy=True)
    rows.sum_duplicates()
    rows.eliminate_zeros()
    yield f"sparse:{rows.shape}".encode()
    yield from _array(rows.data)
    # 32 or 64 bits: what scipy took does not count.
    yield rows.indices.astype(np.int64).tobytes()
    yield rows.indptr.astype(np.int64).tobytes()
