"""Pictures as networks take them: from memory or from files, checked and measured."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from mlkit.arguments import check_choice, check_count
from mlkit.exceptions import FormatError, ShapeError, names_for_message
from mlkit.neural.inputs import as_array, check_arrays
from mlkit.neural.moments import blocks

__all__ = [
    "PictureFiles",
    "check_pictures",
    "check_scale",
    "pixel_range",
]

_UNIT, _BYTES = (0.0, 1.0), (0.0, 255.0)
# A mistake about the scale shows in every picture: so few are looked at, each time.
_LOOKED_AT = 64
# What decoders raise for damaged files differs from format to format.
_DAMAGED = (OSError, SyntaxError, ValueError, Image.DecompressionBombError)
# Image.convert would cut these off at 255; a picture may have 65 536 greys.
_WIDE_MODES = ("I", "I;16", "I;16L", "I;16B", "I;16N")
# Of 32 bits, but in these formats up to 65 535: Pillow reads 16 bits as 32 there.
_HAVE_16_BITS = ("PNG", "PPM")


class PictureFiles:
    """Picture files that are read like an array, a few rows at a time.

    Parameters
    ----------
    paths : sequence of str or Path
        PNG, JPEG and whatever else Pillow reads, one picture a file.
    size : tuple of int
        Rows and columns that every picture gets.
    channels : {1, 3}, default 3
        Grey, or red, green and blue.

    Attributes
    ----------
    paths : ndarray of object, shape (n_pictures,)
    shape : tuple of int
        (n_pictures, rows, columns, channels).
    dtype : dtype
        uint8.
    ndim : int
        4.

    Raises
    ------
    FileNotFoundError
        If files are missing; the message names the first of them.
    FormatError
        From reading, if a file is no picture, a damaged one, or one of floats or of 32
        bits.
    ShapeError
        If there are no paths.
    TypeError, ValueError
        If `size` or `channels` has no such value.

    See Also
    --------
    ConvNet : Takes them in place of an array.

    Notes
    -----
    ``files[rows]`` opens the files of these rows, and no others; nothing is kept. A
    network that is trained on them reads each file once an epoch. Where the pictures
    fit on the disk as an array, ``numpy.load(path, mmap_mode="r")`` is faster, and is
    not read as a whole either.

    Pictures are squeezed to `size` without regard to their proportions. When they
    become smaller, all pixels count (an antialiasing bilinear filter); taking every
    n-th pixel would turn fine stripes into coarse ones. A camera's note on how it was
    held is obeyed, what is transparent becomes white, of a moving picture the first
    frame is taken, and 16 bits are cut to the upper 8. Floats and whole numbers of 32
    bits, such as some TIFF files have, are refused: nothing says which of them is
    white.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = f"{folder}/red.png"
    ...     Image.new("RGB", (40, 30), "red").save(path)
    ...     files = PictureFiles([path, path], size=(16, 16))
    ...     files.shape, files[[1]][0, 0, 0].tolist()
    ((2, 16, 16, 3), [255, 0, 0])
    """

    def __init__(
        self,
        paths: Sequence[str | Path],
        *,
        size: tuple[int, int],
        channels: int = 3,
    ) -> None:
        check_choice("channels", channels, (1, 3))
        if not isinstance(size, Sequence) or len(size) != 2:
            msg = f"size must be (rows, columns), got {size!r}."
            raise TypeError(msg)
        rows, columns = (check_count("size", side, minimum=1) for side in size)
        self.paths = _checked_paths(paths)
        self.shape = (len(self.paths), rows, columns, channels)
        self.dtype = np.dtype(np.uint8)
        self.ndim = 4

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, rows: Any) -> np.ndarray:
        """Read pictures.

        Parameters
        ----------
        rows : int, slice, or array of int or bool
            As of an ndarray.

        Returns
        -------
        ndarray of uint8, shape (n_rows, rows, columns, channels)
            For a single number without the first axis.
        """
        chosen = self.paths[rows]
        if not isinstance(chosen, np.ndarray):
            return self._read(chosen)
        pictures = np.empty((len(chosen), *self.shape[1:]), dtype=np.uint8)
        for picture, path in zip(pictures, chosen, strict=True):
            picture[...] = self._read(path)
        return pictures

    def __repr__(self) -> str:
        n, *size = self.shape
        return f"{type(self).__name__}({n} pictures, {' x '.join(map(str, size))})"

    def _read(self, path: Path) -> np.ndarray:
        rows, columns, channels = self.shape[1:]
        try:
            with Image.open(path) as file:
                unknown = _unknown_scale(file)
                if unknown:
                    raise FormatError(unknown, path=path)
                upright = ImageOps.exif_transpose(file)
                picture = _plain(upright, "L" if channels == 1 else "RGB")
        except FormatError:
            raise
        except UnidentifiedImageError as err:
            msg = "This is no picture that Pillow can read."
            raise FormatError(msg, path=path) from err
        except _DAMAGED as err:
            msg = f"The picture cannot be read: {err}. The file may be damaged."
            raise FormatError(msg, path=path) from err
        smaller = picture.resize((columns, rows), Image.Resampling.BILINEAR)
        return np.asarray(smaller).reshape(rows, columns, channels)


def _checked_paths(paths: Any) -> np.ndarray:
    if isinstance(paths, (str, Path)):
        msg = f"paths must be a sequence of paths, got the single {paths!r}."
        raise TypeError(msg)
    found = [Path(path) for path in paths]
    if not found:
        msg = "paths is empty; expected the path of at least one picture."
        raise ShapeError(msg)
    missing = [path for path in found if not path.is_file()]
    if missing:
        msg = (
            f"{len(missing)} of {len(found)} pictures are missing: "
            f"{names_for_message(missing, limit=1)}."
        )
        raise FileNotFoundError(msg)
    listed = np.empty(len(found), dtype=object)
    listed[:] = found
    return listed


def _unknown_scale(file: Image.Image) -> str:
    """Say why nobody knows which value is white; empty where that is known."""
    kinds = {"F": "floats", "I": "whole numbers of 32 bits"}
    if file.mode not in kinds or (file.mode == "I" and file.format in _HAVE_16_BITS):
        return ""
    return (
        f"The picture is made of {kinds[file.mode]}, which have no agreed scale. Store "
        "it with 8 or 16 bits a channel, or give the pictures as an array."
    )


def _plain(picture: Image.Image, mode: str) -> Image.Image:
    """Return a picture in 8 bits a channel, without transparency."""
    if picture.mode in _WIDE_MODES:
        picture = Image.fromarray((np.asarray(picture) >> 8).astype(np.uint8))
    if picture.has_transparency_data:
        white = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(white, picture.convert("RGBA"))
    return picture.convert(mode)


def check_pictures(learner: Any, X: Any, *, reset: bool) -> Any:
    """Check pictures for a learner.

    Parameters
    ----------
    learner : estimator
        It is given ``input_shape_`` and ``_pixel_range``, or has them from `fit`.
    X : array-like, shape (n_samples, rows, columns[, channels])
        Never copied, nor read as a whole where it lies on a disk.
    reset : bool
        Whether these are the pictures of `fit`.

    Returns
    -------
    ndarray, or what is read like one

    Raises
    ------
    ShapeError
        If these are no pictures, or pictures of another size than in `fit`.
    FeatureTypeError
        If they are no numbers.
    ValueError
        If some are NaN or infinite, or plainly on another scale than in `fit`.
    """
    X = as_array(X)
    if not reset and tuple(X.shape) == learner.input_shape_:
        msg = (
            f"X has shape {tuple(X.shape)}, that of a single picture. Give it an axis "
            "for the rows: X[None]."
        )
        raise ShapeError(msg)
    X = check_arrays(learner, X, reset=reset, n_axes=(3, 4))
    if reset:
        learner._pixel_range = pixel_range(X)
    else:
        check_scale(X, learner._pixel_range)
    return X


def pixel_range(X: Any) -> tuple[float, float]:
    """Return the least and the greatest value that a pixel may have.

    Parameters
    ----------
    X : array-like of numbers, shape (n_samples, ...)

    Returns
    -------
    tuple of float
        (0, 1) or (0, 255) where all values are in there; otherwise the least and the
        greatest that there is.

    Notes
    -----
    Bytes are not read as a whole: a few pictures tell whether they are masks of 0 and
    1. All other numbers are.

    Examples
    --------
    >>> pixel_range(np.array([[0.2, 0.7]])), pixel_range(np.array([[0.0, 7.5]]))
    ((0.0, 1.0), (0.0, 255.0))
    """
    if X.dtype == np.uint8:
        return _UNIT if _some(X).max() <= 1 else _BYTES
    ends = [(block.min(), block.max()) for block in blocks(X)]
    low, high = min(a for a, _ in ends), max(b for _, b in ends)
    for known in (_UNIT, _BYTES):
        if known[0] <= low and high <= known[1]:
            return known
    # Where all values are one, they still have to have a range.
    return float(low), float(max(high, low + 1))


def check_scale(X: Any, trained: tuple[float, float]) -> None:
    """Refuse bytes where fractions were learned, and the other way round.

    Parameters
    ----------
    X : array-like of numbers, shape (n_samples, ...)
        A few pictures are looked at.
    trained : tuple of float
        `pixel_range` of the pictures of `fit`.

    Raises
    ------
    ValueError
        If `X` is plainly on another scale.
    """
    highest = float(_some(X).max())
    # Resizing may leave a fraction a little above 1, but none at 2.
    if trained == _UNIT and highest > 2:
        advice = "Divide them by 255."
    # Whole numbers as small as that are dark pictures.
    elif trained == _BYTES and X.dtype.kind == "f" and 0 < highest <= 1:
        advice = "Multiply them by 255."
    else:
        return
    msg = (
        f"The values of X go up to {highest:.6g}, and the network was trained on "
        f"pictures with values from 0 to {trained[1]:.0f}. {advice}"
    )
    raise ValueError(msg)


def _some(X: Any) -> np.ndarray:
    """Return some pictures from all over the rows."""
    places = np.linspace(0, X.shape[0] - 1, min(X.shape[0], _LOOKED_AT))
    return np.asarray(X[places.astype(int)])
