"""JupyterLab for this kit: which notebook opens, and MLflow's UI as a card in the launcher.

In force wherever JUPYTER_CONFIG_PATH names this folder: `run.py lab`, Binder, the development container.
The settings of JupyterLab's own pages are beside it, in labconfig/; the projector's are in stage/.
"""

import os
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
c = get_config()  # noqa: F821 - Jupyter puts it here

c.ServerApp.root_dir = str(HERE.parent)
c.LabApp.default_url = "/lab/tree/notebooks/00_start_here.ipynb"
c.LabApp.extension_manager = "readonly"  # the other one asks PyPI

# MLflow answers a change only to pages of this machine and of these places; Codespaces keep Jupyter's own
# check from knowing the page's host, so that it needs telling too
origins = ["https://*.mybinder.org", "https://notebooks.gesis.org"]
if codespace := os.environ.get("CODESPACE_NAME"):
    domain = os.environ.get("GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN", "app.github.dev")
    origins.append(f"https://{codespace}-*.{domain}")
    c.ServerApp.allow_origin_pat = rf"https://{re.escape(codespace)}-\d+\.{re.escape(domain)}$"

# a server of one's own numbers its experiments itself; in the kit's store ours is the first after "Default"
remote = os.environ.get("MLFLOW_TRACKING_URI", "").startswith("http")
c.ServerProxy.servers = {
    "mlflow": {
        "command": [sys.executable, "-m", "demo_lib", "ui", "--port", "{port}"],
        "environment": {
            "MLFLOW_SERVER_CORS_ALLOWED_ORIGINS": os.environ.get(
                "MLFLOW_SERVER_CORS_ALLOWED_ORIGINS", ",".join(origins)
            )
        },
        "timeout": 120,  # seconds; a cold disk takes more than a minute
        # MLflow refuses a Host that is not this machine's; whoever comes by here has passed Jupyter's login
        "request_headers_override": {"Host": "127.0.0.1:{port}"},
        "launcher_entry": {
            "title": "MLflow: the traces",
            "icon_path": str(HERE / "mlflow.svg"),
            "path_info": "mlflow/" if remote else "mlflow/#/experiments/1/traces",
        },
    }
}
