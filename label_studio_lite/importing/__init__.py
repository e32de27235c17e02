"""Readers: one per format, each a generator of raw tasks."""
