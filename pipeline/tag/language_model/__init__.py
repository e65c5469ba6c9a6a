"""A coder by a language model at an address that the user names; off unless the user asks for it.

`prompt` says what is asked of a passage, `endpoint` sends it, `store` keeps answers, `answer`
takes from them what can be verified. Asking and coding are apart: coding reads kept answers only,
so that it needs no network and gives the same codings each time.
"""

from dataclasses import dataclass

from pipeline.vocabulary import MODEL_CODER


@dataclass(frozen=True)
class LanguageModel:
    """What the answer to a passage depends on, beside passage and codebook."""

    model: str
    seed: int
    max_tokens: int
    """0: the server's own limit."""

    @property
    def coder(self) -> str:
        """The name under which its codings stand."""
        return f"{MODEL_CODER}{self.model}"
