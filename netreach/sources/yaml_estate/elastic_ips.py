"""YAML forms -> Elastic IPs: those written down, and those that interfaces imply."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from netreach.model.records import ElasticIp
from netreach.packets.prefixes import Address
from netreach.sources.yaml_estate.forms import Estate
from netreach.sources.yaml_estate.names import Names, tags_of
from netreach.sources.yaml_estate.phrases import PhraseError
from netreach.sources.yaml_estate.scope import Common, Scope
from netreach.sources.yaml_estate.space import AddressBook


class Holder(NamedTuple):
    """What holds an address: an interface and the instance behind it, as far as there are any."""

    scope: Scope
    id: str
    interface: str = ""
    instance: str = ""


class ElasticIps:
    """The Elastic IPs of an estate: those written down, and those that interfaces imply."""

    def __init__(self, estate: Estate, names: Names, book: AddressBook) -> None:
        """Start with those that are written down, all free."""
        self._estate, self._names, self._book = estate, names, book
        self._free = {form.public: key for key, form in estate.elastic_ips.items()}
        self._records: list[ElasticIp] = []
        if len(self._free) < len(estate.elastic_ips):
            raise PhraseError("two of them have one address", "keep one", "elastic_ips")

    def tie(self, public: Address, private: Address | None, holder: Holder, place: str) -> Address:
        """Tie an address to its holder and return it.

        Raises:
            PhraseError: the address is taken or can't be public.
        """
        self._book.take_public(public, place=place)
        key = self._free.pop(public, None)
        common = self._implied(holder, place) if key is None else self._written(key)
        self._records.append(
            ElasticIp(
                **common,
                public=public,
                private=private,
                interface=holder.interface,
                instance=holder.instance,
            )
        )
        return public

    def records(self) -> Iterator[ElasticIp]:
        """Yield the tied ones, then the free ones."""
        yield from self._records
        for public, key in self._free.items():
            self._book.take_public(public, place=f"elastic_ips.{key}.public")
            yield ElasticIp(**self._written(key), public=public)

    def _written(self, key: str) -> Common:
        form = self._estate.elastic_ips[key]
        return Common(
            id=self._names.own("elastic-ip", "", key) or key,
            tags=tags_of(form, key),
            owner=form.account or self._estate.account or "",
            region=self._estate.region or "",
        )

    def _implied(self, holder: Holder, place: str) -> Common:
        """Name an Elastic IP after its holder: ``eni-web-1`` has ``eipalloc-web-1``."""
        key = holder.id.partition("-")[2]
        more = sum(1 for record in self._records if record.interface == holder.interface)
        key = f"{key}-{more + 1}" if more and holder.interface else key
        return holder.scope.bare(self._names.add("elastic-ip", "", key, place))
