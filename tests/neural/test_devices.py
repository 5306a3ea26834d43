"""Precision, and one batch on several devices."""

from __future__ import annotations

import os
import subprocess
import sys

import keras
import pytest

from mlkit.exceptions import OptionError
from mlkit.neural.devices import data_parallel, layers_in, resolve_precision


def test_auto_is_full_precision_without_an_accelerator(monkeypatch):
    monkeypatch.setattr(keras.distribution, "list_devices", lambda: ["cpu:0"])
    assert resolve_precision("auto") == "float32"
    assert resolve_precision("mixed_float16") == "mixed_float16"


@pytest.mark.parametrize(
    ("kind", "policy"), [("gpu", "mixed_float16"), ("tpu", "mixed_bfloat16")]
)
def test_auto_with_an_accelerator(monkeypatch, kind, policy):
    devices = [f"{kind}:0", f"{kind}:1"]
    monkeypatch.setattr(keras.distribution, "list_devices", lambda: devices)
    assert resolve_precision("auto") == policy


def test_the_policy_is_set_back_after_an_error():
    def fail() -> None:
        with layers_in("mixed_bfloat16"):
            assert keras.layers.Dense(1).compute_dtype == "bfloat16"
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert keras.layers.Dense(1).compute_dtype == "float32"


@pytest.mark.skipif(keras.backend.backend() == "jax", reason="JAX can do it")
def test_backends_that_cannot_share_batches():
    with pytest.raises(OptionError, match="KERAS_BACKEND=jax"), data_parallel():
        pass


_TWO_DEVICES = """
import keras, numpy as np
from sklearn.datasets import make_multilabel_classification
from mlkit.exceptions import OptionError
from mlkit.neural import MLP, Training
from mlkit.neural.devices import data_parallel

assert len(keras.distribution.list_devices()) == 2
X, Y = make_multilabel_classification(n_samples=96, n_features=6, random_state=0)
training = Training(epochs=5, batch_size=16, validation=0.25, monitor="macro_f1")
make = lambda: MLP((8,), training=training, random_state=0)
alone = make().fit(X, Y)
with data_parallel() as distribution:
    assert distribution.batch_dim_name
    shared = make().fit(X, Y)
    placed = {d for w in shared.network_.weights for d in w.value.devices()}
    assert len(placed) == 2, placed
    odd = make().fit(X[:91], Y[:91])
    assert len(odd.history_["loss"]) == 5
    try:
        make().set_params(training__batch_size=15).fit(X, Y)
    except OptionError as err:
        assert "Take a multiple of 2" in str(err)
    else:
        raise AssertionError
    proba = shared.predict_proba(X)
assert keras.distribution.distribution() is None
np.testing.assert_allclose(proba, alone.predict_proba(X), atol=2e-3)
np.testing.assert_allclose(shared.history_["loss"], alone.history_["loss"], rtol=1e-3)
try:
    with data_parallel(["cpu:7"]):
        pass
except OptionError as err:
    assert "cpu:7" in str(err)
else:
    raise AssertionError
print("the same")
"""


def test_two_virtual_devices_train_as_one():
    pytest.importorskip("jax", reason="jax is not installed")
    flags = "--xla_force_host_platform_device_count=2"
    environment = os.environ | {"KERAS_BACKEND": "jax", "XLA_FLAGS": flags}
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _TWO_DEVICES],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.stdout.strip() == "the same", ended.stderr[-3000:]
