"""What is wrong with a key or value of a TOML file, for who writes it and knows no pydantic."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic_core import ErrorDetails, ValidationError

_IN_PLAIN_WORDS = {
    "missing": "is missing",
    "tuple_type": "must be a list, in [ ]",
    "string_type": "must be text, in quotes",
    "string_too_short": "is empty",
    "too_short": "is empty",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "finite_number": "must be a number",
    "greater_than": "must be above {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "literal_error": "must be {expected}",
    "value_error": "{error}",
}
_BARE = ("bool_type", "bool_parsing", "int_type", "float_type")
"""What TOML writes without quotes."""
_AN_ID = "must be lower-case letters and digits, with single hyphens between words"
_FORMS = {
    "id": _AN_ID,
    "theme": _AN_ID,
    "guid": "must be a GUID, such as 00000000-0000-4000-8000-000000000001",
    "color": "must be a colour such as #4477AA",
    "address": "must be an address such as http://localhost:8000/v1, without user name, password "
    "or anything after a ? or #",
    "model": "must be a model's name as the server knows it, without spaces",
    "key_variable": "must be the name of an environment variable: letters, digits and _",
}
"""By key, what `string_pattern_mismatch` means."""


def faults_in(error: ValidationError) -> list[ErrorDetails]:
    """Each fault once."""
    # Faulty entries are not counted: a list of nothing else is said to be empty, too.
    return [e for e in error.errors() if e["type"] != "too_short" or not e["input"]]


def plainly(error: ErrorDetails, *, known: Iterable[str] = ()) -> str:
    """One fault in plain words; `known`: the keys that there are where an unknown one stands."""
    place, kind = error["loc"], error["type"]
    match kind:
        case "extra_forbidden":
            return f"unknown key; known are {', '.join(known)}"
        case "string_pattern_mismatch":
            return _FORMS[str(place[-1])]
        case "model_type":
            return f"must be a table, headed [{'.'.join(map(str, place))}]"
    words = _IN_PLAIN_WORDS.get(kind)
    told = words.format(**error.get("ctx", {})) if words else error["msg"]
    bare = kind in _BARE and isinstance(error["input"], str)
    return f"{told}, without quotes" if bare else told
