"""The talk's figures, measured: each claim is told whatever comes, the verdicts follow rules, the files stay whole."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
import pytest
from workshops import shop

from demo_lib.cli import main
from demo_lib.errors import DemoError, UsageError
from demo_lib.evaluation import claims, claims_of_rules, claims_of_time, claims_report
from demo_lib.evaluation.claims import Bench, Claim, about, all_said, measure, plausible, within
from demo_lib.evaluation.overhead import ASYNC, WORKERS
from demo_lib.evaluation.questions import load
from demo_lib.settings import PROJECT_ROOT, Settings

NAMES = [one.name for one in all_said()]
ASKED_FOR = {
    "span_overhead_sync_ms", "span_overhead_async_ms", "retrieval_ms", "database_share", "tables", "prompt_reduction",
    "accuracy_v1", "accuracy_v2", "accuracy_v23", "sales_q4_2024", "agents_token_ratio", "strict_mode", "debug_10x",
    "vectors_100m", "llm_call_ms",
}  # fmt: skip
OVERHEADS = ("span_overhead_sync_ms", "span_overhead_async_ms", "span_overhead_async_busy_ms", "overhead_share")


def bench() -> Bench:
    few = load(["customers", "sales-last-quarter"])
    made = Bench.of(Settings.from_env())
    return replace(made, questions=few, asked=2, every=20)


@pytest.fixture(scope="module")
def measured() -> dict[str, Claim]:
    """Everything, once, with few questions."""
    return {claim.name: claim for claim in measure(bench(), progress=False)}


# ------------------------------------------------------------------------------------- what is claimed


def test_every_figure_of_the_talk_has_its_slide_its_words_and_a_measurement() -> None:
    assert set(NAMES) >= ASKED_FOR and len(NAMES) == len(set(NAMES))
    for one in all_said():
        assert one.slide == "appendix" or one.slide in range(1, 21), one.name
        assert one.claim and one.measure.__doc__, one.name
    numbers = [20 if one.slide == "appendix" else one.slide for one in all_said()]
    assert numbers == sorted(numbers)


# ------------------------------------------------------------------------------------ what is measured


def test_every_claim_is_measured_or_says_why_not(measured: dict[str, Claim]) -> None:
    assert list(measured) == NAMES
    for claim in measured.values():
        assert claim.how and "could not be measured" not in claim.how, claim
        assert (claim.measured is None) == (claim.verdict == "not measurable here"), claim
        assert str(PROJECT_ROOT) not in claim.how, claim


def test_what_does_not_hang_on_the_machine(measured: dict[str, Claim]) -> None:
    """The figures of a clone that is whole: they are the data's, the talk's or the libraries'."""
    holding = ("tables", "prompt_reduction", "rows_returned", "slide_10_sql", "slide_10_tables", "sales_q4_2024",
               "agents_token_ratio", "llm_calls_captured", "costs_per_agent", "failure_span", "result_cap")  # fmt: skip
    assert {name: measured[name].verdict for name in holding} == dict.fromkeys(holding, "holds")
    corrected = ("strict_mode", "slide_8_import", "keyword_list", "providers", "demo_minutes")
    assert {name: measured[name].verdict for name in corrected} == dict.fromkeys(corrected, "corrected")
    assert measured["tables"].measured == 122 and measured["rows_returned"].measured == 1
    assert f"{float(str(measured['sales_q4_2024'].measured)):,.0f}" == "1,200,170"
    assert "Q3 2025" in measured["sales_q4_2024"].how and "not determinism" in measured["strict_mode"].how
    assert measured["strict_mode"].measured == 100 and "1 request" in measured["providers"].how


@pytest.mark.parametrize(
    "name", ["debug_10x", "hours_saved", "vectors_100m", "llm_call_ms", "sql_generation_ms", "non_determinism"]
)
def test_what_cannot_be_measured_offline_is_not_guessed(measured: dict[str, Claim], name: str) -> None:
    assert measured[name].measured is None and measured[name].verdict == "not measurable here"


def test_tracing_costs_something_and_is_as_before_afterwards(measured: dict[str, Claim]) -> None:
    sync, asynchronous, busy, share = (float(str(measured[name].measured)) for name in OVERHEADS)
    assert sync > 0 and share > 0 and asynchronous != busy
    assert "2 questions" in measured["span_overhead_sync_ms"].how
    assert os.environ[ASYNC] == "false" and WORKERS not in os.environ
    with mlflow.start_span("afterwards") as span:
        pass
    assert mlflow.get_trace(span.trace_id) is not None  # at once: synchronous again


def test_a_measurement_that_fails_says_so_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(claims_of_time, "SETUP", "raise SystemExit(3)")
    monkeypatch.setattr(claims_of_rules, "GUARD_DATA", tmp_path / "nowhere")
    found = measure(bench(), ["tables", "keyword_list", "setup_minutes"], progress=False)
    assert [c.name for c in found] == ["tables", "keyword_list", "setup_minutes"]
    assert found[0].measured == 122
    assert found[1].verdict == found[2].verdict == "not measurable here"
    assert found[2].how == "could not be measured: the set-up ended with status 3"


def test_ctrl_c_is_no_failed_measurement(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: object) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(claims, "all_said", lambda: [replace(all_said()[0], measure=interrupted)])
    with pytest.raises(KeyboardInterrupt):
        measure(bench(), progress=False)


def test_another_database_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEMO_DATABASE", shop(tmp_path).settings.database)
    with pytest.raises(UsageError, match="DEMO_DATABASE"):
        Bench.of(Settings.from_env())


# ------------------------------------------------------------------------------------------- verdicts


@pytest.mark.parametrize(("value", "verdict"), [(4.99, "differs"), (5, "holds"), (10, "holds"), (10.1, "differs")])
def test_a_range_holds_with_its_ends(value: float, verdict: str) -> None:
    assert within(value, 5, 10) == verdict


@pytest.mark.parametrize(("value", "verdict"), [(22, "differs"), (23, "holds"), (90, "holds"), (91, "differs")])
def test_a_time_holds_up_to_twice_and_down_to_half(value: float, verdict: str) -> None:
    assert about(value, 45) == verdict


def test_a_share_holds_where_the_questions_could_have_given_it() -> None:
    """41 of 46: Wilson's interval is 0.770 to 0.953."""
    scores = pd.Series([1.0] * 41 + [0.0] * 5)
    assert plausible(scores, 0.92) == ("holds", "95 % interval 0.77 to 0.95, n = 46")
    assert plausible(scores, 0.96)[0] == "differs"


# ------------------------------------------------------------------------------------- what is told

DAY, MACHINE = date(2026, 11, 30), "Python 3.11.7, Linux x86_64"
TWO = [
    Claim("tables", 8, "100+ tables", 122, "tables", "holds", "counted"),
    Claim("share", "appendix", "a | b <c>", None, "", "not measurable here", "a long reason " * 12),
]


def test_the_table_wraps_within_the_terminal_and_loses_no_word() -> None:
    text = claims_report.as_text(TWO, 100)
    assert max(map(len, text.splitlines())) <= 100
    assert text.count("reason") == 12 and "122 tables" in text and "not measurable" in text
    assert text.splitlines()[-1] == "2 claims: 1 holds, 1 not measurable here."


def test_writing_keeps_the_other_figures_and_makes_the_page(tmp_path: Path) -> None:
    figures, page = tmp_path / "slides" / "figures.json", tmp_path / "docs" / "claims.md"
    figures.parent.mkdir()
    others = {"retrieval": {"source": "é", "x": [1, 2.5]}, "offline_model": {}}
    figures.write_text(json.dumps({**others, "claims": {"gone": {}}}, indent=1, ensure_ascii=False) + "\n")
    claims_report.keep(TWO, DAY, MACHINE, figures, page)
    kept = json.loads(figures.read_text(encoding="utf-8"))
    assert {k: v for k, v in kept.items() if k != "claims"} == others and "é" in figures.read_text(encoding="utf-8")
    assert {k: kept["claims"].pop(k) for k in ("source", "measured", "on")} == {
        "source": "python -m demo_lib claims", "measured": "2026-11-30", "on": MACHINE,
    }  # fmt: skip
    assert list(kept["claims"]) == ["tables", "share"]
    assert set(kept["claims"]["tables"]) == {"claim", "measured", "unit", "verdict", "how", "slide"}
    rows = [line for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    assert len(rows) == 3 and r"a \| b \<c>" in rows[2] and "30 November 2026: Python" in page.read_text()
    assert [p.name for p in tmp_path.rglob("*.partial")] == []


def test_figures_that_cannot_be_read_stay_as_they_are(tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    figures.write_text("{half of it")
    with pytest.raises(DemoError, match="cannot be kept"):
        claims_report.keep(TWO, DAY, MACHINE, figures, tmp_path / "claims.md")
    assert figures.read_text() == "{half of it" and not (tmp_path / "claims.md").exists()


def test_the_page_is_what_the_slides_read() -> None:
    kept = json.loads(claims_report.FIGURES.read_text(encoding="utf-8"))["claims"]
    on, day = kept.pop("on"), date.fromisoformat(kept.pop("measured"))
    assert kept.pop("source") == claims_report.SOURCE and list(kept) == NAMES
    told = [Claim(name=name, **one) for name, one in kept.items()]
    assert claims_report.PAGE.read_text(encoding="utf-8") == claims_report.as_markdown(told, day, on)


# ------------------------------------------------------------------------------------------- command


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["claims", *arguments])
    return int(ended.value.code or 0)


def test_the_command_prints_a_table_or_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--only", "debug_10x, demo_minutes") == 0
    assert "2 claims: 1 corrected, 1 not measurable here." in capsys.readouterr().out
    assert run("--only", "demo_minutes", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["demo_minutes"]["slide"] == 16 and "mlflow" in found["on"] and "OFFLINE" in found["on"]


def test_a_busy_machine_is_said_to_be_busy(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(claims_report, "load", lambda: 99.0)
    assert run("--only", "debug_10x", "--json") == 0
    out, err = capsys.readouterr()
    assert "busy (99.0)" in err and "busy with other work: 99.0" in json.loads(out)["on"]


@pytest.mark.parametrize("arguments", [["--only", "beauty"], ["--only", "tables", "--write"], ["--model", "nobody"]])
def test_a_request_that_is_off_is_told(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    before = claims_report.FIGURES.read_bytes()
    assert run(*arguments) == 2
    assert "Traceback" not in capsys.readouterr().err and claims_report.FIGURES.read_bytes() == before
