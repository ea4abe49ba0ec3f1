"""The slides say what was measured, when it was measured, and nothing that was typed by hand."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from demo_lib.settings import PROJECT_ROOT
from demo_lib.stage.deck import build, marp, paper
from demo_lib.stage.deck.fill import BREAK, NEEDS, PLACEHOLDER, Filled, fill, tree
from demo_lib.stage.deck.sources import AWAITED, SLIDES, Sources, UnknownSource, run_code
from demo_lib.stage.run_of_show import SLIDES as NUMBERS
from demo_lib.stage.run_of_show import RunOfShow, load

DECK = (SLIDES / "deck.md").read_text(encoding="utf-8")
TYPED = DECK.split(BREAK)[1:]
WORDS = SLIDES / "words.txt"
HEAD = "---\ntheme: workshop\n---\n"
SAID = {"claim": "MLflow adds 5–10 ms", "measured": 5.4321, "unit": "ms", "verdict": "holds", "how": "by a clock"}
# what is a name and no measurement
NAMES = [
    r"https?://\S+", r"\]\([^)]+\)", r"\bslides/\S+", r"tests/\S+", r"<[^>]+>", r"`[^`]*`", r"gpt-4o", r"Text2SQL", r"python3", r"\bv\d\.\d\b",
    r"(?i)\b(part|core|slide|notebook|appendix:?) \d+", r"\b0\d_\w+", r"(February|November) 20\d\d", r"Python 3\.\d+",
    r"^Minutes: .*$", r"^## \d ", r'"Revenue by region in 2024"', r"q4_2024",
]  # fmt: skip


@pytest.fixture(scope="module")
def show() -> RunOfShow:
    return load()


@pytest.fixture(scope="module")
def filled() -> Filled:
    return fill(DECK)


def measured(**figures: Any) -> Sources:
    """Sources whose figures are these beside the real ones."""
    sources = Sources()
    sources.figures.update(figures)
    return sources


# ------------------------------------------------------------------------------------- where things come from


def test_the_committed_pages_are_those_that_a_build_would_make_today() -> None:
    assert build.stale() == [], "run: python3 run.py slides"


def test_another_figure_or_word_makes_them_stale(monkeypatch: pytest.MonkeyPatch) -> None:
    sources = Sources()
    sources.figures["guardrails"]["guards"]["ours"]["development"]["stopped"]["all"] = [240, 241]
    assert build.stale(sources) == ["What the slides are made of has changed since."]
    monkeypatch.setattr(paper, "HANDOUT", "another")
    assert build.stale() != []


@pytest.mark.parametrize(
    "placeholder",
    ["figure: retrieval/kit/no such", "figure: nowhere/x", "figure: claims/span_overhead_sink_ms/measured", "trace: 01_basic_flow/nothing",
     "trace: 01_basic_flow/database", "sql: 01_basic_flow/trace", "table: 01_basic_flow/trace", "picture: 01_basic_flow/trace, a", "code: run.py#nothing",
     "code: nowhere.py#x", "diagram: none", "speaker: shoe size", "minutes: week", "minutes: talk/09_x", "output: code/99_x", "dance: x",
     "figure: retrieval/kit | percent", "figure: retrieval/kit", "output: 01_basic_flow/alone | find giraffes", "figure: retrieval/kit/questions | dance"],
)  # fmt: skip
def test_a_name_that_is_not_there_fails_the_build_and_says_on_which_slide(placeholder: str) -> None:
    with pytest.raises(UnknownSource, match="slides/deck.md, “A slide”"):
        fill(f"{HEAD}# A slide\n{{{{{placeholder}}}}}")


def test_what_nobody_has_measured_is_left_off_and_listed() -> None:
    sources = Sources()
    sources.figures.pop("claims", None)
    sources.figures.pop("load", None)
    made = fill(f"{HEAD}# One\nkept\n- {{{{measured: tables}}}} tables\n---\n<!-- needs: load/users -->\n# Two\n---\n# Three", sources)
    assert "kept" in made.markdown and "tables" not in made.markdown and "# Two" not in made.markdown
    assert "# Three" in made.slides[-1] and len(made.slides) == 2
    assert [m.split(":")[0] for m in made.left_off] == ["“One”", "“Two”"]
    assert "claims/tables (python -m demo_lib claims)" in made.left_off[0]


def test_once_measured_it_stands_there() -> None:
    claims = {"span_overhead_sync_ms": SAID, "retrieval_ms": SAID | {"measured": None}, "tables": SAID | {"measured": 122, "unit": "tables"}}
    text = "{{claim: span_overhead_sync_ms}}: {{measured: span_overhead_sync_ms}}, {{how: tables}}"
    made = fill(f"{HEAD}# One\n{text}\n{{{{measured: tables}}}}\n{{{{claims: tables, retrieval_ms}}}}", measured(claims=claims))
    assert "MLflow adds 5–10 ms: 5.43 ms, by a clock" in made.markdown and "122 tables" in made.markdown
    assert made.left_off == ()
    with_all = measured(claims={name: SAID for name in AWAITED["claims"][0]})
    deck = fill(DECK, with_all)
    assert not any("claims/" in missing for missing in deck.left_off)
    assert len(deck.slides) == len(fill(DECK).slides) + ("claims" not in Sources().figures)


def test_a_figure_that_could_not_be_measured_is_left_off() -> None:
    made = fill(f"{HEAD}# One\nA {{{{figure: claims/tables/measured}}}}", measured(claims={"tables": SAID | {"measured": None}}))
    assert "could not be measured" in made.left_off[0]


def test_no_number_on_a_slide_or_in_its_notes_is_typed() -> None:
    for slide in TYPED:
        text = PLACEHOLDER.sub("", NEEDS.sub("", slide))
        for name in NAMES:
            text = re.sub(name, "", text, flags=re.MULTILINE)
        assert not re.findall(r".*\d.*", text)


def test_what_the_build_leaves_off_is_written_down(filled: Filled) -> None:
    assert json.loads(build.MANIFEST.read_text(encoding="utf-8"))["left_off"] == list(filled.left_off)


def test_code_on_a_slide_is_short_and_all_of_it_is_shown(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("# slide: long\n" + "x = 1\n" * 16 + "# slide: end\n")
    with pytest.raises(UnknownSource, match="16 lines"):
        Sources(tmp_path).code("a.py#long")
    shown = set(re.findall(r"\{\{code: (\S+?)#", DECK))
    assert {f"slides/code/{path.name}" for path in (SLIDES / "code").glob("*.py")} <= shown


@pytest.mark.parametrize("path", sorted((SLIDES / "code").glob("*.py")), ids=lambda p: p.stem)
def test_the_code_on_a_slide_prints_what_the_slide_shows(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_code(path) == path.with_suffix(".out").read_text(encoding="utf-8")


def test_no_code_is_typed_into_the_deck() -> None:
    assert re.findall(r"```(\w+)\n", DECK) == ["bash", "bash"], "slide 18's commands, which a test below runs; all else is {{code: …}}"


def test_a_trace_is_drawn_as_it_was_printed() -> None:
    drawn = tree("Trace: t_1\nroot (1,200 ms) · OFFLINE\n├─ a<b (600 ms)\n│  └─ deep (6 ms) · blocked  ✗ no\n└─ b (3 ms)")
    assert [int(d) for d in re.findall(r"--depth:(\d)", drawn)] == [0, 1, 2, 1]
    assert "a&lt;b" in drawn and "width:50.0%" in drawn and "1,200 ms" in drawn and "blocked  ✗ no" in drawn
    with pytest.raises(UnknownSource, match="no trace"):
        tree("Trace: t_1\nsomething else")


# ------------------------------------------------------------------------------------- the talk


def test_twenty_slides_and_the_appendix_each_with_a_title(filled: Filled) -> None:
    titles = [re.search(r"^# (.+)$", slide, re.MULTILINE) for slide in filled.slides]
    assert all(titles)
    appendix = [t[1] for t in titles[len(NUMBERS) :] if t]
    assert len(appendix) >= 3 and all(title.startswith("Appendix") for title in appendix)
    assert not any(t[1].startswith("Appendix") for t in titles[: len(NUMBERS)] if t)


@pytest.mark.parametrize("variant", ["talk", "hour"])
def test_the_minutes_in_the_notes_are_those_of_the_run_of_show(show: RunOfShow, variant: str) -> None:
    column = ["talk", "hour"].index(variant)
    minutes: dict[int, str] = {}
    for number, slide in zip(NUMBERS, TYPED, strict=False):
        first = paper.notes(slide)[0]
        told = re.fullmatch(r"Minutes: (cut|[\d.]+) talk, (cut|[\d.]+) hour", first)
        assert told, f"slide {number}: {first}"
        minutes[number] = told[column + 1]
    items = show.variants[variant].items
    for item in items:
        if item.slides:
            assert sum(float(minutes[n]) for n in item.slides) == item.minutes, item.slides
        if item.kind == "slides" and item.drop:
            assert sum(float(minutes[int(n)]) for n in item.drop) == item.saves_minutes, item.drop
    shown = {n for item in items for n in item.slides}
    assert {n for n, told in minutes.items() if told != "cut"} == shown
    live = sum(item.minutes for item in items if item.part)
    assert sum(float(told) for told in minutes.values() if told != "cut") + live == show.variants[variant].minutes


def test_every_slide_has_notes_and_says_what_comes_next(filled: Filled) -> None:
    for number, slide in zip(NUMBERS, filled.slides, strict=False):
        said = paper.notes(slide)
        assert len(said) >= 3 and said[-1].startswith("Next. Talk: "), number
    assert all(paper.notes(slide) for slide in filled.slides)
    assert "live, 01_basic_flow, 5.5 minutes, then slide 8" in paper.notes(filled.slides[9])[-1]
    assert paper.notes(filled.slides[19])[-1].endswith("the end.")


def test_the_checklist_has_every_step_and_every_command_is_one(show: RunOfShow) -> None:
    page = paper.checklist(show)
    for item in show.variants["parts"].items:
        assert f"{item.part} · {item.minutes:g} min" in page
        assert all(f"<b>{step.cell}</b> {step.seconds} s" in page for step in show.steps(item))
    for command, _ in paper.BEFORE:
        assert command in (PROJECT_ROOT / "README.md").read_text(encoding="utf-8"), command


def test_links_inside_the_project_lead_somewhere(filled: Filled) -> None:
    links = {target for _, target in build.INSIDE.findall(filled.markdown)}
    assert len(links) > 15
    for target in links:
        place, _, part = target.partition("#")
        path = (SLIDES / place).resolve()
        assert path.is_relative_to(PROJECT_ROOT) and path.exists(), target
        if part:
            headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
            assert part in [re.sub(r"[^\w -]", "", h).lower().replace(" ", "-") for h in headings], target


def test_the_answers_of_slide_19_each_rest_on_something(filled: Filled) -> None:
    answers = filled.slides[18].split("\n## ")[1:]
    assert len(answers) == 4
    for answer in answers:
        targets = [target.partition("#")[0] for _, target in build.INSIDE.findall(answer)]
        assert targets and all(t.endswith((".ipynb", ".md")) for t in targets), answer


def test_links_on_paper_lead_into_the_repository_or_are_words() -> None:
    text = "[a](../notebooks/build.py) [b](../README.md#ask) [c](https://x.org) [d](code/06_tool_call.py)"
    assert build.for_paper(text, "https://github.com/OWNER/kit") == "a b [c](https://x.org) d"
    there = build.for_paper(text, "https://github.com/me/kit")
    assert "(https://github.com/me/kit/blob/HEAD/notebooks/build.py)" in there and "README.md#ask" in there
    assert "/blob/HEAD/slides/code/06_tool_call.py" in there


# ------------------------------------------------------------------------------------- slide 18


def commands(filled: Filled) -> list[list[str]]:
    blocks = re.findall(r"```bash\n(.*?)```", filled.slides[17], re.DOTALL)
    return [shlex.split(line, comments=True) for block in blocks for line in block.splitlines()]


def test_the_commands_of_slide_18_are_understood(filled: Filled) -> None:
    import importlib.util

    from demo_lib.cli import _parser

    spec = importlib.util.spec_from_file_location("run", PROJECT_ROOT / "run.py")
    assert spec and spec.loader
    run = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(run)
    clone, *rest = commands(filled)
    assert clone == ["git", "clone", Sources().speaker["repository"]]
    for command in rest:
        match command:
            case ["cd", folder]:
                assert clone[2].endswith(f"/{folder}")
            case ["python3", "run.py", name]:
                assert name in run.COMMANDS
            case ["pip", "install", "-r", file]:
                assert (PROJECT_ROOT / file).exists()
            case ["python", "-m", "demo_lib", *arguments]:
                assert _parser().parse_args(arguments).run
            case _:
                assert command == ["mlflow", "ui"]
    assert len(rest) == 8


@pytest.mark.skipif(shutil.which("git") is None or not (PROJECT_ROOT / ".git").exists(), reason="needs a Git clone")
def test_the_commands_of_slide_18_run_as_printed(filled: Filled, tmp_path: Path) -> None:
    clone, (_, folder), *rest = commands(filled)
    here = ["git", "-c", f"url.{PROJECT_ROOT.as_uri()}.insteadOf={clone[2]}", *clone[1:], "--quiet", "--depth", "1"]
    subprocess.run(here, cwd=tmp_path, check=True, capture_output=True)
    assert (tmp_path / folder / "run.py").exists()
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | {"PYTHONUTF8": "1"}
    for command in rest:
        if command[0] == "python3":  # its set-up takes minutes; that it starts is seen from its help
            command = [sys.executable, "run.py", "--help"]
        elif command[0] == "python":
            command = [sys.executable, *command[1:]]
        else:
            continue
        options: dict[str, Any] = {"capture_output": True, "text": True, "encoding": "utf-8", "timeout": 200}
        done = subprocess.run(command, cwd=tmp_path / folder, env=environment, **options)
        assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("[OFFLINE] Revenue by region in 2024: ")


# ------------------------------------------------------------------------------------- the pages


def unpacked(path: Path) -> bytes:
    """The bytes of a file, and what is packed within it: a PDF's streams, a PPTX's parts."""
    data = path.read_bytes()
    if path.suffix == ".pptx":
        with zipfile.ZipFile(path) as deck:
            return b"".join(deck.read(name) for name in deck.namelist() if name.endswith((".xml", ".rels")))
    for packed in re.findall(rb"stream\r?\n(.*?)endstream", data, re.DOTALL):
        with suppress(zlib.error):  # a font or a picture, packed otherwise
            data += zlib.decompressobj().decompress(packed)
    return data


def pages(path: Path) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", unpacked(path)))


def test_as_many_pages_as_slides(filled: Filled) -> None:
    slides = len(filled.slides)
    assert pages(SLIDES / "deck.pdf") == slides
    assert pages(SLIDES / "checklist.pdf") == 1
    assert slides / 3 <= pages(SLIDES / "handout.pdf") <= slides
    with zipfile.ZipFile(SLIDES / "deck.pptx") as deck:
        names = deck.namelist()
    assert sum(bool(re.fullmatch(r"ppt/slides/slide\d+\.xml", name)) for name in names) == slides
    assert sum(bool(re.fullmatch(r"ppt/notesSlides/notesSlide\d+\.xml", name)) for name in names) == slides
    assert sum((SLIDES / name).stat().st_size for name in build.BUILT) < 8_000_000


def test_the_pages_name_no_machine_and_fetch_nothing() -> None:
    for name in build.BUILT:
        data = unpacked(SLIDES / name)
        assert not re.search(rb"file://|/tmp/|/home/|/root/|/Users/", data), name
    html = (SLIDES / "deck.html").read_text(encoding="utf-8")
    assert not re.search(r"""<(?:img|script|link|iframe)[^>]+(?:src|href)=["']?(?!data:)""", html)
    assert not re.search(r"url\(['\"]?(?!['\"]?(?:data:|#))", re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL))


def test_pictures_and_diagrams_say_what_they_show(filled: Filled) -> None:
    assert filled.markdown.count("<svg") == filled.markdown.count('<svg class="diagram" role="img" aria-labelledby=') >= 5
    for svg in re.findall(r"<svg.*?</svg>", filled.markdown, re.DOTALL):
        label = re.search(r'aria-labelledby="([^"]+)"', svg)
        title = re.search(r'<title id="([^"]+)">([^<]{30,})</title>', svg)
        assert label and title and label[1] == title[1]
    assert all(re.search(r'alt="[^"]{10,}"', image) for image in re.findall(r"<img[^>]*>", filled.markdown))


def test_spelling() -> None:
    """words.txt holds the words that somebody has looked at. A new one: look it up, then add it in its place."""
    known = WORDS.read_text(encoding="utf-8").split()
    assert known == sorted(set(known))
    new = sorted(words() - set(known))
    assert not new, f"Look these up; where they are right, add them to slides/words.txt: {' '.join(new)}"


def words() -> set[str]:
    """What is typed for slides, notes, diagrams and checklist: no code, no addresses, no names with a dot or a digit."""
    drawn = [path.read_text(encoding="utf-8") for path in sorted((SLIDES / "diagrams").glob("*.svg"))]
    text = "\n".join([*TYPED, *drawn, paper.ON_THE_DAY, paper.WHEN_IT_FAILS, *(why for _, why in paper.BEFORE)])
    for pattern in (PLACEHOLDER.pattern, r"```.*?```", r"https?://\S+", r"\]\([^)]*\)", r"<[^!][^>]*>", r"`[^`]*`", r"\S*\w[._/@=]\w\S*", r"\w*\d\w*"):
        text = re.sub(pattern, " ", text, flags=re.DOTALL)
    return {word.strip("’'").lower() for word in re.findall(r"[A-Za-zÀ-ÿ’']+", text)} - {""}


# ------------------------------------------------------------------------------------- where something is missing


@pytest.mark.parametrize(("gone", "said"), [("npm", "Node.js 20"), ("node", "Node.js 20"), ("chromium", "apt install chromium")])
def test_what_is_missing_is_named_with_the_way_to_get_it(
    gone: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from demo_lib.stage.deck.__main__ import main

    monkeypatch.delenv("CHROME_PATH", raising=False)
    there = {"node", "npm", "chromium"} - {gone}
    monkeypatch.setattr(shutil, "which", lambda name, *_: f"/usr/bin/{name}" if name in there else None)
    monkeypatch.setattr(sys, "argv", ["slides"])
    assert main() == 1
    told = capsys.readouterr().err
    assert said in told and "nobody needs it to present" in told


def test_checking_needs_neither(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from demo_lib.stage.deck.__main__ import main

    monkeypatch.setattr(shutil, "which", lambda *_: None)
    monkeypatch.setattr(sys, "argv", ["slides", "--check"])
    assert main() == 0
    assert marp.MARP.rsplit("@", 1)[1] == "4.5.1"
