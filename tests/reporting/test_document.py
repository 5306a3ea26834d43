from datetime import date

import pytest

from mlkit.reporting.document import (
    Bullets,
    Card,
    Code,
    Document,
    Facts,
    Ids,
    Link,
    Notice,
    Notices,
    Paragraph,
    Part,
    Quotation,
    Section,
    Tiles,
)
from mlkit.reporting.style import SCRIPT, script_hash

from .pages import check_page, parse

EVIL = "<script>alert('1')</script> & \""
DAY = date(2030, 1, 31)


def document(*blocks, **changes):
    content = {
        "title": "Toy",
        "kind": "Report of a toy",
        "byline": "made by hand",
        "day": DAY,
        "cards": (Card("Rows", "7", "few"),),
        "sections": (Section("First", blocks), Section("Second", (), continues=True)),
    }
    return Document(**{**content, **changes})


def test_a_page_is_complete_and_keeps_the_rules():
    page = check_page(document(Paragraph("All is well.")).html())

    assert page.one("h1").text == "Toy"
    assert page.one("title").text == "Toy – Report of a toy"
    assert page.all("time")[0].attributes["datetime"] == "2030-01-31"
    assert page.all("time")[0].text == "31 January 2030"
    assert "All is well." in page.section("First").text


def test_cards_stand_in_the_header():
    cards = check_page(document().html()).one("header").one("ul")

    assert cards.attributes["aria-label"] == "Key numbers"
    assert cards.text == "Rows7few"


def test_without_cards_and_sections_there_is_still_a_page():
    page = check_page(document(cards=(), sections=()).html())

    assert page.one("header").all("ul") == []
    assert page.one("nav").all("a") == []


def test_the_policy_names_the_script_that_is_there():
    page = check_page(document().html())
    policy = page.all("meta")[1].attributes["content"]

    assert script_hash() in policy
    assert page.one("script").children == [SCRIPT]


@pytest.mark.parametrize(
    "block",
    [
        Paragraph(EVIL),
        Bullets((EVIL,)),
        Facts(((EVIL, EVIL),)),
        Link(EVIL),
        Code(EVIL, EVIL),
        Quotation(EVIL),
        Notices((Notice("problem", EVIL, EVIL, (EVIL,)),)),
        Part(EVIL, (Paragraph(EVIL),)),
        Part(EVIL, (), framed=True),
        Tiles((Paragraph(EVIL),)),
    ],
    ids=lambda block: type(block).__name__,
)
def test_every_block_escapes_what_it_is_given(block):
    html = block.html(Ids())

    assert "<script" not in html
    assert EVIL in parse(html).text


def test_title_and_headings_are_escaped():
    html = document(
        title=EVIL, kind=EVIL, byline=EVIL, sections=(Section(EVIL, ()),)
    ).html()
    page = check_page(html)

    assert page.one("h1").text == EVIL
    assert page.one("nav").all("a")[0].text == EVIL


def test_a_link_leads_to_the_web_only():
    good = parse(Link("https://example.org/?a=1&b=2").html(Ids())).one("a")
    assert good.attributes["href"] == "https://example.org/?a=1&b=2"
    for address in ("javascript:alert(1)", "data:text/html,x", "ftp://x", "/etc"):
        assert parse(Link(address).html(Ids())).all("a") == []


def test_empty_facts_are_left_out():
    facts = Facts((("Licence", "MIT"), ("Address", "")))

    assert parse(facts.html(Ids())).text == "LicenceMIT"
    assert Facts((("Address", ""),)).html(Ids()) == ""


def test_empty_lists_leave_nothing():
    assert Bullets(()).html(Ids()) == ""
    assert Notices(()).html(Ids()) == ""
    assert Tiles(()).html(Ids()) == ""


def test_a_notice_says_its_severity_in_words():
    item = Notices((Notice("warning", "rare labels", "Two.", ("More.",)),))
    page = parse(item.html(Ids()))

    assert page.one("span").text == "warning"
    assert [p.text for p in page.all("p")] == ["Two.", "More."]


def test_a_section_that_continues_needs_no_new_page():
    first, second = check_page(document().html()).all("section")

    assert "class" not in first.attributes
    assert second.attributes["class"] == "continues"


def test_text_without_utf_8_can_be_written():
    html = document(Paragraph("half \ud800")).html()

    assert html.encode()
    assert "half �" in html
