"""YAML forms -> zones of Route 53, rules of its resolver, traffic mirror sessions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from netreach.model.services import DnsProfile, DnsRecord, HostedZone, MirrorSession, ResolverRule
from netreach.packets.prefixes import Address
from netreach.sources.yaml_estate.name_forms import HostedZoneForm, PolicyForm
from netreach.sources.yaml_estate.phrases import PhraseError, Reference
from netreach.sources.yaml_estate.service_phrases import AnswerPhrase, parse_domain
from netreach.sources.yaml_estate.whole import Whole

ZONE: Final = "hosted-zone"
RULE: Final = "resolver-rule"
PROFILE: Final = "dns-profile"
SESSION: Final = "traffic-mirror-session"
#: What copies may be sent to.
_TARGETS: Final = ("network-interface", "load-balancer", "vpc-endpoint")


def hosted_zones(whole: Whole) -> Iterator[HostedZone]:
    """Yield the zones of an estate.

    Raises:
        PhraseError: a record lies outside of its zone, or a VPC is not there.
    """
    for key, form in whole.estate.hosted_zones.items():
        place = f"hosted_zones.{key}"
        vpcs = () if form.vpcs in (None, "unknown") else form.vpcs
        yield HostedZone(
            **whole.common(ZONE, "", key, form, None),
            zone_name=form.domain,
            is_private=form.vpcs is not None,
            vpcs=tuple(
                whole.vpc(one, f"{place}.vpcs.{row}")
                for row, one in enumerate(vpcs)
                if isinstance(one, Reference)
            ),
            records=None
            if form.records == "unknown"
            else tuple(_records(form, f"{place}.records")),
        )


def _records(form: HostedZoneForm, place: str) -> Iterator[DnsRecord]:
    for text, record in () if isinstance(form.records, str) else form.records.items():
        name = parse_domain(text)
        if name != form.domain and not name.endswith(f".{form.domain}"):
            what = f"{name} lies outside of {form.domain}"
            raise PhraseError(what, f"write {name}.{form.domain}", f"{place}.{text}")
        if isinstance(record, PolicyForm):
            yield from _by_policy(name, record)
        elif isinstance(record, AnswerPhrase):
            yield _of_answer(name, record)
        else:
            yield from _of_addresses(name, record)


def _of_answer(name: str, answer: AnswerPhrase) -> DnsRecord:
    return DnsRecord(name=name, kind=answer.kind, values=(answer.value,) if answer.value else ())


def _of_addresses(name: str, addresses: list[Address]) -> Iterator[DnsRecord]:
    for family, kind in ((4, "A"), (6, "AAAA")):
        values = tuple(str(one) for one in addresses if one.family == family)
        if values:
            yield DnsRecord(name=name, kind=kind, values=values)


def _by_policy(name: str, form: PolicyForm) -> Iterator[DnsRecord]:
    for identifier, answer in form.answers.items():
        yield DnsRecord(
            name=name,
            kind=answer.kind,
            values=(answer.value,) if answer.value else (),
            policy=form.policy,
            set_id=identifier,
            is_fallback=identifier in form.fallback,
            may_fail=identifier in form.checked,
        )


def resolver_rules(whole: Whole) -> Iterator[ResolverRule]:
    """Yield the rules of the resolver.

    Raises:
        PhraseError: a VPC is not there.
    """
    for key, form in whole.estate.resolver_rules.items():
        place = f"resolver_rules.{key}.vpcs"
        vpcs = None
        if form.vpcs != "unknown":
            vpcs = tuple(whole.vpc(one, f"{place}.{row}") for row, one in enumerate(form.vpcs))
        yield ResolverRule(
            **whole.common(RULE, "", key, form, None),
            domain=form.domain,
            kind=form.kind.upper(),
            vpcs=vpcs,
            targets=tuple(map(_target_of, form.targets)),
        )


def _target_of(address: Address) -> str:
    return f"{address}:53" if address.family == 4 else f"[{address}]:53"


def dns_profiles(whole: Whole) -> Iterator[DnsProfile]:
    """Yield the Route 53 Profiles.

    Raises:
        PhraseError: a VPC, or what one brings, is not there.
    """
    for key, form in whole.estate.dns_profiles.items():
        place = f"dns_profiles.{key}"
        vpcs = None
        if form.vpcs != "unknown":
            vpcs = tuple(whole.vpc(o, f"{place}.vpcs.{row}") for row, o in enumerate(form.vpcs))
        brought = [
            whole.names.find(kind, one, f"{place}.{field}.{row}")
            for field, kind, listed in (
                ("zones", ZONE, form.zones),
                ("rules", RULE, form.rules),
                ("endpoints", "vpc-endpoint", form.endpoints),
            )
            for row, one in enumerate(listed)
        ]
        yield DnsProfile(
            **whole.common(PROFILE, "", key, form, None),
            vpcs=vpcs,
            resources=tuple(brought) if form.contents == "known" else None,
        )


def mirror_sessions(whole: Whole) -> Iterator[MirrorSession]:
    """Yield the traffic mirror sessions.

    Raises:
        PhraseError: a source or a target is not there.
    """
    for key, form in whole.estate.mirror_sessions.items():
        place = f"mirror_sessions.{key}"
        yield MirrorSession(
            **whole.common(SESSION, "", key, form, None),
            interface=whole.names.find("network-interface", form.source, f"{place}.source"),
            target=f"tmt-{key}",
            target_resource=_target(whole, form.target, f"{place}.target"),
            virtual_network=form.virtual_network,
        )


def _target(whole: Whole, reference: Reference, place: str) -> str:
    failure: PhraseError | None = None
    for kind in _TARGETS:
        try:
            return whole.names.find(kind, reference, place)
        except PhraseError as error:
            failure = failure or error
    raise failure or PhraseError("it has no target", "", place)
