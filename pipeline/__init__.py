"""Thematic analysis of Domestic Homicide Reviews: from documents to theme tables."""
