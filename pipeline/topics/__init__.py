"""Redacted passages of all reviews → topics: what the reviews talk about, codebook or not.

`pipeline.topics.model` holds the stage.
"""

VERSION = "3"
"""Raised whenever the same passages give other topics."""
