"""A small codebook of our own, sound, to be spoilt in tests."""

SOUND = """\
id = "tiny"
title = "Tiny"
version = "1"

[[theme]]
id = "people"
name = "People"
definition = "Who they are."

[[theme]]
id = "practice"
name = "Practice"
definition = "What was done."

[[code]]
id = "drink"
theme = "people"
name = "Drinking"
definition = "His drinking."
include = "Any account of it."
exclude = "Hers."
subject = "perpetrator"
only_subject = true
indicators = ["drunk"]
exclusions = ["drunk tank"]
prototypes = ["He was drunk most evenings.", "His drinking had become heavy."]
match = [
  "He was drunk again.",
  "He came home drunk.",
  "Drunk, he fell asleep.",
]
not_match = ["He was put in the drunk tank.", "He had tea."]
references = ["Ogle 2011"]
home_office_tags = ["Perpetrator - alcohol misuse"]

[[code]]
id = "enquiry"
theme = "practice"
name = "Enquiry"
definition = "Whether anybody asked."
include = "Asked or not asked."
exclude = "What was answered."
subject = "agency"
omission = true
patterns = ["ask ~2 home"]
prototypes = ["Nobody asked her about home.", "She was asked whether home was safe."]
match = ["She was not asked about home.", "He asked after home.", "They ask her about home."]
not_match = ["She went home.", "He asked for water."]
"""
