"""Sparse formats that scipy does not write; networks are in test_networks.py."""

from __future__ import annotations

import sys

import pytest
import scipy.sparse as sp
from numpy.testing import assert_array_equal

from mlkit.exceptions import ModelFileError
from mlkit.persistence.stand_ins import (
    StoredMatrix,
    StoredNetwork,
    is_network,
    put_back,
    take_out,
)


@pytest.mark.parametrize("format", ["lil", "dok"])
def test_matrices_come_back_in_their_format(format):
    matrix = sp.random_array((4, 5), density=0.5, rng=0).asformat(format)

    stored, networks = take_out({"a": matrix})
    (back,) = put_back(stored, networks).values()

    assert isinstance(stored["a"], StoredMatrix)
    assert stored["a"].matrix.format == "csr"
    assert type(back) is type(matrix)
    assert_array_equal(back.toarray(), matrix.toarray())
    assert networks == {}


def test_what_scipy_writes_stays():
    model = [sp.csr_array((2, 2)), sp.coo_array((2, 2))]

    assert take_out(model)[0] is model


def test_nothing_is_a_network_before_keras_is_imported(monkeypatch):
    monkeypatch.delitem(sys.modules, "keras", raising=False)

    assert not is_network(object())
    assert "keras" not in sys.modules


def test_forged_stand_ins_are_refused():
    with pytest.raises(ModelFileError, match=r"network '\.\./x\.keras' that is not"):
        put_back([StoredNetwork("../x.keras")], {})
    with pytest.raises(
        ModelFileError, match="no sparse matrix of the format 'toarray'"
    ):
        put_back(StoredMatrix("toarray", sp.csr_array((1, 1))), {})
    with pytest.raises(ModelFileError, match="no sparse matrix"):
        put_back(StoredMatrix("lil", "text"), {})
