import pandas as pd

from mlkit.reporting.label_tables import by_count, first_labels, short_names

LABELS = pd.DataFrame({"count": [2, 5, 2]}, index=["a", "b", "c"])


def test_the_most_frequent_come_first_and_equal_ones_keep_their_order():
    assert by_count(LABELS).index.tolist() == ["b", "a", "c"]


def test_all_labels_or_some_in_words():
    assert first_labels(LABELS, 3)[1] == "all 3 labels"
    assert first_labels(LABELS.head(1), 3)[1] == "the one label"
    shown, words = first_labels(LABELS, 2)
    assert (len(shown), words) == (2, "the 2 most frequent of 3 labels")


def test_names_are_cut_for_figures():
    named = short_names(pd.Series([1], index=["x" * 100]))

    assert named.index.tolist() == ["x" * 27 + "…"]
