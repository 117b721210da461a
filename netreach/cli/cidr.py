"""`netreach cidr`: the address calculator."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from netreach.errors import UsageError


class CidrFormat(StrEnum):
    """How the answers are printed."""

    TEXT = "text"
    JSON = "json"


def _whole_number(option: str, text: str | None) -> int | None:
    """Read the number of an option; `/26` is 26.

    Raises:
        UsageError: it is no whole number.
    """
    from netreach.packets.calculator import quoted  # noqa: PLC0415  see `cidr`

    if text is None:
        return None
    digits = text.removeprefix("/") if option == "--split" else text
    # nobody has more addresses than IPv6, and Python refuses to read endless digits
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 39):
        example = "/26" if option == "--split" else "4"
        mend = f"give it like {option} {example}"
        raise UsageError(place=option, what=f"{quoted(text)} is no whole number", mend=mend)
    return int(digits)


Prefixes = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="PREFIX...", help="CIDRs or addresses, IPv4 or IPv6.", show_default=False
    ),
]
Hosts = Annotated[
    str | None,
    typer.Option("--hosts", metavar="N", help="The smallest AWS subnet for N hosts."),
]
SplitLength = Annotated[
    str | None,
    typer.Option("--split", metavar="/LENGTH", help="Cut into all blocks of this length."),
]
SplitParts = Annotated[
    str | None,
    typer.Option("--split-into", metavar="N", help="Cut into N equal blocks (a power of two)."),
]
Contains = Annotated[
    str | None,
    typer.Option("--contains", metavar="ADDRESS", help="Is this address (or CIDR) inside?"),
]
Vpc = Annotated[
    bool,
    typer.Option("--vpc", help="May these be the blocks of one VPC, added in this order?"),
]
Format = Annotated[CidrFormat, typer.Option("--format", help="How to print the answers.")]


def cidr(
    prefixes: Prefixes = None,
    *,
    hosts: Hosts = None,
    split: SplitLength = None,
    split_into: SplitParts = None,
    contains: Contains = None,
    vpc: Vpc = False,
    output: Format = CidrFormat.TEXT,
) -> None:
    """Calculate with CIDRs: ranges, what AWS takes and keeps, sizes, splits, overlaps."""
    # imported here, so that the other commands start without the calculator
    from netreach.packets.calculator import Questions, answer  # noqa: PLC0415
    from netreach.present.cidr import render_text  # noqa: PLC0415
    from netreach.present.cidr_json import render_json  # noqa: PLC0415

    questions = Questions(
        hosts=_whole_number("--hosts", hosts),
        split=_whole_number("--split", split),
        split_into=_whole_number("--split-into", split_into),
        contains=contains,
        vpc=vpc,
    )
    report = answer(prefixes or [], questions)
    typer.echo(render_json(report) if output is CidrFormat.JSON else render_text(report))
