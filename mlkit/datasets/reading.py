"""`read`: a data set from a file, whatever its format."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from mlkit.dataset import DatasetSource, MultiLabelDataset
from mlkit.datasets.formats import ArffTable, read_arff
from mlkit.datasets.formats.arff_columns import features, labels
from mlkit.datasets.formats.label_choice import LabelChoice, Labels, choose_labels
from mlkit.exceptions import FormatError
from mlkit.validation import LabelMatrix

__all__ = ["read"]


def read(
    path: str | Path, labels: Labels = None, *, name: str | None = None
) -> MultiLabelDataset:
    """Read a multi-label data set from a file.

    Parameters
    ----------
    path : str or Path
        An ARFF file (``.arff``), dense or sparse.
    labels : int, sequence of str, str or Path, optional
        Which columns are the labels: a count n for the last n columns, the names, or
        the path of a MULAN label XML. By default the XML beside the file (for
        ``emotions-train.arff``: ``emotions-train.xml``, then ``emotions.xml``), then
        MEKA's ``-C n`` in the relation.
    name : str, optional
        Name of the data set; by default the file name without its suffix.

    Returns
    -------
    MultiLabelDataset
        Labels and features keep the order of the file. X is a DataFrame, or CSR for a
        sparse file of numbers; Y is a DataFrame, or CSR for a sparse file.
        ``source.reading`` says how the labels were found.

    Raises
    ------
    FileNotFoundError, IsADirectoryError
        If there is no file at `path`.
    FormatError
        If the suffix is unknown, the file breaks a rule of its format, a label holds
        anything but 0, 1 and ``?``, the labels are not in the file, or nothing says
        which columns they are.
    LabelNameError
        If `labels` names a column that the file lacks, or more labels than it has.
    TypeError
        If `labels` is of another kind.

    Warns
    -----
    LabelSourceWarning
        If the XML beside the file and its header name different labels; the XML wins.
    SparseDefaultWarning
        If the value that sparse rows leave out is 1 for some label.

    Notes
    -----
    Cost is linear in the size of the file: some 10 ns a byte for plain rows.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> text = '''@relation 'toy: -C 2'
    ... @attribute calm {0,1}
    ... @attribute sad {0,1}
    ... @attribute tempo numeric
    ... @data
    ... 1,0,90
    ... 1,1,60
    ... '''
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "toy.arff")
    ...     _ = path.write_text(text)
    ...     ds = read(path)
    >>> ds
    MultiLabelDataset('toy', 2 rows, 1 feature, 2 labels, cardinality 1.50)
    >>> ds.source.reading
    'the first 2 columns are labels (-C 2 in the header); 1 numeric feature'
    """
    file = Path(path)
    reader = _READERS.get(file.suffix.lower())
    _check_is_file(file)
    if reader is None:
        known = ", ".join(sorted(_READERS))
        msg = (
            f"unknown format '{file.suffix}'. Expected one of: {known}. Rename the "
            "file if it is one of these."
        )
        raise FormatError(msg, path=file)
    return reader(file, labels, name or file.stem)


def _check_is_file(path: Path) -> None:
    """Say in plain words what the path is, before a reader trips over it."""
    if path.is_dir():
        msg = f"{path} is a folder. Pass the path of a file in it."
        raise IsADirectoryError(msg)
    if not path.exists():
        msg = f"There is no file {path} (working folder: {Path.cwd()}). Check the path."
        raise FileNotFoundError(msg)


def _read_arff(path: Path, given: Labels, name: str) -> MultiLabelDataset:
    """Read an ARFF file and sort its columns into features and labels."""
    table = read_arff(path)
    choice = choose_labels(table.header, given, path)
    is_label = np.zeros(len(table.header.attributes), dtype=bool)
    is_label[list(choice.columns)] = True
    feature_columns = np.flatnonzero(~is_label)
    feature_names = _unique([table.header.names[j] for j in feature_columns])
    Y, missing = labels(table, np.flatnonzero(is_label))
    dataset = MultiLabelDataset(
        features(table, feature_columns, feature_names),
        Y,
        [table.header.names[j] for j in np.flatnonzero(is_label)],
        feature_names,
        name=name,
        source=DatasetSource(
            reading=f"{choice.how}; {_feature_kinds(table, feature_columns)}",
            path=str(path),
        ),
        missing=missing,
    )
    _check_hierarchy(dataset, choice)
    return dataset


def _unique(names: Sequence[str]) -> list[str]:
    """Tell repeated names apart: a, a.1, a.2, as pandas does.

    A name that the file has itself is never given to another column.
    """
    taken = set(names)
    if len(taken) == len(names):
        return list(names)
    seen: dict[str, int] = {}
    unique = []
    for name in names:
        number = seen.get(name, 0)
        candidate = name
        while number and (candidate := f"{name}.{number}") in taken:
            number += 1
        seen[name] = number + 1
        taken.add(candidate)
        unique.append(candidate)
    return unique


def _feature_kinds(table: ArffTable, columns: np.ndarray) -> str:
    """Count the features by kind, for a person to read."""
    kinds = [table.header.attributes[j].kind for j in columns]
    words = {"binary": "0/1", "string": "text"}
    counts = [
        f"{kinds.count(kind)} {words.get(kind, kind)}" for kind in dict.fromkeys(kinds)
    ]
    noun = "feature" if len(kinds) == 1 else "features"
    return f"{' and '.join(counts) or 'no'} {noun}"


def _check_hierarchy(dataset: MultiLabelDataset, choice: LabelChoice) -> None:
    """Check that every row that carries a label carries the label above it too."""
    tree = choice.tree
    if tree is None or not tree.is_hierarchy:
        return
    position = {name: j for j, name in enumerate(dataset.label_names)}
    Y = dataset.Y
    for name, parent in zip(tree.names, tree.parents, strict=True):
        if parent is None:
            continue
        child, above = (_column(Y, position[label]) for label in (name, parent))
        if dataset.missing is not None:
            # An unknown parent contradicts nothing.
            above = above | _column(dataset.missing, position[parent])
        broken = np.flatnonzero(child > above)
        if broken.size:
            msg = (
                f"row {broken[0]} carries the label '{name}' and not '{parent}', which "
                f"stands above it in the hierarchy ({broken.size} such rows). Correct "
                "the rows, or flatten the label file."
            )
            raise FormatError(msg, path=dataset.source.path if dataset.source else None)


def _column(matrix: LabelMatrix, column: int) -> np.ndarray:
    """One column of labels or of their mask, whatever they are kept in."""
    if isinstance(matrix, pd.DataFrame):
        return matrix.iloc[:, column].to_numpy()
    if isinstance(matrix, np.ndarray):
        return matrix[:, column]
    return matrix[:, [column]].toarray().ravel()


# Further formats join here: suffix -> reader(path, labels, name).
_READERS: dict[str, Callable[[Path, Labels, str], MultiLabelDataset]] = {
    ".arff": _read_arff,
}
