import datetime

import pytest

import mlkit
from mlkit.exceptions import OptionError
from mlkit.reporting import report, report_document

from .pages import check_page


def test_the_file_is_written_and_its_path_returned(flags, tmp_path):
    path = report(flags, tmp_path / "new" / "flags.html")

    assert path == tmp_path / "new" / "flags.html"
    page = check_page(path.read_text(encoding="utf-8"))
    assert page.one("h1").text == "flags"
    assert [file.name for file in path.parent.iterdir()] == ["flags.html"]


def test_a_path_may_be_text(flags, tmp_path):
    assert report(flags, str(tmp_path / "a.html")).exists()


def test_nothing_is_replaced_without_being_asked(flags, tmp_path):
    path = tmp_path / "flags.html"
    path.write_text("precious")

    with pytest.raises(FileExistsError, match=r"flags\.html exists.*overwrite=True"):
        report(flags, path)
    assert path.read_text() == "precious"
    report(flags, path, overwrite=True)
    assert "precious" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["report", "report.htm", "report.pdf", ".html"])
def test_a_report_is_a_page(flags, tmp_path, name):
    with pytest.raises(ValueError, match=r"path must end in \.html, got"):
        report(flags, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_path_of_another_kind_is_refused(flags):
    with pytest.raises(TypeError, match="path must be a str or a Path, got int"):
        report(flags, 7)


@pytest.mark.parametrize("x", [[[1, 0]], "flags", None, 3])
def test_other_objects_have_no_report(x, tmp_path):
    with pytest.raises(TypeError, match="no report of .*MultiLabelDataset.*compare"):
        report(x, tmp_path / "x.html")
    assert list(tmp_path.iterdir()) == []


def test_the_title_can_be_chosen(flags, evaluation, compared):
    for x in (flags, evaluation, compared):
        document = report_document(x, title="Flags <b> for you")
        assert check_page(document.html()).one("h1").text == "Flags <b> for you"


def test_titles_come_from_the_objects(flags, evaluation, compared):
    data = flags
    proba = mlkit.models.make("baseline-set").fit(*data.as_xy()).predict_proba(data.X)
    own = mlkit.evaluate(data, proba, metrics="hamming_loss")

    assert report_document(evaluation).title == "Prediction of 4 labels"
    assert report_document(own, data=data).title == "Prediction of 7 labels on flags"
    assert report_document(compared).title == "Comparison of 3 models on flags"


def test_the_day_is_today(flags):
    assert report_document(flags).day == datetime.datetime.now(datetime.UTC).date()


@pytest.mark.parametrize(
    ("whose", "option", "match"),
    [
        ("flags", "data", "data belongs to the report of an evaluation.*a MultiLabel"),
        ("flags", "metric", "metric belongs to the report of a comparison"),
        ("evaluation", "findings", "findings belongs to the report of a dataset"),
        ("compared", "data", "data belongs to the report of an evaluation"),
    ],
)
def test_options_of_other_reports_are_refused(request, flags, whose, option, match):
    values = {
        "data": flags,
        "metric": "micro_f1",
        "findings": mlkit.audit(flags),
    }

    with pytest.raises(OptionError, match=match):
        report_document(request.getfixturevalue(whose), **{option: values[option]})


@pytest.mark.parametrize(
    ("whose", "options", "match"),
    [
        ("flags", {"findings": []}, "findings must be Audit, got list"),
        ("evaluation", {"data": 3}, "data must be MultiLabelDataset, got int"),
        ("compared", {"metric": 3}, "metric must be str, got int"),
    ],
)
def test_options_of_another_kind_are_refused(request, whose, options, match):
    with pytest.raises(TypeError, match=match):
        report_document(request.getfixturevalue(whose), **options)


def test_objects_are_left_as_they_were(flags, compared):
    before = mlkit.fingerprints.dataset_fingerprint(flags), compared.folds.copy()
    report_document(flags).html()
    report_document(compared).html()

    assert mlkit.fingerprints.dataset_fingerprint(flags) == before[0]
    assert compared.folds.equals(before[1])


def test_the_same_report_twice_is_the_same_text(flags):
    assert report_document(flags).html() == report_document(flags).html()


@pytest.mark.data
def test_reports_of_real_data_are_small(mulan_folder):
    data = mlkit.load("emotions", "test")
    model = mlkit.models.make("br-lr").fit(*mlkit.load("emotions", "train").as_xy())
    evaluation = mlkit.evaluate(data, model.predict_proba(data.X))

    for document in (
        report_document(data),
        report_document(evaluation, data=data),
    ):
        html = document.html()
        check_page(html)
        assert len(html.encode()) < 300_000
