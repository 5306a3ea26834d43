import math

import numpy as np
import pytest

from mlkit.exceptions import ScoresError
from mlkit.statistics import cohen_dz, hedges_gz, rank_biserial, win_share
from mlkit.statistics.effects import signed_ranks, spread

EFFECTS = [cohen_dz, hedges_gz, rank_biserial]


@pytest.fixture
def differences():
    return np.random.default_rng(3).normal(0.3, 1.0, size=12)


def test_dz_is_the_t_statistic_without_the_sample_size():
    # Mean 3, squared deviations 4 + 1 + 0 + 1 + 4 over 4: sd sqrt(2.5).
    assert cohen_dz([1, 2, 3, 4, 5]) == pytest.approx(3 / math.sqrt(2.5))


def test_hedges_factor_for_five():
    # gamma(2) / (sqrt(2) gamma(1.5)), and gamma(1.5) = sqrt(pi) / 2.
    factor = 1 / (math.sqrt(2) * math.sqrt(math.pi) / 2)

    assert hedges_gz([1, 2, 3, 4, 5]) == pytest.approx(factor * 3 / math.sqrt(2.5))


def test_hedges_factor_is_near_its_usual_approximation():
    values = np.arange(10.0)

    assert hedges_gz(values) / cohen_dz(values) == pytest.approx(
        1 - 3 / (4 * 9 - 1), abs=1e-3
    )


def test_hedges_takes_the_bias_away():
    """Samples of 5 with a true effect of 1."""
    rng = np.random.default_rng(0)
    samples = rng.normal(1.0, 1.0, size=(3000, 5))

    biased = np.mean([cohen_dz(sample) for sample in samples])
    unbiased = np.mean([hedges_gz(sample) for sample in samples])

    assert biased > 1.2
    assert unbiased == pytest.approx(1.0, abs=0.04)


def test_rank_biserial_with_zeros_and_ties():
    # Sizes 0 0 2 2 5: ranks 1.5 1.5 3.5 3.5 5. (5 + 3.5 - 3.5) / 15.
    assert rank_biserial([0, 0, 2, -2, 5]) == pytest.approx(1 / 3)


def test_rank_biserial_of_kerby():
    # Ranks 1 2 3 4 of which the second is against: (8 - 2) / 10.
    assert rank_biserial([1, -2, 3, 4]) == pytest.approx(0.6)


def test_wins_ties_and_losses():
    assert win_share([3, 0.1, -1, 0]) == pytest.approx(2.5 / 4)
    assert win_share([0, 0]) == 0.5
    assert win_share([-1]) == 0


def test_noise_is_no_win():
    assert win_share([0.3 - 0.1 - 0.2, 0.5]) == 0.75


@pytest.mark.parametrize("effect", EFFECTS)
def test_turned_differences_turn_the_effect(effect, differences):
    assert effect(-differences) == pytest.approx(-effect(differences))
    assert effect(differences) != 0


def test_turned_differences_turn_the_wins():
    assert win_share([1, 2, -3]) == pytest.approx(1 - win_share([-1, -2, 3]))


@pytest.mark.parametrize("effect", [*EFFECTS, win_share])
def test_neither_order_nor_unit_matters(effect, differences):
    other = 100 * np.random.default_rng(0).permutation(differences)

    assert effect(other) == pytest.approx(effect(differences))


@pytest.mark.parametrize("effect", [rank_biserial, win_share])
def test_only_ranks_count(effect, differences):
    assert effect(differences**3) == pytest.approx(effect(differences))


@pytest.mark.parametrize(
    ("effect", "same", "zero"),
    [
        (cohen_dz, math.inf, 0),
        (hedges_gz, math.inf, 0),
        (rank_biserial, 1, 0),
        (win_share, 1, 0.5),
    ],
)
def test_without_spread(effect, same, zero):
    assert effect([0.1, 0.1, 0.1]) == same
    assert effect([0.0, 0.0, 0.0]) == zero


def test_negative_differences_without_spread():
    assert cohen_dz([-0.1, -0.1]) == -math.inf
    assert rank_biserial([-0.1, -0.1]) == -1


def test_rounding_is_no_spread():
    values = np.array([0.1] * 3)
    assert values.std() > 0

    assert spread(values) == 0
    assert cohen_dz(values) == math.inf


def test_a_little_spread_is_one():
    assert spread(np.array([1.0, 1.0 + 1e-9])) == pytest.approx(1e-9 / math.sqrt(2))


def test_zeros_have_ranks_and_no_sign():
    ranks = signed_ranks(np.array([0.0, -0.0, 1.0, -2.0]))

    assert ranks.tolist() == [0, 0, 3, -4]
    assert not np.signbit(ranks[:2]).any()


@pytest.mark.parametrize(
    ("effect", "least"),
    [(cohen_dz, 2), (hedges_gz, 3), (rank_biserial, 1), (win_share, 1)],
)
def test_too_few_differences(effect, least):
    with pytest.raises(ScoresError, match=f"at least {least} value"):
        effect([1.0] * (least - 1))
    assert np.isfinite(effect(np.arange(least, dtype=float)))


@pytest.mark.parametrize("effect", [*EFFECTS, win_share])
def test_missing_differences_are_refused(effect):
    with pytest.raises(ScoresError, match="position 2 = nan"):
        effect([1.0, 2.0, np.nan, 4.0])
