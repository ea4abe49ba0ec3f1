"""The run of show, read from data/run_of_show.yaml: who says what, for how long, and what to do when it fails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.types import PositiveFloat, PositiveInt, StringConstraints

from demo_lib.errors import DemoError, UsageError
from demo_lib.settings import DATA_DIR, PROJECT_ROOT

RUN_OF_SHOW = DATA_DIR / "run_of_show.yaml"
STAGE_NOTEBOOKS = PROJECT_ROOT / "notebooks" / "stage"
WARM_UP = "warm-up"
SLIDES = range(1, 21)
LATE_MINUTES = 5

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Slide = Annotated[int, Field(ge=SLIDES[0], le=SLIDES[-1])]
STRICT = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True)
class Step:
    """One cell of a stage notebook, with the words that go with it."""

    cell: Text
    """The name in the cell's tag `stage:NAME`."""
    say: Text
    seconds: PositiveInt
    """How long the step takes on stage, words and all."""
    fallback: Text
    """What to do when the cell fails."""

    __pydantic_config__ = STRICT


@dataclass(frozen=True)
class Item:
    """One stretch of a variant: slides, a part of the demo, or questions."""

    kind: Literal["slides", "part", "questions"]
    minutes: PositiveFloat
    say: str = ""
    slides: tuple[Slide, ...] = ()
    part: str = ""
    """The stem of the part's notebook."""
    without: tuple[str, ...] = ()
    """The part's steps that this variant leaves out."""
    drop: tuple[int | str, ...] = ()
    """When five minutes are lost: the slides, or the steps, that go."""
    saves_minutes: float = 0
    """What dropping them saves; a part's steps carry their own seconds."""

    __pydantic_config__ = STRICT


@dataclass(frozen=True)
class Cut:
    """What a variant has no time for, and why that is all right."""

    why: Text
    slides: tuple[Slide, ...] = ()
    parts: tuple[str, ...] = ()

    __pydantic_config__ = STRICT


@dataclass(frozen=True)
class Variant:
    """One way to give the talk."""

    title: Text
    minutes: PositiveInt
    items: tuple[Item, ...]
    cut: tuple[Cut, ...] = ()

    __pydantic_config__ = STRICT


@dataclass(frozen=True)
class RunOfShow:
    """The parts, each written once, and the variants that are made of them."""

    parts: dict[str, tuple[Step, ...]]
    """A part's steps, by the stem of its notebook."""
    variants: dict[str, Variant]

    __pydantic_config__ = STRICT

    def variant(self, name: str) -> Variant:
        """The variant of this name. Raises UsageError, naming those there are."""
        if name not in self.variants:
            raise UsageError(f"There is no variant {name!r}. Use one of: {', '.join(self.variants)}.")
        return self.variants[name]

    def steps(self, item: Item) -> tuple[Step, ...]:
        """The steps of a part that its variant keeps; none for slides and questions."""
        return tuple(s for s in self.parts.get(item.part, ()) if s.cell not in item.without)

    def saved_minutes(self, item: Item) -> float:
        """What dropping the item's `drop` saves."""
        return item.saves_minutes or sum(s.seconds for s in self.steps(item) if s.cell in item.drop) / 60


def load(path: Path = RUN_OF_SHOW) -> RunOfShow:
    """Read and check the run of show. Raises DemoError naming the file and the place that is off."""
    try:
        show = TypeAdapter(RunOfShow).validate_python(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError) as error:
        raise DemoError(f"{path.name} cannot be read: {' '.join(str(error).split())}") from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        raise DemoError(f"{path.name}, {place}: {first['msg']}.") from None
    for problem in _problems(show):
        raise DemoError(f"{path.name}, {problem}")
    return show


def _problems(show: RunOfShow) -> Iterator[str]:
    for part, steps in show.parts.items():
        yield from _twice(f"parts.{part}", [s.cell for s in steps])
    for name, variant in show.variants.items():
        at = f"variants.{name}"
        for i, item in enumerate(variant.items):
            yield from _item_problems(show, item, f"{at}.items.{i}")
        total = sum(item.minutes for item in variant.items)
        if total != variant.minutes:
            yield f"{at}: its items take {total:g} minutes, not {variant.minutes}."
        saved = sum(show.saved_minutes(item) for item in variant.items)
        if saved < LATE_MINUTES:
            yield f"{at}: dropping what may be dropped saves {saved:.1f} minutes; {LATE_MINUTES} are wanted."
        yield from _accounted(f"{at}, parts", list(show.parts), variant, "parts")
        if any(item.kind == "slides" for item in variant.items):
            yield from _accounted(f"{at}, slides", list(SLIDES), variant, "slides")


def _item_problems(show: RunOfShow, item: Item, at: str) -> Iterator[str]:
    needed = {"slides": bool(item.slides), "part": bool(item.part), "questions": True}[item.kind]
    if not needed or (item.part and item.kind != "part") or (item.slides and item.kind == "part"):
        yield f"{at}: kind slides needs `slides` and kind part needs `part`, and neither has the other's."
        return
    if item.part and item.part not in show.parts:
        yield f"{at}.part: there is no part {item.part!r} above."
        return
    known = {s.cell for s in show.parts.get(item.part, ())}
    for name in set(item.without) - known:
        yield f"{at}.without: {item.part} has no step {name!r}."
    for dropped in set(item.drop) - set(item.slides) - {s.cell for s in show.steps(item)}:
        yield f"{at}.drop: {dropped!r} is not among what this item shows."
    takes = sum(s.seconds for s in show.steps(item))
    if takes > item.minutes * 60:
        yield f"{at}: its steps take {takes} s, more than its {item.minutes:g} minutes."


def _accounted(at: str, wanted: list[Any], variant: Variant, field: Literal["parts", "slides"]) -> Iterator[str]:
    """Everything there is must be shown or be named as cut, and once."""
    shown = [x for item in variant.items for x in (item.slides if field == "slides" else (item.part,)) if x]
    cut = [x for c in variant.cut for x in getattr(c, field)]
    yield from _twice(at, shown + cut)
    if missing := [str(x) for x in wanted if x not in shown + cut]:
        yield f"{at}: neither shown nor cut: {', '.join(missing)}."
    if unknown := [str(x) for x in cut if x not in wanted]:
        yield f"{at}: cut, but not there: {', '.join(unknown)}."


def _twice(at: str, names: list[Any]) -> Iterator[str]:
    if twice := sorted({str(n) for n in names if names.count(n) > 1}):
        yield f"{at}: more than once: {', '.join(twice)}."


def cell_name(cell: Any) -> str | None:
    """The NAME of a notebook cell's tag `stage:NAME`."""
    return next((t.removeprefix("stage:") for t in cell.metadata.get("tags", []) if t.startswith("stage:")), None)


def differences(show: RunOfShow, folder: Path = STAGE_NOTEBOOKS) -> list[str]:
    """Where the run of show and the stage notebooks disagree, a sentence each; none where they agree."""
    import nbformat

    notebooks = {path.stem: path for path in sorted(folder.glob("[0-9]*.ipynb"))}
    found = [f"{stem} is a stage notebook, and no part of the run of show." for stem in notebooks.keys() - show.parts]
    for part, steps in show.parts.items():
        if part not in notebooks:
            found.append(f"{part} is in the run of show, and has no stage notebook.")
            continue
        code = [c for c in nbformat.read(notebooks[part], 4).cells if c.cell_type == "code"]
        found += [f"{part}: a code cell has no name: {c.source[:40]!r}." for c in code if not cell_name(c)]
        cells, named = [n for c in code if (n := cell_name(c))], [s.cell for s in steps]
        if cells[:1] != [WARM_UP]:
            found.append(f"{part} does not begin with its warm-up.")
        found += [f"{part}: the cell {n!r} is not in the run of show." for n in cells[1:] if n not in named]
        found += [f"{part}: the step {n!r} has no cell." for n in named if n not in cells]
        known = [n for n in cells if n in named]
        if known != [n for n in named if n in cells]:
            found.append(f"{part}: the cells come in another order, or more than once: {', '.join(known)}.")
    return found
