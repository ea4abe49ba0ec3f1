"""The prompt's versions in MLflow's registry: numbered, with commit messages, and aliases that can be moved back.

All but `load` of a file's version needs MLflow to know its store: `tracing.setup` or a first question sees to that.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from demo_lib.errors import UsageError
from demo_lib.prompts.files import NAME, Prompt, read, versions

PRODUCTION = "production"
"""The alias that says which version is in use; `DEMO_PROMPT=production` follows it."""
CANDIDATE = "candidate"
"""The alias of the version that is to be tried against it."""
MOVES_KEPT = 20  # how far a rollback can go back
PAGE = 20  # versions a request


@dataclass(frozen=True)
class Registered:
    """A version as the registry has it."""

    number: int
    """1, 2, 3 …, in the order of registration."""
    prompt: Prompt
    aliases: tuple[str, ...]

    @property
    def name(self) -> str:
        """How a person calls it: `v2.3 (registry 3)`, or `registry 7` where no file is mirrored in it."""
        number = f"registry {self.number}"
        return number if self.prompt.version == number else f"{self.prompt.version} ({number})"


@dataclass(frozen=True)
class Move:
    """What was done to an alias."""

    alias: str
    before: str | None
    """The version it pointed to; None where there was no such alias."""
    now: str

    def __str__(self) -> str:
        if self.before == self.now:
            return f"{self.alias} points to {self.now} already."
        return f"{self.alias} points to {self.now} now" + (f"; before, to {self.before}." if self.before else ".")


def load(name: str) -> Prompt:
    """Read one version: by its name (`v2.0`), by its number in the registry (`7`), or by an alias (`production`).

    Loading from the registry inside a span or an MLflow run links the prompt to it.
    Raises UsageError naming the ones there are.
    """
    if name in versions():
        return read(name)
    import mlflow  # not before: a file's version is loaded before tracing has set MLflow up

    if (uri := _uri(name)) and (found := mlflow.genai.load_prompt(uri, allow_missing=True, cache_ttl_seconds=0)):
        return _prompt(found)  # nothing is cached: a rollback must hold from the next question on
    raise _unknown(name)


def link(version: str) -> None:
    """Note on the open trace, and on the open run, which prompt was used: loading it there is what links it."""
    import mlflow

    if version in versions():  # any other was linked when it was loaded
        mlflow.genai.load_prompt(f"prompts:/{NAME}@{alias(version)}", allow_missing=True)


def find(name: str) -> Registered:
    """The registry's version of that name, number or alias; linked to nothing. Raises UsageError as `load` does."""
    found = _look_up(name)
    if found is None:
        raise _unknown(name)
    return _registered(found)


def history() -> list[Registered]:
    """Every version in the registry, those from MLflow's UI too, in the order of their numbers."""
    from mlflow import MlflowClient

    client, page, numbers = MlflowClient(), None, []
    while page is None or page.token:
        page = client.search_prompt_versions(NAME, max_results=PAGE, page_token=page.token if page else None)
        numbers += [int(found.version) for found in page]
    return [find(str(number)) for number in sorted(numbers)]  # a search does not tell the aliases


def promote(version: str, to: str = PRODUCTION) -> Move:
    """Point an alias of the registry at a version; `rollback` points it back.

    version: a name, a number in the registry, or another alias. to: the alias, a new one too.
    Returns the Move. Raises UsageError for an unknown version, or what cannot be an alias.
    """
    new, old = find(version), _named_by(to)
    if old and old.number != new.number:
        _set_moves(to, [*_moves(to), old.number])
    return _point(to, new, old)


def rollback(of: str = PRODUCTION) -> Move:
    """Point an alias back to what it pointed to before the latest `promote`; again, and it goes back one more.

    Returns the Move. Raises UsageError where there is nothing to go back to. What was moved in MLflow's UI is not
    known here, nor are versions that were deleted there.
    """
    old, moves = _named_by(of), _moves(of)
    while moves:
        found = _look_up(str(moves.pop()))
        if found and not (old and old.number == int(found.version)):
            _set_moves(of, moves)
            return _point(of, _registered(found), old)
    raise UsageError(f"There is nothing to roll {of} back to: promote has not moved it.")


def alias(version: str) -> str:
    """The version's alias in MLflow's registry, where a dot is not allowed: v2.3 → v2-3."""
    return version.replace(".", "-")


def register_all() -> None:
    """Bring MLflow's prompt registry up to the files: a changed or new file becomes a new version there."""
    import mlflow

    for version in versions():
        prompt = read(version)
        known = _look_up(version)
        if known is None or known.template != prompt.template:
            made = mlflow.genai.register_prompt(
                NAME,
                prompt.template,
                commit_message=f"{version}: {prompt.description}",
                tags={"version": version, "schema": prompt.schema},
            )
            mlflow.genai.set_prompt_alias(NAME, alias(version), made.version)
    for name in (PRODUCTION, CANDIDATE):
        if _look_up(name) is None:
            promote(versions()[-1], name)


def _unknown(name: str) -> UsageError:
    return UsageError(
        f"There is no prompt {name!r}. Use one of: {', '.join(versions())}, a number in MLflow's registry, or an alias."
    )


def _uri(name: str) -> str | None:
    """Where MLflow has it; None for what is no name, number or alias."""
    if re.fullmatch(r"(registry )?[1-9]\d{0,8}", name):
        return f"prompts:/{NAME}/{name.removeprefix('registry ')}"
    return f"prompts:/{NAME}@{alias(name)}" if re.fullmatch(r"[a-z][a-z0-9_-]*", alias(name)) else None


def _look_up(name: str) -> Any:
    """MLflow's own object, now and linked to nothing; None where there is none."""
    from mlflow import MlflowClient

    uri = _uri(name)
    return MlflowClient().load_prompt(uri, allow_missing=True, cache_ttl_seconds=0) if uri else None


def _registered(found: Any) -> Registered:
    return Registered(int(found.version), _prompt(found), tuple(sorted(found.aliases)))


def _prompt(found: Any) -> Prompt:
    """A version of MLflow's registry as a prompt. Its tag `schema` says what it shows of the tables; else all of it."""
    file = found.tags.get("version")
    # a file that changed since is another version: only the one that the file's alias points to has its name
    version = file if file and alias(file) in found.aliases else f"registry {found.version}"
    schema = found.tags.get("schema") or (read(file).schema if file in versions() else "ddl")
    description = (found.commit_message or "").removeprefix(f"{file}: ")
    return Prompt(version, description, schema, str(found.template))


def _named_by(name: str) -> Registered | None:
    """What an alias points to; None where it is new. Raises UsageError for what cannot be one."""
    if not re.fullmatch(r"[a-z][a-z0-9_-]{0,63}", name) or re.fullmatch(r"latest|v\d[\d-]*", name):
        raise UsageError(f"{name!r} cannot be an alias: use a word of small letters, such as {PRODUCTION}.")
    found = _look_up(name)
    return _registered(found) if found else None


def _point(name: str, new: Registered, old: Registered | None) -> Move:
    import mlflow

    mlflow.genai.set_prompt_alias(NAME, name, new.number)
    return Move(name, old.name if old else None, new.name)


def _moves(name: str) -> list[int]:
    """The numbers of the versions that an alias pointed to before, oldest first: a tag of the prompt keeps them."""
    import mlflow

    return [int(n) for n in mlflow.genai.get_prompt_tags(NAME).get(f"before.{name}", "").split()]


def _set_moves(name: str, numbers: list[int]) -> None:
    import mlflow

    mlflow.genai.set_prompt_tag(NAME, f"before.{name}", " ".join(map(str, numbers[-MOVES_KEPT:])))
