"""Pictures from files and arrays: read, checked, measured."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from PIL import Image

from mlkit.exceptions import FeatureTypeError, FormatError, ShapeError
from mlkit.neural import moments
from mlkit.neural.moments import channel_moments
from mlkit.neural.pictures import (
    PictureFiles,
    check_pictures,
    pixel_range,
)
from mlkit.neural.training.rows import Floats


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture
def pixels(rng: np.random.Generator) -> np.ndarray:
    return rng.integers(0, 256, (3, 6, 8, 3), dtype=np.uint8)


@pytest.fixture
def paths(pixels: np.ndarray, tmp_path: Path) -> list[Path]:
    found = [tmp_path / f"{i}.png" for i in range(len(pixels))]
    for path, picture in zip(found, pixels, strict=True):
        Image.fromarray(picture).save(path)
    return found


class ReadOnly:
    """An array that cannot be read but by its rows, and remembers which."""

    def __init__(self, array: np.ndarray) -> None:
        self._array = array
        self.shape, self.dtype = array.shape, array.dtype
        self.longest = 0

    def __getitem__(self, rows: Any) -> np.ndarray:
        read = self._array[rows]
        self.longest = max(self.longest, len(read))
        return read


# PictureFiles


def test_files_are_read_like_the_array(pixels: np.ndarray, paths: list[Path]) -> None:
    files = PictureFiles(paths, size=(6, 8))
    assert (files.shape, files.ndim, len(files)) == (pixels.shape, 4, 3)
    assert files.dtype == np.uint8
    for rows in ([2, 0, 2], slice(1, 3), np.array([True, False, True]), -1, []):
        assert_array_equal(files[rows], pixels[rows])


def test_only_the_rows_are_read(paths: list[Path]) -> None:
    files = PictureFiles(paths, size=(6, 8))
    paths[1].unlink()
    assert files[[0, 2]].shape == (2, 6, 8, 3)
    with pytest.raises(FormatError, match=r"1\.png: The picture cannot be read.*No su"):
        files[[1]]


def test_grey_from_colours_and_colours_from_grey(tmp_path: Path) -> None:
    path = tmp_path / "red.png"
    Image.new("RGB", (4, 4), "red").save(path)
    # The weights of ITU-R 601: .299 of 255.
    assert PictureFiles([path], size=(4, 4), channels=1)[0].tolist() == [[[76]] * 4] * 4
    Image.new("L", (4, 4), 9).save(path)
    assert PictureFiles([path], size=(4, 4))[0][0, 0].tolist() == [9, 9, 9]


def test_fine_stripes_become_grey_and_not_wide(tmp_path: Path) -> None:
    stripes = np.zeros((64, 64), dtype=np.uint8)
    stripes[:, ::2] = 255
    Image.fromarray(stripes).save(tmp_path / "stripes.png")
    small = PictureFiles([tmp_path / "stripes.png"], size=(8, 8), channels=1)[0]
    assert small.min() >= 120
    assert small.max() <= 135


def test_sizes_are_rows_and_columns(tmp_path: Path) -> None:
    upper = np.zeros((20, 40), dtype=np.uint8)
    upper[:10] = 200
    Image.fromarray(upper).save(tmp_path / "upper.png")
    picture = PictureFiles([tmp_path / "upper.png"], size=(4, 10), channels=1)[0][
        ..., 0
    ]
    assert picture.shape == (4, 10)
    assert_array_equal(picture[[0, 3]], [[200] * 10, [0] * 10])


def test_the_camera_was_held_upright_or_not(tmp_path: Path) -> None:
    upper = np.zeros((16, 16), dtype=np.uint8)
    upper[:8] = 200
    note = Image.Exif()
    note[0x0112] = 3  # turned by 180 degrees
    Image.fromarray(upper).save(tmp_path / "a.png", exif=note)
    shown = PictureFiles([tmp_path / "a.png"], size=(16, 16), channels=1)[0][..., 0]
    assert_array_equal(shown, upper[::-1])


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_transparent_is_white(mode: str, tmp_path: Path) -> None:
    path = tmp_path / "clear.png"
    if mode == "P":
        Image.new("P", (4, 4), 0).save(path, transparency=0)
    else:
        Image.new(mode, (4, 4)).save(path)
    assert (PictureFiles([path], size=(4, 4))[0] == 255).all()


def test_sixteen_bits_are_cut_and_not_clipped(tmp_path: Path) -> None:
    values = np.array([[0, 255], [256, 65535]], dtype=np.uint16)
    Image.fromarray(values).save(tmp_path / "deep.png")
    files = PictureFiles([tmp_path / "deep.png"], size=(2, 2), channels=1)
    assert files[0][..., 0].tolist() == [[0, 0], [1, 255]]


def test_sixteen_bits_that_pillow_reads_as_32(tmp_path: Path) -> None:
    values = np.array([[0, 255], [256, 65535]], dtype=">u2")
    (tmp_path / "deep.pgm").write_bytes(b"P5 2 2 65535\n" + values.tobytes())
    files = PictureFiles([tmp_path / "deep.pgm"], size=(2, 2), channels=1)
    assert files[0][..., 0].tolist() == [[0, 0], [1, 255]]


@pytest.mark.parametrize(
    ("dtype", "kind"), [(np.float32, "floats"), (np.int32, "whole numbers of 32 bits")]
)
def test_numbers_without_a_scale(dtype: type, kind: str, tmp_path: Path) -> None:
    path = tmp_path / "measured.tiff"
    Image.fromarray(np.ones((2, 2), dtype=dtype)).save(path)
    files = PictureFiles([path], size=(2, 2))
    words = rf"measured\.tiff: The picture is made of {kind}.*8 or 16 bits"
    with pytest.raises(FormatError, match=words):
        files[0]


def test_files_that_are_no_pictures(paths: list[Path]) -> None:
    whole = paths[0].read_bytes()
    paths[1].write_text("no picture")
    paths[2].write_bytes(whole[: len(whole) // 2])
    files = PictureFiles(paths, size=(6, 8))
    with pytest.raises(FormatError, match=r"1\.png: This is no picture that Pillow"):
        files[:2]
    with pytest.raises(FormatError, match=r"2\.png: The picture cannot be read.*damag"):
        files[2]


def test_missing_files_are_named_at_once(paths: list[Path]) -> None:
    paths[1].unlink()
    with pytest.raises(FileNotFoundError, match=r"1 of 3 pictures are missing: '.*1"):
        PictureFiles(paths, size=(6, 8))


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"paths": []}, ShapeError, "paths is empty"),
        ({"paths": "one.png"}, TypeError, "sequence of paths, got the single 'one.png"),
        ({"size": 8}, TypeError, r"size must be \(rows, columns\), got 8"),
        ({"size": (8, 0)}, ValueError, "size must be at least 1, got 0"),
        ({"channels": 4}, ValueError, "channels"),
    ],
)
def test_wrong_arguments(
    options: Any, error: type[Exception], words: str, paths: list[Path]
) -> None:
    with pytest.raises(error, match=words):
        PictureFiles(**{"paths": paths, "size": (6, 8)} | options)


def test_what_it_says_of_itself(paths: list[Path]) -> None:
    assert (
        repr(PictureFiles(paths, size=(6, 8))) == "PictureFiles(3 pictures, 6 x 8 x 3)"
    )


# Scales and moments


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (np.array([0, 3], dtype=np.uint8), (0, 255)),
        (np.array([0, 1], dtype=np.uint8), (0, 1)),
        (np.array([0.2, 1.0]), (0, 1)),
        (np.array([0.2, 1.1]), (0, 255)),
        (np.array([-1.5, 2.0]), (-1.5, 2.0)),
        (np.array([0, 4095]), (0, 4095)),
        (np.array([-3.0, -3.0]), (-3.0, -2.0)),
    ],
)
def test_range_of_pixels(values: np.ndarray, expected: tuple[float, float]) -> None:
    assert pixel_range(values.reshape(2, 1, 1)) == expected


def test_range_is_that_of_all_floats_wherever_they_are() -> None:
    X = np.zeros((999, 2, 2))
    X[501, 1, 1] = 300
    assert pixel_range(X) == (0, 300)


def test_nothing_is_read_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moments, "_BLOCK", 100)
    X = ReadOnly(np.zeros((50, 4, 4), dtype=np.float32))
    channel_moments(X, 1)
    pixel_range(X)
    assert X.longest == 6


def test_floats_of_any_kind() -> None:
    X = np.arange(4, dtype=np.int64).reshape(2, 2)
    floats = Floats(X)
    assert (floats.shape, floats.dtype) == ((2, 2), np.float32)
    assert floats[np.array([1])].dtype == np.float32
    assert floats[np.array([1])].tolist() == [[2.0, 3.0]]


# Checks


def test_shape_and_range_are_kept(pixels: np.ndarray) -> None:
    learner = SimpleNamespace()
    assert check_pictures(learner, pixels, reset=True) is pixels
    assert learner.input_shape_ == (6, 8, 3)
    assert learner._pixel_range == (0, 255)
    assert check_pictures(learner, pixels[:1], reset=False).shape == (1, 6, 8, 3)


def test_lists_become_arrays(pixels: np.ndarray) -> None:
    checked = check_pictures(SimpleNamespace(), pixels.tolist(), reset=True)
    assert_array_equal(checked, pixels)


@pytest.mark.parametrize(
    ("X", "error", "words"),
    [
        (np.zeros((4, 9)), ShapeError, r"takes X with 3 or 4 axes.*\(4, 9\)"),
        (np.zeros((1, 2, 3, 4, 5)), ShapeError, "takes X with 3 or 4 axes"),
        (np.zeros((0, 6, 8, 3)), ShapeError, "at least one row"),
        (np.full((1, 6, 8), "a"), FeatureTypeError, "takes arrays of numbers"),
        (np.full((1, 6, 8), np.nan), ValueError, r"NaN or infinity \(first at \[0, 0"),
    ],
)
def test_no_pictures(X: np.ndarray, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        check_pictures(SimpleNamespace(), X, reset=True)


def test_other_pictures_than_in_fit(pixels: np.ndarray) -> None:
    learner = SimpleNamespace()
    check_pictures(learner, pixels, reset=True)
    with pytest.raises(ShapeError, match=r"that of a single picture.*X\[None\]"):
        check_pictures(learner, pixels[0], reset=False)
    with pytest.raises(ShapeError, match=r"have shape \(6, 7, 3\).*\(6, 8, 3\)"):
        check_pictures(learner, pixels[:, :, 1:], reset=False)


def test_bytes_and_fractions_are_not_mixed_up(pixels: np.ndarray) -> None:
    of_bytes, of_fractions = SimpleNamespace(), SimpleNamespace()
    check_pictures(of_bytes, pixels, reset=True)
    check_pictures(of_fractions, pixels / 255, reset=True)
    with pytest.raises(ValueError, match=r"go up to 1, .*0 to 255\. Multiply them by"):
        check_pictures(of_bytes, pixels / pixels.max(), reset=False)
    with pytest.raises(ValueError, match=r"go up to 25\d, .*0 to 1\. Divide them by"):
        check_pictures(of_fractions, pixels, reset=False)


def test_what_may_be_right_is_let_through(pixels: np.ndarray) -> None:
    of_bytes, of_fractions = SimpleNamespace(), SimpleNamespace()
    check_pictures(of_bytes, pixels, reset=True)
    check_pictures(of_fractions, pixels / 255, reset=True)
    # The same scale in another type; night; a little above 1, as resizing may leave it.
    check_pictures(of_bytes, pixels.astype(np.float64), reset=False)
    check_pictures(of_bytes, np.zeros_like(pixels), reset=False)
    check_pictures(of_bytes, np.ones_like(pixels), reset=False)
    check_pictures(of_bytes, np.zeros(pixels.shape), reset=False)
    check_pictures(of_fractions, pixels / 250, reset=False)
