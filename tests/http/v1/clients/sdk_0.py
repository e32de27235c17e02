"""The classic ``Client`` of label-studio-sdk 0.0.34 against the server of ``argv``.

Run in an environment of its own (see ``test_clients.py``): ``python sdk_0.py URL TOKEN FOLDER``.
It prints the name of each step that went well and ends with status 1 at the first that did not.
"""

import json
import sys
from pathlib import Path

from label_studio_sdk import Client
from label_studio_sdk.data_manager import Column, Filters, Operator, Type
from label_studio_sdk.project import Project, ProjectSampling
from requests import HTTPError

URL, TOKEN, FOLDER = sys.argv[1:4]
CONFIG = (
    '<View><Text name="text" value="$text"/><Choices name="mood" toName="text">'
    '<Choice value="good"/><Choice value="bad"/></Choices></View>'
)
GOOD = {"from_name": "mood", "to_name": "text", "type": "choices", "value": {"choices": ["good"]}}
BAD = {**GOOD, "value": {"choices": ["bad"]}}


def step(name: str) -> None:
    print(name, flush=True)


def connection() -> Client:
    client = Client(url=URL, api_key=TOKEN)
    assert client.check_connection() == {"status": "UP"}
    assert [user.id for user in client.get_users()] == [1]
    assert client.get_organization()["id"] == 1
    step("connection")
    return client


def project(client: Client) -> Project:
    made = client.start_project(title="Classic", label_config=CONFIG, description="d")
    assert made.id in [one.id for one in client.list_projects()]
    found = client.get_project(made.id)
    assert found.get_params()["title"] == "Classic"
    found.set_params(title="Renamed", maximum_annotations=1)
    found.set_published(True)
    found.set_sampling(ProjectSampling.RANDOM)
    assert found.get_params()["sampling"] == "Uniform sampling"
    found.set_sampling(ProjectSampling.SEQUENCE)
    assert found.get_params()["sampling"] == "Sequential sampling"
    assert found.parsed_label_config["mood"]["labels"] == ["good", "bad"]
    step("project")
    return found


def tasks(found: Project) -> list[int]:
    ids: list[int] = found.import_tasks(
        [
            {"text": "one"},
            {"data": {"text": "two"}, "annotations": [{"result": [GOOD]}]},
            {"data": {"text": "three"}, "predictions": [{"result": [BAD], "model_version": "v"}]},
        ]
    )
    assert len(ids) == 3
    table = Path(FOLDER) / "more.csv"
    table.write_text("text\nfour\nfive\n")
    ids += found.import_tasks(str(table))
    assert len(ids) == 5
    ids += found.import_tasks([{"text": "six", "mood": "good"}], preannotated_from_fields=["mood"])
    assert found.get_tasks_ids() == ids
    assert [task["data"]["text"] for task in found.get_tasks(selected_ids=ids[:2])] == [
        "one",
        "two",
    ]
    assert found.get_labeled_tasks_ids() == [ids[1]]
    assert sorted(found.get_unlabeled_tasks_ids()) == sorted({*ids} - {ids[1]})
    found.update_task(ids[0], data={"text": "one!"})
    assert found.get_task(ids[0])["data"] == {"text": "one!"}
    step("tasks")
    return ids


def filters(found: Project, ids: list[int]) -> None:
    wanted = Filters.create(
        Filters.AND,
        [Filters.item(Column.data("text"), Operator.CONTAINS, Type.String, Filters.value("t"))],
    )
    assert found.get_tasks(filters=wanted, only_ids=True) == [ids[1], ids[2]]
    view = found.create_view(title="With t", filters=wanted)
    assert view["id"] in [one["id"] for one in found.get_views()]
    assert found.get_paginated_tasks(view_id=view["id"], only_ids=True)["tasks"] == [
        ids[1],
        ids[2],
    ]
    found.delete_view(view["id"])
    step("filters")


def annotations(found: Project, ids: list[int]) -> None:
    made = found.create_annotation(ids[0], result=[GOOD], lead_time=2.5)
    assert found.update_annotation(made["id"], result=[BAD])["result"] == [BAD]
    found.create_prediction(ids[0], result=[GOOD], score=0.5, model_version="w")
    found.create_prediction(ids[3], result="good", model_version="w")
    found.create_predictions([{"task": ids[4], "result": [GOOD], "model_version": "w"}])
    counts = found.get_model_versions()
    assert (counts["v"], counts["w"]) == (1, 3)
    assert found.get_predictions_coverage()["w"] > 0
    found.create_annotations_from_predictions(model_versions="v")
    step("annotations")


def exports(found: Project) -> None:
    plain = found.export_tasks("JSON")
    assert {task["data"]["text"] for task in plain} >= {"one!", "two"}
    everything = found.export_tasks("JSON", download_all_tasks=True)
    assert len(everything) == 6
    # 1.23.2 passes over ``ids``
    assert len(found.export_tasks("JSON", ids=[everything[0]["id"]])) <= len(plain)
    table = Path(FOLDER) / "export.csv"
    found.export_tasks("CSV", export_location=str(table))
    assert "one!" in table.read_text()
    snapshot = found.export_snapshot_create("Snap")
    assert found.export_snapshot_status(snapshot["id"]).is_completed()
    assert [item["id"] for item in found.export_snapshot_list()] == [snapshot["id"]]
    status, name = found.export_snapshot_download(snapshot["id"], export_type="JSON", path=FOLDER)
    assert status == 200 and json.loads((Path(FOLDER) / name).read_text())
    assert found.export_snapshot_delete(snapshot["id"]) == 204
    step("exports")


def the_end(client: Client, found: Project, ids: list[int]) -> None:
    found.delete_task(ids[0])
    found.delete_tasks(ids[1:3])
    assert found.get_tasks_ids() == ids[3:]
    found.delete_all_tasks()
    assert found.get_params()["task_number"] == 0
    client.delete_project(found.id)
    try:
        client.get_project(found.id)
    except HTTPError as error:
        assert error.response.status_code == 404
    else:
        raise AssertionError("the project is still there")
    step("the end")


def main() -> None:
    client = connection()
    found = project(client)
    ids = tasks(found)
    filters(found, ids)
    annotations(found, ids)
    exports(found)
    the_end(client, found, ids)


main()
