import platform

import numpy as np
import pytest

import mlkit
from mlkit.dataset import DatasetSource, MultiLabelDataset
from mlkit.fingerprints import dataset_fingerprint
from mlkit.reporting import report_document

from .pages import check_page

SECTIONS = [
    "In short",
    "Where the data come from",
    "What the audit found",
    "Labels",
    "Label sets",
    "Labels that meet",
    "Features",
    "All figures",
]


def page_of(dataset, **options):
    return check_page(report_document(dataset, **options).html())


def labelled(Y, **options):
    X = np.arange(2.0 * len(Y)).reshape(-1, 2)
    return MultiLabelDataset(X, Y, **options)


@pytest.fixture(scope="module")
def page(flags):
    return page_of(flags)


def test_every_section_is_there(page):
    assert [section.one("h2").text for section in page.all("section")] == SECTIONS


def test_key_numbers_are_those_of_the_dataset(page, flags):
    cards = page.one("header").text

    assert f"Rows{flags.n_samples}" in cards
    assert f"Features{flags.n_features}" in cards
    assert f"Labels{flags.n_labels}" in cards
    assert f"{flags.cardinality:.2f}" in cards


def test_the_summary_in_words(page, flags):
    text = page.section("In short").text
    summary = mlkit.describe(flags).summary

    assert "flags has 195 rows, 22 features and 7 labels." in text
    assert f"{summary['distinct_label_sets']} different label sets occur" in text
    assert f"{summary['sets_seen_once']} of them in a single row" in text
    assert "most frequent label is “red” (152 rows" in text
    assert "The audit found 0 problems, 0 warnings and 1 note." in text


def test_origin_and_fingerprint(page, flags):
    text = page.section("Where the data come from").text

    assert dataset_fingerprint(flags) in text
    assert flags.source.sha256 in text
    assert flags.source.licence in text
    assert flags.source.citation in text


def test_an_unknown_origin_is_said_to_be_unknown():
    text = page_of(labelled([[1, 0], [0, 1]])).section("Where the data come from").text

    assert "is not recorded" in text
    assert "Licence" not in text


def test_addresses_are_links_and_nothing_else_is_loaded():
    source = DatasetSource(url="https://example.org/data.arff")
    page = page_of(labelled([[1, 0], [0, 1]], source=source))

    links = [a.attributes["href"] for a in page.one("main").all("a")]
    assert links == ["https://example.org/data.arff"]


def test_findings_have_severity_message_names_and_rows():
    found = mlkit.audit(labelled([[1, 0], [1, 0], [1, 1]], label_names=["a", "b"]))
    page = page_of(labelled([[1, 0], [1, 0], [1, 1]], label_names=["a", "b"]))
    items = page.section("What the audit found").all("li")
    notices = [item for item in items if item.all("strong")]

    assert len(notices) == len(found)
    for item, finding in zip(notices, found, strict=True):
        assert item.one("span").text == finding.severity
        assert item.one("strong").text == finding.title
        assert finding.message in item.text


def test_names_that_the_message_leaves_out_are_listed():
    Y = np.zeros((3, 12), dtype=int)
    Y[0, 0] = 1
    text = page_of(labelled(Y)).section("What the audit found").text

    assert "11 names concerned: “label_1”, “label_2”" in text
    few = page_of(labelled(Y[:, :3])).section("What the audit found").text
    assert "names concerned" not in few


def test_findings_of_an_audit_with_parts_can_be_given(flags):
    found = mlkit.audit(flags, train=[0, 1, 2], test=[2, 3])
    page = page_of(flags, findings=found)

    assert found.select(severity="problem")
    text = page.section("What the audit found").text
    assert found[0].title in text
    assert "of the test rows concerned" in text
    n_problems = len(found.select(severity="problem"))
    assert f"{n_problems} problems" in page.one("header").text


def test_no_findings_are_a_sentence(flags):
    page = page_of(flags, findings=mlkit.description.Audit([], title="none"))

    assert "Nothing was found." in page.section("What the audit found").text
    assert "The audit found nothing." in page.section("In short").text


def test_the_table_of_labels_has_the_numbers_of_describe(page, flags):
    table = page.section("Labels").table("Labels").frame()

    for name, row in mlkit.describe(flags).labels.iterrows():
        assert table[name]["count"] == f"{row['count']:.0f}"
        assert table[name]["irlbl"] == f"{row['irlbl']:.3f}"
        assert table[name]["share"] == f"{100 * row['share']:.1f} %"
    assert "unknown" not in table["red"]


def test_the_figure_of_labels_says_what_is_seen(page):
    drawing = page.section("Labels").one("svg")

    assert "red 152" in drawing.attributes["aria-label"]
    assert "orange" in drawing.attributes["aria-label"]


def test_imbalance_is_put_into_words(page, flags):
    text = page.section("Labels").text
    summary = mlkit.describe(flags).summary

    assert f"{summary['max_ir']:.1f} times as frequent as the rarest" in text
    assert f"{summary['mean_ir']:.1f} times as frequent as a label" in text


def test_rare_and_absent_labels_are_named():
    Y = np.zeros((30, 3), dtype=int)
    Y[:20, 0] = Y[0, 1] = 1
    text = page_of(labelled(Y, label_names=["often", "rare", "never"])).text

    assert "1 label has fewer than 10 rows: “rare”." in text
    assert "No row carries “never”." in text


def test_label_sets_and_their_sizes(page, flags):
    section = page.section("Label sets")
    sets = mlkit.describe(flags).label_sets
    rows = section.table("Label sets").rows()

    assert len(rows) == 15
    assert rows[0][0] == ", ".join(sets.index[0])
    assert rows[0][2] == str(sets["count"].iloc[0])
    assert f"The 15 most frequent of {len(sets)}" in section.text
    assert "3: 91 rows" in section.one("svg").attributes["aria-label"]


def test_pairs_come_by_the_strength_of_their_correlation(page, flags):
    rows = page.section("Labels that meet").all("table")[0].rows()
    phi = [abs(float(row[-1])) for row in rows]

    assert phi == sorted(phi, reverse=True)
    pairs = mlkit.describe(flags).pairs
    assert rows[0][:2] == ["yellow", "white"]
    assert rows[0][-1] == f"{pairs.loc[('yellow', 'white'), 'phi']:.3f}"


def test_all_figures_have_their_meaning(page, flags):
    table = page.section("All figures").all("table")[0].frame()

    assert list(table) == list(mlkit.describe(flags).summary.index)
    assert table["cardinality"]["value"] == f"{flags.cardinality:.3f}"


def test_unknown_labels_are_counted():
    page = page_of(labelled([[1, np.nan], [0, 1], [1, 0]], label_names=["a", "b"]))

    assert "1 label of 6 cells are unknown" in page.section("In short").text
    assert page.section("Labels").table("Labels").frame()["b"]["unknown"] == "1"


def test_names_from_data_are_escaped(evil, evil_names):
    html = report_document(evil).html()
    page = check_page(html)

    assert html.count("<script") == 1
    assert page.one("h1").text == "<h1>evil</h1>"
    assert "javascript:" not in [a.attributes["href"][:11] for a in page.all("a")]
    table = page.section("Labels").table("Labels").frame()
    for name in evil_names[:5]:
        assert name in table
    assert "an <odd> remark" in page.section("What the audit found").text
    assert html.encode()


def test_a_thousand_labels_make_a_short_report(many):
    html = report_document(many).html()
    page = check_page(html)

    assert len(html.encode()) < 1_000_000
    assert len(page.section("Labels").table("Labels").rows()) == 200
    assert "The 200 most frequent of 1,000 labels" in page.section("Labels").text
    assert "30 most frequent of 1,000 labels" in page.section("Labels").text


def test_so_many_labels_that_pairs_are_left_out():
    Y = np.zeros((4, 2100), dtype=int)
    Y[0, 0] = 1
    text = page_of(labelled(Y)).section("Labels that meet").text

    assert "With 2,100 labels not all pairs were looked at" in text


@pytest.mark.parametrize(
    ("Y", "title", "sentence"),
    [
        ([[1], [0], [1]], "Labels that meet", "single label"),
        ([[1], [0], [1]], "In short", "the only one"),
        (np.zeros((3, 2), dtype=int), "Labels", "No row carries any label"),
        (np.zeros((3, 2), dtype=int), "Labels that meet", "0.0 % of the pairs"),
        (np.zeros((0, 2), dtype=int), "Label sets", "no label sets"),
        (np.zeros((0, 2), dtype=int), "In short", "nothing more to say"),
        (np.ones((1, 2), dtype=int), "Label sets", "1 different label set"),
        (np.ones((1, 2), dtype=int), "In short", "same label set"),
        (np.zeros((3, 2), dtype=int), "In short", "No row carries any label."),
    ],
)
def test_what_is_empty_has_a_sentence(Y, title, sentence):
    assert sentence in page_of(labelled(Y)).section(title).text


def test_versions_are_named(page):
    assert (
        f"Computed with python {platform.python_version()}, mlkit"
        in page.section("All figures").text
    )
