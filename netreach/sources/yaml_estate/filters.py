"""YAML forms -> network ACLs, security groups and prefix lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from msgspec.structs import replace

from netreach.model.records import (
    ANY_PROTOCOL,
    NetworkAcl,
    NetworkAclRule,
    PrefixList,
    SecurityGroup,
    SecurityGroupRule,
)
from netreach.packets.prefixes import Prefix
from netreach.sources.yaml_estate.forms import AclForm, EgressRule, Estate, GroupForm, IngressRule
from netreach.sources.yaml_estate.names import Names, tags_of
from netreach.sources.yaml_estate.phrases import (
    ANYWHERE,
    AclPhrase,
    GroupPhrase,
    Peer,
    PhraseError,
    ServicePhrase,
)
from netreach.sources.yaml_estate.scope import Scope

#: The numbers of the rules that deny what no other rule matched, by family [NA-2].
_CLOSING: Final = {4: 32767, 6: 32768}
#: The numbers of the rules with which a default ACL allows everything, by family.
_OPENING: Final = {4: 100, 6: 101}
_EVERYTHING: Final = ServicePhrase(ANY_PROTOCOL)


def network_acls(scope: Scope) -> Iterator[NetworkAcl]:
    """Yield the ACLs of a VPC; if none is the default one, also the default one that AWS makes.

    Raises:
        PhraseError: two ACLs are the default one, or two rules have one number.
    """
    defaults = [key for key, form in scope.form.acls.items() if form.default]
    if len(defaults) > 1:
        place = f"{scope.place}.acls.{defaults[1]}.default"
        raise PhraseError(f"{defaults[0]} is the default ACL already", "keep one", place)
    default = scope.id_of("network-acl", defaults[0] if defaults else "default")
    subnets = scope.subnets_by_owner("network-acl", "acl")
    subnets[default] = (*subnets.get(default, ()), *_subnets_without_acl(scope))
    for key, form in scope.form.acls.items():
        yield _network_acl(scope, key, form, subnets)
    if not defaults:
        rules = tuple(_opening(scope)) + tuple(_closing(scope))
        yield NetworkAcl(
            **scope.bare(default),
            vpc=scope.id,
            is_default=True,
            subnets=subnets[default],
            ingress=rules,
            egress=rules,
        )


def _subnets_without_acl(scope: Scope) -> Iterator[str]:
    for key, form in scope.form.subnets.items():
        if form.acl is None:
            yield scope.id_of("subnet", key)


def _network_acl(
    scope: Scope, key: str, form: AclForm, subnets: dict[str, tuple[str, ...]]
) -> NetworkAcl:
    common = scope.common("network-acl", key, form)
    place = f"{scope.place}.acls.{key}"
    return NetworkAcl(
        **common,
        vpc=scope.id,
        is_default=form.default,
        subnets=subnets.get(common["id"], ()),
        ingress=tuple(_acl_rules(scope, form.ingress, f"{place}.ingress")),
        egress=tuple(_acl_rules(scope, form.egress, f"{place}.egress")),
    )


def _acl_rules(scope: Scope, phrases: Sequence[AclPhrase], place: str) -> Iterator[NetworkAclRule]:
    """Yield the rules by number, closed by AWS's own."""
    found: set[int] = set()
    for row, phrase in enumerate(phrases):
        if phrase.number in found:
            what = f"rule number {phrase.number} repeats"
            raise PhraseError(what, "give each rule a number of its own", f"{place}.{row}")
        found.add(phrase.number)
    for phrase in sorted(phrases, key=lambda one: one.number):
        yield NetworkAclRule(
            number=phrase.number,
            allows=phrase.allows,
            prefix=phrase.prefix,
            protocol=phrase.service.protocol,
            low=phrase.service.low,
            high=phrase.service.high,
        )
    yield from _closing(scope)


def _closing(scope: Scope) -> Iterator[NetworkAclRule]:
    for prefix in _everywhere(scope):
        yield NetworkAclRule(number=_CLOSING[prefix.family], allows=False, prefix=prefix)


def _opening(scope: Scope) -> Iterator[NetworkAclRule]:
    for prefix in _everywhere(scope):
        yield NetworkAclRule(number=_OPENING[prefix.family], allows=True, prefix=prefix)


def _everywhere(scope: Scope) -> tuple[Prefix, ...]:
    """Return all addresses of each family that the VPC has; AWS adds IPv6 rules only then."""
    return ANYWHERE if scope.has_ipv6 else ANYWHERE[:1]


def security_groups(scope: Scope) -> Iterator[SecurityGroup]:
    """Yield the security groups of a VPC.

    Raises:
        PhraseError: a rule refers to nothing.
    """
    for key, form in scope.form.groups.items():
        place = f"{scope.place}.groups.{key}"
        yield SecurityGroup(
            **scope.common("security-group", key, form),
            vpc=scope.id,
            group_name=key if form.group_name is None else form.group_name,
            ingress=tuple(_group_rules(scope, form.ingress, f"{place}.ingress")),
            egress=tuple(_group_rules(scope, _egress(scope, form), f"{place}.egress")),
        )


def _egress(scope: Scope, form: GroupForm) -> Sequence[GroupPhrase | EgressRule]:
    """Return the egress rules: without any word on them, those of a new group [SG-1]."""
    if form.egress is not None:
        return form.egress
    return [GroupPhrase(_EVERYTHING, Peer(prefixes=_everywhere(scope)))]


def _group_rules(
    scope: Scope,
    rules: Iterable[GroupPhrase | IngressRule | EgressRule],
    place: str,
) -> Iterator[SecurityGroupRule]:
    """Yield one rule for each peer: `anywhere` is a rule for each family, as in AWS's console."""
    for row, rule in enumerate(rules):
        phrase = rule if isinstance(rule, GroupPhrase) else rule.rule
        made = SecurityGroupRule(
            protocol=phrase.service.protocol,
            low=phrase.service.low,
            high=phrase.service.high,
            description="" if isinstance(rule, GroupPhrase) else rule.description,
        )
        yield from _with_peers(scope, made, phrase.peer, f"{place}.{row}")


def _with_peers(
    scope: Scope, rule: SecurityGroupRule, peer: Peer, place: str
) -> Iterator[SecurityGroupRule]:
    for prefix in peer.prefixes:
        yield replace(rule, prefix=prefix)
    if peer.group is not None:
        yield replace(rule, group=scope.group(peer.group, place))
    if peer.prefix_list is not None:
        yield replace(rule, prefix_list=scope.prefix_list(peer.prefix_list, place))


def prefix_lists(estate: Estate, names: Names) -> Iterator[PrefixList]:
    """Yield the prefix lists, which stand outside of VPCs."""
    for key, form in estate.prefix_lists.items():
        yield PrefixList(
            id=names.own("prefix-list", "", key) or key,
            tags=tags_of(form, key),
            owner=form.account or estate.account or "",
            region=estate.region or "",
            list_name=key if form.list_name is None else form.list_name,
            entries=None if isinstance(form.entries, str) else tuple(form.entries),
        )
