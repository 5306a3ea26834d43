"""Packages of the wheel; everything else is declared in pyproject.toml.

The bundled files live in ``data/`` at the top level of the repository and belong inside
the package once it is installed. Only ``package_dir`` can say so, and it needs the list
of packages, which pyproject.toml can either find or spell out, but not extend.
"""

from setuptools import find_packages, setup

DATA = "mlkit.datasets.data"

setup(
    packages=[*find_packages(include=["mlkit", "mlkit.*"]), DATA],
    package_dir={DATA: "data"},
    package_data={
        "mlkit": ["py.typed"],
        "mlkit.datasets": ["catalog.json"],
        DATA: ["*.csv", "*.arff", "*.xml", "*.npz", "*.md"],
    },
)
