"""Options that are a `Training`, whose own options can be set before there is one."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from sklearn.base import BaseEstimator

from mlkit.neural.training.settings import Training

__all__ = ["TrainingOptions"]


class TrainingOptions(BaseEstimator):
    """A learner of which some options are a `Training`, or None for its default one.

    The default of an option is what the method ``_default_<option>`` returns.
    """

    _trainings: ClassVar[tuple[str, ...]] = ("training",)

    def set_params(self, **params: Any) -> Self:
        """Set options, those of the training among them.

        Parameters
        ----------
        **params
            Names of options; ``training__epochs`` and the like for those of `Training`,
            which begin with the default where `training` is None.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If there is no such option.
        """
        nested = {name: value for name, value in params.items() if "__" in name}
        # First what stands by itself: the default may depend on it.
        super().set_params(**{k: v for k, v in params.items() if k not in nested})
        for option in self._trainings:
            asked = any(name.startswith(f"{option}__") for name in nested)
            if asked and getattr(self, option) is None:
                setattr(self, option, getattr(self, f"_default_{option}")())
        return super().set_params(**nested)

    def _default_training(self) -> Training:
        return Training()
