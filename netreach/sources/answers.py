"""Answers about one resource that hold more than a list: which call wrote them.

They are kept whole, because what belongs together stands side by side in them. Whose they are is
said in the answer itself, by the key above it, or by the name of its file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

FIREWALL: Final = "Firewall"
FIREWALL_POLICY: Final = "FirewallPolicyResponse"
RULE_GROUP: Final = "RuleGroupResponse"
LISTENERS: Final = "Listeners"
RULES: Final = "Rules"
ATTRIBUTES: Final = "Attributes"
CLASSIC_ATTRIBUTES: Final = "ClassicLoadBalancerAttributes"
CLASSIC_HEALTH: Final = "InstanceStates"
TARGET_HEALTH: Final = "TargetHealthDescriptions"
HOSTED_ZONE: Final = "HostedZone"
RECORDS: Final = "ResourceRecordSets"
DOMAIN: Final = "DomainStatus"
KUBERNETES: Final = "cluster"


class AnswerKind(NamedTuple):
    """One call whose answers are kept whole."""

    #: How its pieces are called.
    key: str
    #: Top-level key that gives it away.
    word: str
    #: What that key's value is.
    is_list: bool
    #: Fields that the value has, or the first item of its list: any of them.
    marks: frozenset[str]
    #: Nobody else uses the key: a value of another type is an error.
    is_unique: bool = False
    #: That the list is empty tells something.
    tells_none: bool = True


def _object(word: str, marks: str, key: str = "") -> AnswerKind:
    return AnswerKind(key or word, word, False, frozenset(marks.split()))


def _list(word: str, mark: str, *, is_unique: bool = False, tells_none: bool = True) -> AnswerKind:
    return AnswerKind(word, word, True, frozenset({mark}), is_unique, tells_none)


#: All of them, by word.
ANSWERS: Final[Mapping[str, AnswerKind]] = {
    kind.word: kind
    for kind in (
        _object(FIREWALL, "FirewallArn FirewallName"),
        _object(FIREWALL_POLICY, "FirewallPolicyArn FirewallPolicyName"),
        _object(RULE_GROUP, "RuleGroupArn RuleGroupName"),
        _object(HOSTED_ZONE, "Id"),
        _object(DOMAIN, "ARN DomainName"),
        _object(KUBERNETES, "resourcesVpcConfig"),
        _object("LoadBalancerAttributes", "CrossZoneLoadBalancing", CLASSIC_ATTRIBUTES),
        _list(LISTENERS, "ListenerArn"),
        _list(RULES, "RuleArn", tells_none=False),
        _list(ATTRIBUTES, "Key", tells_none=False),
        _list(CLASSIC_HEALTH, "InstanceId", tells_none=False),
        _list(TARGET_HEALTH, "Target", is_unique=True),
        _list(RECORDS, "Name", is_unique=True),
    )
}

#: Says that Route 53 has more to tell.
MORE_RECORDS: Final = "IsTruncated"


def answer_kind(
    word: str, first_byte: bytes, fields: Callable[[], frozenset[str] | None]
) -> AnswerKind | None:
    """Return which call wrote an answer with this key, or None.

    `fields` returns those of the key's value, or of the first item of its list; None if there is
    no such object.
    """
    kind = ANSWERS[word]
    if first_byte != (b"[" if kind.is_list else b"{"):
        return kind if kind.is_unique and first_byte != b"n" else None
    found = fields()
    if found is None:
        return kind if kind.tells_none else None
    return kind if kind.marks & found else None
