"""The pages, the calls that they need beside the dialects, and the glue to the editor."""

from label_studio_lite.http.pages import (
    api,
    imports,
    jobs,
    login,
    views,
)

ROUTES = [
    *views.ROUTES,
    *api.ROUTES,
    *imports.ROUTES,
    *jobs.ROUTES,
    *login.ROUTES,
]
