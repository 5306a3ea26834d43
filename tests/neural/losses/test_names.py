"""Names of losses, and what else is taken for one."""

from __future__ import annotations

import pytest

keras = pytest.importorskip("keras")

from mlkit.exceptions import UnknownNameError  # noqa: E402
from mlkit.neural.losses import (  # noqa: E402
    LOSSES,
    AsymmetricLoss,
    BinaryCrossEntropy,
    FocalLoss,
    LogSumExpPairwise,
    PairwiseRanking,
    SoftmaxCrossEntropy,
    get_loss,
)

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]

NAMES = {
    "asymmetric": AsymmetricLoss,
    "binary_cross_entropy": BinaryCrossEntropy,
    "focal": FocalLoss,
    "lsep": LogSumExpPairwise,
    "pairwise_ranking": PairwiseRanking,
    "softmax_cross_entropy": SoftmaxCrossEntropy,
}


def test_the_names_are_these():
    assert LOSSES == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_name_gives_a_loss_of_its_own(name):
    loss = get_loss(name)
    assert type(loss) is NAMES[name]
    assert loss.name == name
    assert get_loss(name) is not loss


def test_a_loss_comes_back_as_it_is():
    loss = FocalLoss(gamma=1.0)
    assert get_loss(loss) is loss

    def own(y_true, y_pred):
        return keras.ops.mean((y_true - y_pred) ** 2, axis=-1)

    assert get_loss(own) is own


@pytest.mark.parametrize(
    "name",
    ["categorical_crossentropy", "binary_crossentropy", "negative_log_likelihood", ""],
)
def test_other_names_are_refused(name):
    with pytest.raises(UnknownNameError, match=f"Unknown loss '{name}'.*Known: 'asym"):
        get_loss(name)


def test_the_closest_name_is_suggested():
    with pytest.raises(UnknownNameError, match="Did you mean 'binary_cross_entropy'"):
        get_loss("binary_crossentropy")


@pytest.mark.parametrize("thing", [None, 3, FocalLoss, ["focal"]])
def test_what_is_no_loss(thing):
    with pytest.raises(TypeError, match="loss must be a name, a keras"):
        get_loss(thing)
