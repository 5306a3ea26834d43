"""What is fuzzed: the readers, and what must be true whatever bytes they are given.

Any bytes give a dataset that keeps to its own rules, or one of the kit's named errors.
Everything else is a defect: another exception, a warning of a library below, a message
without the file, a dataset that contradicts itself.
"""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import scipy.sparse as sp

from mlkit.dataset import MultiLabelDataset
from mlkit.datasets.formats.label_xml import read_label_xml
from mlkit.datasets.reading import read
from mlkit.exceptions import FormatError, MlkitError, MlkitWarning

FOLDER = Path(tempfile.gettempdir())


@dataclass(frozen=True)
class Target:
    """One reader under test.

    `check` reads the file and raises where something is not as it must be; `words` are
    pieces of the format, from which both fuzzers build inputs that get past the header.
    """

    suffix: str
    check: Callable[[Path], None]
    words: tuple[str, ...]

    def __call__(self, data: bytes, folder: Path = FOLDER) -> None:
        """Write the bytes to a file and check what the reader makes of them."""
        with tempfile.NamedTemporaryFile(dir=folder, suffix=self.suffix) as file:
            file.write(data)
            file.flush()
            self.check(Path(file.name))


def refused(path: Path, reading: Callable[[], object]) -> object | None:
    """Return what the reader gives, or None where it refuses as it should."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", MlkitWarning)
        try:
            return reading()
        except MlkitError as error:
            refusal = error
    message = str(refusal)
    assert message
    assert str(path) in message or not isinstance(refusal, FormatError), message
    return None


def check_dataset(path: Path, **options: object) -> None:
    """Read a data set and check that its parts fit together."""
    dataset = refused(path, lambda: read(path, **options))
    if dataset is not None:
        assert isinstance(dataset, MultiLabelDataset)
        check_labels(dataset)


def check_labels(dataset: MultiLabelDataset) -> None:
    """Check what holds for every dataset."""
    Y = dataset.Y
    values = Y.data if sp.issparse(Y) else Y.to_numpy()
    assert values.dtype == np.int8
    assert np.isin(values, (0, 1)).all()
    assert Y.shape == (dataset.n_samples, dataset.n_labels)
    assert dataset.X.shape[0] == dataset.n_samples
    assert len(set(dataset.label_names)) == dataset.n_labels > 0
    if isinstance(dataset.X, pd.DataFrame):
        assert tuple(dataset.X.columns) == dataset.feature_names
    if dataset.missing is not None:
        assert dataset.missing.shape == Y.shape
        assert dataset.missing.sum() > 0


def check_label_xml(path: Path) -> None:
    """Read a label file and check that the tree is one."""
    tree = refused(path, lambda: read_label_xml(path))
    if tree is not None:
        assert len(set(tree.names)) == len(tree.names) == len(tree.parents)
        above = {None}
        for name, parent in zip(tree.names, tree.parents, strict=True):
            assert parent in above, "a parent comes after its child"
            above.add(name)


TARGETS = {
    "arff": Target(
        ".arff",
        lambda path: check_dataset(path, labels=1),
        (
            "@relation 'toy: -C 2'\n",
            "@attribute ",
            " numeric\n",
            " {0,1}\n",
            " {1,0}\n",
            " {YES, NO}\n",
            " string\n",
            " date\n",
            "'Swainson\\'s T'",
            "@data\n",
            "{0 1, 2 ?}\n",
            "{}\n",
            "1,0,?\n",
            "1\t0\n",
            ", {2.5}\n",
            "% note\n",
            "NaN",
            "1e400",
            '"a\\101"',
            "\r\n",
        ),
    ),
    "csv": Target(
        ".csv",
        lambda path: check_dataset(path, labels=1),
        (
            "tempo,a name,calm,sad\n",
            '"quoted, ""twice"""',
            '"over\ntwo lines"',
            "1,0\n",
            ",,\n",
            "?,?\n",
            ";",
            "\t",
            "\r\n",
            "NaN",
            "-1e400",
            "yes,no,true,FALSE\n",
            "2026-01-31",
            "0x1F",
            "1_000",
            "\u00ef\u00bb\u00bf",
        ),
    ),
    "libsvm": Target(
        ".libsvm",
        check_dataset,
        (
            "1,3 5:0.2 7:1\n",
            " 1:1\n",
            "0 0:1\n",
            "3 5 2\n",
            "1, 3 2:nan\n",
            "# note\n",
            "qid:4 ",
            "1.0,2 3:1e-3\n",
            "999999999999 1:1\n",
            "1 999999999999:1\n",
            ":",
            ",",
            "-1",
            "\t",
            "\r\n",
        ),
    ),
    "xml": Target(
        ".xml",
        check_label_xml,
        (
            '<?xml version="1.0" encoding="utf-8"?>',
            '<labels xmlns="http://mulan.sourceforge.net/labels">',
            "<label name='a'>",
            '<label name="b"/>',
            "</label>",
            "</labels>",
            "<!DOCTYPE x [<!ENTITY a 'b'>]>",
            "&a;",
            "&#x41;",
            "<![CDATA[x]]>",
            "<!-- -->",
            "<label name='",
            "UTF-16",
        ),
    ),
}
