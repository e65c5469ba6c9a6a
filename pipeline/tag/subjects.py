"""Who is who in a review's texts: whom a find is about, and texts in which it is said.

Both through the review's role map; a find is about the nearest person named before it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

import pandas as pd

_ROLE_WORDS = {
    "victim": "victim",
    "deceased": "victim",
    "perpetrator": "perpetrator",
    "offender": "perpetrator",
}
_PRONOUNS = {"she": "f", "her": "f", "hers": "f", "he": "m", "him": "m", "his": "m"}
_SUBJECTS = ("victim", "perpetrator", "child")
"""Roles whose people a coding can be about."""
_OTHER_SEX = {
    "he": "she", "him": "her", "his": "her", "himself": "herself", "man": "woman", "men": "women",
    "male": "female", "husband": "wife", "boyfriend": "girlfriend", "father": "mother",
    "son": "daughter", "brother": "sister",
}  # fmt: skip
# "her" is "his" more often than "him".
_OTHER_SEX = {**_OTHER_SEX, **{there: here for here, there in _OTHER_SEX.items()}}
_FEWEST, _MARGIN = 3, 0.25
"""Pronouns beside victim and perpetrator each, and how far apart their shares of "he" must be,
before the sexes of a review are exchanged."""
# "the victim" says the role already; "A" is an article more often than a person.
_SAID_ALREADY = re.compile(r"(?i:(?:the )?(?:victim|deceased|perpetrator|offender|child))|[AI]")


class ByRole(NamedTuple):
    """A text in which people stand by their role, and where its words stood before.

    starts, ends: for each character, between which places of the text as it is printed.
    """

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def printed(self, start: int, end: int) -> tuple[int, int]:
        """Where a part of it stands in the text as it is printed."""
        return self.starts[start], self.ends[end - 1]


class SubjectFinder:
    """Finds the subject of a place in a text of one review."""

    def __init__(self, roles: pd.DataFrame, texts: Iterable[str]) -> None:
        """Learn labels from `roles` (contracts.ROLES_TABLE) and pronouns from the texts."""
        self._labels = dict(zip(roles["label"], roles["role"], strict=True))
        labels = map(re.escape, sorted(self._labels, key=len, reverse=True))
        anybody = "|".join([*_ROLE_WORDS, *_PRONOUNS])
        # Labels as they are written ("Mary", "May"); words in any case.
        self._mention = re.compile(rf"(?<!\w)(?:{'|'.join([*labels, f'(?i:{anybody})'])})(?!\w)")
        self._beside = self._pronouns_beside(texts)
        self._pronoun_roles = self._learn_pronouns()
        self._said = {
            label: role
            for label, role in self._labels.items()
            if role in _SUBJECTS and not _SAID_ALREADY.fullmatch(label)
        }
        people = map(re.escape, sorted(self._said, key=len, reverse=True))
        # ASCII: a dotless i of a poor scan is no "i".
        words = [rf"(?ia:{'|'.join(_OTHER_SEX)})"] if self._other_sex() else []
        said = "|".join([*people, *words])
        self._people = re.compile(rf"(?<!\w)(?:{said})(?!\w)") if said else None
        self.by_role = cache(self._by_role)

    def _by_role(self, text: str) -> ByRole:
        """A text with "victim", "perpetrator" and "child" for the people who are.

        Where he is the victim and she the perpetrator, the sexes are exchanged, too: "she" is the
        victim in most reviews, and what is learnt from these counts for the others then.
        """
        pieces: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        at = 0
        for mention in self._people.finditer(text) if self._people else ():
            start, end = mention.span()
            word = self._said.get(mention[0]) or _OTHER_SEX[mention[0].lower()]
            pieces += [text[at:start], word]
            starts += [*range(at, start), *[start] * len(word)]
            ends += [*range(at + 1, start + 1), *[end] * len(word)]
            at = end
        pieces.append(text[at:])
        starts += range(at, len(text))
        ends += range(at + 1, len(text) + 1)
        return ByRole("".join(pieces), starts, ends)

    def subject(self, text: str, start: int) -> str | None:
        """victim, perpetrator or child; None when nobody with a known role is named.

        Looks back from the find within the sentence given, then at the find itself and what
        follows it.
        """
        before, after = self._roles(text, 0, start), self._roles(text, start, len(text))
        for role in [*reversed(before), *after]:
            if role in _SUBJECTS:
                return role
        return None

    def named(self, text: str, start: int, whole: str) -> list[str]:
        """Who is named where, in words, around a find that starts there in a sentence of a whole.

        For the regression that tells the subject.
        """
        before, after = self._roles(text, 0, start), self._roles(text, start, len(text))
        anywhere = Counter(self._roles(whole, 0, len(whole)))
        here = [*before, *after]
        most = anywhere.most_common(1)[0][0] if anywhere else None
        return [
            f"before {before[-1] if before else None}",
            f"after {after[0] if after else None}",
            f"first {here[0] if here else None}",
            f"most {most}",
            *(f"there {role}" for role in sorted(anywhere)),
        ]

    def _roles(self, text: str, start: int, end: int) -> list[str]:
        """The role of everybody who is mentioned in a part of a text, "unknown" where none is."""
        found = self._mention.finditer(text, start, end)
        return [self._role(mention[0]) or "unknown" for mention in found]

    def _role(self, mention: str) -> str | None:
        word = mention.lower()
        return (
            self._labels.get(mention)
            or _ROLE_WORDS.get(word)
            or self._pronoun_roles.get(_PRONOUNS.get(word, ""))
        )

    def _other_sex(self) -> bool:
        """Whether he is the victim and she the perpetrator, as far as pronouns tell."""
        victim, perpetrator = self._beside.values()
        if min(victim.total(), perpetrator.total()) < _FEWEST:
            return False
        shares = [counts["m"] / counts.total() for counts in (victim, perpetrator)]
        return shares[0] - shares[1] >= _MARGIN

    def _pronouns_beside(self, texts: Iterable[str]) -> dict[str, Counter[str]]:
        """How often each gender stands in passages that name only one of victim and perpetrator."""
        counts: dict[str, Counter[str]] = {"victim": Counter(), "perpetrator": Counter()}
        for text in texts:
            mentions = [m[0] for m in self._mention.finditer(text)]
            named = {self._labels.get(m) or _ROLE_WORDS.get(m.lower()) for m in mentions}
            main = named & counts.keys()
            if len(main) == 1:
                pronouns = [_PRONOUNS[m.lower()] for m in mentions if m.lower() in _PRONOUNS]
                counts[main.pop()].update(pronouns)  # type: ignore[index]
        return counts

    def _learn_pronouns(self) -> dict[str, str]:
        """Gender → the one main role it stands for: the one beside which it stands most often."""
        counts = self._beside
        genders = {r: c.most_common(1)[0][0] for r, c in counts.items() if c}
        if len(set(genders.values())) < len(genders):
            return {}  # Both of one sex: a pronoun tells nothing.
        return {gender: role for role, gender in genders.items()}
