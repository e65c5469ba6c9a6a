"""The leak check: what redaction took out, looked for in everything outside private/.

`pipeline.leaks.search` holds the search, `pipeline.leaks.risk` what no search can find: rare
combinations.
"""

VERSION = "1"
"""Raised whenever the same files give other hits or other combinations."""
