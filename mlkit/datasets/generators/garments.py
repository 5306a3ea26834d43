"""The garments of `make_wardrobe`: outlines and details, each time a little different.

A garment is drawn in the square [-1, 1]², right and down, as it hangs or stands.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from mlkit.datasets.generators.drawing import curve

__all__ = ["GARMENTS", "Fill", "Garment", "Stroke"]


@dataclass(frozen=True, slots=True)
class Fill:
    """A surface.

    Parameters
    ----------
    corners : ndarray, shape (n_corners, 2)
    tone : float, default 1.0
        Brightness against the garment's own colour; below 1 darker.
    own_colour : bool, default True
        Whether it has the colour of the garment, or is neutral (a sole, a clasp): then
        `tone` is its grey value in [0, 1].
    """

    corners: np.ndarray
    tone: float = 1.0
    own_colour: bool = True


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line.

    Parameters
    ----------
    corners : ndarray, shape (n_corners, 2)
    width : float
        Half its thickness.
    tone : float
        As of `Fill`.
    """

    corners: np.ndarray
    width: float
    tone: float


@dataclass(frozen=True, slots=True)
class Garment:
    """What there is to draw.

    Parameters
    ----------
    surfaces : sequence of Fill or Stroke
        Together they are the silhouette; the later ones lie on top.
    details : sequence of Fill or Stroke
        Drawn on the surfaces.
    """

    surfaces: Sequence[Fill | Stroke]
    details: Sequence[Fill | Stroke]


def _mirrored(right: np.ndarray) -> np.ndarray:
    """Close an outline whose right half runs from the top to the bottom middle."""
    return np.vstack([right, right[::-1] * [-1, 1]])


def _dress(rng: np.random.Generator) -> Garment:
    hem, waist = rng.uniform(0.45, 0.75), rng.uniform(0.17, 0.24)
    end, neck = rng.uniform(0.55, 0.95), rng.uniform(-0.68, -0.5)
    strap = rng.uniform(0.05, 0.12)
    right = np.vstack(
        [
            curve((0, neck), (0.13, neck - 0.1), (0.2, -0.9)),
            curve((0.2 + strap, -0.9), (0.25 + strap / 2, -0.66), (0.33, -0.52)),
            curve((0.31, -0.4), (waist, -0.12), (0.3, 0.15), (hem, end), steps=5),
            curve((hem, end), (hem / 2, end + 0.05), (0, end + 0.06)),
        ]
    )
    folds = [
        Stroke(curve((x * waist, -0.02), (x * hem, end - 0.04)), 0.012, 0.78)
        for x in rng.uniform(-0.75, 0.75, 4)
    ]
    belt = Fill(
        np.array(
            [
                (-waist - 0.01, -0.16),
                (waist + 0.01, -0.16),
                (waist + 0.02, -0.06),
                (-waist - 0.02, -0.06),
            ]
        ),
        rng.choice([0.6, 1.25]),
    )
    return Garment([Fill(_mirrored(right))], [*folds, belt])


def _jeans(rng: np.random.Generator) -> Garment:
    waist, hip = rng.uniform(0.3, 0.36), rng.uniform(0.38, 0.44)
    ankle, apart = rng.uniform(0.13, 0.26), rng.uniform(0.22, 0.34)
    end = rng.uniform(0.8, 0.97)
    crotch = rng.uniform(-0.32, -0.2)
    right = np.vstack(
        [
            [(0, -0.93), (waist, -0.93)],
            curve((waist + 0.01, -0.8), (hip, -0.45), (apart + ankle, end)),
            curve((apart - ankle, end), (0.06, 0.2), (0, crotch)),
        ]
    )
    seams = [
        Stroke(np.array([(-waist - 0.01, -0.8), (waist + 0.01, -0.8)]), 0.014, 0.65),
        Stroke(curve((0, -0.8), (0.01, -0.5), (0, crotch)), 0.013, 0.65),
    ]
    for side in (-1, 1):
        pocket = curve(
            (side * 0.14, -0.79), (side * 0.18, -0.64), (side * (hip - 0.06), -0.6)
        )
        seam = curve(
            (side * (hip - 0.05), -0.45), (side * (apart + ankle - 0.05), end - 0.02)
        )
        cuff = np.array(
            [(side * (apart - ankle), end - 0.07), (side * (apart + ankle), end - 0.07)]
        )
        seams += [
            Stroke(pocket, 0.013, 0.65),
            Stroke(seam, 0.008, 1.3),
            Stroke(cuff, 0.01, 0.7),
        ]
        # Worn knees: paler in the middle of each leg.
        knee = rng.uniform(-0.05, 0.25)
        worn = curve((side * apart, knee), (side * apart, knee + 0.2))
        seams.append(Stroke(worn, rng.uniform(0.04, 0.08), 1.12))
    return Garment([Fill(_mirrored(right))], seams)


def _shirt(rng: np.random.Generator) -> Garment:
    half, end = rng.uniform(0.36, 0.44), rng.uniform(0.65, 0.85)
    if rng.random() < 0.5:  # long sleeves, hanging down
        cuff, width = (rng.uniform(0.62, 0.76), rng.uniform(0.45, 0.65)), 0.11
    else:
        cuff, width = (rng.uniform(0.72, 0.86), rng.uniform(-0.25, -0.05)), 0.15
    neck = rng.uniform(-0.72, -0.58)
    right = np.vstack(
        [
            curve((0, neck), (0.1, neck - 0.05), (0.16, -0.82)),
            curve(
                (0.17, -0.82), (0.36, -0.74), (0.46, -0.62), (cuff[0] + 0.06, cuff[1])
            ),
            [(cuff[0] + 0.06 - 1.6 * width, cuff[1] + 0.08)],
            curve((half, -0.22), (half - 0.03, 0.2), (half, end)),
            [(0, end + 0.03)],
        ]
    )
    details: list[Fill | Stroke] = [
        Stroke(curve((side * 0.44, -0.6), (side * half, -0.24)), 0.012, 0.75)
        for side in (-1, 1)
    ]
    if rng.random() < 0.6:  # collar and buttons
        details.append(Stroke(np.array([(0, neck), (0, end)]), 0.012, 0.7))
        for y in np.linspace(neck + 0.12, end - 0.12, 5):
            details.append(Stroke(np.array([(0.0, y), (0.0, y + 1e-3)]), 0.028, 0.5))
        for side in (-1, 1):
            wing = np.array(
                [
                    (side * 0.02, neck),
                    (side * 0.17, -0.84),
                    (side * 0.28, -0.7),
                    (side * 0.13, neck + 0.1),
                ]
            )
            details.append(Fill(wing, 1.15))
            details.append(Stroke(np.vstack([wing[2:], wing[:1]]), 0.01, 0.65))
    else:
        rim = curve(
            (-0.17, -0.82),
            (-0.1, neck - 0.05),
            (0, neck),
            (0.1, neck - 0.05),
            (0.17, -0.82),
        )
        details.append(Stroke(rim, 0.028, 0.8))
    return Garment([Fill(_mirrored(right))], details)


def _shoe(rng: np.random.Generator) -> Garment:
    return _sneaker(rng) if rng.random() < 0.6 else _pump(rng)


def _sneaker(rng: np.random.Generator) -> Garment:
    ankle, toe = rng.uniform(-0.5, -0.25), rng.uniform(0.02, 0.14)
    sole = rng.uniform(0.1, 0.18)
    upper = np.vstack(
        [
            curve((-0.86, 0.3), (-0.88, 0.0), (-0.8, ankle)),
            curve((-0.6, ankle + 0.06), (-0.42, ankle + 0.1), (-0.2, ankle - 0.06)),
            curve(
                (-0.12, ankle), (0.2, toe - 0.14), (0.6, toe), (0.88, 0.2), (0.9, 0.3)
            ),
        ]
    )
    bottom = np.vstack(
        [
            curve((-0.9, 0.28), (0.0, 0.3), (0.94, 0.28)),
            curve((0.95, 0.28 + sole), (0.0, 0.3 + sole), (-0.88, 0.28 + sole)),
        ]
    )
    laces = [
        Stroke(np.array([(x - 0.08, y - 0.02), (x + 0.07, y + 0.12)]), 0.022, 1.5)
        for x, y in zip(
            np.linspace(-0.08, 0.24, 4),
            np.linspace(ankle + 0.08, toe - 0.06, 4),
            strict=True,
        )
    ]
    details = [
        Stroke(curve((-0.45, 0.28), (-0.3, 0.05), (-0.2, ankle)), 0.014, 0.7),
        Stroke(curve((0.42, 0.28), (0.46, 0.12), (0.6, toe)), 0.014, 0.7),
        Stroke(curve((-0.25, 0.2), (0.0, 0.18), (0.3, 0.1)), 0.035, 1.35),
        *laces,
    ]
    grey = rng.choice([0.25, 0.8])
    return Garment([Fill(upper), Fill(bottom, grey, own_colour=False)], details)


def _pump(rng: np.random.Generator) -> Garment:
    heel, tip = rng.uniform(0.35, 0.6), rng.uniform(0.78, 0.92)
    width = rng.uniform(0.04, 0.1)
    upper = np.vstack(
        [
            curve((-0.78, -0.1), (-0.8, -0.32), (-0.72, -0.42)),
            curve((-0.6, -0.2), (-0.25, 0.05), (0.15, 0.18), (0.3, 0.08)),
            curve((0.45, 0.14), (0.7, 0.34), (tip, heel - 0.04)),
            curve(
                (tip, heel),
                (0.6, heel + 0.03),
                (0.25, heel),
                (-0.1, heel - 0.22),
                (-0.5, 0.06),
                (-0.72, 0.06),
            ),
        ]
    )
    spike = np.array(
        [
            (-0.8, -0.15),
            (-0.52, 0.02),
            (-0.66 + width, heel + 0.02),
            (-0.74, heel + 0.02),
        ]
    )
    inside = curve((-0.66, -0.3), (-0.3, 0.0), (0.12, 0.14), (0.26, 0.07))
    return Garment([Fill(spike, 0.8), Fill(upper)], [Stroke(inside, 0.03, 0.6)])


def _bag(rng: np.random.Generator) -> Garment:
    top, bottom = rng.uniform(0.45, 0.62), rng.uniform(0.56, 0.78)
    lid, height = rng.uniform(-0.2, 0.0), rng.uniform(0.6, 0.8)
    body = np.vstack(
        [
            [(-top, lid), (top, lid)],
            curve((bottom, height - 0.1), (bottom - 0.08, height), steps=2),
            curve((-bottom + 0.08, height), (-bottom, height - 0.1), steps=2),
        ]
    )
    foot, arch = rng.uniform(0.2, 0.36), rng.uniform(-0.85, -0.6)
    handle = curve(
        (-foot, lid + 0.04),
        (-foot + 0.04, arch * 0.6 + lid * 0.4),
        (0, arch),
        (foot - 0.04, arch * 0.6 + lid * 0.4),
        (foot, lid + 0.04),
    )
    surfaces: list[Fill | Stroke] = [Stroke(handle, rng.uniform(0.03, 0.055), 0.85)]
    surfaces.append(Fill(body))
    details = _flap(rng, top, lid) if rng.random() < 0.6 else _pocket(top, lid, height)
    return Garment(surfaces, details)


def _flap(rng: np.random.Generator, top: float, lid: float) -> list[Fill | Stroke]:
    edge = rng.uniform(0.3, 0.45)
    rim = curve((top, 0.15), (0, edge), (-top, 0.15))
    clasp = _box(0.06, edge - 0.08, edge + 0.06)
    return [
        Fill(np.vstack([[(-top, lid), (top, lid)], rim]), 1.1),
        Stroke(rim, 0.016, 0.6),
        Fill(clasp, 0.7, own_colour=False),
    ]


def _pocket(top: float, lid: float, height: float) -> list[Fill | Stroke]:
    seam = _box(0.3, 0.2, height - 0.12)
    return [
        Stroke(np.array([(-top, lid + 0.1), (top, lid + 0.1)]), 0.016, 0.65),
        Stroke(np.vstack([seam, seam[:1]]), 0.014, 0.7),
    ]


def _box(half: float, upper: float, lower: float) -> np.ndarray:
    """Corners of a box around the middle."""
    return np.array([(-half, upper), (half, upper), (half, lower), (-half, lower)])


GARMENTS: dict[str, Callable[[np.random.Generator], Garment]] = {
    "dress": _dress,
    "jeans": _jeans,
    "shirt": _shirt,
    "shoe": _shoe,
    "bag": _bag,
}
"""Name -> function that makes one garment of the kind."""
