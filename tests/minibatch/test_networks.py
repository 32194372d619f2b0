"""The networks of each framework do what the NumPy reference does, to within single precision."""

from importlib import import_module
from types import ModuleType

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    assert found.shape == (230, 1)
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


def test_smaller_initial_weights_scale_the_outputs_of_a_plain_network(
    framework: ModuleType,
) -> None:
    X = tensor(framework, FEATURES)
    large, small = (
        framework.predict(framework.network(5, 8, scale=scale), X) for scale in (1.0, 0.1)
    )
    assert_close(small, 1e-3 * large, 1e-6)


@pytest.mark.parametrize("layer", ["from scratch", "concise"])
def test_a_layer_gives_columns_of_mean_zero_and_variance_one(
    framework: ModuleType, layer: str
) -> None:
    Y = framework.predict(
        getattr(framework, LAYERS[layer])(5), tensor(framework, 3 + 7 * FEATURES), training=True
    )
    assert_close(Y.mean(axis=0), numpy.zeros(5))
    assert_close(Y.var(axis=0), numpy.ones(5))


@pytest.mark.parametrize("layer", ["from scratch", "concise"])
def test_prediction_uses_the_moving_averages_of_training(framework: ModuleType, layer: str) -> None:
    module, X = getattr(framework, LAYERS[layer])(5), 3 + 7 * FEATURES
    for _ in range(200):
        train_without_learning(framework, module, tensor(framework, X))
    correction = 230 / 229 if is_pytorchs_own(module) else 1.0
    expected = (X - X.mean(axis=0)) / numpy.sqrt(correction * X.var(axis=0) + 1e-5)
    assert_close(framework.predict(module, tensor(framework, X)), expected, 1e-3)


def train_without_learning(framework: ModuleType, module: object, X: object) -> None:
    """One pass in training mode; Gluon's own layer moves its averages in the pass back."""
    if not framework.__name__.endswith("mxnet"):
        framework.predict(module, X, training=True)
        return
    with framework.autograd.record():
        loss = module(X).sum()
    loss.backward()


def is_pytorchs_own(module: object) -> bool:
    """PyTorch's own layer averages the unbiased variance."""
    return type(module).__name__ == "BatchNorm1d"


@pytest.mark.parametrize("layer", ["from scratch", "concise"])
def test_prediction_leaves_the_moving_averages_alone(framework: ModuleType, layer: str) -> None:
    module, X = getattr(framework, LAYERS[layer])(5), tensor(framework, 3 + 7 * FEATURES)
    framework.predict(module, X, training=True)
    first, second = framework.predict(module, X), framework.predict(module, X)
    assert (first == second).all()


def test_a_single_example_is_normalized_to_beta(framework: ModuleType) -> None:
    X = tensor(framework, FEATURES[:1])
    assert_close(framework.predict(framework.BatchNorm(5), X, training=True), numpy.zeros((1, 5)))


@pytest.mark.pytorch
def test_pytorchs_own_layer_refuses_to_train_on_a_single_example() -> None:
    torch = import_module("minibatch.networks.torch")
    with pytest.raises(ValueError, match="more than 1 value"):
        torch.predict(torch.concise_batch_norm(5), tensor(torch, FEATURES[:1]), training=True)


@given(st.integers(2, 20), st.integers(0, 1000))
def test_the_gradient_written_by_hand_is_that_of_differences(batch_size: int, seed: int) -> None:
    random = numpy.random.default_rng(seed)
    X, weights = random.normal(size=(2, batch_size, 3))
    layer = reference.BatchNorm(3)
    layer.params = [random.normal(size=3), random.normal(size=3)]

    def objective(X: numpy.ndarray) -> float:
        return float((weights * layer.forward(X, training=True)).sum())

    objective(X)
    found = layer.backward(weights)
    for place in numpy.ndindex(X.shape):
        change = numpy.zeros_like(X)
        change[place] = 1e-6
        slope = (objective(X + change) - objective(X - change)) / 2e-6
        assert found[place] == pytest.approx(slope, rel=1e-3, abs=1e-4 * (1 + abs(found).max()))


@pytest.mark.parametrize("layer", ["none", "from scratch"])
def test_a_whole_run_is_that_of_the_reference(framework: ModuleType, layer: str) -> None:
    losses = []
    for module in (framework, reference):
        model = module.Regression(build(module, layer), {"learning_rate": 0.1})
        X, y = tensor(module, FEATURES), tensor(module, TARGETS)
        losses.append(fit(model, X, y, 50, 2, shuffle=lambda array, order: array).losses)
    assert_close(losses[0], losses[1], 1e-3)
