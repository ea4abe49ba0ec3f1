"""The run of show adds up and names real cells; a rehearsal times them, says what is off, and leaves nothing running."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import nbformat
import psutil
import pytest
import yaml

from demo_lib import cli
from demo_lib.errors import DemoError, UsageError
from demo_lib.settings import PROJECT_ROOT
from demo_lib.stage import preflight, rehearse, run_of_show
from demo_lib.stage.run_of_show import RunOfShow

SHOW = run_of_show.load()


# --------------------------------------------------------------------------------------------- the file


@pytest.mark.parametrize(("name", "minutes"), [("parts", 30), ("talk", 30), ("hour", 60)])
def test_each_variant_fills_its_time_and_can_lose_five_minutes(name: str, minutes: int) -> None:
    variant = SHOW.variant(name)
    assert sum(item.minutes for item in variant.items) == minutes
    assert sum(SHOW.saved_minutes(item) for item in variant.items) >= 5


def test_the_four_parts_take_what_slide_16_says() -> None:
    assert [(i.part[:2], i.minutes) for i in SHOW.variant("parts").items] == [
        ("01", 10), ("02", 5), ("03", 10), ("04", 5),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["talk", "hour"])
def test_every_slide_is_shown_or_named_as_cut(name: str) -> None:
    variant = SHOW.variant(name)
    shown = [n for holder in (*variant.items, *variant.cut) for n in holder.slides]
    assert sorted(shown) == list(range(1, 21))


def test_every_step_has_its_cell_and_every_cell_its_step() -> None:
    assert run_of_show.differences(SHOW) == []


def test_the_code_of_a_stage_cell_fits_across_a_projector() -> None:
    sources = [c.source for p in run_of_show.STAGE_NOTEBOOKS.glob("*.ipynb") for c in nbformat.read(p, 4).cells]
    assert len(sources) > 50
    assert [line for source in sources for line in source.splitlines() if len(line) > 120] == []


def test_every_file_that_a_fallback_opens_is_there_or_made_by_the_demo() -> None:
    pages = {f"outputs/demo/stage/{part}.html" for part in SHOW.parts}
    for steps in SHOW.parts.values():
        for word in " ".join(step.fallback for step in steps).split():
            name = word.strip('",;:.')
            if name.startswith("outputs/"):
                assert name in pages
            elif "/" in name:
                assert (PROJECT_ROOT / name).exists(), name


def changed(tmp_path: Path, change: Any) -> RunOfShow:
    """The run of show after `change` has had its way with the file's data."""
    data = yaml.safe_load(run_of_show.RUN_OF_SHOW.read_text(encoding="utf-8"))
    change(data)
    path = tmp_path / "run_of_show.yaml"
    path.write_text(yaml.safe_dump(data), encoding="utf-8")
    return run_of_show.load(path)


def set_in(*keys: Any, to: Any) -> Any:
    def change(data: Any) -> None:
        for key in keys[:-1]:
            data = data[key]
        data[keys[-1]] = to

    return change


ITEM = ("variants", "talk", "items")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (set_in(*ITEM, 0, "minutes", to=3), "talk: its items take 29 minutes, not 30"),
        (set_in(*ITEM, 0, "minutes", to="long"), "variants.talk.items.0.minutes: "),
        (set_in(*ITEM, 0, "slides", to=[1, 2, 3, 4]), "talk, slides: neither shown nor cut: 5"),
        (set_in(*ITEM, 0, "slides", to=[1, 2, 3, 4, 5, 12]), "talk, slides: more than once: 12"),
        (set_in(*ITEM, 0, "slides", to=[21]), "variants.talk.items.0.slides.0: "),
        (set_in(*ITEM, 2, "part", to="09_none"), "talk.items.2.part: there is no part '09_none'"),
        (set_in(*ITEM, 2, "without", to=["dance"]), "has no step 'dance'"),
        (set_in(*ITEM, 2, "drop", to=["cost"]), "'cost' is not among what this item shows"),
        (set_in(*ITEM, 2, "without", to=[]), "talk.items.2: its steps take"),
        (set_in(*ITEM, 2, "slides", to=[10]), "talk.items.2: kind slides needs"),
        (set_in("variants", "parts", "cut", to=[]), "parts, parts: neither shown nor cut: 05_when_things_fail"),
        (set_in("variants", "hour", "items", 10, "saves_minutes", to=0), "saves 4.2 minutes; 5 are wanted"),
        (set_in("parts", "01_basic_flow", 0, "fallback", to=" "), "parts.01_basic_flow.0.fallback: "),
        (set_in("parts", "01_basic_flow", 0, "cell", to="trace"), "parts.01_basic_flow: more than once: trace"),
        (set_in("variants", "talk", "minuets", to=3), "variants.talk.minuets: "),
    ],
)
def test_what_is_off_is_said_with_its_place(tmp_path: Path, change: Any, said: str) -> None:
    with pytest.raises(DemoError) as caught:
        changed(tmp_path, change)
    assert said in str(caught.value) and str(caught.value).startswith("run_of_show.yaml, ")


def test_a_file_that_is_no_yaml_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "show.yaml").write_text("parts: [")
    with pytest.raises(DemoError, match=r"^show\.yaml cannot be read: [^\n]+$"):
        run_of_show.load(tmp_path / "show.yaml")


# -------------------------------------------------------------------------------------------- rehearsing


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout of its own for rehearsals: no notebooks yet, and its own .demo."""
    monkeypatch.setattr(rehearse, "STAGE_NOTEBOOKS", tmp_path)
    monkeypatch.setattr(rehearse, "HISTORY", tmp_path / ".demo" / "rehearsals.jsonl")
    differences = run_of_show.differences
    monkeypatch.setattr(run_of_show, "differences", lambda show: differences(show, tmp_path))
    return tmp_path


def show_of(folder: Path, seconds: int = 30, **cells: str) -> RunOfShow:
    """A show of one part whose notebook has these cells after an empty warm-up."""
    code = [("warm-up", "import time"), *cells.items()]
    made = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source, metadata={"tags": [f"stage:{name}"]}) for name, source in code]
    )
    nbformat.write(made, folder / "01_part.ipynb")
    steps = tuple(run_of_show.Step(name, "Look.", seconds, f"Show the picture of {name}.") for name in cells)
    items = (run_of_show.Item("part", 5, part="01_part"),)
    return RunOfShow({"01_part": steps}, {"parts": run_of_show.Variant("A test", 5, items)})


def test_it_times_each_cell_and_the_warm_up_apart(stage: Path) -> None:
    done = rehearse.rehearse(show_of(stage, one="x = 1", two="print(x)"), "parts", progress=False)
    timings = done.parts["01_part"]
    assert [(t.cell, t.allowed_seconds) for t in timings] == [
        ("kernel", None), ("warm-up", None), ("one", 2.0), ("two", 2.0),
    ]  # fmt: skip
    assert done.findings == [] and done.whole and done.seconds > 0
    assert rehearse.as_text(done, []).splitlines()[-1] == "Ready."


def test_a_slow_cell_is_over_its_share_and_a_failing_one_names_the_fallback(stage: Path) -> None:
    show = show_of(stage, seconds=5, slow="time.sleep(0.6)", broken="1 / 0\nprint('never')", after="print('never')")
    done = rehearse.rehearse(show, "parts", progress=False)
    assert [t.cell for t in done.parts["01_part"]] == ["kernel", "warm-up", "slow", "broken"]
    assert done.findings == ["01_part: broken fails.", "01_part: slow runs over."]
    text = rehearse.as_text(done, [])
    assert "✗ ZeroDivisionError: division by zero" in text and "→ Show the picture of broken." in text
    (slow,) = [line for line in text.splitlines() if line.startswith("  slow")]
    assert slow.endswith("over") and " 0.50 " in slow


def test_steps_that_a_variant_leaves_out_do_not_run(stage: Path) -> None:
    show = show_of(stage, kept="print('here')", left="1 / 0")
    (item,) = show.variant("parts").items
    short = run_of_show.Variant("Shorter", 5, (run_of_show.Item("part", 5, part=item.part, without=("left",)),))
    done = rehearse.rehearse(RunOfShow(show.parts, {"talk": short}), "talk", progress=False)
    assert [t.cell for t in done.parts["01_part"]] == ["kernel", "warm-up", "kept"] and not done.findings


def test_its_traces_and_files_stay_out_of_the_presenters_own(stage: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI")
    (stage / ".demo").mkdir()
    look = "import os\nassert '/.demo/rehearsal.db' in os.environ['MLFLOW_TRACKING_URI'], 'store'"
    show = show_of(
        stage, store=look, files="from demo_lib.settings import OUTPUTS\nassert OUTPUTS.parent.name == '.demo'"
    )
    done = rehearse.rehearse(show, "parts", progress=False)
    assert done.findings == [] and (stage / ".demo" / "rehearsal.db").stat().st_size


def test_what_cannot_be_rehearsed_is_said(stage: Path) -> None:
    show = show_of(stage, one="x = 1")
    with pytest.raises(UsageError, match="Use one of: parts"):
        rehearse.rehearse(show, "party")
    with pytest.raises(UsageError, match="It has: 01_part"):
        rehearse.rehearse(show, "parts", 2)
    two = RunOfShow({"01_part": (*show.parts["01_part"], run_of_show.Step("two", "x", 9, "x"))}, show.variants)
    with pytest.raises(DemoError, match="the step 'two' has no cell"):
        rehearse.rehearse(two, "parts")
    (stage / "01_part.ipynb").unlink()
    with pytest.raises(DemoError, match=r"01_part .* no stage notebook.*build\.py"):
        rehearse.rehearse(show, "parts")


def rehearsed(seconds: float, whole: bool = True, at: str = "2025-11-01T09:30:00+00:00") -> rehearse.Rehearsal:
    timings = [rehearse.Timing("warm-up", 5.0), rehearse.Timing("ask", seconds, 2.0)]
    return rehearse.Rehearsal(at, "parts", whole, "OFFLINE", {"01_part": timings})


def test_the_last_ones_are_kept_and_compared(stage: Path) -> None:
    for seconds in (0.1, 0.2, 0.3):
        rehearse.keep(rehearsed(seconds), most=2)
    assert [e["parts"]["01_part"][1]["seconds"] for e in rehearse.history()] == [0.2, 0.3]
    rehearse.HISTORY.write_text(rehearse.HISTORY.read_text() + "half a li\n{}\n")
    assert len(rehearse.history()) == 2
    (ask,) = [x for x in rehearse.as_text(rehearsed(0.45), rehearse.history()).splitlines() if "ask" in x]
    assert ask.split() == ["ask", "0.45", "2.00", "+0.15"]


def test_the_command_prints_one_object_and_fails_where_a_cell_does(
    stage: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    show = show_of(stage, broken="raise ValueError('no')")
    monkeypatch.setattr(run_of_show, "load", lambda: show)
    with pytest.raises(SystemExit) as ended:
        cli.main(["rehearse", "--json"])
    found = json.loads(capsys.readouterr().out)
    assert ended.value.code == 1 and found["findings"] == ["01_part: broken fails."]
    assert rehearse.history() == [found]
    with pytest.raises(SystemExit) as ended:
        cli.main(["rehearse", "--keep", "0"])
    assert ended.value.code == 2


def test_too_much_in_all_is_a_finding(stage: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rehearse, "TARGET_SECONDS", 5)
    assert rehearsed(0.3).findings == ["All together takes 5 s, more than 5 s."]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT to send to one process")
@pytest.mark.parametrize("cell", ["kernel", "warm-up"])
def test_ctrl_c_leaves_no_kernel(cell: str) -> None:
    """While the kernel starts, and while a cell runs: the two take different ways."""
    command = [sys.executable, "-m", "demo_lib", "rehearse", "--part", "1"]
    process = subprocess.Popen(command, cwd=PROJECT_ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    kernels = waited_for(lambda: psutil.Process(process.pid).children())
    if cell == "warm-up":
        waited_for(lambda: kernels[0].cpu_times().user > 3)  # well into the imports
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert "Stopped." in said and "Traceback" not in said
    assert not any(kernel.is_running() for kernel in kernels)


def waited_for(look: Any) -> Any:
    for _ in range(600):
        if found := look():
            return found
        time.sleep(0.1)
    pytest.fail("it did not come to that")


# ---------------------------------------------------------------------------------------------- preflight


def test_preflight_knows_the_last_rehearsal(stage: Path) -> None:
    assert (preflight._rehearsal().ok, preflight._rehearsal().found) == (False, "none yet of all parts")
    rehearse.keep(rehearsed(0.3, whole=False))
    assert not preflight._rehearsal().ok
    rehearse.keep(rehearsed(0.3))
    old = preflight._rehearsal()
    assert not old.ok and "days ago" in old.found and old.remedy == "python -m demo_lib rehearse"
    now = rehearse.datetime.now().astimezone().isoformat()
    rehearse.keep(rehearsed(0.3, at=now))
    assert preflight._rehearsal().ok and "ready, 5 s" in preflight._rehearsal().found
    rehearse.keep(rehearsed(2.4, at=now))
    assert not preflight._rehearsal().ok and "ask runs over" in preflight._rehearsal().found
