"""Saved probabilities: the same labels decided, a small file, and no code in it."""

from __future__ import annotations

import io
import json
import os
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

import mlkit
from mlkit.exceptions import (
    IndicatorError,
    LabelNameError,
    ModelFileError,
    OptionError,
    ScoresError,
    ShapeError,
)
from mlkit.persistence import predictions as room
from mlkit.persistence import save
from mlkit.persistence.predictions import load_predictions, save_predictions

Y = np.array([[1, 0, 0], [0, 1, 1], [1, 1, 0], [0, 0, 0]], dtype=np.int8)
PROBA = np.array([[0.9, 0.2, 0.1], [0.4, 0.3, 0.8], [0.5, 0.7, 0.49999], [0, 1, 0.01]])
NAMES = ["sea", "sun", "日の出"]
ODD_NAMES = pd.Index(["a", "b", "\udc80"], dtype=object)
# Of one step of 1/65535.
HALF = 0.5 / 65535


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "saved" / "predictions.npz"


def there_and_back(path, *arguments, **options):
    return load_predictions(save_predictions(path, *arguments, **options))


def members(path: Path) -> dict[str, np.ndarray]:
    with np.load(path, allow_pickle=False) as held:
        return dict(held)


def rewrite(path: Path, **changes) -> Path:
    """Change arrays of a file (None: remove), and entries of what it says of itself."""
    held = members(path)
    about = json.loads(bytes(held["about"]))
    arrays = {name: changes.pop(name) for name in set(changes) & set(held)}
    text = json.dumps(about | changes).encode()
    held |= {"about": np.frombuffer(text, np.uint8)} | arrays
    held = {name: array for name, array in held.items() if array is not None}
    np.savez_compressed(path, allow_pickle=True, **held)
    return path


def test_what_was_saved_comes_back(path):
    saved = there_and_back(
        path, Y, PROBA, label_names=NAMES, rows=[7, 3, 12, 4], model="net", notes="a b"
    )

    np.testing.assert_array_equal(saved.Y_true, Y)
    assert (saved.Y_true.dtypes == np.int8).all()
    np.testing.assert_allclose(saved.Y_proba, PROBA, rtol=0, atol=1.001 * HALF)
    assert (saved.Y_proba.dtypes == np.float64).all()
    assert saved.label_names == tuple(NAMES) == tuple(saved.Y_proba.columns)
    assert saved.rows.tolist() == [7, 3, 12, 4] == saved.Y_proba.index.tolist()
    assert (saved.models, saved.notes, saved.precision) == (("net",), "a b", "uint16")
    assert saved.versions["mlkit"] == mlkit.__version__
    assert pd.Timestamp(saved.created).utcoffset() == pd.Timedelta(0)
    assert os.listdir(path.parent) == [path.name]


@pytest.mark.parametrize("wrong", [False, True])
def test_it_is_evaluated_as_what_was_saved(path, wrong):
    proba = 1 - PROBA if wrong else PROBA
    saved = there_and_back(path, Y, proba, label_names=NAMES)
    evaluation = mlkit.evaluate(saved.Y_true, saved.Y_proba)

    expected = mlkit.evaluate(pd.DataFrame(Y, columns=NAMES), proba)
    assert evaluation["macro_f1"] == pytest.approx(expected["macro_f1"])
    for name in ("subset_accuracy", "ranking_loss", "micro_average_precision"):
        assert evaluation[name] == expected[name]
    assert evaluation["brier_loss"] == pytest.approx(
        expected["brier_loss"], abs=2 * HALF
    )


def test_no_probability_crosses_a_half_or_leaves_its_end(path):
    near = np.array([0.5, *(0.5 + d * HALF for d in (-1.9, -1, -0.1, 0.1, 1, 1.9))])
    near = np.concatenate([near, [np.nextafter(0.5, 0), 0.0, 1.0]])[None]
    saved = there_and_back(path, np.zeros_like(near), near).Y_proba.to_numpy()

    np.testing.assert_array_equal(saved >= 0.5, near >= 0.5)
    assert saved[0, -2:].tolist() == [0.0, 1.0]


def test_no_order_is_reversed(path):
    proba = np.sort(np.random.default_rng(0).random((1, 5000)) ** 3)
    saved = there_and_back(path, np.zeros_like(proba), proba).Y_proba.to_numpy()

    assert (np.diff(saved) >= 0).all()
    assert np.abs(saved - proba).max() <= 1.001 * HALF


def test_saving_again_changes_nothing(path):
    once = there_and_back(path, Y, PROBA)
    twice = there_and_back(path, once.Y_true, once.Y_proba, overwrite=True)

    pd.testing.assert_frame_equal(once.Y_proba, twice.Y_proba)


def test_numbers_of_32_bits_are_kept(path):
    proba = np.random.default_rng(0).random((4, 3)).astype(np.float32) * 1e-4
    saved = there_and_back(path, Y, proba, precision="float32")

    np.testing.assert_array_equal(saved.Y_proba.to_numpy(), proba)
    assert saved.precision == "float32"


def test_steps_take_little_room(path):
    rng = np.random.default_rng(0)
    proba = 1 / (1 + np.exp(6 - 2 * rng.standard_normal((1000, 40))))
    truth = (rng.random(proba.shape) < proba).astype(int)

    size = save_predictions(path, truth, proba).stat().st_size
    exact = save_predictions(path, truth, proba, precision="float32", overwrite=True)
    assert size < 2 * proba.size < exact.stat().st_size < 4 * proba.size


def test_several_models_share_the_labels(path):
    models = {"net": PROBA, "linear, tf-idf": 1 - PROBA}
    saved = there_and_back(path, Y, models, label_names=NAMES)

    assert saved.models == ("net", "linear, tf-idf")
    for name, proba in models.items():
        np.testing.assert_allclose(saved.probabilities[name], proba, atol=HALF)
    with pytest.raises(OptionError, match=r"2 models: 'net', 'linear, tf-idf'\. Choo"):
        _ = saved.Y_proba


@pytest.mark.parametrize("to", [np.asarray, sp.csr_array, pd.DataFrame])
def test_unknown_labels_stay_unknown(path, to):
    known = Y.astype(float)
    known[1, 2] = known[3, 0] = np.nan
    saved = there_and_back(path, to(known), PROBA)

    np.testing.assert_array_equal(saved.Y_true, known)
    assert members(path)["Y_true"].tolist()[3] == [-1, 0, 0]
    expected = mlkit.evaluate(known, PROBA)["hamming_loss"]
    evaluation = mlkit.evaluate(saved.Y_true, saved.Y_proba)
    assert evaluation["hamming_loss"] == expected


def test_frames_bring_names_of_labels_and_rows(path):
    index = ["tt1", "tt2", "tt10", ""]
    truth = pd.DataFrame(Y, columns=NAMES, index=index)
    saved = there_and_back(path, truth, PROBA)

    pd.testing.assert_frame_equal(saved.Y_true, truth, check_column_type=False)
    assert saved.rows.tolist() == index
    other = there_and_back(
        path, truth, PROBA, label_names=["a", "b", "c"], rows=range(4), overwrite=True
    )
    assert other.label_names == ("a", "b", "c")
    assert other.rows.tolist() == [0, 1, 2, 3]


def test_datasets_bring_their_labels(path, flags):
    proba = np.full(flags.Y.shape, 0.25)
    saved = there_and_back(path, flags, proba)

    np.testing.assert_array_equal(saved.Y_true, flags.Y)
    assert saved.label_names == flags.label_names
    pd.testing.assert_index_equal(saved.rows, flags.Y.index, check_names=False)


def test_rows_without_names_are_counted(path):
    saved = there_and_back(path, Y, PROBA)

    assert saved.rows.equals(pd.RangeIndex(4))
    assert saved.label_names == ("label_0", "label_1", "label_2")
    assert json.loads(bytes(members(path)["about"]))["rows"] is None


def test_rows_of_other_kinds_become_text(path):
    days = pd.date_range("2024-02-28", periods=4)
    saved = there_and_back(path, Y, PROBA, rows=days)

    assert saved.rows[1] == "2024-02-29 00:00:00"


def test_arguments_are_not_changed(path):
    truth, proba = pd.DataFrame(Y.astype(float)), PROBA.copy()
    truth.iloc[0, 0] = np.nan
    before = truth.copy()
    there_and_back(path, truth, proba)

    pd.testing.assert_frame_equal(truth, before)
    np.testing.assert_array_equal(proba, PROBA)


def test_it_says_what_it_is(path):
    known = Y.astype(float)
    known[0, 0] = np.nan
    both = {"net": PROBA, "linear": PROBA}
    saved = there_and_back(path, known, both, label_names=NAMES, notes="of\nday 3")
    lines = repr(saved).splitlines()

    assert lines[:6] == [
        "SavedPredictions",
        "  models     'net', 'linear'",
        "  rows       4",
        "  labels     3: 'sea', 'sun', '日の出'",
        "  unknown    1 cell",
        "  precision  uint16, exact to 8e-6",
    ]
    assert f"mlkit {mlkit.__version__}" in lines[6]
    assert lines[7:] == ["  notes      of day 3"]


def test_a_plain_one_says_no_more_than_it_knows(path):
    saved = there_and_back(path, Y, PROBA, precision="float32")

    titles = [line.split()[0] for line in repr(saved).splitlines()]
    assert titles == ["SavedPredictions", "rows", "labels", "precision", "saved"]
    assert "float32, 32 bits" in repr(saved)


def test_what_is_there_stays_unless_it_may_be_replaced(path):
    save_predictions(path, Y, PROBA)
    with pytest.raises(FileExistsError, match=r"exists\. Save under another name, or"):
        save_predictions(path, Y, 1 - PROBA)
    assert load_predictions(path).Y_proba.iloc[3, 1] == 1

    save_predictions(path, Y, 1 - PROBA, overwrite=True)
    assert load_predictions(path).Y_proba.iloc[3, 1] == 0
    with pytest.raises(FileExistsError, match="is a folder, and predictions are one f"):
        save_predictions(path.parent, Y, PROBA, overwrite=True)


def test_a_failure_on_the_way_leaves_what_was_there(path, monkeypatch):
    save_predictions(path, Y, PROBA)

    def fail(file, **arrays):
        file.write(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(room.np, "savez_compressed", fail)
    with pytest.raises(OSError, match="disk full"):
        save_predictions(path, Y, 1 - PROBA, overwrite=True)
    assert os.listdir(path.parent) == [path.name]
    assert load_predictions(path).Y_proba.iloc[3, 1] == 1


def test_a_wrong_argument_writes_nothing(path):
    with pytest.raises(ScoresError, match="1 value that lies outside"):
        save_predictions(path, Y, PROBA + (PROBA == 1))
    assert not path.exists()


def test_any_name_is_kept(tmp_path):
    path = save_predictions(tmp_path / "v1.2", Y, PROBA)

    assert os.listdir(tmp_path) == ["v1.2"]
    assert load_predictions(str(path)).rows.size == 4


@pytest.mark.parametrize(
    ("change", "error", "match"),
    [
        ({"Y_true": 2 * Y}, IndicatorError, "Y has 2 entries outside"),
        ({"Y_true": Y[:2]}, ShapeError, r"Y and Y_proba must have the same shape"),
        ({"Y_proba": PROBA * np.nan}, ScoresError, "not finite"),
        (
            {"Y_proba": {"a": PROBA, "b": PROBA + 1}},
            ScoresError,
            r"Y_proba\['b'\] has 11 values that lie outside",
        ),
        ({"Y_proba": {}}, OptionError, r"no model\. Give a matrix"),
        ({"Y_proba": {1: PROBA, "1": PROBA}}, LabelNameError, "than once: '1'"),
        ({"Y_proba": {"a": PROBA}, "model": "b"}, OptionError, "Leave model out"),
        ({"label_names": NAMES[:2]}, LabelNameError, "Expected 3 label names"),
        ({"rows": [1, 2]}, ShapeError, "Y_true has 4 rows and rows has 2"),
        (
            {"label_names": ["a", "\ud800", "b"]},
            LabelNameError,
            r"label name of column 1, '\\ud800', holds half of .* Rename it",
        ),
        (
            {"Y_true": pd.DataFrame(Y, columns=ODD_NAMES)},
            LabelNameError,
            r"label name of column 2, '\\udc80', holds",
        ),
        (
            {"rows": [1, 2, "\ud800", 4]},
            OptionError,
            r"name of row 2, '\\ud800', holds half of .* Correct it in rows",
        ),
        ({"precision": "uint8"}, OptionError, "precision must be one of 'uint16', "),
        ({"model": None}, TypeError, "model must be a text, got NoneType"),
        ({"notes": 1}, TypeError, "notes must be a text, got int"),
    ],
)
def test_what_does_not_fit_is_refused(path, change, error, match):
    arguments = {"Y_true": Y, "Y_proba": PROBA, **change}
    with pytest.raises(error, match=match):
        save_predictions(path, **arguments)
    assert not path.exists()


def test_nothing_in_the_file_is_an_object(path):
    save_predictions(path, Y, PROBA, rows=["a", "b", "c", "d"])

    kinds = {name: array.dtype.kind for name, array in members(path).items()}
    assert kinds == {"about": "u", "Y_true": "i", "Y_proba_0": "u"}


def test_pickles_are_not_opened(path):
    class Trap:
        def __reduce__(self):
            return (os.mkdir, (str(path.parent / "sprung"),))

    save_predictions(path, Y, PROBA)
    rewrite(path, Y_proba_0=np.array([Trap()], dtype=object))
    with pytest.raises(ModelFileError, match=r"damaged or forged \(Object arrays "):
        load_predictions(path)
    assert os.listdir(path.parent) == [path.name]


@pytest.mark.parametrize("keep", [0, 20, 0.5, -1])
def test_a_file_that_was_cut_off(path, keep):
    content = save_predictions(path, Y, PROBA).read_bytes()
    end = int(keep * len(content)) if isinstance(keep, float) else keep
    path.write_bytes(content[:end])

    with pytest.raises(ModelFileError, match=r"predictions\.npz: It is"):
        load_predictions(path)


def test_every_flipped_byte_is_noticed_or_harmless(path):
    content = save_predictions(path, Y, PROBA, label_names=NAMES).read_bytes()
    expected = load_predictions(path)
    n_noticed = 0
    for place in range(len(content)):
        flipped = bytearray(content)
        flipped[place] ^= 0xFF
        path.write_bytes(flipped)
        try:
            found = load_predictions(path)
        except ModelFileError:
            n_noticed += 1
        else:
            # Such as a date in the zip's table of contents.
            pd.testing.assert_frame_equal(found.Y_proba, expected.Y_proba)
            pd.testing.assert_frame_equal(found.Y_true, expected.Y_true)
            assert found.label_names == expected.label_names
    assert n_noticed > 0.5 * len(content)


def test_other_kinds_of_files(path, model):
    path.parent.mkdir()
    for content in (b"name,p\na,0.5\n", _bytes_of(np.save, PROBA)):
        path.write_bytes(content)
        with pytest.raises(ModelFileError, match="It is no file of predictions, or"):
            load_predictions(path)
    path.write_bytes(_bytes_of(np.savez, PROBA))
    with pytest.raises(ModelFileError, match="It holds 'arr_0', and no predictions"):
        load_predictions(path)
    path.write_bytes(save(model, path.with_suffix(".zip")).read_bytes())
    with pytest.raises(ModelFileError, match=r"a saved model.*load_model reads it"):
        load_predictions(path)


def _bytes_of(write, array) -> bytes:
    buffer = io.BytesIO()
    write(buffer, array)
    return buffer.getvalue()


def test_nothing_is_there(path):
    with pytest.raises(FileNotFoundError, match=r"predictions\.npz"):
        load_predictions(path)


def test_a_newer_format_is_told(path):
    save_predictions(path, Y, PROBA)
    with pytest.raises(ModelFileError, match=r"npz: It has format 2, and this mlkit r"):
        load_predictions(rewrite(path, format=2))


@pytest.mark.parametrize(
    "change",
    [
        {"Y_true": None},
        {"Y_proba_0": None},
        {"Y_true": Y.astype(float)},
        {"Y_true": Y + np.int8(5)},
        {"Y_true": np.int8(1)},
        {"Y_proba_0": np.zeros((4, 2), np.uint16)},
        {"Y_proba_0": PROBA.astype(np.float32)},
        {"precision": "float16"},
        {"precision": "float32", "Y_proba_0": (PROBA + 1).astype(np.float32)},
        {"label_names": ["a", "a", "b"]},
        {"label_names": 3},
        {"rows": [1, 2]},
        {"format": "one"},
        {"models": None},
        {"models": []},
        {"models": ["a", "b"]},
    ],
    ids=str,
)
def test_a_forged_file(path, change):
    save_predictions(path, Y, PROBA)
    with pytest.raises(ModelFileError, match=r"npz: It is damaged or forged \("):
        load_predictions(rewrite(path, **change))


def test_it_says_nothing_that_can_be_understood(path):
    save_predictions(path, Y, PROBA)
    for text in (b"[1]", b"\xff", b"{"):
        held = members(path) | {"about": np.frombuffer(text, np.uint8)}
        np.savez_compressed(path, **held)
        with pytest.raises(ModelFileError, match="damaged or forged"):
            load_predictions(path)


def test_a_password_is_not_asked_for(path):
    content = bytearray(save_predictions(path, Y, PROBA).read_bytes())
    with zipfile.ZipFile(path) as packed:
        starts = [member.header_offset for member in packed.infolist()]
    # The flag of an encrypted member, in its own header and in the table of contents.
    table = content.index(b"PK\x01\x02")
    for place in (starts[0] + 6, table + 8):
        content[place] |= 1
    path.write_bytes(content)
    with pytest.raises(ModelFileError, match="damaged or forged"):
        load_predictions(path)
