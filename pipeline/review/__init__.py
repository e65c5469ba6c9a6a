"""People's word on codings: what they decided, where it stands today, and what follows from it.

`pipeline.review.decision` keeps decisions, `attachment` finds their places again, `override` puts
them over the machine's codings, and `sheet` takes them in from a spreadsheet.
"""
