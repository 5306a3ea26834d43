"""ML-Net: the labels of a text ranked, and how many of them it carries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_is_fitted

from mlkit.activations import softmax
from mlkit.arguments import check_count
from mlkit.exceptions import MissingLabelsError, OptionError
from mlkit.metrics import METRICS, score_table
from mlkit.neural.text_net import TextNetwork
from mlkit.neural.training.rows import UNKNOWN, Rows, n_rows_of
from mlkit.neural.training.settings import LOSS, Training, check_training
from mlkit.thresholds import top_k

__all__ = ["MLNet"]


class MLNet(TextNetwork):
    r"""ML-Net: one network ranks the labels, another says how many are taken.

    Parameters
    ----------
    encoder : {"lstm", "gru", "cnn", None}, default "lstm"
        As of `TextNet`, and so are all parameters that are not described here. The
        paper has ``"lstm"``.
    pooling : {"attention", "max", "mean"}, default "attention"
        The paper has ``"attention"``.
    dimensions, units, widths, dropout, word_dropout, word_vectors
        See `TextNet`.
    label_embeddings : bool, default False
        Whether labels have vectors: the score of a label is then the product of its
        vector with that of the document, in a space that both share. `label_vectors`
        shows them.
    label_dimensions : int, default 50
        Of that space.
    text_column, max_words, min_rows, max_length
        See `TextNet`.
    loss : str or keras.losses.Loss, default "lsep"
        By what the ranking is learned: a name of `mlkit.neural.losses`, or a loss of
        logits.
    training : Training, optional
        How the ranking is trained; by default ``Training(epochs=12,
        learning_rate=0.003)``.
    count_training : Training, optional
        How the counting is; by default ``Training(epochs=20, learning_rate=0.003)``.
    random_state : int, RandomState or None, default None
        Seed of weights, order of rows and dropout.

    Attributes
    ----------
    network_ : keras.Model or None
        Gives the scores of the labels that vary in the training rows and, unless all
        these rows have equally many labels, the logits of ``sizes_``.
    sizes_ : ndarray of int, shape (n_sizes,)
        How many labels a row may get: the numbers that occur in the training rows.
    history_, count_history_ : dict of str to list of float
        Of the two stages of the training. The second is empty where there was nothing
        to count.
    vocabulary_, length_, text_column_
        See `TextNet`.

    See Also
    --------
    TextNet : The same reading, with one sigmoid a label.
    mlkit.neural.losses.LogSumExpPairwise : The loss of the ranking.

    Notes
    -----
    The network of Du et al. [1]_ has three parts. An *encoder* reads the text and sums
    it up, word by word, by additive attention: the document vector. The *label network*
    gives each label a score by which present labels should stand above absent ones; its
    loss is the log-sum-exp of all pairs (LSEP [2]_). The *label-count network* is a
    softmax over numbers of labels. It is trained in a second stage, on document vectors
    that no longer change, so that what it learns cannot reach the encoder: that is what
    the paper means by stopping its gradient.

    `predict` gives a row the k labels with the highest scores, where k is the most
    likely number. Only numbers that occur in the training rows are possible: where all
    of those carry a label, as in the paper, no answer is empty.

    `decision_function` gives the scores. They order the labels of one row, and say
    nothing more: LSEP knows differences within a row only, so that 0 is no threshold
    and scores of two rows cannot be compared.

    `predict_proba` is the probability that a label is among the k that are taken,

    .. math:: p_{ij} = P(K_i \ge r_{ij})

    for the label with rank :math:`r_{ij}` in its row. It falls along the ranking. It is
    what the two networks say together, and no calibrated probability of the label: the
    first label has 1 wherever there is no empty row in training.

    Unknown labels are left out of the ranking. Rows that have some say nothing about
    numbers, and are left out of the counting.

    Departures from the paper: word vectors are learned here, or given, where it has
    ELMo, a language model that was trained on many more texts. What the recurrent layer
    says of a word stands beside the vector of the word, and document vectors are
    brought to one length; without the one, the average precision of the ranking was .01
    less on the films of `mlkit.load`, and without the other .02 (3 folds). The
    loss takes all pairs, not a sample, and the count network has no hidden layer, which
    gained nothing.

    The metrics that `training` watches are of the ranking. Those of decisions are
    computed as if each row got as many labels as it has, which is what the ranking
    would be worth with a perfect count; metrics of probabilities are refused.

    On the films, and in micro-F1 on the tables of words ``enron`` and ``medical``, it
    does as well as TF-IDF with a linear learner of balanced classes; in macro-F1 on
    these tables it does worse, since it ranks rare labels low.
    ``benchmarks/bench_networks.py`` measures both.

    A checkpoint of `training` keeps the first stage, which takes nearly all of the
    time; callbacks are called in it alone.

    A table of words is read as by `TextNet`. Where a single label varies there is
    nothing to be ranked: it is learned by binary cross-entropy, and has a probability
    of its own. The same holds for a vector of two classes.

    References
    ----------
    .. [1] J. Du, Q. Chen, Y. Peng, Y. Xiang, C. Tao, Z. Lu. ML-Net: multi-label
       classification of biomedical texts with deep neural networks. JAMIA 26(11), 2019,
       1279-1285. doi:10.1093/jamia/ocz085
    .. [2] Y. Li, Y. Song, J. Luo. Improving pairwise ranking for multi-label image
       classification. CVPR 2017, 3617-3625.

    Examples
    --------
    >>> from mlkit.neural import Training
    >>> from mlkit.neural.ml_net import MLNet
    >>> X = ["a ship at sea", "sea ice", "a warm wind", "a wind at sea"] * 10
    >>> Y = [[1, 0], [1, 0], [0, 1], [1, 1]] * 10
    >>> model = MLNet(encoder=None, random_state=0, training=Training(epochs=20))
    >>> model.fit(X, Y).predict(["A ship in ice", "Warm wind"])
    array([[1, 0],
           [0, 1]])
    >>> model.sizes_
    array([1, 2])
    """

    # With longer ones the ranking knows the training texts by heart sooner.
    _document_length: ClassVar[float] = 3.0
    _trainings: ClassVar[tuple[str, ...]] = ("training", "count_training")
    # They are weights in the binary cross-entropy.
    label_weights = None
    sizes_: np.ndarray
    count_history_: dict[str, list[float]]

    def __init__(
        self,
        encoder: str | None = "lstm",
        *,
        pooling: str = "attention",
        dimensions: int = 200,
        units: int = 64,
        widths: Sequence[int] = (1, 2, 3),
        label_embeddings: bool = False,
        label_dimensions: int = 50,
        dropout: float = 0.7,
        word_dropout: float = 0.1,
        word_vectors: Mapping[str, Any] | None = None,
        text_column: Any = None,
        max_words: int = 20_000,
        min_rows: int = 2,
        max_length: int | None = None,
        loss: Any = "lsep",
        training: Training | None = None,
        count_training: Training | None = None,
        random_state: Any = None,
    ) -> None:
        self.encoder = encoder
        self.pooling = pooling
        self.dimensions = dimensions
        self.units = units
        self.widths = widths
        self.label_embeddings = label_embeddings
        self.label_dimensions = label_dimensions
        self.dropout = dropout
        self.word_dropout = word_dropout
        self.word_vectors = word_vectors
        self.text_column = text_column
        self.max_words = max_words
        self.min_rows = min_rows
        self.max_length = max_length
        self.loss = loss
        self.training = training
        self.count_training = count_training
        self.random_state = random_state

    def count_proba(self, X: Any) -> pd.DataFrame:
        """Predict how many labels each row carries.

        Parameters
        ----------
        X : texts or table, n_samples rows

        Returns
        -------
        DataFrame of float64, shape (n_samples, n_sizes)
            P(number of labels | x) in [0, 1], a column for each of ``sizes_``; rows sum
            to 1. It has the index of `X` where that is a DataFrame or Series.

        Raises
        ------
        NotFittedError
            If `fit` was not called.
        ValueError
            If `X` is not as it was in `fit`.
        """
        check_is_fitted(self)
        shares = self._count_shares(self._check_features(X, reset=False))
        index = X.index if isinstance(X, (pd.DataFrame, pd.Series)) else None
        columns = pd.Index(self.sizes_, name="n_labels")
        return pd.DataFrame(shares, index=index, columns=columns)

    def label_vectors(self) -> pd.DataFrame:
        """Return the vectors of the labels.

        Returns
        -------
        DataFrame of float32, shape (n_varying_labels, label_dimensions)
            A row for each label that varies in the training rows. Labels whose vectors
            point in the same direction are ranked together.

        Raises
        ------
        NotFittedError
            If `fit` was not called.
        OptionError
            If there are none: without `label_embeddings`, or if no label varies.
        """
        check_is_fitted(self)
        if not self.label_embeddings or self.network_ is None:
            msg = (
                "There are no label vectors: label_embeddings is "
                f"{self.label_embeddings}, and {int(self._varying.sum())} labels vary "
                "in the training rows."
            )
            raise OptionError(msg)
        names = self.classes_[-self.n_labels_ :]
        if self._target != "classes":
            numbered = [f"label_{j}" for j in range(self.n_labels_)]
            names = np.array(getattr(self, "label_names_in_", numbered), dtype=object)
        vectors = self.network_.get_layer("logits").kernel.numpy().T
        return pd.DataFrame(vectors, index=pd.Index(names[self._varying], name="label"))

    @property
    def _varying(self) -> np.ndarray:
        return np.isnan(self._constants)

    @property
    def _ranks(self) -> bool:
        """Whether there is more than one label that varies."""
        return int(self._varying.sum()) > 1

    @property
    def _n_always(self) -> int:
        """Number of labels that all training rows carry."""
        return int(np.nansum(self._constants))

    def _settings(self) -> Training:
        training = super()._settings()
        for name in (training.monitor, *training.metrics):
            if name != LOSS and METRICS[name].kind == "probabilities":
                msg = (
                    f"'{name}' is a metric of probabilities, and what is trained first "
                    "is a ranking. Watch the loss, or a metric of scores such as "
                    "'label_ranking_average_precision'."
                )
                raise OptionError(msg)
        if self.count_training is not None:
            check_training(self.count_training)
            if self.count_training.monitor != LOSS or self.count_training.metrics:
                msg = (
                    "count_training can watch the loss alone: metrics are of label "
                    "sets, and the second stage learns how many labels there are."
                )
                raise OptionError(msg)
        return training

    def _check_options(self) -> None:
        super()._check_options()
        check_count(
            "label_dimensions", self.label_dimensions, minimum=1, error=OptionError
        )

    def _loss(self, weights: np.ndarray | None) -> Any:
        if self._ranks:
            return super()._loss(weights)
        from mlkit.neural.losses import BinaryCrossEntropy

        # A label alone has no other that it could be ranked against.
        return BinaryCrossEntropy()

    def _build_body(self, X: Any) -> tuple[Any, Any]:
        inputs, document = super()._build_body(X)
        if not self.label_embeddings:
            return inputs, document
        import keras

        # The weights of the linear head behind it are the vectors of the labels.
        project = keras.layers.Dense(self.label_dimensions, name="projection")
        return inputs, project(document)

    def _fit_network(self, *data: Any) -> None:
        self.count_history_ = {}
        super()._fit_network(*data)
        if not self._ranks:
            self.sizes_ = self._n_always + np.arange(1 + self._varying.sum())

    def _judge(self, training: Training) -> Any:
        names = dict.fromkeys([training.monitor, *training.metrics])
        return partial(_judge, [*names]) if self._ranks else None

    def _completed(
        self,
        network: Any,
        rows: Rows,
        watched: Rows | None,
        training: Training,
        seed: int,
    ) -> Any:
        """Learn how many labels there are; return a network that says both."""
        if not self._ranks:
            return network
        import keras

        from mlkit.neural.losses import SoftmaxCrossEntropy
        from mlkit.neural.model import MultiLabelModel
        from mlkit.neural.training.session import Session, build

        rows = _complete(rows)
        if not len(rows):
            msg = (
                "All training rows have unknown labels: nothing says how many labels a "
                "row carries, which MLNet learns. Take TextNet, or drop labels that "
                "are rarely known."
            )
            raise MissingLabelsError(msg)
        sizes = np.unique(_n_present(rows))
        self.sizes_ = sizes + self._n_always
        if len(sizes) == 1:
            return network
        document = network.get_layer("document").output
        reader = keras.Model(network.input, document)
        counted = _counted(reader, rows, sizes)
        watched = None if watched is None else _complete(watched)
        watched = _counted(reader, watched, sizes) if watched else None
        counter = build(lambda: self._counter(counted), training.precision, seed)
        settings = self.count_training
        if settings is None:
            settings = self._default_count_training()
            settings.set_params(progress=training.progress)
        session = Session(counter, SoftmaxCrossEntropy(), settings, seed)
        self.count_history_ = session.run(counted, watched)
        return MultiLabelModel(network.input, [network.output, counter(document)])

    def _default_count_training(self) -> Training:
        return Training(epochs=20, learning_rate=0.003)

    def _counter(self, rows: Rows) -> Any:
        """Return a network from document vectors to the logits of sizes."""
        import keras

        inputs = keras.Input(rows.X.shape[1:], name="document_vector")
        kept = keras.layers.Dropout(self.dropout)(inputs)
        head = keras.layers.Dense(rows.n_labels, dtype="float32", name="sizes")
        network = keras.Model(inputs, head(kept), name="counts")
        # All that is to be learned is how a text differs from others.
        head.bias.assign(np.log(rows.targets[0].mean(axis=0)))
        return network

    def _heads(self, X: Any) -> tuple[np.ndarray, np.ndarray]:
        """Return the scores of the labels that vary, and P(size)."""
        scores, *logits = (head.astype(np.float64) for head in self._outputs(X))
        shares = softmax(logits[0]) if logits else np.ones((len(scores), 1))
        return scores, shares

    def _count_shares(self, X: Any) -> np.ndarray:
        if self._ranks:
            return self._heads(X)[1]
        if not self._varying.any():
            return np.ones((n_rows_of(X), 1))
        proba = super()._predict_label_proba(X)[:, self._varying]
        return np.hstack([1.0 - proba, proba])

    def _predict_labels(self, X: Any) -> Any:
        if not self._ranks:
            return super()._predict_labels(X)
        scores, shares = self._heads(X)
        sizes = self.sizes_[shares.argmax(axis=1)] - self._n_always
        taken = np.asarray(top_k(scores, sizes))
        return self._beside_constants(taken).astype(np.int8)

    def _predict_label_proba(self, X: Any) -> np.ndarray:
        if not self._ranks:
            return super()._predict_label_proba(X)
        scores, shares = self._heads(X)
        # As in top_k: of equal scores, the first columns win.
        order = np.argsort(-scores, axis=1, kind="stable")
        sizes = self.sizes_ - self._n_always
        reached = shares @ (sizes[:, np.newaxis] > np.arange(scores.shape[1]))
        proba = np.empty_like(scores)
        # A sum of shares may be 1 and a bit.
        np.put_along_axis(proba, order, np.minimum(reached, 1.0), axis=1)
        return self._beside_constants(proba)

    def _beside_constants(self, values: np.ndarray) -> np.ndarray:
        """Return values of all labels from those of the labels that vary."""
        everything = np.tile(self._constants, (len(values), 1))
        everything[:, self._varying] = values
        return everything


def _judge(
    names: Sequence[str], outputs: tuple[np.ndarray, ...], rows: Rows
) -> dict[str, float]:
    """Return metrics of a ranking of which as many labels are taken as there are."""
    names = [name for name in names if name != LOSS]
    if not names:
        return {}
    truth = rows.labels(np.arange(len(rows)))[0]
    scores, unknown = outputs[0].astype(np.float64), truth == UNKNOWN
    # Behind all others, where they are not reached.
    known = np.where(unknown, scores.min() - 1.0, scores)
    taken = top_k(known, (truth > 0.5).sum(axis=1))
    truth = np.where(unknown, np.nan, truth)
    found = score_table(truth, taken, scores, names)
    return {name: float(value) for name, value in found.items()}


def _complete(rows: Rows) -> Rows:
    """Return the rows whose labels are all known."""
    if rows.missing is None:
        return rows
    n_missing = np.asarray(rows.missing.sum(axis=1)).ravel()
    return rows[np.flatnonzero(n_missing == 0)]


def _n_present(rows: Rows) -> np.ndarray:
    return np.asarray(rows.targets[0].sum(axis=1, dtype=np.int64)).ravel()


def _counted(reader: Any, rows: Rows, sizes: np.ndarray) -> Rows:
    """Return document vectors, and which of the sizes each row has."""
    from mlkit.neural.training.forward import outputs_of

    target = (_n_present(rows)[:, np.newaxis] == sizes).astype(np.float32)
    return Rows(outputs_of(reader, rows.X)[0], (target,), rows.weights)
