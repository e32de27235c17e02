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
from label_studio_lite.http.legacy.described import described

_TABLES = (projects, tasks, imports, exports, models, storages, examples, deprecated)
ROUTES = [*described(route for module in _TABLES for route in module.ROUTES)]
