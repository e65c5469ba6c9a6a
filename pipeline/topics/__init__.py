"""Redacted passages of all reviews → topics: what the reviews talk about, codebook or not.

`pipeline.topics.model` holds the stage.
"""

VERSION = "2"
"""Raised whenever the same passages give other topics."""
