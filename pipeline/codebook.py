"""Codebooks: read, validated, and the slices of them that stages depend on.

A codebook is one TOML file: `id`, `title`, `version`, then `[[theme]]` and `[[code]]` tables.
What each key of a code means stands at the fields of `Code`; the language of its phrases and
patterns is described in `pipeline.tag.patterns`.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from pipeline.errors import BadSettings
from pipeline.faults import faults_in, plainly
from pipeline.toml_lines import Place, read_toml

Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Words = Annotated[str, Field(min_length=1)]
Guid = Annotated[str, Field(pattern=r"^\{?[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}?$")]
Color = Annotated[str, Field(pattern=r"^#([0-9A-Fa-f]{6}|[0-9A-Fa-f]{3})$")]
Section = Literal[
    "equality", "family-views", "background", "chronology", "analysis", "conclusions", "lessons",
    "good-practice", "recommendations", "action-plan", "executive-summary", "body",
]  # fmt: skip
"""The section roles that are coded: the keys of `vocabulary.LAYER_OF_SECTION`."""
LEAST = {"prototypes": 2, "match": 3, "not_match": 2}
"""How many sentences of each kind a code needs before the machine can code with it."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Exchanged(_Part):
    """What other software for qualitative analysis knows of a code or a theme."""

    id: Id
    name: Words
    definition: str = ""
    """What it means."""
    guid: Guid | None = None
    """Its identity in other software; made from the ids when there is none."""
    color: Color | None = None


class Theme(_Exchanged):
    """A family of codes."""

    codable: bool = False
    """Whether other software may apply the theme itself; the machine never does."""
    ungrouped: bool = False
    """Holds codes that stand under no parent: other software does not see this theme."""


class Code(_Exchanged):
    """One code: what it means to a person, and how the machine finds it."""

    theme: Id
    include: str = ""
    """What counts."""
    exclude: str = ""
    """What does not, and which code to use instead."""
    subject: Literal["victim", "perpetrator", "child", "agency", "network"] | None = None
    """Whom the code is about when the text does not say otherwise."""
    only_subject: bool = False
    """Evidence about anybody but `subject` does not count (her drinking against his)."""
    omission: bool = False
    """A practice code: what was not done ("was not asked") is the finding, so a negation leaves
    the polarity as it is."""
    sections: tuple[Section, ...] = ()
    """Section roles in which it may occur; empty: in all that are coded."""
    indicators: tuple[Words, ...] = ()
    """Phrases that are enough by themselves, in any inflection."""
    weak_indicators: tuple[Words, ...] = ()
    """Phrases that count only where the sentence is also near the code's prototypes."""
    patterns: tuple[Words, ...] = ()
    """Descriptions in slots and gaps ("time {poss} trip|visit|journey")."""
    exclusions: tuple[Words, ...] = ()
    """Phrases that cancel a find which touches them ("control room")."""
    prototypes: tuple[Words, ...] = ()
    """Sentences that stand for the code when similarity is measured."""
    match: tuple[Words, ...] = ()
    """Sentences that must be given the code: run as tests."""
    not_match: tuple[Words, ...] = ()
    """Counter-examples, sentences that must not be given the code: run as tests."""
    references: tuple[Words, ...] = ()
    home_office_tags: tuple[Words, ...] = ()
    """Tags of the Home Office DHR Library that come nearest, as in
    codebooks/home_office_tags.csv."""

    def all_patterns(self) -> tuple[str, ...]:
        """Everything of the code that is matched against a text."""
        return (*self.indicators, *self.weak_indicators, *self.patterns, *self.exclusions)


class Codebook(_Part):
    """A whole codebook; codes and themes in the order of the file."""

    id: Id
    title: Words
    version: Words
    theme: tuple[Theme, ...] = Field(min_length=1)
    code: tuple[Code, ...] = Field(min_length=1)

    @cached_property
    def codes(self) -> dict[str, Code]:
        """Code id → code."""
        return {code.id: code for code in self.code}

    @cached_property
    def themes(self) -> dict[str, Theme]:
        """Theme id → theme."""
        return {theme.id: theme for theme in self.theme}

    def but(self, **parts: Any) -> Codebook:
        """The codebook with other themes or codes; `model_copy` would keep what is cached."""
        own = {name: getattr(self, name) for name in type(self).model_fields}
        return Codebook.model_validate({**own, **parts})

    def coding_slice(self) -> dict[str, Any]:
        """What the coding of a passage depends on: all but wording meant for people and tests."""
        people_only = {"name", "definition", "include", "exclude", "guid", "color", "references",
                       "home_office_tags", "match", "not_match"}  # fmt: skip
        return {code.id: code.model_dump(mode="json", exclude=people_only) for code in self.code}


class Fault(NamedTuple):
    """Something wrong in a codebook's file."""

    line: int
    """From 1."""
    where: str
    """The code or theme, and the key."""
    what: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.where}: {self.what}"


class CodebookFile:
    """A codebook as its file has it, sound or not."""

    def __init__(self, path: Path) -> None:
        """Read `path`; raises `BadSettings` when it is not there, or no TOML file in UTF-8."""
        self.name = path.name
        try:
            self.content, self._lines = read_toml(path, f"codebook {path.name}")
        except (FileNotFoundError, IsADirectoryError):
            raise BadSettings(
                f"there is no codebook at {path}; name its file, or a shipped one, such as dhr"
            ) from None
        self.misshapen, self.codebook = self._validated()

    def fault(self, place: Place, what: str) -> Fault:
        """A fault at a place of the content."""
        return Fault(self._lines.of(place), _named(self.content, place), what)

    def structural(self) -> list[Fault]:
        """Faults for which the file says nothing that could be used."""
        return sorted([*self.misshapen, *self._inconsistent()])

    def wanting(self) -> Iterator[Fault]:
        """What a code or theme still needs before the machine can code with it."""
        for n, theme in enumerate(self._entries("theme")):
            if not theme.get("definition"):
                yield self.fault(("theme", n), "it has no definition")
        for n, code in enumerate(self._entries("code")):
            for key in ("definition", "include", "exclude"):
                if not code.get(key):
                    yield self.fault(("code", n), f"it has no {key}")
            for key, least in LEAST.items():
                has = code.get(key, [])
                if isinstance(has, list) and len(has) < least:
                    what = f"{key}: {least} sentences are needed, it has {len(has)}"
                    yield self.fault(("code", n, key), what)

    def _validated(self) -> tuple[list[Fault], Codebook | None]:
        """Faults of keys and values; the codebook without them, if anything is left of it."""
        try:
            return [], Codebook.model_validate(self.content)
        except ValidationError as error:
            found = faults_in(error)
        faults = [self.fault(e["loc"], _plainly(e)) for e in found]
        content = copy.deepcopy(self.content)
        # From the end, so that positions in lists stay what they are.
        for place in sorted((e["loc"] for e in found), key=_order, reverse=True):
            _drop(content, place)
        try:
            return faults, Codebook.model_validate(content)
        except ValidationError:
            return faults, None

    def _entries(self, kind: str) -> list[dict[str, Any]]:
        """Themes or codes, without ids that are no text (which are faults already)."""
        entries = self.content.get(kind, [])
        return [
            {k: v for k, v in e.items() if k not in ("id", "theme") or isinstance(v, str)}
            if isinstance(e, dict) else {}
            for e in (entries if isinstance(entries, list) else [])
        ]  # fmt: skip

    def _inconsistent(self) -> Iterator[Fault]:
        for kind in ("theme", "code"):
            seen: set[object] = set()
            for n, entry in enumerate(self._entries(kind)):
                name = entry.get("id")
                if name is not None and name in seen:
                    yield self.fault((kind, n, "id"), f"{kind} {name} stands more than once")
                seen.add(name)
        themes = {theme.get("id") for theme in self._entries("theme")}
        used = {code.get("theme") for code in self._entries("code")}
        for n, theme in enumerate(self._entries("theme")):
            if "id" in theme and theme["id"] not in used:
                yield self.fault(("theme", n), f"theme {theme['id']} has no code")
        for n, code in enumerate(self._entries("code")):
            if "id" in code and code["id"] in themes:
                yield self.fault(("code", n, "id"),
                                 f"{code['id']} is the id of a theme, too")  # fmt: skip
            if "theme" in code and code["theme"] not in themes:
                yield self.fault(("code", n, "theme"),
                                 f"theme {code['theme']} is not in the codebook")  # fmt: skip
            if code.get("only_subject") and not code.get("subject"):
                yield self.fault(("code", n, "only_subject"), "only_subject needs a subject")


def read_codebook(path: Path) -> Codebook:
    """Read a codebook that is to be coded with.

    Raises `BadSettings` with every fault in the file, each with its line, code and key.
    """
    return _sound(file := CodebookFile(path), [*file.structural(), *file.wanting()])


def read_draft(path: Path) -> Codebook:
    """Read a codebook that need not be complete: enough to show, compare and exchange it.

    Raises `BadSettings` with every fault in the file, each with its line, code and key.
    """
    return _sound(file := CodebookFile(path), file.structural())


def _sound(file: CodebookFile, faults: list[Fault]) -> Codebook:
    if faults or file.codebook is None:
        shown = "\n".join(f"  {fault}" for fault in sorted(faults))
        raise BadSettings(f"codebook {file.name} cannot be used:\n{shown}")
    return file.codebook


def model_path(codebook: Path) -> Path:
    """Where the model of a codebook lies, if it has one (`pipeline.tag.model`)."""
    return codebook.with_suffix(".model.npz")


def _named(content: dict[str, Any], place: Place) -> str:
    match place:
        case ("code" | "theme" as kind, int(position), *rest):
            entry = content[kind][position]
            name = entry.get("id", f"number {position + 1}") if isinstance(entry, dict) else ""
            counted = (part + 1 if isinstance(part, int) else part for part in rest)
            return " ".join([kind, str(name), *map(str, counted)])
        case _:
            return " ".join(map(str, place)) or "the file"


def _plainly(error: ErrorDetails) -> str:
    kind = error["loc"][0]
    if error["type"] in ("tuple_type", "model_type") and len(error["loc"]) <= 2:
        return f"must be tables, each headed [[{kind}]]"
    parts: dict[object, type[_Part]] = {"theme": Theme, "code": Code}
    return plainly(error, known=parts.get(kind, Codebook).model_fields)


def _order(place: Place) -> list[tuple[int, str]]:
    """Sorts places of one list by their positions."""
    return [(part, "") if isinstance(part, int) else (-1, part) for part in place]


def _drop(content: Any, place: Place) -> None:
    """Take what stands at a place out of the content; an entry of a list if the key is not there.

    A code without its id cannot be kept; one without a pattern can.
    """
    *way, last = place
    for part in way:
        content = content[part]
    if isinstance(content, dict):
        content.pop(last, None)
    elif isinstance(content, list) and isinstance(last, int) and last < len(content):
        del content[last]
