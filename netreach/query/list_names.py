"""Names of prefix lists: AWS's own of what it sends from, and those that accounts give theirs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from netreach.errors import SelectorError
from netreach.model.records import PrefixList
from netreach.model.snapshot import Snapshot

#: Lists of the addresses that something of AWS's sends from; no service is asked there.
_LIST_ONLY: Final = re.compile(
    r"com\.amazonaws\.[a-z0-9-]+\.(ipv6\.)?"
    r"(cloudfront\.origin-facing|global-?accelerator(\.[a-z-]+)?|route53-healthchecks|groundstation"
    r"|ec2-instance-connect)"
)
#: Keywords for such lists, and how theirs are called.
LIST_KEYWORDS: Final[Mapping[str, re.Pattern[str]]] = {
    "cloudfront": re.compile(r"com\.amazonaws\..*cloudfront\.origin-facing"),
    "global-accelerator": re.compile(r"com\.amazonaws\..*global-?accelerator(\.[a-z-]+)?"),
}


def is_list_only(name: str) -> bool:
    """Tell whether AWS keeps a prefix list by a name and no endpoint leads to it."""
    return bool(_LIST_ONLY.fullmatch(name))


def lists_called(snapshot: Snapshot, name: str) -> list[PrefixList]:
    """Return the prefix lists of exactly that name."""
    return [one for one in snapshot.prefix_lists.values() if name and one.list_name == name]


def lists_of_keyword(snapshot: Snapshot, keyword: str) -> list[PrefixList]:
    """Return the prefix lists that a keyword stands for."""
    named = LIST_KEYWORDS[keyword].fullmatch
    return [one for one in snapshot.prefix_lists.values() if named(one.list_name)]


def notes_of_lists(names: Iterable[str]) -> tuple[str, ...]:
    """Return what a list does not tell of those who send from its addresses."""
    named = LIST_KEYWORDS["global-accelerator"].fullmatch
    return (_PRESERVED,) if any(map(named, names)) else ()


#: docs.aws.amazon.com/global-accelerator/latest/dg, preserve-client-ip-address.how-to-enable.
_PRESERVED: Final = (
    "Global Accelerator sends from the addresses of its list where client addresses are not "
    "preserved; where they are, packets come from the clients and pass network ACLs unasked"
)


def no_list(keyword: str) -> SelectorError:
    """Return the error that nothing in a snapshot is what a keyword stands for."""
    return SelectorError(
        f"the snapshot holds no prefix list of {keyword}; add the answers of "
        "describe-managed-prefix-lists and get-managed-prefix-list-entries"
    )
