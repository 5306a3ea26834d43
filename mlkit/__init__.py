"""mlkit: a teaching and analysis kit for multi-label classification.

The names that a newcomer types live here; everything else in the sub-packages
(`mlkit.datasets`, `mlkit.models`, `mlkit.neural`, `mlkit.metrics`, `mlkit.thresholds`,
`mlkit.calibration`, `mlkit.resampling`, `mlkit.splitting`, `mlkit.comparison`,
`mlkit.statistics`, `mlkit.persistence`, `mlkit.reporting`, `mlkit.plots`,
`mlkit.widgets`, `mlkit.lessons`). Importing `mlkit` loads none of them: each name is
looked up when it is first used.
"""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "MultiLabelDataset": "mlkit.dataset",
    "audit": "mlkit.description",
    "compare": "mlkit.comparison",
    "describe": "mlkit.description",
    "evaluate": "mlkit.evaluation",
    "explore": "mlkit.widgets",
    "load": "mlkit.datasets",
    "load_model": "mlkit.persistence",
    "read": "mlkit.datasets",
    "report": "mlkit.reporting",
    "save": "mlkit.persistence",
    "split": "mlkit.splitting",
    "write": "mlkit.datasets",
}

__all__ = [
    "MultiLabelDataset",
    "__version__",
    "audit",
    "compare",
    "describe",
    "evaluate",
    "explore",
    "load",
    "load_model",
    "read",
    "report",
    "save",
    "split",
    "write",
]


# Rooms that messages and examples name in full: they work after `import mlkit` alone.
_ROOMS = (
    "calibration",
    "comparison",
    "datasets",
    "description",
    "evaluation",
    "lessons",
    "metrics",
    "models",
    "neural",
    "persistence",
    "plots",
    "reporting",
    "resampling",
    "splitting",
    "statistics",
    "thresholds",
    "widgets",
)


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return importlib.import_module(f"mlkit.{name}")
    if name not in _HOMES:
        msg = f"module 'mlkit' has no attribute '{name}'"
        raise AttributeError(msg)
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
