"""From an answer to a SQL editor and back into a SQL cell; no password on the way."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell
from workshops import shop

from demo_lib.agents.results import Answer
from demo_lib.cli import main
from demo_lib.errors import DemoError, UsageError
from demo_lib.guardrails import GuardrailViolation
from demo_lib.hand_over import connect_link

AZURE = "mssql://reader:***@shop.database.windows.net:1433/sales"


@pytest.fixture
def answer(tmp_path: Path) -> Answer:
    return shop(tmp_path).ask("How many customers are there?")


def test_the_query_goes_into_a_file_and_a_sql_notebook(answer: Answer, tmp_path: Path) -> None:
    handed = answer.open_in_editor(tmp_path / "sql")
    text = handed.sql.read_text()
    assert text.startswith(f"-- How many customers are there?\n-- trace {answer.trace_id}\nSELECT")
    notebook = nbformat.read(handed.notebook, as_version=4)
    nbformat.validate(notebook)
    assert (notebook.metadata.kernelspec.name, notebook.metadata.kernelspec.display_name) == ("SQL", "SQL")
    assert [c.cell_type for c in notebook.cells] == ["markdown", "code"]
    assert notebook.cells[1].source in text
    assert handed.file_link == f"vscode://file{handed.sql.as_posix()}" and handed.connect_link is None
    assert str(handed.sql) in str(handed) and handed.file_link in handed._repr_markdown_()


def test_on_azure_there_is_a_link_that_connects_without_the_password(answer: Answer, tmp_path: Path) -> None:
    handed = replace(answer, url=AZURE).open_in_editor(tmp_path)
    assert handed.connect_link is not None and handed.connect_link in str(handed)
    parts = urlsplit(handed.connect_link)
    assert (parts.scheme, parts.netloc, parts.path) == ("vscode", "ms-mssql.mssql", "/connect")
    assert parse_qs(parts.query) == {
        "server": ["shop.database.windows.net,1433"], "database": ["sales"], "user": ["reader"],
        "authenticationType": ["SqlLogin"],
    }  # fmt: skip
    entra = connect_link("mssql://h/db?Authentication=ActiveDirectoryDefault")
    assert entra == "vscode://ms-mssql.mssql/connect?server=h&database=db&authenticationType=AzureMFA"
    assert connect_link("postgresql://h/db") is None and connect_link("") is None


def test_an_answer_knows_where_its_query_ran_and_in_which_dialect(answer: Answer) -> None:
    assert answer.dialect == "duckdb" and answer.url.startswith("duckdb:///")


def test_what_has_no_query_and_what_cannot_be_written_is_said(answer: Answer, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no query to save"):
        replace(answer, sql=None).open_in_editor(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(DemoError, match="cannot be written"):
        answer.open_in_editor(tmp_path / "file")


def test_a_question_of_several_lines_stays_a_comment(answer: Answer, tmp_path: Path) -> None:
    hostile = replace(answer, question="how many\n; DROP TABLE customers; --")
    assert hostile.save_sql(tmp_path).read_text().splitlines()[0] == "-- how many ; DROP TABLE customers; --"


def test_the_command_line_saves_it_and_leaves_json_alone(
    answer: Answer, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["ask", "--json", "--save-sql", str(tmp_path / "out"), "How many customers are there?",
              "--database", answer.url])  # fmt: skip
    out, err = capsys.readouterr()
    assert ended.value.code == 0 and json.loads(out)["sql"] and "vscode://file" in err
    assert {p.suffix for p in (tmp_path / "out").iterdir()} == {".sql", ".ipynb"}


def test_a_sql_cell_is_read_only_and_behind_the_guardrails(
    answer: Answer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEMO_DATABASE", answer.url)
    shell = InteractiveShell.instance()
    shell.run_line_magic("load_ext", "demo_lib.sql_cell")
    saved = answer.save_sql(tmp_path)
    assert shell.run_line_magic("sql", str(saved)).equals(answer.table)
    assert shell.run_cell_magic("sql", "", "SELECT COUNT(*) AS n FROM customers;\n")["n"].tolist() == [30]
    with pytest.raises(GuardrailViolation):
        shell.run_cell_magic("sql", "", "DELETE FROM customers")
    with pytest.raises(UsageError, match="There is no SQL"):
        shell.run_line_magic("sql", "")
    with pytest.raises(DemoError, match="cannot be read"):
        shell.run_line_magic("sql", str(tmp_path / "none.sql"))
