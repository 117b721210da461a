"""Route 53 Profiles: zones, rules and endpoints that a profile brings to the VPCs it is tied to.

What a profile brings counts as if it were tied to the VPC itself, but that of two things of one
name the VPC's own goes before the profile's; else the most specific name wins
(docs.aws.amazon.com/Route53/latest/DeveloperGuide/profiles.html). Where two profiles speak of a
name apart, or an endpoint of a profile bears it, nobody here knows what AWS answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from netreach.model.services import DnsProfile, HostedZone, ResolverRule, VpcEndpoint
from netreach.model.snapshot import Snapshot
from netreach.query.words import quoted, safe
from netreach.query.zones import DECIDING, lies_in

#: What a profile may bring that changes no name's answer, by how its ids begin.
_SILENT: Final = ("rslvr-frg-", "rqlc-")

#: Tells the domains for which an endpoint answers where its private names count.
Domains = Callable[[VpcEndpoint], Iterable[str]]


class Profiles:
    """Finds what the profiles of one snapshot say of names."""

    def __init__(self, snapshot: Snapshot, domains: Domains) -> None:
        """Index nothing."""
        self._snapshot, self._domains = snapshot, domains

    @property
    def are_open(self) -> bool:
        """Whether some profile may bring what the snapshot does not hold."""
        return any(
            one.resources is None or any(map(self._is_lost, one.resources))
            for one in self._snapshot.dns_profiles.values()
        )

    def brings(self, vpc: str) -> frozenset[str]:
        """Return the ids of the zones and rules that profiles surely bring to a VPC."""
        return frozenset(
            number
            for one in self._snapshot.dns_profiles.values()
            if vpc and vpc in (one.vpcs or ())
            for number in one.resources or ()
        )

    def lends(self, vpc: str) -> frozenset[str]:
        """Return the ids of the zones that a VPC has by profiles alone."""
        zones = self._snapshot.hosted_zones
        brought = self.brings(vpc)
        return frozenset(one for one in brought if one in zones and vpc not in zones[one].vpcs)

    def doubt(self, name: str, vpc: str, *, has_dns: bool) -> str:
        """Say why nobody knows what a name means in a VPC, for its profiles; else "".

        `has_dns` tells whether private zones count there.
        """
        speakers: dict[str, set[str]] = {}
        for profile in _of_vpc(self._snapshot, vpc):
            gap, said = _gap(profile, vpc), set(self._said(profile, name, has_dns=has_dns))
            if gap and (said or profile.resources is None):
                return gap
            lost = next(filter(self._is_lost, profile.resources or ()), "")
            if lost:
                brings = f"which {safe(profile.id)} brings to {safe(vpc)}"
                return f"the snapshot lacks {safe(lost)}, {brings}"
            if said:
                speakers[profile.id] = said
        return self._quarrel(speakers, name, vpc)

    def _quarrel(self, speakers: dict[str, set[str]], name: str, vpc: str) -> str:
        """Say that an endpoint of a profile bears a name, or that profiles speak of it apart."""
        for profile, said in speakers.items():
            ends = sorted(one for one in said if one in self._snapshot.endpoints)
            if ends:
                return (
                    f"{safe(profile)} brings {safe(ends[0])}, which bears {quoted(name)}, to "
                    f"{safe(vpc)}: endpoints of profiles are not modelled"
                )
        apart = [one for one, said in speakers.items() if said != next(iter(speakers.values()))]
        if not apart:
            return ""
        return (
            f"{safe(next(iter(speakers)))} and {safe(apart[0])} both speak of {quoted(name)} in "
            f"{safe(vpc)}: which of them AWS asks is not modelled"
        )

    def _is_lost(self, number: str) -> bool:
        """Tell whether a zone, a rule or an endpoint of a profile is not in the snapshot."""
        known = (
            self._snapshot.hosted_zones,
            self._snapshot.resolver_rules,
            self._snapshot.endpoints,
        )
        return not number.startswith(_SILENT) and not any(number in each for each in known)

    def _said(self, profile: DnsProfile, name: str, *, has_dns: bool) -> Iterator[str]:
        """Yield what of a profile speaks of a name."""
        snapshot, numbers = self._snapshot, profile.resources or ()
        yield from _covering(
            (snapshot.hosted_zones[one] for one in numbers if one in snapshot.hosted_zones),
            name,
            has_dns=has_dns,
        )
        yield from _ruling(
            (snapshot.resolver_rules[one] for one in numbers if one in snapshot.resolver_rules),
            name,
        )
        for one in numbers:
            endpoint = snapshot.endpoints.get(one)
            domains = self._domains(endpoint) if endpoint is not None and has_dns else ()
            if any(lies_in(name, domain) for domain in domains):
                yield one


def _covering(zones: Iterable[HostedZone], name: str, *, has_dns: bool) -> Iterator[str]:
    yield from (one.id for one in zones if has_dns and lies_in(name, one.zone_name))


def _ruling(rules: Iterable[ResolverRule], name: str) -> Iterator[str]:
    """Yield the rules that speak of a name; AWS's own one, which asks the internet, does not."""
    deciding = (one for one in rules if one.kind in DECIDING)
    yield from (one.id for one in deciding if lies_in(name, one.domain))


def _of_vpc(snapshot: Snapshot, vpc: str) -> Iterator[DnsProfile]:
    """Yield the profiles that are in force in a VPC, or may be."""
    for one in snapshot.dns_profiles.values():
        if vpc and (one.vpcs is None or vpc in one.vpcs):
            yield one


def _gap(profile: DnsProfile, vpc: str) -> str:
    """Say what the snapshot does not tell of a profile."""
    name, where = safe(profile.id), safe(vpc)
    if profile.resources is None:
        return (
            f"the snapshot does not say what the Route 53 Profile {name} brings to {where}; add "
            "the answer of list-profile-resource-associations"
        )
    if profile.vpcs is None:
        return (
            f"the snapshot does not say whether the Route 53 Profile {name} is associated with "
            f"{where}; add the answer of list-profile-associations"
        )
    return f"the record of {name} is doubtful: {profile.doubt}" if profile.doubt else ""


def doubt_of_service(snapshot: Snapshot, service: str, vpc: str, *, has_dns: bool) -> str:
    """Say why nobody knows where a VPC finds an AWS service, for its profiles; else "".

    `has_dns` tells whether private names count there.
    """
    for profile in _of_vpc(snapshot, vpc):
        if profile.resources is None:
            return _gap(profile, vpc)
        numbers = (one for one in profile.resources if one.startswith("vpce-"))
        ends = [snapshot.endpoints.get(one) for one in numbers]
        if has_dns and any(one is None or one.service == service for one in ends):
            return (
                f"{safe(profile.id)} may bring an endpoint of {safe(service)} to {safe(vpc)}: "
                "endpoints of profiles are not modelled"
            )
    return ""
