"""Reports opened as files: silent, without the network, sorted by keys, printed."""

from __future__ import annotations

import pytest

import mlkit
from mlkit.reporting import report

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WIDTHS = (1400, 640, 360)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A report of each kind."""
    target = tmp_path_factory.mktemp("reports")
    flags = mlkit.load("flags")
    train, test = mlkit.split(flags, test=0.4, random_state=0)
    model = mlkit.models.make("br-lr").fit(*train.as_xy())
    evaluation = mlkit.evaluate(test, model.predict_proba(test.X), n_resamples=50)
    report(flags, target / "dataset.html")
    report(evaluation, target / "evaluation.html", data=test)
    report(mlkit.compare("flags", cv=3), target / "comparison.html")
    return target


@pytest.fixture
def opened(page, folder, request):
    """The page of a report, and what it asked for or complained of."""
    seen = []
    page.on("console", lambda message: seen.append(message.text))
    page.on("pageerror", lambda error: seen.append(str(error)))
    page.on("request", lambda sent: seen.append(sent.url))
    address = (folder / f"{request.param}.html").as_uri()
    page.goto(address)
    yield page
    # Data within the page counts as no request of the network.
    assert [x for x in seen if x != address and not x.startswith("data:")] == []


def every_report(test):
    kinds = ["dataset", "evaluation", "comparison"]
    return pytest.mark.parametrize("opened", kinds, indirect=True)(test)


@every_report
def test_a_report_fits_every_screen(opened, request, screenshot):
    kind = request.node.callspec.params["opened"]
    for width in WIDTHS:
        opened.set_viewport_size({"width": width, "height": 900})
        needed = opened.evaluate("document.documentElement.scrollWidth")
        assert needed <= width
        screenshot(f"report_{kind}_{width}")


@every_report
def test_a_report_can_be_printed(opened):
    pdf = opened.pdf(format="A4")

    assert pdf.startswith(b"%PDF")
    assert pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page/") > 1


@pytest.mark.parametrize("opened", ["dataset"], indirect=True)
def test_a_table_is_sorted_by_keys_alone(opened):
    table = opened.locator("table.sortable").first
    count = table.locator("thead th").nth(1)
    counts = table.locator("tbody td:nth-child(2)")
    before = [int(text) for text in counts.all_inner_texts()]

    count.locator("button").focus()
    opened.keyboard.press("Enter")
    assert count.get_attribute("aria-sort") == "descending"
    falling = [int(text) for text in counts.all_inner_texts()]
    assert falling == sorted(before, reverse=True) != before

    opened.keyboard.press("Space")
    assert count.get_attribute("aria-sort") == "ascending"
    assert [int(text) for text in counts.all_inner_texts()] == sorted(before)


@pytest.mark.parametrize("opened", ["dataset"], indirect=True)
def test_names_are_sorted_from_the_beginning(opened):
    table = opened.locator("table.sortable").first
    label = table.locator("thead th").first

    label.locator("button").click()
    assert label.get_attribute("aria-sort") == "ascending"
    names = table.locator("tbody th").all_inner_texts()
    assert names == sorted(names)


@pytest.mark.parametrize("opened", ["evaluation"], indirect=True)
def test_what_has_no_number_stays_at_the_end(opened):
    table = opened.locator("table.sortable").last
    heading = table.locator("thead th").nth(2)
    values = table.locator("tbody td:nth-child(3)")

    for direction in ("descending", "ascending"):
        heading.locator("button").click()
        assert heading.get_attribute("aria-sort") == direction
        texts = values.all_inner_texts()
        assert "–" in texts
        known = [text for text in texts if text != "–"]
        assert texts == known + ["–"] * (len(texts) - len(known))


@pytest.mark.parametrize("opened", ["evaluation"], indirect=True)
def test_the_first_key_leads_to_the_content(opened):
    opened.keyboard.press("Tab")
    skip = opened.locator("a.skip")
    assert skip.evaluate("link => link === document.activeElement")
    assert skip.evaluate("link => link.getBoundingClientRect().left") >= 0

    opened.keyboard.press("Enter")
    assert opened.evaluate("document.activeElement.id") == "content"


def test_without_a_script_everything_is_there(browser, folder):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((folder / "dataset.html").as_uri())

    assert page.locator("th button").count() == 0
    assert page.locator("table.sortable").first.is_visible()
    assert page.locator("svg").first.is_visible()
    context.close()


def test_print_is_light_where_the_screen_is_dark(browser, folder):
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    page.goto((folder / "dataset.html").as_uri())
    color = "getComputedStyle(document.body).backgroundColor"

    assert page.evaluate(color) == "rgb(20, 25, 31)"
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate(color) == "rgb(255, 255, 255)"
    context.close()
