"""Work in the background: how far it is, and stopping it."""

from __future__ import annotations

from flask import Response, request

from label_studio_lite.core.model import Json
from label_studio_lite.errors import NotFound
from label_studio_lite.http import answers
from label_studio_lite.http.context import project
from label_studio_lite.http.routes import Route
from label_studio_lite.service.jobs import Job


def shown(job: Job) -> Json:
    """``position`` is the runner's own and not shown."""
    row = {key: value for key, value in job.row().items() if key != "position"}
    return {"id": job.id, **row}


def list_jobs() -> Response:
    """``?kind=``; the newest first."""
    jobs = project().jobs.all(request.args.get("kind"))
    return answers.ordered_json([shown(job) for job in reversed(jobs)])


def get_job(job_id: str) -> Response:
    return answers.ordered_json(shown(project().jobs.get(_number(job_id))))


def cancel_job(job_id: str) -> Response:
    """It stops after its present step; answers the job as it is now."""
    return answers.ordered_json(shown(project().jobs.cancel(_number(job_id))))


def _number(value: str) -> int:
    if not (value.isascii() and value.isdigit()):
        raise NotFound(f"there is no job {value}")
    return int(value)


ROUTES = [
    Route("GET", "/api/jobs", list_jobs),
    Route("GET", "/api/jobs/<job_id>", get_job),
    Route("DELETE", "/api/jobs/<job_id>", cancel_job),
]
