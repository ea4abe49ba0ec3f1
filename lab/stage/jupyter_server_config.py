"""JupyterLab on a projector (`run.py lab --stage`): the stage notebooks; labconfig/ here holds the big type."""

from pathlib import Path

c = get_config()  # noqa: F821 - Jupyter puts it here

FIRST = "notebooks/stage/01_basic_flow.ipynb"
if (Path(__file__).resolve().parents[2] / FIRST).exists():
    c.LabApp.default_url = f"/lab/tree/{FIRST}"
