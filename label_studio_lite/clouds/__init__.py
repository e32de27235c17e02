"""Import and export storages behind one interface; see ``base.py``."""
