"""Tables and excerpts → files people open: charts, report, workbook, CSV, excerpts.

Functions return text or bytes; writing files is the caller's work.
"""
