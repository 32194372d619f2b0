"""Each framework does what the NumPy reference does, to within single precision."""

from importlib import import_module
from types import ModuleType

import numpy
import pytest

from minibatch import reference
from minibatch.airfoil_model import generate
from minibatch.data import _whiten
from minibatch.training import warm_up

MODULES = {"pytorch": "torch", "tensorflow": "tensorflow", "mxnet": "mxnet"}
TABLE = _whiten(generate(230))
FEATURES, TARGETS = TABLE[:, :-1], TABLE[:, -1]
RUNS = {  # batch size, learning rate, epochs
    "all examples": (230, 1.0, 3),
    "one example": (1, 0.005, 1),
    "with a smaller last minibatch": (50, 0.4, 2),
    "ten examples": (10, 0.05, 2),
}


@pytest.fixture(
    params=[pytest.param(name, marks=getattr(pytest.mark, name)) for name in MODULES],
    scope="module",
)
def framework(request: pytest.FixtureRequest) -> ModuleType:
    return import_module(f"minibatch.{MODULES[request.param]}")


def numbers(tensor: object) -> numpy.ndarray:
    """Bring values back from a device."""
    for method in ("detach", "asnumpy"):
        if hasattr(tensor, method):
            tensor = getattr(tensor, method)()
    return numpy.asarray(tensor)


def matrices(framework: ModuleType) -> tuple[numpy.ndarray, numpy.ndarray, object, object]:
    random = numpy.random.default_rng(0)
    A, B = random.normal(size=(6, 5)), random.normal(size=(5, 7))
    return A, B, framework.tensor(A), framework.tensor(B)


def assert_close(found: object, expected: object) -> None:
    numpy.testing.assert_allclose(numbers(found), numpy.asarray(expected), rtol=1e-4, atol=1e-5)


def test_a_tensor_is_a_float32_copy(framework: ModuleType) -> None:
    values = numpy.array([1.0, 2.0])
    tensor = framework.tensor(values)
    values[0] = 9
    assert numbers(tensor).dtype == numpy.float32
    assert_close(tensor, [1, 2])


def test_numbers_come_back_as_a_copy(framework: ModuleType) -> None:
    w, b = framework.initial_params(3)
    before = framework.numbers(w)
    framework.sgd([w], [framework.tensor(numpy.ones(3))], None, {"learning_rate": 1.0})
    assert_close(framework.numbers(w), before - 1)
    assert framework.numbers(b).shape == ()


def test_rows_are_taken_in_the_order_asked_for(framework: ModuleType) -> None:
    rows = numpy.array([3, 0, 3])
    assert_close(framework.take(framework.tensor(FEATURES), rows), FEATURES[rows])


def test_the_gradient_of_a_function_is_that_of_differences(framework: ModuleType) -> None:
    def bowl(x: numpy.ndarray) -> numpy.ndarray:
        return x[0] ** 2 + 2 * x[1] ** 2 - x[0] * x[1]

    point = numpy.array([-5.0, 1.5])
    assert_close(framework.gradient(bowl, point), [-11.5, 11.0])
    assert_close(framework.gradient(bowl, point), reference.gradient(bowl, point))
    assert (point == [-5.0, 1.5]).all()


def test_the_gradient_of_the_loss_is_the_one_by_hand(framework: ModuleType) -> None:
    X, y = framework.tensor(FEATURES), framework.tensor(TARGETS)
    w = numpy.arange(5.0)

    def loss(w: object) -> object:
        return framework.squared_loss(framework.linear(X, w, 0.0), y)

    by_hand = FEATURES.T @ (FEATURES @ w - TARGETS) / len(TARGETS)
    found = framework.gradient(loss, w)
    assert isinstance(found, numpy.ndarray)
    assert_close(found, by_hand)


def test_the_whole_product_is_that_of_numpy(framework: ModuleType) -> None:
    A, B, *tensors = matrices(framework)
    assert_close(framework.product(*tensors), A @ B)


def test_the_product_by_columns_is_that_of_numpy(framework: ModuleType) -> None:
    A, B, *tensors = matrices(framework)
    assert_close(framework.product_by_columns(*tensors), A @ B)


@pytest.mark.parametrize("width", [1, 3, 7, 9])
def test_the_product_by_blocks_is_that_of_numpy(framework: ModuleType, width: int) -> None:
    A, B, *tensors = matrices(framework)
    assert_close(framework.product_by_blocks(*tensors, width), A @ B)


@pytest.mark.parametrize("rows", [1, 6])
def test_the_product_by_elements_is_the_first_rows(framework: ModuleType, rows: int) -> None:
    A, B, *tensors = matrices(framework)
    assert_close(framework.product_by_elements(*tensors, rows), (A @ B)[:rows])


def test_all_start_from_the_same_weights(framework: ModuleType) -> None:
    for seed in (0, 1):
        found, expected = framework.initial_params(5, seed), reference.initial_params(5, seed)
        for param, oracle in zip(found, expected, strict=True):
            assert numbers(param).shape == oracle.shape
            assert_close(param, oracle)


def test_prediction_and_loss_are_those_of_the_reference(framework: ModuleType) -> None:
    w, b = numpy.arange(5.0), numpy.array(0.5)
    y_hat = framework.linear(*map(framework.tensor, (FEATURES, w, b)))
    expected = reference.linear(FEATURES, w, b)
    assert_close(y_hat, expected)
    loss = framework.squared_loss(y_hat, framework.tensor(TARGETS))
    assert_close(loss, reference.squared_loss(expected, TARGETS))


@pytest.mark.parametrize("batch_size", [1, 10, 230])
def test_one_step_is_that_of_the_reference(framework: ModuleType, batch_size: int) -> None:
    found = framework.initial_params(5)
    expected = reference.initial_params(5)
    hyperparams = {"learning_rate": 0.3}
    X, y = FEATURES[:batch_size], TARGETS[:batch_size]
    model = framework.LinearRegression(found, framework.sgd, None, hyperparams)
    oracle = reference.LinearRegression(expected, reference.sgd, None, hyperparams)
    for _ in range(2):
        model.step(framework.tensor(X), framework.tensor(y))
        oracle.step(X, y)
    for param, right in zip(found, expected, strict=True):
        assert_close(param, right)
    assert model.loss(framework.tensor(FEATURES), framework.tensor(TARGETS)) == pytest.approx(
        oracle.loss(FEATURES, TARGETS), rel=1e-4
    )


@pytest.mark.parametrize("run", RUNS)
def test_a_whole_run_is_that_of_the_reference(framework: ModuleType, run: str) -> None:
    batch_size, learning_rate, num_epochs = RUNS[run]
    data = {"learning_rate": learning_rate}, FEATURES, TARGETS, batch_size, num_epochs
    found = framework.train(framework.sgd, None, *data)
    expected = reference.train(reference.sgd, None, *data)
    assert found.epochs == expected.epochs
    assert_close(found.losses, expected.losses)


@pytest.mark.parametrize("run", RUNS)
def test_the_concise_run_is_the_one_from_scratch(framework: ModuleType, run: str) -> None:
    batch_size, learning_rate, num_epochs = RUNS[run]
    data = {"learning_rate": learning_rate}, FEATURES, TARGETS, batch_size, num_epochs
    assert_close(
        framework.train_concise(*data).losses, framework.train(framework.sgd, None, *data).losses
    )


def test_a_warm_up_leaves_the_parameters_alone(framework: ModuleType) -> None:
    params = framework.initial_params(5)
    model = framework.LinearRegression(params, framework.sgd, None, {"learning_rate": 1.0})
    warm_up(model, framework.tensor(FEATURES), framework.tensor(TARGETS), 100)
    for param, start in zip(params, framework.initial_params(5), strict=True):
        assert (numbers(param) == numbers(start)).all()


def test_an_optimizer_is_given_its_state_and_hyperparameters(framework: ModuleType) -> None:
    seen = []

    def optimizer(params: list, grads: list, states: list, hyperparams: dict[str, float]) -> None:
        seen.append((len(params), len(grads), states, hyperparams))
        framework.sgd(params, grads, states, hyperparams)

    states = ["a state"]
    hyperparams = {"learning_rate": 0.1}
    model = framework.LinearRegression(framework.initial_params(5), optimizer, states, hyperparams)
    model.step(framework.tensor(FEATURES), framework.tensor(TARGETS))
    assert seen == [(2, 2, states, hyperparams)]
