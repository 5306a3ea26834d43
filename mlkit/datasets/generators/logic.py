"""Labels that are logical functions of bits: the smallest case of label dependence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from mlkit.dataset import DatasetSource, MultiLabelDataset
from mlkit.datasets.generators.arguments import check_count, check_number
from mlkit.exceptions import GeneratorError, unknown_name

__all__ = ["LOGIC_FUNCTIONS", "make_logic"]

# Each takes the bits, shape (n_samples, n_bits), and gives shape (n_samples,).
_FUNCTIONS: dict[str, Callable[[np.ndarray], Any]] = {
    "or": lambda bits: bits.any(axis=1),
    "and": lambda bits: bits.all(axis=1),
    "xor": lambda bits: bits.sum(axis=1) % 2 == 1,
    "nor": lambda bits: ~bits.any(axis=1),
    "nand": lambda bits: ~bits.all(axis=1),
    "xnor": lambda bits: bits.sum(axis=1) % 2 == 0,
}

LOGIC_FUNCTIONS = tuple(_FUNCTIONS)
"""Names of the functions that `make_logic` knows."""


def make_logic(
    n_samples: int = 1000,
    *,
    functions: Sequence[str] = ("or", "and", "xor"),
    n_bits: int = 2,
    n_noise_features: int = 0,
    noise: float = 0.0,
    random_state: Any = None,
) -> MultiLabelDataset:
    r"""Make labels that are logical functions of random bits.

    Parameters
    ----------
    n_samples : int, default 1000
    functions : sequence of str, default ("or", "and", "xor")
        The labels, in this order; see `LOGIC_FUNCTIONS`.
    n_bits : int, default 2
        Number of bits that the labels depend on, at least 2.
    n_noise_features : int, default 0
        Number of further random bits, on which nothing depends.
    noise : float, default 0.0
        Probability in [0, 0.5] that a label is flipped.
    random_state : int, Generator or None, default None
        Seed. An int gives the same data at every call, in every process.

    Returns
    -------
    MultiLabelDataset
        ``X`` is a DataFrame of int8 with columns ``bit_0``, ..., ``noise_0``, ...; the
        labels carry the names of the functions.

    Raises
    ------
    UnknownNameError
        If a function is not known.
    GeneratorError
        If a number is out of its range, or a function stands twice.

    Notes
    -----
    Bits :math:`b_1, \dots, b_m` are independent with P(1) = 1/2, and

    .. math::

        \mathrm{or} = \max_k b_k, \quad
        \mathrm{and} = \min_k b_k, \quad
        \mathrm{xor} = \Big(\sum_k b_k\Big) \bmod 2,

    with nor, nand and xnor as their complements. Each label is then flipped with
    probability `noise`, independently. So P(label = 1 | x) is ``1 - noise`` where the
    function is 1, else `noise`: given x the labels are independent.

    No linear model of the bits computes xor. Of the labels one does, as for two bits
    xor = or - and: a chain that predicts *or* and *and* first gets it right.

    References
    ----------
    J. Read, B. Pfahringer, G. Holmes, E. Frank (2021). Classifier chains: a review and
    perspectives. JAIR 70, 683-718, section 4 (the logical problem).

    Examples
    --------
    >>> ds = make_logic(4, random_state=1)
    >>> ds.X.assign(xor=ds.Y["xor"]).to_numpy().tolist()
    [[1, 1, 0], [0, 0, 0], [1, 1, 0], [0, 1, 1]]
    """
    _check_logic(functions, n_samples, n_bits, n_noise_features, noise)
    rng = np.random.default_rng(random_state)
    bits = rng.integers(2, size=(n_samples, n_bits + n_noise_features), dtype=np.int8)
    relevant = bits[:, :n_bits]
    Y = np.column_stack([_FUNCTIONS[name](relevant) for name in functions])
    flipped = rng.random(Y.shape) < noise
    names = [f"bit_{k}" for k in range(n_bits)]
    names += [f"noise_{k}" for k in range(n_noise_features)]
    return MultiLabelDataset(
        pd.DataFrame(bits, columns=names),
        Y ^ flipped,
        functions,
        name="logic",
        source=DatasetSource(
            reading=f"generated: {', '.join(functions)} of {n_bits} bits"
        ),
    )


def _check_logic(
    functions: Sequence[str],
    n_samples: int,
    n_bits: int,
    n_noise_features: int,
    noise: float,
) -> None:
    for name in functions:
        if name not in _FUNCTIONS:
            raise unknown_name(kind="logical function", name=name, known=_FUNCTIONS)
    if not functions or len(set(functions)) < len(functions):
        msg = f"functions must name at least one function, each once; got {functions}."
        raise GeneratorError(msg)
    check_count("n_samples", n_samples, minimum=1)
    check_count("n_bits", n_bits, minimum=2)
    check_count("n_noise_features", n_noise_features, minimum=0)
    check_number("noise", noise, at_most=0.5)
