"""Labels: the groups by which a matrix is read: VPC, subnet, security group, tag, interface."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from netreach.errors import UsageError
from netreach.model.records import NetworkInterface
from netreach.model.snapshot import Snapshot
from netreach.packets.batch import Column, column
from netreach.query.matrix.tally import Labels
from netreach.query.words import quoted

#: The word of each way to group, and what it groups by.
GROUPINGS: Final[Mapping[str, str]] = {
    "vpc": "VPC",
    "subnet": "subnet",
    "security-group": "security group",
    "interface": "network interface",
}
TAG: Final = "tag:"
#: What is in no group is together in this one.
NONE: Final = ""


def check_grouping(by: str) -> None:
    """Refuse what nothing is grouped by.

    Raises:
        UsageError: it is neither a word of `GROUPINGS` nor ``tag:KEY``.
    """
    if by in GROUPINGS or (by.startswith(TAG) and by != TAG):
        return
    words = ", ".join(GROUPINGS)
    raise UsageError(
        place="--by", what=f"{quoted(by)} is no way to group", mend=f"{words} or tag:KEY"
    )


def labels_of(snapshot: Snapshot, interfaces: Column, by: str) -> Labels:
    """Return the groups of interfaces, given by their rows.

    Raises:
        UsageError: nothing is grouped by that.
    """
    check_grouping(by)
    records = list(snapshot.interfaces.values())
    find = _finder(snapshot, by)
    numbers: dict[str, int] = {}
    rows, labels = [], []
    for row in interfaces.tolist():
        for name in find(records[row]) or (NONE,):
            rows.append(row)
            labels.append(numbers.setdefault(name, len(numbers)))
    return Labels(column(rows), column(labels), tuple(numbers))


def _finder(snapshot: Snapshot, by: str) -> Callable[[NetworkInterface], Iterable[str]]:
    if by.startswith(TAG):
        key = by.removeprefix(TAG)
        return lambda record: _tagged(snapshot, record, key)
    finders: Mapping[str, Callable[[NetworkInterface], tuple[str, ...]]] = {
        "vpc": lambda record: (record.vpc,),
        "subnet": lambda record: (record.subnet,),
        "security-group": lambda record: tuple(dict.fromkeys(record.groups)),
        "interface": lambda record: (record.id,),
    }
    return finders[by]


def _tagged(snapshot: Snapshot, record: NetworkInterface, key: str) -> tuple[str, ...]:
    """Return the value of an interface's tag, else that of its instance's."""
    instance = snapshot.instances.get(record.instance)
    for tags in (record.tags, instance.tags if instance else {}):
        if key in tags:
            return (tags[key],)
    return ()
