"""The networks of each framework do what the NumPy reference does, to within single precision."""

from importlib import import_module
from types import ModuleType

import numpy
import pytest

from minibatch.airfoil_model import generate
from minibatch.data import _whiten
from minibatch.networks import initial_weights, reference
from minibatch.training import fit

MODULES = {"pytorch": "torch", "tensorflow": "tensorflow", "mxnet": "mxnet"}
TABLE = _whiten(generate(230))
FEATURES, TARGETS = TABLE[:, :-1], TABLE[:, -1]
LAYERS = {"none": None, "from scratch": "BatchNorm", "concise": "concise_batch_norm"}


@pytest.fixture(
    params=[pytest.param(name, marks=getattr(pytest.mark, name)) for name in MODULES],
    scope="module",
)
def framework(request: pytest.FixtureRequest) -> ModuleType:
    return import_module(f"minibatch.networks.{MODULES[request.param]}")


def tensor(framework: ModuleType, values: numpy.ndarray) -> object:
    return import_module(framework.__name__.replace(".networks", "")).tensor(values)


def numbers(tensor: object) -> numpy.ndarray:
    """Bring values back from a device."""
    for method in ("detach", "asnumpy"):
        if hasattr(tensor, method):
            tensor = getattr(tensor, method)()
    return numpy.asarray(tensor)


def assert_close(found: object, expected: object, tolerance: float = 1e-4) -> None:
    numpy.testing.assert_allclose(numbers(found), expected, rtol=tolerance, atol=tolerance)


def build(framework: ModuleType, layer: str, width: int = 8) -> object:
    name = LAYERS[layer]
    return framework.network(5, width, getattr(framework, name) if name else None)


def test_the_initial_weights_keep_the_scale_of_the_values() -> None:
    shapes = [weights.shape for weights in initial_weights(5, 400)]
    assert shapes == [(5, 400), (400, 400), (400, 1)]
    for weights in initial_weights(5, 400):
        assert weights.dtype == numpy.float32
        assert weights.var() == pytest.approx(2 / len(weights), rel=0.2)


def test_other_seeds_give_other_weights() -> None:
    first, again, other = (initial_weights(5, 3, seed)[0] for seed in (0, 0, 1))
    assert (first == again).all()
    assert not (first == other).any()


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("training", [True, False])
def test_a_new_network_gives_the_outputs_of_the_reference(
    framework: ModuleType, layer: str, training: bool
) -> None:
    found = framework.predict(build(framework, layer), tensor(framework, FEATURES), training)
    assert found.shape == (230,)
    assert_close(found, reference.predict(build(reference, layer), FEATURES, training))


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("batch_size", [10, 50, 230])
def test_training_is_that_of_the_reference(
    framework: ModuleType, layer: str, batch_size: int
) -> None:
    trained, data = {}, {}
    for module in (framework, reference):
        network = build(module, layer)
        data[module] = tensor(module, FEATURES), tensor(module, TARGETS)
        model = module.Regression(network, {"learning_rate": 0.1})
        for start in range(0, 230 - batch_size + 1, batch_size):
            rows = slice(start, start + batch_size)
            model.step(data[module][0][rows], data[module][1][rows])
        trained[module] = network
    # Training mode does not use the moving averages, which PyTorch's own layer counts otherwise.
    found, expected = (
        module.predict(trained[module], data[module][0], training=True)
        for module in (framework, reference)
    )
    assert_close(found, expected, 1e-3)


@pytest.mark.parametrize("layer", ["none", "from scratch"])
def test_a_whole_run_is_that_of_the_reference(framework: ModuleType, layer: str) -> None:
    losses = []
    for module in (framework, reference):
        model = module.Regression(build(module, layer), {"learning_rate": 0.1})
        X, y = tensor(module, FEATURES), tensor(module, TARGETS)
        losses.append(fit(model, X, y, 50, 2, shuffle=lambda array, order: array).losses)
    assert_close(losses[0], losses[1], 1e-3)
