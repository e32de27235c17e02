"""What the Setup page asks of the API: the gallery, reviews of configs, changes, the editor."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

from label_studio_lite.service.project import Project
from tests.client import Client
from tests.conftest import CHOICES, MakeProject, app_of, choice

RENAMED = CHOICES.replace('"bad"', '"poor"')


def complete(client: Client, *answers: str) -> None:
    """A task for each answer, completed with it."""
    client.post("/api/project/import", json=[{"text": answer} for answer in answers])
    for task_id, answer in enumerate(answers):
        body = {"result": [choice(answer)]}
        assert client.post(f"/api/tasks/{task_id}/completions", json=body).status_code == 201


def check(client: Client, xml: str) -> dict[str, Any]:
    response = client.post("/api/label-config/check", json={"label_config": xml})
    assert response.status_code == 200
    answer: dict[str, Any] = response.json
    return answer


class TestGallery:
    def test_every_example_is_listed_and_can_be_had(self, client: Client) -> None:
        listed = client.get("/api/gallery").json
        assert len(listed) > 54
        assert {"name", "title", "group", "description", "editor", "demo"} == set(listed[0])
        one = client.get("/api/gallery/image_bbox").json
        assert "<RectangleLabels" in one["config"] and one["task"]["data"]["image"]

    def test_demos_fit_their_config(self, client: Client) -> None:
        demos = [one["name"] for one in client.get("/api/gallery").json if one["demo"]]
        assert "text_classification" in demos and "image_bbox" in demos
        for name in demos:
            one = client.get(f"/api/gallery/{name}").json
            body = {"label_config": one["config"]}
            assert client.post("/api/project/config", json=body).status_code == 201
            response = client.post("/api/project/import", json=one["demo_tasks"])
            assert response.json["task_count"] == one["demo"], name
            client.delete("/api/tasks")

    def test_pictures_have_a_symbol_for_each(self, client: Client) -> None:
        names = {one["name"] for one in client.get("/api/gallery").json}
        response = client.get("/api/gallery/pictures.svg")
        assert response.mimetype == "image/svg+xml"
        assert {symbol.get("id") for symbol in ElementTree.fromstring(response.text)} == names
        known = {"If-None-Match": response.headers["ETag"]}
        again = client.get("/api/gallery/pictures.svg", headers=known)
        assert again.status_code == 304

    def test_the_own_config_has_a_picture_too(self, client: Client) -> None:
        drawn = client.get("/api/label-config/picture.svg").text
        assert 'id="project"' in drawn and ">good</text>" in drawn
        posted = client.post("/api/label-config/picture.svg", data=CHOICES).text
        assert ">good</text>" in posted

    def test_an_unknown_name_is_404(self, client: Client) -> None:
        response = client.get("/api/gallery/nope")
        assert response.status_code == 404
        assert "image_bbox" in response.json["detail"]


class TestCheck:
    def test_the_present_config_is_good(self, client: Client) -> None:
        answer = check(client, CHOICES)
        assert answer["ok"] and answer["faults"] == answer["advice"] == answer["losses"] == []
        assert answer["editor"] == "modern"
        assert set(answer["sample"]) == {"text"}

    def test_no_xml_is_told_with_its_line(self, client: Client) -> None:
        answer = check(client, '<View>\n  <Text name="a"\n</View>')
        assert not answer["ok"]
        [fault] = answer["faults"]
        assert fault["line"] == 3
        assert "line 3" not in fault["message"]

    def test_each_fault_has_its_line(self, client: Client) -> None:
        xml = (
            '<View>\n<Text name="t" value="$text"/>\n<Choices name="c" toName="nobody">\n'
            '<Choice value="a"/>\n</Choices>\n<Text name="t" value="$b"/>\n</View>'
        )
        lines = {fault["line"] for fault in check(client, xml)["faults"]}
        assert lines == {3, 6}

    def test_a_mistyped_tag_is_advice(self, client: Client) -> None:
        answer = check(client, CHOICES.replace("<View>", "<View>\n<Headr value='x'/>"))
        assert answer["ok"]
        [advice] = answer["advice"]
        assert advice["line"] == 2
        assert "<Headr>; is <Header> meant?" in advice["message"]

    def test_a_control_that_names_no_object_is_advice(self, client: Client) -> None:
        answer = check(client, CHOICES.replace("</View>", '\n<Rating name="r"/></View>'))
        assert answer["ok"]
        assert answer["advice"] == [{"message": "<Rating> does nothing without toName", "line": 2}]

    def test_data_that_tasks_lack_is_a_fault(self, client: Client) -> None:
        client.post("/api/project/import", json=[{"text": "x"}])
        [fault] = check(client, CHOICES.replace("$text", "$body"))["faults"]
        assert "'body'" in fault["message"] and "text" in fault["message"]

    def test_a_renamed_label_is_recognised(self, client: Client) -> None:
        complete(client, "bad", "bad", "good")
        [loss] = check(client, RENAMED)["losses"]
        assert (loss["control"], loss["label"]) == ("mood", "bad")
        assert (loss["completions"], loss["regions"]) == (2, 2)
        assert loss["candidates"] == ["good", "poor"]
        assert loss["suggested"] == "poor"

    def test_a_removed_label_suggests_nothing(self, client: Client) -> None:
        complete(client, "bad")
        [loss] = check(client, CHOICES.replace('<Choice value="bad"/>', ""))["losses"]
        assert loss["suggested"] is None and loss["candidates"] == ["good"]

    def test_a_renamed_control_is_recognised(self, client: Client) -> None:
        complete(client, "good")
        [loss] = check(client, CHOICES.replace('name="mood"', 'name="tone"'))["losses"]
        assert (loss["kind"], loss["control"], loss["suggested"]) == ("control", "mood", "tone")

    def test_what_the_editor_lacks_is_told(self, make_project: MakeProject) -> None:
        number = CHOICES.replace("</View>", '<Number name="n" toName="text"/></View>')
        ranker = CHOICES.replace("</View>", '<Ranker name="r" value="$text"/></View>')
        cases: list[tuple[str, str, list[str]]] = [
            ("classic", CHOICES, []),
            ("modern", number, []),
            ("classic", number, ["Number"]),
            ("classic", ranker, []),
            ("modern", ranker, ["Ranker without a List"]),
        ]
        for place, (build, xml, missing) in enumerate(cases):
            project = make_project(CHOICES, editor={"build": build}, name=str(place))
            answer = check(Client(app_of(project)), xml)
            other = "classic" if build == "modern" else "modern"
            assert (answer["editor"], answer["missing"]) == (other if missing else build, missing)

    def test_something_else_than_text_is_400(self, client: Client) -> None:
        response = client.post("/api/label-config/check", json={"label_config": 5})
        assert response.status_code == 400


class TestChange:
    def change(self, client: Client, xml: str, *changes: Any) -> int:
        body = {"label_config": xml, "changes": list(changes)}
        return client.post("/api/label-config/change", json=body).status_code

    def results(self, client: Client, task_id: int = 0) -> list[Any]:
        shown = client.get(f"/api/tasks/{task_id}").json["completions"][0]["result"]
        return [(r["from_name"], r["value"]["choices"]) for r in shown]

    def test_a_label_is_renamed_in_results(self, client: Client, project: Project) -> None:
        complete(client, "bad", "good")
        rename = {"control": "mood", "label": "bad", "to": "poor"}
        assert self.change(client, RENAMED, rename) == 201
        assert self.results(client) == [("mood", ["poor"])]
        assert self.results(client, 1) == [("mood", ["good"])]
        assert project.label_config.current.xml == RENAMED

    def test_a_label_is_removed_from_results(self, client: Client) -> None:
        complete(client, "bad")
        without = CHOICES.replace('<Choice value="bad"/>', "")
        assert self.change(client, without, {"control": "mood", "label": "bad", "to": None}) == 201
        assert self.results(client) == []

    def test_a_control_is_renamed(self, client: Client) -> None:
        complete(client, "good")
        renamed = CHOICES.replace('name="mood"', 'name="tone"')
        assert self.change(client, renamed, {"control": "mood", "to": "tone"}) == 201
        assert self.results(client) == [("tone", ["good"])]

    def test_what_would_be_lost_is_refused(self, client: Client, project: Project) -> None:
        complete(client, "bad")
        assert self.change(client, RENAMED) == 400
        assert project.label_config.current.xml == CHOICES
        assert self.results(client) == [("mood", ["bad"])]

    def test_bad_changes_are_named(self, client: Client) -> None:
        body = {"label_config": CHOICES, "changes": [{"control": "mood", "to": 5}]}
        response = client.post("/api/label-config/change", json=body)
        assert response.status_code == 400 and "changes[0]" in response.json["detail"]
        body["changes"] = [{"control": "mood", "to": "nobody"}]
        assert "nobody" in client.post("/api/label-config/change", json=body).json["detail"]


def test_tags_are_described(client: Client) -> None:
    tags = client.get("/api/label-config/tags").json
    assert tags["Choices"]["children"] == ["Choice"]
    assert "multiple" in tags["Choices"]["attributes"]["choice"]
    assert tags["VideoRectangle"]["modern"]


class TestPages:
    def test_the_page_says_what_there_is(self, client: Client) -> None:
        response = client.get("/setup")
        assert response.status_code == 200
        styles = response.headers["Content-Security-Policy"].split("style-src-attr")[0]
        assert "unsafe-inline" not in styles

    def test_the_preview_names_the_sites_of_its_data(self, client: Client) -> None:
        task = '{"text": "https://media.example/a.png"}'
        form = {"label_config": CHOICES, "task": task, "build": "classic"}
        response = client.post("/preview", data=form)
        if not client.get("/api/editor").json["installed"]:
            assert response.status_code == 400
            return
        policy = response.headers["Content-Security-Policy"]
        assert "https://media.example" in policy and "script-src 'self'" in policy

    def test_the_preview_refuses_what_is_no_config(self, client: Client) -> None:
        form = {"label_config": "<View>", "build": "classic"}
        assert client.post("/preview", data=form).status_code == 400

    def test_welcome_offers_demos(self, client: Client) -> None:
        assert 'data-demo="text_classification"' in client.get("/welcome").text
