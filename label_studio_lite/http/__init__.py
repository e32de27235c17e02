"""HTTP: both dialects and the pages, each a thin shape around service verbs."""
