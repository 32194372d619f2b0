"""Plots say what their axes are and leave no run out."""

from collections.abc import Iterator

import matplotlib
import pytest

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy

from minibatch.plotting import (
    plot_descent,
    plot_lines,
    plot_loss,
    plot_losses,
    plot_panels,
    plot_paths,
)
from minibatch.training import History

QUICK = History((0.0, 1.0, 2.0), (0.0, 0.002, 0.004), (0.5, 0.3, 0.25))
SLOW = History((0.0, 1.0, 2.0), (0.0, 1.0, 2.0), (0.5, 0.26, 0.24))


@pytest.fixture(autouse=True)
def no_figure_is_left_open() -> Iterator[None]:
    yield
    plt.close("all")


def test_one_run_is_drawn_against_epochs() -> None:
    axes = plot_loss(SLOW)
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("epoch", "loss")
    (line,) = axes.lines
    assert tuple(line.get_xdata()) == SLOW.epochs
    assert tuple(line.get_ydata()) == SLOW.losses


def test_several_runs_are_drawn_against_seconds_on_a_log_axis() -> None:
    axes = plot_losses({"quick": QUICK, "slow": SLOW})
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("seconds", "loss")
    assert axes.get_xscale() == "log"


def test_there_is_one_line_and_one_label_per_run() -> None:
    axes = plot_losses({"quick": QUICK, "slow": SLOW})
    assert [line.get_label() for line in axes.lines] == ["quick", "slow"]
    [legend] = axes.figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["quick", "slow"]
    assert not legend.get_frame_on()


def test_the_axis_begins_at_a_hundredth_of_a_second() -> None:
    assert plot_losses({"slow": SLOW}).get_xlim()[0] == 1e-2


def test_a_quicker_run_is_not_cut_off() -> None:
    assert plot_losses({"quick": QUICK, "slow": SLOW}).get_xlim()[0] <= QUICK.seconds[1]


@pytest.mark.parametrize("draw", [plot_loss, lambda run, axes: plot_losses({"run": run}, axes)])
def test_axes_that_are_given_are_drawn_on(draw) -> None:
    _, axes = plt.subplots()
    assert draw(SLOW, axes) is axes
    assert len(plt.get_fignums()) == 1


def test_the_legend_stands_above_the_axes_which_keep_their_width() -> None:
    axes = plot_losses({"a": QUICK, "b": SLOW})
    axes.figure.draw_without_rendering()
    [legend] = axes.figure.legends
    assert legend.get_window_extent().y0 >= axes.get_window_extent().y1
    assert axes.get_window_extent().width > 0.7 * axes.figure.bbox.width


def test_lines_are_told_apart_by_more_than_colour() -> None:
    x = [1.0, 2.0]
    axes = plot_lines(
        {"a": (x, x), "b": (x, x)}, xlabel="step", ylabel="rate", xscale="log", yscale="log"
    )
    assert [line.get_label() for line in axes.lines] == ["a", "b"]
    assert len({line.get_linestyle() for line in axes.lines}) == 2
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    assert len(axes.figure.legends) == 1


def test_descents_are_told_apart_by_more_than_colour() -> None:
    path = numpy.array([[2.0, 0.0], [1.0, 1.0]])
    flat = plot_descent(lambda x: x**2, {"a": path[:, :1], "b": path[:, 1:]}, xlim=(-2, 2))
    bowl = plot_paths(
        lambda x: x[0] ** 2 + x[1] ** 2, {"a": path, "b": -path}, xlim=(-3, 3), ylim=(-3, 3)
    )
    for lines in (flat.lines[1:], bowl.lines):
        assert len({line.get_marker() for line in lines}) == 2


def test_measured_points_need_no_line() -> None:
    x = [1.0, 2.0]
    axes = plot_lines(
        {"measured": (x, x), "formula": (x, x)}, xlabel="b", ylabel="d", points=("measured",)
    )
    measured, formula = axes.lines
    assert measured.get_linestyle() == "None" and measured.get_marker() != "None"
    assert formula.get_linestyle() != "None" and formula.get_marker() == "None"


def test_a_single_line_needs_no_legend() -> None:
    axes = plot_lines({"a": ([0, 1], [0, 1])}, xlabel="step", ylabel="rate")
    assert axes.figure.legends == []


def test_a_descent_lies_on_the_curve_of_its_function() -> None:
    path = numpy.array([[2.0], [1.0], [0.5]])
    axes = plot_descent(lambda x: x**2, {"rate 0.25": path}, xlim=(-2, 2))
    curve, steps = axes.lines
    assert curve.get_xdata()[[0, -1]].tolist() == [-2, 2]
    numpy.testing.assert_allclose(curve.get_ydata(), curve.get_xdata() ** 2)
    assert steps.get_xdata().tolist() == [2, 1, 0.5]
    assert steps.get_ydata().tolist() == [4, 1, 0.25]


def test_paths_are_drawn_over_the_contours_within_the_limits() -> None:
    path = numpy.array([[-4.0, 1.0], [0.0, 0.0]])
    axes = plot_paths(
        lambda x: x[0] ** 2 + 2 * x[1] ** 2,
        {"gd": path, "sgd": path / 2},
        xlim=(-5, 5),
        ylim=(-2, 2),
    )
    assert [line.get_label() for line in axes.lines] == ["gd", "sgd"]
    assert (axes.get_xlim(), axes.get_ylim()) == ((-5, 5), (-2, 2))
    [contours] = axes.collections
    assert len(contours.levels) > 5


def test_panels_stand_one_below_the_other_under_their_labels() -> None:
    panels = plot_panels(
        {"a": ([0, 1], [2, 3]), "b": ([0, 1], [4, 5])}, xlabel="iteration", ylabel="loss"
    )
    assert [axes.get_title(loc="left") for axes in panels] == ["a", "b"]
    assert [axes.get_xlabel() for axes in panels] == ["", "iteration"]
    assert [axes.get_ylabel() for axes in panels] == ["loss", "loss"]
    assert panels[0].get_position().y0 > panels[1].get_position().y0
