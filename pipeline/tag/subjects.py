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
_SUBJECTS = ("victim", "perpetrator", "child")
"""Roles whose people a coding can be about."""
_PRONOUNS = {"he": "she", "him": "her", "his": "her"}
_NOUNS = {
    "man": "woman", "men": "women", "male": "female", "boy": "girl", "gentleman": "lady",
    "husband": "wife", "boyfriend": "girlfriend", "fiancé": "fiancée", "widower": "widow",
    "father": "mother", "dad": "mum", "son": "daughter", "brother": "sister", "uncle": "aunt",
    "nephew": "niece", "grandfather": "grandmother", "grandson": "granddaughter",
    "stepfather": "stepmother", "stepson": "stepdaughter",
}  # fmt: skip
_TITLES = {"Mr": "Mrs", "Mrs": "Mr", "Ms": "Mr", "Miss": "Mr"}
_HIS_TO_HERS = _PRONOUNS | _NOUNS | {"himself": "herself"}
# Of keys that come twice the last counts: "her" is "his" more often than "him".
_OTHER_SEX = _HIS_TO_HERS | {hers: his for his, hers in _HIS_TO_HERS.items()} | {"hers": "his"}
_SEX = dict.fromkeys(_OTHER_SEX, "f") | dict.fromkeys(_HIS_TO_HERS, "m")
_SEX_OF_PRONOUN = {word: _SEX[word] for word in (*_PRONOUNS, *_PRONOUNS.values(), "hers")}
_SEX_OF_LABEL = {word: _SEX[word] for word in (*_NOUNS, *_NOUNS.values())}
_SEX_OF_TITLE = {title: "m" if title == "Mr" else "f" for title in _TITLES}
_NEAR = 3
"""How often a word beside a name counts, which is more often that person's than others are."""
_FEWEST = 3
"""How many words must tell the sex of a role; those of a label alone are enough."""
_MARGIN = 0.125
"""How far the share of male ones must be from a half."""
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
        labels = _labels(self._labels)
        anybody = "|".join([*_ROLE_WORDS, *_SEX_OF_PRONOUN])
        # Labels as they are written ("Mary", "May"); words in any case.
        self._mention = re.compile(rf"(?<!\w)(?:{labels}|(?i:{anybody}))(?!\w)")
        # ASCII, here and below: a dotless i of a poor scan is no "i".
        nouns = "|".join(_SEX_OF_LABEL)
        self._before = re.compile(rf"(?<!\w)((?ia:{nouns})),? ({labels})(?!\w)")
        self._role_of_sex = self._learn_sexes(texts)
        self._said = {
            label: role
            for label, role in self._labels.items()
            if role in _SUBJECTS and not _SAID_ALREADY.fullmatch(label)
        }
        said = [_labels(self._said)]
        if self._he_died():
            titles = "|".join(_TITLES)
            said += [rf"(?ia:{'|'.join(_OTHER_SEX)})", rf"(?:{titles})(?=\.? [A-Z])"]
        self._people = re.compile(rf"(?<!\w)(?:{'|'.join(said)})(?!\w)")
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
        for mention in self._people.finditer(text):
            start, end = mention.span()
            found = mention[0]
            word = self._said.get(found) or _TITLES.get(found) or _OTHER_SEX[found.lower()]
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
            or self._role_of_sex.get(_SEX_OF_PRONOUN.get(word, ""))
        )

    def _he_died(self) -> bool:
        """Whether he is the victim and she the perpetrator, as far as words tell."""
        return self._role_of_sex == {"m": "victim", "f": "perpetrator"}

    def _learn_sexes(self, texts: Iterable[str]) -> dict[str, str]:
        """Sex → the one main role that it stands for; empty where they are not told apart."""
        beside = self._sexes_beside(texts).items()
        male = {role: n["m"] / n.total() for role, n in beside if n.total() >= _FEWEST}
        if any(abs(share - 0.5) < _MARGIN for share in male.values()):
            return {}
        told = {role: "m" if share > 0.5 else "f" for role, share in male.items()}
        one_sex = len(set(told.values())) < len(told)
        return {} if one_sex else {sex: role for role, sex in told.items()}

    def _sexes_beside(self, texts: Iterable[str]) -> dict[str, Counter[str]]:
        """How often words of each sex stand beside victim and perpetrator.

        Pronouns in passages that name only one of the two, and nouns right before a label ("her
        husband, Adult B"); where labels have such words ("Mrs T", "Male 1"), these alone.
        """
        counts: dict[str, Counter[str]] = {"victim": Counter(), "perpetrator": Counter()}
        for text in texts:
            mentions = [m[0] for m in self._mention.finditer(text)]
            roles = [self._labels.get(m) or _ROLE_WORDS.get(m.lower()) for m in mentions]
            main = set(roles) & counts.keys()
            if len(main) == 1:
                role = str(main.pop())
                for n, mention in enumerate(mentions):
                    sex = _SEX_OF_PRONOUN.get(mention.lower()) if roles[n] is None else None
                    before = roles[n - 1] if n else None
                    # After somebody else's name it is that person's.
                    if sex and before in (role, None):
                        counts[role][sex] += _NEAR if before else 1
            for noun, label in self._before.findall(text):
                if self._labels[label] in counts:
                    counts[self._labels[label]][_SEX[noun.lower()]] += _NEAR
        for role in counts:
            of_role = (label for label, other in self._labels.items() if other == role)
            sexes = [sex for label in of_role for sex in _sexes_of_label(label)]
            if sexes:
                counts[role] = Counter(sexes * _FEWEST)
        return counts


def _labels(labels: Iterable[str]) -> str:
    """A pattern of labels, longest first; "B&B", "May 2014" and "Grace-Ann" are none."""
    any_of = "|".join(re.escape(label) for label in sorted(labels, key=len, reverse=True))
    return rf"(?<!&)(?:{any_of})(?!&|[-\u2011]\w| (?:19|20)\d\d)" if any_of else "(?!)"


def _sexes_of_label(label: str) -> list[str]:
    """The sexes that a label names: of "Mrs T", "Male 1", "Mr T's wife", "wife of Mr T"."""
    head = re.split("['\u2019]s ", label.split(" of ")[0])[-1]
    words = re.findall(r"[^\W\d_]+", head)
    # "MS" are initials, or an illness.
    sexes = (_SEX_OF_TITLE.get(word) or _SEX_OF_LABEL.get(word.lower()) for word in words)
    return [sex for sex in sexes if sex]
