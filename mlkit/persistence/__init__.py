"""Saving models and loading them: no pickle, a card, and a check of what is inside."""

from mlkit.persistence.card import ModelCard
from mlkit.persistence.loading import load_model, read_card
from mlkit.persistence.saving import save

__all__ = ["ModelCard", "load_model", "read_card", "save"]
