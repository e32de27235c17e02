"""Which of the two editor builds a label config needs.

The classic build is the one that leaves what 0.8.x wrote as it is; the modern one knows more tags.
"""

from __future__ import annotations

from label_studio_lite.core.label_config import LabelConfig

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
