"""What changed from one codebook to another, in words."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.codebook import Code, Codebook, Theme


def changes(old: Codebook, new: Codebook) -> list[str]:
    """One line for each thing that changed; none when the codebooks say the same."""
    return [
        *(f"{key}: {was!r} → {now!r}" for key in ("id", "title", "version")
          if (was := getattr(old, key)) != (now := getattr(new, key))),
        *_of_parts("theme", old.themes, new.themes),
        *_of_parts("code", old.codes, new.codes),
    ]  # fmt: skip


def _of_parts(
    kind: str, old: dict[str, Theme] | dict[str, Code], new: dict[str, Theme] | dict[str, Code]
) -> Iterator[str]:
    for name in (name for name in old if name not in new):
        yield f"{kind} {name} removed ({old[name].name})"
    for name, part in new.items():
        if name not in old:
            inside = f" in theme {part.theme}" if isinstance(part, Code) else ""
            yield f"{kind} {name} added{inside} ({part.name})"
        else:
            for change in _of_fields(old[name], part):
                yield f"{kind} {name}{change}"


def _of_fields(old: Theme | Code, new: Theme | Code) -> Iterator[str]:
    for key in type(new).model_fields:
        was, now = getattr(old, key), getattr(new, key)
        if was == now:
            continue
        if key == "theme":
            yield f" moved from theme {was} to {now}"
        elif isinstance(now, tuple):
            yield from (f", {key}: taken out {item!r}" for item in was if item not in now)
            yield from (f", {key}: put in {item!r}" for item in now if item not in was)
            if sorted(was) == sorted(now):
                yield f", {key}: in another order"
        else:
            yield f", {key}: {was!r} → {now!r}"
