"""Networks that read texts, or tables whose columns are words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import scipy.sparse as sp
from sklearn.utils.validation import check_is_fitted, validate_data

from mlkit.arguments import check_choice, check_count, check_number
from mlkit.exceptions import (
    FeatureTypeError,
    OptionError,
    ShapeError,
    names_for_message,
)
from mlkit.models.weighting import LabelWeights
from mlkit.neural.base import NeuralClassifier
from mlkit.neural.moments import blocks, channel_moments
from mlkit.neural.training.rows import Rows
from mlkit.neural.training.settings import Training
from mlkit.neural.words import (
    N_SPECIAL,
    PADDING,
    choose_length,
    choose_words,
    find_text_column,
    holds_texts,
    is_word_table,
    refuse_lists_of_texts,
    texts_in,
    width_of,
    with_vectors,
    word_codes,
    words_of,
)

__all__ = ["ENCODERS", "POOLINGS", "TextNet", "TextNetwork"]

ENCODERS = ("lstm", "gru", "cnn", None)
"""What lets a word hear of its neighbours; None where nothing does."""

POOLINGS = ("attention", "max", "mean")
"""How the words of a text become one vector."""

_ATTENTION = "attention"
_VECTORS = "word_vectors"
# Units of the small network that scores words.
_SCORING_UNITS = 32


class TextNetwork(NeuralClassifier):
    """Base of the networks that read words: what goes in, up to a vector a text.

    `TextNet` and `MLNet` are such networks; see there.
    """

    # Vectors of length 1 would give such small logits that training begins slowly.
    _document_length: ClassVar[float] = 10.0

    encoder: str | None
    pooling: str
    dimensions: int
    units: int
    widths: Sequence[int]
    dropout: float
    word_dropout: float
    word_vectors: Mapping[str, Any] | None
    text_column: Any
    max_words: int
    min_rows: int
    max_length: int | None
    text_column_: Any
    vocabulary_: list[str]
    length_: int

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.string = True
        return tags

    def attention(self, X: Any) -> list[pd.DataFrame]:
        """Return which words the network looks at.

        Parameters
        ----------
        X : texts or table of words, n_samples rows

        Returns
        -------
        list of DataFrame
            One a row, with the columns ``word`` and ``weight``: of a text all words in
            their order, of a table the columns that are not 0. Weights are at least 0
            and sum to 1; NaN for words after the ``length_`` that is read. A text
            without words has an empty one. `mlkit.plots.plot_attention` draws one.

        Raises
        ------
        NotFittedError
            If `fit` was not called.
        OptionError
            If this network has no attention.
        ValueError
            If `X` is not as it was in `fit`.

        Notes
        -----
        A great weight says what was looked at, and not that the word is why the network
        decided as it did.
        """
        check_is_fitted(self)
        checked = self._check_features(X, reset=False)
        weights = self._attention_weights(checked)
        if self._reads_texts:
            return [
                _weighed(words, row)
                for words, row in zip(words_of(checked), weights, strict=True)
            ]
        names = self._known_words()
        return [
            _weighed([names[j] for j in np.flatnonzero(row)], row[row > 0])
            for row in weights
        ]

    def _attention_weights(self, X: Any) -> np.ndarray:
        """Return the weights of the places of words for checked features."""
        self._need_keras()
        import keras

        from mlkit.neural.training.forward import outputs_of

        names = {layer.name for layer in getattr(self.network_, "layers", ())}
        if _ATTENTION not in names:
            msg = f"There is no attention to be shown: {self._why_no_attention()}."
            raise OptionError(msg)
        weights = self.network_.get_layer(_ATTENTION).output[1]
        return outputs_of(keras.Model(self.network_.input, weights), self._inputs(X))[0]

    def _why_no_attention(self) -> str:
        if self.network_ is None:
            return "no label varies in the training rows, so that nothing is read"
        if self._reads_texts:
            return f"pooling is {self.pooling!r}, and not 'attention'"
        return (
            "X was a table of measures and not of words, with a number below 0, or "
            "fewer zeros than other numbers"
        )

    def _settings(self) -> Training:
        training = super()._settings()
        if training.mixing and self._reads_texts:
            msg = (
                "mixing mixes numbers, and texts are codes of words. Leave it at 0 in "
                "Training, and raise word_dropout instead."
            )
            raise OptionError(msg)
        return training

    def _default_training(self) -> Training:
        return Training(epochs=12, learning_rate=0.003)

    def _check_features(self, X: Any, *, reset: bool) -> Any:
        texts = self._texts_of(X, reset=reset)
        if reset:
            self._reads_texts = texts is not None
        if self._reads_texts and texts is not None:
            return texts
        if self._reads_texts or texts is not None:
            kinds = ["a table of numbers", "texts"]
            trained, got = kinds if texts is not None else kinds[::-1]
            msg = f"{type(self).__name__} was trained on {trained}; X is {got}."
            raise FeatureTypeError(msg)
        return super()._check_features(X, reset=reset)

    def _texts_of(self, X: Any, *, reset: bool) -> np.ndarray | None:
        """Return the texts in X, or None where it is a table of numbers."""
        if isinstance(X, str):
            msg = f"X is one text, and a list of texts is expected: [{X[:20]!r}, ...]."
            raise FeatureTypeError(msg)
        if isinstance(X, (list, tuple, np.ndarray, pd.Series)) and not len(X):
            msg = "X has no rows; at least one text, or one row of a table, is needed."
            raise ShapeError(msg)
        refuse_lists_of_texts(X)
        if reset:
            self.text_column_ = None
        if isinstance(X, pd.DataFrame):
            return self._texts_of_table(X, reset=reset)
        if not holds_texts(X):
            return None
        if reset:
            # Of an earlier fit on a table; texts have no columns.
            for name in ("n_features_in_", "feature_names_in_"):
                self.__dict__.pop(name, None)
        return texts_in(X)

    def _texts_of_table(self, X: pd.DataFrame, *, reset: bool) -> np.ndarray | None:
        if self.text_column_ is not None:
            # First of all: it says which columns are missing.
            validate_data(self, X, reset=False, skip_check_array=True)
        known = self.text_column_
        column = find_text_column(X, self.text_column if known is None else known)
        if reset:
            self._take_column(X, column)
        return None if column is None else texts_in(X[column])

    def _take_column(self, X: pd.DataFrame, column: Any) -> None:
        """Remember the column that is read; refuse a table that has none."""
        if column is not None:
            self.text_column_ = column
            validate_data(self, X, reset=True, skip_check_array=True)
            return
        kinds = X.dtypes
        if not all(pd.api.types.is_numeric_dtype(kind) for kind in kinds):
            listed = [f"{name} ({kind})" for name, kind in zip(X, kinds, strict=True)]
            msg = (
                "X has no column of texts, and not only numbers: "
                f"{names_for_message(listed)}. Name the column that is to be read: "
                "text_column=..."
            )
            raise FeatureTypeError(msg)

    def _fit_inputs(self, X: Any) -> None:
        self._check_options()
        for name in ("vocabulary_", "length_"):
            self.__dict__.pop(name, None)
        if not self._reads_texts:
            self._reads_words = is_word_table(X)
            return
        documents = words_of(X)
        self.vocabulary_ = choose_words(
            documents, max_words=self.max_words, min_rows=self.min_rows
        )
        longest = choose_length(documents)
        self.length_ = longest if self.max_length is None else self.max_length

    def _inputs(self, X: Any) -> Any:
        if not self._reads_texts:
            return super()._inputs(X)
        return word_codes(words_of(X), self.vocabulary_, self.length_)

    def _check_options(self) -> None:
        check_choice("encoder", self.encoder, ENCODERS)
        check_choice("pooling", self.pooling, POOLINGS)
        for name in ("dimensions", "units", "max_words", "min_rows"):
            check_count(name, getattr(self, name), minimum=1, error=OptionError)
        if self.max_length is not None:
            check_count("max_length", self.max_length, minimum=1, error=OptionError)
        _check_widths(self.widths)
        for name in ("dropout", "word_dropout"):
            check_number(name, getattr(self, name), below=1, error=OptionError)

    def _known_words(self) -> list[str]:
        """Return the words that have vectors: known ones, or names of columns."""
        if self._reads_texts:
            return self.vocabulary_
        numbered = [f"x{j}" for j in range(self.n_features_in_)]
        return list(getattr(self, "feature_names_in_", numbered))

    def _build_network(self, rows: Rows) -> Any:
        given = self.word_vectors
        self._n_dimensions = self.dimensions if given is None else width_of(given)
        network = super()._build_network(rows)
        if self.loss == "binary_cross_entropy":
            # What is said of a text without words; training would be slow to find it.
            network.get_layer("logits").bias.assign(_log_odds(rows))
        if given is not None and self._reads_texts:
            table = network.get_layer(_VECTORS).table
            # Padding and unknown words have no names.
            words = [None] * N_SPECIAL + self.vocabulary_
            table.assign(with_vectors(table.numpy(), words, given))
        return network

    def _build_body(self, X: Any) -> tuple[Any, Any]:
        import keras

        from mlkit.neural.layers import normalisation
        from mlkit.neural.text_layers import UnitLength

        if not (self._reads_texts or self._reads_words):
            inputs = keras.Input(X.shape[1:], name="numbers")
            hidden = keras.layers.Dense(self._n_dimensions, "tanh", name="document")
            document = hidden(normalisation(*channel_moments(X, X.shape[1]))(inputs))
        else:
            read = self._read_text if self._reads_texts else self._read_table
            inputs, summary = read(X)
            # Without it, long or wordy texts would be surer of all their labels.
            document = UnitLength(self._document_length, name="document")(summary)
        return inputs, keras.layers.Dropout(self.dropout, name="dropout")(document)

    def _read_text(self, codes: np.ndarray) -> tuple[Any, Any]:
        """Return the input, and the words of a text in one vector."""
        import keras

        from mlkit.neural import text_layers as layers

        inputs = keras.Input(codes.shape[1:], dtype="int32", name="codes")
        mask = keras.ops.not_equal(inputs, PADDING)
        known = layers.WordDropout(self.word_dropout, name="word_dropout")(inputs)
        vectors = layers.WordVectors(
            N_SPECIAL + len(self.vocabulary_), self._n_dimensions, name=_VECTORS
        )(known)
        if self.encoder is not None:
            vectors = layers.read_along(
                vectors, mask, self.encoder, units=self.units, widths=self.widths
            )
        if self.pooling == "attention":
            attend = layers.AdditiveAttention(_SCORING_UNITS, name=_ATTENTION)
            return inputs, attend(vectors, mask)[0]
        kinds = {"max": layers.MaskedMaximum, "mean": layers.MaskedMean}
        return inputs, kinds[self.pooling](name=self.pooling)(vectors, mask)

    def _read_table(self, X: Any) -> tuple[Any, Any]:
        """Return the input, and the words of a row in one vector."""
        import keras

        from mlkit.neural.text_layers import BagAttention

        inputs = keras.Input(X.shape[1:], name="words")
        # Counts of a frequent word and of a rare one become alike.
        scale = _greatest(X).tolist()
        scaled = keras.layers.Rescaling(scale, name="scaling")(inputs)
        kept = keras.layers.Dropout(self.word_dropout, name="word_dropout")(scaled)
        attend = BagAttention(self._n_dimensions, _SCORING_UNITS, name=_ATTENTION)
        return inputs, attend(kept)[0]


def _check_widths(widths: Any) -> None:
    if isinstance(widths, str) or not isinstance(widths, Sequence) or not widths:
        msg = f"widths must be some numbers of words, such as (1, 2); got {widths!r}."
        raise OptionError(msg)
    for width in widths:
        check_count("widths", width, minimum=1, error=OptionError)


def _log_odds(rows: Rows) -> np.ndarray:
    """Return the logits of the shares of the labels, which all vary."""
    present = np.asarray(rows.targets[0].sum(axis=0)).ravel()
    n_known = np.full(len(present), len(rows))
    if rows.missing is not None:
        n_known -= np.asarray(rows.missing.sum(axis=0, dtype=np.int64)).ravel()
    # One more of each: rows that were held back may have had all of either.
    return np.log((present + 1.0) / (n_known - present + 1.0))


def _greatest(X: Any) -> np.ndarray:
    """Return one over the greatest number of each column; 1 where all are 0."""
    if sp.issparse(X):
        greatest = X.max(axis=0).toarray().ravel()
    else:
        greatest = np.max([block.max(axis=0) for block in blocks(X)], axis=0)
    return 1.0 / np.where(greatest > 0, greatest, 1.0)


def _weighed(words: Sequence[str], weights: np.ndarray) -> pd.DataFrame:
    """Put weights beside words; NaN for words that are not reached."""
    shown = np.full(len(words), np.nan)
    shown[: len(weights)] = weights[: len(words)]
    return pd.DataFrame({"word": list(words), "weight": shown})


class TextNet(TextNetwork):
    """Network for texts, with one sigmoid a label.

    Parameters
    ----------
    encoder : {"lstm", "gru", "cnn", None}, default "lstm"
        What lets each word hear of the words around it: a recurrent layer in both
        directions, convolutions of several widths [1]_, or None for nothing, so that
        the order of the words does not count.
    pooling : {"attention", "max", "mean"}, default "attention"
        How the words become one vector: by weights that a small network gives them
        [2]_, by the greatest value of each feature, or by the mean. With
        ``encoder="cnn", pooling="max"`` it is the network of Kim [1]_.
    dimensions : int, default 200
        Of the vectors of words; with `word_vectors`, theirs.
    units : int, default 64
        Of the recurrent layer in each direction, or of each width.
    widths : sequence of int, default (1, 2, 3)
        How many words the convolutions span.
    dropout : float, default 0.7
        Share of the features of a text that a step leaves out, in [0, 1).
    word_dropout : float, default 0.1
        Share of the words that a step does not know, in [0, 1).
    word_vectors : mapping of str to array-like, optional
        Vectors that the words of texts begin with, such as those of GloVe; as a whole
        they are brought to a mean length of 1. Other words begin with random ones.
    text_column : hashable, optional
        Which column of a DataFrame is read; by default the only one with texts, or of
        several the one with the most words a row. The others are not read.
    max_words : int, default 20000
        How many words get a vector of their own: those of the most training texts.
    min_rows : int, default 2
        They occur in at least so many training texts. All other words share a vector.
    max_length : int, optional
        How many words of a text are read; by default as many as read 95 % of the
        training texts to their end.
    loss : str or keras.losses.Loss, default "binary_cross_entropy"
        A name of `mlkit.neural.losses`, or a loss of logits.
    label_weights : None, "balanced", DataFrame or ndarray, shape (n_labels, 2)
        What absence and presence of each label weigh in the binary cross-entropy, as in
        `mlkit.models.BinaryRelevance`.
    training : Training, optional
        How it is trained; by default ``Training(epochs=12, learning_rate=0.003)``: a
        network learns few texts by heart soon.
    random_state : int, RandomState or None, default None
        Seed of weights, order of rows and dropout.

    Attributes
    ----------
    network_ : keras.Model or None
        See `MLP`.
    history_ : dict of str to list of float
        See `MLP`.
    vocabulary_ : list of str
        The words that have vectors, the most frequent first; only where texts were
        read, as ``length_``.
    length_ : int
        How many words of a text are read.
    text_column_ : hashable or None
        The column that is read; None where `X` was no DataFrame with texts.

    See Also
    --------
    MLNet : A ranking of the labels, and how many of them are taken.
    mlkit.models.FeaturePreparation : TF-IDF columns of the same words, for linear
        learners, which few texts are often enough for.

    Notes
    -----
    `X` is a list, array or Series of texts, a DataFrame with a column of them, or a
    table of words. Words are runs of two or more letters or digits, in lower case. A
    missing or empty text has no words; what is then said follows from the shares of the
    labels in training.

    A *table of words* has a word a column, as those of enron and medical. Any table is
    taken for one if it has no number below 0, and at least half of all are 0. Numbers
    are divided by the greatest of their column; the vectors of a row's words are summed
    up by attention, weighed with their numbers, whatever `encoder` and `pooling`: there
    is no order that an encoder could follow. Other tables are measures: they are scaled
    to mean 0 and variance 1, and go through one hidden layer with `dimensions` units.

    The vector of a text is brought to one length before the head: without that, the
    average precision of the ranking was .03 to .08 less on the films of `mlkit.load`.

    References
    ----------
    .. [1] Y. Kim. Convolutional neural networks for sentence classification. EMNLP
       2014, 1746-1751.
    .. [2] Z. Yang, D. Yang, C. Dyer, X. He, A. Smola, E. Hovy. Hierarchical attention
       networks for document classification. NAACL 2016, 1480-1489.

    Examples
    --------
    >>> from mlkit.neural import Training
    >>> from mlkit.neural.text_net import TextNet
    >>> X = ["a ship at sea", "sea ice", "a warm wind", "a wind at sea"] * 10
    >>> Y = [[1, 0], [1, 0], [0, 1], [1, 1]] * 10
    >>> model = TextNet(encoder=None, random_state=0, training=Training(epochs=20))
    >>> model.fit(X, Y).predict(["A ship in ice", "Warm wind"])
    array([[1, 0],
           [0, 1]])
    >>> model.attention(["A ship in ice"])[0]["word"].tolist()
    ['ship', 'in', 'ice']
    """

    def __init__(
        self,
        encoder: str | None = "lstm",
        *,
        pooling: str = "attention",
        dimensions: int = 200,
        units: int = 64,
        widths: Sequence[int] = (1, 2, 3),
        dropout: float = 0.7,
        word_dropout: float = 0.1,
        word_vectors: Mapping[str, Any] | None = None,
        text_column: Any = None,
        max_words: int = 20_000,
        min_rows: int = 2,
        max_length: int | None = None,
        loss: Any = "binary_cross_entropy",
        label_weights: LabelWeights = None,
        training: Training | None = None,
        random_state: Any = None,
    ) -> None:
        self.encoder = encoder
        self.pooling = pooling
        self.dimensions = dimensions
        self.units = units
        self.widths = widths
        self.dropout = dropout
        self.word_dropout = word_dropout
        self.word_vectors = word_vectors
        self.text_column = text_column
        self.max_words = max_words
        self.min_rows = min_rows
        self.max_length = max_length
        self.loss = loss
        self.label_weights = label_weights
        self.training = training
        self.random_state = random_state
