"""A small annotated source with one of every block of the format."""

FRONT_MATTER = """---
id: quill
title: Overview Report into the death of ‘Quill’
csp: Fennimore Community Safety Partnership
header: RESTRICTED
footer: Fennimore DHR - page {n} of {m}
---
"""

SOURCE = (
    FRONT_MATTER
    + """# Domestic Homicide Review
X {} Fennimore Community Safety Partnership
X {} Report completed: [[DATE:May 2015]]
PAGEBREAK
# Contents
X {} Introduction ........ 3
X {} Analysis ............ Error! Bookmark not defined.
# 1. Introduction
P - {} The panel offers its condolences to Quill’s family & friends.
P 1.1 {} Quill, aged [[AGE:61]], lived in [[PLACE:Ottery Lane]] with her son.
## The chronology of [[DATE:2014]]
T {} Date | Agency | Event
T {physical-violence@victim} [[DATE:3/2/14]] | GP | Bruise seen; “walked into a door”.
T {} [[DATE:June 2014]] | Police | No further action
F Log [[CODE:0417]] was closed by [[PERSON#ames:PC Ames]] the same day.
# {analysis} 2. Analysis
P 2.1 {information-sharing; marac@agency/neg} The form stayed in the tray, and <no one> asked.
P 2.2 {=literature} Stanley and others (2010) found that notifications seldom led to a service.
F Section 47 of the Children Act 1989.
L {good-practice/good} The nurse, [[PERSON:Ms Orr]], rang back.
R 1 {training/rec; risk-assessment/rec} Police, [[PERSON:Supt Vane]] :: Officers should read it.
LANDSCAPE
# {action-plan} Action plan
T {} Recommendation | Lead | Outcome
T {training/rec} 1. Training | Police |
PORTRAIT
# Glossary
X {} NFA: no further action
"""
)
