#!/usr/bin/env python3
"""Build the notebooks: one source in src/ becomes an exercise (with blanks), a solution, and a stage notebook.

  python notebooks/build.py              execute every form of every notebook and write them
  python notebooks/build.py 01           only those whose name starts so
  python notebooks/build.py --form stage only that form
  python notebooks/build.py --check      no kernel: do the committed notebooks match their source, fully run?

In a source, `# BEGIN SOLUTION` … `# END SOLUTION` is not in the exercise, and a line starting with `# BLANK `
is what stands there instead. A cell tagged `solution` is in the solution only. The stage form, for the projector,
has the cells tagged `stage:NAME` (the name that data/run_of_show.yaml calls them by), each under its heading,
and no prose; a cell tagged `stage-only` is in no other form.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal, get_args

import jupytext
import nbformat

Form = Literal["exercise", "solution", "stage"]
HERE = Path(__file__).resolve().parent
FOLDERS: dict[Form, Path] = {"exercise": HERE, "solution": HERE / "solutions", "stage": HERE / "stage"}
SOLUTION = re.compile(r"^[ \t]*# BEGIN SOLUTION\n(.*?)^[ \t]*# END SOLUTION\n?", re.MULTILINE | re.DOTALL)
BLANK = re.compile(r"^([ \t]*)# BLANK (.*\n?)", re.MULTILINE)
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def main() -> int:
    """Build or check; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="first letters of the notebooks to build; default: all")
    parser.add_argument("--form", choices=get_args(Form), help="only this form; default: all three")
    parser.add_argument("--check", action="store_true", help="only compare what is committed with its source")
    options = parser.parse_args()
    jobs = [
        (source, out, form)
        for source, out, form in targets()
        if source.name.startswith(tuple(options.names) or "") and options.form in (None, form)
    ]
    if options.check:
        stale = [str(out.relative_to(HERE)) for source, out, form in jobs if not is_current(source, out, form)]
        print(f"Stale: {', '.join(stale)}. Run notebooks/build.py." if stale else f"{len(jobs)} notebooks match.")
        return 1 if stale else 0
    from tqdm import tqdm

    for source, out, form in tqdm(jobs, desc="notebooks", unit="notebook"):
        execute(source, out, form)
    return 0


def targets() -> Iterator[tuple[Path, Path, Form]]:
    """(source, notebook to write, its form) for everything there is to build."""
    for source in sorted((HERE / "src").glob("[0-9]*.py")):
        for form, folder in FOLDERS.items():
            if form != "stage" or '"stage:' in source.read_text(encoding="utf-8"):
                yield source, folder / f"{source.stem}.ipynb", form


def notebook(source: Path, form: Form) -> nbformat.NotebookNode:
    """The notebook that a source makes, not yet run: cell ids by position, no metadata but tags."""
    made = jupytext.read(source)
    cells = []
    for cell in staged(made.cells) if form == "stage" else unstaged(made.cells):
        tags = cell.metadata.get("tags", [])
        if form == "exercise" and "solution" in tags:
            continue
        text = SOLUTION.sub("" if form == "exercise" else r"\1", cell.source + "\n")
        cell.source = BLANK.sub(r"\1\2" if form == "exercise" else "", text).strip("\n")
        cell.metadata = nbformat.from_dict({"tags": tags} if tags else {})
        cell.id = f"{source.stem[:2]}-{len(cells):02d}"
        cells.append(cell)
    made.cells = cells
    made.metadata = nbformat.from_dict({"kernelspec": KERNEL, "language_info": {"name": "python"}})
    made.nbformat, made.nbformat_minor = 4, 5
    return made


def staged(cells: Iterable[nbformat.NotebookNode]) -> Iterator[nbformat.NotebookNode]:
    """The title, then the cells for the stage; before each its section's heading, once and without the prose."""
    heading = ""
    for cell in cells:
        first_line = cell.source.split("\n", 1)[0] if cell.cell_type == "markdown" else ""
        if first_line.startswith("#"):
            heading = first_line
        if any(tag.startswith("stage") for tag in cell.metadata.get("tags", [])):
            if heading and heading != first_line:
                yield nbformat.v4.new_markdown_cell(heading)
            heading = ""
            yield cell
        elif first_line.startswith("# "):
            yield nbformat.v4.new_markdown_cell(heading)
            heading = ""


def unstaged(cells: Iterable[nbformat.NotebookNode]) -> Iterator[nbformat.NotebookNode]:
    """The cells that are not for the stage alone, without its tags."""
    for cell in cells:
        tags = cell.metadata.get("tags", [])
        if "stage-only" not in tags:
            cell.metadata["tags"] = [tag for tag in tags if not tag.startswith("stage:")]
            yield cell


def execute(source: Path, out: Path, form: Form) -> None:
    """Run a notebook in a fresh kernel, in the folder it will lie in, and write it with its outputs."""
    from nbclient import NotebookClient

    made = notebook(source, form)
    out.parent.mkdir(exist_ok=True)
    folder = {"metadata": {"path": str(out.parent)}}
    NotebookClient(made, timeout=300, record_timing=False, coalesce_streams=True, resources=folder).execute()
    made.metadata.language_info = nbformat.from_dict({"name": "python"})  # the kernel adds its patch version
    nbformat.validate(made)
    nbformat.write(made, out)


def is_current(source: Path, out: Path, form: Form) -> bool:
    """Whether the committed notebook has its source's cells, each run once and in order."""
    if not out.exists():
        return False

    def cells(nb: nbformat.NotebookNode) -> list[tuple[object, ...]]:
        return [(c.id, c.cell_type, c.source, dict(c.metadata)) for c in nb.cells]

    committed = nbformat.read(out, 4)
    counts = [c.execution_count for c in committed.cells if c.cell_type == "code"]
    return cells(notebook(source, form)) == cells(committed) and counts == list(range(1, len(counts) + 1))


if __name__ == "__main__":
    sys.exit(main())
