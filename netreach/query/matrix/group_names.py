"""What people call the groups of a matrix: `Name` tags, where these tell them apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from netreach.model.snapshot import Snapshot
from netreach.query.matrix.labels import NONE, TAG

#: What stands for what is in no group, by how a matrix is grouped.
_WITHOUT: Mapping[str, str] = {
    "vpc": "(no VPC)",
    "subnet": "(no subnet)",
    "security-group": "(no security group)",
}


def name_of_group(snapshot: Snapshot, by: str, group: str) -> str:
    """Return the name of a VPC, subnet, security group or interface; nothing where it has none."""
    if by.startswith(TAG) or group == NONE:
        return ""
    if by == "interface":
        return name_of_interface(snapshot, group)
    if by == "security-group":
        known = snapshot.security_groups.get(group)
        return (known.name or known.group_name) if known else ""
    record = (snapshot.vpcs if by == "vpc" else snapshot.subnets).get(group)
    return record.name if record else ""


def name_of_interface(snapshot: Snapshot, interface: str) -> str:
    """Return the name of an interface, else that of the instance that it belongs to."""
    record = snapshot.interfaces.get(interface)
    if record is None:
        return ""
    instance = snapshot.instances.get(record.instance)
    return record.name or (instance.name if instance else "")


def shown_groups(snapshot: Snapshot, by: str, groups: Iterable[str]) -> dict[str, str]:
    """Return how each group is shown: by its name if no other is called so, else by its id."""
    names = {group: name_of_group(snapshot, by, group) for group in groups}
    called = Counter([*names.values(), *names])
    return {
        group: name if name and called[name] == 1 else group or without(by)
        for group, name in names.items()
    }


def without(by: str) -> str:
    """Return what stands for interfaces that are in no group."""
    return _WITHOUT.get(by, f"(no {by})")
