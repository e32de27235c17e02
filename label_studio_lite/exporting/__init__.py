"""Writers: one per format behind one registry, each streaming. See :mod:`.registry`."""
