"""Which coders' codings count in the tables.

A person's always do. A machine's do where the settings name it: by default those of the rules and
the codebook's model, which are described and measured, and not those of a language model, which
nobody has measured on the study's own texts.
"""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from pipeline.vocabulary import by_machine


def counts(coders: pd.Series[str], counted: Collection[str]) -> pd.Series[bool]:
    """Whether codings by each of the coders count; `counted` are the machines that do."""
    return coders.isin(list(counted)) | people(coders)


def people(coders: pd.Series[str]) -> pd.Series[bool]:
    """Whether each of the coders is a person."""
    return coders.isin([coder for coder in coders.unique() if not by_machine(coder)])
