"""Smaller networks: fewer weights, 8 bits a weight, or a small network that learned.

=================== ======================================================= ==========
what                how                                                     backends
=================== ======================================================= ==========
`prune`             small weights become 0, the others are trained on       all
`quantise`          8 bits a weight, by Keras, for dense layers             all
`to_litert`         8 bits a weight, for convolutions too, in a file of its TensorFlow
                    own; `LiteRTClassifier` predicts with it
`distil`            a small network is trained on the scores of a large one all
`compare_sizes`     a table of what it cost and what it gained              all
=================== ======================================================= ==========

They can follow each other: distil, then prune, then quantise. Each returns something
new; the network that it was given stays as it was. Keras is imported when one of them
is called.
"""

from mlkit.neural.compression.comparing import compare_sizes
from mlkit.neural.compression.distilling import distil
from mlkit.neural.compression.litert import LiteRTClassifier, to_litert
from mlkit.neural.compression.pruning import prune
from mlkit.neural.compression.quantising import quantise

__all__ = [
    "LiteRTClassifier",
    "compare_sizes",
    "distil",
    "prune",
    "quantise",
    "to_litert",
]
