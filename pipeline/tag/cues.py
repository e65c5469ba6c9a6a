"""Cues around a find: negation, praise, who tells it, and when it happened.

Cues are patterns like those of a codebook, because a negation is worded in as many ways as a
finding. Development: the shipped codebook's match sentences and the example study.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence

from pipeline.tag.patterns import Find, PatternSet
from pipeline.tag.tokens import Tokens

NEGATION_BEFORE = (
    "no ~2 evidence|indication|suggestion|record|history|report|disclosure|sign|concern|mention|"
    "information|allegation|knowledge|trace",
    "nothing ~3 suggest|indicate|show|point",
    "no|without|neither|nor|none",
    "be|do|have|could|would not",
    "be|do|have|could|would =n't",
    "never",
    "deny|rule_out|discount",
    "not ~1 know|believe|think|consider|find|establish",
    "unaware of",
)
# What was not reported or not recognised was there: the article says so.
PRESUPPOSED = (
    "not|never|without ~1 disclose|report|recognise|identify|notice|understand|explore|consider|"
    "tell|record|share|address|appreciate|link|mention|name|see|know ~2 the|this|that|these|{poss}",
    "no|none|neither ~4 agency|agencies|service|professional|practitioner|organisation|worker|"
    "officer ~2 know|aware|recognise|notice|understand|appreciate|ask|explore|identify|see|link",
    "not|never|without|no ~1 receive|seek|get|access|accept|have|offer ~1 help|treatment|support|"
    "advice|counselling|therapy|refuge",
    "not|never|nobody|no_one|no_practitioner ~1 recognise|notice|understand|appreciate|ask|explore",
    "unaware of the|this|that|these|{poss}",
)
NEGATION_AFTER = (
    "be not ~2 identify|find|record|feature|disclose|know|report|suspect|establish|present|"
    "evident|apparent|factor|issue",
    "be rule_out",
    "be ~1 deny",
    "play no part",
    "do not feature|arise|apply",
)
# For practice codes a bare "not" is the finding; only these say that nothing was amiss.
IN_ORDER = (
    "no ~2 concern|criticism|fault|shortcoming|failing|issue about|with|of|regarding|in|over",
    "no ~2 missed opportunity|shortcoming|failing|omission|gap|criticism",
    "no =lessons|lesson",
    "could|can not be fault|criticise",
    "in line|accordance|keeping with",
    "be not find to be a|an factor|issue",
)
# "The panel asked whether … . Nothing of that kind was found."
SEARCHED = (
    "ask|consider|explore|examine|look|search|check|establish ~6 whether|if|for|any|anything|sign",
)
FOUND_NOTHING = (
    "none|neither|nothing|nobody|no_one ~4 be|have|do|say|find|identify|seek|report|so|that|such",
    "no|not ~3 find|identify|seek|report|hold|record|evidence|such|concern|arise",
)
PRAISE = (
    "good|best|excellent|exemplary|commendable|notable|effective|positive|strong practice",
    "commend|praise|applaud|credit|compliment",
    "to {poss} credit",
    "exemplary|commendable|admirable|praiseworthy",
    "by|in contrast",
    "high|good|excellent standard",
    "impress|struck by the ~2 care|skill|quality|persistence|interview|response",
    "do everything",
    "quick|quickly|correctly|rightly|skilfully|thoughtfully|properly",
    "example of good|best|effective",
    "do|go beyond|well|more_than",
    "since ~4 introduce|appoint|establish|set_up|put_in_place|put|train|strengthen",
    "have now|since ~4 introduce|appoint|establish|set_up|put|train|strengthen|be",
    "be ~2 right|correct to",
    "thorough|timely|thoughtful|careful|skilled|sensitive|persistent|prompt and|response|work|"
    "recording|enquiry|care|action|assessment|decision",
)
_TOLD = "tell|say_to|explain_to|describe_to the|a =review|chair|panel|author"


def _pseudonyms(word: str) -> str:
    # As one word each, in which `pipeline.tag.tokens` reads '[PERPETRATOR]' or '[PROFESSIONAL 12]'.
    return "|".join([f"=x{word}x", *(f"=x{word}x{n}x" for n in range(1, 50))])


PERPETRATOR = (f"=perpetrator|{_pseudonyms('perpetrator')} ~2 {_TOLD}",)
PROFESSIONAL = (
    f"{_pseudonyms('professional')}|gp|doctor|nurse|midwife|worker|officer|visitor|teacher|"
    f"headteacher|adviser|manager|practitioner|idva ~2 {_TOLD}",
)
FAMILY = (
    f"{{person}} {_TOLD}",
    "mother|father|sister|brother|daughter|son|friend|neighbour|family|relative|aunt|cousin|"
    "colleague ~2 say|tell|describe|recall|feel|believe|know|remember",
)
PANEL = (
    "panel|review|author|chair ~2 consider|think|find|note|conclude|believe|feel|be|take|"
    "accept|regard|see",
    "with hindsight",
    "in the panel 's view|opinion|judgement",
)
AGENCY = (
    "IMR ~3 find|note|state|say|conclude|identify|comment",
    "record|note|log|file|entry ~2 show|say|state|read|describe|be|contain",
)
AFTER_DEATH = (
    "since|after|following the|{poss} fatal? death|homicide|murder|killing",
    "since|after|following the fatal incident|attack|assault|stabbing|event",
    "at|during the|{poss} trial|inquest|sentencing|post",
    "post mortem",
    "be sentence|convict ~3 murder|manslaughter|life",
    "have since",
)
# "After the death of her mother" need not be after the victim's.
EARLIER_DEATH = (
    "death of {poss} ~1 mother|father|mum|dad|parent|sister|brother|grandmother|grandfather|"
    "grandparent|husband|wife|partner|baby|friend|aunt|uncle",
)

_GROUPS: Mapping[str, tuple[str, ...]] = {
    "negation-before": NEGATION_BEFORE,
    "negation-after": NEGATION_AFTER,
    "presupposed": PRESUPPOSED,
    "in-order": IN_ORDER,
    "searched": SEARCHED,
    "found-nothing": FOUND_NOTHING,
    "praise": PRAISE,
    "perpetrator": PERPETRATOR,
    "professional": PROFESSIONAL,
    "family": FAMILY,
    "panel": PANEL,
    "agency": AGENCY,
    "after": AFTER_DEATH,
    "earlier-death": EARLIER_DEATH,
}
# A negation does not reach past these.
_TURNS = {"but", "however", "although", "though", "while", "whereas", "yet", "despite", "when"}
_REACH = 12


class Cues:
    """The cues of one sentence."""

    def __init__(self, sentence: Tokens, found: Mapping[str, Sequence[Find]]) -> None:
        """Take what `cue_patterns` found in a sentence."""
        self._sentence = sentence
        self._found = found

    def has(self, group: str) -> bool:
        """Whether the sentence holds a cue of the group."""
        return bool(self._found.get(group))

    @property
    def groups(self) -> frozenset[str]:
        """The groups of which the sentence holds a cue."""
        return frozenset(group for group, finds in self._found.items() if finds)

    def negates(self, find: Find) -> bool:
        """Whether a negation outside the find reaches it."""
        # A cue may run into the find: "no history" and "history of violence".
        before = [f for f in self._found.get("negation-before", ()) if f.start < find.start]
        presupposed = self._found.get("presupposed", ())
        before = [f for f in before if not any(p.start < f.end <= p.end for p in presupposed)]
        if any(self._reaches(f.end, find.start, _REACH) for f in before):
            return True
        after = [f for f in self._found.get("negation-after", ()) if f.start >= find.end]
        return any(self._reaches(find.end, f.start, _REACH // 2) for f in after)

    def _reaches(self, start: int, end: int, reach: int) -> bool:
        texts, starts = self._sentence
        between = [t.lower() for t in texts[bisect_left(starts, start) : bisect_left(starts, end)]]
        return len(between) <= reach and not _TURNS & set(between) and ";" not in between


def cue_patterns() -> PatternSet:
    """All cues, compiled."""
    return PatternSet([(group, p) for group, ps in _GROUPS.items() for p in ps])
