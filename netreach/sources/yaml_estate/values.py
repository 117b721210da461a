"""The types of the values in YAML forms: texts that are read strictly as they are validated."""

from __future__ import annotations

import re
from functools import partial
from typing import Annotated, Final

from pydantic import (
    AfterValidator,
    BaseModel,
    Discriminator,
    Field,
    PlainValidator,
    WithJsonSchema,
)

from netreach.packets.prefixes import Address, Prefix
from netreach.sources.yaml_estate.phrases import (
    AclPhrase,
    GroupPhrase,
    PhraseError,
    Reference,
    Target,
    parse_acl_rule,
    parse_address,
    parse_cidr,
    parse_group_rule,
    parse_reference,
    parse_target,
    shown,
)

_KEY: Final = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"
_ARN: Final = r"^arn:[A-Za-z0-9:/._-]{1,300}$"
_ACCOUNT: Final = r"^[0-9]{12}$"
_REGION: Final = r"^[a-z]{2,}(-[a-z]+)+-[0-9]$"
_ZONE: Final = r"^([a-z]|[a-z]{2,}(-[a-z0-9]+)+)$"
_MOMENT: Final = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"(T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2}))?$"
)


def text_schema(description: str, *examples: str) -> WithJsonSchema:
    """Return what the JSON Schema says of a text."""
    return WithJsonSchema(
        {"type": "string", "description": description, "examples": list(examples)}
    )


def _key(text: str) -> str:
    if not re.match(_KEY, text) or text == "missing":
        raise PhraseError(
            f"{shown(text)} can't be a name here",
            "use letters, digits, `.`, `_` and `-`, and `name:` for any other name",
        )
    return text


def _unique(references: list[Reference]) -> list[Reference]:
    for reference in references:
        if references.count(reference) > 1:
            raise PhraseError(f"{shown(reference.name)} is listed twice", "keep one")
    return references


def _shape(value: object) -> str:
    """Tell a short form from a full one, so that errors speak of the one that was meant."""
    if isinstance(value, (dict, BaseModel)):
        return "full"
    return "list" if isinstance(value, list) else "short"


BY_SHAPE: Final = Discriminator(_shape)
#: What pydantic puts into an error's location for the branch of a short or full form.
SHAPES: Final = frozenset({"short", "full", "list"})

Key = Annotated[str, AfterValidator(_key), WithJsonSchema({"type": "string", "pattern": _KEY})]
Id = Annotated[str, Field(pattern=_KEY)]
Arn = Annotated[str, Field(pattern=_ARN)]
Account = Annotated[str, Field(pattern=_ACCOUNT)]
Region = Annotated[str, Field(pattern=_REGION)]
Zone = Annotated[str, Field(pattern=_ZONE)]
#: A day, or a moment with its offset.
Moment = Annotated[str, Field(pattern=_MOMENT)]
Cidr = Annotated[
    Prefix, PlainValidator(parse_cidr), text_schema("A CIDR without host bits.", "10.0.0.0/16")
]
Ip = Annotated[
    Address,
    PlainValidator(parse_address),
    text_schema("An IP address.", "10.0.1.10", "2001:db8::1"),
]
Ref = Annotated[
    Reference,
    PlainValidator(parse_reference),
    text_schema("A name, an id, or `missing:ID` if the estate leaves it out.", "web", "sg-web"),
]
Refs = Annotated[list[Ref], AfterValidator(_unique)]
RouteTarget = Annotated[
    Target,
    PlainValidator(parse_target),
    text_schema("Where a route leads.", "internet-gateway", "nat-gateway:nat-a"),
]
IngressPhrase = Annotated[
    GroupPhrase,
    PlainValidator(partial(parse_group_rule, preposition="from")),
    text_schema("SERVICE from PEER", "tcp 443 from 0.0.0.0/0", "tcp 22 from group:bastion"),
]
EgressPhrase = Annotated[
    GroupPhrase,
    PlainValidator(partial(parse_group_rule, preposition="to")),
    text_schema("SERVICE to PEER", "all to anywhere", "tcp 443 to prefix-list:s3"),
]
AclIngress = Annotated[
    AclPhrase,
    PlainValidator(partial(parse_acl_rule, preposition="from")),
    text_schema("NUMBER allow|deny SERVICE from CIDR", "100 allow tcp 443 from 0.0.0.0/0"),
]
AclEgress = Annotated[
    AclPhrase,
    PlainValidator(partial(parse_acl_rule, preposition="to")),
    text_schema("NUMBER allow|deny SERVICE to CIDR", "100 allow tcp 1024-65535 to 0.0.0.0/0"),
]
