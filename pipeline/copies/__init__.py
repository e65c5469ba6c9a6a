"""Redacted copies of the original documents, for sending on: PDF, DOCX, TXT.

What redaction replaced is taken out of the file itself, not covered. `copying.copy` writes one
document in a process of its own; it loads neither pandas nor pyarrow.
"""
