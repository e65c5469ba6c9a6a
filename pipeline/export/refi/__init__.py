"""REFI-QDA (qdasoftware.org), the format in which programs for qualitative analysis exchange.

`codebook` is the codebook's part. `project` writes a project (.qdpx) of `source` texts; `incoming`
reads one of any program, `positions` and `places` find in the passages what was selected in it, and
`returned` says what a person changed. Schema urn:QDA-XML:project:1.0 of 18 March 2019.
"""
