"""Redacted passages and a codebook → codings: which code applies where, and why.

Evidence for a code comes from its indicators and patterns, and from the similarity of a
sentence to its prototypes; section, negation, praise and subject decide what the evidence says.
"""

from pipeline.tag.coder import Coder, tag

VERSION = "1"

__all__ = ["VERSION", "Coder", "tag"]
