"""What Binder and a development container would build: checked without Docker, and run where it can be run here."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from demo_lib.settings import PROJECT_ROOT

if sys.platform == "win32":
    pytest.skip("Binder's images are Linux, and repo2docker needs a POSIX system", allow_module_level=True)

BINDER = PROJECT_ROOT / "binder"


@pytest.fixture(scope="module")
def build() -> tuple[str, str]:
    """The Dockerfile that repo2docker would build, and what it says of its choices."""
    command = [sys.executable, "-m", "repo2docker", "--no-build", "--user-id", "1000", "--user-name", "jovyan", "."]
    done = subprocess.run(command, cwd=PROJECT_ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout, done.stderr


def test_the_image_has_the_python_that_the_pins_were_resolved_for(build: tuple[str, str]) -> None:
    assert "environment for python=3.11" in build[1]
    assert "--python-version 3.11" in (PROJECT_ROOT / "requirements.txt").read_text(encoding="utf-8")


def test_the_image_installs_the_system_package_and_the_pins_with_the_whole_repository_there(
    build: tuple[str, str],
) -> None:
    dockerfile = build[0]
    assert re.search(r"apt-get install .*\bunixodbc\b", dockerfile)
    install = dockerfile.index('pip install --no-cache-dir -r "binder/requirements.txt"')
    assert dockerfile.index("COPY --chown=1000:1000 src/ ${REPO_DIR}/") < install
    lines = (BINDER / "requirements.txt").read_text(encoding="utf-8").splitlines()
    (included,) = [line.removeprefix("-r ") for line in lines if line and not line.startswith("#")]
    pins = (BINDER / included).resolve()
    assert pins == PROJECT_ROOT / "requirements.txt"
    assert {"-e .", "mlflow", "jupyter-server-proxy"} <= set(re.split(r"==.*\n|\n", pins.read_text(encoding="utf-8")))


def test_the_image_runs_post_build_and_starts_through_our_script(build: tuple[str, str]) -> None:
    assert "RUN ./binder/postBuild" in build[0]
    assert 'ENV R2D_ENTRYPOINT="${REPO_DIR}/binder/start"' in build[0]


def test_post_build_leaves_nothing_for_the_first_visitor_to_wait_for(tmp_path: Path) -> None:
    project = tmp_path / "project"
    made_here = shutil.ignore_patterns("*.duckdb*", "__pycache__", ".ipynb_checkpoints", ".warehouse*")
    for folder in ("binder", "data", "demo_lib", "notebooks"):
        shutil.copytree(PROJECT_ROOT / folder, project / folder, ignore=made_here)
    home = {"HOME": str(tmp_path), "JUPYTER_DATA_DIR": str(tmp_path / "jupyter"), "TMPDIR": str(tmp_path)}
    path = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("MLFLOW_", "PYTHON"))}
    done = subprocess.run(
        ["./binder/postBuild"], cwd=project, env=clean | home | path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1,040,916.83" in done.stdout
    for made in ("data/warehouse.duckdb", "mlflow.db", ".demo/mlflow.pristine.db", "demo_lib/__pycache__"):
        assert (project / made).exists(), made
    signed = done.stdout.count("Signing notebook")
    assert signed == len(list((project / "notebooks").rglob("*.ipynb")))


def test_start_puts_our_jupyter_settings_first_and_runs_what_it_is_given() -> None:
    command = ["bash", str(BINDER / "start"), sys.executable, "-m", "jupyter", "lab", "--show-config-json"]
    environment = os.environ | {"JUPYTER_CONFIG_PATH": "/somewhere/else"}
    done = subprocess.run(command, env=environment, cwd="/", capture_output=True, text=True, check=True)
    config = json.loads(done.stdout[done.stdout.index("{") :])
    assert config["ServerApp"]["root_dir"] == str(PROJECT_ROOT)
    mlflow = config["ServerProxy"]["servers"]["mlflow"]
    assert mlflow["command"] == [sys.executable, "-m", "demo_lib", "ui", "--port", "{port}"]
    assert Path(mlflow["launcher_entry"]["icon_path"]).is_file()
    assert (PROJECT_ROOT / config["LabApp"]["default_url"].removeprefix("/lab/tree/")).is_file()


def test_a_codespace_lets_its_own_pages_in_and_no_others() -> None:
    command = ["bash", str(BINDER / "start"), sys.executable, "-m", "jupyter", "lab", "--show-config-json"]
    environment = os.environ | {"CODESPACE_NAME": "fluffy-train-1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    allowed = json.loads(done.stdout[done.stdout.index("{") :])["ServerApp"]["allow_origin_pat"]
    assert re.match(allowed, "https://fluffy-train-1-8888.app.github.dev")
    for other in ("https://other-8888.app.github.dev", "https://fluffy-train-1-8888.app.github.dev.evil.example"):
        assert not re.match(allowed, other)


def test_the_development_container_is_set_up_as_run_py_does_it() -> None:
    container = json.loads((PROJECT_ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))
    assert container["image"].endswith("python:3.11")
    settings = container["containerEnv"]["JUPYTER_CONFIG_PATH"].replace("${containerWorkspaceFolder}", ".")
    assert (PROJECT_ROOT / settings / "jupyter_server_config.py").is_file()
    set_up, seed = container["postCreateCommand"].split(" && ")
    code = set_up.removeprefix("python3 -c ").strip("'")
    assert code == "import run; run.set_up()"
    checked = [sys.executable, "-c", code.replace("run.set_up()", "assert callable(run.set_up)")]
    subprocess.run(checked, cwd=PROJECT_ROOT, check=True)
    assert seed == ".venv/bin/python -m demo_lib seed"
    assert set(container["forwardPorts"]) == {8888, 5000}


def test_the_badges_open_a_notebook_that_is_there() -> None:
    readme = (PROJECT_ROOT / "README.md").read_text(encoding="utf-8")
    links = dict(re.findall(r"^\[(binder|codespaces)\]: (\S+)$", readme, re.MULTILINE))
    repository = re.search(r"/v2/gh/([\w.-]+/[\w.-]+)/HEAD\?urlpath=lab/tree/(\S+)", links["binder"])
    assert repository and (PROJECT_ROOT / repository[2]).is_file()
    assert links["codespaces"] == f"https://codespaces.new/{repository[1]}"
    assert readme.count(repository[1]) == 2  # both in one place: the two lines that a fork changes
