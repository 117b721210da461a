"""What readers of managed services look up: where they stand, what they consist of and run on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from netreach.packets.prefixes import Address
from netreach.sources import container_shapes
from netreach.sources import managed_shapes as shapes
from netreach.sources.describe_endpoints import texts
from netreach.sources.values import address

SubnetGroups = Mapping[str, list[shapes.SubnetGroup]]

#: The status of a group that is in force; others are on their way in or out.
_SETTLED: Final = (None, "", "active")


class Places:
    """What other calls say of where services are."""

    def __init__(
        self,
        groups: SubnetGroups,
        caches: Iterable[shapes.CacheCluster] = (),
        brokers: Iterable[shapes.StreamNode] = (),
        hosts: Iterable[container_shapes.ContainerInstance] = (),
    ) -> None:
        """Keep subnet groups by name, members of replication groups, brokers, hosts of tasks."""
        self._groups = groups
        self._caches = {cache.name: cache for cache in caches}
        self._brokers = list(brokers)
        self._hosts = {host.arn: host.instance or "" for host in hosts}

    def member(self, names: Iterable[str] | None) -> shapes.CacheCluster:
        """Return the first cache that is known of a replication group, or an empty one."""
        known = (self._caches.get(name) for name in names or ())
        return next(filter(None, known), shapes.CacheCluster())

    def named(self, name: str | None) -> shapes.SubnetGroup:
        """Return the group, or an empty one if nobody knows, or several bear the name."""
        groups = self._groups.get(name or "", [])
        is_clear = all(group == groups[0] for group in groups)
        return groups[0] if groups and is_clear else shapes.SubnetGroup()

    def brokers(self, cluster: str | None) -> Iterator[shapes.Broker]:
        """Yield the brokers of a cluster: their ARNs are the cluster's and one part more."""
        for node in self._brokers:
            whole = node.arn.replace(":broker/", ":cluster/").rpartition("/")[0]
            if node.broker and cluster and whole == cluster:
                yield node.broker

    def instance(self, host: str | None) -> str:
        """Return the instance that a container instance is, or nothing."""
        return self._hosts.get(host or "", "")


def group_ids(groups: list[shapes.GroupMember] | None) -> tuple[str, ...]:
    """Return the security groups of a service."""
    ids = (group.vpc_security_group_id or group.security_group_id for group in groups or ())
    return texts(ids)


def is_settled(groups: list[shapes.GroupMember] | None) -> bool:
    """Tell whether the groups of a service are all in force."""
    return all(group.status in _SETTLED for group in groups or ())


def subnet_ids(group: shapes.SubnetGroup) -> tuple[str, ...]:
    """Return the subnets of a group."""
    return texts(subnet.subnet_identifier for subnet in group.subnets or ())


def addresses(values: Iterable[str | None], field: str) -> tuple[Address, ...]:
    """Return the addresses that are there.

    Raises:
        ImpossibleValueError: one is none.
    """
    return tuple(address(text, field) for text in texts(values))
