"""Redaction: passages in, passages without identifiers out, with what was replaced kept apart.

`pipeline.redact.redaction` holds the stage.
"""

VERSION = "13"
"""Raised whenever the stage's output changes for the same input."""
