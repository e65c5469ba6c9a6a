"""Redacted passages of all reviews → topics: what the reviews talk about, codebook or not."""

from pipeline.topics.model import TopicTables, topics

VERSION = "1"

__all__ = ["VERSION", "TopicTables", "topics"]
