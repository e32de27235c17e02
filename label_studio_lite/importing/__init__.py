"""Readers: files, folders and addresses in, raw tasks out. See :mod:`.reading`."""
