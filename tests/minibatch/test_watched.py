"""A watched model trains as it would alone, and its path has every point."""

import numpy

from minibatch import reference
from minibatch.synthetic import linear_data
from minibatch.training import fit
from minibatch.watched import Watched

FEATURES, TARGETS = linear_data([1.0, -2.0], 3.0, 0.5, 20)


def model() -> reference.LinearRegression:
    params = reference.initial_params(2)
    return reference.LinearRegression(params, reference.sgd, None, {"learning_rate": 0.1})


def test_the_path_begins_at_the_start_and_has_a_point_for_each_step() -> None:
    watched = Watched(model(), reference.numbers)
    fit(watched, FEATURES, TARGETS, 5, 3)
    path = numpy.array(watched.path)
    assert path.shape == (1 + 4 * 3, 3)
    numpy.testing.assert_array_equal(path[0], [*reference.initial_params(2)[0], 0])
    assert (path[1:] != path[:-1]).any(axis=1).all()


def test_watching_changes_nothing() -> None:
    alone, watched = model(), Watched(model(), reference.numbers)
    history = fit(alone, FEATURES, TARGETS, 5, 3)
    assert fit(watched, FEATURES, TARGETS, 5, 3).losses == history.losses
    numpy.testing.assert_array_equal(watched.point()[:2], alone.params[0])
