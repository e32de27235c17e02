"""Label configs for the tests, each as small as its point allows."""

from __future__ import annotations

ENTITIES = (
    '<View><Labels name="ner" toName="text"><Label value="Person"/><Label value="Place"/></Labels>'
    '<Text name="text" value="$text"/></View>'
)
MOOD = (
    '<View><Text name="text" value="$text"/><Choices name="mood" toName="text">'
    '<Choice value="good"/><Choice value="bad"/></Choices></View>'
)
IMAGE = '<Image name="img" value="$image"/>'
BOXES = (
    f'<View>{IMAGE}<RectangleLabels name="box" toName="img"><Label value="Cat"/>'
    '<Label value="Dog"/></RectangleLabels></View>'
)
NAMES = ("Adams", "Brown", "Clark", "Davis", "Evans")
TEXTS = [{"text": f"Anna {name} went to Rome."} for name in NAMES]
PICTURE = {"image": "static/samples/sample.jpg"}
