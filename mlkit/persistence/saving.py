"""Saving a model with a card, so that it comes back the same and without pickle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from mlkit.dataset import MultiLabelDataset
from mlkit.evaluation import Evaluation
from mlkit.exceptions import (
    ModelFileError,
    UnsavableModelError,
    UntrustedTypeError,
    names_for_message,
)
from mlkit.persistence.archive import CARD, Archive, file_facts, new_place
from mlkit.persistence.card import ModelCard, card_to_json
from mlkit.persistence.content import held_types, pack_model, unpack_model
from mlkit.persistence.describing import describe_model
from mlkit.persistence.trust import trusted_names, unknown_types

__all__ = ["save"]


def save(
    model: Any,
    path: str | Path,
    *,
    data: MultiLabelDataset | None = None,
    evaluation: Evaluation | None = None,
    metrics: Mapping[str, float] | None = None,
    notes: str = "",
    trusted: Any = (),
    overwrite: bool = False,
) -> Path:
    """Save a model, with a card that says what it is.

    Parameters
    ----------
    model : estimator
        Fitted: a learner of the kit, one of scikit-learn, a pipeline or a search with
        them, also with Keras models inside. It is not modified.
    path : str or Path
        A name that ends in ``.zip`` makes a zip, any other a folder. Folders above it
        are created.
    data : MultiLabelDataset, optional
        What the model was trained on: its name, source, shape and fingerprint go onto
        the card, and the names of labels and features where the model has none. The
        rows are not stored.
    evaluation : Evaluation, optional
        Of `mlkit.evaluate`; its metrics go onto the card.
    metrics : mapping of str to float, optional
        More metrics, or others than those of `evaluation`.
    notes : str, optional
        What whoever loads it should know.
    trusted : str, type, or iterable of them, optional
        Own classes in the model, such as a transformer of your project. Whoever loads
        the model has to name them too; the card lists them.
    overwrite : bool, default False
        Whether a saved model at `path` is replaced. It stands until the new one is
        complete.

    Returns
    -------
    Path
        Of the zip or folder.

    Raises
    ------
    FileExistsError
        If something is at `path` that is not to be replaced.
    UnsavableModelError
        If the model holds something that cannot be saved; the message names it.
    UntrustedTypeError
        If it holds types that `load_model` would refuse, and `trusted` does not name.
    LabelNameError, ShapeError
        If `data` has other columns than the model was trained on.
    OptionError, TypeError
        If an argument is of another kind.

    See Also
    --------
    load_model : Loads it.
    read_card : Reads the card alone.

    Notes
    -----
    The file holds ``model.skops`` (JSON and arrays of skops, no code), a
    ``network-0.keras`` and so on for each network, and ``card.json`` with the SHA-256
    of the others. It is loaded once before it takes its place, so that what cannot be
    loaded is not saved. That takes as long as loading does, and memory for the model a
    second time.

    Keras losses, metrics, optimizers, learning-rate schedules, regularizers and
    initializers among the options are kept as what Keras says of their options, and
    made anew: an optimizer that was used comes back as a new one. Own subclasses of
    them, and functions inside of them, cannot be saved so.

    Some learners keep rows of the training data, such as those of nearest neighbours,
    and names of categories and words are in every preparation. Whoever gets the model
    gets these too.

    What cannot be saved: lambdas, and functions and classes that are not at the top of
    a module; methods of texts and the like; objects that refer to themselves, such as
    graphs (a partition of scikit-multilearn by a graph of labels); its
    PredictiveClusteringTree, whose nodes are of a class inside of a class; and Birch.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> import mlkit
    >>> from mlkit.models import make
    >>> from mlkit.persistence import read_card, save
    >>> ds = mlkit.load("flags")
    >>> model = make("br-lr+scut", random_state=0).fit(*ds.as_xy())
    >>> with TemporaryDirectory() as folder:
    ...     path = f"{folder}/flags.zip"
    ...     card = read_card(save(model, path, data=ds, metrics={"micro_f1": 0.7}))
    >>> card.n_features, card.label_names[:2], card.metrics
    (22, ('red', 'green'), {'micro_f1': 0.7})
    >>> card.data["name"], list(card.thresholds) == list(ds.label_names)
    ('flags', True)
    """
    _check_model(model)
    path, vouched = Path(path), trusted_names(trusted)
    with new_place(path, overwrite=overwrite) as archive:
        files = pack_model(model)
        card = describe_model(
            model,
            data=data,
            evaluation=evaluation,
            metrics=metrics,
            notes=notes,
            networks=tuple(name for name in files if name.endswith(".keras")),
        )
        held = _held_types(files, model)
        _refuse_unknown(unknown_types(held, vouched))
        card = replace(
            card, needs_trust=tuple(unknown_types(held)), files=file_facts(files)
        )
        archive.write({CARD: card_to_json(card), **files})
        _check_it_loads(archive, card, held)
    return path


def _check_model(model: Any) -> None:
    if isinstance(model, type) or not hasattr(model, "predict"):
        what = model.__name__ if isinstance(model, type) else type(model).__name__
        msg = (
            f"model must be a fitted estimator with a predict method, got {what}. "
            "Data sets are written by mlkit.write."
        )
        raise TypeError(msg)


def _held_types(files: Mapping[str, bytes], model: Any) -> list[str]:
    try:
        return held_types(files)
    except ModelFileError as err:
        raise _unsavable(model, err) from err


def _refuse_unknown(names: list[str]) -> None:
    if not names:
        return
    here = [name for name in names if name.startswith("__main__.")]
    advice = (
        f" {names_for_message(here)} can be loaded only where the same name is defined "
        "in the notebook or script: a module serves longer."
        if here
        else ""
    )
    msg = (
        "The model holds types that load_model does not know and would refuse: "
        f"{names_for_message(names, limit=20)}. If they are your own: "
        f"save(..., trusted={names}), and the same in load_model.{advice} Of a search, "
        "save best_estimator_."
    )
    raise UntrustedTypeError(msg)


def _check_it_loads(archive: Archive, card: ModelCard, held: list[str]) -> None:
    """Load what was written, which is the only proof that it can be loaded."""
    try:
        found = archive.read_card()
        unpack_model(archive.read(found), held)
    except ModelFileError as err:
        raise _unsavable(card.model, err) from err


def _unsavable(model: Any, err: ModelFileError) -> UnsavableModelError:
    name = model if isinstance(model, str) else type(model).__name__
    return UnsavableModelError(
        f"{name} was written, but could not be loaded again, so nothing was saved. "
        f"{err.problem}"
    )
