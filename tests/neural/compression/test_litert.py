"""Networks in LiteRT files."""

from __future__ import annotations

import json
import pickle
import sys
import warnings
import zipfile
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from mlkit.exceptions import (
    ConstantLabelWarning,
    ModelFileError,
    OptionalDependencyError,
    OptionError,
)
from mlkit.neural import MLP, KerasMultiLabelClassifier, Training
from mlkit.neural.compression import LiteRTClassifier, prune, to_litert

keras = pytest.importorskip("keras")

on_tensorflow = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="TensorFlow writes the files"
)


@pytest.fixture(scope="module")
def wide(data):
    """An MLP with layers that are large enough to be quantised."""
    training = Training(5, batch_size=16, learning_rate=0.01)
    return MLP((128, 64), training=training, random_state=0).fit(*data)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("litert")


@pytest.fixture(scope="module")
def exact_file(wide, folder):
    return to_litert(wide, folder / "exact.zip", quantise=False)


@pytest.fixture(scope="module")
def small_file(wide, folder):
    return to_litert(wide, folder / "below" / "small.zip")


def members(path):
    with zipfile.ZipFile(path) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def rewritten(path, target, **changes):
    """Write a file anew, with changes in what it says of itself."""
    held = members(path)
    about = json.loads(held["about.json"]) | changes
    with zipfile.ZipFile(target, "w") as packed:
        packed.writestr("about.json", json.dumps(about))
        packed.writestr("network.tflite", held["network.tflite"])
    return target


@on_tensorflow
def test_in_32_bits_it_predicts_the_same(wide, exact_file, data):
    X, Y = data
    lite = LiteRTClassifier(exact_file)

    assert_allclose(lite.predict_proba(X), wide.predict_proba(X), atol=1e-5)
    assert lite.predict(X).equals(wide.predict(X))
    assert lite.score(X, Y) == wide.score(X, Y)
    assert list(lite.label_names_in_) == list("abcd")
    assert_array_equal(lite.classes_, wide.classes_)


@on_tensorflow
def test_in_8_bits_it_is_smaller_and_nearly_the_same(
    wide, exact_file, small_file, data
):
    lite = LiteRTClassifier(small_file)

    assert_allclose(lite.predict_proba(data[0]), wide.predict_proba(data[0]), atol=0.05)
    assert len(lite.network_) < 0.5 * len(LiteRTClassifier(exact_file).network_)


@on_tensorflow
def test_zeros_of_pruning_stay_and_the_file_is_packed(wide, small_file, data, tmp_path):
    pruned = prune(wide, *data, sparsity=0.9, training=Training(1))

    path = to_litert(pruned, tmp_path / "pruned.zip")

    plain = len(members(path)["network.tflite"])
    assert path.stat().st_size < 0.6 * plain
    assert path.stat().st_size < 0.6 * small_file.stat().st_size


@on_tensorflow
def test_the_learner_stays_as_it_was(wide, tmp_path):
    weights, held = wide.network_.get_weights(), dict(vars(wide))

    to_litert(wide, tmp_path / "file.zip")

    assert vars(wide) == held
    for before, after in zip(weights, wide.network_.get_weights(), strict=True):
        assert_array_equal(before, after)


@on_tensorflow
@pytest.mark.parametrize("n_rows", [1, 2, 700])
def test_any_number_of_rows(wide, exact_file, data, n_rows):
    lite, X = LiteRTClassifier(exact_file), data[0].iloc[np.arange(n_rows) % 120]

    for rows in (X, X.iloc[::-1], X.iloc[:1]):
        assert_allclose(lite.predict_proba(rows), wide.predict_proba(rows), atol=1e-5)


@on_tensorflow
def test_constant_labels_and_containers(data, tmp_path):
    X, Y = sp.csr_array(data[0].to_numpy()), data[1].to_numpy().copy()
    Y[:, 1], Y[:, 2] = 0, 1
    model = MLP((8,), normalise=False, training=Training(2), random_state=0)
    with pytest.warns(ConstantLabelWarning):
        model.fit(X, sp.csr_array(Y))

    lite = LiteRTClassifier(to_litert(model, tmp_path / "sparse.zip"))

    proba, predicted = lite.predict_proba(X), lite.predict(X)
    assert_allclose(proba, model.predict_proba(X), atol=1e-5)
    assert_array_equal(proba[:, 1:3], np.tile([0.0, 1.0], (120, 1)))
    assert sp.issparse(predicted)
    assert_array_equal(predicted.toarray(), model.predict(X).toarray())
    assert not hasattr(lite, "label_names_in_")


@on_tensorflow
def test_pictures(conv_net, pictures, folder):
    X, _ = pictures
    lite = LiteRTClassifier(to_litert(conv_net, folder / "pictures.zip"))

    assert lite.input_shape_ == conv_net.input_shape_
    assert_allclose(lite.predict_proba(X), conv_net.predict_proba(X), atol=0.05)
    with pytest.raises(ValueError, match=r"rows of X have shape \(8, 16, 3\)"):
        lite.predict(X[:, :8])


@on_tensorflow
def test_pictures_on_another_scale(conv_net, pictures, tmp_path):
    X = pictures[0] / 255
    path = to_litert(conv_net, tmp_path / "new.zip")
    held, old = members(path), tmp_path / "old.zip"
    about = json.loads(held["about.json"])
    assert about.pop("pixel_range") == [0, 255]
    with zipfile.ZipFile(old, "w") as packed:
        packed.writestr("about.json", json.dumps(about))
        packed.writestr("network.tflite", held["network.tflite"])

    for lite in (conv_net, LiteRTClassifier(path)):
        with pytest.raises(ValueError, match=r"0 to 255\. Multiply them by 255"):
            lite.predict(X)
    assert LiteRTClassifier(old).predict(X).shape == (40, pictures[1].shape[1])


@on_tensorflow
def test_trained_in_half_precision(data, tmp_path):
    training = Training(2, precision="mixed_float16")
    model = MLP((16,), training=training, random_state=0).fit(*data)

    lite = LiteRTClassifier(to_litert(model, tmp_path / "half.zip"))

    assert_allclose(
        lite.predict_proba(data[0]), model.predict_proba(data[0]), atol=0.02
    )


@on_tensorflow
def test_with_representative_rows_layers_pass_on_8_bits(conv_net, pictures, tmp_path):
    import tensorflow as tf

    X, _ = pictures
    path = to_litert(conv_net, tmp_path / "all.zip", representative=X[:10])

    lite = LiteRTClassifier(path)
    assert_allclose(lite.predict_proba(X), conv_net.predict_proba(X), atol=0.2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        runtime = tf.lite.Interpreter(model_content=lite.network_)
    runtime.allocate_tensors()
    floats = {
        int(tensor["index"])
        for tensor in runtime.get_tensor_details()
        if tensor["dtype"] == np.float32
    }
    ends = [*runtime.get_input_details(), *runtime.get_output_details()]
    assert floats == {int(tensor["index"]) for tensor in ends}


@on_tensorflow
def test_features_are_checked_as_in_fit(exact_file, data):
    lite = LiteRTClassifier(exact_file)

    with pytest.raises(ValueError, match=r"(?s)feature names.*word_7"):
        lite.predict(data[0].iloc[:, :7])
    with pytest.raises(ValueError, match=r"(?s)feature names.*other_word_0"):
        lite.predict(data[0].add_prefix("other_"))


@on_tensorflow
def test_it_cannot_be_trained_and_can_be_copied(exact_file, data):
    X, Y = data
    lite = LiteRTClassifier(exact_file)
    proba = lite.predict_proba(X)

    with pytest.raises(OptionError, match="cannot be trained"):
        lite.fit(X, Y)
    for copied in (pickle.loads(pickle.dumps(lite)), clone(lite)):
        assert_array_equal(copied.predict_proba(X), proba)


@on_tensorflow
def test_an_existing_file_is_replaced_only_if_asked(mlp, tmp_path):
    path = tmp_path / "file.zip"
    path.write_text("mine")

    with pytest.raises(FileExistsError, match="pass overwrite=True"):
        to_litert(mlp, path)
    assert path.read_text() == "mine"
    to_litert(mlp, path, overwrite=True)
    assert LiteRTClassifier(path).n_labels_ == 4


@on_tensorflow
def test_what_has_no_numbers_or_no_labels(data, tmp_path):
    names = pd.DataFrame({"colour": ["red", "blue"] * 60})
    model = MLP((4,), training=Training(1)).fit(names, data[1])
    with pytest.raises(OptionError, match="MLP turns names or words"):
        to_litert(model, tmp_path / "file.zip")
    classes = MLP((4,), training=Training(1)).fit(data[0], ["x", "y"] * 60)
    with pytest.raises(OptionError, match="vector of classes"):
        to_litert(classes, tmp_path / "file.zip")


@on_tensorflow
def test_representative_rows_without_8_bits(mlp, data, tmp_path):
    with pytest.raises(OptionError, match="are for quantise=True"):
        to_litert(mlp, tmp_path / "a.zip", quantise=False, representative=data[0])


@on_tensorflow
def test_recurrent_layers(tmp_path):
    def network(input_shape, n_labels):
        inputs = keras.Input(input_shape)
        state = keras.layers.GRU(4)(inputs)
        return keras.Model(inputs, keras.layers.Dense(n_labels)(state))

    X, Y = np.zeros((4, 3, 2)), [[0, 1], [1, 0]] * 2
    model = KerasMultiLabelClassifier(network, training=Training(1)).fit(X, Y)

    with pytest.raises(OptionError, match=r"LiteRT cannot do.*not recurrent layers"):
        to_litert(model, tmp_path / "file.zip")
    assert list(tmp_path.iterdir()) == []


def test_other_backends(mlp, tmp_path, monkeypatch):
    if keras.backend.backend() == "tensorflow":
        monkeypatch.setattr(keras.backend, "backend", lambda: "jax")

    with pytest.raises(OptionError, match="computes with jax here.*mlkit.persistence"):
        to_litert(mlp, tmp_path / "file.zip")


def test_not_fitted(tmp_path):
    with pytest.raises(NotFittedError):
        to_litert(MLP(), tmp_path / "file.zip")


def test_there_is_no_file(tmp_path):
    with pytest.raises(FileNotFoundError):
        LiteRTClassifier(tmp_path / "none.zip")


def test_another_kind_of_file(tmp_path):
    path = tmp_path / "text.zip"
    path.write_text("text")
    with pytest.raises(ModelFileError, match=r"text.zip: .*no file that to_litert"):
        LiteRTClassifier(path)
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("card.json", "{}")
    with pytest.raises(ModelFileError, match=r"no file that to_litert.*about.json"):
        LiteRTClassifier(path)


@on_tensorflow
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kind": "poem"}, "another kind of thing, 'poem'"),
        ({"format": 2}, "format 2, and this mlkit reads up to 1"),
        ({"constants": "none"}, "no file that to_litert wrote, or a damaged one"),
        ({"label_names": ["a"]}, "Expected 4 label names"),
    ],
)
def test_what_it_says_of_itself(exact_file, tmp_path, changes, message):
    path = rewritten(exact_file, tmp_path / "changed.zip", **changes)

    with pytest.raises(ModelFileError, match=f"changed.zip: .*{message}"):
        LiteRTClassifier(path)


@on_tensorflow
def test_a_damaged_network(exact_file, data, tmp_path):
    path = tmp_path / "bad.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("about.json", members(exact_file)["about.json"])
        packed.writestr("network.tflite", b"nothing that runs")

    with pytest.raises(ModelFileError, match=r"bad.zip: The network in it is damaged"):
        LiteRTClassifier(path).predict(data[0])


@on_tensorflow
def test_the_runtime_of_its_own_is_preferred(exact_file, data, monkeypatch):
    import tensorflow as tf

    made = []

    def interpreter(model_content):
        made.append(model_content)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return tf.lite.Interpreter(model_content=model_content)

    lite = LiteRTClassifier(exact_file)
    expected = lite.predict_proba(data[0])
    home = SimpleNamespace(Interpreter=interpreter)
    monkeypatch.setitem(sys.modules, "ai_edge_litert", SimpleNamespace())
    monkeypatch.setitem(sys.modules, "ai_edge_litert.interpreter", home)

    again = LiteRTClassifier(exact_file)

    assert_array_equal(again.predict_proba(data[0]), expected)
    assert made == [lite.network_]


@on_tensorflow
def test_without_any_runtime(exact_file, data, monkeypatch):
    monkeypatch.setitem(sys.modules, "ai_edge_litert", None)
    monkeypatch.setitem(sys.modules, "tensorflow", None)

    with pytest.raises(OptionalDependencyError, match="'ai_edge_litert'"):
        LiteRTClassifier(exact_file).predict(data[0])
