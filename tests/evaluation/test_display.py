import numpy as np
import pandas as pd
import pytest

import mlkit


def test_text_shows_the_main_metrics_with_what_was_undefined(small):
    text = repr(mlkit.evaluate(small.Y, small.Y_proba))

    assert text.startswith("4 rows · 3 labels · threshold 0.5")
    assert "Hamming loss                     ↓   0.333" in text
    assert "(1 of 4 rows undefined)" in text
    assert "more: .metrics" in text
    assert "sea" in text


def test_text_shows_intervals_and_the_convention(large):
    text = repr(
        mlkit.evaluate(large.Y, large.Y_proba, n_resamples=20, convention="mulan")
    )

    assert "edges as in MULAN" in text
    assert "95% intervals of 20 resamples" in text
    line = next(line for line in text.splitlines() if "Micro F1" in line)
    low, high = line.split("[")[1].rstrip("]").split(", ")
    assert float(low) < float(high)


def test_metrics_that_were_asked_for_are_the_main_ones(small):
    text = repr(mlkit.evaluate(small.Y, small.Y_proba, metrics=["margin_loss"]))

    assert "Margin loss" in text
    assert "more: .metrics" not in text


def test_many_labels_are_cut_to_the_most_frequent():
    Y = np.tril(np.ones((30, 30), dtype=int))
    text = repr(mlkit.evaluate(Y, Y))

    assert "The 20 most frequent of 30 labels" in text
    assert "label_0" in text
    assert "label_29" not in text


def test_one_threshold_for_all_stands_in_the_title_only(small):
    assert (
        "threshold"
        not in repr(mlkit.evaluate(small.Y, small.Y_proba)).split("\n", 1)[1]
    )
    several = mlkit.evaluate(small.Y, small.Y_proba, threshold=[0.1, 0.2, 0.3])
    assert "threshold" in repr(several).split("\n", 1)[1]


def test_html_is_escaped_and_without_scripts(small):
    names = ["<script>", "a & b", "c"]
    Y, proba = (frame.set_axis(names, axis=1) for frame in (small.Y, small.Y_proba))
    html = mlkit.evaluate(Y, proba)._repr_html_()

    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "a &amp; b" in html


def test_html_holds_every_metric_once(small):
    evaluation = mlkit.evaluate(small.Y, small.Y_proba)
    html = evaluation._repr_html_()

    for label in evaluation.metrics["label"]:
        assert html.count(f">{label} ↑<") + html.count(f">{label} ↓<") == 1
    assert "further metrics" in html


def test_html_names_errors_that_meet_in_a_row(small):
    html = mlkit.evaluate(small.Y, small.Y_proba)._repr_html_()

    assert "Errors that meet in a row" in html
    assert "Errors" not in mlkit.evaluate(small.Y, small.Y)._repr_html_()


@pytest.mark.parametrize("name", ["a" * 60, "näher · 日本"])
def test_long_and_foreign_names(name):
    Y = pd.DataFrame({name: [1, 0], "b": [0, 1]})
    text = repr(mlkit.evaluate(Y, Y))

    assert (name if len(name) < 28 else "a" * 27 + "…") in text
