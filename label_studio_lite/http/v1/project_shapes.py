"""Projects as 1.x shows them, and their fields as ``config.json`` keeps them.

Title, description, instruction and sampling have places of 0.8.x there; the other fields are kept
under the names that 1.x gives them.
"""

from __future__ import annotations

from typing import Any

from label_studio_lite.core.model import Json
from label_studio_lite.core.sampling import METHODS
from label_studio_lite.errors import FieldsInvalid
from label_studio_lite.http.v1 import people
from label_studio_lite.http.v1.models.project import Counters, Project, ProjectCounts
from label_studio_lite.http.v1.times import moment
from label_studio_lite.service import project as service

# the words of 1.x → those of config.json
SAMPLING = {
    "Sequential sampling": "sequential",
    "Uniform sampling": "uniform",
    "Uncertainty sampling": "prediction-score-min",
}
_PLACES = {"expert_instruction": "instruction"}
_DEFAULTS: Json = {
    "show_instruction": False,
    "show_skip_button": True,
    "enable_empty_annotation": True,
    "show_annotation_history": False,
    "color": "#FFFFFF",
    "maximum_annotations": 1,
    "is_published": False,
    "model_version": "",
    "is_draft": False,
    "min_annotations_to_start_training": 0,
    "start_training_on_annotation_update": False,
    "show_collab_predictions": True,
    "show_ground_truth_first": False,
    "show_overlap_first": False,
    "overlap_cohort_percentage": 100,
    "task_data_login": None,
    "evaluate_predictions_automatically": False,
    "skip_queue": "REQUEUE_FOR_OTHERS",
    "reveal_preannotations_interactively": False,
    "pinned_at": None,
}


def settings_of(fields: Json) -> Json:
    """What ``config.json`` is to hold of these fields; the label config is not among them.

    ``FieldsInvalid`` for a way of sampling that there is not.
    """
    found = {}
    for name, value in fields.items():
        if name == "sampling":
            value = SAMPLING.get(value, value) or "sequential"
            if value not in METHODS:
                raise FieldsInvalid({name: [f'"{value}" is not a valid choice.']})
        elif value is None:
            value = _DEFAULTS.get(name, "" if name != "pinned_at" else None)
        if name != "label_config":
            found[_PLACES.get(name, name)] = value
    return found


def shown(project: service.Project) -> Project:
    """A project with its counts."""
    config = project.label_config.current
    get = project.settings.get
    fields: Json = {name: get(name, default) for name, default in _DEFAULTS.items()}
    fields |= counters(project)
    fields |= {
        "id": project.id,
        "title": str(get("title") or ""),
        "description": str(get("description") or ""),
        "label_config": config.xml,
        "expert_instruction": str(get("instruction") or ""),
        "organization": people.ORGANIZATION,
        "created_by": people.simple(),
        "created_at": moment(project.models.memory.created()),
        "sampling": sampling(project),
        "annotator_evaluation_enabled": False,
        "task_data_password": None,
        "control_weights": get("control_weights") or _weights(config.parsed()),
        "parsed_label_config": config.parsed(),
        "config_has_control_tags": bool(config.controls),
        "queue_total": fields["task_number"],
        "queue_done": fields["finished_task_number"],
        "config_suitable_for_bulk_annotation": _suits_bulk(config.parsed()),
        "state": None,
    }
    return Project(**fields)


def counts(project: service.Project) -> ProjectCounts:
    return ProjectCounts(id=project.id, **counters(project))


def counters(project: service.Project) -> dict[str, int]:
    """The fields of :class:`Counters`."""
    found = project.store.counts()
    given = found.completions - found.cancelled
    labeled = project.task_table.labeled()
    names = Counters.__struct_fields__
    values = {
        "num_tasks_with_annotations": labeled,
        "task_number": found.tasks,
        "useful_annotation_number": given,
        "ground_truth_number": found.truths,
        "skipped_annotations_number": found.cancelled,
        "total_annotations_number": given,
        "total_predictions_number": found.predictions,
        "finished_task_number": labeled,
    }
    return {name: values[name] for name in names}


def sampling(project: service.Project) -> str:
    """In the words of 1.x."""
    method = project.settings.get("sampling")
    names = {value: name for name, value in SAMPLING.items()}
    return names.get(method, "Uncertainty sampling")


def _weights(parsed: Json) -> Json:
    return {
        name: {
            "overall": 1.0,
            "type": control["type"],
            "labels": dict.fromkeys(control["labels"], 1.0),
        }
        for name, control in parsed.items()
    }


def _suits_bulk(parsed: Json) -> bool:
    """Whether every control is for a task as a whole."""
    whole: Any = ("Choices", "Taxonomy", "Rating", "TextArea", "Number", "DateTime")
    return all(control["type"] in whole for control in parsed.values())
