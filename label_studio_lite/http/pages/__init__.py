"""The pages, the calls that they need beside the dialects, and the glue to the editor."""

from label_studio_lite.http.pages import (
    api,
    gallery,
    imports,
    jobs,
    login,
    models,
    setup,
    views,
    welcome,
)

ROUTES = [
    *views.ROUTES,
    *api.ROUTES,
    *gallery.ROUTES,
    *imports.ROUTES,
    *jobs.ROUTES,
    *login.ROUTES,
    *models.ROUTES,
    *setup.ROUTES,
    *welcome.ROUTES,
]
