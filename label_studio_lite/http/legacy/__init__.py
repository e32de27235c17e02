"""The HTTP API of Label Studio 0.8.x."""
