"""Optional packages: imported where they are used, with the install line if absent."""

from __future__ import annotations

import importlib
from types import ModuleType

from mlkit.exceptions import OptionalDependencyError

__all__ = ["import_optional"]


def import_optional(module: str, *, extra: str, purpose: str) -> ModuleType:
    """Import a package that only a part of the kit needs.

    Parameters
    ----------
    module : str
        Name to import, such as ``"keras"``.
    extra : str
        The extra of ``mlkit-multilabel`` that installs it.
    purpose : str
        What it is needed for, to complete "... is needed for".

    Returns
    -------
    module

    Raises
    ------
    OptionalDependencyError
        If it is not installed; the message holds the install line.

    Examples
    --------
    >>> import_optional("math", extra="neural", purpose="an example").sqrt(4.0)
    2.0
    """
    try:
        return importlib.import_module(module)
    except ImportError as err:
        message = (
            f"The package '{module}' is needed for {purpose} and is not installed. "
            f"Install it with: pip install 'mlkit-multilabel[{extra}]'"
        )
        raise OptionalDependencyError(message) from err
