"""The invented content of sample tasks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

FOLDER = "static/samples/"
IMAGE = FOLDER + "sample.jpg"
AUDIO = FOLDER + "sample.wav"
VIDEO = FOLDER + "sample.mp4"
PDF = FOLDER + "sample.pdf"

TEXT = (
    "On Monday Maria Keller opened a small bakery in Lisbon, two streets from the river. "
    "Her first customer bought nine rolls and came back an hour later for more."
)
OTHER = "Sample value"

DIALOGUE = (
    ("Guest", "Good evening, is the blue room still free?"),
    ("Host", "It is, for two nights. Shall I keep it for you?"),
    ("Guest", "Please do. We arrive at nine."),
    ("Host", "Then the kitchen will wait for you."),
)

ITEMS = (
    ("a", "Short answer", "Water boils at 100 degrees Celsius at sea level."),
    (
        "b",
        "Longer answer",
        "At sea level it boils at 100 degrees; on a mountain a little earlier.",
    ),
    ("c", "Wrong answer", "Water boils at 50 degrees."),
)

PAGE = (
    '<article style="max-width: 40em"><h2>Harbour news</h2>'
    "<p>The <b>old crane</b> will be repaired this spring. Until then, ships unload at pier 4.</p>"
    "<ul><li>Pier 4: open from 6 to 22</li><li>Ferry: every half hour</li></ul></article>"
)
PAGES: Mapping[str, str] = {
    "video": f"<video src='{VIDEO}' width='100%' controls></video>",
    "pdf": f"<embed src='{PDF}' width='100%' height='600px'/>",
    "website": f"<iframe src='{FOLDER}page.html' width='100%' height='600px'></iframe>",
}
"""What a HyperText shows that has one of these data keys."""

_CHOICES = [{"value": "First"}, {"value": "Second"}, {"value": "Third"}]

PLAIN: Mapping[str, Any] = {
    "Audio": AUDIO,
    "AudioPlus": AUDIO,
    "Chat": [
        {"role": "user", "content": "How long does a sourdough rest?"},
        {"role": "assistant", "content": "Eight to twelve hours in a cool place."},
    ],
    "Choices": _CHOICES,
    "Header": "What is shown here?",
    "Image": IMAGE,
    "Labels": _CHOICES,
    "Number": "3",
    "PDF": PDF,
    "Table": {"Order": 1207, "Customer": "M. Keller", "Town": "Lisbon", "Paid": "yes"},
    "Taxonomy": [{"value": "Fruit", "children": [{"value": "Apple"}, {"value": "Pear"}]}],
    "Text": TEXT,
    "Video": VIDEO,
}

URLS: Mapping[str, str] = {
    "HyperText": FOLDER + "page.html",
    "Paragraphs": FOLDER + "dialogue.json",
    "Table": FOLDER + "table.json",
    "Text": FOLDER + "sample.txt",
}
"""Values of tags that read their content from an address (``valueType="url"``)."""

OTHER_ATTRIBUTES: Mapping[str, Any] = {
    "valueList": [IMAGE, FOLDER + "page-2.png"],
    "on": [{}, {}],
    "audioUrl": AUDIO,
}
"""Attributes besides ``value`` that name a data key."""
