"""The storages of a project as they are kept: what connects, what is imported, what was done.

Two come from ``config.json`` (``source`` and ``target`` of 0.8.x), any number from the project's
documents (1.x). All are told apart by a name: ``source``, ``target``, or a number. Secrets lie in
``.secrets.json`` and are merged in here, for those who connect.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from label_studio_lite.clouds.base import LONGEST_SIGNED, Field, Kind, Storage
from label_studio_lite.clouds.kinds import KINDS
from label_studio_lite.core.model import Json
from label_studio_lite.core.patterns import Pattern
from label_studio_lite.errors import FieldsInvalid, Invalid, NotFound
from label_studio_lite.outgoing import Outgoing
from label_studio_lite.service.storage.legacy import TTL, Role, values_of

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project

Side = Literal["import", "export"]
TABLE = "storages"
_MOST = 32_767  # of a number; 1.x keeps them in two bytes

_FILTER = Field(
    "regex_filter",
    "File filter",
    help="A regular expression; it is matched from the beginning of the key",
)
_COMMON = (Field("title", "Title"), Field("description", "Description"))
_IMPORT = (
    _FILTER,
    Field(
        "use_blob_urls",
        "Each object is a file to label",
        "flag",
        default=False,
        help="Else each is JSON with one task or a list of tasks",
    ),
    Field("recursive_scan", "Look into subfolders", "flag", default=False),
)
_SIGNING = (
    Field(
        "presign",
        "Signed links",
        "flag",
        default=True,
        help="Browsers load from the storage itself; else through this server",
    ),
    Field("presign_ttl", "Signed for (minutes)", "number", default=1),
)
_EXPORT = (
    _FILTER,
    Field("use_blob_urls", "Kept for clients of 1.x; without effect", "flag", default=False),
    Field("can_delete_objects", "Delete objects of deleted work", "flag", default=False),
)


def options(kind: Kind, side: Side) -> tuple[Field, ...]:
    """The settings of a storage besides those that connect to it."""
    if side == "export":
        return (*_COMMON, *_EXPORT)
    return (*_COMMON, *_IMPORT, *(_SIGNING if kind.scheme else ()))


@dataclass(frozen=True, slots=True)
class StorageRecord:
    """One storage. ``values`` has everything, secrets too; ``state`` is what syncs have noted."""

    name: str
    side: Side
    kind: Kind
    values: Json
    created_at: float
    state: Json

    @property
    def id(self) -> int:
        """0 for those of ``config.json``."""
        return int(self.name) if self.name.isdigit() else 0

    @property
    def folder(self) -> str:
        """What keys begin with: the prefix, as a folder."""
        prefix = str(self.values.get(self.kind.prefix) or "").strip().strip("/")
        return f"{prefix}/" if prefix and self.kind.prefix != self.kind.place else ""

    @property
    def place(self) -> str:
        """The bucket, container or folder."""
        return str(self.values.get(self.kind.place) or "")

    def flag(self, name: str) -> bool:
        return bool(self.values.get(name))

    @property
    def signed_for(self) -> int:
        """Seconds that signed addresses are good for; never beyond what storages sign for."""
        minutes = self.values.get("presign_ttl")
        if not isinstance(minutes, (int, float)):
            minutes = TTL
        return int(min(max(minutes, 1) * 60, LONGEST_SIGNED))

    def open(self, outgoing: Outgoing) -> Storage:
        """``Invalid``, ``MissingExtra``; nothing is connected to yet."""
        return self.kind.open(self.values, outgoing)

    def pattern(self) -> Pattern | None:
        """A new one; ``Invalid``."""
        wanted = self.values.get("regex_filter")
        return Pattern(str(wanted)) if wanted else None

    def shown(self) -> Json:
        """The settings without secrets."""
        secrets = self.kind.secrets()
        return {key: value for key, value in self.values.items() if key not in secrets}


class StorageRecords:
    """The storages of one project."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def of_role(self, role: Role) -> StorageRecord | None:
        """The cloud storage that ``config.json`` names; None for the local files."""
        entry = self._project.settings.get(role)
        found = values_of(role, entry if isinstance(entry, dict) else {})
        if found is None:
            return None
        kind, values = KINDS[found[0]], found[1] | self._project.secrets.get(role)
        side: Side = "import" if role == "source" else "export"
        return StorageRecord(role, side, kind, values, 0.0, {})

    def all(self, side: Side | None = None) -> Iterator[StorageRecord]:
        """Those of ``config.json`` first, then those of 1.x by id."""
        roles: Mapping[Side, Role] = {"import": "source", "export": "target"}
        for each, role in roles.items():
            if side in (None, each) and (record := self.of_role(role)) is not None:
                yield record
        for number, row in self._project.documents.all(TABLE).items():
            if side in (None, row["side"]) and row["kind"] in KINDS:
                yield self._record(number, row)

    def get(self, name: str) -> StorageRecord:
        """``NotFound``."""
        if name in ("source", "target"):
            found = self.of_role("source" if name == "source" else "target")
            if found is None:
                raise NotFound(f"the {name} is no cloud storage")
            return found
        try:
            return self._record(int(name), self._project.documents.get(TABLE, int(name)))
        except (NotFound, KeyError) as error:
            raise NotFound(f"there is no storage {name}") from error

    def _record(self, number: int, row: Json) -> StorageRecord:
        values = row["values"] | self._project.secrets.get(str(number))
        kind = KINDS[row["kind"]]
        return StorageRecord(
            str(number), row["side"], kind, values, row["created_at"], row["state"]
        )

    def drafted(self, side: Side, kind: Kind, given: Json, base: Json | None = None) -> Json:
        """Checked settings: ``given`` over ``base`` over the defaults; ``FieldsInvalid``.

        Keys that the kind does not have are left out.
        """
        known = {field.name: field for field in (*kind.fields, *options(kind, side))}
        errors: dict[str, list[str]] = {}
        values = {name: field.default for name, field in known.items()} | (base or {})
        for name, field in known.items():
            if name in given:
                values[name] = _read(field, given[name], errors)
            if field.required and values.get(name) in (None, ""):
                errors.setdefault(name, ["This field is required."])
        try:
            if values.get("regex_filter"):
                Pattern(str(values["regex_filter"]))
        except Invalid as error:
            errors["regex_filter"] = [error.detail]
        if errors:
            raise FieldsInvalid(errors)
        return values

    def add(self, side: Side, kind: Kind, values: Json) -> StorageRecord:
        """Keep a new storage; ``values`` are drafted."""
        public, hidden = _parted(kind, values)
        row = {
            "side": side,
            "kind": kind.name,
            "values": public,
            "created_at": self._project.clock(),
            "state": {"status": "initialized"},
        }
        number = self._project.documents.add(TABLE, row)
        self._project.secrets.put(str(number), hidden)
        return self.get(str(number))

    def change(self, record: StorageRecord, values: Json) -> StorageRecord:
        public, hidden = _parted(record.kind, values)
        self._project.secrets.put(record.name, hidden)
        self._project.documents.change(TABLE, record.id, lambda row: row.update(values=public))
        return self.get(record.name)

    def note(self, record: StorageRecord, state: Json) -> None:
        """What a sync did; those of ``config.json`` remember only their last job."""
        if record.id:
            try:
                self._project.documents.change(
                    TABLE, record.id, lambda row: row["state"].update(state)
                )
            except NotFound:
                return  # it was removed meanwhile

    def remove(self, record: StorageRecord) -> None:
        """The storage is forgotten; its tasks and objects stay."""
        self._project.documents.remove(TABLE, record.id)
        self._project.secrets.put(record.name, {})


def _parted(kind: Kind, values: Json) -> tuple[Json, Json]:
    """What may be shown, and what may not."""
    secrets = kind.secrets()
    hidden = {key: value for key, value in values.items() if key in secrets and value}
    return {key: value for key, value in values.items() if key not in secrets}, hidden


def _read(field: Field, value: Any, errors: dict[str, list[str]]) -> Any:
    if value is None:
        return field.default
    if field.type == "flag":
        if isinstance(value, bool):
            return value
        word = str(value).strip().lower()
        if word in ("true", "1", "yes", "on"):
            return True
        if word in ("false", "0", "no", "off", ""):
            return False
        errors[field.name] = ["Must be a valid boolean."]
    elif field.type == "number":
        try:
            number = int(value)
        except (TypeError, ValueError, OverflowError):
            errors[field.name] = ["A valid integer is required."]
        else:
            if 0 <= number <= _MOST:
                return number
            errors[field.name] = [f"Must be between 0 and {_MOST}."]
    elif isinstance(value, (str, int)) and not isinstance(value, bool):
        return str(value)
    else:
        errors[field.name] = ["Not a valid string."]
    return None
