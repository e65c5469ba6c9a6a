"""What can go wrong: a class each, with an exit code of `dhr` and the next move for the reader.

A message never holds report text, a file name or an identifier unless the class says so:
messages are printed on terminals and copied into tickets. `ReviewError` messages are also
written into the `documents` and `reviews` tables, so they never name a file.
"""

from __future__ import annotations


class DhrError(Exception):
    """Base of all errors that the reader can act on; `exit_code` is what `dhr` ends with."""

    exit_code = 3


class BadUsage(DhrError):
    """The command's words do not fit together."""

    exit_code = 2


class MissingInput(DhrError):
    """Something that the command needs is not there, or cannot be read."""

    exit_code = 3


class BadSheet(DhrError):
    """A sheet with decisions cannot be used; names file, row and column, and quotes no cell."""

    exit_code = 3


class ContractBroken(DhrError):
    """A table does not hold what its contract says: a fault in the software, or a damaged file."""

    exit_code = 4


class BadSettings(DhrError):
    """study.toml or a codebook holds something that cannot be used."""

    exit_code = 5


class LeakFound(DhrError):
    """What was to leave holds words that redaction replaced elsewhere; it was not let go.

    The message says where, and whose by pseudonym; it does not hold the words.
    """

    exit_code = 6


class ReviewError(DhrError):
    """One review or document cannot be processed; it is set aside and the rest goes on.

    The message says what is wrong and the next move. It names no file and quotes no text.
    `wants` names the program that is not installed, where it is for want of one.
    """

    exit_code = 1

    def __init__(self, message: str = "", *, wants: str | None = None) -> None:
        super().__init__(message)
        self.wants = wants


class DocumentUnreadable(ReviewError):
    """The file is damaged, empty, or not of the kind that its name says."""


class DocumentEncrypted(ReviewError):
    """The file asks for a password."""


class ScannedDocument(ReviewError):
    """The file's pages are pictures, and cannot be read."""


class LimitExceeded(ReviewError):
    """Reading the file took more memory or time than the settings allow."""


class UnsupportedFormat(ReviewError):
    """The file is not PDF, DOCX or TXT."""


class NotInManifest(ReviewError):
    """The document has no row in reviews.csv."""


class DocumentMissing(ReviewError):
    """reviews.csv lists a document that is not in the study's folder."""


class DuplicateDocument(ReviewError):
    """The document is byte for byte another document of the study."""


class HeadingNotFound(ReviewError):
    """reviews.csv gives a section role to a heading that the document does not have."""


class NotAnswered(ReviewError):
    """The language model whose codings are to count has no usable answer about some passages."""


class CopyRefused(ReviewError):
    """A redacted copy would still hold something that redaction replaced; it is not written."""
