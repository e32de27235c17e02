"""The reference of both dialects, made from the route table: OpenAPI 3.1, and a page to read."""

from label_studio_lite.http.reference.views import ROUTES

__all__ = ["ROUTES"]
