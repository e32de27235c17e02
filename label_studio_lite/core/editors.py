"""Which of the two editor builds a label config needs.

The classic build is the one that leaves what 0.8.x wrote as it is; the modern one knows more tags,
and is faster with many regions. Most configs do in both.
"""

from __future__ import annotations

from label_studio_lite.core.label_config import LabelConfig
from label_studio_lite.core.offsets import Build

_MODERN_TAGS = frozenset(
    {
        "Bucket",
        "Collapse",
        "DateTime",
        "MagicWand",
        "Number",
        "Repeater",
        "Video",
        "VideoRectangle",
    }
)


def modern_features(config: LabelConfig) -> list[str]:
    """What a config uses that the classic editor lacks, as phrases; empty when classic will do."""
    tags = {tag.name for tag in config.root.walk()}
    found = sorted(tags & _MODERN_TAGS)
    for control in config.controls.values():
        if control.tag == "Ranker":
            found.append("Ranker of a List")
        if control.tag in ("Choices", "Labels") and control.attributes.get("value", "")[:1] == "$":
            found.append(f"{control.tag} from task data")
        targets = (config.objects.get(name) for name in control.to_names)
        if control.tag == "Labels" and any(t is not None and t.tag == "Audio" for t in targets):
            found.append("Labels on Audio")
    return found


def classic_features(config: LabelConfig) -> list[str]:
    """What a config uses that breaks in the modern editor, as phrases; measured with it."""
    rankers = (tag for tag in config.root.walk() if tag.name == "Ranker")
    alone = any(not tag.attributes.get("toName") for tag in rankers)
    return ["Ranker without a List"] if alone else []


def lacking(config: LabelConfig, build: Build) -> list[str]:
    """What a config uses that a build cannot show, as phrases."""
    return modern_features(config) if build == "classic" else classic_features(config)


def needed(config: LabelConfig) -> Build | None:
    """The only build that will do; None when both will."""
    if modern_features(config):
        return "modern"
    return "classic" if classic_features(config) else None
