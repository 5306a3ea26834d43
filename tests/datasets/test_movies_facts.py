"""The movies themselves: facts of well-known films, and rules that every row keeps."""

from __future__ import annotations

import re

import numpy as np
import pytest

from mlkit.dataset import MultiLabelDataset
from mlkit.datasets.bundled import load_movies

# First public showing, leading producer, and all genres by the definitions.
LANDMARKS = {
    "Nosferatu": (1922, "Germany", "horror"),
    "Man with a Movie Camera": (1929, "Soviet Union", "documentary"),
    "City Lights": (1931, "United States", "comedy romance"),
    "Casablanca": (1942, "United States", "drama romance war"),
    "Bicycle Thieves": (1948, "Italy", "drama"),
    "Singin' in the Rain": (1952, "United States", "comedy music romance"),
    "Seven Samurai": (1954, "Japan", "action drama"),
    "Pather Panchali": (1955, "India", "drama"),
    "The Searchers": (1956, "United States", "adventure drama western"),
    "Psycho": (1960, "United States", "horror thriller"),
    "2001: A Space Odyssey": (1968, "United Kingdom", "adventure science_fiction"),
    "The Godfather": (1972, "United States", "crime drama"),
    "Shoah": (1985, "France", "documentary history"),
    "Where Is the Friend's House?": (1987, "Iran", "drama family"),
    "My Neighbor Totoro": (1988, "Japan", "animation family fantasy"),
    "The Matrix": (1999, "United States", "action science_fiction"),
    "Amélie": (2001, "France", "comedy romance"),
    "Pan's Labyrinth": (2006, "Spain", "drama fantasy war"),
    "Parasite": (2019, "South Korea", "comedy drama thriller"),
    "Oppenheimer": (2023, "United States", "drama history"),
}

# Named as a genre, or said in the word that goes with it.
GIVEAWAYS = re.compile(
    r"\b(action|adventur\w+|animat\w+|comed\w+|comic|crimes?|documentar\w+|dramas?"
    r"|dramatic|famil(y|ies)|fantas(y|ies)|histor\w+|horrors?|musicals?|music"
    r"|myster(y|ies)|romances?|romantic|science|fiction|thrillers?|wars?|westerns?)\b",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def movies() -> MultiLabelDataset:
    return load_movies()


def genres_of(movies: MultiLabelDataset, title: str) -> set[str]:
    row = movies.Y.loc[title]
    return set(row[row == 1].index)


def without_article(title: str) -> str:
    return re.sub(r"^(The|A|An) ", "", title)


@pytest.mark.parametrize("title", LANDMARKS)
def test_landmarks(movies: MultiLabelDataset, title: str) -> None:
    year, country, genres = LANDMARKS[title]

    row = movies.X.loc[title]
    assert (row["year"], row["country"]) == (year, country)
    assert genres_of(movies, title) == set(genres.split())


class TestYears:
    def test_range_and_decades(self, movies: MultiLabelDataset) -> None:
        years = movies.X["year"]
        assert (years.min(), years.max()) == (1920, 2024)
        per_decade = (years // 10 * 10).value_counts()
        assert sorted(per_decade.index) == list(range(1920, 2030, 10))
        assert per_decade.min() >= 20

    @pytest.mark.parametrize(
        "titles",
        [
            ["Frankenstein", "Bride of Frankenstein"],
            ["Mad Max", "Mad Max 2", "Mad Max: Fury Road"],
            ["Star Wars", "The Empire Strikes Back"],
            ["Alien", "Aliens"],
            ["The Godfather", "The Godfather Part II"],
            ["The Terminator", "Terminator 2: Judgment Day"],
            ["Blade Runner", "Blade Runner 2049"],
            ["A Fistful of Dollars", "For a Few Dollars More"],
            ["Top Gun", "Top Gun: Maverick"],
            ["Inside Out", "Inside Out 2"],
            ["Godzilla", "Godzilla Minus One"],
        ],
    )
    def test_sequels_are_younger(
        self, movies: MultiLabelDataset, titles: list[str]
    ) -> None:
        assert movies.X.loc[titles, "year"].is_monotonic_increasing
        assert movies.X.loc[titles, "year"].is_unique

    def test_no_film_tells_of_a_year_after_its_own(
        self, movies: MultiLabelDataset
    ) -> None:
        """Unless it is set in an imagined future."""
        told = movies.X["synopsis"].str.extractall(r"\b(19\d\d|20\d\d)\b")[0]
        latest = told.astype(int).groupby("title").max()
        late = latest[latest > movies.X.loc[latest.index, "year"]].index
        assert len(latest) > 100
        assert movies.Y.loc[late, "science_fiction"].all()

    def test_states_exist_in_the_year(self, movies: MultiLabelDataset) -> None:
        years = movies.X.groupby("country", observed=True)["year"]
        assert years.max()["Soviet Union"] <= 1991
        assert years.max()["Czechoslovakia"] <= 1992
        assert years.min()["Czech Republic"] >= 1993
        assert years.min()["Russia"] >= 1992
        assert years.min()["North Macedonia"] >= 2019

    def test_many_countries(self, movies: MultiLabelDataset) -> None:
        shares = movies.X["country"].value_counts(normalize=True)
        assert len(shares) >= 45
        assert shares.max() < 0.6


class TestSynopses:
    def test_length(self, movies: MultiLabelDataset) -> None:
        lengths = movies.X["synopsis"].str.split().str.len()
        assert lengths.min() >= 20
        assert lengths.max() <= 45

    def test_text_is_clean(self, movies: MultiLabelDataset) -> None:
        texts = movies.X["synopsis"]
        assert texts.str.fullmatch(r"[A-Z0-9].*\.").all()
        assert (texts.str.strip() == texts).all()
        assert not texts.str.contains("  ", regex=False).any()

    def test_all_differ(self, movies: MultiLabelDataset) -> None:
        assert movies.X["synopsis"].is_unique
        openings = movies.X["synopsis"].str.split().str[:4].str.join(" ")
        assert openings.value_counts().max() <= 4

    def test_no_genre_is_named(self, movies: MultiLabelDataset) -> None:
        found = {
            title: match.group()
            for title, text in movies.X["synopsis"].items()
            if (match := GIVEAWAYS.search(text))
        }
        assert found == {}

    def test_no_title_is_named(self, movies: MultiLabelDataset) -> None:
        found = []
        for title, text in movies.X["synopsis"].items():
            # "Léon: The Professional" would be given away by either part.
            for part in {title, *title.split(": ")}:
                name = re.escape(without_article(part))
                if re.search(rf"(?<!\w){name}(?!\w)", text, re.IGNORECASE):
                    found.append(title)
        assert found == []

    @pytest.mark.parametrize(
        ("word", "genre"),
        [
            ("soldiers", "war"),
            ("detective", "crime"),
            ("love", "romance"),
            ("sing", "music"),
            ("camera", "documentary"),
            ("robot", "science_fiction"),
        ],
    )
    def test_words_tell_of_genres(
        self, movies: MultiLabelDataset, word: str, genre: str
    ) -> None:
        has_word = movies.X["synopsis"].str.contains(rf"\b{word}\b", regex=True)
        label = movies.Y[genre] == 1
        assert label[has_word].mean() > 2 * label.mean()


class TestGenres:
    def test_label_sets_are_many(self, movies: MultiLabelDataset) -> None:
        sets = movies.Y.value_counts()
        assert len(sets) > 150
        assert sets.iloc[0] < 0.1 * len(movies)

    def test_no_two_genres_are_the_same(self, movies: MultiLabelDataset) -> None:
        correlation = movies.Y.corr().to_numpy() - np.eye(18)
        assert np.abs(correlation).max() < 0.7

    def test_definitions_that_exclude(self, movies: MultiLabelDataset) -> None:
        Y = movies.Y
        assert not ((Y["horror"] == 1) & (Y["family"] == 1)).any()
        assert not ((Y["documentary"] == 1) & (Y["science_fiction"] == 1)).any()
        assert not ((Y["western"] == 1) & (Y["science_fiction"] == 1)).any()

    def test_a_linear_model_beats_the_most_frequent_set(
        self, movies: MultiLabelDataset
    ) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import RidgeClassifier
        from sklearn.metrics import f1_score

        train = np.arange(len(movies)) % 4 != 0
        vectors = TfidfVectorizer(stop_words="english", sublinear_tf=True)
        texts = vectors.fit_transform(movies.X["synopsis"][train])
        model = RidgeClassifier().fit(texts, movies.Y[train])
        scores = model.decision_function(
            vectors.transform(movies.X["synopsis"][~train])
        )
        truth = movies.Y[~train].to_numpy()
        # As many labels as films have on average: half of 0 would name too few.
        predicted = scores > np.quantile(scores, 1 - truth.mean())
        most_frequent = np.tile(movies.Y.columns == "drama", (len(truth), 1))

        ours = f1_score(truth, predicted, average="micro")
        assert ours > f1_score(truth, most_frequent, average="micro") + 0.15
