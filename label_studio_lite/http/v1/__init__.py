"""The HTTP API of Label Studio 1.x, mapped onto the same service verbs."""

from label_studio_lite.http.v1 import annotations, drafts, predictions, projects, tasks

ROUTES = [
    *projects.ROUTES,
    *tasks.ROUTES,
    *annotations.ROUTES,
    *drafts.ROUTES,
    *predictions.ROUTES,
]
