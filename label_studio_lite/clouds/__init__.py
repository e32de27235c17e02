"""Import and export storages behind one interface."""
