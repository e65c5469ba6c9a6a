"""Codebooks: read, validated, and the slices of them that stages depend on.

A codebook is one TOML file: `id`, `title`, `version`, then `[[theme]]` and `[[code]]` tables.
What each key of a code means stands at the fields of `Code`; the language of its phrases and
patterns is described in `pipeline.tag.patterns`.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from pipeline.errors import BadSettings

Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Words = Annotated[str, Field(min_length=1)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Theme(_Part):
    """A family of codes."""

    id: Id
    name: Words
    definition: Words


class Code(_Part):
    """One code: what it means to a person, and how the machine finds it."""

    id: Id
    theme: Id
    name: Words
    definition: Words
    include: Words
    exclude: Words
    subject: Literal["victim", "perpetrator", "child", "agency", "network"] | None = None
    """Whom the code is about when the text does not say otherwise."""
    only_subject: bool = False
    """Evidence about anybody but `subject` does not count (her drinking against his)."""
    omission: bool = False
    """A practice code: what was not done ("was not asked") is the finding, so a negation leaves
    the polarity as it is."""
    indicators: tuple[Words, ...] = ()
    """Phrases that are enough by themselves, in any inflection."""
    weak_indicators: tuple[Words, ...] = ()
    """Phrases that count only where the sentence is also near the code's prototypes."""
    patterns: tuple[Words, ...] = ()
    """Descriptions in slots and gaps ("time {poss} trip|visit|journey")."""
    exclusions: tuple[Words, ...] = ()
    """Phrases that cancel a find which touches them ("control room")."""
    prototypes: tuple[Words, ...] = Field(min_length=2)
    """Sentences that stand for the code when similarity is measured."""
    match: tuple[Words, ...] = Field(min_length=3)
    """Sentences that must be given the code: run as tests."""
    not_match: tuple[Words, ...] = Field(min_length=2)
    """Sentences that must not be given the code: run as tests."""
    references: tuple[Words, ...] = ()
    home_office_tags: tuple[Words, ...] = ()
    """Tags of the Home Office DHR Library that come nearest."""

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

    @model_validator(mode="after")
    def _consistent(self) -> Codebook:
        themes, codes = [t.id for t in self.theme], [c.id for c in self.code]
        for kind, ids in (("theme", themes), ("code", codes)):
            twice = sorted(i for i, n in Counter(ids).items() if n > 1)
            if twice:
                raise ValueError(f"{kind} {', '.join(twice)} stands more than once")
        empty = sorted(set(themes) - {code.theme for code in self.code})
        if empty:
            raise ValueError(f"theme {', '.join(empty)} has no code")
        for code in self.code:
            if code.theme not in themes:
                raise ValueError(f"code {code.id}: theme {code.theme} is not in the codebook")
            if code.only_subject and code.subject is None:
                raise ValueError(f"code {code.id}: only_subject needs a subject")
        return self

    @cached_property
    def codes(self) -> dict[str, Code]:
        """Code id → code."""
        return {code.id: code for code in self.code}

    @cached_property
    def themes(self) -> dict[str, Theme]:
        """Theme id → theme."""
        return {theme.id: theme for theme in self.theme}

    def coding_slice(self) -> dict[str, Any]:
        """What the coding of a passage depends on: all but wording meant for people and tests."""
        people_only = {"name", "definition", "include", "exclude", "references",
                       "home_office_tags", "match", "not_match"}  # fmt: skip
        return {code.id: code.model_dump(mode="json", exclude=people_only) for code in self.code}


def read_codebook(path: Path) -> Codebook:
    """Read and validate a codebook.

    Raises `BadSettings` with every fault in the file, each with its code and key.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadSettings(
            f"there is no codebook at {path}; set `codebook` in study.toml to a file or to 'dhr'"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSettings(f"codebook {path.name} is not valid TOML: {error}") from None
    try:
        return Codebook.model_validate(content)
    except ValidationError as error:
        faults = "\n".join(f"  {_place(content, e['loc'])}: {e['msg']}" for e in error.errors())
        raise BadSettings(f"codebook {path.name} cannot be used:\n{faults}") from None


def model_path(codebook: Path) -> Path:
    """Where the model of a codebook lies, if it has one (`pipeline.tag.model`)."""
    return codebook.with_suffix(".model.npz")


def _place(content: dict[str, Any], location: tuple[int | str, ...]) -> str:
    match location:
        case ("code" | "theme" as kind, int(position), *rest):
            entry = content[kind][position]
            name = entry.get("id", f"number {position + 1}") if isinstance(entry, dict) else ""
            return " ".join([kind, str(name), *map(str, rest)])
        case _:
            return " ".join(map(str, location)) or "the file"
