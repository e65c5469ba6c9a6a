"""Makes the encoder of the codebook's model, from a pretrained one and the passages in dhr/.

    python codebooks/passages/encoder.py MINILM OUT

MINILM is a folder with all-MiniLM-L6-v2 (config.json, model.safetensors, tokenizer.json). Needs the
extra `transformers`, onnx and onnxscript; takes some three hours on two cores. OUT is the file
to write, an ONNX graph; what each reader has learnt is kept beside it, and not learnt again by a
second run (OUT.4.pt, OUT.6.pt: delete them to begin anew). The readers have not seen the texts
aside (`train.ASIDE`): from what they say of these the second look learns. `train.py OUT` goes on.
docs/coding.md explains the method.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import onnx
import torch
import train
from numpy.typing import NDArray
from onnx import helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import nn
from torch.nn.utils.rnn import pad_sequence
from torch.optim.swa_utils import AveragedModel
from transformers import AutoModel

from pipeline.files import replacing
from pipeline.models import embedder
from pipeline.tag.coder import Coder
from pipeline.tag.encoder import POLARITIES, TOKENIZER, pairs, tokenizer

LAYERS, EPOCHS = (4, 6), 5
"""How many of the pretrained six layers each reader has. Two that differ err in different places:
their mean does better than either."""
BATCH, BUCKET = 32, 40
"""Passages of a step; passages of so many steps are sorted by length, so that little is padded."""
RATE, HEAD_RATE, WARM_UP, DROPOUT = 3e-4, 2e-3, 150, 0.1
STEADY, EVERY = 1 / 3, 50
"""Rates fall until the last epoch, in which they are this share. What counts is the mean of the
weights, taken every so many steps of it (Izmailov et al. 2018, arXiv:1803.05407)."""
HIDDEN, MASK, FIRST_WORD = 0.1, 103, 999
"""Share of the word pieces that are hidden in learning, what stands for them; the first that is no
sign of the tokenizer's own."""
POLARITY_SHARE = 0.02
"""How much the loss of polarities counts beside that of codes, which is a mean over all codes, most
of which a passage does not have: with 0.3 codes were hardly learnt."""
NOT_CODED = -100
"""In place of the polarity of a code that a passage does not have."""

Array = NDArray[Any]
Ids = Sequence[Sequence[int]]
"""Word pieces of passages."""


class Reader(nn.Module):
    """The pretrained layers; over their mean and their greatest values, linear ones.

    Besides, each code looks at the word pieces that concern it: what these say of it is added up,
    weighed by its own attention (Mullenbach et al. 2018, arXiv:1802.05695).
    Which polarity a code has is told by what all codes have in common, and by the code's own.
    """

    def __init__(self, folder: Path, layers: int, codes: int) -> None:
        super().__init__()
        self.body = AutoModel.from_pretrained(
            folder, attn_implementation="eager", local_files_only=True, add_pooling_layer=False
        )
        self.body.encoder.layer = self.body.encoder.layer[:layers]
        self.body.embeddings.word_embeddings.weight.requires_grad_(False)
        self.drop = nn.Dropout(DROPOUT)
        size, kinds = 2 * self.body.config.hidden_size, len(POLARITIES)
        self.head = nn.Linear(size, codes)
        self.attention = nn.Linear(size // 2, codes, bias=False)
        self.word = nn.Linear(size // 2, codes, bias=False)
        nn.init.zeros_(self.word.weight)
        self.common, self.own = nn.Linear(size, kinds), nn.Linear(size, codes * kinds)
        nn.init.zeros_(self.own.weight)
        # The log-odds of a code in any passage, before anything is learnt.
        nn.init.constant_(self.head.bias, -3.5)

    def forward(self, ids: torch.Tensor, there: torch.Tensor | None = None) -> torch.Tensor:
        """Of word pieces, shape (n, length), log-odds as `Encoder.read` gives them.

        there: 1 where there is one, 0 where it is padded; without it nothing is.
        """
        states = self.body(input_ids=ids, attention_mask=there).last_hidden_state.float()
        mask = (torch.ones_like(ids) if there is None else there).unsqueeze(-1).float()
        mean = (states * mask).sum(1) / mask.sum(1)
        greatest = (states - 1e4 * (1 - mask)).amax(1)
        seen = self.drop(torch.cat([mean, greatest], 1))
        words = self.drop(states)
        weights = (self.attention(words) - 1e4 * (1 - mask)).softmax(1)
        odds = (self.head(seen) + (weights * self.word(words)).sum(1)).unsqueeze(2)
        own = self.own(seen).unflatten(1, (-1, len(POLARITIES)))
        return torch.cat([odds, own + self.common(seen).unsqueeze(1)], 2)


class Readers(nn.Module):
    """Several readers, with the same words; log-odds are the mean of theirs."""

    def __init__(self, readers: Sequence[Reader]) -> None:
        super().__init__()
        self.each = nn.ModuleList(readers)
        for reader in readers:
            reader.body.embeddings.word_embeddings = readers[0].body.embeddings.word_embeddings

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """Of the word pieces of one passage, shape (1, length), log-odds as a reader gives them."""
        return torch.stack([reader(ids) for reader in self.each]).mean(0)


def tensors(ids: Ids) -> tuple[torch.Tensor, torch.Tensor]:
    """The inputs of a reader."""
    whole = [torch.tensor(some) for some in ids]
    there = [torch.ones_like(some) for some in whole]
    return pad_sequence(whole, batch_first=True), pad_sequence(there, batch_first=True)


def fine_tuned(folder: Path, layers: int, ids: Ids, right: Array) -> Reader:
    """A reader of so many layers that has learnt from passages.

    right: of each code the place of its polarity, or `NOT_CODED`, shape (n, codes).
    """
    torch.manual_seed(0)
    chance = random.Random(0)
    reader = Reader(folder, layers, right.shape[1])
    falling = (EPOCHS - 1) * -(-len(ids) // BATCH)
    body = [weights for weights in reader.body.parameters() if weights.requires_grad]
    heads = [w for name, w in reader.named_parameters() if not name.startswith("body.")]
    optimizer = torch.optim.AdamW(
        [{"params": body, "lr": RATE}, {"params": heads, "lr": HEAD_RATE}],
        weight_decay=0.01, fused=True,
    )  # fmt: skip
    rates = torch.optim.lr_scheduler.LambdaLR(optimizer, partial(_share, falling=falling))
    mean = AveragedModel(reader)
    of_codes, of_polarities = nn.BCEWithLogitsLoss(), nn.CrossEntropyLoss(ignore_index=NOT_CODED)
    started = time.monotonic()
    reader.train()
    for epoch in range(EPOCHS):
        total = 0.0
        for rows in _batches(ids, chance):
            given, there = tensors([ids[n] for n in rows])
            hidden = (torch.rand(given.shape) < HIDDEN) & (given >= FIRST_WORD)
            with torch.autocast("cpu", dtype=torch.bfloat16):
                odds = reader(given.masked_fill(hidden, MASK), there).float()
            told = torch.from_numpy(right[rows])
            loss = of_codes(odds[:, :, 0], (told != NOT_CODED).float())
            if (told != NOT_CODED).any():
                polarities = of_polarities(odds[:, :, 1:].flatten(0, 1), told.flatten())
                loss = loss + POLARITY_SHARE * polarities
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(reader.parameters(), 1.0)
            optimizer.step()
            rates.step()
            steady = rates.last_epoch - falling
            if steady >= 0 and steady % EVERY == 0:
                mean.update_parameters(reader)
            total += loss.item() * len(rows)
        minutes = (time.monotonic() - started) / 60
        print(f"{layers} layers, epoch {epoch + 1}: loss {total / len(ids):.4f}, "
              f"{minutes:.0f} minutes", flush=True)  # fmt: skip
    return mean.module.eval()


def _share(step: int, falling: int) -> float:
    """Share of the rates that counts at a step."""
    if step < falling:
        return min(1.0, step / WARM_UP) * max(0.02, 1 - step / falling)
    return STEADY * min(1.0, (step - falling) / WARM_UP)


def _batches(ids: Ids, chance: random.Random) -> list[list[int]]:
    order = list(range(len(ids)))
    chance.shuffle(order)
    made = []
    for at in range(0, len(order), BATCH * BUCKET):
        alike = sorted(order[at : at + BATCH * BUCKET], key=lambda n: len(ids[n]))
        made += [alike[n : n + BATCH] for n in range(0, len(alike), BATCH)]
    chance.shuffle(made)
    return made


def graph(readers: Readers, tokens: str) -> bytes:
    """Readers of one passage as an ONNX graph that multiplies whole numbers, with the tokenizer."""
    made = torch.onnx.export(
        readers, (torch.tensor([[101, 2000, 102]]),), dynamo=True, input_names=["ids"],
        output_names=["odds"], dynamic_shapes=({1: torch.export.Dim("length")},),
    )  # fmt: skip
    model = made.model_proto
    _store_words_whole(model.graph)
    with TemporaryDirectory() as folder:
        # Seven bits: with eight, sums overflow on processors that add pairs of products in sixteen.
        quantize_dynamic(
            model, Path(folder, "out"), op_types_to_quantize=["MatMul"], per_channel=True,
            reduce_range=True, weight_type=QuantType.QInt8,
            extra_options={"MatMulConstBOnly": True},
        )  # fmt: skip
        model = onnx.load(Path(folder, "out"))
    del model.metadata_props[:], model.graph.value_info[:]
    for node in model.graph.node:
        del node.metadata_props[:]
        node.doc_string = ""
    helper.set_model_props(model, {TOKENIZER: tokens})
    onnx.checker.check_model(model)
    return model.SerializeToString(deterministic=True)


def _store_words_whole(graph: onnx.GraphProto) -> None:
    """Keep the words in whole numbers of eight bits; the runtime makes decimals when it loads."""
    (table,) = (one for one in graph.initializer if one.name.endswith("word_embeddings.weight"))
    values, name = numpy_helper.to_array(table), table.name
    scale = np.abs(values).max(axis=1, keepdims=True) / 127
    graph.initializer.remove(table)
    graph.initializer.extend(
        [numpy_helper.from_array(np.round(values / scale).astype(np.int8), f"{name} whole"),
         numpy_helper.from_array(scale.astype(np.float32), f"{name} scale")]
    )  # fmt: skip
    for node in [
        helper.make_node("Mul", [f"{name} float", f"{name} scale"], [name]),
        helper.make_node("Cast", [f"{name} whole"], [f"{name} float"], to=onnx.TensorProto.FLOAT),
    ]:
        graph.node.insert(0, node)


def main() -> None:
    """Fine-tune, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("minilm", type=Path, help="folder of all-MiniLM-L6-v2")
    parser.add_argument("out", type=Path, help="file to write")
    asked = parser.parse_args()
    asked.out.parent.mkdir(parents=True, exist_ok=True)

    codebook = train.read_codebook(train.CODEBOOK)
    coder = Coder(codebook, embedder("wordllama"))
    sources = [source for source in train.passages() if not train.is_aside(source)]
    read = [train.reading(source, coder) for source in sources]
    codes = list(codebook.codes)
    known = train.coded(read, train.blank(codes))
    tokens = (asked.minilm / "tokenizer.json").read_text("utf-8")
    cut = tokenizer(tokens).encode_batch(pairs(known.texts, known.headings))
    right = np.array(
        [
            [POLARITIES.index(row[code].polarity) if code in row else NOT_CODED for code in codes]
            for _, rows in read
            for row in rows
        ]
    )
    ids = [one.ids for one in cut]
    readers = []
    for layers in LAYERS:
        kept = asked.out.with_name(f"{asked.out.name}.{layers}.pt")
        if not kept.exists():
            learnt = fine_tuned(asked.minilm, layers, ids, right).state_dict()
            with replacing(kept) as temporary:
                torch.save(learnt, temporary)
        readers.append(Reader(asked.minilm, layers, len(codes)).eval())
        readers[-1].load_state_dict(torch.load(kept))
    asked.out.write_bytes(graph(Readers(readers).eval(), tokens))


if __name__ == "__main__":
    main()
