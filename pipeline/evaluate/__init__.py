"""Measures against gold: extraction, redaction and coding, with counts and intervals."""
