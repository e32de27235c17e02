"""Older names of 0.8.x's routes, which its clients still use."""

from __future__ import annotations

from flask import Response

from label_studio_lite.http import answers, params
from label_studio_lite.http.context import project
from label_studio_lite.http.legacy import exports, imports, models, projects, tasks
from label_studio_lite.http.routes import Route


def completion_ids() -> Response:
    """A bare list."""
    return answers.sorted_json(list(project().tasks.completed_ids()))


def instruction() -> Response:
    return answers.text(str(project().settings.get("instruction") or ""))


def cancel(task_id: str) -> Response:
    """A skip; in 0.8.2 itself this route always failed."""
    done = project().completions.complete(
        params.task_id(task_id), {"result": []}, was_cancelled=True
    )
    return answers.sorted_json({"id": done.id}, 201)


ROUTES = [
    Route("POST", "/api/save-config", projects.set_label_config),
    Route("POST", "/api/import", imports.import_tasks),
    Route("GET", "/api/export", exports.export),
    Route("GET", "/api/projects/1/next", tasks.next_task),
    Route("GET", "/api/projects/1/completions_ids", completion_ids),
    Route("GET", "/api/projects/1/expert_instruction", instruction),
    Route("DELETE", "/api/tasks/delete", tasks.delete_all_tasks),
    Route("DELETE", "/api/project/completions", tasks.delete_all_completions),
    Route("POST", "/api/tasks/<task_id>/cancel", cancel),
    Route("POST", "/api/remove-ml-backend", models.remove),
    Route("POST", "/predict", models.predict_data),
    Route("POST", "/api/train", models.train),
]
