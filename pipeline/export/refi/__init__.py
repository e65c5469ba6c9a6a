"""REFI-QDA (qdasoftware.org), the format in which programs for qualitative analysis exchange."""
