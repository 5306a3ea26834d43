"""The cards of the error browser, as HTML: no scripts, light and dark theme."""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from mlkit.description.pictures import pixel_bytes
from mlkit.description.row_contents import OddFeature, RowContents
from mlkit.evaluation import Evaluation
from mlkit.evaluation.row_errors import RowLabels
from mlkit.plots.errors import CELL_LOOKS
from mlkit.plots.legible import ink_on
from mlkit.widgets.kept import Kept

__all__ = ["RowCards", "label_strip", "page_html"]

_INK = "color:var(--jp-content-font-color1,inherit)"
_LINE = "var(--jp-border-color2,#8888)"
_FRAME = (
    f"border:1px solid {_LINE};border-radius:6px;padding:10px 14px;margin:0;"
    "min-width:0;overflow-wrap:anywhere"
)
_BARE = "list-style:none;margin:0;padding:0"
_MOST_LABELS = 8
_MOST_STRIP = 12
_MOST_LETTERS = 320
_NAME_LETTERS = 60
_PICTURE_SIDE = 128
# Below so many pixels a side each of them is to be seen; above, a picture.
_FEW_PIXELS = 64
_KEPT_PICTURES = 100
_LOOKS = {"right": CELL_LOOKS[3], "missed": CELL_LOOKS[2], "false": CELL_LOOKS[1]}
_WORDS = {"right": "right", "missed": "missed", "false": "falsely predicted"}


class RowCards:
    """Makes the cards of single rows.

    Parameters
    ----------
    evaluation : Evaluation
        With decided labels; bars are drawn of its probabilities, or else its scores.
    contents : RowContents, optional
        What is in the rows.
    row_names : sequence of str
        Headings of the cards.
    """

    def __init__(
        self,
        evaluation: Evaluation,
        contents: RowContents | None,
        row_names: Sequence[str],
    ) -> None:
        self._names = evaluation.evidence.label_names
        self._missing = evaluation.evidence.true.missing
        self._contents = contents
        self._row_names = row_names
        self._bars = _Bars(evaluation)
        self._pictures = Kept(_KEPT_PICTURES)

    def html(self, row: int, labels: RowLabels, *, rank: int, loss: str) -> str:
        """Return one card.

        Parameters
        ----------
        row : int
            Position of the row.
        labels : RowLabels
            Its labels.
        rank : int
            Which one it is, from 1.
        loss : str
            What is said below the heading.

        Returns
        -------
        str
            An item of a list.
        """
        name = _text(_shortened(self._row_names[row], 120))
        below = f'<p style="margin:0 0 8px;font-size:.92em">{_text(loss)}</p>'
        return (
            f'<li style="{_FRAME}"><h4 style="margin:0;font-size:1em">{rank:,}. '
            f"<bdi>{name}</bdi></h4>{below}"
            f"{self._content(row)}{self._labels(row, labels)}</li>"
        )

    def key(self) -> str:
        """Return the key of signs and bars.

        Returns
        -------
        str
        """
        signs = "".join(
            f'<span style="white-space:nowrap">{_sign(kind)} {_WORDS[kind]}</span>'
            for kind in _LOOKS
        )
        return (
            '<p style="display:flex;flex-wrap:wrap;gap:2px 20px;margin:0 0 10px">'
            f"{signs}<span>{_text(self._bars.words)}</span></p>"
        )

    def _content(self, row: int) -> str:
        if self._contents is None or self._contents.kind == "arrays":
            return ""
        if self._contents.kind == "pictures":
            return self._picture(row)
        if self._contents.kind == "texts":
            text = _text(_shortened(self._contents.text(row), _MOST_LETTERS))
            style = f"margin:0 0 10px;padding:0 0 0 10px;border-left:3px solid {_LINE}"
            return f'<blockquote dir="auto" style="{style}">{text}</blockquote>'
        return _features(self._contents.odd_features(row))

    def _picture(self, row: int) -> str:
        # Turning back a page, or other rows of the same pictures, need no new files.
        return str(self._pictures.get(row, lambda: self._new_picture(row)))

    def _new_picture(self, row: int) -> str:
        assert self._contents is not None
        alt = f"picture of {self._row_names[row]}"
        return _image(self._contents.picture(row), alt)

    def _labels(self, row: int, labels: RowLabels) -> str:
        lines = [*_empty_sets(labels), *self._lines(row, labels)]
        if self._missing is not None:
            n_unknown = int(self._missing[[row]].sum())
            if n_unknown:
                lines.append(f"<li>{n_unknown:,} unknown</li>")
        return f'<ul aria-label="labels" style="{_BARE}">{"".join(lines)}</ul>'

    def _lines(self, row: int, labels: RowLabels) -> Iterator[str]:
        # The surest errors first, so that right labels are left out before wrong ones.
        cells = [
            (kind, j)
            for kind, found in (
                ("missed", self._bars.ordered(row, labels.missed)),
                ("false", self._bars.ordered(row, labels.false)[::-1]),
                ("right", self._bars.ordered(row, labels.right)[::-1]),
            )
            for j in found.tolist()
        ]
        width = "2.4em" if self._bars.sure else "3.6em"
        for kind, j in cells[:_MOST_LABELS]:
            name = _text(_shortened(self._names[j], _NAME_LETTERS))
            bar = self._bars.html(row, j, _LOOKS[kind].color)
            style = (
                f"display:grid;grid-template-columns:1.6em minmax(0,1fr) 76px {width}"
            )
            yield (
                f'<li style="{style};gap:0 8px;align-items:center;margin:0 0 3px">'
                f"{_sign(kind)}<bdi>{name}</bdi>{bar}</li>"
            )
        rest = len(cells) - _MOST_LABELS
        if rest > 0:
            yield f"<li>and {rest:,} more</li>"


@dataclass(frozen=True, slots=True)
class _Scale:
    """The numbers at both ends of a bar."""

    low: float
    high: float

    def percent(self, value: float) -> float:
        share = (value - self.low) / ((self.high - self.low) or 1.0)
        return round(100 * min(max(share, 0.0), 1.0), 1)


class _Bars:
    """Scores of single labels as bars, with a tick at the threshold."""

    def __init__(self, evaluation: Evaluation) -> None:
        evidence = evaluation.evidence
        self._values = evidence.scores
        self.sure = evidence.has("probabilities")
        if self.sure:
            self._values = evidence.probabilities
        self._thresholds = evaluation.thresholds
        self._scale = _Scale(0.0, 1.0)
        if self._values is not None and not self.sure:
            ends = [self._values.min(), self._values.max()]
            # A threshold that no score reaches is still to be seen.
            ends += [] if self._thresholds is None else self._thresholds.tolist()
            self._scale = _Scale(float(min(ends)), float(max(ends)))

    @property
    def words(self) -> str:
        """What a bar is."""
        if self._values is None:
            return ""
        bar = "probability, from 0 to 1"
        if not self.sure:
            low, high = f"{self._scale.low:.3g}", f"{self._scale.high:.3g}"
            bar = f"score, from {_minus(low)} to {_minus(high)}"
        tick = "" if self._thresholds is None else "; tick: threshold"
        return f"bar: {bar}{tick}"

    def ordered(self, row: int, labels: np.ndarray) -> np.ndarray:
        """Return labels of a row from the least to the greatest score."""
        if self._values is None:
            return labels
        return labels[np.argsort(self._values[row, labels], kind="stable")]

    def html(self, row: int, label: int, color: str) -> str:
        """Return the bar of a label and its number."""
        if self._values is None:
            return ""
        value = float(self._values[row, label])
        tick = ""
        if self._thresholds is not None:
            at = self._scale.percent(float(self._thresholds[label]))
            tick = (
                f'<span style="position:absolute;left:{at}%;top:-4px;bottom:-4px;'
                'margin-left:-1px;border-left:2px solid currentColor"></span>'
            )
        # Scores of thousands would push the names aside.
        number = f"{value:.2f}" if abs(value) < 1000 else f"{value:.2g}"
        return (
            f"{_bar(self._scale.percent(value), color, tick)}"
            f'<span style="text-align:right">{_minus(number)}</span>'
        )


def label_strip(
    names: Sequence[str], missed: np.ndarray, false: np.ndarray, chosen: str = ""
) -> str:
    """Count the errors of the labels that have the most.

    Parameters
    ----------
    names : sequence of str
        Of the labels.
    missed, false : ndarray of int, shape (n_labels,)
        Rows in which a label was missed, and in which it was falsely predicted.
    chosen : str, optional
        A label that is marked, and shown in any case.

    Returns
    -------
    str
        A heading and a list; at most 12 labels, the most errors first.
    """
    order = np.argsort(-(missed + false), kind="stable").tolist()
    shown = order[:_MOST_STRIP]
    if chosen and names.index(chosen) not in shown:
        shown[-1] = names.index(chosen)
    most = max(1, int(missed.max()), int(false.max()))
    items = "".join(
        f'<li style="min-width:0"{_current(names[j] == chosen)}>'
        f"{_strip_name(names[j], chosen)}"
        f"{_counted('missed', int(missed[j]), most)}"
        f"{_counted('false', int(false[j]), most)}</li>"
        for j in shown
    )
    some = f", {len(shown)} of {len(names):,} labels" if len(shown) < len(names) else ""
    return (
        f'<h4 style="margin:0 0 4px;font-size:1em">Errors by label, the most first'
        f'{some}</h4><ul style="{_BARE};display:grid;gap:8px 20px;'
        f'grid-template-columns:repeat(auto-fill,minmax(130px,1fr))">{items}</ul>'
    )


def page_html(
    label: str, strip: str, key: str, cards: Iterable[str], *, first: int
) -> str:
    """Put strip, key and cards below each other.

    Parameters
    ----------
    label : str
        What is seen, in words.
    strip, key : str
        As HTML.
    cards : iterable of str
        Items of a list, as HTML.
    first : int
        Rank of the first card.

    Returns
    -------
    str
    """
    items = "".join(cards)
    columns = "grid-template-columns:repeat(auto-fill,minmax(280px,1fr))"
    style = f"{_BARE};display:grid;gap:12px;{columns}"
    shown = f'<ol start="{first}" role="list" style="{style}">{items}</ol>'
    return (
        f'<section aria-label="{_text(label)}" style="{_INK};line-height:1.45;'
        f'max-width:64em">{strip}<div style="margin:12px 0 0">{key}</div>'
        f"{shown if items else '<p>There is no such row.</p>'}</section>"
    )


def _text(words: object) -> str:
    # Halves of surrogate pairs cannot be sent to a browser.
    return html.escape(str(words).encode("utf-8", "replace").decode("utf-8"))


def _shortened(words: object, limit: int) -> str:
    text = str(words)
    # Of a very long text only the beginning is looked at.
    line = " ".join(text[: 4 * limit].split())
    if len(line) <= limit:
        return line
    return f"{line[:limit].rsplit(' ', 1)[0]}…"


def _minus(number: str) -> str:
    return number.replace("-", "\u2212")


def _sign(kind: str) -> str:
    look = _LOOKS[kind]
    return (
        f'<span role="img" aria-label="{_WORDS[kind]}" title="{_WORDS[kind]}" '
        'style="display:inline-block;width:1.4em;line-height:1.4em;text-align:center;'
        f"border-radius:3px;font-weight:bold;background:{look.color};"
        f'color:{ink_on(look.color)}">{look.sign}</span>'
    )


def _bar(percent: float, color: str, tick: str = "") -> str:
    filled = f"display:block;height:100%;width:{percent}%;background:{color}"
    return (
        '<span aria-hidden="true" style="display:block;position:relative;height:10px;'
        f'border:1px solid #888;border-radius:2px"><span style="{filled}"></span>{tick}'
        "</span>"
    )


def _empty_sets(labels: RowLabels) -> Iterator[str]:
    n_right, n_missed, n_false = map(len, labels)
    if not n_right + n_missed + n_false:
        yield f"<li>{_sign('right')} {{}} no label</li>"
    elif not n_right + n_missed:
        yield '<li style="margin:0 0 3px">true: {} no label</li>'
    elif not n_right + n_false:
        yield '<li style="margin:0 0 3px">predicted: {} no label</li>'


def _features(features: Sequence[OddFeature]) -> str:
    if not features:
        return '<p style="margin:0 0 10px">No feature stands out.</p>'
    rows = "".join(
        '<dt style="font-weight:normal">'
        f"<bdi>{_text(_shortened(odd.name, 40))}</bdi></dt>"
        f'<dd style="margin:0">{_text(_oddity(odd))}</dd>'
        for odd in features
    )
    return (
        '<p style="margin:0;font-size:.92em">Furthest from the mean, in standard '
        "deviations:</p>"
        '<dl style="display:grid;grid-template-columns:auto minmax(0,1fr);gap:0 12px;'
        f'margin:0 0 10px;font-size:.92em">{rows}</dl>'
    )


def _oddity(odd: OddFeature) -> str:
    if odd.share is not None:
        return f"{_shortened(odd.value, 40)} ({100 * odd.share:.0f}\u00a0% of rows)"
    side = "above" if odd.distance > 0 else "below"
    value = _minus(f"{odd.value:.4g}")
    return f"{value} ({abs(odd.distance):.1f} {side})"


def _image(pixels: np.ndarray, alt: str) -> str:
    values = pixel_bytes(pixels)
    picture = Image.fromarray(values[..., 0] if values.shape[2:] == (1,) else values)
    side = max(picture.size)
    size = [round(_PICTURE_SIDE * length / side) for length in picture.size]
    # Browsers enlarge, so that files stay small; only what is large is changed here.
    if side > 2 * _PICTURE_SIDE:
        picture.thumbnail((2 * _PICTURE_SIDE, 2 * _PICTURE_SIDE))
    buffer = io.BytesIO()
    picture.save(buffer, format="png", compress_level=1)
    data = base64.b64encode(buffer.getvalue()).decode("ascii")
    height, width = values.shape[:2]
    few = "image-rendering:pixelated;" if side < _FEW_PIXELS else ""
    return (
        f'<img alt="{_text(alt)}, {width} × {height} pixels" width="{max(1, size[0])}" '
        f'height="{max(1, size[1])}" style="display:block;{few}margin:0 0 10px" '
        f'src="data:image/png;base64,{data}">'
    )


def _current(chosen: bool) -> str:
    return ' aria-current="true"' if chosen else ""


def _strip_name(name: str, chosen: str) -> str:
    shown = _text(_shortened(name, 40))
    mark = "▸ " if name == chosen else ""
    weight = "bold" if name == chosen else "normal"
    return (
        f'<span style="display:block;font-weight:{weight};overflow:hidden;'
        f'text-overflow:ellipsis;white-space:nowrap">{mark}<bdi>{shown}</bdi></span>'
    )


def _counted(kind: str, count: int, most: int) -> str:
    style = "display:grid;grid-template-columns:1.6em minmax(0,1fr) 3em;gap:0 6px"
    bar = _bar(round(100 * count / most, 1), _LOOKS[kind].color)
    return (
        f'<span style="{style};align-items:center;margin:1px 0">{_sign(kind)}{bar}'
        f'<span style="text-align:right">{count:,}</span></span>'
    )
