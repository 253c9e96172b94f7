"""Vocabularies and concept schemes as readable documentation, from what they say, the shapes and the data."""
