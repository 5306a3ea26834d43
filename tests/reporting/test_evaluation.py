import platform
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import mlkit
from mlkit.evaluation import Evaluation
from mlkit.metrics import METRICS, Evidence
from mlkit.reporting import report_document

from .pages import check_page

SECTIONS = [
    "In short",
    "Main metrics",
    "How labels were decided",
    "Labels one by one",
    "The weakest labels",
    "Errors that meet",
    "The rows that are most wrong",
    "What was undefined",
    "All metrics",
]


def page_of(evaluation, **options):
    return check_page(report_document(evaluation, **options).html())


@pytest.fixture(scope="module")
def page(evaluation):
    return page_of(evaluation)


@pytest.fixture(scope="module")
def scores_only():
    """Scores without decided labels, as no threshold was given to anything."""
    rng = np.random.default_rng(4)
    Y = (rng.random((20, 3)) < 0.5).astype(int)
    metrics = tuple(m for m in METRICS.values() if m.kind == "scores" and m.in_tables)
    return Evaluation(Evidence.of_scores(Y, rng.normal(size=Y.shape)), metrics)


def test_every_section_is_there(page):
    assert [section.one("h2").text for section in page.all("section")] == SECTIONS


def test_cards_are_the_main_metrics_with_intervals(page, evaluation):
    cards = page.one("header").text
    row = evaluation.metrics.loc["micro_f1"]

    assert "200 × 4" in cards
    assert f"Micro F1{row['value']:.3f}{row['low']:.3f} to {row['high']:.3f}" in cards
    assert "higher is better" in cards


def test_the_table_of_metrics_has_the_values_of_the_evaluation(page, evaluation):
    table = page.section("All metrics").table("All metrics").frame()

    assert len(table) == len(evaluation.metrics)
    for row in evaluation.metrics.to_dict("records"):
        shown = table[row["label"]]
        known = not np.isnan(row["value"])
        assert shown["value"] == (f"{row['value']:.3f}" if known else "–")
        assert shown["better"] == row["better"]
        low, high = row["low"], row["high"]
        interval = "–" if np.isnan(low) else f"{low:.3f} to {high:.3f}"
        assert shown["95% interval"] == interval


def test_main_metrics_say_what_they_are(page):
    table = page.section("Main metrics").table("Main metrics").frame()

    assert table["Hamming loss"]["what it is"] == METRICS["hamming_loss"].description
    assert "50 bootstrap resamples" in page.section("Main metrics").text


def test_without_resamples_the_report_says_so(evaluation):
    section = page_of(replace(evaluation, n_resamples=0)).section("Main metrics")

    assert "no intervals" in section.text
    heads = [th.text for th in section.one("thead").all("th")]
    assert heads == ["metric", "value", "better", "what it is"]


def test_right_and_wrong_cells_are_counted(page, evaluation):
    labels, text = evaluation.labels, page.section("In short").text
    found, missed, false = (int(labels[name].sum()) for name in ("tp", "fn", "fp"))

    assert f"carry {found + missed} labels in all: the prediction finds {found}" in text
    assert f"misses {missed}." in text
    assert f"Of the {found + false} labels that it predicts, {false} (" in text


def test_rows_that_are_right_are_counted(page, evaluation):
    n_right = round(evaluation["subset_accuracy"] * 200)

    assert f"In {n_right} of 200 rows" in page.section("In short").text


def test_best_and_weakest_label(page, evaluation):
    f1 = evaluation.labels["f1"]
    text = page.section("In short").text

    assert f"best label is “{f1.idxmax()}” with an F1 of {f1.max():.3f}" in text
    assert f"weakest “{f1.idxmin()}” with {f1.min():.3f}" in text


def test_the_decision_is_named(page, evaluation):
    text = page.section("How labels were decided").text

    assert "threshold 0.5" in text
    assert "settled as in scikit-learn" in text
    table = page.section("How labels were decided").one("table").frame()
    assert table["labels a row"]["value"] == f"{evaluation.problems['cardinality']:.2f}"


def test_thresholds_of_several_labels_are_shown(evaluation):
    several = replace(evaluation, thresholds=np.array([0.1, 0.2, 0.3, 0.4]))
    page = page_of(several)

    assert "From 0.100 to 0.400" in page.section("How labels were decided").text
    table = page.section("Labels one by one").table("Labels").frame()
    assert table["sky"]["threshold"] == "0.300"


def test_one_threshold_for_all_needs_no_column(page):
    heads = page.section("Labels one by one").table("Labels").one("thead").text

    assert "threshold" not in heads


def test_the_table_of_labels_has_the_numbers_of_the_evaluation(page, evaluation):
    table = page.section("Labels one by one").table("Labels").frame()
    names = {"F1": "f1", "AUC": "roc_auc", "AP": "average_precision"}

    assert list(table) == ["sea", "sun", "sky", "snow"]
    for label, row in evaluation.labels.iterrows():
        assert table[label]["support"] == f"{row['support']:.0f}"
        for shown, name in names.items():
            assert table[label][shown] == f"{row[name]:.3f}"


def test_the_figure_of_labels_has_support(page, evaluation):
    label = page.section("Labels one by one").one("svg").attributes["aria-label"]
    row = evaluation.labels.loc["sea"]

    assert f"sea {row['f1']:.3f} ({row['support']:.0f})" in label


def test_confusion_of_the_weakest_labels(page, evaluation):
    tables = page.section("The weakest labels").all("table")
    by_f1 = evaluation.labels.sort_values("f1")

    assert [table.one("caption").text for table in tables] == by_f1.index.tolist()
    row = by_f1.iloc[0]
    assert tables[0].rows() == [
        ["present", f"{row['tp']:.0f}", f"{row['fn']:.0f}"],
        ["absent", f"{row['fp']:.0f}", f"{row['tn']:.0f}"],
    ]


def test_errors_that_meet(page, evaluation):
    section = page.section("Errors that meet")
    rows = section.table("What was predicted instead of what").rows()
    errors = evaluation.co_errors("missed", "false")

    missed, false, n = rows[0]
    assert int(n) == errors.to_numpy().max() == errors.loc[missed, false]
    drawing = section.one("svg").attributes["aria-label"]
    wrong = evaluation.co_errors().to_numpy(copy=True)
    np.fill_diagonal(wrong, 0)
    assert str(wrong.max()) in drawing


def test_what_was_undefined_is_listed(page, evaluation):
    notes = [value.note for value in evaluation.values.values() if value.note]
    items = [li.text for li in page.section("What was undefined").all("li")]

    assert len(items) == len(notes) > 0
    assert all(note in item for note, item in zip(notes, items, strict=True))


def test_nothing_undefined_is_a_sentence():
    Y = np.array([[1, 0], [0, 1]])
    evaluation = mlkit.evaluate(Y, Y, metrics="hamming_loss")

    assert "Every metric is defined" in page_of(evaluation).text


def test_labels_that_do_not_occur_and_unknown_cells():
    Y = np.array([[1, 0, 0], [1, 1, np.nan], [0, 1, 0]])
    text = (
        page_of(mlkit.evaluate(Y, np.ones((3, 3)))).section("What was undefined").text
    )

    assert "1 label does not occur in these rows: “label_2”" in text
    assert "1 label of the truth are unknown" in text


def test_scores_without_a_decision_are_enough(scores_only):
    page = page_of(scores_only)

    assert "No labels were decided" in page.section("In short").text
    for title in ("How labels were decided", "The weakest labels", "Errors that meet"):
        assert "No labels were decided" in page.section(title).text
    table = page.section("Labels one by one").table("Labels").frame()
    assert set(table["label_0"]) == {"label", "support", "AUC", "AP"}
    drawing = page.section("Labels one by one").one("svg").attributes["aria-label"]
    assert drawing.startswith("Bars of the AP")


def test_a_right_prediction_has_sentences():
    Y = np.array([[1, 0], [0, 1], [1, 1]])
    page = page_of(mlkit.evaluate(Y, Y))

    assert "In 3 of 3 rows" in page.text
    assert "ever missed or falsely predicted" in page.section("The weakest labels").text
    assert "There are no errors" in page.section("Errors that meet").text


@pytest.mark.parametrize(
    ("Y", "Y_pred", "sentences"),
    [
        (
            np.zeros((3, 2), dtype=int),
            np.ones((3, 2), dtype=int),
            [
                "No row carries any label, and 6 labels were predicted",
                "No label occurs",
            ],
        ),
        (
            np.ones((3, 2), dtype=int),
            np.zeros((3, 2), dtype=int),
            ["It predicts no label for any row", "2 labels that occur are never found"],
        ),
        (
            np.zeros((3, 2), dtype=int),
            np.zeros((3, 2), dtype=int),
            ["No label has an F1", "all are undefined"],
        ),
        (
            np.array([[1], [0]]),
            np.array([[0], [1]]),
            ["The label “label_0” has an F1 of 0.000", "no errors that could meet"],
        ),
        (
            np.array([[1, 0]]),
            np.array([[1, 1]]),
            ["In 0 of 1 row (", "In no row was one label missed"],
        ),
    ],
    ids=["nothing true", "nothing predicted", "nothing at all", "one label", "one row"],
)
def test_what_is_empty_has_a_sentence(Y, Y_pred, sentences):
    text = page_of(mlkit.evaluate(Y, Y_pred)).text

    for sentence in sentences:
        assert sentence in text


def test_metrics_without_a_value():
    Y = np.zeros((3, 2), dtype=int)
    evaluation = mlkit.evaluate(Y, np.full((3, 2), 0.2), metrics="macro_roc_auc")

    assert np.isnan(evaluation["macro_roc_auc"])
    page = page_of(evaluation)
    assert "None of these metrics has a value" in page.section("Main metrics").text
    assert page.section("All metrics").one("table").rows()[0][1] == "–"


def test_names_from_data_are_escaped(evil, evil_names):
    proba = np.random.default_rng(0).random((60, len(evil_names)))
    html = report_document(mlkit.evaluate(evil, proba), data=evil).html()
    page = check_page(html)

    assert html.count("<script") == 1
    table = page.section("Labels one by one").table("Labels").frame()
    assert set(evil_names[:5]) <= set(table)


def test_a_thousand_labels_make_a_short_report(many):
    proba = np.random.default_rng(0).random(many.Y.shape)
    html = report_document(mlkit.evaluate(many, proba), data=many).html()
    page = check_page(html)

    assert len(html.encode()) < 1_000_000
    assert len(page.section("Labels one by one").table("Labels").rows()) == 200
    assert "The 200 most frequent of 1,000" in page.section("Labels one by one").text
    assert "the 16 of 1,000 labels" in page.section("Errors that meet").text


def test_so_many_labels_that_pairs_are_left_out():
    Y = np.zeros((2, 2100), dtype=int)
    Y[0, 0] = 1
    page = page_of(mlkit.evaluate(Y, 1 - Y, metrics="hamming_loss"))

    assert "not all pairs were looked at" in page.section("Errors that meet").text


def test_rows_may_have_names(evaluation):
    Y = pd.DataFrame([[1, 0], [0, 1]], index=["<first>", "second"], columns=["a", "b"])
    page = page_of(mlkit.evaluate(Y, 1 - Y))
    titles = [h.text for h in page.section("The rows that are most wrong").all("h3")]

    assert titles == ["<first>", "second"]


def test_versions_are_named(page):
    assert (
        f"Computed with python {platform.python_version()}, mlkit"
        in page.section("All metrics").text
    )
