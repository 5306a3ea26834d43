from __future__ import annotations

import itertools
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, hamming_loss
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from mlkit.datasets import LabelTruth, load, make_dependent_labels
from mlkit.exceptions import (
    ConstantLabelWarning,
    MissingLabelsError,
    OptionError,
    TooManyLabelsError,
)
from mlkit.models import (
    BinaryRelevance,
    ClassifierChain,
    ProbabilisticClassifierChain,
    probabilistic_chain,
)
from mlkit.thresholds import maximize_expected_f

BASES = [
    LogisticRegression(max_iter=1000),
    DecisionTreeClassifier(max_depth=3, random_state=0),
]
LOSSES = ["subset", "hamming", "f1"]


def joint_by_hand(learner: Any, x: np.ndarray) -> dict[tuple[int, ...], float]:
    """Multiply the probabilities of the links for every label set of one row."""
    joint = {}
    for labels in itertools.product([0, 1], repeat=learner.n_labels_):
        probability, features = 1.0, list(x)
        for position, link in zip(learner.order_, learner.estimators_, strict=True):
            value = labels[position]
            both = dict(
                zip(link.classes_, link.predict_proba([features])[0], strict=True)
            )
            probability *= both.get(value, 0.0)
            features.append(value)
        joint[labels] = probability
    return joint


def loss_of(decided: tuple[int, ...], true: tuple[int, ...], loss: str) -> float:
    if loss == "subset":
        return float(decided != true)
    if loss == "hamming":
        return float(np.mean(np.not_equal(decided, true)))
    both, sizes = np.dot(true, decided), sum(true) + sum(decided)
    return 1.0 - 2.0 * both / sizes if sizes else 0.0


def learn_exactly(truth: LabelTruth, **options: Any) -> tuple[Any, np.ndarray]:
    """Fit a chain that knows the truth: all label sets of a row, by their weights."""
    rows = np.arange(len(truth), dtype=float)[:, np.newaxis]
    n_sets = len(truth.label_sets)
    learner = ProbabilisticClassifierChain(DecisionTreeClassifier(), **options)
    learner.fit(
        rows.repeat(n_sets, axis=0),
        np.tile(truth.label_sets, (len(truth), 1)),
        sample_weight=truth.joint().ravel(),
    )
    return learner, rows


@pytest.fixture(scope="module")
def truth() -> LabelTruth:
    joint = np.random.default_rng(0).dirichlet(np.full(2**5, 0.3), size=20)
    return LabelTruth.from_joint(joint)


@pytest.fixture(scope="module")
def dependent() -> LabelTruth:
    return make_dependent_labels(
        25, n_labels=4, conditional_dependence=2.0, random_state=1
    )[1]


class TestBruteForce:
    """Everything by hand, for five rows and 2^5 label sets."""

    @pytest.mark.parametrize("base", BASES)
    @pytest.mark.parametrize("order", [None, [3, 0, 4, 2, 1]])
    def test_exact_inference(self, problem: Any, base: Any, order: Any) -> None:
        learner = ProbabilisticClassifierChain(base, order=order)
        learner.fit(problem.X, problem.Y)
        X = problem.X[40:45]
        marginals = learner.predict_proba(X)
        decided = {loss: learner.set_params(loss=loss).predict(X) for loss in LOSSES}
        for i, x in enumerate(X):
            joint = joint_by_hand(learner, x)
            sets, shares = np.array(list(joint)), np.array(list(joint.values()))
            assert_allclose(shares.sum(), 1)
            assert_allclose(marginals[i], shares @ sets)
            for loss in LOSSES:
                expected = {
                    one: sum(p * loss_of(one, two, loss) for two, p in joint.items())
                    for one in joint
                }
                got = expected[tuple(decided[loss][i].tolist())]
                assert got == pytest.approx(min(expected.values()), abs=1e-12)

    @pytest.mark.parametrize("base", BASES)
    def test_monte_carlo_walks_draw_by_draw(self, problem: Any, base: Any) -> None:
        learner = ProbabilisticClassifierChain(
            base, order="random", inference="monte_carlo", n_draws=7, random_state=0
        ).fit(problem.X, problem.Y)
        uniform = np.random.default_rng(learner._seed).random((7, 5))
        for x in problem.X[:5]:
            drawn = np.zeros((7, 5))
            for t in range(7):
                features = list(x)
                for level, link in enumerate(learner.estimators_):
                    p = link.predict_proba([features])[0, 1]
                    features.append(float(uniform[t, level] < p))
                drawn[t, learner.order_] = features[8:]
            assert_allclose(learner.predict_proba([x])[0], drawn.mean(axis=0))
            # Of the sets drawn, the one of greatest probability.
            joint = joint_by_hand(learner, x)
            best = max(
                {tuple(one) for one in drawn.astype(int).tolist()}, key=joint.get
            )
            assert learner.predict([x])[0].tolist() == list(best)

    def test_beam_search_by_hand(self, problem: Any) -> None:
        learner = ProbabilisticClassifierChain(inference="beam", beam_width=3)
        learner.fit(problem.X, problem.Y)
        for x in problem.X[:10]:
            beam: list[tuple[float, list[float]]] = [(1.0, list(x))]
            for link in learner.estimators_:
                grown = []
                for probability, features in beam:
                    p = link.predict_proba([features])[0, 1]
                    grown += [
                        (probability * (1 - p), [*features, 0.0]),
                        (probability * p, [*features, 1.0]),
                    ]
                beam = sorted(grown, key=lambda pair: -pair[0])[:3]
            shares = np.array([probability for probability, _ in beam])
            sets = np.array([features[8:] for _, features in beam])
            assert_array_equal(learner.predict([x])[0], sets[0])
            assert_allclose(learner.predict_proba([x])[0], shares @ sets / shares.sum())


class TestTruth:
    """A chain that has learned the true distribution decides as well as can be."""

    @pytest.mark.parametrize("loss", LOSSES)
    @pytest.mark.parametrize("seed", range(3))
    def test_best_decisions(self, truth: LabelTruth, loss: Any, seed: int) -> None:
        learner, X = learn_exactly(truth, order="random", random_state=seed, loss=loss)
        assert_allclose(learner.predict_proba(X), truth.proba)
        assert_array_equal(learner.predict(X), truth.best(loss))

    @pytest.mark.parametrize("loss", LOSSES)
    def test_dependent_labels(self, dependent: LabelTruth, loss: Any) -> None:
        learner, X = learn_exactly(dependent, loss=loss)
        assert_allclose(learner.predict_proba(X), dependent.proba)
        assert dependent.regret(learner.predict(X), loss) < 1e-12

    def test_each_loss_has_its_own_best_decision(self, truth: LabelTruth) -> None:
        learner, X = learn_exactly(truth)
        regrets = pd.DataFrame(
            {
                loss: {
                    other: truth.regret(learner.set_params(loss=loss).predict(X), other)
                    for other in LOSSES
                }
                for loss in LOSSES
            }
        )
        assert_allclose(np.diag(regrets), 0, atol=1e-12)
        assert (regrets.to_numpy()[~np.eye(3, dtype=bool)] > 0.005).all()

    def test_ties_go_to_fewer_labels_and_then_to_the_first(self) -> None:
        # P(01) = P(10) = P(11) = 1 / 3; then P(001) = P(010) = P(100) = 1 / 3.
        for joint in ([0, 1, 1, 1], [0, 1, 1, 0, 1, 0, 0, 0]):
            even = LabelTruth.from_joint([np.array(joint) / 3])
            for order in (None, range(even.n_labels)[::-1]):
                learner, X = learn_exactly(even, order=order)
                assert_array_equal(learner.predict(X), even.best("subset"))
                assert learner.predict(X)[0, 0] == 1
                assert learner.predict(X).sum() == 1

    def test_a_wider_beam_ends_at_the_truth(self, truth: LabelTruth) -> None:
        learner, X = learn_exactly(truth, inference="beam", beam_width=2**5)
        assert_allclose(learner.predict_proba(X), truth.proba)
        regrets = [
            truth.regret(learner.set_params(beam_width=width).predict(X), "subset")
            for width in (1, 2, 4, 8)
        ]
        assert regrets[0] > 0.005
        assert regrets == sorted(regrets, reverse=True)
        assert regrets[-1] == 0

    @pytest.mark.parametrize("loss", LOSSES)
    def test_more_draws_come_to_the_truth(self, truth: LabelTruth, loss: Any) -> None:
        learner, X = learn_exactly(
            truth, inference="monte_carlo", random_state=0, n_draws=4000, loss=loss
        )
        # Five standard errors.
        assert np.abs(learner.predict_proba(X) - truth.proba).max() < 2.5 / 4000**0.5
        assert truth.regret(learner.predict(X), loss) < 0.002


class TestLessons:
    def test_13_best_for_hamming_and_best_for_exact_match(self) -> None:
        X, Y = [[0]] * 10, [[0, 0]] * 4 + [[1, 0]] * 3 + [[1, 1]] * 3
        for order in ([0, 1], [1, 0]):
            learner = ProbabilisticClassifierChain(
                DecisionTreeClassifier(), order=order
            )
            learner.fit(X, Y)
            assert_allclose(learner.predict_proba([[0]]), [[0.6, 0.3]])
            assert learner.predict([[0]]).tolist() == [[0, 0]]
            hamming = learner.set_params(loss="hamming").predict([[0]])
            assert hamming.tolist() == [[1, 0]]

    def test_14_order_matters_to_the_greedy_and_to_all_paths(self) -> None:
        bits = np.repeat([[0, 0], [0, 1], [1, 0], [1, 1]], [67, 62, 61, 60], axis=0)
        a, b = bits.T
        Y = pd.DataFrame({"or": a | b, "and": a & b, "xor": a ^ b})
        good, bad = ["or", "and", "xor"], ["xor", "and", "or"]
        scores = {
            "br": BinaryRelevance().fit(bits, Y).score(bits, Y),
            "good": ClassifierChain(order=good).fit(bits, Y).score(bits, Y),
            "bad": ClassifierChain(order=bad).fit(bits, Y).score(bits, Y),
        }
        assert scores == {"br": 0.268, "good": 1.0, "bad": 0.268}
        for inference in ("exact", "beam", "monte_carlo"):
            learner = ProbabilisticClassifierChain(
                order=good, inference=inference, random_state=0
            ).fit(bits, Y)
            assert learner.score(bits, Y) == 1.0
        # In the bad order, too, all paths are better than the greedy one: which value
        # of xor is the better one is seen from what follows.
        learner = ProbabilisticClassifierChain(order=bad).fit(bits, Y)
        assert learner.score(bits, Y) > 0.268


class TestInference:
    def test_a_beam_of_one_is_the_greedy_chain(self, problem: Any) -> None:
        for base in BASES:
            greedy = ClassifierChain(base).fit(problem.X, problem.Y)
            learner = ProbabilisticClassifierChain(base, inference="beam", beam_width=1)
            learner.fit(problem.X, problem.Y)
            predicted = learner.predict(problem.X)
            assert_array_equal(predicted, greedy.predict(problem.X))
            assert_array_equal(learner.predict_proba(problem.X), predicted)

    def test_training_is_that_of_a_chain(self, problem: Any) -> None:
        options = {"order": "random", "random_state": 3}
        base = RandomForestClassifier(n_estimators=3)
        chain = ClassifierChain(base, **options).fit(problem.X, problem.Y)
        learner = ProbabilisticClassifierChain(base, **options)
        learner.fit(problem.X, problem.Y)
        assert_array_equal(learner.order_, chain.order_)
        for one, two in zip(learner.estimators_, chain.estimators_, strict=True):
            assert one.random_state == two.random_state
        # What would spoil the joint distribution cannot be set.
        options = set(chain.get_params(deep=False)) - set(
            learner.get_params(deep=False)
        )
        assert options == {"trained_on", "cv", "label_weights"}

    def test_independent_labels(self, problem: Any) -> None:
        # Frequencies do not look at earlier labels.
        learner = ProbabilisticClassifierChain(DummyClassifier(strategy="prior"))
        learner.fit(problem.X, problem.Y)
        frequencies = problem.Y.mean(axis=0)
        assert_allclose(learner.predict_proba([problem.X[0]]), [frequencies])
        for loss in ("subset", "hamming"):
            predicted = learner.set_params(loss=loss).predict([problem.X[0]])
            assert_array_equal(predicted, [frequencies > 0.5])
        assert_array_equal(
            learner.set_params(loss="f1").predict([problem.X[0]]),
            maximize_expected_f([frequencies]),
        )

    @pytest.mark.parametrize("inference", ["exact", "beam", "monte_carlo"])
    @pytest.mark.parametrize("loss", LOSSES)
    def test_blocks_change_nothing(
        self, problem: Any, inference: Any, loss: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        learner = ProbabilisticClassifierChain(
            inference=inference, loss=loss, random_state=0
        ).fit(problem.X, problem.Y)
        whole = learner.predict(problem.X), learner.predict_proba(problem.X)
        for numbers in (1, 1000):
            monkeypatch.setattr(probabilistic_chain, "_BLOCK_NUMBERS", numbers)
            assert_array_equal(learner.predict(problem.X), whole[0])
            assert_allclose(learner.predict_proba(problem.X), whole[1])

    def test_draws_of_a_row_do_not_depend_on_other_rows(self, problem: Any) -> None:
        learner = ProbabilisticClassifierChain(inference="monte_carlo", n_draws=10)
        proba = learner.fit(problem.X, problem.Y).predict_proba(problem.X)
        assert_array_equal(learner.predict_proba(problem.X), proba)
        assert_array_equal(learner.predict_proba(problem.X[[5]]), proba[[5]])
        assert_array_equal(learner.predict_proba(problem.X[::-1]), proba[::-1])
        assert_allclose(proba * 10, (proba * 10).round())

    def test_seeds_of_the_draws(self, problem: Any) -> None:
        def proba(seed: Any) -> np.ndarray:
            learner = ProbabilisticClassifierChain(
                inference="monte_carlo", random_state=seed
            )
            return learner.fit(problem.X, problem.Y).predict_proba(problem.X)

        assert_array_equal(proba(0), proba(0))
        assert (proba(0) != proba(1)).any()
        assert (proba(None) != proba(None)).any()

    def test_inference_can_be_changed_after_fit(self, problem: Any) -> None:
        learner = ProbabilisticClassifierChain(random_state=0)
        learner.fit(problem.X, problem.Y)
        for inference in ("beam", "monte_carlo"):
            fresh = clone(learner).set_params(inference=inference)
            fresh.fit(problem.X, problem.Y)
            learner.set_params(inference=inference)
            assert_array_equal(
                learner.predict_proba(problem.X), fresh.predict_proba(problem.X)
            )

    def test_each_beginning_is_asked_for_once(self, problem: Any) -> None:
        class Asked(DecisionTreeClassifier):
            rows: ClassVar[list[int]] = []

            def predict_proba(self, X: Any, check_input: bool = True) -> Any:
                Asked.rows.append(len(X))
                return super().predict_proba(X, check_input)

        learner = ProbabilisticClassifierChain(
            Asked(max_depth=2, random_state=0), inference="monte_carlo", n_draws=1000
        ).fit(problem.X, problem.Y)
        learner.predict(problem.X[:1])
        # There are no more than 2^i beginnings of i labels, however many draws.
        assert (np.array(Asked.rows) <= [1, 2, 4, 8, 16]).all()
        # Pure leaves leave one path of all, and nothing else is looked at.
        Asked.rows.clear()
        learner = ProbabilisticClassifierChain(Asked(random_state=0))
        learner.fit(problem.X, problem.Y).predict(problem.X)
        assert Asked.rows == [90] * 5


class TestManyLabels:
    @pytest.fixture
    def wide(self) -> tuple[np.ndarray, np.ndarray]:
        rng = np.random.default_rng(0)
        X = rng.normal(size=(40, 3))
        return X, (X @ rng.normal(size=(3, 16)) + rng.normal(size=(40, 16)) > 0) * 1

    def test_exact_inference_is_refused(self, wide: Any) -> None:
        match = (
            r"all 2\^16 label sets of a row, and is for at most 15 labels\. Take "
            r"inference='beam' .* or 'monte_carlo'"
        )
        learner = ProbabilisticClassifierChain()
        with pytest.raises(TooManyLabelsError, match=match):
            learner.fit(*wide)
        learner.set_params(inference="beam").fit(*wide).set_params(inference="exact")
        with pytest.raises(TooManyLabelsError, match=match):
            learner.predict(wide[0])

    def test_fifteen_labels(self, wide: Any) -> None:
        X, Y = wide[0], wide[1][:, :15]
        learner = ProbabilisticClassifierChain().fit(X, Y)
        predicted = learner.predict(X[:2])
        # The most probable of all is no less probable than that of any beam.
        beam = learner.set_params(inference="beam", beam_width=200).predict(X[:2])
        assert_array_equal(predicted, beam)

    @pytest.mark.parametrize("inference", ["beam", "monte_carlo"])
    @pytest.mark.parametrize("loss", LOSSES)
    def test_more_labels_than_rows(self, inference: Any, loss: Any) -> None:
        rng = np.random.default_rng(0)
        Y = rng.integers(0, 2, (6, 70))
        Y[0], Y[1] = 0, 1
        X = rng.normal(size=(6, 3))
        learner = ProbabilisticClassifierChain(inference=inference, loss=loss)
        learner.fit(X, Y)
        assert learner.predict(X).shape == (6, 70)
        assert learner.predict_proba(X).max() <= 1


class TestContractOfTheOtherInferences:
    """The suite of all learners runs on exact inference, and on draws for one loss."""

    @pytest.fixture(params=["beam", "monte_carlo"])
    def learner(self, request: pytest.FixtureRequest) -> Any:
        return ProbabilisticClassifierChain(inference=request.param, random_state=0)

    @pytest.mark.parametrize("loss", LOSSES)
    def test_containers(self, learner: Any, problem: Any, loss: Any) -> None:
        learner.set_params(loss=loss)
        plain = clone(learner).fit(problem.X, problem.Y)
        Y = pd.DataFrame(problem.Y, columns=list("abcdé"))
        frame = clone(learner).fit(problem.X, Y).predict(problem.X)
        assert_array_equal(frame, plain.predict(problem.X))
        assert list(frame.columns) == list("abcdé")
        X, Y = sp.csr_array(problem.X), sp.csr_array(problem.Y)
        sparse = clone(learner).fit(X, Y)
        assert isinstance(sparse.predict(X), sp.csr_array)
        assert_allclose(
            sparse.predict_proba(X), plain.predict_proba(problem.X), atol=0.02
        )

    def test_constant_labels(self, learner: Any, problem: Any) -> None:
        Y = problem.Y.copy()
        Y[:, 1], Y[:, 3] = 0, 1
        with pytest.warns(ConstantLabelWarning, match="2 of 5 labels"):
            learner.fit(problem.X, Y)
        for loss in LOSSES:
            predicted = learner.set_params(loss=loss).predict(problem.X)
            assert_array_equal(predicted[:, [1, 3]], Y[:, [1, 3]])
        assert_allclose(learner.predict_proba(problem.X)[:, [1, 3]], Y[:, [1, 3]])

    def test_a_vector_of_classes(self, learner: Any, problem: Any) -> None:
        y = np.array(["lo", "mid", "hi"])[np.digitize(problem.X[:, 0], [-0.5, 0.5])]
        assert learner.fit(problem.X, y).score(problem.X, y) > 0.7


class TestBadInput:
    def test_base_without_probabilities(self, problem: Any) -> None:
        learner = ProbabilisticClassifierChain(LinearSVC())
        with pytest.raises(AttributeError, match="LinearSVC has none. Take one that"):
            learner.fit(problem.X, problem.Y)
        assert not hasattr(learner, "predict_proba")

    @pytest.mark.parametrize(
        ("option", "value", "error", "message"),
        [
            ("inference", "greedy", OptionError, "inference must be one of 'exact'"),
            (
                "loss",
                "f2",
                OptionError,
                "loss must be one of 'subset', 'hamming', 'f1'",
            ),
            ("beam_width", 0, ValueError, "beam_width must be at least 1, got 0"),
            ("beam_width", 2.5, TypeError, "beam_width must be an integer"),
            ("n_draws", 0, ValueError, "n_draws must be at least 1, got 0"),
            ("order", "best", ValueError, "got 'best'"),
        ],
    )
    def test_options(
        self, problem: Any, option: str, value: Any, error: Any, message: str
    ) -> None:
        learner = ProbabilisticClassifierChain().set_params(**{option: value})
        with pytest.raises(error, match=message):
            learner.fit(problem.X, problem.Y)

    def test_options_set_after_fit(self, problem: Any) -> None:
        learner = ProbabilisticClassifierChain().fit(problem.X, problem.Y)
        with pytest.raises(OptionError, match="loss must be one of"):
            learner.set_params(loss="jaccard").predict(problem.X)

    def test_unknown_labels(self, problem: Any) -> None:
        Y = problem.Y.astype(float)
        Y[3, 2] = np.nan
        with pytest.raises(MissingLabelsError, match="ProbabilisticClassifierChain"):
            ProbabilisticClassifierChain().fit(problem.X, Y)


@pytest.mark.data
@pytest.mark.usefixtures("mulan_folder")
def test_each_loss_is_least_where_it_was_asked_for() -> None:
    X, Y = load("yeast", "train").as_xy()
    X_test, Y_test = load("yeast", "test").as_xy()
    scaler = StandardScaler().fit(X)
    X, X_test = scaler.transform(X), scaler.transform(X_test)
    learner = ProbabilisticClassifierChain(inference="monte_carlo", random_state=0)
    learner.fit(X, Y)
    losses = {}
    for loss in LOSSES:
        predicted = learner.set_params(loss=loss).predict(X_test)
        losses[loss] = {
            "subset": 1 - learner.score(X_test, Y_test),
            "hamming": hamming_loss(Y_test, predicted),
            "f1": 1 - f1_score(Y_test, predicted, average="samples", zero_division=1),
        }
    for loss, asked in pd.DataFrame(losses).iterrows():
        assert asked.idxmin() == loss
