"""The facts about flags, checked against an independent table: MULAN's set of 1986.

MULAN's rows carry no names. A row is taken for a country where the continent is the
same and the area differs by at most 5 %; a country agrees if such a row has exactly its
seven colours. Where none does, the reason is stated here.
"""

from __future__ import annotations

import pytest

import mlkit

NEW_STATE = "was not a state of its own in 1986"
NEW_FLAG = "has another flag since 1986"
IN_THE_ARMS = "the 1986 set counts colours inside the coat of arms"
COLOUR_NAME = "the 1986 set names a shade (maroon, brown, orange) otherwise"
OTHER_AREA = "its own row of 1986 gives another area; these rows are other countries"

EXPLAINED = {
    "Afghanistan": NEW_FLAG,
    "Albania": NEW_FLAG,
    "Azerbaijan": NEW_STATE,
    "Belize": IN_THE_ARMS,
    "Benin": NEW_FLAG,
    "Bhutan": OTHER_AREA,
    "Bulgaria": NEW_FLAG,
    "Cambodia": NEW_FLAG,
    "Cape Verde": NEW_FLAG,
    "Cyprus": OTHER_AREA,
    "DR Congo": NEW_FLAG,
    "Eritrea": NEW_STATE,
    "Estonia": NEW_STATE,
    "Eswatini": IN_THE_ARMS,
    "Fiji": IN_THE_ARMS,
    "Georgia": NEW_STATE,
    "Haiti": NEW_FLAG,
    "Ivory Coast": COLOUR_NAME,
    "Kyrgyzstan": NEW_STATE,
    "Lebanon": COLOUR_NAME,
    "Lesotho": NEW_FLAG,
    "Libya": NEW_FLAG,
    "Mauritania": NEW_FLAG,
    "Mexico": COLOUR_NAME,
    "Myanmar": NEW_FLAG,
    "Nepal": COLOUR_NAME,
    "Palestine": NEW_STATE,
    "Paraguay": IN_THE_ARMS,
    "Philippines": OTHER_AREA,
    "Portugal": IN_THE_ARMS,
    "Qatar": COLOUR_NAME,
    "Romania": NEW_FLAG,
    "Rwanda": NEW_FLAG,
    "South Africa": NEW_FLAG,
    "South Sudan": NEW_STATE,
    "Sri Lanka": COLOUR_NAME,
    "Tajikistan": NEW_STATE,
    "Uzbekistan": NEW_STATE,
    "Venezuela": IN_THE_ARMS,
    "Yemen": NEW_STATE,
}

LANDMASS = {
    "1": "North America",
    "2": "South America",
    "3": "Europe",
    "4": "Africa",
    "5": "Asia",
    "6": "Oceania",
}


@pytest.fixture(scope="module")
def flags():
    return mlkit.load("flags")


def test_there_are_195_states_with_names_of_their_own(flags):
    assert flags.n_samples == 195
    assert flags.X.index.is_unique
    assert flags.X.index.is_monotonic_increasing
    assert flags.rows_with_missing().sum() == 0
    assert not flags.X.isna().any(axis=None)


def test_every_flag_has_two_to_six_colours(flags):
    per_flag = flags.Y.sum(axis=1)

    assert per_flag.min() == 2
    assert per_flag.max() == 6


@pytest.mark.parametrize(
    ("country", "colours"),
    [
        ("Japan", {"red", "white"}),
        ("South Africa", {"red", "green", "blue", "yellow", "white", "black"}),
        ("Jamaica", {"green", "yellow", "black"}),
        ("India", {"green", "blue", "white", "orange"}),
        ("Qatar", {"red", "white"}),
        ("Germany", {"red", "yellow", "black"}),
    ],
)
def test_well_known_flags(flags, country, colours):
    row = flags.Y.loc[country]

    assert set(row[row == 1].index) == colours


def test_shapes_do_not_contradict_each_other(flags):
    X = flags.X

    assert (X["stars"] >= 0).all()
    assert X.loc["United States", ["stars", "horizontal_stripes"]].tolist() == [50, 13]
    assert X.loc["Brazil", "stars"] == 27
    union_jacks = ["Australia", "Fiji", "New Zealand", "Tuvalu", "United Kingdom"]
    assert (X.loc[union_jacks, ["cross", "saltire"]] == 1).all(axis=None)


def test_no_feature_counts_the_labels(flags):
    """The set of 1986 has a column with the number of colours: a leak."""
    numbers = flags.X.select_dtypes("number")
    per_flag = flags.Y.sum(axis=1)

    correlation = numbers.corrwith(per_flag).abs()
    assert correlation.max() < 0.6
    for label in flags.label_names:
        same = numbers.apply(lambda column, y=flags.Y[label]: (column == y).mean())
        assert same.max() < 0.95 or flags.Y[label].mean() < 0.06, label


@pytest.mark.data
@pytest.mark.usefixtures("mulan_folder")
def test_colours_agree_with_the_set_of_1986_or_differ_for_a_known_reason(flags):
    old = mlkit.load("flags-mulan")
    area, continent = old.X["area"], old.X["landmass"].astype(str).map(LANDMASS)
    agree, differ = [], set()
    for country, row in flags.X[flags.X["area"] >= 4].iterrows():
        near = (area - row["area"]).abs() <= 0.05 * row["area"] + 0.5
        rows = (area >= 4) & near & (continent == str(row["continent"]))
        if not rows.any():
            continue
        colours = flags.Y.loc[country, list(old.label_names)].to_numpy()
        same = (old.Y[rows].to_numpy() == colours).all(axis=1).any()
        if same:
            agree.append(country)
        else:
            differ.add(country)

    assert differ == set(EXPLAINED)
    assert len(agree) == 93
