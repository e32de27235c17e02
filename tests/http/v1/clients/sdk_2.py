"""Every method of label-studio-sdk 2.1 that a single user calls, against the server of ``argv``.

Run in an environment of its own (see ``test_clients.py``): ``python sdk_2.py URL TOKEN``. It
prints the name of each step that went well and ends with status 1 at the first that did not.
It is written from the SDK's documentation, and runs against a real 1.23.2 as well.
"""

import io
import json
import sys
import urllib.request
import zipfile
from collections.abc import Callable
from typing import Any

from label_studio_sdk import LabelStudio
from label_studio_sdk.core.api_error import ApiError

URL, TOKEN = sys.argv[1:3]
CONFIG = (
    '<View><Text name="text" value="$text"/><Choices name="mood" toName="text">'
    '<Choice value="good"/><Choice value="bad"/></Choices></View>'
)
GOOD = {"from_name": "mood", "to_name": "text", "type": "choices", "value": {"choices": ["good"]}}
BAD = {**GOOD, "value": {"choices": ["bad"]}}

client = LabelStudio(base_url=URL, api_key=TOKEN)
with urllib.request.urlopen(f"{URL}/api/version") as answer:
    IS_ORIGINAL = "label-studio-lite" not in json.load(answer)


def step(name: str) -> None:
    print(name, flush=True)


def status_of(call: Callable[..., object], *args: Any, **kwargs: Any) -> int:
    """The status of a call that must fail."""
    try:
        call(*args, **kwargs)
    except ApiError as error:
        status: int = error.status_code
        return status
    raise AssertionError(f"{call} did not fail")


def users() -> None:
    me = client.users.whoami()
    assert me.id == 1 and me.email and me.active_organization == 1
    assert [user.id for user in client.users.list()] == [me.id]
    assert client.users.get(me.id).email == me.email
    assert client.users.update(me.id, first_name="Ada", last_name="Lovelace").first_name == "Ada"
    assert client.users.get_token().token
    assert isinstance(client.users.get_hotkeys().custom_hotkeys, dict)
    hotkeys = {"annotation:submit": {"key": "ctrl+enter", "active": True}}
    assert client.users.update_hotkeys(custom_hotkeys=hotkeys).custom_hotkeys == hotkeys
    assert status_of(client.users.get, 999_999) == 404
    step("users")


def server() -> None:
    assert client.versions.get().edition == "Community"
    organization = client.organizations.list()[0]
    assert client.organizations.get(organization.id).users == [1]
    assert client.organizations.invites.get_invite_link().invite_url
    assert client.organizations.members.get(organization.id, 1).user == 1
    assert client.jwt_settings.get().api_tokens_enabled is True
    policy = client.session_policy.get()
    assert policy.max_session_age > 0
    step("server")


def tokens() -> None:
    for old in client.tokens.list():
        client.tokens.blacklist(refresh=old.token)
    made = client.tokens.create()
    other = LabelStudio(base_url=URL, api_key=made.token)
    assert other.users.whoami().id == 1
    assert other.projects.list(page_size=1) is not None
    assert client.tokens.refresh(refresh=made.token).access
    rotated = client.tokens.rotate(refresh=made.token)
    assert LabelStudio(base_url=URL, api_key=rotated.refresh).users.whoami().id == 1
    client.tokens.blacklist(refresh=rotated.refresh)
    assert client.tokens.list() == []
    step("tokens")


def project() -> int:
    made = client.projects.create(title="Moods", label_config=CONFIG, description="of texts")
    assert made.id and made.title == "Moods"
    found = client.projects.get(made.id)
    assert found.label_config == CONFIG and found.created_by.id == 1
    assert client.projects.get(made.id).get_label_interface().get_control("mood").name == "mood"
    assert made.id in [one.id for one in client.projects.list()]
    changed = client.projects.update(made.id, title="Moods again", expert_instruction="<b>x</b>")
    assert changed.title == "Moods again" and changed.expert_instruction == "<b>x</b>"
    assert status_of(client.projects.create, title="ab") == 400
    assert status_of(client.projects.get, 999_999) == 404
    client.projects.validate_label_config(made.id, label_config=CONFIG)
    bad = '<View><Choices name="a" toName="b"><Choice value="x"/></Choices></View>'
    assert status_of(client.projects.validate_label_config, made.id, label_config=bad) == 400
    counts = client.projects.list_counts(ids=str(made.id))
    assert counts.results[0].task_number == 0
    step("project")
    made_id: int = made.id
    return made_id


def tasks(project_id: int) -> list[int]:
    request = [
        {"text": "one"},
        {"data": {"text": "two"}, "meta": {"page": 2}},
        {
            "data": {"text": "three"},
            "annotations": [{"result": [GOOD]}],
            "predictions": [{"result": [BAD], "score": 0.5, "model_version": "v0"}],
        },
    ]
    done = client.projects.import_tasks(project_id, request=request, return_task_ids=True)
    assert (done.task_count, done.annotation_count, done.prediction_count) == (3, 1, 1)
    assert len(done.task_ids) == 3
    made = client.tasks.create(project=project_id, data={"text": "four"})
    assert made.data == {"text": "four"}
    listed = list(client.tasks.list(project=project_id, fields="all", page_size=2))
    assert [task.data["text"] for task in listed] == ["one", "two", "three", "four"]
    assert listed[2].annotations[0]["result"][0]["value"] == {"choices": ["good"]}
    found = client.tasks.get(made.id)
    assert found.id == made.id and found.annotations == []
    changed = client.tasks.update(made.id, data={"text": "four!"}, meta={"a": 1})
    assert changed.data == {"text": "four!"} and changed.meta == {"a": 1}
    extra = client.tasks.create(project=project_id, data={"text": "away"})
    client.tasks.delete(extra.id)
    assert status_of(client.tasks.get, extra.id) == 404
    only = client.projects.import_tasks(
        project_id,
        request=[{"text": "five", "mood": "good"}],
        preannotated_from_fields=["mood"],
        return_task_ids=True,
    )
    assert only.prediction_count == 1
    step("tasks")
    return [*done.task_ids, made.id, *only.task_ids]


def annotations(project_id: int, ids: list[int]) -> None:
    made = client.annotations.create(ids[0], result=[GOOD], lead_time=1.5, ground_truth=True)
    assert made.task == ids[0] and made.lead_time == 1.5 and made.ground_truth is True
    assert client.annotations.get(made.id).result == [GOOD]
    assert [one.id for one in client.annotations.list(ids[0])] == [made.id]
    assert client.annotations.update(made.id, result=[BAD]).result[0]["value"]["choices"] == [
        "bad"
    ]
    skipped = client.annotations.create(ids[1], result=[], was_cancelled=True)
    assert skipped.was_cancelled is True
    assert client.annotations.list(ids[1]) == []
    client.annotations.delete(skipped.id)
    assert status_of(client.annotations.get, skipped.id) == 404
    assert client.projects.get(project_id).finished_task_number == 2
    step("annotations")


def bulk_annotations(project_id: int, ids: list[int]) -> None:
    """The reference lists these; 1.23.2 does not have them."""
    if IS_ORIGINAL:
        assert status_of(client.annotations.create_bulk, tasks=ids[3:5], result=[GOOD]) == 404
        return
    made = client.annotations.create_bulk(tasks=ids[3:5], result=[GOOD])
    assert len(made) == 2
    gone = client.annotations.delete_bulk(ids=[one.id for one in made], project=project_id)
    assert gone.deleted_count == 2
    step("bulk annotations")


def predictions(project_id: int, ids: list[int]) -> None:
    made = client.predictions.create(task=ids[0], result=[BAD], score=0.25, model_version="v1")
    assert made.score == 0.25 and made.task == ids[0]
    assert client.predictions.get(made.id).model_version == "v1"
    assert client.predictions.update(made.id, score=0.75).score == 0.75
    assert [one.id for one in client.predictions.list(task=ids[0])] == [made.id]
    simple = client.predictions.create(task=ids[1], result=[GOOD])
    client.predictions.delete(simple.id)
    assert status_of(client.predictions.get, simple.id) == 404
    items = [{"task": ids[1], "result": [GOOD], "score": 0.5, "model_version": "v2"}]
    assert client.projects.import_predictions(project_id, request=items).created == 1
    versions = {one.model_version for one in client.predictions.list(project=project_id)}
    assert {"v0", "v1", "v2"} <= versions
    step("predictions")


def exports(project_id: int) -> None:
    plain = client.projects.exports.as_json(project_id)
    assert [task["data"]["text"] for task in plain] == ["one", "two", "three", "four!", "five"]
    assert plain[0]["annotations"][0]["result"][0]["value"] == {"choices": ["bad"]}
    frame = client.projects.exports.as_pandas(project_id)
    assert list(frame["mood"].dropna()) == ["bad", "good"], frame
    assert list(frame["_data_mood"].dropna()) == ["good"], frame  # what task five came with
    formats = client.projects.exports.list_formats(project_id)
    assert "JSON" in [one["name"] for one in formats]
    snapshot = client.projects.exports.create(project_id, title="Snap")
    assert snapshot.status == "completed" and snapshot.title == "Snap"
    assert [one.id for one in client.projects.exports.list(project_id)] == [snapshot.id]
    assert client.projects.exports.get(project_id, snapshot.id).md5 == snapshot.md5
    converted = client.projects.exports.convert(project_id, snapshot.id, export_type="CSV")
    assert converted.export_type == "CSV"
    content = b"".join(
        client.projects.exports.download(project_id, snapshot.id, export_type="JSON")
    )
    if content[:2] == b"PK":
        archive = zipfile.ZipFile(io.BytesIO(content))
        content = archive.read(archive.namelist()[0])
    assert len(json.loads(content)) >= 2
    client.projects.exports.delete(project_id, snapshot.id)
    assert client.projects.exports.list(project_id) == []
    step("exports")


def files(project_id: int) -> None:
    assert client.files.list(project_id, all_=True) == []
    step("files")


def the_end(project_id: int) -> None:
    client.tasks.delete_all_tasks(project_id)
    assert client.projects.get(project_id).task_number == 0
    client.projects.delete(project_id)
    assert status_of(client.projects.get, project_id) == 404
    step("the end")


def main() -> None:
    users()
    server()
    tokens()
    project_id = project()
    ids = tasks(project_id)
    annotations(project_id, ids)
    bulk_annotations(project_id, ids)
    predictions(project_id, ids)
    exports(project_id)
    files(project_id)
    the_end(project_id)


main()
