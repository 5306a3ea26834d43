"""Explorers: figures that can be touched, in a notebook.

Each has a state that needs no kernel, a picture that is saved with the notebook, a
number box beside every slider, and a line that says in words what is seen.
"""

from mlkit.widgets.base import Explorer
from mlkit.widgets.logits import (
    LOGIT_PRESETS,
    LogitExplorer,
    LogitPreset,
    LogitState,
)

__all__ = ["LOGIT_PRESETS", "Explorer", "LogitExplorer", "LogitPreset", "LogitState"]
