import numpy as np
import pytest

from mlkit.exceptions import UnknownNameError
from mlkit.fingerprints import dataset_fingerprint
from mlkit.reporting import report_document

from .conftest import make_comparison
from .pages import check_page

SECTIONS = [
    "In short",
    "Scores",
    "Fold by fold",
    "What may be concluded",
    "Pairs of models",
    "Time and memory",
    "Failures and warnings",
    "Chosen parameters",
    "How it was made",
    "How to reproduce it",
]


def page_of(comparison, **options):
    return check_page(report_document(comparison, **options).html())


@pytest.fixture(scope="module")
def page(compared):
    return page_of(compared)


def test_every_section_is_there(page):
    assert [section.one("h2").text for section in page.all("section")] == SECTIONS


def test_several_datasets_have_ranks_too():
    page = page_of(make_comparison(datasets=("a", "b")))
    titles = [section.one("h2").text for section in page.all("section")]

    assert titles == [*SECTIONS[:5], "Ranks over the datasets", *SECTIONS[5:]]


def test_cards_name_the_best_model(page, compared):
    means = compared.scores()["mean"].xs("hamming_loss", level="metric")
    cards = page.one("header").text

    best = means.droplevel("dataset").idxmin()
    assert f"Best Hamming loss{best}{means.min():.3f}, mean of the folds" in cards
    assert "Models3" in cards
    assert "Folds a model3" in cards
    assert "Failed fits0of 9" in cards


def test_the_metric_that_counts_most_can_be_chosen(compared):
    page = page_of(compared, metric="macro_f1")

    assert "Best Macro F1" in page.one("header").text
    assert "Macro F1 counts most here" in page.section("In short").text
    heads = page.section("Scores").one("thead").all("th")
    assert heads[1].text == "Macro F1 ↑"
    assert len(heads) == 1 + len(compared.metrics)


def test_an_unknown_metric_is_refused(compared):
    with pytest.raises(UnknownNameError, match="Unknown metric of this comparison"):
        page_of(compared, metric="micro_f2")


def test_the_table_has_means_and_spreads(page, compared):
    table = page.section("Scores").table("Scores on flags").frame()
    best = compared.best().droplevel("dataset")

    for (_, model, metric), row in compared.scores().iterrows():
        if metric not in compared.metrics:
            continue
        measure = compared.measure(metric)
        arrow = "↑" if measure.greater_is_better else "↓"
        mark = " (best)" if best.loc[model, metric] else ""
        shown = table[model][f"{measure.label} {arrow}"]
        assert shown == f"{row['mean']:.3f}{mark} ± {row['sd']:.3f}"


def test_the_figure_says_the_means(page, compared):
    labels = [
        svg.attributes["aria-label"] for svg in page.section("Fold by fold").all("svg")
    ]
    means = compared.scores()["mean"]

    for metric in compared.metrics:
        mean = means[("flags", "br-lr", metric)]
        said = f"Means of {compared.measure(metric).label}: br-lr {mean:.3f}"
        assert any(said in label for label in labels)


def test_models_of_long_names_are_drawn_below_each_other():
    names = [f"a model with a long name {i}" for i in range(3)]
    wide, narrow = (
        page_of(make_comparison(models)).section("Fold by fold").one("svg")
        for models in (names, ("a", "b", "c"))
    )

    heights = [float(d.attributes["height"].rstrip("pt")) for d in (wide, narrow)]
    assert heights[0] == 2 * heights[1]


def test_many_models_are_cut_and_not_tested():
    comparison = make_comparison([f"model {i}" for i in range(200)])
    html = report_document(comparison).html()
    page = check_page(html)

    assert len(html.encode()) < 1_000_000
    assert "With 200 models there are 19,900 pairs" in page.section("In short").text
    for title in ("What may be concluded", "Pairs of models"):
        assert "19,900 pairs" in page.section(title).text
    rows = page.section("Scores").table("Scores on flags").rows()
    assert "the 60 best by micro_f1 of 200 models" in page.section("Scores").text
    shown = [float(row[1].split()[0]) for row in rows]
    assert shown == sorted(shown, reverse=True)
    means = comparison.scores()["mean"].xs("micro_f1", level="metric")
    assert shown[0] == pytest.approx(means.max(), abs=5e-4)
    assert "Drawn are 12 of 200 models" in page.section("Fold by fold").text
    drawing = page.section("Fold by fold").all("svg", "img")[0]
    said = drawing.attributes.get("aria-label") or drawing.attributes["alt"]
    assert f"Means of Micro F1: {rows[0][0]} {shown[0]:.3f}; {rows[1][0]}" in said


def test_many_datasets_are_cut():
    comparison = make_comparison(("a", "b"), [f"data {i}" for i in range(40)])
    html = report_document(comparison).html()
    page = check_page(html)

    assert len(html.encode()) < 2_000_000
    assert "Shown are the 12 first of 40 datasets" in page.section("Scores").text
    assert "Drawn are 6 of 40 datasets" in page.section("Fold by fold").text
    assert "The first 60 of 82 sentences" in page.section("What may be concluded").text


def test_many_metrics_stand_in_several_tables():
    averages = ("micro", "macro", "example", "weighted")
    metrics = [f"{a}_{m}" for a in averages for m in ("f1", "precision", "recall")]
    page = page_of(make_comparison(metrics=metrics))

    assert len(page.section("Scores").all("table")) == 2
    assert "Drawn are 8 of 12 metrics" in page.section("Fold by fold").text


def test_a_failed_model_has_no_mean():
    comparison = make_comparison(("good", "bad"))
    failed = (comparison.folds["model"] == "bad") & (comparison.folds["fold"] == 2)
    comparison.folds.loc[failed, ["micro_f1", "hamming_loss"]] = np.nan
    comparison.folds.loc[failed, "error"] = "ValueError: <script>no</script>"
    page = page_of(comparison)

    table = page.section("Scores").table("Scores on flags").frame()
    assert table["bad"]["Micro F1 ↑"] == "failed 1/5"
    assert "1 model failed in at least one fold" in page.section("In short").text
    assert "Failed fits1of 10" in page.one("header").text
    rows = page.section("Failures and warnings").one("table").rows()
    assert rows == [["bad", "flags", "1 of 5", "ValueError: <script>no</script>"]]


def test_one_fold_has_no_spread():
    page = page_of(make_comparison(n_folds=1))

    assert "there is no spread to show" in page.section("Scores").text
    assert "±" not in page.section("Scores").one("tbody").text
    assert "cannot be tested" in page.section("Pairs of models").text


def test_one_model_is_compared_with_nothing():
    page = page_of(make_comparison(("only",)))

    assert "nothing to compare it with" in page.section("Pairs of models").text


def test_metrics_without_a_value():
    comparison = make_comparison(datasets=("a", "b"), micro_f1=np.nan)
    page = page_of(comparison)

    assert "Best Micro F1" not in page.one("header").text
    assert "no model has a value" in page.section("In short").text
    assert page.section("Scores").all("tbody")[0].all("td")[0].text == "–"
    assert "Micro F1: fewer than two models" in page.section("Pairs of models").text


def test_without_any_value_there_are_no_ranks():
    comparison = make_comparison(
        datasets=("a", "b"), micro_f1=np.nan, hamming_loss=np.nan
    )

    assert "there are no ranks" in page_of(comparison).text


def test_names_and_errors_are_escaped(evil_names):
    comparison = make_comparison(evil_names, (evil_names[0], "שלום"), warnings="<b>")
    html = report_document(comparison).html()
    page = check_page(html)

    assert html.count("<script") == 1
    tables = [t.frame() for t in page.section("Scores").all("table")]
    assert set(evil_names[:5]) <= set(tables[0])
    # Long names are cut in sentences, those from right to left do not turn them.
    said = page.section("What may be concluded").text
    assert "a" * 61 not in said
    assert "\u2068שלום\u2069" in said


def test_how_it_was_made(page, compared, flags):
    text = page.section("How it was made").text

    assert dataset_fingerprint(flags) in text
    for name, version in compared.settings["versions"].items():
        assert f"{name} {version}" in text
