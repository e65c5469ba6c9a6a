"""A person's word over the machine's: reject removes, change and add replace, accept marks.

The machine's codings in, `contracts.CHECKED_CODINGS` out: what is counted and quoted, each row with
its coder and whether a person decided about it. Where several people decided about one code of one
passage, the latest word holds, of one date that of the last name; `disagreements` lists them.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import pandas as pd

from pipeline.codebook import Codebook
from pipeline.contracts import CHECKED_CODINGS
from pipeline.review.decision import PASSAGE, CodingDecision, decisions_in, quote_at
from pipeline.tag.layers import layers_of

_PLACE = ["review_id", "passage_id", "code"]
APPLIES = {"accept": True, "add": True, "change": True, "reject": False}
"""Whether a code applies to the passage, by what was decided."""


def checked(
    codings: pd.DataFrame, decisions: pd.DataFrame, passages: pd.DataFrame, codebook: Codebook
) -> pd.DataFrame:
    """Codings (`contracts.CODINGS`) with decisions over them, as `contracts.CHECKED_CODINGS`.

    `decisions` are attached ones. A decision that says that a code applies which nobody applied
    here (the machine has become more careful, or more forgetful) is a coding of the person's. What
    the machine finds later in a passage that was read as a whole is the machine's alone
    (`found_later`).
    """
    theirs = _words(decisions, codebook)
    rejected = theirs.loc[~theirs["applies"], _PLACE]
    kept = codings.merge(rejected, on=_PLACE, how="left", indicator="found")
    kept = kept[kept["found"] == "left_only"].drop(columns="found")
    kept = kept.merge(
        theirs.loc[theirs["applies"], [*_PLACE, "decision", "polarity", "subject", "by"]],
        on=_PLACE, how="left", suffixes=("", "_told"),
    )  # fmt: skip
    kept = _told(kept).assign(checked=kept["by"].notna(), checked_by=kept["by"])
    own = _own(theirs[theirs["applies"]], codings, passages, codebook)
    frames = [f for f in (kept[CHECKED_CODINGS.names], own) if len(f)]
    return CHECKED_CODINGS.validate(pd.concat(frames)) if frames else CHECKED_CODINGS.frame()


def disagreements(decisions: pd.DataFrame) -> pd.DataFrame:
    """Codes of passages about which people differ, by each one's last word.

    Whether a code applies, and with what polarity and subject: review_id, passage_id, code.
    """
    told = decisions[decisions["code"] != PASSAGE].sort_values("when", kind="stable")
    told = told.drop_duplicates([*_PLACE, "who"], keep="last")
    told = told.assign(applies=told["decision"].map(APPLIES))
    words = told.groupby(_PLACE)[["applies", "polarity", "subject"]].nunique()
    return words.index[(words > 1).any(axis=1)].to_frame(index=False)


def found_later(codings: pd.DataFrame, decisions: pd.DataFrame) -> pd.DataFrame:
    """Codings that nobody decided about, in passages that somebody read as a whole without them."""
    read = codings["passage_id"].isin(decisions.loc[decisions["code"] == PASSAGE, "passage_id"])
    decided = pd.MultiIndex.from_frame(decisions[_PLACE])
    return codings[read & ~pd.MultiIndex.from_frame(codings[_PLACE]).isin(decided)]


def accepted_as_a_whole(
    found: Sequence[CodingDecision],
    stored: pd.DataFrame,
    shown: Mapping[str, pd.DataFrame],
    passages: pd.DataFrame,
) -> list[CodingDecision]:
    """What people accept who read passages as a whole: each coding that they saw there.

    `found` are the decisions of a sheet, `stored` those from before; `shown` gives by how a
    passage was chosen the codings that its sheet shows (the machine's alone where it was drawn at
    random). They are kept one by one, since tomorrow's machine may find others, and nobody has
    seen those. What somebody said of a coding in words of their own is not said again.
    """
    told = {(d.passage_id, d.code, d.who) for d in found}
    said = {
        (d.passage_id, d.code, d.who, d.polarity, d.subject)
        for d in decisions_in(stored)
        if APPLIES.get(d.decision)
    }
    there: dict[tuple[str, str], list[dict[Hashable, Any]]] = {}
    for how, codings in shown.items():
        rows = codings.merge(passages[["passage_id", "text"]], on="passage_id")
        for row in rows.astype(object).where(rows.notna(), None).to_dict("records"):
            there.setdefault((how, row["passage_id"]), []).append(row)
    return [
        whole._replace(
            code=row["code"], coder=row["coder"], polarity=row["polarity"],
            subject=row["subject"], note=None,
            **quote_at(row["text"], row["start"], row["end"])._asdict(),
        )
        for whole in found
        if (whole.code, whole.decision) == (PASSAGE, "accept")
        for row in there.get((whole.how, whole.passage_id), ())
        for place in ((whole.passage_id, row["code"], whole.who),)
        if place not in told and (*place, row["polarity"], row["subject"]) not in said
    ]  # fmt: skip


def _words(decisions: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """The latest word about each code of each passage, with everybody who decided about it."""
    told = decisions[(decisions["code"] != PASSAGE) & decisions["code"].isin(list(codebook.codes))]
    told = told.sort_values([*_PLACE, "when", "who"])
    last = told.drop_duplicates(_PLACE, keep="last")
    last = last.assign(applies=last["decision"].map(APPLIES).astype(bool))
    each = told[[*_PLACE, "who"]].drop_duplicates().sort_values([*_PLACE, "who"])
    names = each.groupby(_PLACE, as_index=False).agg({"who": " ; ".join})
    return last.merge(names.rename(columns={"who": "by"}), on=_PLACE)


def _told(codings: pd.DataFrame) -> pd.DataFrame:
    """Polarity and subject as the person says, where the person says."""
    return codings.assign(
        polarity=codings["polarity_told"].fillna(codings["polarity"]),
        subject=codings["subject_told"].fillna(codings["subject"]),
    )


def _own(
    told: pd.DataFrame, codings: pd.DataFrame, passages: pd.DataFrame, codebook: Codebook
) -> pd.DataFrame:
    """People's codings of what the machine did not code."""
    rows = told.merge(codings[_PLACE].drop_duplicates(), on=_PLACE, how="left", indicator="known")
    rows = rows[rows["known"] == "left_only"]
    layers = passages.assign(layer=layers_of(passages))[["passage_id", "layer"]]
    rows = rows.merge(layers, on="passage_id").reset_index(drop=True)
    polarity = rows["polarity"].fillna(
        rows["layer"].map({"recommendation": "hypothetical"}).fillna("present")
    )
    own_subject = rows["code"].map({code.id: code.subject for code in codebook.code})
    rows = rows.assign(
        theme=rows["code"].map({code.id: code.theme for code in codebook.code}),
        coder=rows["who"],
        polarity=polarity,
        subject=rows["subject"].fillna(own_subject),
        source=None,
        time=None,
        score=1.0,
        reason="decided by " + rows["by"],
        checked=True,
        checked_by=rows["by"],
    )
    return rows[CHECKED_CODINGS.names]
