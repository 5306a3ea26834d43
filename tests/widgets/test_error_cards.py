"""The cards of the error browser, read as HTML."""

from __future__ import annotations

import base64
import io
import re

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from PIL import Image

from mlkit.dataset import MultiLabelDataset
from mlkit.description.row_contents import RowContents
from mlkit.evaluation import evaluate
from mlkit.evaluation.row_errors import RowErrors, row_names
from mlkit.widgets.error_cards import RowCards, label_strip, page_html

EVIL = "<script>alert('x')</script>"
NAMES = ["sea", "sun", EVIL]
Y = np.array([[1, 1, 0], [0, 0, 0], [0, 0, 0], [0, 1, 0]])
PROBA = np.array([[0.9, 0.25, 0.6], [0.1, 0.1, 0.1], [0.7, 0.1, 0.1], [0.1, 0.2, 0.1]])
STORY = "A story that is long enough to be called a text"


def card(row, X=None, prediction=PROBA, labels=Y, names=NAMES, index=None):
    frame = pd.DataFrame(labels, columns=names, index=index)
    evaluation = evaluate(frame, prediction)
    contents = None if X is None else RowContents(MultiLabelDataset(X, labels))
    cards = RowCards(evaluation, contents, row_names(evaluation))
    found = RowErrors(evaluation).labels_of(row)
    return cards.html(row, found, rank=1234, loss="Loss 1"), cards


def lines(html):
    """The labels: sign in words, name, number."""
    found = re.findall(
        r'aria-label="([^"]+)" title.*?<bdi>(.*?)</bdi>.*?text-align:right">(.*?)<',
        html,
    )
    return [tuple(line) for line in found]


def widths(html):
    return [float(width) for width in re.findall(r"width:([\d.]+)%", html)]


def test_labels_have_a_sign_a_name_and_a_number():
    html, _ = card(0)

    assert lines(html) == [
        ("missed", "sun", "0.25"),
        (
            "falsely predicted",
            "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;",
            "0.60",
        ),
        ("right", "sea", "0.90"),
    ]
    assert widths(html) == [25.0, 60.0, 90.0]
    # The tick of the threshold, on every bar.
    assert html.count("left:50.0%") == 3


def test_heading_and_loss():
    html, _ = card(0)

    assert "1,234. <bdi>Row 0</bdi></h4>" in html
    assert "Loss 1" in html
    assert html.startswith("<li")


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (1, "{} no label</li>"),
        (2, "true: {} no label"),
        (3, "predicted: {} no label"),
    ],
)
def test_empty_sets_are_written(row, words):
    assert words in card(row)[0]


def test_unknown_labels_are_counted():
    known = Y.astype(float)
    known[3, :2] = np.nan

    assert "2 unknown" in card(3, labels=known)[0]
    assert "unknown" not in card(2, labels=known)[0]


def test_user_text_is_escaped_everywhere():
    story = f"{EVIL} {STORY}"
    texts = pd.DataFrame({"text": [story] * 4}, index=[EVIL] * 4)
    evaluation = evaluate(pd.DataFrame(Y, columns=NAMES, index=texts.index), PROBA)
    contents = RowContents(MultiLabelDataset(texts, Y))
    cards = RowCards(evaluation, contents, row_names(evaluation))
    html = cards.html(0, RowErrors(evaluation).labels_of(0), rank=1, loss=EVIL)
    counts = np.array([1, 2, 3])
    page = page_html(
        EVIL, label_strip(NAMES, counts, counts, EVIL), "", [html], first=1
    )

    assert "<script" not in page
    assert page.count("&lt;script&gt;alert") == 6


def test_halves_of_surrogates_can_be_sent():
    html, _ = card(0, index=pd.Index(["\ud800 x"] * 4, dtype=object))

    assert "? x" in html
    html.encode("utf-8")


def test_scores_have_a_scale_of_their_own():
    scores = np.array([[4.0, -1.0, 2.0], [-4.0, -1, -1], [1, -1, -1], [-1, -1, -1]])
    html, cards = card(0, prediction=scores)

    # From -4 to 4, and the threshold 0 in the middle.
    assert widths(html) == [37.5, 75.0, 100.0]
    assert "left:50.0%" in html
    assert [number for *_, number in lines(html)] == ["\u22121.00", "2.00", "4.00"]
    assert "score, from \u22124 to 4; tick: threshold" in cards.key()


def test_decided_labels_have_no_bars():
    html, cards = card(0, prediction=(PROBA > 0.5).astype(int))

    assert widths(html) == []
    assert "bar:" not in cards.key()
    assert html.count("<bdi>") == 1 + 3


def test_the_surest_errors_come_first_and_the_rest_is_counted():
    true = np.zeros((1, 20), dtype=int)
    true[0, :10] = 1
    proba = np.linspace(0.51, 0.99, 20)[np.newaxis]
    html, _ = card(0, prediction=proba, labels=true, names=[f"n{j}" for j in range(20)])

    assert [name for _, name, _ in lines(html)] == [f"n{j}" for j in range(19, 11, -1)]
    assert "and 12 more" in html


def test_texts_are_quoted_and_cut():
    html, _ = card(0, pd.DataFrame({"text": ["word " * 400, STORY, STORY, STORY]}))
    (text,) = re.findall(r"<blockquote[^>]*>(.*?)</blockquote>", html)

    assert text.endswith("word…")
    assert len(text) <= 321


def test_the_oddest_features_are_said_with_numbers():
    X = pd.DataFrame(
        {"x": [10.0, 0, 0, 0], EVIL: [-8.0, -8, -8, 0], "kind": ["a", "b", "b", "b"]}
    )
    html, _ = card(0, X)
    words = dict(re.findall(r"<bdi>([^<]*)</bdi></dt><dd[^>]*>(.*?)</dd>", html))

    # Two are equally far; the third one is nearer, and comes last.
    assert words["x"] == "10 (1.7 above)"
    assert words["kind"] == "a (25\u00a0% of rows)"
    assert list(words.values())[2] == "\u22128 (0.6 below)"
    assert "No feature stands out" in card(0, np.ones((4, 2)))[0]


@pytest.mark.parametrize("shape", [(8, 9), (8, 9, 1), (300, 150, 3), (8, 9, 4)])
def test_pictures_are_inside_the_page(shape):
    X = np.random.default_rng(0).integers(0, 256, (4, *shape)).astype(np.uint8)
    html, cards = card(2, X)
    (data,) = re.findall(r"base64,([^\"]+)", html)
    picture = Image.open(io.BytesIO(base64.b64decode(data)))
    width, height = (int(n) for n in re.findall(r'(?:width|height)="(\d+)"', html))

    assert f'alt="picture of Row 2, {shape[1]} × {shape[0]} pixels"' in html
    assert max(width, height) == 128
    assert max(picture.size) == min(256, max(shape[:2]))
    assert ("pixelated" in html) is (shape[0] < 64)
    assert cards._picture(2) is cards._picture(2)


def test_not_all_pictures_are_kept():
    X = np.zeros((150, 8, 8))
    labels = np.ones((150, 1), dtype=int)
    _, cards = card(0, X, prediction=labels, labels=labels, names=["a"])
    for row in range(150):
        cards._picture(row)

    assert len(cards._pictures) == 100


def test_arrays_without_a_picture_have_none():
    assert "<img" not in card(0, np.zeros((4, 50, 4)))[0]


def test_sparse_features_and_labels():
    X, labels = sp.csr_array([[4.0, 1.0], [0.0, 1.0], [0.0, 1.0], [0.0, 1.0]]), Y
    evaluation = evaluate(sp.csr_array(labels), sp.csr_array((PROBA > 0.5).astype(int)))
    cards = RowCards(
        evaluation, RowContents(MultiLabelDataset(X, labels)), row_names(evaluation)
    )
    html = cards.html(0, RowErrors(evaluation).labels_of(0), rank=1, loss="")

    assert "4 (1.7 above)" in html
    assert html.count('role="img"') == 3


class TestStrip:
    def test_counts_and_bars(self):
        strip = label_strip(["a", "b"], np.array([1, 2]), np.array([0, 4]))

        assert re.findall(r"<bdi>(.*?)</bdi>", strip) == ["b", "a"]
        assert re.findall(r'right">([\d,]+)<', strip) == ["2", "4", "1", "0"]
        assert widths(strip) == [50.0, 100.0, 25.0, 0.0]
        assert " of 2 labels" not in strip

    def test_many_labels_are_cut_and_the_chosen_one_is_there(self):
        names = [f"n{j}" for j in range(1000)]
        counts = np.arange(1000)[::-1]
        strip = label_strip(names, counts, counts, "n999")

        assert strip.count("<li") == 12
        assert "12 of 1,000 labels" in strip
        assert strip.count('aria-current="true"') == strip.count("▸ ") == 1
        assert "▸ <bdi>n999</bdi>" in strip

    def test_no_error_at_all(self):
        none = np.zeros(2, dtype=int)

        assert widths(label_strip(["a", "b"], none, none)) == [0.0] * 4


class TestPage:
    def test_the_list_goes_on_from_the_page_before(self):
        html = page_html("what", "", "", ["<li>a</li>"], first=7)

        assert '<ol start="7" role="list"' in html
        assert '<section aria-label="what"' in html
        # Another theme, another colour of the letters.
        assert "var(--jp-content-font-color1,inherit)" in html

    def test_no_rows(self):
        html = page_html("what", "", "", [], first=1)

        assert "There is no such row." in html
        assert "<ol" not in html
