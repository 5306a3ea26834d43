"""Saving models and predictions: no pickle, a card, and a check of what is inside."""

from mlkit.persistence.card import ModelCard
from mlkit.persistence.loading import load_model, read_card
from mlkit.persistence.predictions import (
    SavedPredictions,
    load_predictions,
    save_predictions,
)
from mlkit.persistence.saving import save

__all__ = [
    "ModelCard",
    "SavedPredictions",
    "load_model",
    "load_predictions",
    "read_card",
    "save",
    "save_predictions",
]
