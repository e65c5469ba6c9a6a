"""One text as the language model sees it, its parts of speech only where something turns on one."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.pipeline import Tok2Vec
    from spacy.tokens import Doc

_TAGGER = ("tok2vec", "tagger")


def deferred(nlp: Language) -> list[str]:
    """The pipes that give parts of speech, as far as entities are found without them.

    They take a fifth of the model's time, and few passages need them. None where the entity
    recogniser shares a layer with the tagger, or where there is no tagger of this make.
    """
    if not set(_TAGGER) <= set(nlp.pipe_names):
        return []
    shared = cast("Tok2Vec", nlp.get_pipe("tok2vec"))
    sharing = set(shared.listening_components) & set(nlp.pipe_names)
    return list(_TAGGER) if sharing == {"tagger"} else []


class Analysed:
    """A text with its entities (`doc`), tagged when it is first asked for a tag."""

    def __init__(self, doc: Doc, nlp: Language) -> None:
        self.doc = doc
        self._nlp = nlp

    def tag(self, start: int) -> str:
        """Penn Treebank tag of the word that starts at character `start`; '' where none does."""
        span = self.doc.char_span(start, start + 1, alignment_mode="expand")
        if span is None or span.start_char != start:
            return ""
        if not self.doc.has_annotation("TAG"):
            for name in deferred(self._nlp):
                self._nlp.get_pipe(name)(self.doc)
        return str(span[0].tag_)
