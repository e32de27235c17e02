"""Statistics of a project and agreement on a task; in 1.x only Enterprise has them.

They are what the Insights page shows (``service/insights.py``), under the names of 1.x. How
results are compared says ``core/agreement.py``.
"""

from __future__ import annotations

from collections import Counter

from flask import Response

from label_studio_lite.core import statistics
from label_studio_lite.core.statistics import Statistics
from label_studio_lite.errors import NotFound
from label_studio_lite.http.v1 import bodies, ids, people
from label_studio_lite.http.v1.models import stats as models
from label_studio_lite.http.v1.routing import Table, shown
from label_studio_lite.service.project import Project

table = Table("Statistics")
ROUTES = table.routes

_MOST_ROWS = 100


@table.add("GET", "/api/tasks/<int:task_id>/agreement", answer=models.TaskAgreement)
def get_task_agreement(task_id: int) -> Response:
    """Tell how far those who did a task agree."""
    project, own = ids.task(task_id)
    found = project.agreement.of_task(own)
    labels: dict[str, dict[str, int]] = {}
    for (control, label), count in found.labels.items():
        labels.setdefault(control, {})[label] = count
    return shown(models.TaskAgreement(found.mean, found.completions, labels))


@table.add(
    "GET",
    "/api/projects/<int:project_id>/tasks/<int:task_id>/agreement-matrix",
    answer=models.AgreementMatrix,
)
def get_agreement_matrix(project_id: int, task_id: int) -> Response:
    """Compare the annotations of a task, user by user."""
    project, own = ids.task(task_id)
    if project.id != project_id:
        raise NotFound(f"project {project_id} has no task {task_id}")
    found = project.agreement.of_task(own)
    users = [{"id": user, "username": people.signature(user)} for user in found.users]
    return shown(models.AgreementMatrix(users, found.matrix))


@table.add(
    "GET",
    "/api/projects/<int:project_id>/stats/finished",
    query=models.FinishedQuery,
    answer=models.Finished,
)
def get_finished(project_id: int) -> Response:
    """Count the tasks that are done."""
    counts = ids.project(project_id).store.counts()
    share = counts.completed * 100 // counts.tasks if counts.tasks else 0
    return shown(models.Finished(people.me().id, counts.completed, share))


@table.add("GET", "/api/projects/<int:project_id>/stats/lead_time", answer=models.LeadTimes)
def get_lead_time(project_id: int) -> Response:
    """Tell how long annotations took."""
    found = _statistics(ids.project(project_id))
    count = found.lead.total()
    times = models.LeadTime(
        user_id=people.me().id,
        mean_time=found.lead_total / count if count else None,
        median_time=statistics.percentile(found.lead, 0.5),
        sum_lead_time=found.lead_total,
    )
    return shown(models.LeadTimes([times] if count else []))


@table.add(
    "GET",
    "/api/projects/<int:project_id>/stats/total_agreement",
    query=models.PerLabelQuery,
    answer=models.TotalAgreement,
)
def get_total_agreement(project_id: int) -> Response:
    """Tell how far those who did the same tasks agree."""
    found = _statistics(ids.project(project_id))
    if bodies.query(models.PerLabelQuery).per_label is True:
        by_label = {label: tally.f1 for (_, label), tally in sorted(found.between.items())}
        return shown(models.TotalAgreement(by_label))
    mean = found.agreement / found.compared if found.compared else None
    return shown(models.TotalAgreement(mean))


@table.add(
    "GET",
    "/api/projects/<int:project_id>/stats/label-distribution/counts",
    query=models.DistributionQuery,
    answer=models.Distribution,
)
def get_label_counts(project_id: int) -> Response:
    """Count how often each label was given, in annotations and in predictions."""
    project = ids.project(project_id)
    query = bodies.query(models.DistributionQuery)
    given = _statistics(project).labels
    foreseen = project.agreement.predicted_labels()
    totals = [_by_control(given), _by_control(foreseen)]
    rows = [
        models.DistributionRow(
            choice=label,
            choice_key=f"{control}:{label}",
            dimension_name=control,
            from_annotations_count=given[control, label],
            from_annotations_percent=_percent(given[control, label], totals[0][control]),
            from_predictions_count=foreseen[control, label],
            from_predictions_percent=_percent(foreseen[control, label], totals[1][control]),
        )
        for control, label in sorted(given.keys() | foreseen.keys())
    ]
    start = max(query.offset or 0, 0)
    stop = start + max(query.limit or _MOST_ROWS, 1)
    after = stop if stop < len(rows) else None
    return shown(models.Distribution(after, rows[start:stop], models.DistributionTotals(*totals)))


def _by_control(labels: Counter[tuple[str, str]]) -> Counter[str]:
    found = Counter[str]()
    for (control, _), count in labels.items():
        found[control] += count
    return found


def _percent(count: int, total: int) -> float:
    return round(100 * count / total, 2) if total else 0.0


@table.add(
    "GET",
    "/api/projects/<int:project_id>/stats/label-distribution/structure",
    answer=models.DistributionStructure,
)
def get_label_structure(project_id: int) -> Response:
    """List the controls that have labels."""
    project = ids.project(project_id)
    dimensions = [
        models.Dimension(
            dimension_id=at,
            name=name,
            type=control["type"],
            choices=control["labels"],
            choice_keys=[f"{name}:{label}" for label in control["labels"]],
        )
        for at, (name, control) in enumerate(project.label_config.current.parsed().items(), 1)
        if control["labels"]
    ]
    keys = [key for dimension in dimensions for key in dimension.choice_keys]
    has = project.store.counts().predictions > 0
    return shown(models.DistributionStructure(dimensions, keys, has))


@table.add(
    "GET",
    "/api/projects/<int:project_id>/model-stats/<model_version>/agreement",
    answer=models.ModelAgreement,
)
def get_model_agreement(project_id: int, model_version: str) -> Response:
    """Tell how far a model version and people agree."""
    return shown(models.ModelAgreement(_of_model(ids.project(project_id), model_version)))


@table.add(
    "GET",
    "/api/projects/<int:project_id>/model-stats/<model_version>/prediction",
    answer=models.ModelPredictionAgreement,
)
def get_model_prediction_agreement(project_id: int, model_version: str) -> Response:
    """Tell the same under another name."""
    share = _of_model(ids.project(project_id), model_version)
    return shown(models.ModelPredictionAgreement(share))


def _of_model(project: Project, version: str) -> float | None:
    tallies = _statistics(project).models.get(version)
    return None if tallies is None else statistics.whole_of(tallies).f1


def _statistics(project: Project) -> Statistics:
    return project.insights.count().stats
