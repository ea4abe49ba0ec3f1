"""The versions of the SQL prompt: Markdown files with front matter, mirrored in MLflow's prompt registry."""

from demo_lib.prompts.files import FOLDER, NAME, Prompt, versions
from demo_lib.prompts.registry import (
    CANDIDATE,
    PRODUCTION,
    Move,
    Registered,
    alias,
    find,
    history,
    link,
    load,
    promote,
    register_all,
    rollback,
)

__all__ = [
    "CANDIDATE",
    "FOLDER",
    "NAME",
    "PRODUCTION",
    "Move",
    "Prompt",
    "Registered",
    "alias",
    "find",
    "history",
    "link",
    "load",
    "promote",
    "register_all",
    "rollback",
    "versions",
]
