"""Talking to a full Label Studio 1.x: a client of its API, and the shapes that it takes."""
