from mlkit.reporting.conclusions import (
    conclusion_blocks,
    is_tested,
    left_out,
    n_folds,
    not_tested,
    pair_blocks,
    rank_blocks,
    readable_conclusions,
    sentences_of,
)
from mlkit.reporting.document import Ids

from .conftest import make_comparison
from .pages import parse


def tree(blocks):
    ids = Ids()
    return parse("".join(block.html(ids) for block in blocks))


def test_all_sentences_and_caveats_are_there(compared):
    found = readable_conclusions(compared, compared.metrics)
    page = tree(conclusion_blocks(compared, compared.metrics, found))
    summary = compared.summary()

    items = [li.text for li in page.all("li")]
    assert items == [*summary.sentences, *summary.caveats]
    assert page.one("h3").text == "What this does not say"


def test_several_datasets_have_a_part_a_metric():
    comparison = make_comparison(datasets=("a", "b"))
    found = readable_conclusions(comparison, comparison.metrics)
    page = tree(conclusion_blocks(comparison, comparison.metrics, found))

    titles = [h.text for h in page.all("h3")]
    assert titles == ["Micro F1", "Hamming loss", "What this does not say"]
    items = [li.text for li in page.all("ul")[1].all("li")]
    assert items == [*comparison.summary("hamming_loss").sentences]
    assert sentences_of(found, comparison.metrics, 1) == tuple(items)


def test_pairs_have_the_numbers_of_the_tests(compared):
    page = tree(pair_blocks(compared, ("micro_f1",)))
    rows = page.table("Pairs by Micro F1").rows()
    pairs = compared.pairwise("micro_f1").to_dict("records")

    assert len(rows) == len(pairs) == 3
    for shown, pair in zip(rows, pairs, strict=True):
        assert shown[:2] == [pair["first"], pair["second"]]
        difference, low, high = (
            f"{pair[name]:+.3f}".replace("-", "−")
            for name in ("difference", "low", "high")
        )
        assert shown[2:4] == [difference, f"{low} to {high}"]
        assert shown[4] == f"{pair['p_value']:.3f}"
        assert shown[-1] == f"{100 * pair['better']:.1f} %"


def test_no_difference_has_no_sign():
    comparison = make_comparison(("a", "b"), micro_f1=0.5)
    row = tree(pair_blocks(comparison, ("micro_f1",))).one("table").rows()[0]

    assert row[2] == "0.000"


def test_several_datasets_are_told_apart_in_pairs():
    page = tree(pair_blocks(make_comparison(datasets=("d", "e")), ("micro_f1",)))

    heads = [th.text for th in page.one("thead").all("th")]
    assert heads[:3] == ["first", "dataset", "second"]
    assert [row[1] for row in page.one("table").rows()] == ["d"] * 3 + ["e"] * 3


def test_too_many_pairs_are_left_out():
    comparison = make_comparison([f"m{i}" for i in range(15)])
    page = tree(pair_blocks(comparison, comparison.metrics))

    # 105 pairs of the first metric; those of the second are more than the rest.
    assert len(page.one("table").rows()) == 105
    assert "remaining metrics are left out" in page.text


def test_pairs_of_more_than_15_models_are_not_tested():
    assert is_tested(make_comparison([f"m{i}" for i in range(15)], n_folds=1))
    many = make_comparison([f"m{i}" for i in range(16)], n_folds=1)
    assert not is_tested(many)
    assert "With 16 models there are 120 pairs" in not_tested(many)
    assert readable_conclusions(many, many.metrics) is None


def test_ranks_are_those_of_the_comparison():
    comparison = make_comparison(datasets=("a", "b", "c"))
    page = tree(rank_blocks(comparison, comparison.metrics))
    table = page.table("Mean ranks").frame()

    for metric, label in (("micro_f1", "Micro F1"), ("hamming_loss", "Hamming loss")):
        for model, rank in comparison.ranks(metric).mean_ranks.items():
            assert table[model][label] == f"{rank:.2f}"
    distance = comparison.ranks("micro_f1").critical_difference
    label = page.one("svg").attributes["aria-label"]
    assert f"Critical difference {distance:.2f}" in label


def test_models_without_a_rank_are_named():
    comparison = make_comparison(("a", "b", "c"), ("d", "e"), ("micro_f1",))
    folds = comparison.folds
    folds.loc[(folds["model"] == "c") & (folds["dataset"] == "e"), "micro_f1"] = None
    page = tree(rank_blocks(comparison, ("micro_f1",)))

    assert "“c” has no value on some dataset" in page.text
    assert "c" not in page.table("Mean ranks").frame()


def test_what_is_left_out_is_said():
    assert list(left_out(3, 3, "models")) == []
    (said,) = left_out(9, 3, "models", "micro_f1")
    assert said.text.startswith("Shown are the 3 best by micro_f1 of 9 models")


def test_the_most_folds_of_any_model_count():
    comparison = make_comparison(n_folds=4)

    assert n_folds(comparison) == 4
