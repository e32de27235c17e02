"""The HTTP API of Label Studio 1.x, mapped onto the same service verbs."""
