"""All export formats by name."""

from __future__ import annotations

from label_studio_lite.core.label_config import LabelConfig
from label_studio_lite.errors import Invalid
from label_studio_lite.exporting.base import Exporter
from label_studio_lite.exporting.json_full import JsonExporter
from label_studio_lite.exporting.json_min import JsonMinExporter
from label_studio_lite.exporting.tables import CSV, TSV

_ALL: tuple[Exporter, ...] = (JsonExporter(), JsonMinExporter(), CSV, TSV)
_BY_NAME = {exporter.name: exporter for exporter in _ALL}


def exporters(config: LabelConfig) -> list[Exporter]:
    """The formats that make sense for a label config."""
    return [exporter for exporter in _ALL if exporter.available(config)]


def names() -> list[str]:
    """Every format there is."""
    return list(_BY_NAME)


def find(name: str) -> Exporter:
    """The format of that name; ``Invalid`` names the known ones."""
    found = _BY_NAME.get(name)
    if found is None:
        raise Invalid(f"Unknown export format {name!r}, known are {', '.join(_BY_NAME)}")
    return found
