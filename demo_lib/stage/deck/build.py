"""Build slides/deck.md into pages, and tell whether the committed pages are those that it would make today."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from demo_lib.errors import DemoError
from demo_lib.settings import PROJECT_ROOT
from demo_lib.stage.deck import marp, paper
from demo_lib.stage.deck.fill import Filled, fill
from demo_lib.stage.deck.sources import SLIDES, Sources, run_code
from demo_lib.stage.store import PRISTINE, copy_store, make_store

BUILT = ("deck.html", "deck.pdf", "deck.pptx", "handout.pdf", "checklist.pdf")
MANIFEST = SLIDES / "built.json"
WORK = marp.FOLDER / "work"
# a link of the project's own, as Markdown has it: not an address, not a place on the page
INSIDE = re.compile(r"\[([^\]]+)\]\((?!https?://|#|mailto:)([^)\s]+)\)")


@dataclass(frozen=True)
class Material:
    """All that the pages are made of, without Node.js."""

    deck: Filled
    theme: str
    checklist: str

    @property
    def mark(self) -> str:
        """A hash of it: the same material, the same pages."""
        whole = [marp.MARP, self.deck.markdown, self.theme, self.checklist, paper.HANDOUT]
        return hashlib.sha256("\0".join(whole).encode()).hexdigest()


def material(sources: Sources | None = None) -> Material:
    """Fill the deck and its companions. Raises UnknownSource."""
    sources = sources or Sources()
    deck = fill((SLIDES / "deck.md").read_text(encoding="utf-8"), sources)
    theme = re.sub(r'url\("(fonts/[^"]+)"\)', lambda found: _inlined(SLIDES / found[1]), _read(SLIDES / "theme.css"))
    return Material(deck, theme, paper.checklist())


def stale(sources: Sources | None = None) -> list[str]:
    """What is wrong with the committed pages, a sentence each; none where they are today's."""
    if not MANIFEST.exists():
        return ["slides/built.json is not there: the slides were never built."]
    built = json.loads(_read(MANIFEST))
    found = [] if built["material"] == material(sources).mark else ["What the slides are made of has changed since."]
    for name in BUILT:
        path = SLIDES / name
        if not path.exists() or built["files"].get(name) != _hash(path):
            found.append(f"slides/{name} is not the one that was built.")
    return found


def build() -> Filled:
    """Run the slides' code, fill the deck, and write all pages. Raises DemoError saying what is missing."""
    marp.install()
    _stand_apart()
    for path in sorted((SLIDES / "code").glob("[0-9]*.py")):
        _say(f"running slides/code/{path.name}")
        path.with_suffix(".out").write_text(run_code(path), encoding="utf-8", newline="\n")
    sources = Sources()
    made = material(sources)
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    for name, text in {
        "theme.css": made.theme,
        "web.md": made.deck.markdown,
        "paper.md": for_paper(made.deck.markdown, sources.speaker["repository"]),
        "marp.json": json.dumps({"html": True, "options": {"emoji": {"unicode": False, "shortcode": False}}}),
    }.items():
        (WORK / name).write_text(text, encoding="utf-8", newline="\n")
    with_theme = ("--config-file", WORK / "marp.json", "--theme-set", WORK / "theme.css")
    for name, source, options in (
        ("deck.html", "web.md", ()),
        ("deck.pdf", "paper.md", ("--pdf", "--pdf-outlines")),
        ("deck.pptx", "paper.md", ("--pptx", "--image-scale", "1.5")),
    ):
        _say(f"slides/{name}")
        marp.run(*with_theme, *options, "--output", SLIDES / name, WORK / source)
    _say("slides/handout.pdf and slides/checklist.pdf")
    marp.run(*with_theme, "--template", "bare", "--output", WORK / "bare.html", WORK / "paper.md")
    paper.print_handout(WORK / "bare.html", SLIDES / "handout.pdf")
    paper.print_page(made.checklist, SLIDES / "checklist.pdf")
    written = {"material": made.mark, "left_off": made.deck.left_off, "files": {n: _hash(SLIDES / n) for n in BUILT}}
    MANIFEST.write_text(json.dumps(written, indent=1, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
    return made.deck


def for_paper(markdown: str, repository: str) -> str:
    """The deck with its own links as they work on paper: into the repository, or as words while that has no place.

    A relative link in a PDF would become the path of the machine that made it.
    """

    def on_paper(found: re.Match[str]) -> str:
        if "OWNER" in repository:
            return found[1]
        place, _, part = found[2].partition("#")
        inside = (SLIDES / PurePosixPath(place)).resolve().relative_to(PROJECT_ROOT)
        return f"[{found[1]}]({repository}/blob/HEAD/{inside.as_posix()}{'#' + part if part else ''})"

    return INSIDE.sub(on_paper, markdown)


def _stand_apart() -> None:
    """Have the slides' code answered offline, and its traces in a store of their own."""
    make_store()
    store = WORK.parent / "traces.db"
    copy_store(PRISTINE, store)
    os.environ |= {"DEMO_MODEL": "offline", "MLFLOW_TRACKING_URI": f"sqlite:///{store.as_posix()}"}


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _inlined(path: Path) -> str:
    if not path.exists():
        raise DemoError(f"theme.css wants {path.name}, which is not there.")
    return f'url("data:font/woff2;base64,{base64.b64encode(path.read_bytes()).decode()}")'


def _hash(path: Path) -> str:
    data = path.read_bytes()
    if path.suffix == ".html":
        data = data.replace(b"\r\n", b"\n")  # Git may have written it so on Windows
    return hashlib.sha256(data).hexdigest()
