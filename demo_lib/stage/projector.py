"""Big type for the room: what a stage notebook's warm-up calls, so that the back row can read along at 1080p."""

from __future__ import annotations

CODE_PIXELS = 24  # 120 characters across 1920 pixels
PROSE_PIXELS = 28
FIGURE_POINTS = 14
FIGURE_DPI = 150

# JupyterLab's own variables where there are any. The trace's tree is 20 lines and has to fit on one screen.
STYLE = f"""<style>
:root {{
  --jp-code-font-size: {CODE_PIXELS}px;
  --jp-code-line-height: 1.3;
  --jp-content-font-size1: {PROSE_PIXELS}px;
  --jp-content-line-height: 1.35;
  --jp-cell-prompt-width: 80px;
}}
.jp-RenderedHTMLCommon, .jp-RenderedHTMLCommon table {{ font-size: {PROSE_PIXELS}px; }}
.jp-RenderedHTMLCommon pre, .jp-RenderedHTMLCommon code, .jp-RenderedText pre, .jp-InputArea .cm-content,
.highlight pre {{ font-family: var(--jp-code-font-family), monospace; font-size: {CODE_PIXELS}px; line-height: 1.3; }}
.jp-RenderedHTMLCommon h1 {{ font-size: 44px; }}
.jp-RenderedHTMLCommon h2 {{ font-size: 36px; }}
.jp-RenderedHTMLCommon td, .jp-RenderedHTMLCommon th {{ padding: .3em .6em; }}
.jp-RenderedImage img {{ max-width: 100%; max-height: 82vh; }}
.jp-OutputArea-output pre {{ word-break: normal; overflow-wrap: break-word; }}
.jp-InputPrompt, .jp-OutputPrompt {{ font-size: 16px; }}
</style>"""


def big_type() -> None:
    """Make the notebook's code, outputs and tables big, and the figures drawn from now on.

    Shows a style sheet, which JupyterLab applies because the presenter ran the cell; prints nothing.
    """
    import matplotlib
    from IPython.display import HTML, display

    from demo_lib.figures import new_figure

    matplotlib.rcParams.update({"font.size": FIGURE_POINTS, "figure.dpi": FIGURE_DPI})
    figure = new_figure(1, 1)
    figure.subplots().text(0, 0, "warm")
    figure.draw_without_rendering()  # the fonts load now, not in front of the room
    display(HTML(STYLE))
