"""Models of a project: connecting, asking, training, and what they predicted."""
