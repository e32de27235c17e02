"""The pages, and the glue to the labeling editor."""
