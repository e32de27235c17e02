"""Label data on your own machine, in a folder of plain JSON files."""

__version__ = "0.1.0"
