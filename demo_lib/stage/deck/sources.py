"""Where a slide's contents come from: figures that a benchmark wrote, notebooks' outputs, code that a test runs."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import runpy
import shutil
from dataclasses import dataclass, field
from functools import cache, cached_property
from html import unescape
from pathlib import Path
from typing import Any

import yaml

from demo_lib.errors import DemoError
from demo_lib.settings import PROJECT_ROOT

SLIDES = PROJECT_ROOT / "slides"
# What a slide waits for: the section of figures.json, its names, and what writes them. Any other name that is not
# there is a mistake.
CLAIMS = (
    "span_overhead_sync_ms span_overhead_async_ms retrieval_ms database_share tables prompt_reduction accuracy_v1 "
    "accuracy_v2 accuracy_v23 sales_q4_2024 agents_token_ratio overhead_share"
)
AWAITED = {
    "claims": (CLAIMS.split(), "python -m demo_lib claims"),
    "load": (["users", "requests_per_second", "traces_lost"], "a benchmark of load, which is still to be written"),
}
MOST_CODE_LINES = 15


class UnknownSource(DemoError):
    """A slide names something that is not there."""


class NotYetWritten(DemoError):
    """A slide names a figure that nothing has written yet; its line is left off."""


@dataclass(frozen=True)
class Sources:
    """All that a slide may name. `root` is the project."""

    root: Path = PROJECT_ROOT
    figures_used: set[str] = field(default_factory=set)
    """The sections of figures.json that a slide read."""

    @cached_property
    def figures(self) -> dict[str, Any]:
        """What the benchmarks wrote."""
        return dict(json.loads((self.root / "slides" / "figures.json").read_text(encoding="utf-8")))

    @cached_property
    def speaker(self) -> dict[str, str]:
        """Names and addresses."""
        return dict(yaml.safe_load((self.root / "slides" / "speaker.yaml").read_text(encoding="utf-8")))

    def figure(self, name: str) -> Any:
        """A figure by its keys in figures.json, joined by slashes. Raises NotYetWritten, or UnknownSource."""
        found: Any = self.figures
        section, *keys = name.split("/")
        try:
            for key in (section, *keys):
                found = found[key]
        except (KeyError, TypeError):
            names, writer = AWAITED.get(section, ([], ""))
            if keys and keys[0] in names and not (section in self.figures and keys[0] in self.figures[section]):
                raise NotYetWritten(f"{section}/{keys[0]} ({writer})") from None
            raise UnknownSource(f"figures.json has no {name!r}.") from None
        if found is None:
            raise NotYetWritten(f"{name} (it could not be measured where it was tried)")
        self.figures_used.add(section)
        return found

    def cell(self, name: str) -> list[Any]:
        """The outputs of a notebook's cell: `01_basic_flow/trace` is a stage cell, by its tag `stage:trace`;
        `03_adding_an_agent/=comparison.accuracy` is the solution's cell of that text. Raises UnknownSource."""
        stem, _, wanted = name.partition("/")
        by_text = wanted.startswith("=")
        path = self.root / "notebooks" / ("solutions" if by_text else "stage") / f"{stem}.ipynb"
        if not path.exists():
            raise UnknownSource(f"There is no notebook {stem!r}.")
        for cell in _notebook(path)["cells"]:
            text, tags = "".join(cell["source"]).strip(), cell["metadata"].get("tags", [])
            if cell["cell_type"] == "code" and (text == wanted[1:] if by_text else f"stage:{wanted}" in tags):
                return list(cell["outputs"])
        raise UnknownSource(f"{path.name} has no cell {wanted!r}.")

    def printed(self, name: str) -> str:
        """What a cell printed, or its last expression as text; `code/06_tool_call`: what the slide's code printed."""
        if name.startswith("code/"):
            path = self.root / "slides" / f"{name}.out"
            if not path.exists():
                raise UnknownSource(f"There is no slides/{name}.out; the build writes it.")
            return path.read_text(encoding="utf-8").strip("\n")
        outputs = self.cell(name)
        streams = "".join("".join(o["text"]) for o in outputs if o["output_type"] == "stream" and o["name"] == "stdout")
        plain = "".join("".join(o["data"].get("text/plain", "")) for o in outputs if "data" in o)
        return (streams or plain).strip("\n")

    def sql(self, name: str) -> str:
        """The SQL in a cell's answer. Raises UnknownSource where there is none."""
        shown = "".join("".join(o["data"].get("text/markdown", "")) for o in self.cell(name) if "data" in o)
        fenced = re.search(r"```sql\n(.*?)\n```", shown, re.DOTALL)
        found = fenced[1] if fenced else self.printed(name)
        if "SELECT" not in found:
            raise UnknownSource(f"The cell {name!r} shows no SQL.")
        return found

    def table(self, name: str) -> list[list[str]]:
        """The rows of a cell's table, its header first. Raises UnknownSource where there is none."""
        shown = "".join("".join(o["data"].get("text/html", "")) for o in self.cell(name) if "data" in o)
        rows = re.findall("<tr.*?</tr>", shown, re.DOTALL)
        if not rows:
            raise UnknownSource(f"The cell {name!r} shows no table.")
        return [[unescape(c) for c in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)] for row in rows]

    def picture(self, name: str) -> str:
        """A cell's picture, a PNG as base64. Raises UnknownSource where there is none."""
        for output in self.cell(name):
            if png := output.get("data", {}).get("image/png"):
                return "".join(png).replace("\n", "")
        raise UnknownSource(f"The cell {name!r} shows no picture.")

    def diagram(self, name: str) -> str:
        """An SVG of slides/diagrams. Raises UnknownSource."""
        path = self.root / "slides" / "diagrams" / f"{name}.svg"
        if not path.exists():
            raise UnknownSource(f"There is no slides/diagrams/{name}.svg.")
        return path.read_text(encoding="utf-8").strip()

    def code(self, name: str) -> str:
        """`FILE#PART`: the lines between `# slide: PART` and `# slide: end` of a file, at most 15 of them.

        Raises UnknownSource where they are not there, or are too many.
        """
        place, _, part = name.partition("#")
        path = self.root / place
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        found = re.search(rf"^[ ]*# slide: {re.escape(part)}\n(.*?)^[ ]*# slide: end$", text, re.DOTALL | re.MULTILINE)
        if not found:
            raise UnknownSource(f"{place} has no part `# slide: {part}`.")
        lines = found[1].strip("\n").split("\n")
        if len(lines) > MOST_CODE_LINES:
            raise UnknownSource(f"{name} has {len(lines)} lines; a slide takes {MOST_CODE_LINES}.")
        indent = min(len(line) - len(line.lstrip()) for line in lines if line.strip())
        return "\n".join(line[indent:] for line in lines)


@cache
def _notebook(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text(encoding="utf-8")))


def run_code(path: Path) -> str:
    """What a file of slides/code prints when it runs."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        runpy.run_path(str(path), run_name="__main__")
    return said.getvalue().rstrip() + "\n"


def chromium() -> str | None:
    """Chromium, or a browser of its family, on this machine."""
    names = ("chromium", "google-chrome", "chromium-browser", "chrome", "msedge")
    return os.environ.get("CHROME_PATH") or next(filter(None, map(shutil.which, names)), None)
