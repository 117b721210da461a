"""YAML forms -> network interfaces and the instances that they belong to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from netreach.model.records import Instance, InterfaceAddress, NetworkInterface
from netreach.packets.prefixes import Address, Prefix
from netreach.sources.yaml_estate.elastic_ips import ElasticIps, Holder
from netreach.sources.yaml_estate.forms import AddressForm, InstanceForm, Wire
from netreach.sources.yaml_estate.names import tags_of
from netreach.sources.yaml_estate.phrases import PhraseError, Reference
from netreach.sources.yaml_estate.scope import Common, Home, Scope


def interfaces(scope: Scope, elastic_ips: ElasticIps) -> Iterator[Instance | NetworkInterface]:
    """Yield the interfaces of a VPC and its instances.

    Raises:
        PhraseError: an address is not to be had, or a reference means nothing.
    """
    extra: dict[str, tuple[str, ...]] = {}
    for key, form in scope.form.interfaces.items():
        common = scope.common("network-interface", key, form)
        place, instance = f"{scope.place}.interfaces.{key}", ""
        if form.instance is not None:
            instance = scope.resolve("instance", form.instance, f"{place}.instance")
            extra[instance] = (*extra.get(instance, ()), common["id"])
        wire = Wired(form, common, place, instance)
        yield interface_of(scope, wire, elastic_ips)
    for key, instance_form in scope.form.instances.items():
        common = scope.common("instance", key, instance_form)
        own = [interface_of(scope, wire, elastic_ips) for wire in _wires(scope, key, instance_form)]
        yield from own
        yield _instance(instance_form, common, own, extra.get(common["id"], ()))


class Wired(NamedTuple):
    """One interface to make: its form, its common fields, its place and its instance."""

    form: Wire
    common: Common
    place: str
    instance: str


def _wires(scope: Scope, key: str, form: InstanceForm) -> Iterator[Wired]:
    """Yield the interfaces that are written into an instance.

    None has a `Name` unless it is given one: the instance's name must mean the instance.
    """
    place, instance = f"{scope.place}.instances.{key}", scope.id_of("instance", key)
    if form.has_own_wire:
        common = scope.bare(scope.id_of("network-interface", key), form.account)
        yield Wired(form, common, place, instance)
    for name, wire in form.interfaces.items():
        found = scope.id_of("network-interface", f"{key}-{name}")
        common = scope.bare(found, wire.account or form.account, tags_of(wire, ""))
        yield Wired(wire, common, f"{place}.interfaces.{name}", instance)


def _instance(
    form: InstanceForm, common: Common, own: Sequence[NetworkInterface], extra: tuple[str, ...]
) -> Instance:
    return Instance(
        **common,
        vpc=own[0].vpc if own else "",
        subnet=own[0].subnet if own else "",
        state=form.state,
        interfaces=(*(one.id for one in own), *extra),
        metadata_enabled=form.metadata,
        metadata_ipv6=form.metadata_ipv6,
    )


def interface_of(scope: Scope, wired: Wired, elastic_ips: ElasticIps) -> NetworkInterface:
    """Return the record of an interface.

    Raises:
        PhraseError: an address is not to be had, or a reference means nothing.
    """
    wire, common, place, instance = wired
    found = common["id"]
    home = scope.home(wire.subnet or Reference(""), f"{place}.subnet")
    holder = Holder(scope, found, found, instance)
    attached = "attached" if wire.status == "in-use" else ""
    return NetworkInterface(
        **common,
        vpc=scope.id,
        subnet=home.id,
        zone=home.zone,
        status=wire.status,
        attachment_status=attached if wire.attachment is None else wire.attachment,
        interface_type=wire.interface_type,
        description=wire.description,
        instance=instance,
        groups=tuple(
            scope.group(reference, f"{place}.groups.{row}")
            for row, reference in enumerate(wire.groups or ())
        ),
        addresses=_addresses(_wanted(wire, place), home, holder, elastic_ips),
        delegated=_delegated(scope, wire, home, place),
        source_dest_check=wire.source_dest_check,
        denies_internet_gateway=wire.denies_internet_gateway,
        is_service_owned=wire.service_owned,
    )


class _Wanted(NamedTuple):
    """One private address that an interface wants, and the public one to go with it."""

    address: Address
    public: Address | None
    elastic: Address | None
    place: str


def _wanted(wire: Wire, place: str) -> list[_Wanted]:
    """Return the addresses of an interface: IPv4 ones first, the primary ones before others."""
    found: list[_Wanted] = []
    if wire.address is not None:
        found.append(_Wanted(wire.address, wire.public, wire.elastic, f"{place}.address"))
    elif wire.public is not None or wire.elastic is not None:
        raise PhraseError("a public address needs a private one", "add `address:`", place)
    if wire.ipv6 is not None:
        found.append(_Wanted(wire.ipv6, None, None, f"{place}.ipv6"))
    for number, item in enumerate(wire.secondary):
        form = item if isinstance(item, AddressForm) else AddressForm.model_construct(address=item)
        there = f"{place}.secondary.{number}"
        found.append(_Wanted(form.address, form.public, form.elastic, there))
    for wanted in found:
        _check_wanted(wanted)
    _check_families(wire, place)
    return sorted(found, key=lambda wanted: wanted.address.family)


def _check_wanted(wanted: _Wanted) -> None:
    if wanted.public is not None and wanted.elastic is not None:
        raise PhraseError("it has `public` and `elastic`", "write one of them", wanted.place)
    has_public = wanted.public is not None or wanted.elastic is not None
    if has_public and wanted.address.family == 6:
        raise PhraseError("an IPv6 address has no public one", "remove it", wanted.place)


def _check_families(wire: Wire, place: str) -> None:
    for field, family in (("address", 4), ("ipv6", 6)):
        address: Address | None = getattr(wire, field)
        if address is not None and address.family != family:
            other = "address" if family == 6 else "ipv6"
            what = f"{address} is not an IPv{family} address"
            raise PhraseError(what, f"write it as `{other}:`", f"{place}.{field}")


def _addresses(
    wanted: Sequence[_Wanted], home: Home, holder: Holder, elastic_ips: ElasticIps
) -> tuple[InterfaceAddress, ...]:
    book, vpc = holder.scope.book, holder.scope.id
    found: list[InterfaceAddress] = []
    for address, public, elastic, place in wanted:
        book.take_private(address, vpc=vpc, subnet=home.prefixes, place=place)
        if public is not None:
            book.take_public(public, place=f"{place} (public)")
        if elastic is not None:
            elastic_ips.tie(elastic, address, holder, f"{place} (elastic)")
        is_primary = not any(other.private.family == address.family for other in found)
        found.append(
            InterfaceAddress(private=address, public=public or elastic, is_primary=is_primary)
        )
    return tuple(found)


def _delegated(scope: Scope, wire: Wire, home: Home, place: str) -> tuple[Prefix, ...]:
    return tuple(
        scope.book.take_delegated(
            prefix, vpc=scope.id, subnet=home.prefixes, place=f"{place}.delegated.{number}"
        )
        for number, prefix in enumerate(wire.delegated)
    )
