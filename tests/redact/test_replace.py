"""Property: a log replayed on the original gives the redacted text, and back again."""

import random

from pipeline.redact.replace import replace, restore

ALPHABET = "ab [X1]’é\u0301漢 |."


def random_spans(source, length):
    cuts = sorted(source.sample(range(length + 1), k=min(length + 1, 2 * source.randint(0, 4))))
    pairs = zip(cuts[::2], cuts[1::2], strict=False)
    return [(a, b, f"[{source.choice(['PERSON 1', 'DATE', 'AGE under 18'])}]") for a, b in pairs]


def test_replacing_and_restoring_random_texts():
    source = random.Random(20)
    for _ in range(500):
        text = "".join(source.choices(ALPHABET, k=source.randint(0, 40)))
        spans = random_spans(source, len(text))
        redacted, log = replace(text, spans)
        assert restore(redacted, log) == text
        assert replace(text, [(e.start, e.end, e.pseudonym) for e in log])[0] == redacted
        for entry in log:
            assert redacted[entry.redacted_start : entry.redacted_end] == entry.pseudonym
            assert text[entry.start : entry.end] == entry.surface
