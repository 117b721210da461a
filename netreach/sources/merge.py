"""Two descriptions of one resource -> one, and the fields in which they contradict each other.

A resource is often described twice: by its own call and inside an instance, by its owner's account
and by one that it is shared with [LAB-11]. What one of them lacks is taken from the other.
"""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from netreach.sources.shapes import Resource, Shape, Tag

ShapeT = TypeVar("ShapeT", bound=Shape)


def merged(first: ShapeT, second: ShapeT) -> tuple[ShapeT, tuple[str, ...]]:
    """Return the first description, completed by the second, and the fields that contradict.

    Where they contradict each other the first one stays.
    """
    changes: dict[str, object] = {}
    conflicts: list[str] = []
    columns = (msgspec.structs.astuple(first), msgspec.structs.astuple(second))
    different = [
        (name, mine, theirs)
        for name, mine, theirs in zip(first.__struct_fields__, *columns, strict=True)
        if theirs is not None and theirs not in (mine, "")
    ]
    for name, mine, theirs in different:
        if mine is None or mine == "":
            changes[name] = theirs
        else:
            _settle(first, name, (mine, theirs), changes, conflicts)
    return (msgspec.structs.replace(first, **changes) if changes else first), tuple(conflicts)


def _settle(
    first: Shape,
    name: str,
    values: tuple[Any, Any],
    changes: dict[str, object],
    conflicts: list[str],
) -> None:
    """Find out whether two values of a field complete each other or contradict."""
    mine, theirs = values
    if isinstance(mine, Shape):
        changes[name], inner = merged(mine, theirs)
        conflicts += [f"{_spelling(first, name)}.{field}" for field in inner]
    elif name == "tags":
        changes[name] = _all_tags(mine, theirs)
    elif not (isinstance(first, Resource) and name in first.loose):
        if _essence(mine) == _essence(theirs):
            return
        items = _completed(mine, theirs) if isinstance(mine, list) else None
        if items is None:
            conflicts.append(_spelling(first, name))
        else:
            changes[name] = items


def _spelling(shape: Shape, name: str) -> str:
    """Return how AWS spells a field."""
    return shape.__struct_encode_fields__[shape.__struct_fields__.index(name)]


def _completed(mine: list[Any], theirs: list[Any]) -> list[Shape] | None:
    """Return a list of parts, each completed by its like in the other list; None if they differ."""
    if not all(isinstance(item, Shape) for item in (*mine, *theirs)):
        return None
    left, right = _by_key(mine), _by_key(theirs)
    if not left or left.keys() != right.keys():
        return None
    pairs = [merged(item, right[key]) for key, item in left.items()]
    return None if any(conflicts for _, conflicts in pairs) else [item for item, _ in pairs]


def _by_key(items: list[Shape]) -> dict[str, Shape]:
    """Return the items by what tells them apart; nothing if nothing does."""
    return {getattr(item, item.item_key): item for item in items if item.item_key}


def _all_tags(mine: list[Tag], theirs: list[Tag]) -> list[Tag]:
    """Return the tags of both: each account sees its own tags only."""
    keys = {tag.key for tag in mine}
    return [*mine, *(tag for tag in theirs if tag.key not in keys)]


def _essence(value: object) -> object:
    """Return a value without what means nothing: absent fields and the order of lists."""
    if isinstance(value, Shape):
        parts = ((name, _essence(getattr(value, name))) for name in value.__struct_fields__)
        return tuple((name, part) for name, part in parts if part not in (None, "", False, ()))
    if isinstance(value, list):
        return tuple(sorted((_essence(item) for item in value), key=repr))
    return value
