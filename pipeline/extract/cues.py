"""The words that tell what a section is for: of its heading, and of what stands in it."""

from __future__ import annotations

import re

_REVIEW = r"(?:(?:domestic homicide |case |death )?review|dhr|dardr)"
# Heading cues of the Home Office templates (2011, 2013, 2016, DARDR) and of local variants;
# the first that is found decides, so the specific stand before the general.
_CUES: tuple[tuple[str, str], ...] = (
    ("contents", r"^(?:table of )?contents(?: page)?$|^index$"),
    ("action-plan", r"\baction plans?\b|^actions?$"),
    ("executive-summary", r"\bexecutive summary\b"),
    ("front-matter", r"^(?:overview |final |anonymised )*(?:report|domestic homicide review"
                     r"|domestic abuse related death review|dhr|dardr)\b.{0,60}"
                     r"\b(?:deaths?|homicide|murder|killing) of\b"),
    ("glossary", r"\bglossary\b|\babbreviations\b|\bacronyms\b|\bkey to (?:names|terms)\b"
                 r"|\bterminology\b|\bshort forms?\b|\b(?:words|terms|initials) used\b"
                 r"|\bmeanings? of (?:words|terms)\b|\bwords and phrases\b"),
    ("good-practice", r"\b(?:good|best|effective|notable|positive) practice\b"
                      r"|\bwhat (?:went|worked) well\b"),
    ("recommendations", r"\brecommendations?\b"),
    ("family-views", r"\b(?:involvement|views?|voices?|contributions?|perspectives?|engagement|"
                     r"participation|contact|information|accounts?)\b.{0,40}\b(?:famil(?:y|ies)|"
                     r"friends?|relatives|colleagues|wider community)\b"
                     r"|\bfamil(?:y|ies)\b.{0,40}\b(?:involvement|views?|voices?|contributions?|"
                     r"perspectives?|engagement|participation)\b|\bpen portrait\b"
                     r"|\b(?:those|people) (?:who knew|around|close(?:st)? to|nearest)\b"),
    ("panel", r"\bpanel members(?:hip)?\b|\breview panel\b|\bpanel composition\b"
              r"|\bmembers(?:hip)? of the (?:review )?panel\b|^(?:the )?panel$"
              r"|\bauthors? of the (?:overview )?report\b|\bchair (?:and|&|of)\b"
              r"|\bindependent (?:chair|author)\b|\boverview author\b"),
    ("analysis", r"\banalysis\b|\bagainst the terms of reference\b|\bcommentary\b"
                 r"|\bkey issues\b|\bfindings\b|\bevidence of domestic (?:abuse|violence)\b"
                 r"|\bcritical (?:issues|analysis)\b|\bthemes\b"),
    ("introduction", r"^introduct(?:ion|ory)\b|\bbackground to (?:the|this) " + _REVIEW + r"\b"
                     r"|\bcircumstances (?:leading|giving rise) to (?:the|this|a) " + _REVIEW +
                     r"\b|\b(?:why|reasons?|need) (?:for )?(?:the|this|a) " + _REVIEW + r"\b"
                     r"|\bestablish(?:ing|ment of) (?:the|this|a) " + _REVIEW + r"\b"),
    ("terms-of-reference", r"\bterms? of reference\b|\b(?:key )?lines? of (?:enquiry|inquiry)\b"
                           r"|\bkloe?s?\b|\bscope (?:of|and)\b|^scope$"
                           r"|\bquestions for the review\b"),
    ("statutory-purpose", r"\bpurpose\b|^definitions?\b|\bdefinitions?$|\bdefinitions? of"
                          r" (?:domestic|terms|coercive|controlling)\b|\blegislation\b"
                          r"|\blegal (?:context|basis|framework)\b|\bstatutory\b|\bsection 9\b"),
    ("preface", r"\bcondolences?\b|\btributes?\b|\bpreface\b|\bforeword\b|\bsympath(?:y|ies)\b"
                r"|\backnowledge?ments?\b|\bstatement from\b|\bin memor(?:y|iam)\b"
                r"|\bpseudonyms?\b"),
    ("equality", r"\bequalit(?:y|ies)\b|\bdiversity\b|\bprotected characteristics?\b"),
    ("methodology", r"\bmethod(?:ology|s)?\b|\btime ?scales?\b|\bconfidentiality\b"
                    r"|\bcontributors?\b|\bparallel (?:reviews?|processes|proceedings|inquiries)\b"
                    r"|\bdissemination\b|\bindividual management reviews?\b|\bimrs?\b"
                    r"|\breview process\b|\bprocess of the review\b|\bhindsight\b"
                    r"|\bcommissioning\b(?! group)|\bdecision to (?:hold|undertake)\b"
                    r"|\bhow the review\b"
                    r"|\bagencies (?:involved|participating|contributing)\b|\banonymity\b"
                    r"|\bsubjects of the review\b|\bthe review$"),
    ("lessons", r"\blessons?\b|\blearning\b|\bwhat (?:have )?we (?:have )?learn(?:ed|t)\b"),
    ("conclusions", r"\bconclu(?:sions?|ding)\b|\bpreventab(?:le|ility)\b"
                    r"|\bpredictab(?:le|ility)\b"),
    ("chronology", r"\bchronolog(?:y|ies|ical)\b|\bkey events\b|\btime ?line\b"
                  r"|\bsequence of events\b|\bnarrative\b|\bagency (?:involvement|contacts?)\b"
                  r"|\bcontacts? with agencies\b|\bfacts by agency\b"),
    ("background", r"\bbackground\b|\bthe facts\b|^facts\b|\bfamily history\b"
                   r"|\bcircumstances (?:of|leading)\b|\bthe (?:homicide|death|murder|incident)\b"
                   r"|\bwhat happened\b|\bsummary of (?:the case|events)\b"),
    ("analysis", r"^(?:the )?overview$|\boverview of\b|\bsummary of (?:agency|information)\b"),
    ("front-matter", r"\b(?:overview|final|anonymised) report\b|\bdomestic homicide review\b"
                     r"|\bdomestic abuse related death review\b|^(?:dhr|dardr)\b"),
    ("appendix", r"\bappendi(?:x|ces)\b|\bann?ex(?:es)?\b|\bbibliography\b|^references\b"
                 r"|\bquality assurance\b|\bhome office (?:letter|feedback)\b|\bhelplines?\b"
                 r"|\bsources of (?:help|support)\b|\bfurther (?:reading|information)\b"),
)  # fmt: skip
_PATTERNS = tuple((role, re.compile(pattern, re.IGNORECASE)) for role, pattern in _CUES)

_PART = re.compile(
    r"^(?:(?:part|chapter)\s+(?:\w+)\s*[:.–—-]?|section\s+\w+\s*[:.–—-])\s+(?=\w)", re.IGNORECASE
)
_JOINT = re.compile(r"\s+(?:and|&)\s+|\s*[/;,]\s*", re.IGNORECASE)
# Sections that are often printed under one heading; the text under it is of the first-named, and
# its other half begins with a heading, a table or a numbered recommendation of its own.
_FIRST_NAMED = frozenset({"introduction", "conclusions", "lessons", "recommendations"})

QUESTION_HEADING = re.compile(
    r"^(?:questions?|terms? of reference|tor|kloe|(?:key )?lines? of (?:enquiry|inquiry))\s+"
    r"(?:no\.? ?)?\d",
    re.IGNORECASE,
)
"""A question of the terms of reference, as the heading of its answer."""

AGENCY_HEADING = re.compile(
    r"^(?:[\w’'&.-]+ ){0,4}(?:police|constabulary|force|nhs|(?:foundation )?trust|ccg|icb|pct|"
    r"gp|general practice|primary care|hospital|health|maternity|housing|social care|"
    r"social services|probation|ambulance|cafcass|cps|schools?|college|education|council|"
    r"service|services|mash|marac|refuge|prison|group)$",
    re.IGNORECASE,
)
"""A heading that is nothing but the name of an agency."""

# A year in brackets after a name, unless the name is that of a law or a policy.
CITATION = re.compile(
    r"\b(?!(?:Act|Regulations|Order|Guidance|Strategy|Policy|Code|Guidelines|January|February|March|"
    r"April|May|June|July|August|September|October|November|December)\b)"
    r"[A-Z][\w’'-]+(?: (?:and (?:others|colleagues)|et al\.?))?,? \((?:19|20)\d\d[a-z]?\)"
    r"|\bet al\b|\b(?i:studies|research)(?: \w+){0,8} (?:shows?|suggests?|suggested|showed|"
    r"indicates?|has found|finds|demonstrates?|supported|identified)\b"
    r"|\b(?i:studies|research)(?: \w+){0,3} found\b"
    r"|\baccording to (?:the )?research\b"
)
_NAMES = r"(?:domestic homicide reviews?|DHRs?|domestic abuse[- ]related death reviews?|DARDRs?)"
STATUTORY = re.compile(
    r"section 9\b.{0,80}domestic violence,? crime and victims act"
    r"|\bpurposes? (?:of|for|in)(?: (?:undertaking|conducting|holding|commissioning))?"
    r"(?: (?:a|the|this|these))? " + _NAMES + r"\b"
    r"|\bdefinition of domestic (?:violence|abuse)\b.{0,60}\b(?:is|as|covers|includes|states)\b"
    r"|any incident or pattern of incidents of controlling"
    r"|\b(?:controlling|coercive) behaviour is (?:a range|an act|a pattern)"
    r"|establish what lessons (?:are|can|may)"
    r"|identified and responded to effectively at the earliest"
    r"|contribute to a better understanding of the nature of domestic",
    re.IGNORECASE,
)
CONDOLENCES = re.compile(
    r"\b(?:offer|express|extend|convey|send)(?:s|ing|ed)? (?:[\w’']+ ){0,4}"
    r"(?:condolences|sympath(?:y|ies))\b",
    re.IGNORECASE,
)

_AGENCY_COLUMN = r"agency|agencies|organi[sz]ation|representing|service|employer"
_TABLES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("panel", (r"names?|members?|representative", r"role|post|(?:job )?title|position|designation",
               _AGENCY_COLUMN)),
    ("chronology", (r"dates?|when|year", r"events?|contacts?|details?|what happened|incidents?|"
                    r"information|summary|entry|actions?")),
    ("glossary", (r"terms?|words?|abbreviations?|acronyms?|initials|short forms?",
                  r"meanings?|definitions?|explanations?|stands for|in full|full (?:name|form)")),
)  # fmt: skip

_ASKS = re.compile(
    r"^\W*(?:was|were|did|do|does|is|are|had|has|have|how|what|when|which|who|why|whether|could|"
    r"would|should|to what extent|in what)\b[^.!]*\?\W*$",
    re.IGNORECASE,
)
_AIMS = re.compile(
    r"^\W*(?:whether|to (?:assess|consider|determine|establish|examine|explore|identify|"
    r"review|seek|understand))\b",
    re.IGNORECASE,
)
_ADDRESSED = re.compile(
    r"^\W*[A-Z(][^.?!]{2,140}?\bshould (?!(?:not )?have\b|be noted\b|be remembered\b)"
    r"|^\W*(?:it is recommended|the (?:review )?panel recommends) that\b"
)


def cue(heading: str) -> str | None:
    """The role that a heading's words name; None when they name none."""
    words = _PART.sub("", heading)
    first = _cue(_JOINT.split(words, maxsplit=1)[0])
    return first if first in _FIRST_NAMED else _cue(words)


def _cue(words: str) -> str | None:
    return next((role for role, pattern in _PATTERNS if pattern.search(words)), None)


def table_cue(header: str) -> str | None:
    """The role that a table's header cells (' | ' between) name; None when they name none."""
    cells = [cell.strip(" .:") for cell in header.split("|")]
    return next(
        (
            role
            for role, columns in _TABLES
            if all(_has_column(cells, column) for column in columns)
        ),
        None,
    )


def _has_column(cells: list[str], column: str) -> bool:
    words = re.compile(rf"(?:[\w/]+ ){{0,2}}(?:{column})\b.{{0,25}}", re.IGNORECASE)
    return any(words.fullmatch(cell) for cell in cells)


def asks(text: str) -> bool:
    """Whether a text is a question and nothing else."""
    return bool(_ASKS.match(text))


def aims(text: str) -> bool:
    """Whether a text says what a review is to find out: "whether …", "to consider …"."""
    return asks(text) or bool(_AIMS.match(text))


def addressed(text: str) -> bool:
    """Whether a text tells somebody what they should do from now on."""
    return bool(_ADDRESSED.match(text))
