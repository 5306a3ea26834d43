import math

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from sklearn.model_selection import KFold

from mlkit.dataset import MultiLabelDataset
from mlkit.exceptions import IndicatorError, LabelNameError, ShapeError
from mlkit.splitting import (
    IterativeStratification,
    examples_distribution_error,
    label_distribution_error,
    label_pair_distribution_error,
    missing_label_folds,
    missing_pair_folds,
    split,
    split_report,
)

Y = pd.DataFrame(
    [[1, 1], [1, 0], [1, 0], [0, 0], [0, 0], [0, 1]], columns=["calm", "<sad>"]
)
PARTS = {"train": [0, 1, 3, 4], "test": [2, 5]}
DATASET = MultiLabelDataset(np.arange(6.0)[:, None], Y.to_numpy(), list(Y), name="toy")


@pytest.fixture(scope="module")
def random_labels():
    rng = np.random.default_rng(0)
    return (rng.random((60, 5)) < [0.5, 0.3, 0.2, 0.1, 0.05]).astype(int)


class TestByHand:
    report = split_report(PARTS, Y)

    def test_parts(self):
        parts = self.report.parts
        assert parts.index.tolist() == ["train", "test"]
        assert parts["rows"].tolist() == [4, 2]
        assert parts["share"].tolist() == pytest.approx([2 / 3, 1 / 3])
        # Odds in all rows: 3/3 and 2/4; in train 2/2 and 1/3; in test 1/1 and 1/1.
        assert parts["label_error"].tolist() == pytest.approx([1 / 12, 1 / 4])
        # The pair is in row 0 only: 1/5 in all rows, 1/3 in train, 0 in test.
        assert parts["pair_error"].tolist() == pytest.approx([2 / 15, 1 / 5])
        assert parts["missing_labels"].tolist() == [0, 0]
        assert parts["missing_pairs"].tolist() == [0, 1]
        assert parts["wanted"].isna().all()

    def test_labels(self):
        assert self.report.labels.loc["calm"].to_dict() == {
            "all": 3,
            "train": 2,
            "test": 1,
        }

    def test_summary(self):
        summary = self.report.summary
        assert summary["label_distribution_error"] == pytest.approx(1 / 6)
        assert summary["label_pair_distribution_error"] == pytest.approx(1 / 6)
        assert math.isnan(summary["examples_distribution_error"])
        assert summary["missing_pair_folds"] == 1

    def test_missing_labels_are_named(self):
        missing = split_report({"a": [0, 1, 2], "b": [3, 4], "c": [5]}, Y).missing
        assert missing.to_dict("records") == [
            {"part": "b", "label": "calm", "count": 3},
            {"part": "b", "label": "<sad>", "count": 2},
            {"part": "c", "label": "calm", "count": 3},
        ]

    def test_no_label_missing(self):
        assert self.report.missing.empty
        assert list(self.report.missing) == ["part", "label", "count"]


class TestAgainstTheFunctions:
    @pytest.mark.parametrize(
        "cv", [KFold(4), IterativeStratification(3, random_state=0)]
    )
    def test_folds(self, random_labels, cv):
        folds = list(cv.split(random_labels, random_labels))
        summary = split_report(folds, random_labels).summary
        for function in (
            label_distribution_error,
            label_pair_distribution_error,
            examples_distribution_error,
            missing_label_folds,
            missing_pair_folds,
        ):
            expected = function(random_labels, folds)
            assert summary[function.__name__] == pytest.approx(expected)


class TestKindsOfParts:
    def test_a_cross_validator(self, random_labels):
        cv = IterativeStratification(3, random_state=0)
        report = split_report(cv, random_labels)
        folds = list(cv.split(random_labels, random_labels))
        pd.testing.assert_frame_equal(
            report.parts, split_report(folds, random_labels).parts
        )
        assert report.parts.index.tolist() == ["fold 0", "fold 1", "fold 2"]
        assert report.parts["wanted"].tolist() == [20, 20, 20]

    def test_an_iterator_of_folds(self, random_labels):
        cv = KFold(3)
        report = split_report(cv.split(random_labels), random_labels)
        assert report.parts["rows"].tolist() == [20, 20, 20]

    def test_rows_of_parts(self):
        report = split_report([[0, 1, 3, 4], [2, 5]], Y)
        assert report.parts.index.tolist() == ["part 0", "part 1"]

    def test_a_tuple_of_two_rows_is_a_part(self):
        report = split_report([(0, 1), (2, 5)], Y)
        assert report.parts["rows"].tolist() == [2, 2]

    def test_a_split(self):
        parts = split(DATASET, test=2, validation=2, random_state=0)
        report = split_report(parts)
        assert report.parts.index.tolist() == ["train", "validation", "test"]
        assert report.parts["wanted"].tolist() == [2, 2, 2]
        assert report.summary["examples_distribution_error"] == 0
        assert report.labels["all"].tolist() == [3, 2]
        rows = split_report(parts.rows, Y)
        assert rows.parts["label_error"].tolist() == pytest.approx(
            report.parts["label_error"].tolist()
        )

    def test_groups_are_off_the_wanted_size(self):
        parts = split(DATASET, test=2, groups=[0, 0, 0, 1, 1, 1], random_state=0)
        assert split_report(parts).summary["examples_distribution_error"] == 1

    def test_datasets(self):
        report = split_report([DATASET[:4].replace(name="old"), DATASET[4:]])
        assert report.parts.index.tolist() == ["old", "toy"]
        assert report.labels.loc["calm"].tolist() == [3, 3, 0]
        assert report.missing["label"].tolist() == ["calm"]

    def test_datasets_of_one_name(self):
        report = split_report([DATASET[:4], DATASET[4:]])
        assert report.parts.index.tolist() == ["toy (0)", "toy (1)"]

    def test_named_datasets(self):
        report = split_report({"a": DATASET[:4], "b": DATASET[4:]})
        assert report.parts.index.tolist() == ["a", "b"]

    def test_labels_of_a_dataset(self):
        sparse = DATASET.replace(Y=sp.csr_array(Y.to_numpy()), label_names=list(Y))
        report = split_report(KFold(2), sparse)
        assert report.labels.index.tolist() == ["calm", "<sad>"]

    def test_unknown_labels_count_as_absent(self):
        unknown = Y.astype(float).mask(Y == 0)
        expected = split_report(PARTS, Y).parts
        pd.testing.assert_frame_equal(split_report(PARTS, unknown).parts, expected)


class TestDisplay:
    report = split_report([[0, 1, 2, 3], [4, 5]], Y)

    def test_text(self):
        text = repr(self.report)
        assert "label distribution error (LD)" in text
        assert "(ED)" not in text  # nobody said what sizes were wanted
        assert text.endswith("part 1 lacks 'calm'")

    def test_html_is_escaped(self):
        html = split_report([[0, 5], [1, 2]], Y)._repr_html_()
        assert "<li>part 1 lacks &#x27;&lt;sad&gt;&#x27;</li>" in html
        assert "<sad>" not in html

    def test_infinite_errors_are_shown(self):
        assert "inf" in repr(split_report([[0, 1], [3, 4]], Y))


class TestBadInput:
    def test_positions_need_labels(self):
        with pytest.raises(TypeError, match=r"Call split_report\(parts, Y\)"):
            split_report(PARTS)
        with pytest.raises(TypeError, match=r"Call split_report\(parts, Y\)"):
            split_report(KFold(2))

    def test_datasets_need_none(self):
        with pytest.raises(TypeError, match=r"Call split_report\(parts\)"):
            split_report([DATASET], Y)
        with pytest.raises(TypeError, match=r"Call split_report\(parts\)"):
            split_report(split(DATASET, test=2), Y)

    def test_datasets_of_other_labels(self):
        other = MultiLabelDataset(np.zeros((6, 1)), Y.to_numpy(), ["calm", "loud"])
        with pytest.raises(LabelNameError, match=r"same labels.*'<sad>', 'loud'"):
            split_report([DATASET, other])

    def test_datasets_of_another_order(self):
        other = MultiLabelDataset(np.zeros((6, 1)), Y.to_numpy(), ["<sad>", "calm"])
        with pytest.raises(LabelNameError, match=r"same\s+order.*only: none"):
            split_report([DATASET, other])

    def test_no_parts(self):
        with pytest.raises(ShapeError, match="Got 0 folds"):
            split_report([], Y)

    def test_rows_out_of_range(self):
        with pytest.raises(ShapeError, match="Y has 6"):
            split_report([[0, 1], [6]], Y)

    def test_no_label_matrix(self):
        with pytest.raises(IndicatorError, match="outside"):
            split_report(PARTS, Y * 2)
