#!/usr/bin/env python3
"""Build the notebooks: one source in src/ becomes an exercise notebook (with blanks) and a solution notebook.

  python notebooks/build.py              execute both kinds of every notebook and write them
  python notebooks/build.py 01           only those whose name starts so
  python notebooks/build.py --check      no kernel: do the committed notebooks match their source, fully run?

In a source, `# BEGIN SOLUTION` … `# END SOLUTION` is kept in the solution only, and a line starting with
`# BLANK ` is what stands there instead in the exercise. A cell tagged `solution` is in the solution only.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import jupytext
import nbformat

HERE = Path(__file__).resolve().parent
SOLUTION = re.compile(r"^[ \t]*# BEGIN SOLUTION\n(.*?)^[ \t]*# END SOLUTION\n?", re.MULTILINE | re.DOTALL)
BLANK = re.compile(r"^([ \t]*)# BLANK (.*\n?)", re.MULTILINE)
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def main() -> int:
    """Build or check; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="first letters of the notebooks to build; default: all")
    parser.add_argument("--check", action="store_true", help="only compare what is committed with its source")
    options = parser.parse_args()
    jobs = [j for j in targets() if not options.names or j[0].name.startswith(tuple(options.names))]
    if options.check:
        stale = [out.name for source, out, exercise in jobs if not is_current(source, out, exercise)]
        print(f"Stale: {', '.join(stale)}. Run notebooks/build.py." if stale else f"{len(jobs)} notebooks match.")
        return 1 if stale else 0
    from tqdm import tqdm

    for source, out, exercise in tqdm(jobs, desc="notebooks", unit="notebook"):
        execute(source, out, exercise)
    return 0


def targets() -> Iterator[tuple[Path, Path, bool]]:
    """(source, notebook to write, whether it is the exercise) for everything there is to build."""
    for source in sorted((HERE / "src").glob("[0-9]*.py")):
        yield source, HERE / f"{source.stem}.ipynb", True
        yield source, HERE / "solutions" / f"{source.stem}.ipynb", False


def notebook(source: Path, exercise: bool) -> nbformat.NotebookNode:
    """The notebook that a source makes, not yet run: cell ids by position, no metadata but tags."""
    made = jupytext.read(source)
    cells = []
    for cell in made.cells:
        tags = cell.metadata.get("tags", [])
        if exercise and "solution" in tags:
            continue
        text = SOLUTION.sub("" if exercise else r"\1", cell.source + "\n")
        cell.source = BLANK.sub(r"\1\2" if exercise else "", text).strip("\n")
        cell.metadata = nbformat.from_dict({"tags": tags} if tags else {})
        cell.id = f"{source.stem[:2]}-{len(cells):02d}"
        cells.append(cell)
    made.cells = cells
    made.metadata = nbformat.from_dict({"kernelspec": KERNEL, "language_info": {"name": "python"}})
    made.nbformat, made.nbformat_minor = 4, 5
    return made


def execute(source: Path, out: Path, exercise: bool) -> None:
    """Run a notebook in a fresh kernel, in the folder it will lie in, and write it with its outputs."""
    from nbclient import NotebookClient

    made = notebook(source, exercise)
    out.parent.mkdir(exist_ok=True)
    folder = {"metadata": {"path": str(out.parent)}}
    NotebookClient(made, timeout=300, record_timing=False, coalesce_streams=True, resources=folder).execute()
    made.metadata.language_info = nbformat.from_dict({"name": "python"})  # the kernel adds its patch version
    nbformat.validate(made)
    nbformat.write(made, out)


def is_current(source: Path, out: Path, exercise: bool) -> bool:
    """Whether the committed notebook has its source's cells, each run once and in order."""
    if not out.exists():
        return False

    def cells(nb: nbformat.NotebookNode) -> list[tuple[object, ...]]:
        return [(c.id, c.cell_type, c.source, dict(c.metadata)) for c in nb.cells]

    committed = nbformat.read(out, 4)
    counts = [c.execution_count for c in committed.cells if c.cell_type == "code"]
    return cells(notebook(source, exercise)) == cells(committed) and counts == list(range(1, len(counts) + 1))


if __name__ == "__main__":
    sys.exit(main())
