"""From an answer to a SQL editor: the query as a file, as a SQL notebook, and as a link. No password is in any.

Azure Data Studio, which the talk names, was retired on 28 February 2026. Its successor is VS Code with the MSSQL
extension; both open the two files.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from demo_lib.errors import DemoError, UsageError

if TYPE_CHECKING:
    from demo_lib.agents.results import Answer


@dataclass(frozen=True)
class HandOver:
    """A query on its way to an editor."""

    sql: Path
    """The query, headed by its question and its trace."""
    notebook: Path
    """The same as a SQL notebook: kernel `SQL`, as Azure Data Studio and VS Code's MSSQL extension want it."""
    file_link: str
    """Opens the query in VS Code."""
    connect_link: str | None
    """For SQL Server and Azure SQL: opens the MSSQL extension's connection dialog, filled in but for the password."""

    def __str__(self) -> str:
        lines = [f"SQL file: {self.sql}", f"SQL notebook: {self.notebook}", f"Open in VS Code: {self.file_link}"]
        return "\n".join([*lines, f"Connect there: {self.connect_link}"] if self.connect_link else lines)

    def _repr_markdown_(self) -> str:
        connect = f" · [connect there]({self.connect_link})" if self.connect_link else ""
        return f"`{self.sql.name}` · `{self.notebook.name}` · [open in VS Code]({self.file_link}){connect}"


def hand_over(answer: Answer, folder: Path) -> HandOver:
    """Write the answer's query into `folder`, as `.sql` and as `.ipynb`.

    Raises UsageError where there is no query, DemoError where the folder cannot be written.
    """
    sql = save_sql(answer, folder)
    notebook = sql.with_suffix(".ipynb")
    _write(notebook, _sql_notebook(answer))
    return HandOver(sql, notebook, f"vscode://file{quote(sql.absolute().as_posix())}", connect_link(answer.url))


def save_sql(answer: Answer, folder: Path) -> Path:
    """Write the answer's query as a `.sql` file; returns its path. Raises as `hand_over` does."""
    if not answer.sql:
        raise UsageError("There is no query to save: the question was declined or blocked.")
    name = re.sub(r"[^a-z0-9]+", "_", answer.question.lower()).strip("_")[:60] or "query"
    path = folder / f"{name}.sql"
    _write(path, f"-- {_one_line(answer.question)}\n-- trace {answer.trace_id}\n{answer.pretty_sql};\n")
    return path


def connect_link(url: str) -> str | None:
    """The link that makes VS Code's MSSQL extension connect to a `mssql://` URL; None for another engine.

    Its form is that of the extension's protocol handler (vscode-mssql, pull request 18047).
    """
    scheme, separator, rest = url.partition("://")
    if not separator or scheme.lower().split("+")[0] != "mssql":
        return None
    parts = urlsplit(f"mssql://{rest}")
    said = {key.lower(): values[-1] for key, values in parse_qs(parts.query).items()}
    entra = said.get("authentication", "").lower().startswith("activedirectory")
    server = (parts.hostname or "") + (f",{parts.port}" if parts.port else "")
    given = {"server": server, "database": parts.path.strip("/"), "user": "" if entra else parts.username or ""}
    given["authenticationType"] = "AzureMFA" if entra else "SqlLogin"
    return f"vscode://ms-mssql.mssql/connect?{urlencode({k: v for k, v in given.items() if v}, quote_via=quote)}"


def _sql_notebook(answer: Answer) -> str:
    import nbformat.v4 as v4
    from nbformat import writes

    cells = [v4.new_markdown_cell(f"# {_one_line(answer.question)}\n\ntrace {answer.trace_id}", id="question")]
    cells.append(v4.new_code_cell(f"{answer.pretty_sql};", id="query"))
    kernel = {"name": "SQL", "display_name": "SQL", "language": "sql"}
    return str(writes(v4.new_notebook(cells=cells, metadata={"kernelspec": kernel, "language_info": {"name": "sql"}})))


def _one_line(text: str) -> str:
    """One line: a comment must not end early."""
    return " ".join(text.split())


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise DemoError(f"{path} cannot be written: {error.strerror}. Name another folder.") from None
