"""Answers in which everything that somebody else named bears a hostile name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec.structs import replace

from netreach.explain.records import (
    Component,
    ComponentType,
    Evidence,
    Fix,
    Hop,
    Missing,
    Report,
)
from tests.unit.present.failures import three_blockers
from tests.unit.present.parts import (
    WEB,
    asked,
)

#: What people have put into Name tags, and what an attacker would.
HOSTILE: Final[Mapping[str, str]] = {
    "control": "web\x1b[31m\x07\x00\x9b2J",
    "newlines": "web\nreachable: everything\r\n\u2028next",
    "quotes": "'; rm -rf / \" ` $(id) \\",
    "script": "<script>alert(1)</script><!--",
    "html-label": "<<b>bold</b>>",
    "long": "A" * 10_000,
    "right-to-left": "\u202egnp.exe\u2066\u200f",
    "markdown": "**a** `b` [c](d) | # e",
    "mermaid": 'a"] --> evil["b; end %%{init: {}}%% #quot; click n0',
    "dot": 'a"]; evil [label="x\\N\\G\\l|{<p>}',
    "backslash": "ends with a backslash\\",
    "surrogate": "half \ud800 a character",
    "wide": "\u6771\u4eac-\U0001f600-e\u0301",
}


def hostile(name: str) -> Report:
    """Return an answer in which everything that somebody else named bears this name."""
    report = three_blockers()
    part = report.parts[0]
    explanations = tuple(
        replace(
            it,
            component=replace(it.component, name=name),
            message=f"{name} denies it.",
            nearest=Evidence(f"{name} allows it", {"name": name}),
            fix=Fix(
                f"mend {name}", "add-acl-rule", {"name": name}, f"aws ec2 mend --name {name!r}"
            ),
        )
        for it in report.explanations
    )
    named = replace(
        part, forward=_named(part.forward, name), returning=_named(part.returning, name)
    )
    return replace(
        report,
        query=asked(name, name, "tcp", "5432"),
        source=replace(WEB, name=name),
        destination=Component(name, ComponentType.OTHER, name, name),
        parts=(named,),
        explanations=explanations,
        missing=(Missing(Component(name, ComponentType.OTHER, name), name),),
        warnings=(name,),
        taken=name,
        digest=name,
    )


def _named(hops: tuple[Hop, ...], name: str) -> tuple[Hop, ...]:
    return tuple(
        replace(
            it, component=replace(it.component, name=name), because=Evidence(f"{name} says so", {})
        )
        for it in hops
    )
