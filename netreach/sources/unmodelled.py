"""Resources that the model does not cover yet: their kind, id, VPC and tags, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from netreach.model.records import Unmodelled
from netreach.sources.files import region_of
from netreach.sources.gather import decode
from netreach.sources.kinds import UNMODELLED, UnmodelledKind
from netreach.sources.pieces import Piece

_Item = Mapping[str, object]

#: States of things that are listed for an hour after they are gone.
_GONE: Final = frozenset({"deleted", "deleting", "failed", "rejected", "expired"})


class Others(NamedTuple):
    """Resources beyond the model, and the groups and subnets that each of them mentions."""

    records: dict[str, Unmodelled]
    mentions: dict[str, frozenset[str]]


def unmodelled(pieces: Iterable[Piece]) -> Others:
    """Return what the pieces hold beyond the model, by id; of two descriptions, the fuller one.

    Raises:
        InputError: an item is not an object.
    """
    others = Others({}, {})
    for piece in pieces:
        for record, item in _records(piece):
            known = others.records.get(record.id)
            if known is None or (record.vpc and not known.vpc):
                others.records[record.id] = record
                others.mentions[record.id] = frozenset(_mentions(item))
    return others


def _mentions(item: object) -> Iterator[str]:
    """Yield the ids of groups and subnets anywhere inside an item, however deep."""
    waiting = [item]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
        elif isinstance(value, str) and value.startswith(("sg-", "subnet-")):
            yield value


def _records(piece: Piece) -> Iterator[tuple[Unmodelled, _Item]]:
    kind = UNMODELLED.get(piece.key)
    if kind is None:
        return
    for item in decode(piece, _DICT):
        if isinstance(item, dict) and not _is_gone(item):
            record = _record(kind, item, piece)
            if record and (record.vpc or not kind.needs_vpc):
                yield record, item


_DICT: Final = dict[str, Any]


def _record(kind: UnmodelledKind, item: _Item, piece: Piece) -> Unmodelled | None:
    number = next((text for field in kind.ids if (text := _text(item, field))), "")
    if not number:
        return None
    owner, region = _owner_and_region(item)
    return Unmodelled(
        id=number,
        kind=kind.kind,
        vpc=_vpc(kind, item),
        tags=_tags(item),
        owner=owner or piece.document.account,
        region=region or piece.document.region,
    )


def _vpc(kind: UnmodelledKind, item: _Item) -> str:
    for field in kind.vpcs:
        is_typed = field == "ResourceId"
        if is_typed and item.get("ResourceType") != "vpc":
            continue
        if text := _text(item, field):
            return text
    return ""


def _text(item: object, path: str) -> str:
    """Return the string at a dotted path; of a list, the first item's; else nothing."""
    for field in path.split("."):
        if isinstance(item, list):
            item = item[0] if item else None
        item = item.get(field) if isinstance(item, dict) else None
    return item if isinstance(item, str) else ""


def _owner_and_region(item: _Item) -> tuple[str, str]:
    """Return owner and region as the item says them, or as its ARN does."""
    arns = (text for field, text in item.items() if field.lower().endswith("arn"))
    arn = next((text for text in arns if isinstance(text, str)), "")
    parts = arn.split(":")
    region, account = (parts[3], parts[4]) if len(parts) > 5 else ("", "")
    return _text(item, "OwnerId") or account, region_of(region)


def _tags(item: _Item) -> dict[str, str]:
    tags = item.get("Tags") or item.get("TagList")
    if not isinstance(tags, list):
        return {}
    pairs = ((_text(tag, "Key"), _text(tag, "Value")) for tag in tags)
    return {key: value for key, value in pairs if key}


def _is_gone(item: _Item) -> bool:
    states = (_text(item, field) for field in ("State", "Status.Code", "State.Code"))
    return any(state in _GONE for state in states)
