"""scikit-multilearn's classifiers behind the contract, and what is said about them."""

from __future__ import annotations

import pickle
import random
import re
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.cluster import KMeans
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.naive_bayes import GaussianNB
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.validation import has_fit_parameter
from skmultilearn import adapt, cluster, ensemble, missing, problem_transform, tree
from skmultilearn.cluster.balancedkmeans import BalancedKMeansClusterer

import mlkit
from mlkit.exceptions import (
    ConstantLabelWarning,
    IndicatorError,
    MissingLabelsError,
    OptionError,
    ScoresError,
    ShapeError,
)
from mlkit.models import (
    BinaryRelevance,
    ClassifierChain,
    LabelPowerset,
    SkmultilearnClassifier,
    from_skmultilearn,
    make,
)

LR = LogisticRegression(max_iter=1000)
LP = problem_transform.LabelPowerset(LR)


def graph(method: str) -> Any:
    builder = cluster.LabelCooccurrenceGraphBuilder(
        weighted=True, include_self_edges=False
    )
    return cluster.NetworkXLabelGraphClusterer(builder, method)


def grid() -> Any:
    # It takes an entry away from the grid that it is given, and has no clone.
    return problem_transform.StructuredGridSearchCV(
        problem_transform.BinaryRelevance(), {"classifier": [LR], "C": [0.1, 1.0]}, cv=2
    )


# Every class of the docstring's table, and whether it has probabilities.
WORKS: dict[str, tuple[Callable[[], Any], bool]] = {
    "BinaryRelevance": (lambda: problem_transform.BinaryRelevance(LR), True),
    "ClassifierChain": (lambda: problem_transform.ClassifierChain(LR), True),
    "LabelPowerset": (lambda: problem_transform.LabelPowerset(LR), True),
    "ProbabilisticClassifierChain": (
        lambda: problem_transform.ProbabilisticClassifierChain(GaussianNB()),
        False,
    ),
    "ClassificationHeterogeneousFeature": (
        lambda: problem_transform.ClassificationHeterogeneousFeature(LR),
        True,
    ),
    "InstanceBasedLogisticRegression": (
        lambda: problem_transform.InstanceBasedLogisticRegression(LR),
        True,
    ),
    "StructuredGridSearchCV": (grid, True),
    "RakelD": (lambda: ensemble.RakelD(LR, labelset_size=2), True),
    "RakelO": (lambda: ensemble.RakelO(LR, model_count=4, labelset_size=2), False),
    "LabelSpacePartitioningClassifier": (
        lambda: ensemble.LabelSpacePartitioningClassifier(
            LP, cluster.FixedLabelSpaceClusterer([[0, 1], [2, 3, 4]])
        ),
        True,
    ),
    "MajorityVotingClassifier": (
        lambda: ensemble.MajorityVotingClassifier(
            LP, cluster.FixedLabelSpaceClusterer([[0, 1, 2], [2, 3, 4], [4, 0]])
        ),
        False,
    ),
    "MLkNN": (lambda: adapt.MLkNN(k=5), True),
    "BRkNNaClassifier": (lambda: adapt.BRkNNaClassifier(k=5), False),
    "BRkNNbClassifier": (lambda: adapt.BRkNNbClassifier(k=5), False),
    "MLARAM": (lambda: adapt.MLARAM(vigilance=0.9), False),
    "MLTSVM": (lambda: adapt.MLTSVM(c_k=1), False),
    "PredictiveClusteringTree": (lambda: tree.PredictiveClusteringTree(), False),
}

# The same with other parts inside.
VARIANTS: dict[str, Callable[[], Any]] = {
    "features kept sparse": lambda: problem_transform.BinaryRelevance(
        LR, require_dense=[False, True]
    ),
    "chain in an order": lambda: problem_transform.ClassifierChain(
        LR, order=[3, 0, 4, 2, 1]
    ),
    "neighbours inside": lambda: problem_transform.BinaryRelevance(adapt.MLkNN(k=5)),
    "partition by chance": lambda: ensemble.LabelSpacePartitioningClassifier(
        LP, cluster.RandomLabelSpaceClusterer(2, 3, allow_overlap=False)
    ),
    "partition by a matrix": lambda: ensemble.LabelSpacePartitioningClassifier(
        LP, cluster.MatrixLabelSpaceClusterer(KMeans(2))
    ),
    "partition by louvain": lambda: ensemble.LabelSpacePartitioningClassifier(
        LP, graph("louvain")
    ),
    "chains by propagation": lambda: ensemble.LabelSpacePartitioningClassifier(
        problem_transform.ClassifierChain(LR), graph("lpa")
    ),
    "votes by chance": lambda: ensemble.MajorityVotingClassifier(
        LP, cluster.RandomLabelSpaceClusterer(3, 4, allow_overlap=True)
    ),
    "votes by a matrix": lambda: ensemble.MajorityVotingClassifier(
        LP, cluster.MatrixLabelSpaceClusterer(KMeans(2))
    ),
    "votes by louvain": lambda: ensemble.MajorityVotingClassifier(LP, graph("louvain")),
}

MAKERS = {name: build for name, (build, _) in WORKS.items()} | VARIANTS
EVERY = pytest.mark.parametrize("build", MAKERS.values(), ids=MAKERS.keys())


def dense(matrix: Any) -> np.ndarray:
    return matrix.toarray() if sp.issparse(matrix) else np.asarray(matrix)


class TestTable:
    """What the docstring says of the classes is so."""

    @pytest.fixture
    def rows(self) -> dict[str, str]:
        text = SkmultilearnClassifier.__doc__ or ""
        table = re.split(r"=+ +=+ +=+\n", text)[2]
        lines = [re.split(r"  +", line.strip()) for line in table.splitlines()]
        return {line[0]: line[1] for line in lines if re.match(r"[A-Z]\w+$", line[0])}

    def test_it_has_every_class_that_works(self, rows: dict[str, str]) -> None:
        assert set(rows) == set(WORKS)

    def test_it_has_every_class_that_there_is(self, rows: dict[str, str]) -> None:
        public = {
            name
            for module in (adapt, ensemble, problem_transform, tree, missing)
            for name in module.__all__
            if hasattr(getattr(module, name), "predict")
        }
        assert public - set(rows) == {"SMiLE"}

    @pytest.mark.parametrize("name", WORKS)
    def test_probabilities(self, rows: dict[str, str], name: str) -> None:
        build, has_some = WORKS[name]
        assert (rows[name] != "no") == has_some
        learner = from_skmultilearn(build())
        assert hasattr(learner, "predict_proba") == has_some

    @pytest.mark.parametrize("name", [n for n, (_, some) in WORKS.items() if not some])
    def test_why_there_are_none(self, name: str) -> None:
        learner = from_skmultilearn(WORKS[name][0]())
        with pytest.raises(AttributeError, match="no attribute") as caught:
            learner.predict_proba([[0.0]])
        assert f"There are no probabilities from {name}: it" in str(
            caught.value.__cause__
        )

    @pytest.mark.parametrize(
        "build", [problem_transform.BinaryRelevance, ensemble.RakelD]
    )
    def test_none_where_the_base_has_none(self, build: Any) -> None:
        learner = from_skmultilearn(build(LinearSVC()))
        with pytest.raises(AttributeError, match="no attribute") as caught:
            learner.predict_proba([[0.0]])
        assert "from LinearSVC: it has no predict_proba" in str(caught.value.__cause__)


@EVERY
class TestEveryClass:
    def test_containers(self, build: Any, problem: Any) -> None:
        X = pd.DataFrame(problem.X).add_prefix("f").set_axis(np.arange(90) * 3)
        Y = pd.DataFrame(problem.Y, columns=list("abcde"), index=X.index)
        plain = from_skmultilearn(build(), random_state=0).fit(problem.X, problem.Y)
        expected = plain.predict(problem.X[:15])
        assert expected.shape == (15, 5)
        assert expected.dtype == np.int64
        named = from_skmultilearn(build(), random_state=0).fit(X, Y).predict(X[:15])
        pd.testing.assert_frame_equal(
            named, pd.DataFrame(expected, columns=list("abcde"), index=X.index[:15])
        )
        sparse = from_skmultilearn(build(), random_state=0)
        sparse.fit(problem.X, sp.csr_array(problem.Y))
        assert isinstance(sparse.predict(problem.X[:15]), sp.csr_array)
        assert_array_equal(dense(sparse.predict(problem.X[:15])), expected)

    def test_sparse_features(self, build: Any, problem: Any) -> None:
        plain, sparse = (
            from_skmultilearn(build(), random_state=0)
            .fit(container(problem.X), problem.Y)
            .predict(container(problem.X[:15]))
            for container in (np.asarray, sp.csr_array)
        )
        assert (plain == sparse).mean() > 0.99

    def test_constant_labels_are_kept_from_it(self, build: Any, problem: Any) -> None:
        Y = problem.Y.copy()
        Y[:, 1], Y[:, 3] = 0, 1
        learner = from_skmultilearn(build(), random_state=0)
        for container in (np.asarray, sp.csr_array):
            with pytest.warns(ConstantLabelWarning, match="2 of 5 labels"):
                learner.fit(problem.X, container(Y))
            predicted = learner.predict(problem.X[:15])
            assert_array_equal(dense(predicted)[:, [1, 3]], Y[:15, [1, 3]])
            assert dense(predicted)[:, [0, 2, 4]].any()
            if hasattr(learner, "predict_proba"):
                proba = learner.predict_proba(problem.X[:15])
                assert_array_equal(proba[:, [1, 3]], Y[:15, [1, 3]])

    def test_all_labels_constant(self, build: Any, problem: Any) -> None:
        learner = from_skmultilearn(build())
        Y = np.tile([0, 1], (90, 1))
        with pytest.warns(ConstantLabelWarning):
            learner.fit(problem.X, Y)
        assert learner.estimator_ is None
        assert_array_equal(learner.predict(problem.X[:15]), Y[:15])
        if hasattr(learner, "predict_proba"):
            assert_array_equal(learner.predict_proba(problem.X[:15]), Y[:15])

    @pytest.mark.parametrize("container", [np.asarray, sp.csr_array, pd.DataFrame])
    def test_arguments_stay_as_they_are(
        self, build: Any, problem: Any, container: Any
    ) -> None:
        X, Y = container(problem.X.copy()), container(problem.Y.copy())
        before = [pickle.dumps(value) for value in (X, Y)]
        given = build()
        learner = from_skmultilearn(given).fit(X, Y)
        learner.predict(X[:15])
        assert [pickle.dumps(value) for value in (X, Y)] == before
        assert not hasattr(given, "classes_")
        assert not hasattr(given, "classifier_")

    def test_read_only_arguments(self, build: Any, problem: Any) -> None:
        X, Y = problem.X.copy(), problem.Y.copy()
        X.flags.writeable = Y.flags.writeable = False
        assert from_skmultilearn(build()).fit(X, Y).predict(X[:15]).shape == (15, 5)

    def test_a_seed_repeats_and_leaves_no_trace(self, build: Any, problem: Any) -> None:
        learner = from_skmultilearn(build(), random_state=3)
        random.seed(1)
        np.random.seed(1)  # noqa: NPY002
        expected = random.random(), np.random.random()  # noqa: NPY002
        random.seed(1)
        np.random.seed(1)  # noqa: NPY002
        one = learner.fit(problem.X, problem.Y).predict(problem.X[:15])
        assert (random.random(), np.random.random()) == expected  # noqa: NPY002
        assert_array_equal(
            learner.fit(problem.X, problem.Y).predict(problem.X[:15]), one
        )

    def test_rows_are_predicted_independently(self, build: Any, problem: Any) -> None:
        learner = from_skmultilearn(build(), random_state=0).fit(problem.X, problem.Y)
        alone = [learner.predict(problem.X[[i]])[0] for i in range(12)]
        assert_array_equal(learner.predict(problem.X[:15])[:12], alone)

    def test_only_its_own_deprecations_are_silenced(
        self, build: Any, problem: Any
    ) -> None:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            from_skmultilearn(build()).fit(problem.X, problem.Y).predict(problem.X[:15])
            warnings.warn("still heard", DeprecationWarning, stacklevel=1)
        assert [str(item.message) for item in caught] == ["still heard"]

    def test_pickle_and_back(self, build: Any, problem: Any) -> None:
        learner = from_skmultilearn(build(), random_state=0).fit(problem.X, problem.Y)
        copy = pickle.loads(pickle.dumps(learner))
        assert_array_equal(
            copy.predict(problem.X[:15]), learner.predict(problem.X[:15])
        )


class TestOracles:
    """The kit's three methods and theirs, with the same base learner and order."""

    BASES = (
        LR,
        DecisionTreeClassifier(max_depth=3, random_state=0),
        DecisionTreeClassifier(random_state=0),
        GaussianNB(),
    )

    @pytest.mark.parametrize("base", BASES)
    @pytest.mark.parametrize(
        ("theirs", "ours", "options"),
        [
            (problem_transform.BinaryRelevance, BinaryRelevance, {}),
            (problem_transform.ClassifierChain, ClassifierChain, {}),
            (
                problem_transform.ClassifierChain,
                ClassifierChain,
                {"order": [3, 0, 4, 2, 1]},
            ),
            (problem_transform.LabelPowerset, LabelPowerset, {}),
        ],
    )
    def test_same_answers(
        self, base: Any, theirs: Any, ours: Any, options: Any, problem: Any
    ) -> None:
        peer = from_skmultilearn(theirs(base, **options)).fit(problem.X, problem.Y)
        learner = ours(base, **options).fit(problem.X, problem.Y)
        assert_array_equal(peer.predict(problem.X), learner.predict(problem.X))
        assert_allclose(
            peer.predict_proba(problem.X), learner.predict_proba(problem.X), atol=1e-9
        )

    @pytest.mark.parametrize(
        ("theirs", "ours", "options"),
        [
            (
                problem_transform.ClassifierChain,
                ClassifierChain,
                {"order": [3, 0, 4, 2, 1]},
            ),
            (problem_transform.LabelPowerset, LabelPowerset, {}),
        ],
    )
    def test_constant_labels_where_theirs_alone_fails(
        self, theirs: Any, ours: Any, options: Any, problem: Any
    ) -> None:
        Y = problem.Y.copy()
        Y[:, 0] = 1
        with pytest.warns(ConstantLabelWarning):
            peer = from_skmultilearn(theirs(LR, **options)).fit(problem.X, Y)
        with pytest.warns(ConstantLabelWarning):
            learner = ours(LR, **options).fit(problem.X, Y)
        assert_array_equal(peer.predict(problem.X), learner.predict(problem.X))
        # Ours has the constant as a feature: another way to the same optimum.
        assert_allclose(
            peer.predict_proba(problem.X), learner.predict_proba(problem.X), atol=1e-2
        )

    @pytest.mark.data
    @pytest.mark.usefixtures("mulan_folder")
    def test_emotions(self) -> None:
        train, test = (mlkit.load("emotions", part=part) for part in ("train", "test"))
        # Both number the label sets in an order of their own, so that with the usual
        # tolerance their probabilities differ by up to 0.005; neither is nearer.
        base = LogisticRegression(max_iter=5000, tol=1e-8)
        for theirs, ours in (
            (problem_transform.BinaryRelevance, BinaryRelevance),
            (problem_transform.ClassifierChain, ClassifierChain),
            (problem_transform.LabelPowerset, LabelPowerset),
        ):
            proba = []
            for learner in (from_skmultilearn(theirs(base)), ours(base)):
                model = make("br-lr").set_params(learn=learner).fit(train.X, train.Y)
                proba.append(model.predict_proba(test.X))
                proba.append(model.predict(test.X).to_numpy())
            assert_allclose(proba[0], proba[2], atol=1e-4)
            assert_array_equal(proba[1], proba[3])


class TestPositions:
    """Positions of labels in options count those that the classifier sees."""

    @pytest.fixture
    def Y(self, problem: Any) -> np.ndarray:
        changed = problem.Y.copy()
        changed[:, 1] = 0
        return changed

    @pytest.mark.filterwarnings("ignore::mlkit.exceptions.ConstantLabelWarning")
    def test_order_of_a_chain(self, problem: Any, Y: np.ndarray) -> None:
        peer = problem_transform.ClassifierChain(LR, order=[3, 1, 4, 0, 2])
        learner = from_skmultilearn(peer).fit(problem.X, Y)
        assert learner.estimator_.order == [2, 3, 0, 1]
        assert learner.estimator.order == [3, 1, 4, 0, 2]
        ours = ClassifierChain(LR, order=[3, 1, 4, 0, 2]).fit(problem.X, Y)
        assert_array_equal(learner.predict(problem.X), ours.predict(problem.X))

    @pytest.mark.filterwarnings("ignore::mlkit.exceptions.ConstantLabelWarning")
    def test_clusters(self, problem: Any, Y: np.ndarray) -> None:
        fixed = cluster.FixedLabelSpaceClusterer([[1], [4, 1, 0], [2, 3]])
        peer = ensemble.LabelSpacePartitioningClassifier(LP, fixed)
        learner = from_skmultilearn(peer).fit(problem.X, Y)
        assert learner.estimator_.clusterer.clusters == [[3, 0], [1, 2]]
        assert fixed.clusters == [[1], [4, 1, 0], [2, 3]]
        predicted = learner.predict(problem.X)
        for labels in ([4, 0], [2, 3]):
            alone = LabelPowerset(LR).fit(problem.X, problem.Y[:, labels])
            assert_array_equal(predicted[:, labels], alone.predict(problem.X))


class TestParameters:
    def test_they_are_reached_through_it(self, problem: Any) -> None:
        learner = from_skmultilearn(problem_transform.BinaryRelevance(LR))
        learner = clone(learner).set_params(estimator__classifier__C=0.01)
        assert learner.get_params()["estimator__classifier__C"] == 0.01
        assert LR.C == 1.0
        ours = BinaryRelevance(LogisticRegression(max_iter=1000, C=0.01))
        assert_array_equal(
            learner.fit(problem.X, problem.Y).predict_proba(problem.X),
            ours.fit(problem.X, problem.Y).predict_proba(problem.X),
        )

    def test_a_number_of_neighbours(self, problem: Any) -> None:
        learner = from_skmultilearn(adapt.MLkNN(k=10)).set_params(estimator__k=3)
        three = from_skmultilearn(adapt.MLkNN(k=3)).fit(problem.X, problem.Y)
        learner.fit(problem.X, problem.Y)
        assert_array_equal(learner.predict(problem.X), three.predict(problem.X))

    def test_what_was_learned_is_not_cloned(self, problem: Any) -> None:
        # MLARAM keeps its neurons where its options are.
        learner = from_skmultilearn(adapt.MLARAM()).fit(problem.X, problem.Y)
        assert clone(learner).estimator.neurons == []
        again = clone(learner).fit(problem.X, problem.Y)
        assert_array_equal(again.predict(problem.X), learner.predict(problem.X))

    def test_one_without_clone_can_still_be_fitted(self, problem: Any) -> None:
        learner = from_skmultilearn(grid())
        first = learner.fit(problem.X, problem.Y).predict(problem.X)
        assert_array_equal(learner.fit(problem.X, problem.Y).predict(problem.X), first)
        with pytest.raises(TypeError, match="StructuredGridSearchCV"):
            clone(learner)

    def test_cross_validation(self, problem: Any) -> None:
        learner = from_skmultilearn(ensemble.RakelD(GaussianNB()), random_state=0)
        scores = [cross_val_score(learner, problem.X, problem.Y, cv=3) for _ in "ab"]
        assert_array_equal(*scores)
        assert scores[0].min() > 0.05

    def test_weights_are_not_taken(self, problem: Any) -> None:
        learner = from_skmultilearn(adapt.MLkNN())
        assert not has_fit_parameter(learner, "sample_weight")
        with pytest.raises(TypeError, match="sample_weight"):
            learner.fit(problem.X, problem.Y, sample_weight=np.ones(90))

    def test_unknown_labels_are_refused(self, problem: Any) -> None:
        with pytest.raises(MissingLabelsError, match="cannot learn from unknown"):
            from_skmultilearn(adapt.MLkNN()).fit(
                problem.X, np.where(problem.X[:, :5] > 1, np.nan, problem.Y)
            )


class TestRandomness:
    def test_without_a_seed_the_global_generators_are_used(self, problem: Any) -> None:
        learner = from_skmultilearn(ensemble.RakelD(LR, labelset_size=2))
        partitions = []
        for seed in (5, 5, 6):
            random.seed(seed)
            learner.fit(problem.X, problem.Y)
            sets = learner.estimator_.classifier_.partition_
            partitions.append([list(labels) for labels in sets])
        assert partitions[0] == partitions[1] != partitions[2]

    def test_seeds_make_a_difference(self, problem: Any) -> None:
        sets = [
            str(
                from_skmultilearn(ensemble.RakelD(LR, labelset_size=2), random_state=s)
                .fit(problem.X, problem.Y)
                .estimator_.classifier_.partition_
            )
            for s in range(5)
        ]
        assert len(set(sets)) > 1

    def test_the_state_is_restored_after_an_error(self, problem: Any) -> None:
        learner = from_skmultilearn(adapt.MLkNN(k=1000), random_state=0)
        before = random.getstate(), np.random.get_state()[1].tolist()  # noqa: NPY002
        with pytest.raises(ValueError, match="n_neighbors"):
            learner.fit(problem.X, problem.Y)
        after = random.getstate(), np.random.get_state()[1].tolist()  # noqa: NPY002
        assert after == before


class TestTheirFaults:
    """What the docstring says that they do wrong; a repaired release shows here."""

    def test_mltsvm_depends_on_the_order_of_the_labels(self, problem: Any) -> None:
        order = [1, 0, 2, 3, 4]
        whole, turned = (
            from_skmultilearn(adapt.MLTSVM(c_k=1)).fit(problem.X, Y).predict(problem.X)
            for Y in (problem.Y, problem.Y[:, order])
        )
        assert (whole[:, order] != turned).any()

    def test_brknnb_names_all_labels_where_it_should_name_none(self) -> None:
        X, Y = np.arange(20.0)[:, np.newaxis], np.zeros((20, 3), int)
        Y[15:], Y[19] = [1, 1, 0], [0, 0, 1]
        learner = from_skmultilearn(adapt.BRkNNbClassifier(k=3)).fit(X, Y)
        assert_array_equal(learner.predict([[2.0], [16.0]]), [[1, 1, 1], [1, 1, 0]])

    def test_pcc_gives_the_probability_of_what_it_chose(self, problem: Any) -> None:
        peer = problem_transform.ProbabilisticClassifierChain(GaussianNB())
        learner = from_skmultilearn(peer).fit(problem.X, problem.Y)
        given = dense(learner.estimator_.predict_proba(problem.X[:9]))
        chosen = learner.predict(problem.X[:9])[:, 0] == 1
        first = GaussianNB().fit(problem.X, problem.Y[:, 0])
        proba = first.predict_proba(problem.X[:9])[:, 1]
        assert_allclose(given[:, 0], np.where(chosen, proba, 1 - proba))

    def test_mlaram_exceeds_one(self, problem: Any) -> None:
        learner = from_skmultilearn(adapt.MLARAM()).fit(problem.X, problem.Y)
        features = learner._scale(problem.X)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            assert learner.estimator_.predict_proba(features).max() > 1

    def test_mlaram_alone_scales_each_batch(self, problem: Any) -> None:
        peer = adapt.MLARAM()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            peer.fit(problem.X.copy(), problem.Y.copy())
            whole = peer.predict(problem.X)
            alone = np.vstack([peer.predict(problem.X[[i]]) for i in range(90)])
        assert (whole != alone).any()
        # With the limits of training, the answers about all rows are the same ones.
        ours = from_skmultilearn(adapt.MLARAM()).fit(problem.X, problem.Y)
        assert_array_equal(ours.predict(problem.X), whole)


class TestLimits:
    """Errors of the classifiers, with a note that says where and often why."""

    @staticmethod
    def note_of(learner: Any, X: Any, Y: Any) -> str:
        with pytest.raises(Exception, match=r".") as caught:
            learner.fit(X, Y).predict(X)
        (note,) = caught.value.__notes__
        return note

    def test_what_it_was_given(self, problem: Any) -> None:
        learner = from_skmultilearn(adapt.MLkNN(k=1000))
        note = self.note_of(learner, problem.X, problem.Y)
        assert note == (
            "This happened inside skmultilearn, in MLkNN.fit with X of shape (90, 8) "
            "and Y of shape (90, 5); labels that are constant are left out."
        )

    def test_communities_of_different_size(self) -> None:
        rng = np.random.default_rng(0)
        first, noise = rng.random(60) < 0.5, rng.random((60, 3)) < 0.7
        Y = np.column_stack([first, ~first, first, first, ~first])
        Y[:, 2:] &= noise
        peer = ensemble.LabelSpacePartitioningClassifier(LP, graph("louvain"))
        note = self.note_of(from_skmultilearn(peer), rng.normal(size=(60, 2)), Y)
        assert "differ in size. Give them to FixedLabelSpaceClusterer" in note

    def test_probabilistic_chain_in_an_order(self, problem: Any) -> None:
        peer = problem_transform.ProbabilisticClassifierChain(
            GaussianNB(), order=[4, 3, 2, 1, 0]
        )
        note = self.note_of(from_skmultilearn(peer), problem.X, problem.Y)
        assert "ProbabilisticClassifierChain.predict with X of shape (90, 8)" in note
        assert "It fails with an order of its own." in note

    @pytest.mark.parametrize("n_labels", [1, 140])
    def test_mlaram(self, problem: Any, n_labels: int) -> None:
        Y = np.random.default_rng(0).integers(0, 2, (90, n_labels))
        note = self.note_of(from_skmultilearn(adapt.MLARAM()), problem.X, Y)
        assert "It takes 2 to 128 labels that vary." in note

    def test_mlaram_takes_128(self, problem: Any) -> None:
        Y = np.random.default_rng(0).integers(0, 2, (90, 128))
        learner = from_skmultilearn(adapt.MLARAM()).fit(problem.X, Y)
        assert learner.predict(problem.X).shape == (90, 128)

    def test_mltsvm(self, problem: Any) -> None:
        learner = from_skmultilearn(adapt.MLTSVM(c_k=1))
        note = self.note_of(learner, problem.X, problem.Y[:, :1])
        assert "It takes 2 labels that vary or more." in note

    @pytest.mark.skipif(
        np.lib.NumpyVersion(np.__version__) < "2.4.0", reason="worked before numpy 2.4"
    )
    @pytest.mark.parametrize(
        "peer",
        [
            missing.SMiLE(),
            ensemble.LabelSpacePartitioningClassifier(
                LP, BalancedKMeansClusterer(2, 3)
            ),
        ],
    )
    def test_numpy(self, problem: Any, peer: Any) -> None:
        note = self.note_of(from_skmultilearn(peer), problem.X, problem.Y)
        assert "It fails with numpy 2.4." in note

    @pytest.mark.parametrize(
        "peer",
        [
            ensemble.RakelO(LR, model_count=6, labelset_size=3),
            ensemble.MajorityVotingClassifier(
                LP, cluster.RandomLabelSpaceClusterer(3, 6, allow_overlap=True)
            ),
        ],
    )
    def test_draws_that_would_never_end(self, problem: Any, peer: Any) -> None:
        # Three labels make six sequences of three, and seven are drawn.
        with pytest.raises(OptionError, match="never end: it draws 7 different seq"):
            from_skmultilearn(peer).fit(problem.X, problem.Y[:, :3])
        fitted = from_skmultilearn(peer, random_state=0).fit(problem.X, problem.Y)
        assert fitted.predict(problem.X).shape == (90, 5)

    @pytest.mark.parametrize("n_labels", [1, 2])
    @pytest.mark.parametrize(
        "name",
        sorted(
            {*WORKS}
            - {
                "MLARAM",
                "MLTSVM",
                "RakelO",
                "MajorityVotingClassifier",
                "LabelSpacePartitioningClassifier",
            }
        ),
    )
    def test_few_labels_for_the_others(
        self, problem: Any, name: str, n_labels: int
    ) -> None:
        learner = from_skmultilearn(WORKS[name][0](), random_state=0)
        learner.fit(problem.X, problem.Y[:, :n_labels])
        assert learner.predict(problem.X).shape == (90, n_labels)

    @pytest.mark.parametrize(
        ("given", "message"),
        [
            (adapt.MLkNN, r"Pass an object, such as MLkNN\(\), not the class"),
            (LR, "a classifier of skmultilearn, got LogisticRegression"),
            (cluster.FixedLabelSpaceClusterer([[0]]), "got FixedLabelSpaceClusterer"),
            (None, "got NoneType"),
        ],
    )
    def test_what_is_none_of_theirs(
        self, problem: Any, given: Any, message: str
    ) -> None:
        with pytest.raises(TypeError, match=message):
            from_skmultilearn(given)
        with pytest.raises(TypeError, match=message):
            SkmultilearnClassifier(given).fit(problem.X, problem.Y)


class TestAnswers:
    """What a class of the package may answer, and what becomes of it."""

    class Says(adapt.MLkNN):
        """Answers whatever it is told to."""

        answer: Any = None

        def predict(self, X: Any) -> Any:
            return type(self).answer

        predict_proba = predict

    @pytest.fixture
    def says(self, problem: Any) -> Any:
        return from_skmultilearn(self.Says(k=5)).fit(problem.X, problem.Y)

    @pytest.mark.parametrize(
        "container",
        [sp.csr_matrix, sp.csc_array, sp.lil_matrix, sp.coo_array, np.asmatrix, list],
    )
    @pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
    def test_containers(
        self, says: Any, problem: Any, container: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(self.Says, "answer", container(problem.Y.astype(float)))
        assert_array_equal(says.predict(problem.X), problem.Y)
        assert_array_equal(says.predict_proba(problem.X), problem.Y)

    def test_a_vector_of_one_label(
        self, problem: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        y = problem.Y[:, :1]
        says = from_skmultilearn(self.Says(k=5)).fit(problem.X, y)
        monkeypatch.setattr(self.Says, "answer", y.ravel())
        assert_array_equal(says.predict(problem.X), y)

    def test_wrong_shape(
        self, says: Any, problem: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(self.Says, "answer", np.zeros((90, 4)))
        with pytest.raises(ShapeError, match=r"gave shape \(90, 4\); expected \(90, 5"):
            says.predict(problem.X)

    def test_neither_0_nor_1(
        self, says: Any, problem: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(self.Says, "answer", np.full((90, 5), 2))
        with pytest.raises(IndicatorError, match="What Says.predict gave has 90 entr"):
            says.predict(problem.X)

    def test_no_probability(
        self, says: Any, problem: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(self.Says, "answer", np.full((90, 5), 1.1))
        with pytest.raises(
            ScoresError, match=r"What Says.predict_proba gave.*\[0, 1\]"
        ):
            says.predict_proba(problem.X)
        # A sum of probabilities is often such a one.
        monkeypatch.setattr(self.Says, "answer", np.full((90, 5), 1 + 1e-12))
        assert_array_equal(says.predict_proba(problem.X), np.ones((90, 5)))


@pytest.mark.data
@pytest.mark.usefixtures("mulan_folder")
def test_mlknn_on_emotions() -> None:
    train, test = (mlkit.load("emotions", part=part) for part in ("train", "test"))
    scale = StandardScaler().fit(train.X)
    learner = from_skmultilearn(adapt.MLkNN(k=10)).fit(
        scale.transform(train.X), train.Y
    )
    wrong = learner.predict(scale.transform(test.X)).to_numpy() != test.Y.to_numpy()
    # What it gives on scaled features; the published algorithm gives another figure.
    assert wrong.mean() == pytest.approx(0.215, abs=0.005)
