"""Tasks, completions, predictions and drafts as 1.x shows them."""

from __future__ import annotations

from typing import Any

import msgspec

from label_studio_lite.core.model import Completion, Json, Prediction, Task
from label_studio_lite.core.task_columns import results_of
from label_studio_lite.http.context import server
from label_studio_lite.http.v1 import ids, people
from label_studio_lite.http.v1.models import task as shown
from label_studio_lite.http.v1.times import ago, moment, seconds
from label_studio_lite.service.drafts import Draft
from label_studio_lite.service.imports import FIRST_ID
from label_studio_lite.service.project import Project

UPLOADS = "/data/upload/"
# what completions hold under other names than annotations do
_OURS = {"honeypot", "skipped", "created_by"}


def annotation(
    project: Project, task_id: int, completion: Completion, *, in_detail: bool = False
) -> Json:
    """``task_id`` is the project's own; ``in_detail`` names the annotator as a user."""
    fields = completion.fields
    by = annotator(completion)
    made = shown.Annotation(
        id=ids.public(project, int(fields.get("id") or 0), ids.COMPLETIONS),
        result=completion.result,
        created_username=people.signature(by),
        created_ago=ago(completion.created_at),
        completed_by=people.completed_by(by) if in_detail else by,
        was_cancelled=completion.was_cancelled,
        ground_truth=completion.ground_truth,
        created_at=moment(completion.created_at),
        updated_at=moment(completion.changed_at),
        draft_created_at=None,
        lead_time=completion.lead_time,
        import_id=None,
        last_action=None,
        bulk_created=bool(fields.get("bulk_created")),
        task=ids.public(project, task_id),
        project=project.id,
        updated_by=by,
        parent_prediction=fields.get("parent_prediction"),
        parent_annotation=fields.get("parent_annotation"),
        last_created_by=None,
    )
    return _with_rest(made, fields)


def annotator(completion: Completion) -> int:
    """The id of who made it; our user where it does not say."""
    by = completion.fields.get("completed_by")
    if isinstance(by, dict):
        by = by.get("id")
    return by if isinstance(by, int) and not isinstance(by, bool) else people.me().id


def prediction(project: Project, task_id: int, own_id: int, made: Prediction) -> Json:
    created = seconds(made.fields.get("created_at", made.fields.get("created_date")))
    updated = seconds(made.fields.get("updated_at"))
    since = created if created is not None else created_at(project)
    fields = shown.Prediction(
        id=ids.public(project, own_id, ids.COMPLETIONS),
        result=made.result,
        model_version=made.model_version,
        created_ago=ago(since),
        score=made.score,
        cluster=made.fields.get("cluster"),
        neighbors=made.fields.get("neighbors"),
        mislabeling=made.fields.get("mislabeling") or 0.0,
        created_at=moment(since),
        updated_at=moment(since if updated is None else updated),
        model=None,
        model_run=None,
        task=ids.public(project, task_id),
        project=project.id,
    )
    return _with_rest(fields, made.fields)


def draft(project: Project, task_id: int, found: Draft) -> Json:
    """A draft has the id of its task: there is one for each."""
    at = found.fields.get("saved_at") or 0
    completion_id = found.fields.get("completion_id")
    user = people.me()
    return _with_rest(
        shown.Draft(
            id=ids.public(project, task_id),
            user=user.email,
            created_username=people.signature(user.id),
            created_ago=ago(at),
            result=found.fields["result"],
            lead_time=found.fields.get("lead_time"),
            was_postponed=bool(found.fields.get("was_postponed")),
            import_id=None,
            created_at=moment(at),
            updated_at=moment(at),
            task=ids.public(project, task_id),
            annotation=None
            if completion_id is None
            else ids.public(project, completion_id, ids.COMPLETIONS),
        )
    )


def task(project: Project, stored: Task) -> Json:
    """A task alone."""
    return msgspec.structs.asdict(shown.Task(**_fields(project, stored)))


def with_work(project: Project, stored: Task) -> Json:
    """A task with its annotations and predictions, as ids of users."""
    return {
        **task(project, stored),
        "annotations": annotations_of(project, stored),
        "predictions": predictions_of(project, stored),
    }


def listed_task(
    project: Project, stored: Task, *, everything: bool, resolve_uri: bool = True
) -> Json:
    """A task of the list; ``everything`` also brings its work, ``resolve_uri`` addresses in place
    of links into storages."""
    given = stored.completions
    drafts = _drafts(project, stored)
    found = stored.predictions
    fields = _fields(project, stored, resolve_uri=resolve_uri) | {
        "updated_by": [{"user_id": people.me().id}] if given else [],
        "drafts": drafts,
        "annotators": sorted({annotator(completion) for completion in given}),
        "annotations_results": results_of([c.fields for c in given]) or "",
        "predictions_results": results_of([p.fields for p in found]) or "",
        "storage_filename": stored.fields.get("storage_filename"),
        "annotations_ids": ",".join(
            str(ids.public(project, c.id, ids.COMPLETIONS)) for c in given
        ),
        "predictions_model_versions": ",".join(dict.fromkeys(p.model_version for p in found)),
    }
    if everything:
        fields |= _work(project, stored, given, found) | {"draft_exists": bool(drafts)}
    made = msgspec.structs.asdict(shown.ListedTask(**fields))
    return {key: value for key, value in made.items() if value is not msgspec.UNSET}


def _work(
    project: Project, stored: Task, given: list[Completion], found: list[Prediction]
) -> Json:
    times = [time for c in given if (time := c.lead_time) is not None]
    scores = [score for p in found if (score := p.score) is not None]
    done = max((c.changed_at for c in given), default=None)
    return {
        "predictions": predictions_of(project, stored),
        "annotations": annotations_of(project, stored, in_detail=True),
        "completed_at": None if done is None else moment(done),
        "predictions_score": sum(scores) / len(scores) if scores else None,
        "avg_lead_time": sum(times) / len(times) if times else None,
    }


def next_task(project: Project, stored: Task, *, queue: str, lock: str) -> Json:
    """The task that somebody is to label now."""
    fields = _fields(project, stored) | {
        "updated_by": [],
        "annotations": annotations_of(project, stored),
        "predictions": predictions_of(project, stored),
        "drafts": _drafts(project, stored),
        "unique_lock_id": lock,
        "queue": queue,
    }
    return msgspec.structs.asdict(shown.NextTask(**fields))


def annotations_of(project: Project, stored: Task, *, in_detail: bool = False) -> list[Any]:
    return [
        annotation(project, stored.id, completion, in_detail=in_detail)
        for completion in stored.completions
    ]


def predictions_of(project: Project, stored: Task) -> list[Any]:
    """All, with their ids."""
    numbered = project.predictions.numbered(stored)
    return [prediction(project, stored.id, own, made) for own, made in numbered]


def given_by(stored: Task) -> list[Completion]:
    """The completions that are no skips."""
    return [completion for completion in stored.completions if not completion.was_cancelled]


def created_at(project: Project) -> float:
    """When a project was made, as far as is known."""
    return project.models.memory.created()


def data_of(project: Project, stored: Task, *, resolve_uri: bool = True) -> Json:
    """Its data, objects of storages as they can be opened (with ``resolve_uri``); uploads are
    named with their project where a server has many."""
    data = stored.data
    if resolve_uri:
        data = project.cloud_media.shown(data, project.served.prefix)
    if server().workspace.kind != "many":
        return data
    prefix = f"{UPLOADS}{project.id}/"
    return {
        key: prefix + value.removeprefix(UPLOADS) if _is_upload(value) else value
        for key, value in data.items()
    }


def _is_upload(value: Any) -> bool:
    return (
        isinstance(value, str)
        and value.startswith(UPLOADS)
        and "/" not in value.removeprefix(UPLOADS)
    )


def _fields(project: Project, stored: Task, *, resolve_uri: bool = True) -> Json:
    completions = stored.completions
    given = given_by(stored)
    born = seconds(stored.fields.get("created_at"))
    born = created_at(project) if born is None else born
    changed = seconds(stored.fields.get("updated_at")) or born
    overlap = project.settings.get("maximum_annotations", 1)
    comments = project.comments.of_task(stored.id)
    return {
        "id": ids.public(project, stored.id),
        "data": data_of(project, stored, resolve_uri=resolve_uri),
        "meta": stored.fields.get("meta") or {},
        "created_at": moment(born),
        "updated_at": moment(max([changed, *(c.changed_at for c in completions)])),
        "is_labeled": len(given) >= overlap,
        "overlap": overlap,
        "inner_id": stored.id + 1 - project.settings.get(FIRST_ID, 0),
        "total_annotations": len(given),
        "cancelled_annotations": len(completions) - len(given),
        "total_predictions": len(stored.predictions),
        "comment_count": comments.count,
        "unresolved_comment_count": comments.unresolved,
        "last_comment_updated_at": moment(comments.newest) if comments.count else None,
        "project": project.id,
        "updated_by": people.me().id if completions else None,
        "file_upload": stored.fields.get("file_upload"),
        "comment_authors": [people.me().id] if comments.count else [],
    }


def _drafts(project: Project, stored: Task) -> list[Json]:
    found = project.drafts.of(stored)
    return [] if found is None else [draft(project, stored.id, found)]


def _with_rest(made: msgspec.Struct, stored: Json | None = None) -> Json:
    """The structure as an object, and after it what else was stored."""
    fields = msgspec.structs.asdict(made)
    rest = (key for key in stored or () if key not in fields and key not in _OURS)
    return fields | {key: (stored or {})[key] for key in rest}
