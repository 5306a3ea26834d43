import dataclasses

import pytest
from scipy import stats

from mlkit.statistics import (
    Posterior,
    StudentPosterior,
    bayesian_correlated_t_test,
    bayesian_signed_rank_test,
)


def test_both_tests_answer_in_the_same_words():
    differences = [0.02, 0.01, 0.03]
    answers = [
        bayesian_correlated_t_test(differences, rope=0.01, n_train=2, n_test=1),
        bayesian_signed_rank_test(differences, rope=0.01, n_draws=100),
    ]

    for answer in answers:
        assert isinstance(answer, Posterior)
        assert (answer.n, answer.rope) == (3, 0.01)
        assert answer.worse + answer.equal + answer.better == pytest.approx(1)
        assert type(answer.better) is float


def test_the_curve_gives_the_probabilities():
    answer = bayesian_correlated_t_test(
        [0.02, 0.01, 0.03, -0.01], rope=0.01, n_train=2, n_test=1
    )

    assert isinstance(answer, StudentPosterior)
    curve = stats.t(answer.df, answer.mean, answer.scale)
    assert answer.worse == pytest.approx(curve.cdf(-0.01))
    assert answer.better == pytest.approx(curve.sf(0.01))


def test_answers_are_frozen():
    answer = Posterior(n=1, rope=0.0, worse=0.2, equal=0.3, better=0.5)

    with pytest.raises(dataclasses.FrozenInstanceError):
        answer.better = 1.0
