"""A small problem, and networks that have learned it a little."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from mlkit.datasets import make_multilabel, make_wardrobe
from mlkit.neural import MLP, Training
from mlkit.neural.compression import quantise
from mlkit.neural.conv_net import ConvNet

pytest.importorskip("keras")


@pytest.fixture(scope="session")
def data() -> tuple[pd.DataFrame, pd.DataFrame]:
    """A table with 8 features and 4 labels."""
    dataset, _ = make_multilabel(
        120, n_labels=4, n_features=8, label_names=list("abcd"), random_state=0
    )
    return dataset.as_xy()


@pytest.fixture(scope="session")
def mlp(data) -> Any:
    """A fitted MLP; tests must leave it as it is."""
    training = Training(epochs=8, batch_size=16, learning_rate=0.02)
    return MLP((16, 8), training=training, random_state=0).fit(*data)


@pytest.fixture(scope="session")
def quantised(mlp) -> Any:
    """The same with 8 bits a weight; Keras takes a second for it."""
    return quantise(mlp)


@pytest.fixture(scope="session")
def pictures() -> tuple[np.ndarray, np.ndarray]:
    """Pictures of clothes, bytes."""
    X, Y = make_wardrobe(40, image_size=16, random_state=0).as_xy()
    return X, np.asarray(Y)


@pytest.fixture(scope="session")
def conv_net(pictures) -> Any:
    """A fitted network of convolutions; tests must leave it as it is."""
    model = ConvNet("vgg", width=0.5, training=Training(3), random_state=0)
    return model.fit(*pictures)
