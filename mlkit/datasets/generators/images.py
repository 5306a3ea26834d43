"""Pictures with several labels: garments of one colour, and digits on a canvas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from scipy import ndimage

from mlkit.dataset import DatasetSource, MultiLabelDataset
from mlkit.datasets.generators.arguments import check_choice, check_count
from mlkit.datasets.generators.drawing import (
    Canvas,
    Pose,
    polygon_distance,
    polyline_distance,
)
from mlkit.datasets.generators.garments import GARMENTS, Fill, Stroke
from mlkit.exceptions import GeneratorError, unknown_name

__all__ = [
    "ALL_COMBINATIONS",
    "HELD_OUT_COMBINATIONS",
    "KNOWN_COMBINATIONS",
    "make_digit_canvas",
    "make_wardrobe",
]

# Limits of hue (a turn is 1), saturation and value.
_COLOURS = {
    "black": ((0.0, 1.0), (0.0, 0.3), (0.05, 0.18)),
    "blue": ((0.56, 0.67), (0.6, 0.95), (0.45, 0.9)),
    "red": ((-0.03, 0.03), (0.7, 0.95), (0.55, 0.95)),
    "white": ((0.0, 1.0), (0.0, 0.06), (0.92, 1.0)),
}

ALL_COMBINATIONS = tuple(
    (colour, garment) for colour in _COLOURS for garment in GARMENTS
)
"""All 20 pairs of a colour and a garment."""

KNOWN_COMBINATIONS = (
    ("black", "jeans"),
    ("black", "shoe"),
    ("black", "bag"),
    ("blue", "dress"),
    ("blue", "jeans"),
    ("blue", "shirt"),
    ("red", "dress"),
    ("red", "shirt"),
    ("red", "shoe"),
    ("white", "shirt"),
    ("white", "shoe"),
    ("white", "bag"),
)
"""The 12 pairs that a model gets to see."""

HELD_OUT_COMBINATIONS = tuple(
    pair for pair in ALL_COMBINATIONS if pair not in KNOWN_COMBINATIONS
)
"""The 8 pairs that it never sees; red jeans are among them."""

_COMBINATIONS = {
    "known": KNOWN_COMBINATIONS,
    "held-out": HELD_OUT_COMBINATIONS,
    "all": ALL_COMBINATIONS,
}


def make_wardrobe(
    n_samples: int = 1200,
    *,
    image_size: int = 64,
    combinations: str | Sequence[tuple[str, str]] = "known",
    random_state: Any = None,
) -> MultiLabelDataset:
    """Draw garments of one colour: two labels a picture, out of nine.

    Parameters
    ----------
    n_samples : int, default 1200
    image_size : int, default 64
        Pixels a side, at least 16.
    combinations : {"known", "held-out", "all"} or sequence of tuple, default "known"
        Which pairs of colour and garment are drawn: `KNOWN_COMBINATIONS`,
        `HELD_OUT_COMBINATIONS`, both, or pairs such as ``[("red", "jeans")]``.
    random_state : int, Generator or None, default None
        Seed. An int gives the same pictures at every call, in every process.

    Returns
    -------
    MultiLabelDataset
        ``X`` is uint8 of shape (n_samples, image_size, image_size, 3), red, green and
        blue; the labels are black, blue, red, white, dress, jeans, shirt, shoe and bag.
        Every picture carries one colour and one garment.

    Raises
    ------
    UnknownNameError
        If a word, a colour or a garment is not known.
    GeneratorError
        If a number is out of its range, or there is no pair.

    Notes
    -----
    The pairs come equally often, up to one picture, in random order. A picture is drawn
    thus:

    1. a backdrop of middle brightness and little colour: plain, shaded, wall and floor,
       stripes or clouds; then up to three patches of any colour, among them those of
       the labels, so that a count of coloured pixels does not tell the label;
    2. the garment in a variant of its own (long or short sleeves, sneaker or pump),
       turned by up to 25°, scaled, moved, stretched and mirrored at random, on a soft
       shadow;
    3. its colour, drawn from the family's range of hue, saturation and brightness, lit
       from a random side, with folds, darker towards the edges and at the seams;
    4. a little blur and noise, as of a camera.

    Backdrop, pose and light are drawn without regard to the labels. In terms of the
    task: colours are easy for a model of single pixels only where it knows which pixels
    are the garment; garments need shapes.

    The pairs follow the fashion set of the tutorial of A. Rosebrock, "Multi-label
    classification with Keras" (2018), which has six (black and blue jeans, blue and red
    dress, blue and red shirt) and asks what becomes of a black dress. Later versions of
    that set have 12 with shoes, bags and white; they differ in which, and here every
    colour has three.

    Some 100 pictures a second at 64 pixels; cost grows with the number of pixels.

    Examples
    --------
    >>> ds = make_wardrobe(24, image_size=32, random_state=0)
    >>> ds.X.shape, ds.X.dtype
    ((24, 32, 32, 3), dtype('uint8'))
    >>> ds.Y.sum(axis=1).unique().tolist()
    [2]
    """
    check_count("n_samples", n_samples, minimum=1)
    check_count("image_size", image_size, minimum=16)
    pairs = _pairs(combinations)
    rng = np.random.default_rng(random_state)
    which = rng.permutation(np.arange(n_samples) % len(pairs))
    names = [*_COLOURS, *GARMENTS]
    X = np.empty((n_samples, image_size, image_size, 3), dtype=np.uint8)
    Y = np.zeros((n_samples, len(names)), dtype=np.int8)
    # A generator for each picture: how one is drawn does not change the next.
    for i, (own, k) in enumerate(zip(rng.spawn(n_samples), which, strict=True)):
        colour, garment = pairs[k]
        X[i] = _picture(own, colour, garment, image_size)
        Y[i, [names.index(word) for word in pairs[k]]] = 1
    return MultiLabelDataset(
        X,
        Y,
        names,
        name="wardrobe",
        source=DatasetSource(reading=f"generated: {len(pairs)} kinds of garment"),
    )


def _pairs(combinations: str | Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    if isinstance(combinations, str):
        if combinations not in _COMBINATIONS:
            kind = "set of combinations"
            raise unknown_name(kind, combinations, _COMBINATIONS)
        return list(_COMBINATIONS[combinations])
    pairs = [(colour, garment) for colour, garment in combinations]
    for colour, garment in pairs:
        for kind, name, known in (
            ("colour", colour, list(_COLOURS)),
            ("garment", garment, list(GARMENTS)),
        ):
            if name not in known:
                raise unknown_name(kind, name, known)
    if not pairs:
        msg = "combinations is empty. Name at least one pair of colour and garment."
        raise GeneratorError(msg)
    return pairs


def _picture(
    rng: np.random.Generator, colour: str, garment: str, size: int
) -> np.ndarray:
    """Draw one picture, uint8 of shape (size, size, 3)."""
    picture = _backdrop(rng, size)
    _add_patches(rng, picture)
    _add_garment(rng, picture, colour, garment)
    picture = ndimage.gaussian_filter(
        picture, sigma=(rng.uniform(0, 0.6) * size / 64,) * 2 + (0,)
    )
    picture += rng.normal(0, rng.uniform(0.005, 0.03), picture.shape)
    return (255 * np.clip(picture, 0, 1) + 0.5).astype(np.uint8)


def _draw_colour(rng: np.random.Generator, name: str) -> np.ndarray:
    """Draw a colour of the family, floats (red, green, blue) in [0, 1]."""
    hue, saturation, value = (rng.uniform(*limits) for limits in _COLOURS[name])
    return _rgb(hue, saturation, value)


def _rgb(hue: float, saturation: float, value: float) -> np.ndarray:
    # Each channel is a plateau around its own third of the colour circle.
    third = np.abs((6 * hue + np.array([0, 4, 2])) % 6 - 3) - 1
    return value * (1 - saturation + saturation * np.clip(third, 0, 1))


def _backdrop(rng: np.random.Generator, size: int) -> np.ndarray:
    """Draw what lies behind, shape (size, size, 3)."""
    # Between black and white, and far less colourful than red and blue: the garment
    # stands out whatever it is, and the backdrop need not know.
    first, second = (
        _rgb(rng.random(), rng.uniform(0, 0.3), rng.uniform(0.35, 0.75))
        for _ in range(2)
    )
    across, down = np.meshgrid(*[np.linspace(-1, 1, size)] * 2)
    angle = rng.uniform(0, 2 * np.pi)
    along = np.cos(angle) * across + np.sin(angle) * down
    kind = rng.integers(5)
    if kind == 0:
        mix = np.zeros((size, size))
    elif kind == 1:
        mix = (along / np.sqrt(2) + 1) / 2
    elif kind == 2:
        mix = (down > rng.uniform(0.1, 0.7)).astype(float)
    elif kind == 3:
        mix = 0.35 * (np.sin(along * rng.uniform(8, 25)) > 0)
    else:
        clouds = ndimage.gaussian_filter(rng.random((size, size)), size / 12)
        mix = (clouds - clouds.min()) / np.ptp(clouds)
    return first + mix[..., None] * (second - first)


def _add_patches(rng: np.random.Generator, picture: np.ndarray) -> None:
    """Put up to three small patches of any colour into the picture."""
    size = len(picture)
    down, across = np.mgrid[:size, :size] / size
    for _ in range(rng.integers(4)):
        centre = rng.random(2)
        radii = rng.uniform(0.04, 0.12, 2)
        far = np.abs([(down - centre[0]) / radii[0], (across - centre[1]) / radii[1]])
        inside = far.max(axis=0) < 1 if rng.random() < 0.5 else (far**2).sum(axis=0) < 1
        picture[inside] = _draw_colour(rng, rng.choice(list(_COLOURS)))


def _draw_pose(rng: np.random.Generator) -> Pose:
    return Pose(
        angle=np.deg2rad(rng.uniform(-25, 25)),
        scale=rng.uniform(0.6, 0.85),
        shift=(rng.uniform(-0.15, 0.15), rng.uniform(-0.15, 0.15)),
        mirrored=bool(rng.random() < 0.5),
        stretch=rng.uniform(0.9, 1.12),
    )


def _add_garment(
    rng: np.random.Generator, picture: np.ndarray, colour: str, garment: str
) -> None:
    """Draw a garment onto the picture."""
    size = len(picture)
    canvas = Canvas(size, _draw_pose(rng))
    drawn = GARMENTS[garment](rng)
    layers = [(layer, _distance(canvas, layer)) for layer in drawn.surfaces]
    outline = np.minimum.reduce([distance for _, distance in layers])
    _add_shadow(rng, picture, outline.reshape(size, size))
    body = _draw_colour(rng, colour)
    light = _light(rng, canvas, outline)
    flat = picture.reshape(-1, 3)
    for layer, distance in layers:
        flat += _change(flat, layer, canvas.coverage(distance), body, light)
    # A detail ends where the garment does, so nothing else is looked at.
    cover = canvas.coverage(outline)
    within = np.flatnonzero(cover)
    for layer in drawn.details:
        distance = _distance(canvas, layer, within)
        alpha = np.minimum(canvas.coverage(distance), cover[within])
        flat[within] += _change(flat[within], layer, alpha, body, light[within])


def _distance(
    canvas: Canvas, layer: Fill | Stroke, pixels: np.ndarray | slice = slice(None)
) -> np.ndarray:
    """Return the signed distance of pixels to a layer."""
    points = canvas.points[pixels]
    if isinstance(layer, Fill):
        return polygon_distance(points, layer.corners)
    # Thinner than a pixel, a seam would vanish in small pictures.
    width = max(layer.width, 0.35 * canvas.pixel)
    return polyline_distance(points, layer.corners) - width


def _add_shadow(
    rng: np.random.Generator, picture: np.ndarray, outline: np.ndarray
) -> None:
    """Darken the backdrop beside the garment."""
    size = len(picture)
    shift = rng.uniform(0.02, 0.06, 2) * size * [1, rng.choice([-1, 1])]
    moved = ndimage.shift(outline, shift, order=1, mode="nearest")
    shade = 1 / (1 + np.exp(np.clip(moved / 0.05, -30, 30)))
    picture *= 1 - rng.uniform(0.2, 0.45) * shade[..., None]


def _light(rng: np.random.Generator, canvas: Canvas, outline: np.ndarray) -> np.ndarray:
    """Brightness of the garment at each pixel, around 1."""
    angle = rng.uniform(0, 2 * np.pi)
    side = canvas.points @ [np.cos(angle), np.sin(angle)]
    folds = np.sin(
        canvas.points @ rng.normal(0, 5, 2) + rng.uniform(0, 2 * np.pi)
    ) * np.sin(canvas.points @ rng.normal(0, 4, 2))
    # Cloth bends away towards its edge.
    edge = np.exp(np.minimum(outline, 0) / 0.06)
    return 1 + rng.uniform(0.05, 0.2) * side + 0.06 * folds - 0.25 * edge


def _change(
    pixels: np.ndarray,
    layer: Fill | Stroke,
    alpha: np.ndarray,
    body: np.ndarray,
    light: np.ndarray,
) -> np.ndarray:
    """Return by how much a layer changes pixels, both of shape (n_pixels, 3)."""
    own = not isinstance(layer, Fill) or layer.own_colour
    if own:
        # A plain factor leaves black black: a seam on it needs light of its own.
        ink = body * layer.tone + 0.12 * (layer.tone - 1)
    else:
        ink = np.full(3, layer.tone)
    shaded = np.clip(ink, 0, 1) * light[:, None]
    return alpha[:, None] * (shaded - pixels)


def make_digit_canvas(
    n_samples: int = 1000,
    *,
    canvas_size: int = 32,
    max_digits: int = 3,
    digits: Literal["all", "train", "test"] = "all",
    random_state: Any = None,
) -> MultiLabelDataset:
    """Paste real handwritten digits on a canvas: which digits are there.

    Parameters
    ----------
    n_samples : int, default 1000
    canvas_size : int, default 32
        Pixels a side, at least 24.
    max_digits : int, default 3
        Greatest number of digits of a canvas, in [1, 4]; each number from 0 to that is
        equally frequent.
    digits : {"all", "train", "test"}, default "all"
        Which of scikit-learn's 1797 digits are pasted: all, or one of two fixed halves,
        so that a test shows handwriting that no training canvas has.
    random_state : int, Generator or None, default None
        Seed. An int gives the same pictures at every call, in every process.

    Returns
    -------
    MultiLabelDataset
        ``X`` is uint8 of shape (n_samples, canvas_size, canvas_size, 1), bright digits
        on a dark ground; the labels are the digits ``"0"`` to ``"9"``.

    Raises
    ------
    GeneratorError
        If a number or word is out of its range.

    Notes
    -----
    The digits of a canvas are different ones, all sets of the drawn size equally
    likely, so that the number of labels is the number of digits. Each is enlarged to 11
    to 13 pixels a side for every 32 of the canvas, dimmed to .6 to 1 of its brightness,
    and pasted at random where it does not touch the square of another one. The ground
    has noise of its own.

    The halves are the earlier and the later digits of each class in the file. Digits
    that stand near each other there come from the same writers, so that few hands are
    in both halves.

    References
    ----------
    E. Alpaydin, C. Kaynak (1998). Optical recognition of handwritten digits. UCI
    Machine Learning Repository, doi 10.24432/C50P49.

    Examples
    --------
    >>> ds = make_digit_canvas(8, random_state=0)
    >>> ds.X.shape, ds.Y.sum(axis=1).tolist()
    ((8, 32, 32, 1), [3, 2, 2, 3, 0, 0, 1, 3])
    """
    check_count("n_samples", n_samples, minimum=1)
    check_count("canvas_size", canvas_size, minimum=24)
    check_count("max_digits", max_digits, minimum=1, maximum=4)
    pictures = _digit_pictures(digits)
    rng = np.random.default_rng(random_state)
    X = np.empty((n_samples, canvas_size, canvas_size, 1), dtype=np.uint8)
    Y = np.zeros((n_samples, 10), dtype=np.int8)
    for i, own in enumerate(rng.spawn(n_samples)):
        shown = own.choice(10, size=own.integers(max_digits + 1), replace=False)
        Y[i, shown] = 1
        chosen = [pictures[d][own.integers(len(pictures[d]))] for d in shown]
        X[i, :, :, 0] = _canvas(own, chosen, canvas_size)
    return MultiLabelDataset(
        X,
        Y,
        [str(digit) for digit in range(10)],
        name="digit-canvas",
        source=DatasetSource(
            reading=f"generated: 0 to {max_digits} digits on a canvas ({digits})",
            citation="Alpaydin and Kaynak (1998), doi 10.24432/C50P49",
            licence="CC BY 4.0",
        ),
    )


def _digit_pictures(which: str) -> list[np.ndarray]:
    """Load the pictures of each digit, floats in [0, 1], shape (n_pictures, 8, 8)."""
    # Imported here: scikit-learn takes a while, and the other generators need none.
    from sklearn.datasets import load_digits

    check_choice("digits", which, ("all", "train", "test"))
    bunch = load_digits()
    pictures = [bunch.images[bunch.target == digit] / 16 for digit in range(10)]
    if which == "all":
        return pictures
    first = which == "train"
    return [p[: len(p) // 2] if first else p[len(p) // 2 :] for p in pictures]


def _canvas(
    rng: np.random.Generator, pictures: list[np.ndarray], size: int
) -> np.ndarray:
    """Draw one canvas, uint8 of shape (size, size)."""
    canvas = rng.uniform(0, 0.25) * rng.random((size, size))
    widths = np.round(rng.uniform(11, 13, len(pictures)) * size / 32).astype(int)
    corners = _draw_places(rng, widths, size)
    for picture, width, (down, across) in zip(pictures, widths, corners, strict=True):
        enlarged = ndimage.zoom(
            picture, width / 8, order=1, grid_mode=True, mode="nearest"
        )
        place = canvas[down : down + width, across : across + width]
        np.maximum(place, rng.uniform(0.6, 1) * enlarged, out=place)
    return (255 * np.clip(canvas, 0, 1) + 0.5).astype(np.uint8)


def _draw_places(rng: np.random.Generator, widths: np.ndarray, size: int) -> np.ndarray:
    """Draw upper left corners of squares that do not overlap, (n_squares, 2)."""
    n = len(widths)
    first, second = np.triu_indices(n, k=1)
    while True:
        # Many tries at once: four squares fit in few of them.
        tries = rng.integers(size - widths[:, None] + 1, size=(256, n, 2))
        apart: Any = np.where(
            tries[:, first] < tries[:, second],
            tries[:, second] - tries[:, first] >= widths[first, None],
            tries[:, first] - tries[:, second] >= widths[second, None],
        )
        good = apart.any(axis=2).all(axis=1)
        if good.any():
            return tries[good.argmax()]
