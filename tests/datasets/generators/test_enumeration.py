from __future__ import annotations

import numpy as np
import pytest

from mlkit.datasets.generators.enumeration import check_n_labels, label_sets, row_blocks
from mlkit.exceptions import GeneratorError


class TestLabelSets:
    def test_the_first_label_is_the_highest_digit(self):
        assert label_sets(3)[:5].tolist() == [
            [0, 0, 0],
            [0, 0, 1],
            [0, 1, 0],
            [0, 1, 1],
            [1, 0, 0],
        ]

    def test_they_are_read_only(self):
        with pytest.raises(ValueError, match="read-only"):
            label_sets(2)[0, 0] = 1

    def test_fifteen_labels_are_enumerated(self):
        assert label_sets(15).shape == (32768, 15)

    def test_sixteen_labels_are_too_many(self):
        with pytest.raises(GeneratorError, match=r"n_labels=16 .* at most 15 labels"):
            check_n_labels(16)


class TestRowBlocks:
    @pytest.mark.parametrize("n_rows", [0, 1, 64, 65, 200])
    def test_they_cover_all_rows_once(self, n_rows):
        rows = np.arange(n_rows)
        blocks = [rows[part] for part in row_blocks(n_rows, 15)]

        covered = np.concatenate([[], *blocks])

        assert covered.tolist() == rows.tolist()

    def test_their_size_is_bounded(self):
        sizes = [part.stop - part.start for part in row_blocks(100, 15)]

        assert max(sizes) * 2**15 <= 2**20
