"""Pages about places and what stands in them: VPCs, subnets, interfaces, instances."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from netreach.model.inventory import subnet_summary
from netreach.model.records import (
    Attachment,
    Instance,
    NatGateway,
    NetworkAcl,
    NetworkInterface,
    Resource,
    RouteTable,
    SecurityGroup,
    Subnet,
    Vpc,
)
from netreach.model.relations import Associated, Relations
from netreach.present.page import Fact, Page, Table, Value, texts
from netreach.present.show_parts import (
    common_facts,
    interface_name,
    interfaces_table,
    label_of,
    notes_of,
    reference,
    subnets_table,
)


def vpc_page(record: Vpc, relations: Relations) -> Page:
    """Return the page about a VPC."""
    subnets = relations.subnets_of_vpc.get(record.id, ())
    facts = (
        Fact("cidrs", texts(record.prefixes)),
        Fact("default", record.is_default),
        Fact("dns_support", record.dns_support),
        Fact("dns_hostnames", record.dns_hostnames),
        Fact("dns_servers", record.dns_servers),
        Fact("interfaces", len(relations.interfaces_of_vpc.get(record.id, ()))),
        *common_facts(record),
    )
    tables = (
        subnets_table([subnet_summary(one, relations) for one in subnets]),
        Table("resources", ("id", "name", "kind"), tuple(_of_vpc(record.id, relations))),
    )
    return Page("vpc", record.id, record.name, facts, tables, notes_of(record, relations))


def _of_vpc(number: str, relations: Relations) -> Iterator[tuple[str, str, str]]:
    """Yield what belongs to a VPC besides its subnets, interfaces and instances."""
    own = ("subnet", "network-interface", "instance")
    for kind, record in relations.everything():
        if kind not in own and (getattr(record, "vpc", "") == number or _is_tied(record, number)):
            yield record.id, record.name, kind


def _is_tied(record: Resource, vpc: str) -> bool:
    """Tell whether a gateway is attached to a VPC; a policy table's attachments are others."""
    ties = getattr(record, "attachments", None) or ()
    return any(isinstance(tie, Attachment) and tie.vpc == vpc for tie in ties)


def subnet_page(record: Subnet, relations: Relations) -> Page:
    """Return the page about a subnet."""
    summary = subnet_summary(record, relations)
    counted = "counted by AWS" if summary.is_counted_by_aws else "usable less used"
    table, acl = relations.table_of(record), relations.acl_of(record)
    facts = (
        reference("vpc", record.vpc, relations),
        Fact("zone", record.zone or None),
        Fact("zone_id", record.zone_id or None),
        Fact("cidrs", texts(record.prefixes)),
        Fact("size", summary.size),
        Fact("usable", summary.usable),
        Fact("used", summary.used),
        Fact("free", summary.free, f"{summary.free} ({counted})"),
        Fact("public_addresses_by_default", record.maps_public_addresses),
        *_association("route_table", table, "the VPC's main one", relations),
        *_association("acl", acl, "the VPC's default one", relations),
        *common_facts(record),
    )
    interfaces = relations.interfaces_of_subnet.get(record.id, ())
    nats = relations.nat_gateways_of_subnet.get(record.id, ())
    tables = (
        interfaces_table(interfaces, relations, with_subnet=False),
        _nat_gateways_table(nats),
    )
    notes = (*_assumptions(table, acl), *notes_of(record, relations))
    return Page("subnet", record.id, record.name, facts, tables, notes)


def _nat_gateways_table(nats: Iterable[NatGateway]) -> Table:
    rows = tuple((nat.id, nat.name, nat.state) for nat in nats)
    return Table("nat_gateways", ("id", "name", "state"), rows)


def _association(
    key: str,
    associated: Associated[RouteTable] | Associated[NetworkAcl],
    otherwise: str,
    relations: Relations,
) -> Iterator[Fact]:
    if associated.record is not None:
        remark = "" if associated.is_explicit else f", {otherwise}"
        yield reference(key, associated.record.id, relations, remark)
        yield Fact(f"{key}_is_explicit", associated.is_explicit, None)


def _assumptions(table: Associated[RouteTable], acl: Associated[NetworkAcl]) -> Iterator[str]:
    if table.record is None:
        yield "the snapshot holds no route table for it: paths that leave it are unknown"
    if acl.record is None:
        yield "the snapshot holds no network ACL for it: AWS's default is assumed, which allows all"


def interface_page(record: NetworkInterface, relations: Relations) -> Page:
    """Return the page about a network interface."""
    facts = (
        Fact("type", record.interface_type),
        Fact("description", record.description or None),
        Fact("status", record.status),
        Fact("attachment_status", record.attachment_status or None),
        reference("instance", record.instance, relations),
        reference("subnet", record.subnet, relations),
        reference("vpc", record.vpc, relations),
        Fact("zone", record.zone or None),
        Fact("source_dest_check", record.source_dest_check),
        Fact("denies_internet_gateway", record.denies_internet_gateway),
        Fact("service_owned", record.is_service_owned),
        Fact("delegated_prefixes", texts(record.delegated)),
        *_ways_out(record.subnet, relations),
        *common_facts(record),
    )
    tables = (_addresses_table(record), _groups_table(record, relations))
    name = interface_name(record, relations)
    return Page("network-interface", record.id, name, facts, tables, notes_of(record, relations))


def _ways_out(subnet: str, relations: Relations) -> Iterator[Fact]:
    record = relations.snapshot.subnets.get(subnet)
    if record is not None:
        table, acl = relations.table_of(record).record, relations.acl_of(record).record
        yield reference("route_table", table.id if table else "", relations)
        yield reference("acl", acl.id if acl else "", relations)


def _addresses_table(record: NetworkInterface) -> Table:
    columns = ("private_address", "public_address", "primary")
    rows = tuple(
        (str(held.private), str(held.public) if held.public else None, held.is_primary)
        for held in record.addresses
    )
    return Table("addresses", columns, rows)


def _groups_table(record: NetworkInterface, relations: Relations) -> Table:
    columns = ("id", "name", "group_name", "ingress_rules", "egress_rules")
    groups = relations.snapshot.security_groups
    rows = tuple(_group_row(number, groups.get(number)) for number in record.groups)
    return Table("security_groups", columns, rows)


def _group_row(number: str, group: SecurityGroup | None) -> tuple[Value, ...]:
    if group is None:
        return (number, "not in the snapshot", None, None, None)
    return (number, group.name, group.group_name, len(group.ingress), len(group.egress))


def instance_page(record: Instance, relations: Relations) -> Page:
    """Return the page about an EC2 instance."""
    interfaces = relations.interfaces_of_instance.get(record.id, [])
    groups = dict.fromkeys(group for one in interfaces for group in one.groups)
    facts = (
        Fact("state", record.state),
        reference("vpc", record.vpc, relations),
        reference("subnet", record.subnet, relations),
        Fact(
            "security_groups",
            tuple(groups),
            ", ".join(label_of(relations, group) for group in groups),
        ),
        Fact("metadata_service", record.metadata_enabled),
        *common_facts(record),
    )
    tables = (interfaces_table(interfaces, relations),)
    return Page("instance", record.id, record.name, facts, tables, notes_of(record, relations))
