from __future__ import annotations

import itertools
import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlkit.datasets.generators import dependent, enumeration
from mlkit.datasets.generators.dependent import make_dependent_labels
from mlkit.exceptions import GeneratorError, LabelNameError


def off_diagonal(frame):
    values = frame.to_numpy()
    return values[~np.eye(len(values), dtype=bool)]


def expected_frequencies(truth_):
    return truth_.proba.mean(axis=0)


def expected_empty(truth_):
    return truth_.joint()[:, 0].mean()


class TestModel:
    def test_joint_by_the_formula(self):
        """The distribution written out: energies, normaliser, flips one by one."""
        dataset, found = make_dependent_labels(
            6,
            3,
            n_features=4,
            conditional_dependence=0.7,
            label_noise=0.1,
            random_state=0,
        )
        model = found.model
        sets = np.array(list(itertools.product([0, 1], repeat=3)))
        # b follows from the weights of the single labels: no pair, no interaction.
        b = model.log_weights[[4, 2, 1]] - model.log_weights[0]
        first, second, third = sets.T
        pairs = first * third - first * second - second * third
        clean = np.exp((b + model.drive) @ sets.T + 0.7 * pairs)
        clean /= clean.sum(axis=1, keepdims=True)
        n_flips = (sets[:, np.newaxis] != sets).sum(axis=2)
        flips = 0.1**n_flips * 0.9 ** (3 - n_flips)

        np.testing.assert_allclose(found.joint(), clean @ flips, rtol=1e-10)

    @pytest.mark.parametrize("cosine", [0.0, 0.3, 1.0])
    def test_directions_are_unit_vectors_with_the_cosine_asked_for(self, cosine):
        dataset, found = make_dependent_labels(
            50, 4, n_features=6, marginal_dependence=cosine, signal=3, random_state=1
        )
        W, *_ = np.linalg.lstsq(dataset.X.to_numpy(), found.model.drive / 3, rcond=None)

        gram = W.T @ W

        np.testing.assert_allclose(
            gram, (1 - cosine) * np.eye(4) + cosine * np.ones((4, 4)), atol=1e-10
        )

    def test_the_data_follow_the_truth(self):
        dataset, found = make_dependent_labels(
            20_000, 4, label_noise=0.05, empty_share=0.25, imbalance=0.5, random_state=3
        )
        joint = found.joint()
        counts = np.bincount(dataset.Y.to_numpy() @ [8, 4, 2, 1], minlength=16)

        deviation = counts - joint.sum(axis=0)
        spread = np.sqrt((joint * (1 - joint)).sum(axis=0))

        assert (np.abs(deviation) <= 4 * spread).all()
        proba, Y = found.proba.ravel(), dataset.Y.to_numpy().ravel()
        group = np.minimum((proba * 10).astype(int), 9)
        deviation = np.bincount(group, Y - proba, minlength=10)
        spread = np.sqrt(np.bincount(group, proba * (1 - proba), minlength=10))
        assert (np.abs(deviation) <= 4 * spread + 1e-9).all()

    def test_blocks_do_not_matter(self, monkeypatch):
        dataset, found = make_dependent_labels(50, 3, random_state=0)
        monkeypatch.setattr(enumeration, "_BLOCK_CELLS", 8 * 7)

        again, same = make_dependent_labels(50, 3, random_state=0)

        np.testing.assert_allclose(same.proba, found.proba, atol=1e-9)
        np.testing.assert_array_equal(again.Y, dataset.Y)


class TestKnobs:
    def test_no_interaction_means_independent_given_x(self):
        _, found = make_dependent_labels(
            200, 4, conditional_dependence=0, label_noise=0.1, random_state=0
        )
        sets, proba = found.label_sets, found.proba[:, np.newaxis, :]

        product = np.where(sets == 1, proba, 1 - proba).prod(axis=2)

        np.testing.assert_allclose(found.joint(), product, atol=1e-12)

    def test_interactions_follow_the_camps(self):
        _, found = make_dependent_labels(
            500, 4, conditional_dependence=1.5, random_state=0
        )
        phi = found.dependence("conditional").to_numpy()

        camp = np.arange(4) % 2
        same = camp[:, np.newaxis] == camp
        assert (phi[same] > 0.3).all()
        assert (phi[~same] < -0.3).all()

    def test_interaction_is_a_log_odds_ratio(self):
        """exp(kappa) multiplies the odds of a label where one of its camp is on."""
        _, found = make_dependent_labels(
            5, 3, conditional_dependence=0.8, random_state=0
        )
        joint = found.joint().reshape(5, 2, 2, 2)

        same = joint[:, 1, :, 1] * joint[:, 0, :, 0]
        same /= joint[:, 1, :, 0] * joint[:, 0, :, 1]
        other = joint[:, 1, 1] * joint[:, 0, 0] / (joint[:, 1, 0] * joint[:, 0, 1])

        np.testing.assert_allclose(same, np.exp(0.8))
        np.testing.assert_allclose(other, np.exp(-0.8))

    def test_no_dependence_at_all(self):
        _, found = make_dependent_labels(
            20_000,
            marginal_dependence=0,
            conditional_dependence=0,
            random_state=0,
        )

        assert np.abs(off_diagonal(found.dependence("marginal"))).max() < 0.02

    def test_one_direction_explains_everything(self):
        _, found = make_dependent_labels(
            300, marginal_dependence=1, conditional_dependence=0, random_state=0
        )

        np.testing.assert_allclose(off_diagonal(found.dependence("explained")), 1)
        np.testing.assert_allclose(np.ptp(found.proba, axis=1), 0, atol=1e-7)

    def test_marginal_dependence_rises_with_its_knob(self):
        phi = [
            off_diagonal(
                make_dependent_labels(
                    3000,
                    marginal_dependence=cosine,
                    conditional_dependence=0,
                    random_state=0,
                )[1].dependence("marginal")
            ).mean()
            for cosine in (0, 0.25, 0.5, 0.75, 1)
        ]

        assert (np.diff(phi) > 0.05).all()

    def test_conditional_dependence_rises_with_its_knob(self):
        phi = [
            np.abs(
                off_diagonal(
                    make_dependent_labels(
                        1000, conditional_dependence=kappa, random_state=0
                    )[1].dependence("conditional")
                )
            ).mean()
            for kappa in (0, 0.5, 1, 2, 4)
        ]

        assert phi[0] == pytest.approx(0, abs=1e-9)
        assert (np.diff(phi) > 0.05).all()

    def test_signal_lowers_the_least_possible_loss(self):
        losses = []
        for signal in (0, 1, 3, 10):
            _, found = make_dependent_labels(1000, signal=signal, random_state=0)
            losses.append(found.expected_loss(found.best("hamming"), "hamming").mean())

        assert (np.diff(losses) < -0.03).all()

    def test_without_signal_x_says_nothing(self):
        _, found = make_dependent_labels(50, signal=0, random_state=0)

        np.testing.assert_allclose(np.ptp(found.joint(), axis=0), 0, atol=1e-15)

    def test_features_do_not_change_with_the_knobs(self):
        first, _ = make_dependent_labels(20, random_state=5)
        other, _ = make_dependent_labels(
            20, marginal_dependence=1, signal=5, cardinality=1, random_state=5
        )

        assert first.X.equals(other.X)
        assert not first.Y.equals(other.Y)


class TestFrequencies:
    def test_power_law_and_cardinality(self):
        _, found = make_dependent_labels(
            300, 4, cardinality=1.5, imbalance=1, random_state=0
        )
        shape = np.array([1, 1 / 2, 1 / 3, 1 / 4])

        np.testing.assert_allclose(
            expected_frequencies(found), 1.5 * shape / shape.sum(), atol=2e-7
        )

    def test_noise_pulls_frequencies_towards_one_half(self):
        _, found = make_dependent_labels(
            300, 4, imbalance=1, label_noise=0.1, random_state=0
        )
        clean = 0.4 / np.arange(1, 5)

        np.testing.assert_allclose(
            expected_frequencies(found), 0.1 + 0.8 * clean, atol=2e-7
        )

    def test_cardinality_counts_the_noise(self):
        _, found = make_dependent_labels(
            300, cardinality=2, imbalance=1, label_noise=0.1, random_state=0
        )

        assert expected_frequencies(found).sum() == pytest.approx(2, abs=1e-6)

    @pytest.mark.parametrize("noise", [0.0, 0.1])
    @pytest.mark.parametrize("share", [0.13, 0.3])
    def test_share_of_empty_rows(self, noise, share):
        _, found = make_dependent_labels(
            300, empty_share=share, label_noise=noise, random_state=0
        )

        assert expected_empty(found) == pytest.approx(share, abs=2e-7)
        np.testing.assert_allclose(
            expected_frequencies(found), noise + (1 - 2 * noise) * 0.4, atol=2e-7
        )

    def test_no_empty_rows(self):
        dataset, found = make_dependent_labels(
            300, empty_share=0, cardinality=1.2, random_state=0
        )

        assert (found.joint()[:, 0] == 0).all()
        assert (dataset.Y.sum(axis=1) > 0).all()
        assert expected_frequencies(found).sum() == pytest.approx(1.2, abs=1e-6)

    @settings(max_examples=25, deadline=None)
    @given(
        n_samples=st.integers(1, 40),
        n_labels=st.integers(2, 4),
        marginal=st.floats(0, 1),
        conditional=st.floats(0, 5),
        signal=st.floats(0, 10),
        imbalance=st.floats(0, 2),
        noise=st.floats(0, 0.4),
        fill=st.floats(0.05, 0.95),
    )
    def test_frequencies_are_met_anywhere(
        self, n_samples, n_labels, marginal, conditional, signal, imbalance, noise, fill
    ):
        shape = np.arange(1, n_labels + 1) ** -imbalance
        clean = fill * shape

        _, found = make_dependent_labels(
            n_samples,
            n_labels,
            marginal_dependence=marginal,
            conditional_dependence=conditional,
            signal=signal,
            imbalance=imbalance,
            label_noise=noise,
            cardinality=float((noise + (1 - 2 * noise) * clean).sum()),
            random_state=0,
        )

        np.testing.assert_allclose(
            expected_frequencies(found), noise + (1 - 2 * noise) * clean, atol=2e-7
        )
        np.testing.assert_allclose(found.joint().sum(axis=1), 1, atol=1e-9)

    @pytest.mark.parametrize(
        "knobs",
        [
            {"n_samples": 1, "signal": 100, "empty_share": 0.1, "label_noise": 0.3},
            {"n_samples": 3, "signal": 100, "empty_share": 0.5},
            {"n_samples": 30, "conditional_dependence": 100, "signal": 5},
            {"n_samples": 300, "conditional_dependence": 20, "label_noise": 0.49},
            {"n_samples": 300, "imbalance": 3, "empty_share": 0.5999},
        ],
        ids=["one row", "three rows", "strong interactions", "noise", "imbalance"],
    )
    def test_frequencies_are_met_where_the_function_is_flat(self, knobs):
        noise = knobs.get("label_noise", 0)
        clean = 0.4 * np.arange(1, 5) ** -float(knobs.get("imbalance", 0))

        _, found = make_dependent_labels(n_labels=4, random_state=0, **knobs)

        np.testing.assert_allclose(
            expected_frequencies(found), noise + (1 - 2 * noise) * clean, atol=2e-7
        )
        if "empty_share" in knobs:
            share = pytest.approx(knobs["empty_share"], abs=2e-7)
            assert expected_empty(found) == share


class TestLimits:
    def test_cardinality_above_what_the_imbalance_allows(self):
        with pytest.raises(
            GeneratorError,
            match=r"cardinality=4\.9 cannot be reached.*between 0 and 2\.28",
        ):
            make_dependent_labels(cardinality=4.9, imbalance=1)

    def test_the_stated_limit_is_the_limit(self):
        """Just below 1 + 1/2 + 1/3 + 1/4 + 1/5 = 2.2833 it works."""
        _, found = make_dependent_labels(
            200, cardinality=2.28, imbalance=1, random_state=0
        )

        assert expected_frequencies(found)[0] == pytest.approx(0.9985, abs=1e-4)

    def test_cardinality_below_what_noise_alone_gives(self):
        with pytest.raises(GeneratorError, match=r"between 1 and 4"):
            make_dependent_labels(cardinality=0.5, label_noise=0.2)

    @pytest.mark.parametrize("share", [0.0, 0.2, 0.61])
    def test_empty_share_against_cardinality(self, share):
        """Two of five labels at .3 each: empty rows between 1 - .6 and 1 - .3."""
        cardinality = {0.0: 0.9, 0.2: 0.75, 0.61: 2.0}[share]
        limits = {0.0: r"0\.1 and 0\.82", 0.2: r"0\.25 and 0\.85", 0.61: r"0 and 0\.6"}

        with pytest.raises(
            GeneratorError, match=f"cannot be reached.*between {limits[share]}"
        ):
            make_dependent_labels(
                100, cardinality=cardinality, empty_share=share, random_state=0
            )

    @pytest.mark.parametrize("noise", [0.0, 0.1])
    def test_the_stated_limits_of_the_empty_share_are_the_limits(self, noise):
        def message(share):
            with pytest.raises(GeneratorError, match="between") as info:
                make_dependent_labels(cardinality=0.9, empty_share=share, n_labels=3,
                                      label_noise=noise)  # fmt: skip
            words = str(info.value).split("between ")[1].split(" and ")
            return float(words[0]), float(words[1].split()[0].strip(".,"))

        least, most = message(0.9999)

        for share in (least + 0.002, most - 0.002):
            _, found = make_dependent_labels(
                100,
                3,
                cardinality=0.9,
                empty_share=share,
                label_noise=noise,
                random_state=0,
            )
            assert expected_empty(found) == pytest.approx(share, abs=2e-7)

    def test_an_empty_share_of_zero_is_offered_where_it_exists(self):
        with pytest.raises(GeneratorError, match="and 0.6, or be 0"):
            make_dependent_labels(empty_share=0.7)

    @pytest.mark.parametrize(
        ("arguments", "error", "message"),
        [
            ({"n_labels": 1}, GeneratorError, "n_labels must be at least 2, got 1"),
            ({"n_labels": 16, "n_features": 16}, GeneratorError, "at most 15 labels"),
            ({"n_labels": 11}, GeneratorError, "n_features=10 is less than n_labels"),
            ({"n_samples": 0}, GeneratorError, "n_samples must be at least 1"),
            ({"marginal_dependence": 1.1}, GeneratorError, r"in \[0, 1\], got 1.1"),
            ({"conditional_dependence": -1}, GeneratorError, "conditional_dependence"),
            (
                {"label_noise": 0.5},
                GeneratorError,
                r"label_noise must be in \[0, 0.5\)",
            ),
            ({"empty_share": 1}, GeneratorError, r"empty_share must be in \[0, 1\)"),
            ({"imbalance": 11}, GeneratorError, r"imbalance must be in \[0, 10\]"),
            ({"signal": float("inf")}, GeneratorError, "signal must be in .* got inf"),
            ({"imbalance": float("nan")}, GeneratorError, "imbalance .* got nan"),
            ({"cardinality": "two"}, TypeError, "cardinality must be a number"),
            ({"cardinality": 0}, GeneratorError, "strictly between 0 and 5"),
            ({"label_names": ["a", "a", "b", "c", "d"]}, LabelNameError, "'a'"),
        ],
    )
    def test_arguments_that_cannot_be(self, arguments, error, message):
        with pytest.raises(error, match=message):
            make_dependent_labels(**arguments)

    def test_a_search_that_ends_without_success_says_so(self, monkeypatch):
        monkeypatch.setattr(dependent, "_MAX_STEPS", 1)

        with pytest.raises(GeneratorError, match=r"could not be reached.*too extreme"):
            make_dependent_labels(random_state=0)


def test_names_and_origin():
    dataset, found = make_dependent_labels(
        4, 2, label_names=["calm", "sad"], random_state=0, name="songs"
    )

    assert dataset.name == "songs"
    assert dataset.label_names == found.label_names == ("calm", "sad")
    assert dataset.feature_names[:2] == ("x_0", "x_1")
    again, _ = eval(
        dataset.source.reading, {"make_dependent_labels": make_dependent_labels}
    )
    assert again.X.equals(dataset.X)


def test_another_process_gives_the_same():
    code = (
        "from mlkit.datasets.generators.dependent import make_dependent_labels\n"
        "ds, truth = make_dependent_labels(30, label_noise=.1, random_state=4)\n"
        "print(ds.X.to_numpy().tobytes().hex()[:4000], ds.Y.to_numpy().tolist())"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    dataset, _ = make_dependent_labels(30, label_noise=0.1, random_state=4)
    here = (
        f"{dataset.X.to_numpy().tobytes().hex()[:4000]} {dataset.Y.to_numpy().tolist()}"
    )

    assert answers == {here + "\n"}


@pytest.mark.slow
def test_fifteen_labels():
    dataset, found = make_dependent_labels(40, 15, n_features=15, random_state=0)

    np.testing.assert_allclose(expected_frequencies(found), 0.4, atol=2e-7)
    assert dataset.Y.shape == (40, 15)
