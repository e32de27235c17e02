"""The gallery of examples: each one is complete, valid, and uses only files that we ship."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from label_studio_lite.core.config_checks import check, check_against_tasks
from label_studio_lite.core.editors import needed
from label_studio_lite.core.label_config import LabelConfig, parse
from label_studio_lite.core.sample_task import sample_task
from label_studio_lite.core.validation import CheckedTask, TaskValidator

PROJECT = Path(__file__).parents[2]
EXAMPLES = sorted(path.parent for path in (PROJECT / "examples").glob("*/config.xml"))
SAMPLES = PROJECT / "static" / "samples"

TEMPLATES_OF_0_8 = """
adv_layouts_columns2 adv_layouts_columns3 adv_layouts_long_text adv_layouts_sticky_header
adv_layouts_sticky_left_column adv_nested_2level adv_nested_3level adv_nested_conditional
adv_other_filter adv_other_pairwise adv_other_relations adv_other_table adv_other_table2
adv_region_image adv_region_text adv_region_trans adv_text_classification audio_classification
audio_diarization audio_emotions audio_trans_region audio_transcribe html_chatbot
html_classification html_dialogues html_document html_pdf html_video html_video_timeline
html_website image_bbox image_bbox_coco image_brushes image_circular image_classification
image_keypoints image_mixedlabel image_multi_class image_polygons text_alignment
text_classification text_multi_class text_named_entity text_summarization text_taxonomy
ts_classification ts_loading_csv ts_loading_csv_notime ts_loading_headless ts_loading_json
ts_multi_step ts_rel_between_channels ts_rel_text ts_segmentation
"""


def config_of(example: Path) -> LabelConfig:
    return parse((example / "config.xml").read_text(encoding="utf-8"))


def task_of(example: Path) -> Any:
    return json.loads((example / "task.json").read_text(encoding="utf-8"))


each_example = pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)


def test_the_names_that_start_template_knows_are_all_there() -> None:
    names = set(TEMPLATES_OF_0_8.split())
    assert len(names) == 54
    assert names <= {example.name for example in EXAMPLES}


@each_example
def test_the_config_is_good(example: Path) -> None:
    config = config_of(example)
    check(config)
    assert config.controls, "there is something to do"
    assert parse(config.line).parsed() == config.parsed()


@each_example
def test_its_task_fits(example: Path) -> None:
    config, task = config_of(example), task_of(example)
    checked = TaskValidator(config).check(task, 0)
    assert isinstance(checked, CheckedTask), checked
    assert not checked.bare
    check_against_tasks(config, task["data"].keys())


@each_example
def test_a_sample_task_fits_too(example: Path) -> None:
    config = config_of(example)
    checked = TaskValidator(config).check(sample_task(config), 0)
    assert isinstance(checked, CheckedTask), checked
    check_against_tasks(config, checked.data.keys())


@each_example
def test_its_media_are_ours(example: Path) -> None:
    texts = [(example / name).read_text(encoding="utf-8") for name in ("config.xml", "task.json")]
    for text in texts:
        assert "//" not in text, "nothing from another host"
        for address in re.findall(r"static/[\w./-]+", text):
            assert (PROJECT / address).is_file(), address


@each_example
def test_what_is_said_about_it(example: Path) -> None:
    about = json.loads((example / "about.json").read_text(encoding="utf-8"))
    words = ["title", "group", "description"]
    assert list(about) in (words, [*words, "needs"])
    assert all(isinstance(text, str) and text for text in about.values())
    # the modern editor shows no PDF that a page embeds
    wanted = "classic" if example.name == "html_pdf" else needed(config_of(example))
    assert about.get("needs") == wanted


def test_titles_are_unique() -> None:
    titles = [
        json.loads((e / "about.json").read_text(encoding="utf-8"))["title"] for e in EXAMPLES
    ]
    assert len(set(titles)) == len(titles)


def test_the_media_are_small() -> None:
    assert sum(path.stat().st_size for path in SAMPLES.iterdir() if path.is_file()) < 300_000
