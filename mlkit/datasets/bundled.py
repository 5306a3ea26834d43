"""Data that ship with the kit and need no network."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from mlkit.dataset import DatasetSource, MultiLabelDataset
from mlkit.datasets.catalog import bundled_file, catalog_entry

__all__ = ["load_flags", "load_movies"]

_FLAG_COLOURS = ("red", "green", "blue", "yellow", "white", "black", "orange")
_GENRES = (
    *("action", "adventure", "animation", "comedy", "crime", "documentary", "drama"),
    *("family", "fantasy", "history", "horror", "music", "mystery", "romance"),
    *("science_fiction", "thriller", "war", "western"),
)


def load_flags() -> MultiLabelDataset:
    """Load the flags of the world, to tell which colours a flag has.

    The 193 member states of the United Nations, Palestine and Vatican City, with their
    flags as of 2025. Features are facts about the country and shapes on its flag; none
    of them speaks of colours.

    Returns
    -------
    MultiLabelDataset
        195 rows, 22 features, 7 labels. ``X`` is a DataFrame indexed by country:
        ``continent``, ``religion`` and ``language`` are categories, the other columns
        numbers. The labels are red, green, blue, yellow, white, black and orange.

    See Also
    --------
    mlkit.load : ``load("flags")`` is the same, ``load("flags-mulan")`` the older set.
    load_movies : Texts instead of facts.

    Notes
    -----
    ``data/README.md`` defines every column. The same rows stand in ``flags.arff`` with
    ``flags.xml`` (without the country names, which would be one value a row), for
    programs that read MULAN's format.

    Examples
    --------
    >>> flags = load_flags()
    >>> flags.n_samples, flags.n_features, flags.n_labels
    (195, 22, 7)
    >>> colours = flags.Y.loc["France"]
    >>> colours[colours == 1].index.tolist()
    ['red', 'blue', 'white']
    """
    categories = ("continent", "religion", "language")
    return _load_csv("flags", _FLAG_COLOURS, index="country", categories=categories)


def load_movies() -> MultiLabelDataset:
    """Load films with a synopsis each, to tell which genres a film has.

    800 well-known feature films from 1920 to 2024 and from some fifty countries. The
    synopses, of one or two sentences, were written for this kit: they tell the plot and
    name neither the title nor a genre.

    Returns
    -------
    MultiLabelDataset
        800 rows, 3 features, 18 labels. ``X`` is a DataFrame indexed by title: ``year``
        of the first public showing (1920 to 2024), ``country`` of the leading producer
        (a category) and ``synopsis`` (text of 20 to 45 words). The labels are the
        genres; every film has one to four.

    See Also
    --------
    mlkit.load : ``load("movies")`` is the same.
    load_flags : Facts instead of texts.

    Notes
    -----
    ``data/README.md`` defines every genre by what happens in the film and how it was
    made; two people who apply other definitions give other labels. The same rows stand
    in ``movies.arff`` with ``movies.xml`` (without the titles, which would be one value
    a row), for programs that read MULAN's format.

    A model takes numbers: choose the column of texts first, then a vectoriser.

    Examples
    --------
    >>> movies = load_movies()
    >>> movies.n_samples, movies.n_features, movies.n_labels
    (800, 3, 18)
    >>> int(movies.X.loc["Casablanca", "year"])
    1942
    >>> genres = movies.Y.loc["Casablanca"]
    >>> genres[genres == 1].index.tolist()
    ['drama', 'romance', 'war']

    The words of all synopses:

    >>> from sklearn.feature_extraction.text import TfidfVectorizer
    >>> TfidfVectorizer().fit_transform(movies.X["synopsis"]).shape[0]
    800
    """
    return _load_csv("movies", _GENRES, index="title", categories=("country",))


def _load_csv(
    name: str, labels: Sequence[str], *, index: str, categories: Sequence[str]
) -> MultiLabelDataset:
    """Read ``<name>.csv`` as the catalog describes it."""
    entry = catalog_entry(name)
    path = bundled_file(f"{name}.csv")
    # "none" is a value of the flags' column religion, never a missing one.
    table = pd.read_csv(path, index_col=index, keep_default_na=False)
    X = table.drop(columns=list(labels))
    source = DatasetSource(
        reading=f"CSV; the last {len(labels)} columns are the labels",
        path=str(path),
        citation=entry.citation,
        licence=entry.licence,
        sha256=entry.files()["all"].sha256,
    )
    return MultiLabelDataset(
        X.astype(dict.fromkeys(categories, "category")),
        table[list(labels)],
        name=name,
        source=source,
    )
