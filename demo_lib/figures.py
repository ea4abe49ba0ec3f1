"""Figures that draw anywhere: without a window, in any thread, and shown by a notebook once."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def new_figure(width_inches: float, height_inches: float) -> Figure:
    """An empty figure outside pyplot, whose state belongs to one thread and shows figures twice."""
    import matplotlib.figure

    if "IPython" in sys.modules:
        from IPython import get_ipython
        from IPython.core.pylabtools import select_figure_formats

        shell = get_ipython()
        if shell is not None:
            select_figure_formats(shell, {"png"})  # pyplot, had it been imported, would have done this
    return matplotlib.figure.Figure(figsize=(width_inches, height_inches), layout="constrained")
