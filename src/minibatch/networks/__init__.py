"""Networks with batch normalization: one module per framework, and the
initial weights that they share.
"""

import math

import numpy

__all__ = ["initial_weights"]


def initial_weights(
    num_features: int, width: int, seed: int = 0, scale: float = 1.0
) -> list[numpy.ndarray]:
    """Draw the weights (inputs, outputs) of the layers num_features -> width
    -> width -> 1, as float32.

    Each is ``scale`` times a draw from N(0, 2/inputs), which by itself keeps
    the scale of the values from layer to layer under ReLU (He et al., 2015).
    """
    random = numpy.random.default_rng(seed)
    sizes = [num_features, width, width, 1]
    return [
        random.standard_normal((inputs, outputs), dtype=numpy.float32)
        * numpy.float32(scale * math.sqrt(2 / inputs))
        for inputs, outputs in zip(sizes, sizes[1:], strict=False)
    ]
