"""The state of a training in a file, so that a killed one goes on where it was."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np

from mlkit.exceptions import ModelFileError
from mlkit.writing import atomic_file

__all__ = ["Resuming"]

_FACTS = "facts"
# What Keras' callbacks remember from one epoch to the next.
_REMEMBERED = ("wait", "best", "best_epoch", "stopped_epoch", "cooldown_counter")


class Resuming:
    """Keeps the state of a training in a file, and takes it up again.

    Parameters
    ----------
    path : str or Path
        An ``.npz`` that is replaced in one step, so that there is always a whole one.
    identity : str
        What tells this training from others: data, network, settings.

    Notes
    -----
    Kept are all variables of the network and of its optimizer, those of random layers
    among them, what the callbacks of early stopping and of the learning rate remember,
    and the history. The order of the rows needs nothing: it follows from the seed and
    the number of the epoch.
    """

    def __init__(self, path: str | Path, identity: str) -> None:
        self.path = Path(path)
        self.identity = identity

    def exists(self) -> bool:
        """Say whether there is something to go on from."""
        return self.path.exists()

    def remove(self) -> None:
        """Remove the file: the training has come to its end."""
        self.path.unlink(missing_ok=True)

    def keep(
        self, trainer: Any, watchers: Sequence[Any], history: dict[str, list[float]]
    ) -> None:
        """Write the state after an epoch.

        Parameters
        ----------
        trainer : keras.Model
            Compiled.
        watchers : sequence of keras.callbacks.Callback
        history : dict of str to list of float
        """
        facts = {
            "identity": self.identity,
            "history": history,
            "stopped": bool(trainer.stop_training),
            "watchers": [_remembered(watcher) for watcher in watchers],
        }
        arrays = _numbered("variable", [v.value for v in _variables(trainer)])
        for i, watcher in enumerate(watchers):
            best = getattr(watcher, "best_weights", None) or []
            arrays |= _numbered(f"best-{i}", best)
        text = np.frombuffer(json.dumps(facts).encode(), dtype=np.uint8)
        content: dict[str, Any] = arrays | {_FACTS: text}
        with atomic_file(self.path) as temporary, temporary.open("wb") as file:
            np.savez(file, **content)

    def restore(self, trainer: Any, watchers: Sequence[Any]) -> dict[str, list[float]]:
        """Bring a training to the state of the file.

        Parameters
        ----------
        trainer : keras.Model
            Compiled, its optimizer built.
        watchers : sequence of keras.callbacks.Callback

        Returns
        -------
        dict of str to list of float
            The history so far.

        Raises
        ------
        ModelFileError
            If the file cannot be read, or is of another training.
        """
        facts, arrays = self._read()
        if facts["identity"] != self.identity:
            msg = (
                "It holds the state of another training: other data, another network "
                "or other settings. Remove the file, or name another one in "
                "Training(checkpoint=...)."
            )
            raise ModelFileError(msg, path=self.path)
        variables = _variables(trainer)
        for variable, value in zip(
            variables, _of_group(arrays, "variable"), strict=True
        ):
            variable.assign(value)
        for i, watcher in enumerate(watchers):
            for name, value in facts["watchers"][i].items():
                setattr(watcher, name, value)
            if best := _of_group(arrays, f"best-{i}"):
                watcher.best_weights = best
        trainer.stop_training = facts["stopped"]
        return facts["history"]

    def _read(self) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        try:
            with self.path.open("rb") as file:
                stored = np.load(file, allow_pickle=False)
                arrays = {name: stored[name] for name in stored.files}
            return json.loads(arrays.pop(_FACTS).tobytes()), arrays
        except (ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile) as err:
            msg = (
                f"It is no state of a training, or a damaged one ({err}). Remove it to "
                "start anew."
            )
            raise ModelFileError(msg, path=self.path) from err


def _variables(trainer: Any) -> list[Any]:
    # Also those that no layer trains: moving averages, and seeds of random layers.
    return [*trainer.variables, *trainer.optimizer.variables]


def _remembered(watcher: Any) -> dict[str, Any]:
    found = {name: getattr(watcher, name, None) for name in _REMEMBERED}
    return {
        name: value if isinstance(value, int) else float(value)
        for name, value in found.items()
        if value is not None
    }


def _numbered(group: str, values: Sequence[Any]) -> dict[str, np.ndarray]:
    arrays = map(keras.ops.convert_to_numpy, values)
    return {f"{group}.{i:05d}": array for i, array in enumerate(arrays)}


def _of_group(arrays: dict[str, np.ndarray], group: str) -> list[np.ndarray]:
    return [arrays[name] for name in sorted(arrays) if name.startswith(f"{group}.")]
