"""Makes the tagger of `pipeline.redact.recogniser`, and says how much it finds by itself.

    python tests/redact/extracts/train.py

It learns from the extracts in development/ and from the example's reviews of development. The
figures are of the texts in check/, from which nothing is learnt.
"""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example
from spacy.util import fix_random_seed, minibatch
from tqdm import tqdm

from pipeline.evaluate.gold import development_sources
from pipeline.evaluate.markup import Source, parse
from pipeline.redact.recogniser import FOLDER, NONE, recognise
from pipeline.vocabulary import IDENTIFIER_TYPES

HERE = Path(__file__).parent
EXAMPLE = HERE.parent.parent.parent / "corpus/example"
EPOCHS = 16
BATCH = 32
DROPOUT = 0.25
FASTEST, WARM_UP = 0.002, 200
"""The learning rate rises to `FASTEST` over `WARM_UP` batches and then falls to nothing."""

# Narrow and shallow: wider and deeper ones found no more in texts kept aside, and took longer.
MODEL = {
    "@architectures": "spacy.Tagger.v2",
    "nO": None,
    "normalize": True,
    "tok2vec": {
        "@architectures": "spacy.Tok2Vec.v2",
        "embed": {
            "@architectures": "spacy.MultiHashEmbed.v2",
            "width": 64,
            "attrs": ["NORM", "PREFIX", "SUFFIX", "SHAPE"],
            "rows": [5000, 1000, 2500, 2500],
            "include_static_vectors": False,
        },
        "encode": {
            "@architectures": "spacy.MaxoutWindowEncoder.v2",
            "width": 64,
            "depth": 3,
            "window_size": 1,
            "maxout_pieces": 2,
        },
    },
}


def extracts(part: str) -> list[Source]:
    """The texts of a folder."""
    return [parse(path.read_text("utf-8")) for path in sorted((HERE / part).glob("*.txt"))]


def examples(nlp: Language, sources: Iterable[Source]) -> Iterator[Example]:
    """Each block of the texts, every word tagged with the identifier's type or with none."""
    for source in sources:
        for block in source.printed:
            doc = nlp.make_doc(block.text)
            spans = [(i.start, i.start + len(i.surface), i.type) for i in block.identifiers]
            tags = [
                next((t for a, z, t in spans if token.idx < z and a < token.idx + len(token)), NONE)
                for token in doc
            ]
            if tags:
                words, spaces = zip(*((t.text, bool(t.whitespace_)) for t in doc), strict=True)
                yield Example(doc, Doc(nlp.vocab, words=words, spaces=spaces, tags=tags))


def learn(nlp: Language, given: list[Example]) -> None:
    """Fit the pipeline's tagger."""
    optimizer = nlp.initialize(lambda: given)
    batches = [list(b) for _ in range(EPOCHS) for b in minibatch(shuffled(given), BATCH)]
    for number, batch in enumerate(tqdm(batches)):
        pace = min(1, (number + 1) / WARM_UP) * (1 - number / len(batches))
        optimizer.learn_rate = FASTEST * pace
        nlp.update(batch, sgd=optimizer, drop=DROPOUT)


def shuffled(given: list[Example]) -> list[Example]:
    """The examples in another order."""
    return random.sample(given, len(given))


def report(nlp: Language, sources: list[Source]) -> None:
    """Print how many words of identifiers are recognised, and how many words in vain."""
    total, found, marked = Counter[str](), Counter[str](), 0
    given = list(examples(nlp, sources))
    for one, finds in zip(given, recognise([one.predicted for one in given]), strict=True):
        covered = {at for find in finds for at in range(find.start, find.end)}
        for token in one.reference:
            total[token.tag_] += 1
            found[token.tag_] += token.idx in covered
            marked += token.idx in covered
    identifying = {kind: n for kind, n in sorted(total.items()) if kind != NONE}
    right = sum(found[kind] for kind in identifying)
    print(f"{len(sources)} texts that it has not learnt from, words and marks:")
    print(f"recognised {right} of {sum(identifying.values())}; right {right} of {marked}")
    print(", ".join(f"{kind} {found[kind]} of {n}" for kind, n in identifying.items()))


def main() -> None:
    """Make the tagger."""
    fix_random_seed(0)
    nlp = spacy.blank("en")
    tagger = nlp.add_pipe("tagger", config={"model": MODEL, "label_smoothing": 0.02})
    for label in (NONE, *IDENTIFIER_TYPES):
        tagger.add_label(label)
    learn(nlp, list(examples(nlp, [*extracts("development"), *development_sources(EXAMPLE)])))
    if FOLDER.exists():
        shutil.rmtree(FOLDER)
    nlp.to_disk(FOLDER, exclude=["vocab", "tokenizer"])
    report(nlp, extracts("check"))


if __name__ == "__main__":
    main()
