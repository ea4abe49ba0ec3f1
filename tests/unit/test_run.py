"""The bootstrap: standard library only, knows when there is nothing to install, fails when nothing was tested."""

from __future__ import annotations

import ast
import importlib.util
import subprocess
import sys
from types import ModuleType

import pytest

from demo_lib.settings import PROJECT_ROOT


@pytest.fixture
def run(tmp_path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:  # type: ignore[no-untyped-def]
    spec = importlib.util.spec_from_file_location("run", PROJECT_ROOT / "run.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name, value in {"ROOT": tmp_path, "VENV": tmp_path / "v", "STAMP": tmp_path / "v" / "installed.txt"}.items():
        monkeypatch.setattr(module, name, value)
    monkeypatch.setattr(module, "REQUIREMENTS", tmp_path / "requirements.txt")
    (tmp_path / "requirements.txt").write_text("")  # nothing to fetch: these tests need no network
    return module


def test_it_needs_nothing_but_the_standard_library() -> None:
    tree = ast.parse((PROJECT_ROOT / "run.py").read_text(encoding="utf-8"))
    imported = {a.name.split(".")[0] for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    imported |= {str(n.module).split(".")[0] for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    assert imported <= set(sys.stdlib_module_names)


@pytest.mark.parametrize(("arguments", "status"), [([], 0), (["dance"], 2), (["--help"], 0)])
def test_it_says_how_to_use_it(arguments: list[str], status: int) -> None:
    done = subprocess.run([sys.executable, PROJECT_ROOT / "run.py", *arguments], capture_output=True, text=True)
    assert done.returncode == status
    assert "run.py demo" in done.stdout + done.stderr and ".venv" in done.stdout + done.stderr


def test_a_second_run_installs_nothing_and_a_half_made_environment_is_made_again(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[object] = []
    monkeypatch.setattr(run.venv, "create", lambda *a, **k: (made.append(a), run.VENV.mkdir(exist_ok=True)))
    monkeypatch.setattr(run.subprocess, "run", lambda command, **k: subprocess.CompletedProcess(command, 0))
    run.set_up()
    run.set_up()
    assert len(made) == 1
    run.STAMP.unlink()  # as an install that was stopped leaves it
    run.set_up()
    assert len(made) == 2
    run.REQUIREMENTS.write_text("# another set\n")
    run.set_up()
    assert len(made) == 3


def test_where_uv_fails_pip_installs(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[list[str]] = []

    def fake(command: list[object], **_: object) -> subprocess.CompletedProcess[str]:
        commands.append([str(c) for c in command])
        return subprocess.CompletedProcess(command, 1 if "uv" in commands[-1] else 0)

    monkeypatch.setattr(run.venv, "create", lambda *a, **k: run.VENV.mkdir(exist_ok=True))
    monkeypatch.setattr(run.subprocess, "run", fake)
    run.set_up()
    assert "-r" in commands[-1] and "uv" not in commands[-1]


def test_the_checks_stop_at_the_first_that_fails(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []

    def fake(command: list[object], **named: object) -> subprocess.CompletedProcess[str]:
        ran.append(str(command[2]))
        assert not any(k.startswith(("DEMO_", "OPENAI_")) for k in named["env"])  # type: ignore[attr-defined]
        return subprocess.CompletedProcess(command, 5 if "pytest" in str(command) else 0)

    monkeypatch.setattr(run.subprocess, "run", fake)
    assert run.test([]) == 5  # pytest's own status for 'no test ran'
    assert ran == ["ruff", "mypy", "demo_lib", "pytest"]
