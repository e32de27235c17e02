"""The command line, ``label-studio``."""
