"""Telling other servers what happens in a project."""
