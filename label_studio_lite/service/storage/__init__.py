"""Storages that tasks come from and completions go to, of both dialects."""
