"""The pages, the calls that they need beside the dialects, and the glue to the editor."""

from label_studio_lite.http.pages import (
    api,
    exports,
    gallery,
    imports,
    insights,
    jobs,
    login,
    models,
    projects,
    settings,
    setup,
    storages,
    tasks,
    views,
    welcome,
)

ROUTES = [
    *views.ROUTES,
    *api.ROUTES,
    *exports.ROUTES,
    *gallery.ROUTES,
    *imports.ROUTES,
    *insights.ROUTES,
    *jobs.ROUTES,
    *login.ROUTES,
    *models.ROUTES,
    *projects.ROUTES,
    *settings.ROUTES,
    *setup.ROUTES,
    *storages.ROUTES,
    *tasks.ROUTES,
    *welcome.ROUTES,
]
