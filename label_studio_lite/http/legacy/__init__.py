"""The HTTP API of Label Studio 0.8.x."""

from label_studio_lite.http.legacy import (
    deprecated,
    examples,
    exports,
    imports,
    models,
    projects,
    storages,
    tasks,
)

ROUTES = [
    *projects.ROUTES,
    *tasks.ROUTES,
    *imports.ROUTES,
    *exports.ROUTES,
    *models.ROUTES,
    *storages.ROUTES,
    *examples.ROUTES,
    *deprecated.ROUTES,
]
