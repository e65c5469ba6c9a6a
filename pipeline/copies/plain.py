"""A redacted copy of a text file, in UTF-8."""

from __future__ import annotations

from pathlib import Path

from pipeline.copies import gate
from pipeline.copies.known import Known
from pipeline.copies.stream import PageText, Sign, Unfound, cuts
from pipeline.copies.written import Written
from pipeline.errors import CopyRefused
from pipeline.extract.plain import decode


def copy_text(path: Path, known: Known) -> Written:
    """The copy of a text file without what is `known`.

    Raises a `ReviewError`: `CopyRefused` when anything known would be left.
    """
    texts = decode(path.read_bytes()).replace("\r\n", "\n").split("\f")
    pages = [PageText(n, [Sign(sign) for sign in text]) for n, text in enumerate(texts, start=1)]
    try:
        found = cuts(pages, known)
    except Unfound as lost:
        raise CopyRefused(
            f"a text that redaction replaced on page {lost.page} cannot be found there again; "
            "redact this document by hand"
        ) from None
    for page in pages:
        signs = [sign.text for sign in page.signs]
        for cut in found.get(page.number, []):
            for n in cut.signs:
                signs[n] = ""
            signs[cut.signs[0]] = cut.pseudonym
        texts[page.number - 1] = "".join(signs)
    text = "\f".join(texts)
    gate.check_text(text, known)
    replacements = sum(bool(cut.pseudonym) for some in found.values() for cut in some)
    pages_known = len(texts) if len(texts) > 1 else None
    return Written(text.encode(), replacements, pages_known)
