"""For pytest, in a repository of your own: a tool that changes what worked before fails a test.

    pytest -p demo_lib.evaluation.pytest_plugin

or `pytest_plugins = ["demo_lib.evaluation.pytest_plugin"]` in the topmost conftest.py, and then:

    def test_my_tool_leaves_the_rest_alone(unchanged):
        unchanged("check_data_quality", check_data_quality, data_quality_tool)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from demo_lib.settings import prepare_environment

if TYPE_CHECKING:
    from demo_lib.evaluation.questions import Question
    from demo_lib.evaluation.routes import RouteReport
    from demo_lib.workshop import Workshop

prepare_environment()  # before a test file imports MLflow


class Unchanged(Protocol):
    """What the fixture `unchanged` gives."""

    def __call__(self, name: str, function: Callable[..., Any], schema: dict[str, Any] | None = None) -> RouteReport:
        """Fail the test where an earlier question changes its route or its result with this tool on offer."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """The plug-in's options."""
    group = parser.getgroup("demo_lib", "agents, before and after a tool is registered")
    which = "which questions are asked: lesson (default), all, ids with commas, or a file like data/questions.yaml"
    group.addoption("--demo-questions", default="lesson", metavar="WHICH", help=which)
    group.addoption("--demo-model", default="offline", metavar="MODE", help="who answers (default: offline)")


@pytest.fixture(scope="session")
def workshop(request: pytest.FixtureRequest) -> Workshop:
    """A workshop over DEMO_DATABASE, or the kit's data: offline, whatever keys are set; --demo-model says otherwise."""
    from demo_lib.settings import Settings
    from demo_lib.workshop import Workshop

    return Workshop(Settings.from_env(request.config.getoption("--demo-model")))


@pytest.fixture(scope="session")
def demo_questions(request: pytest.FixtureRequest) -> list[Question]:
    """The questions of --demo-questions."""
    from demo_lib.evaluation.questions import chosen

    return chosen(request.config.getoption("--demo-questions"))


@pytest.fixture
def unchanged(workshop: Workshop, demo_questions: list[Question]) -> Unchanged:
    """Call it with a tool: it fails the test, with a report, where the tool changes a route or a result."""
    from demo_lib.evaluation.routes import compare_with_tool

    def check(name: str, function: Callable[..., Any], schema: dict[str, Any] | None = None) -> RouteReport:
        report = compare_with_tool(workshop, name, function, schema, demo_questions)
        if not report.is_unchanged:
            pytest.fail(f"{name} changes what worked before.\n{report}", pytrace=False)
        return report

    return check
