"""What the OpenAPI documents show as examples. A test sends each of them and checks the answer.

They speak of a project with the label config :data:`LABEL_CONFIG` and three tasks, of which
task 1 has an annotation and a draft, and task 2 a prediction.
"""

from __future__ import annotations

from typing import Any

LABEL_CONFIG = (
    '<View><Text name="text" value="$text"/><Choices name="mood" toName="text">'
    '<Choice value="good"/><Choice value="bad"/></Choices></View>'
)
PROJECT = 1
UPLOAD = 890948926751  # numbered by its name

# in the path
PATH: dict[str, Any] = {
    "project_id": PROJECT,
    "task_id": 1,
    "annotation_id": 1001,
    "prediction_id": 2001,
    "draft_id": 1,
    "view_id": 1,
    "upload_id": UPLOAD,
    "export_id": 1,
    "webhook_id": 1,
    "comment_id": 1,
    "user_id": 1,
    "organization_id": 1,
    "template_id": 1,
    "item_id": 10010,
    "model_version": "m1",
    "action_id": "predictions_to_annotations",
}

_RESULT = [
    {
        "from_name": "mood",
        "to_name": "text",
        "type": "choices",
        "value": {"choices": ["good"]},
    }
]
_FILTERS = {
    "conjunction": "and",
    "items": [
        {
            "filter": "filter:tasks:data.text",
            "operator": "contains",
            "type": "String",
            "value": "words",
        }
    ],
}
_PROJECT_FIELDS = {"title": "Moods", "label_config": LABEL_CONFIG}
_WEBHOOK = {"url": "https://example.org/hook", "actions": ["ANNOTATION_CREATED"]}

# behind the question mark, besides a required project
QUERIES: dict[str, dict[str, Any]] = {
    "GET /api/tasks": {
        "project": PROJECT,
        "query": '{"filters":{"conjunction":"and","items":[{"filter":"filter:tasks:data.text",'
        '"operator":"contains","type":"String","value":"words"}]},"ordering":["-tasks:id"]}',
    },
    "POST /api/dm/actions": {"project": PROJECT, "id": "predictions_to_annotations"},
    "GET /api/predictions": {"project": PROJECT},
    "GET /api/projects": {"title": "moods"},
    "POST /api/projects/<int:project_id>/import": {"return_task_ids": True},
    "GET /api/projects/<int:project_id>/export": {"exportType": "JSON"},
    "GET /api/comments": {"annotation": 1001},
    "GET /api/annotation-history": {"annotation": 1001},
}

BODIES: dict[str, Any] = {
    "POST /api/projects": _PROJECT_FIELDS,
    "PATCH /api/projects/<int:project_id>": {"title": "Better moods"},
    "PUT /api/projects/<int:project_id>": _PROJECT_FIELDS,
    "POST /api/projects/<int:project_id>/validate": {"label_config": LABEL_CONFIG},
    "POST /api/projects/validate": {"label_config": LABEL_CONFIG},
    "POST /api/tasks": {"project": PROJECT, "data": {"text": "A new task"}},
    "POST /api/projects/<int:project_id>/tasks": {"data": {"text": "A new task"}},
    "PATCH /api/tasks/<task_id>": {"data": {"text": "Other words"}, "meta": {"by": "me"}},
    "POST /api/tasks/<int:task_id>/events": {"event_key": "open"},
    "POST /api/tasks/<int:task_id>/annotations": {"result": _RESULT, "lead_time": 3.5},
    "PATCH /api/annotations/<int:annotation_id>": {"result": _RESULT, "ground_truth": True},
    "POST /api/annotations/bulk": {"tasks": [2, 3], "result": _RESULT},
    "POST /api/annotations/bulk-delete": {"ids": [1001]},
    "POST /api/tasks/<int:task_id>/drafts": {"result": _RESULT},
    "POST /api/tasks/<int:task_id>/annotations/<int:annotation_id>/drafts": {"result": _RESULT},
    "PATCH /api/drafts/<int:draft_id>": {"result": _RESULT, "lead_time": 2},
    "POST /api/predictions": {
        "task": 1,
        "result": _RESULT,
        "score": 0.9,
        "model_version": "m2",
    },
    "PATCH /api/predictions/<int:prediction_id>": {"score": 0.8},
    "PUT /api/predictions/<int:prediction_id>": {"result": _RESULT, "score": 0.8},
    "POST /api/dm/views": {
        "project": PROJECT,
        "data": {"title": "Words", "filters": _FILTERS, "ordering": ["-tasks:id"]},
    },
    "PATCH /api/dm/views/<int:view_id>": {"data": {"ordering": ["tasks:data.text"]}},
    "PUT /api/dm/views/<int:view_id>": {"data": {"title": "All"}},
    "POST /api/dm/views/order": {"project": PROJECT, "ids": [1]},
    "DELETE /api/dm/views/reset": {"project": PROJECT},
    "POST /api/dm/actions": {"selectedItems": {"all": False, "included": [2]}},
    "POST /api/projects/<int:project_id>/import": [
        {"text": "The data alone"},
        {
            "data": {"text": "With work on it"},
            "annotations": [{"result": _RESULT}],
            "predictions": [{"result": _RESULT, "score": 0.7, "model_version": "m1"}],
        },
    ],
    "POST /api/projects/<int:project_id>/tasks/bulk": [{"text": "The data alone"}],
    "POST /api/projects/<int:project_id>/import/predictions": [
        {"task": 3, "result": _RESULT, "score": 0.5}
    ],
    "DELETE /api/projects/<int:project_id>/file-uploads": {"file_upload_ids": [UPLOAD]},
    "POST /api/projects/<int:project_id>/reimport": {"file_upload_ids": [UPLOAD]},
    "POST /api/projects/<int:project_id>/exports": {"title": "Snapshot"},
    "POST /api/projects/<int:project_id>/exports/<int:export_id>/convert": {"export_type": "CSV"},
    "PATCH /api/current-user": {"first_name": "Ada"},
    "PATCH /api/current-user/hotkeys": {"custom_hotkeys": {}},
    "PATCH /api/users/<int:user_id>": {"first_name": "Ada"},
    "POST /api/jwt/settings": {"legacy_api_tokens_enabled": True},
    "PATCH /api/session-policy": {"max_session_age": 10_000},
    "POST /api/webhooks": _WEBHOOK,
    "PATCH /api/webhooks/<int:webhook_id>": {"is_active": False},
    "PUT /api/webhooks/<int:webhook_id>": _WEBHOOK,
    "POST /api/comments": {"annotation": 1001, "text": "Are you sure?"},
    "PATCH /api/comments/<int:comment_id>": {"text": "Yes."},
    "POST /api/projects/<int:project_id>/duplicate": {"mode": "settings", "title": "Moods 2"},
    "POST /api/project-templates/<int:template_id>/create-project": {"title": "From a template"},
}
