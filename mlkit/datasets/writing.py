"""`write`: a data set into a file, whatever its format."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from mlkit.dataset import MultiLabelDataset
from mlkit.datasets.formats.arff_writer import Header, Layout, write_arff
from mlkit.datasets.formats.csv_file import COMPRESSED, DELIMITED
from mlkit.datasets.formats.csv_writer import write_csv
from mlkit.datasets.formats.paired_files import label_xml_beside, says_label_xml
from mlkit.datasets.formats.parquet_writer import write_parquet
from mlkit.datasets.formats.svmlight_writer import write_svmlight
from mlkit.exceptions import OptionError, UnwritableError, names_for_message

__all__ = ["write"]


def write(
    dataset: MultiLabelDataset,
    path: str | Path,
    *,
    overwrite: bool = False,
    layout: Layout | None = None,
    header: Header | None = None,
    zero_based: bool | None = None,
) -> list[Path]:
    """Write a data set to a file, in the format that the suffix names.

    Parameters
    ----------
    dataset : MultiLabelDataset
    path : str or Path
        Ends in one of the suffixes below. Folders above it are created.
    overwrite : bool, default False
        Whether files that exist are replaced.
    layout : {"dense", "sparse"}, optional
        ARFF: whether rows hold all cells or only those that are not 0. By default
        sparse where X or Y is CSR.
    header : {"mulan", "meka"}, optional
        ARFF: whether a label XML names the labels (MULAN, the default), or ``-C n`` in
        the relation (MEKA).
    zero_based : bool, optional
        LIBSVM: whether numbers count from 0; by default from 1.

    Returns
    -------
    list of Path
        The files that hold the data set: the data, then the label XML where the format
        has one.

    Raises
    ------
    FileExistsError
        If a file exists and `overwrite` is false. A label XML that names the same
        labels in the same order is shared, not replaced.
    UnwritableError
        If the suffix is unknown, or the format cannot hold some part of the data set;
        the message says which format can.
    OptionError
        If an option has no meaning for the format, or has no such value.
    LabelNameError
        If the names of features and labels do not fit the format.
    OSError
        If the folder cannot be written to. After any error no new file is left behind
        and old files stand.
    TypeError
        If `dataset` is none.

    See Also
    --------
    mlkit.datasets.reading.read : Reads what is written here.

    Notes
    -----
    ======================  ===========================  =============================
    suffix                  keeps                        loses
    ======================  ===========================  =============================
    ``.parquet``            everything                   see `write_parquet`
    ``.arff``               numbers, categories, text,   names of rows; dtypes other
                            unknown labels, CSR          than float64, int8, category
    ``.csv .tsv``           numbers, text, unknown       categories, CSR; names of
                            labels                       rows need ``index=``
    ``.libsvm .svm          numbers, CSR                 names of features and rows;
    .svmlight``                                          refuses unknown labels
    ======================  ===========================  =============================

    CSV and TSV may be compressed (``.csv.gz``). Only Parquet holds pictures and
    sequences, and only Parquet keeps the source. Details stand at each writer.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from mlkit.datasets.reading import read
    >>> ds = MultiLabelDataset([[1.5], [2.0]], [[1, 0], [1, 1]], ["calm", "sad"], ["a"])
    >>> with TemporaryDirectory() as folder:
    ...     files = write(ds, Path(folder, "toy.arff"))
    ...     print([file.name for file in files])
    ...     print(read(files[0]))
    ['toy.arff', 'toy.xml']
    MultiLabelDataset('toy', 2 rows, 1 feature, 2 labels, cardinality 1.50)
    """
    if not isinstance(dataset, MultiLabelDataset):
        msg = (
            f"The first argument must be a MultiLabelDataset, got "
            f"{type(dataset).__name__}. Build one: MultiLabelDataset(X, Y)."
        )
        raise TypeError(msg)
    target = Path(path)
    writer = _writer_of(target)
    options = {"layout": layout, "header": header, "zero_based": zero_based}
    given = {option: value for option, value in options.items() if value is not None}
    _check_options(given, writer, target)
    xml = label_xml_beside(target)
    # Checked before anything is written, and for all files at once.
    replaced = [target]
    if writer.has_xml and header != "meka":
        replaced += [] if says_label_xml(xml, dataset.label_names) else [xml]
    _check_replaced(replaced, overwrite=overwrite)
    return writer.write(dataset, target, **given)


@dataclass(frozen=True, slots=True)
class _Writer:
    """A function (dataset, path, **options), its options, and whether it has an XML."""

    write: Callable[..., list[Path]]
    options: tuple[str, ...] = ()
    has_xml: bool = True


_DELIMITED = _Writer(write_csv)
_LIBSVM = _Writer(write_svmlight, ("zero_based",))
# Further formats join here.
_WRITERS = {
    ".arff": _Writer(write_arff, ("layout", "header")),
    **dict.fromkeys(DELIMITED, _DELIMITED),
    ".parquet": _Writer(write_parquet, has_xml=False),
    **dict.fromkeys((".libsvm", ".svm", ".svmlight"), _LIBSVM),
}


def _writer_of(path: Path) -> _Writer:
    """Find the writer by the suffix; only delimited files may be compressed."""
    # Not path.suffixes: "v1.2.arff" has two, and one of them is none.
    suffix = path.suffix.lower()
    if suffix in COMPRESSED:
        inner = path.with_suffix("").suffix.lower()
        suffix = inner if inner in DELIMITED else suffix
    if suffix not in _WRITERS:
        msg = (
            f"{path.name} has no suffix of a known format ('{path.suffix}'). Expected "
            f"one of: {', '.join(_WRITERS)}."
        )
        raise UnwritableError(msg)
    return _WRITERS[suffix]


def _check_options(given: Iterable[str], writer: _Writer, path: Path) -> None:
    """Refuse options that the format cannot use: they would be silently ignored."""
    foreign = [option for option in given if option not in writer.options]
    if foreign:
        msg = (
            f"{names_for_message(foreign)} has no meaning for {path.name}: 'layout' "
            "and 'header' are for ARFF, 'zero_based' for LIBSVM. Leave it out."
        )
        raise OptionError(msg)


def _check_replaced(paths: list[Path], *, overwrite: bool) -> None:
    """Refuse to replace files, unless that is asked for."""
    for path in paths:
        if path.is_dir():
            msg = f"{path} is a folder. Choose another file name."
            raise IsADirectoryError(msg)
    there = [path for path in paths if path.exists()]
    if there and not overwrite:
        msg = (
            f"{names_for_message(there)} exists already. Pass overwrite=True "
            "(in a terminal --overwrite) to replace it, or choose another file name."
        )
        raise FileExistsError(msg)
