"""The bootstrap: standard library only, knows when there is nothing to install, fails when nothing was tested."""

from __future__ import annotations

import ast
import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from demo_lib.settings import PROJECT_ROOT


@pytest.fixture
def run(tmp_path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:  # type: ignore[no-untyped-def]
    spec = importlib.util.spec_from_file_location("run", PROJECT_ROOT / "run.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    for name in ("CORE", "EVAL"):
        requirements = tmp_path / f"{name}.txt"
        requirements.write_text("")  # nothing to fetch: these tests need no network
        monkeypatch.setattr(module, name, module.Environment(tmp_path / name, requirements, "nothing"))
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
    monkeypatch.setattr(run.venv, "create", lambda folder, **k: (made.append(folder), folder.mkdir(exist_ok=True)))
    monkeypatch.setattr(run.subprocess, "run", lambda command, **k: subprocess.CompletedProcess(command, 0))
    run.set_up(run.CORE)
    run.set_up(run.CORE)
    assert len(made) == 1
    run.CORE.stamp.unlink()  # as an install that was stopped leaves it
    run.set_up(run.CORE)
    assert len(made) == 2
    run.CORE.requirements.write_text("# another set\n")
    run.set_up(run.CORE)
    assert len(made) == 3


def test_an_environment_that_is_a_link_is_never_cleared(run: ModuleType, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "kept").write_text("")
    run.CORE.folder.symlink_to(theirs, target_is_directory=True)
    with pytest.raises(SystemExit, match="left as it is"):
        run.set_up(run.CORE)
    assert (theirs / "kept").exists()


def test_where_uv_fails_pip_installs(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[list[str]] = []

    def fake(command: list[object], **_: object) -> subprocess.CompletedProcess[str]:
        commands.append([str(c) for c in command])
        return subprocess.CompletedProcess(command, 1 if "uv" in commands[-1] else 0)

    monkeypatch.setattr(run.venv, "create", lambda folder, **k: folder.mkdir(exist_ok=True))
    monkeypatch.setattr(run.subprocess, "run", fake)
    run.set_up(run.CORE)
    assert "-r" in commands[-1] and "uv" not in commands[-1]


def test_the_checks_stop_at_the_first_that_fails(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []

    def fake(command: list[object], **named: object) -> subprocess.CompletedProcess[str]:
        ran.append(str(command[2]))
        assert not any(k.startswith(("DEMO_", "OPENAI_")) for k in named["env"])  # type: ignore[attr-defined]
        return subprocess.CompletedProcess(command, 5 if command[2] == "pytest" else 0)

    monkeypatch.setattr(run.subprocess, "run", fake)
    assert run.test([]) == 5  # pytest's own status for 'no test ran'
    assert ran == ["ruff", "mypy", "demo_lib", "demo_lib", "pytest"]  # the data, and what the answers are held to


def test_the_slides_are_built_offline_over_the_seeded_data(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[list[str]] = []

    def fake(command: list[object], **named: object) -> subprocess.CompletedProcess[str]:
        ran.append([str(part) for part in command[1:]])
        assert not any(k.startswith(("DEMO_", "OPENAI_")) for k in named["env"])  # type: ignore[attr-defined]
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(run.subprocess, "run", fake)
    assert run.COMMANDS["slides"](["--check"]) == 0
    assert ran == [["-m", "demo_lib", "seed"], ["-m", "demo_lib.stage.deck", "--check"]]


def test_evaluating_has_an_environment_of_its_own_and_leaves_the_kits_alone(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands: list[list[str]] = []

    def fake(command: list[object], **_: object) -> subprocess.CompletedProcess[str]:
        commands.append([str(c) for c in command])
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(run.venv, "create", lambda folder, **k: folder.mkdir(exist_ok=True))
    monkeypatch.setattr(run.subprocess, "run", fake)
    for arguments in (["eval", "--repeat", "3"], ["eval", "--test", "-x"]):
        monkeypatch.setattr(sys, "argv", ["run.py", *arguments])
        assert run.main() == 0
    python = str(run.EVAL.python)
    assert commands[-3:] == [[python, "-m", "demo_lib", "evaluate", "--repeat", "3"],
                             [python, "-m", "demo_lib", "seed"], [python, "-m", "pytest", "tests/eval", "-x"]]  # fmt: skip
    assert run.EVAL.stamp.exists() and not run.CORE.folder.exists()


def test_the_evaluation_environment_holds_what_the_kit_is_tested_with() -> None:
    core, evaluation = (_pins(PROJECT_ROOT / name) for name in ("requirements.txt", "requirements-eval.txt"))
    assert core.keys() <= evaluation.keys()
    other = {name for name in core if core[name] != evaluation[name]}
    assert other == HELD_BACK
    assert {"deepeval", "ragas", "langchain-community"} <= evaluation.keys() - core.keys()


# What DeepEval, RAGAS and what they stand on want older, and in two cases newer, than the kit; nothing that the kit's
# answers depend on.
HELD_BACK = {"certifi", "click", "fsspec", "hf-xet", "huggingface-hub", "jiter", "rich"}


def _pins(path: Path) -> dict[str, set[str]]:
    """The packages of a lock file with their pins: one a platform and Python version."""
    found: dict[str, set[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if "==" in line and not line.startswith((" ", "#")):
            found.setdefault(line.split("==")[0].split("[")[0], set()).add(line)
    return found
