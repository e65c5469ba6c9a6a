"""Tables and excerpts → files people open: charts, summary page, workbook, CSV, excerpts.

Functions return text or bytes; writing files is the caller's work.
"""
