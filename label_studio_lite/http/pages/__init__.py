"""The pages, and the glue to the labeling editor."""

from label_studio_lite.http.pages import views

ROUTES = views.ROUTES
