"""One VPC of a YAML estate while its records are made, with what all of them need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypedDict

from netreach.packets.prefixes import Prefix
from netreach.sources.yaml_estate.base_forms import Named
from netreach.sources.yaml_estate.forms import Estate, SubnetForm, VpcForm
from netreach.sources.yaml_estate.names import Names, tags_of
from netreach.sources.yaml_estate.phrases import Reference
from netreach.sources.yaml_estate.space import AddressBook

#: A subnet's `acl: missing`: the estate does not say which one it has.
MISSING: Final = Reference("missing")


class Common(TypedDict):
    """The fields that every record has."""

    id: str
    tags: Mapping[str, str]
    owner: str
    region: str


@dataclass(frozen=True, slots=True)
class Home:
    """The subnet that an interface stands in."""

    id: str
    zone: str
    prefixes: tuple[Prefix, ...]
    zone_id: str = ""


@dataclass(frozen=True, slots=True)
class Scope:
    """One VPC of an estate, under its key."""

    estate: Estate
    key: str
    form: VpcForm
    names: Names
    book: AddressBook

    @property
    def place(self) -> str:
        """Where it stands in the file."""
        return f"vpcs.{self.key}"

    @property
    def id(self) -> str:
        """The VPC's id."""
        return self.id_of("vpc", self.key)

    @property
    def region(self) -> str:
        """The VPC's region."""
        return self.form.region or self.estate.region or ""

    @property
    def has_ipv6(self) -> bool:
        """Whether the VPC has an IPv6 block."""
        return any(prefix.family == 6 for prefix in self.form.prefixes)

    def id_of(self, kind: str, key: str) -> str:
        """Return the id of a resource of this VPC that is known to be there."""
        found = self.names.own(kind, self.key, key)
        if found is None:
            raise KeyError(key)
        return found

    def common(self, kind: str, key: str, form: Named) -> Common:
        """Return the common fields of a resource that has a form and a key of its own."""
        return self.bare(self.id_of(kind, key), form.account, tags_of(form, key))

    def bare(
        self, resource_id: str, account: str | None = None, tags: Mapping[str, str] | None = None
    ) -> Common:
        """Return the common fields of a resource that may be nameless."""
        owner = account or self.form.account or self.estate.account or ""
        return Common(id=resource_id, tags=tags or {}, owner=owner, region=self.region)

    def resolve(self, kind: str, reference: Reference, place: str) -> str:
        """Return the id of what a reference means among this VPC's own."""
        return self.names.resolve(kind, self.key, reference, place)

    def group(self, reference: Reference, place: str) -> str:
        """Return the id of a security group, of this VPC by name or of any by id [SG-7, SG-11]."""
        return self.names.resolve("security-group", self.key, reference, place, anywhere=True)

    def prefix_list(self, reference: Reference, place: str) -> str:
        """Return the id of a prefix list."""
        return self.names.resolve("prefix-list", "", reference, place)

    def subnets_by_owner(self, kind: str, field: str) -> dict[str, tuple[str, ...]]:
        """Return which subnets name which table, or which ACL, in the order of the file."""
        found: dict[str, tuple[str, ...]] = {}
        for key, form in self.form.subnets.items():
            reference: Reference | None = getattr(form, field)
            if reference is not None and reference != MISSING:
                subnet = self.id_of("subnet", key)
                place = f"{self.place}.subnets.{key}.{field}"
                owner = self.resolve(kind, reference, place)
                found[owner] = (*found.get(owner, ()), subnet)
        return found

    def zone(self, subnet: SubnetForm) -> str:
        """Return the whole name of a subnet's zone."""
        zone = subnet.zone or ""
        return self.region + zone if len(zone) == 1 else zone

    def home(self, reference: Reference, place: str) -> Home:
        """Return the subnet that a reference means; a missing one may be anywhere in the VPC."""
        found = self.resolve("subnet", reference, place)
        for key, form in self.form.subnets.items():
            if self.id_of("subnet", key) == found:
                return Home(found, self.zone(form), form.prefixes, form.zone_id)
        return Home(found, "", self.form.prefixes)
