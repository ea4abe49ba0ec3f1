"""What the README prints is what the kit prints."""

from __future__ import annotations

import re
import shlex

import pytest

from demo_lib.cli import _parser, as_text
from demo_lib.settings import PROJECT_ROOT
from demo_lib.workshop import Workshop

README = (PROJECT_ROOT / "README.md").read_text(encoding="utf-8")


def steady(text: str) -> str:
    """Without what differs from run to run: times and the moment."""
    return re.sub(r"\d+ ms|\d{8}_\d{6}", "#", text).strip()


def test_the_answer_in_the_readme_is_the_one_that_is_given() -> None:
    shown = re.search(r"<!-- ask:begin -->\n```\n(.*?)```\n<!-- ask:end -->", README, re.DOTALL)
    assert shown, "README.md has no block between ask:begin and ask:end"
    answer = Workshop().ask("What were total sales last quarter?")
    assert steady(shown[1]) == steady(as_text(answer))


@pytest.mark.parametrize("command", sorted(set(re.findall(r"python -m demo_lib ([^`\n#]+)", README))))
def test_every_command_in_the_readme_is_understood(command: str) -> None:
    assert _parser().parse_args(shlex.split(command.split("   ")[0])).run


def test_every_file_the_readme_names_is_there() -> None:
    for name in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (PROJECT_ROOT / name).exists(), name
