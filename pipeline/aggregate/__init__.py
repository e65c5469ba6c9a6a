"""Codings and reviews → theme tables: who is counted, out of how many, and how sure.

`pipeline.aggregate.theme_tables` holds the stage.
"""

VERSION = "13"
"""Raised whenever the same codings give other tables."""
