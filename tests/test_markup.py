from mlkit.markup import card, cell, heading, table


def test_a_table_has_a_caption_a_head_and_rows():
    html = table("Sizes", heading("n", "col"), [cell("1"), cell("2", "left")])

    assert "<caption" in html
    assert html.count("<tr>") == 3
    assert html.index("<thead>") < html.index("<tbody>")
    assert "<thead>" not in table("Sizes", "", [])


def test_text_is_escaped():
    assert "<b>" not in table("<b>", heading("<b>", "col", title='"<b>'), [cell("<b>")])


def test_explained_headings_stand_over_numbers():
    assert "right" in heading("f1", "col", title="harmonic mean")
    assert "left" in heading("f1", "col")
    assert 'scope="row"' in heading("sky", "row")


def test_a_card_leaves_empty_parts_out():
    assert card(["<p>a</p>", "", "<p>b</p>"]).endswith("<p>a</p><p>b</p></div>")
