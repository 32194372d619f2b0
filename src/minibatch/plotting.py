"""Pictures of training runs, drawn once, after the run."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
from matplotlib.axes import Axes

from minibatch.training import History

__all__ = ["plot_loss", "plot_losses"]


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
    if that is earlier. The legend stands above the axes, without a frame:
    there is room for translations.
    """
    axes = axes or _new_axes()
    for label, history in histories.items():
        # A log axis has no place for the loss at time zero.
        axes.plot(history.seconds[1:], history.losses[1:], label=label)
    earliest = min(history.seconds[1] for history in histories.values())
    axes.set(xlabel="seconds", ylabel="loss", xscale="log")
    axes.set_xlim(left=min(1e-2, earliest))
    axes.grid(alpha=0.3)
    axes.figure.legend(loc="outside upper center", ncols=2, frameon=False)
    return axes


def _new_axes() -> Axes:
    _, axes = plt.subplots(figsize=(5, 3), layout="constrained")
    return axes
