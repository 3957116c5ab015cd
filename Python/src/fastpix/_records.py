"""Dataclasses from JSON that keep what they do not know."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

#: In a field's metadata: its name in JSON, where it is not the field's in camel case; None where JSON has no such field.
KEY = "key"
#: In a field's metadata: the Record that its value is, or each item of its list.
RECORD = "record"


@dataclass(frozen=True, kw_only=True)
class Record:
    """A JSON object.

    Attributes
    ----------
    extra : mapping
        Fields that this version does not know, as they are in the JSON: its contract only grows.
    """

    extra: Mapping[str, Any] = field(default_factory=dict, repr=False)
    #: Keys that are null in the JSON that it was made from: `to_json` writes them, and leaves out what else is None.
    nulls: frozenset[str] = field(default=frozenset(), repr=False, compare=False)

    @classmethod
    def from_json(cls, json: Mapping[str, Any]) -> Self:
        """Make one from a parsed JSON object; fields that it lacks are None."""
        values: dict[str, Any] = {}
        keys = _keys(cls)
        for key, name, record in keys:
            value = json.get(key)
            if record is not None and value is not None:
                if isinstance(value, list):
                    value = tuple(record.from_json(item) for item in value)
                else:
                    value = record.from_json(value)
            elif isinstance(value, list):
                value = tuple(value)
            values[name] = value
        known = {key for key, _, _ in keys}
        return cls(
            **values,
            extra={key: value for key, value in json.items() if key not in known},
            nulls=frozenset(key for key in known if key in json and json[key] is None),
        )

    def to_json(self) -> dict[str, Any]:
        """Return the JSON object, with what is in `extra`, and without what is None and was not null in it."""
        json: dict[str, Any] = {}
        for key, name, _ in _keys(type(self)):
            value = _plain(getattr(self, name))
            if value is not None or key in self.nulls:
                json[key] = value
        return {**json, **self.extra}


def _plain(value: Any) -> Any:
    if isinstance(value, Record):
        return value.to_json()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


_keys_by_class: dict[type, tuple[tuple[str, str, type[Record] | None], ...]] = {}


def _keys(cls: type[Record]) -> tuple[tuple[str, str, type[Record] | None], ...]:
    """Key, name and Record of every field."""
    if cls not in _keys_by_class:
        _keys_by_class[cls] = tuple(_keys_of_fields(cls))
    return _keys_by_class[cls]


def _keys_of_fields(cls: type[Record]) -> Iterator[tuple[str, str, type[Record] | None]]:
    for field in dataclasses.fields(cls):
        key = field.metadata.get(KEY, _camel_case(field.name))
        if key is not None and field.name not in ("extra", "nulls"):
            yield key, field.name, field.metadata.get(RECORD)


def _camel_case(name: str) -> str:
    return re.sub(r"_(\w)", lambda match: match[1].upper(), name)
