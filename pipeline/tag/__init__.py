"""Redacted passages and a codebook → codings: which code applies where, and why.

Evidence for a code comes from its indicators and patterns, from weak indicators where the sentence
is like the code's prototypes, and from what was learnt of coded passages; section, negation, praise
and subject decide what the evidence says.
`pipeline.tag.coder` holds the stage.
"""

VERSION = "17"
"""Raised whenever the same passages and codebook give other codings."""
