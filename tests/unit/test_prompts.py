"""The prompt's versions in MLflow's registry: named, numbered, aliased, moved and moved back."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from pathlib import Path

import mlflow
import pytest
from command_line import command
from workshops import shop

from demo_lib import prompts
from demo_lib.errors import UsageError
from demo_lib.evaluation.compare import compare_prompts
from demo_lib.evaluation.questions import Question
from demo_lib.settings import PROJECT_ROOT

pytestmark = pytest.mark.usefixtures("own_store")


def register(template: str, **tags: str) -> int:
    """A version as MLflow's UI makes one."""
    return int(mlflow.genai.register_prompt(prompts.NAME, template, commit_message="by hand", tags=tags).version)


def test_set_up_registers_every_file_and_both_aliases() -> None:
    versions = prompts.history()
    assert [v.number for v in versions] == [1, 2, 3]
    assert [v.prompt.version for v in versions] == prompts.versions() == ["v1.0", "v2.0", "v2.3"]
    assert [v.prompt for v in versions] == [prompts.load(v) for v in prompts.versions()]
    assert set(versions[-1].aliases) == {"production", "candidate", "v2-3"}


def test_a_version_is_found_by_name_number_and_alias() -> None:
    number = register("Be brief. {{schema}}")
    assert prompts.load(str(number)) == prompts.load(f"registry {number}")
    assert prompts.load(str(number)).version == f"registry {number}" and prompts.load("2").version == "v2.0"
    prompts.promote(str(number), "candidate")
    assert prompts.load("candidate").template == "Be brief. {{schema}}"
    assert prompts.find("candidate").name == f"registry {number}" and prompts.find("v2.0").name == "v2.0 (registry 2)"


def test_what_a_version_shows_of_the_schema_stands_in_its_tag() -> None:
    assert prompts.load(str(register("a"))).schema == "ddl"
    assert prompts.load(str(register("b", schema="names"))).schema == "names"


def test_a_version_whose_file_has_changed_since_loses_its_name() -> None:
    made = register("v2.3, and more", version="v2.3")
    mlflow.genai.set_prompt_alias(prompts.NAME, "v2-3", made)
    assert prompts.find("3").prompt.version == "registry 3" and prompts.find(str(made)).prompt.version == "v2.3"


def test_a_long_history_is_read_to_its_end_and_a_deleted_version_is_not_in_it() -> None:
    made = [register(f"version {i}") for i in range(22)]
    mlflow.MlflowClient().delete_prompt_version(prompts.NAME, str(made[3]))
    assert [v.number for v in prompts.history()] == [1, 2, 3, *(n for n in made if n != made[3])]
    with pytest.raises(UsageError, match=f"There is no prompt '{made[3]}'"):
        prompts.load(str(made[3]))


def test_rolling_back_goes_back_move_by_move() -> None:
    assert str(prompts.promote("v1.0")) == "production points to v1.0 (registry 1) now; before, to v2.3 (registry 3)."
    prompts.promote("v2.0")
    assert str(prompts.promote("v2.0")) == "production points to v2.0 (registry 2) already."
    assert prompts.rollback().now == "v1.0 (registry 1)"
    assert prompts.rollback().now == "v2.3 (registry 3)"
    assert prompts.load("production").version == "v2.3"
    with pytest.raises(UsageError, match="nothing to roll production back to"):
        prompts.rollback()


def test_each_alias_has_moves_of_its_own_and_a_new_one_none() -> None:
    prompts.promote("v2.0", "candidate")
    move = prompts.promote("candidate")  # what was tried goes into use
    assert (move.before, move.now) == ("v2.3 (registry 3)", "v2.0 (registry 2)")
    assert prompts.rollback("candidate").now == "v2.3 (registry 3)" and prompts.load("production").version == "v2.0"
    assert str(prompts.promote("v1.0", "teaching")) == "teaching points to v1.0 (registry 1) now."
    with pytest.raises(UsageError, match="nothing to roll teaching back to"):
        prompts.rollback("teaching")


def test_a_rollback_passes_over_what_was_deleted_since() -> None:
    made = register("gone soon")
    prompts.promote(str(made))
    prompts.promote("v1.0")
    mlflow.MlflowClient().delete_prompt_version(prompts.NAME, str(made))
    assert prompts.rollback().now == "v2.3 (registry 3)"


def test_what_cannot_be_an_alias_is_refused() -> None:
    for name in ("latest", "v3", "v2-3", "", "two words", "7", "Production", "x" * 80):
        with pytest.raises(UsageError, match="cannot be an alias"):
            prompts.promote("v1.0", name)


def test_an_unknown_version_is_refused() -> None:
    for name, look in itertools.product(
        ("99", "0", "registry 99", "nobody", "v9.9"), (prompts.load, prompts.find, prompts.promote)
    ):
        with pytest.raises(UsageError, match="v1.0, v2.0, v2.3, a number in MLflow's registry, or an alias"):
            look(name)


def test_a_run_is_linked_to_its_prompt_and_so_is_each_trace(tmp_path: Path) -> None:
    gold = {"duckdb": "SELECT COUNT(*) FROM customers"}
    question = Question(
        "q", "How many customers are there?", "count", 1, "shop", gold_sql=gold, gold_tables=("customers",)
    )
    number = str(register(prompts.load("v2.3").template + "\nBe brief."))
    found = compare_prompts(shop(tmp_path), ["v1.0", number], [question], progress=False)
    for version, registered in (("v1.0", "1"), (number, number)):
        run = mlflow.get_run(found.run_ids[version])
        linked = [{"name": "text2sql", "version": registered}]
        assert json.loads(run.data.tags["mlflow.linkedPrompts"]) == linked
        assert run.data.params["prompt_registry_version"] == registered
        trace = mlflow.get_trace(found.trace_ids[version][0])
        assert json.loads(trace.info.tags["mlflow.linkedPrompts"]) == linked
        assert trace.info.trace_metadata["demo.prompt"] == version


def test_the_command_lists_promotes_and_rolls_back(capsys: pytest.CaptureFixture[str]) -> None:
    register("By hand. {{schema}}")
    status, out, _ = command(capsys, "prompts")
    assert status == 0 and len(out.splitlines()) == 5
    assert out.splitlines()[3].split()[:4] == ["3", "v2.3", "candidate,", "production"]
    assert out.splitlines()[4].split() == ["4", "-", "by", "hand"]
    status, out, _ = command(capsys, "prompts", "--promote", "4", "--to", "candidate", "--json")
    assert status == 0
    assert json.loads(out) == {"alias": "candidate", "before": "v2.3 (registry 3)", "now": "registry 4"}
    status, out, _ = command(capsys, "prompts", "--rollback", "--to", "candidate")
    assert status == 0 and out == "candidate points to v2.3 (registry 3) now; before, to registry 4.\n"
    status, out, _ = command(capsys, "prompts", "--json")
    assert [v["version"] for v in json.loads(out)["versions"]] == ["v1.0", "v2.0", "v2.3", "registry 4"]
    status, _, err = command(capsys, "prompts", "--promote", "v9.9")
    assert status == 2 and "There is no prompt 'v9.9'" in err


def test_a_version_with_a_file_is_loaded_without_mlflow() -> None:
    """Imported before its settings are in place, MLflow would send telemetry, and notebooks show warnings."""
    code = "import sys; from demo_lib import Workshop; Workshop(); sys.exit('mlflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=PROJECT_ROOT, check=False).returncode == 0
