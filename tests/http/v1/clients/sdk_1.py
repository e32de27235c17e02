"""label-studio-sdk 1.0, which is still widely pinned and checks answers strictly.

Run in an environment of its own (see ``test_clients.py``): ``python sdk_1.py URL TOKEN``. It
prints the name of each step that went well and ends with status 1 at the first that did not.
"""

import sys

from label_studio_sdk import LabelStudio

URL, TOKEN = sys.argv[1:3]
CONFIG = (
    '<View><Text name="text" value="$text"/><Choices name="mood" toName="text">'
    '<Choice value="good"/><Choice value="bad"/></Choices></View>'
)
GOOD = {"from_name": "mood", "to_name": "text", "type": "choices", "value": {"choices": ["good"]}}

client = LabelStudio(base_url=URL, api_key=TOKEN)


def step(name: str) -> None:
    print(name, flush=True)


def main() -> None:
    assert client.users.whoami().id == 1
    assert [user.id for user in client.users.list()] == [1]
    assert client.versions.get()
    step("users")
    project = client.projects.create(title="Strict", label_config=CONFIG)
    assert project.id in [one.id for one in client.projects.list()]
    assert client.projects.get(project.id).title == "Strict"
    step("project")
    done = client.projects.import_tasks(
        project.id, request=[{"text": "one"}, {"text": "two"}], return_task_ids=True
    )
    first, second = done.task_ids
    listed = list(client.tasks.list(project=project.id, fields="all"))
    assert [task.id for task in listed] == [first, second]
    client.tasks.update(first, data={"text": "one!"})
    assert client.tasks.get(first).data == {"text": "one!"}
    step("tasks")
    annotation = client.annotations.create(first, result=[GOOD], lead_time=1.5)
    assert [one.id for one in client.annotations.list(first)] == [annotation.id]
    client.annotations.update(annotation.id, result=[GOOD])
    prediction = client.predictions.create(
        task=second, result=[GOOD], score=0.5, model_version="v"
    )
    assert [one.id for one in client.predictions.list(task=second)] == [prediction.id]
    assert len(list(client.tasks.list(project=project.id, fields="all"))) == 2
    step("annotations")
    view = client.views.create(project=project.id, data={"title": "All"})
    assert [one.id for one in client.views.list(project=project.id)] == [view.id]
    hook = client.webhooks.create(url="http://127.0.0.1:9/hook", project=project.id)
    assert hook.id in [one.id for one in client.webhooks.list(project=project.id)]
    client.webhooks.delete(hook.id)
    step("views and webhooks")
    for old in client.tokens.get():
        client.tokens.blacklist(refresh=old.token)
    made = client.tokens.create()
    assert made.created_at < made.expires_at
    assert client.jwt_settings.get().api_token_ttl_days > 0
    client.tokens.blacklist(refresh=made.token)
    step("tokens")
    assert len(client.projects.exports.as_json(project.id)) == 2
    snapshot = client.projects.exports.create(project.id, title="Snap")
    assert [one.id for one in client.projects.exports.list(project.id)] == [snapshot.id]
    step("exports")
    client.projects.delete(project.id)
    step("the end")


main()
