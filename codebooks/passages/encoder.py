"""Makes the encoder of the codebook's model, from a pretrained one and the passages in dhr/.

    python codebooks/passages/encoder.py MINILM OUT

MINILM is a folder with all-MiniLM-L6-v2 (config.json, model.safetensors, tokenizer.json). Needs the
extra `transformers`, onnx and onnxscript; takes about an hour on two cores. OUT gets `encoder.onnx`
and `aside.npy`: what encoders say which have not seen the text, from which the second look learns
(`train.py OUT` does). docs/coding.md explains the method.
"""

from __future__ import annotations

import argparse
import random
import time
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
import train
from numpy.typing import NDArray
from onnx import helper, numpy_helper
from sklearn.model_selection import GroupKFold
from torch import nn
from transformers import AutoModel

from pipeline.models import embedder
from pipeline.tag.coder import Coder
from pipeline.tag.encoder import TOKENIZER, Ids, in_batches, padded, pairs, tokenizer

LAYERS, EPOCHS = 4, 3
"""Of the pretrained six layers the first four: coding stays fast."""
BATCH, BUCKET = 32, 40
"""Passages of a step; passages of so many steps are sorted by length, so that little is padded."""
RATE, HEAD_RATE, WARM_UP, DROPOUT = 3e-4, 2e-3, 150, 0.1
FOLDS = 3
SMALL = 10_000
"""Numbers in a weight from which it is kept in whole numbers."""

Array = NDArray[Any]


class Reader(nn.Module):
    """The pretrained layers, then one linear layer over their mean and their greatest values."""

    def __init__(self, folder: Path, codes: int) -> None:
        super().__init__()
        self.body = AutoModel.from_pretrained(
            folder, attn_implementation="eager", local_files_only=True, add_pooling_layer=False
        )
        self.body.encoder.layer = self.body.encoder.layer[:LAYERS]
        self.body.embeddings.word_embeddings.weight.requires_grad_(False)
        self.drop = nn.Dropout(DROPOUT)
        self.head = nn.Linear(2 * self.body.config.hidden_size, codes)
        # The log-odds of a code in any passage, before anything is learnt.
        nn.init.constant_(self.head.bias, -3.5)

    def forward(self, ids: torch.Tensor, there: torch.Tensor) -> torch.Tensor:
        """Log-odds, shape (n, codes), of word pieces, shape (n, length)."""
        states = self.body(input_ids=ids, attention_mask=there).last_hidden_state.float()
        mask = there.unsqueeze(-1).float()
        mean = (states * mask).sum(1) / mask.sum(1)
        greatest = (states - 1e4 * (1 - mask)).amax(1)
        return self.head(self.drop(torch.cat([mean, greatest], 1)))


def tensors(ids: Ids) -> tuple[torch.Tensor, torch.Tensor]:
    """The inputs of a reader."""
    made = padded(ids)
    return torch.from_numpy(made["ids"]), torch.from_numpy(made["there"])


def fine_tuned(folder: Path, ids: Ids, right: Array, name: str) -> Reader:
    """A reader that has learnt from passages and whether each code applies, shape (n, codes)."""
    torch.manual_seed(0)
    chance = random.Random(0)
    reader = Reader(folder, right.shape[1])
    steps = EPOCHS * -(-len(ids) // BATCH)
    body = [weights for weights in reader.body.parameters() if weights.requires_grad]
    optimizer = torch.optim.AdamW(
        [{"params": body, "lr": RATE}, {"params": reader.head.parameters(), "lr": HEAD_RATE}],
        weight_decay=0.01, fused=True,
    )  # fmt: skip
    rates = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, step / WARM_UP) * max(0.02, 1 - step / steps)
    )
    loss_of, started = nn.BCEWithLogitsLoss(), time.monotonic()
    reader.train()
    for epoch in range(EPOCHS):
        total = 0.0
        for rows in _batches(ids, chance):
            with torch.autocast("cpu", dtype=torch.bfloat16):
                odds = reader(*tensors([ids[n] for n in rows]))
            loss = loss_of(odds.float(), torch.from_numpy(right[rows].astype(np.float32)))
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(reader.parameters(), 1.0)
            optimizer.step()
            rates.step()
            total += loss.item() * len(rows)
        minutes = (time.monotonic() - started) / 60
        print(f"{name}, epoch {epoch + 1}: loss {total / len(ids):.4f}, {minutes:.0f} minutes",
              flush=True)  # fmt: skip
    return reader.eval()


def _batches(ids: Ids, chance: random.Random) -> list[list[int]]:
    order = list(range(len(ids)))
    chance.shuffle(order)
    made = []
    for at in range(0, len(order), BATCH * BUCKET):
        alike = sorted(order[at : at + BATCH * BUCKET], key=lambda n: len(ids[n]))
        made += [alike[n : n + BATCH] for n in range(0, len(alike), BATCH)]
    chance.shuffle(made)
    return made


@torch.no_grad()
def told(reader: Reader, ids: Ids) -> Array:
    """What a reader says of passages."""
    return in_batches(ids, lambda some: reader(*tensors(some)).numpy())


def graph(reader: Reader, tokens: str) -> bytes:
    """A reader as an ONNX graph, large weights as whole numbers, with its tokenizer."""
    example = tensors([[101, 2000, 102], [101, 102]])
    varying = {0: torch.export.Dim("n"), 1: torch.export.Dim("length")}
    made = torch.onnx.export(
        reader, example, dynamo=True, input_names=["ids", "there"], output_names=["odds"],
        dynamic_shapes={"ids": varying, "there": varying},
    )  # fmt: skip
    model = made.model_proto
    for weight in [w for w in model.graph.initializer if np.prod(w.dims) >= SMALL]:
        values = numpy_helper.to_array(weight)
        # A scale for each output, which is a column; of embeddings for each word, a row.
        axis = 1 if len(values) > SMALL else 0
        scale = np.abs(values).max(axis=axis, keepdims=True) / 127
        whole = np.round(values / scale).astype(np.int8)
        name = weight.name
        model.graph.initializer.remove(weight)
        model.graph.initializer.extend(
            [numpy_helper.from_array(whole, f"{name} whole"),
             numpy_helper.from_array(scale.astype(np.float32), f"{name} scale")]
        )  # fmt: skip
        # The runtime computes these once, when it loads the graph.
        decimal = onnx.TensorProto.FLOAT
        for node in [
            helper.make_node("Mul", [f"{name} float", f"{name} scale"], [name]),
            helper.make_node("Cast", [f"{name} whole"], [f"{name} float"], to=decimal),
        ]:
            model.graph.node.insert(0, node)
    del model.metadata_props[:], model.graph.value_info[:]
    for node in model.graph.node:
        del node.metadata_props[:]
        node.doc_string = ""
    helper.set_model_props(model, {TOKENIZER: tokens})
    onnx.checker.check_model(model)
    return model.SerializeToString(deterministic=True)


def main() -> None:
    """Fine-tune on folds and on all; write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("minilm", type=Path, help="folder of all-MiniLM-L6-v2")
    parser.add_argument("out", type=Path, help="folder for encoder.onnx and aside.npy")
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)

    codebook = train.read_codebook(train.CODEBOOK)
    coder = Coder(codebook, embedder("wordllama"))
    read = [train.reading(source, coder) for source in train.passages()]
    known = train.coded(read, train.blank(list(codebook.codes)))
    tokens = (asked.minilm / "tokenizer.json").read_text("utf-8")
    cut = tokenizer(tokens).encode_batch(pairs(known.texts, known.headings))
    ids = [found.ids for found in cut]

    reader = fine_tuned(asked.minilm, ids, known.right, "all")
    (asked.out / "encoder.onnx").write_bytes(graph(reader, tokens))
    aside = np.zeros(known.right.shape, dtype=np.float32)
    for n, (rows, kept) in enumerate(GroupKFold(FOLDS).split(aside, groups=known.groups)):
        reader = fine_tuned(
            asked.minilm, [ids[n] for n in rows], known.right[rows], f"fold {n + 1} of {FOLDS}"
        )
        aside[kept] = told(reader, [ids[n] for n in kept])
    np.save(asked.out / "aside.npy", aside)
    best = train.common_threshold(train.expit(aside), known.right)
    print(f"cross-validated: {train.figures(known.right, train.expit(aside) >= best)}")


if __name__ == "__main__":
    main()
