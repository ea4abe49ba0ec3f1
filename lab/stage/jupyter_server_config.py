"""JupyterLab on a projector (`run.py lab --stage`): the stage notebooks in big type, and nothing from before.

A theme's sizes are read from a user's settings only, so that a copy of user-settings/ stands in for the
presenter's own; what is changed during a talk is forgotten at the next start.
"""

import shutil
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
FIRST = "notebooks/stage/01_basic_flow.ipynb"
c = get_config()  # noqa: F821 - Jupyter puts it here

own = ROOT / ".demo" / "lab-stage"
shutil.rmtree(own, ignore_errors=True)
shutil.copytree(HERE / "user-settings", own / "user-settings")
c.LabApp.user_settings_dir = str(own / "user-settings")
c.LabApp.workspaces_dir = str(own / "workspaces")
if (ROOT / FIRST).exists():
    c.LabApp.default_url = f"/lab/tree/{FIRST}"
