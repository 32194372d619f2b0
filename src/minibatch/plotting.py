"""Pictures of training runs and of descents, drawn once, after the run."""

from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import cycle

import matplotlib.pyplot as plt
import numpy
from matplotlib.axes import Axes

from minibatch.training import History

__all__ = [
    "plot_descent",
    "plot_lines",
    "plot_loss",
    "plot_losses",
    "plot_panels",
    "plot_paths",
]

Function = Callable[[numpy.ndarray], numpy.ndarray]

# Colour alone does not tell lines apart for everybody, or in print.
DASHES = ("-", "--", "-.", ":")
MARKERS = ("o", "s", "^", "D")


def plot_loss(history: History, axes: Axes | None = None) -> Axes:
    """Draw the loss of one run against the epochs."""
    axes = axes or _new_axes()
    axes.plot(history.epochs, history.losses)
    axes.set(xlabel="epoch", ylabel="loss")
    axes.grid(alpha=0.3)
    return axes


def plot_losses(
    histories: Mapping[str, History], axes: Axes | None = None
) -> Axes:
    """Draw the losses of several runs against seconds, on a log axis.

    The axis begins at 0.01 s, or at the first evaluation of the quickest run
    if that is earlier.
    """
    axes = axes or _new_axes()
    for (label, history), dash in zip(histories.items(), cycle(DASHES)):
        # A log axis has no place for the loss at time zero.
        x, y = history.seconds[1:], history.losses[1:]
        axes.plot(x, y, dash, label=label)
    earliest = min(history.seconds[1] for history in histories.values())
    axes.set(xlabel="seconds", ylabel="loss", xscale="log")
    axes.set_xlim(left=min(1e-2, earliest))
    axes.grid(alpha=0.3)
    _legend_above(axes)
    return axes


def plot_lines(
    lines: Mapping[str, tuple[Sequence[float], Sequence[float]]],
    *,
    xlabel: str,
    ylabel: str,
    xscale: str = "linear",
    yscale: str = "linear",
    marker: str | None = None,
    points: Collection[str] = (),
    axes: Axes | None = None,
) -> Axes:
    """Draw lines (x, y) by their labels, with a legend if there are several.

    ``marker`` marks the points of lines, as Matplotlib names it ("o", ".");
    the labels in ``points`` are drawn as points without a line.
    """
    axes = axes or _new_axes()
    styles = zip(lines.items(), cycle(DASHES), cycle(MARKERS))
    for (label, (x, y)), dash, point in styles:
        if label in points:
            axes.plot(x, y, point, label=label)
        else:
            axes.plot(x, y, dash, marker=marker, label=label)
    axes.set(xlabel=xlabel, ylabel=ylabel, xscale=xscale, yscale=yscale)
    axes.grid(alpha=0.3)
    if len(lines) > 1:
        _legend_above(axes)
    return axes


def plot_descent(
    function: Function,
    paths: Mapping[str, numpy.ndarray],
    *,
    xlim: tuple[float, float],
    axes: Axes | None = None,
) -> Axes:
    """Draw a function of one variable, and descents (k, 1) on its curve."""
    axes = axes or _new_axes()
    x = numpy.linspace(*xlim, 201)
    axes.plot(x, function(x), color="grey")
    for (label, path), marker in zip(paths.items(), cycle(MARKERS)):
        x, y = path[:, 0], function(path[:, 0])
        axes.plot(x, y, marker=marker, markersize=4, label=label)
    axes.set(xlabel="x", ylabel="f(x)")
    axes.grid(alpha=0.3)
    if len(paths) > 1:
        _legend_above(axes)
    return axes


def plot_paths(
    function: Function,
    paths: Mapping[str, numpy.ndarray],
    *,
    xlim: tuple[float, float],
    ylim: tuple[float, float],
    levels: int | Sequence[float] = 12,
    axes: Axes | None = None,
) -> Axes:
    """Draw contours of a function of (x1, x2), and paths (k, 2) over them.

    ``function`` gets a pair of grids.
    """
    axes = axes or _new_axes()
    grids = numpy.meshgrid(
        numpy.linspace(*xlim, 101), numpy.linspace(*ylim, 101)
    )
    heights = function(numpy.array(grids))
    axes.contour(*grids, heights, levels, colors="grey", linewidths=0.6)
    for (label, path), marker in zip(paths.items(), cycle(MARKERS)):
        (line,) = axes.plot(*path.T, marker=marker, markersize=3, label=label)
        line.set_linewidth(1)
    axes.set(xlabel="x1", ylabel="x2", xlim=xlim, ylim=ylim)
    axes.grid(visible=False)
    if len(paths) > 1:
        _legend_above(axes)
    return axes


def plot_panels(
    lines: Mapping[str, tuple[Sequence[float], Sequence[float]]],
    *,
    xlabel: str,
    ylabel: str,
) -> Sequence[Axes]:
    """Draw lines (x, y) in panels, one below the other, under their labels.

    They share the axis of x, and each has a scale of its own for y.
    """
    _, panels = plt.subplots(
        len(lines),
        figsize=(5, 1 + 1.3 * len(lines)),
        layout="constrained",
        sharex=True,
        squeeze=False,
    )
    column = panels[:, 0]
    for axes, (label, (x, y)) in zip(column, lines.items(), strict=True):
        axes.plot(x, y)
        axes.set_title(label, loc="left", fontsize="medium")
        axes.set(ylabel=ylabel)
        axes.grid(alpha=0.3)
    column[-1].set(xlabel=xlabel)
    return list(column)


def _legend_above(axes: Axes) -> None:
    """Put the legend above the axes, without a frame: translations have
    room there.
    """
    axes.figure.legend(
        loc="outside upper center", ncols=2, frameon=False, columnspacing=4
    )


def _new_axes() -> Axes:
    _, axes = plt.subplots(figsize=(5, 3), layout="constrained")
    return axes
