"""Writers: one per format behind one registry, each streaming from an iterator of tasks."""
