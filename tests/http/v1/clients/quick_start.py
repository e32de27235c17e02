"""The way that the SDK's own documentation begins with: a project, tasks, work on them, an export.

``python quick_start.py URL TOKEN``; see ``test_clients.py``. On a server of one project, where no
other can be created, project 1 is taken.
"""

import sys

from label_studio_sdk import LabelStudio
from label_studio_sdk.core.api_error import ApiError

URL, TOKEN = sys.argv[1:3]
CONFIG = """
<View>
  <Text name="text" value="$text"/>
  <Choices name="sentiment" toName="text" choice="single">
    <Choice value="Positive"/><Choice value="Negative"/>
  </Choices>
</View>
"""

client = LabelStudio(base_url=URL, api_key=TOKEN)
try:
    project = client.projects.create(title="Quick start", label_config=CONFIG)
    print("created", flush=True)
except ApiError as error:
    assert error.status_code == 403 and "start" in error.body["detail"], error
    project = client.projects.update(1, label_config=CONFIG)
    print("project 1", flush=True)

client.projects.import_tasks(
    id=project.id, request=[{"text": "To be"}, {"text": "or not"}], return_task_ids=True
)
tasks = list(client.tasks.list(project=project.id))
assert [task.data["text"] for task in tasks[-2:]] == ["To be", "or not"]
region = {
    "from_name": "sentiment",
    "to_name": "text",
    "type": "choices",
    "value": {"choices": ["Positive"]},
}
first, second = tasks[-2:]
annotation = client.annotations.create(id=first.id, result=[region])
prediction = client.predictions.create(
    task=second.id, result=[region], score=0.9, model_version="quick"
)
assert client.annotations.get(annotation.id).result[0]["value"] == region["value"]
assert client.predictions.get(prediction.id).score == 0.9
snapshot = client.projects.exports.as_json(project.id)
done = next(item for item in snapshot if item["id"] == first.id)
assert [region["value"]["choices"] for region in done["annotations"][0]["result"]] == [
    ["Positive"]
]
print("the end", flush=True)
