"""All Keras objects of the kit: importing this makes them known to Keras.

A ``.keras`` file names the classes of its layers; Keras finds those that have been
registered, which happens when their modules are imported.
"""

from mlkit.neural import augmentation, layers, losses, metrics, model, text_layers

__all__ = ["augmentation", "layers", "losses", "metrics", "model", "text_layers"]
