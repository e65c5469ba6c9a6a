"""A sentence encoder that reads a passage as a whole: how strongly it speaks for a code, and how.

The regressions know words; this one knows how words stand together. It is a small pretrained
transformer (all-MiniLM-L6-v2; Wang et al. 2020, NeurIPS), fine-tuned on coded passages by
codebooks/passages/encoder.py, and kept with its tokenizer as one ONNX graph in the model's file.
The graph multiplies whole numbers, which is faster than decimals.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline import vocabulary

LENGTH = 128
"""Word pieces of heading and passage together that are read; what is longer is cut."""
TOKENIZER = "tokenizer"
"""Under this name the tokenizer stands in the graph's metadata."""
POLARITIES = tuple(sorted(vocabulary.POLARITIES))
DECIMALS = 2
"""Log-odds are rounded, so that the order of summation on another machine changes nothing."""

# What redaction put in place of a name: of "[DATE 2018]" only what it is.
_REPLACED = re.compile(r"\[([A-Z]+)\b[^\[\]]*\]")


def pairs(texts: Sequence[str], headings: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """What the encoder reads of passages: section role with nearest heading, and text."""
    return [
        (_plain(f"{role} : {heading}"), _plain(text))
        for text, (heading, role) in zip(texts, headings, strict=True)
    ]


def _plain(text: str) -> str:
    return _REPLACED.sub(lambda found: found[1].lower(), text)


def tokenizer(content: str) -> Any:
    """A `tokenizers.Tokenizer` that cuts pairs at `LENGTH`, from its JSON."""
    from tokenizers import Tokenizer

    made = Tokenizer.from_str(content)
    # The longer of the two first: a heading may be a paragraph set as one.
    made.enable_truncation(LENGTH, strategy="longest_first")
    made.no_padding()
    return made


class Encoder:
    """A fine-tuned encoder, ready to read."""

    def __init__(self, graph: bytes) -> None:
        # Imported here: only coding with a model needs it.
        import onnxruntime

        options = onnxruntime.SessionOptions()
        # One thread: sums in one order. Reviews are read side by side.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            graph, options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = tokenizer(self._session.get_modelmeta().custom_metadata_map[TOKENIZER])

    def read(self, texts: Sequence[str], headings: Sequence[tuple[str, str]]) -> NDArray[Any]:
        """Of each code in each passage: log-odds, then those of `POLARITIES` if it applies.

        Shape (n, codes, 1 + polarities), n at least 1. `headings` are pairs of heading and section
        role.
        """
        # One by one: what is read of a passage depends on nothing beside it, and nothing is padded.
        cut = self._tokenizer.encode_batch(pairs(texts, headings))
        odds = [self._session.run(None, {"ids": np.array([one.ids])})[0] for one in cut]
        return np.concatenate(odds).round(DECIMALS)
