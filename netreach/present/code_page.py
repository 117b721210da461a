"""Explanation codes: one as text or JSON; all of them as a table, JSON or Markdown.

`python -m netreach.present.code_page > docs/codes.md` writes the page of the documentation.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from textwrap import fill
from typing import Final

from netreach.explain.codes import Code
from netreach.explain.glossary import (
    COMMON_SITUATIONS,
    GLOSSARY,
    Effect,
    Entry,
    Group,
    Modelled,
    Origin,
)

_WIDTH: Final = 80
_INDENT: Final = "    "

_ORIGINS: Final[Mapping[Origin, str]] = {
    Origin.AWS: "The name is AWS Reachability Analyzer's.",
    Origin.NETREACH: "The name is netreach's own; AWS has none for this.",
}
_EFFECTS: Final[Mapping[Effect, str]] = {
    Effect.BLOCKS: "It makes a flow unreachable.",
    Effect.UNDECIDED: "It leaves the verdict unknown, unless something else blocks for certain.",
    Effect.NOTE: "It is a note and changes no verdict.",
}
_STATUSES: Final[Mapping[Modelled, str]] = {
    Modelled.TODAY: "{effect} netreach gives it today ({element}).",
    Modelled.LATER: "{effect} netreach does not give it yet; it comes with: {element}.",
    Modelled.NEVER: "AWS's analyser gives it; netreach does not.",
}
_MARKS: Final[Mapping[Modelled, str]] = {
    Modelled.TODAY: " ",
    Modelled.LATER: "+",
    Modelled.NEVER: "-",
}
_TABLE_LEGEND: Final = (
    "+ comes with an element that is not modelled yet   "
    "- AWS's analyser only; netreach says it otherwise\n"
    "netreach explain CODE tells what a code means and what to do about it.\n"
)
_MARKDOWN_HEAD: Final = """\
<!-- Written by `python -m netreach.present.code_page`; a test fails while it is stale. -->

# Explanation codes

A code says why a packet was stopped, or why an answer stays open. Where AWS Reachability Analyzer
has a name for it, netreach uses that name; where AWS has none, the name is netreach's own.
`netreach explain CODE` prints what is said here of one code.

The list is closed: a code is added or retired, never redefined.
"""


def render_text(entry: Entry) -> str:
    """Write one code as a page for the terminal, 80 columns wide."""
    sections = [
        f"{entry.code}\n{fill(entry.title + '.', _WIDTH)}",
        _section("What happened", [entry.meaning]),
        _section("Why", [entry.why]),
        _section("What to do", [entry.fix, *map(_shell, entry.commands)]),
        _section("Example", [entry.example]),
    ]
    if entry.situations:
        sections.append(_section("netreach says so when", map(_bullet, entry.situations)))
    sections.append(_section("See also", ["\n".join(map(_reference, entry.related))]))
    sections.append(fill(_standing(entry), _WIDTH))
    return "\n\n".join(sections) + "\n"


def render_json(entry: Entry) -> str:
    """Write one code as a JSON object."""
    return _json({"schema": "netreach/code/1", **_fields(entry)})


def render_table() -> str:
    """Write all codes with their titles, group by group."""
    return "\n\n".join([*map(_table_group, Group), _TABLE_LEGEND])


def render_table_json() -> str:
    """Write all codes as one JSON object."""
    return _json({"schema": "netreach/codes/1", "codes": [*map(_fields, GLOSSARY.values())]})


def render_markdown() -> str:
    """Write the page `docs/codes.md`: the situations with their codes, then every code."""
    blocks = [
        _MARKDOWN_HEAD.rstrip(),
        "## The common situations",
        _markdown_table(
            ("situation", "code"),
            ((what, " or ".join(map(_link, codes))) for what, codes in COMMON_SITUATIONS),
        ),
        "## Every situation and its code",
        "Codes that netreach never gives are missing here: they belong to AWS's analyser alone.",
        _markdown_table(("situation", "code", "given"), _situation_rows()),
    ]
    for group in Group:
        blocks.append(f"## {str(group)[0].upper()}{str(group)[1:]}")
        blocks.extend(map(_markdown_entry, _members(group)))
    return "\n\n".join(blocks) + "\n"


def _table_group(group: Group) -> str:
    entries = _members(group)
    width = max(len(entry.code) for entry in entries)
    rows = (f"  {_MARKS[e.modelled]} {e.code:<{width}}  {e.title}" for e in entries)
    return "\n".join([group, *rows])


def _members(group: Group) -> list[Entry]:
    return [entry for entry in GLOSSARY.values() if entry.group is group]


def _standing(entry: Entry) -> str:
    effect = _EFFECTS[entry.effect]
    status = _STATUSES[entry.modelled].format(effect=effect, element=entry.element)
    return f"{_ORIGINS[entry.origin]} {status}"


def _section(heading: str, paragraphs: Iterable[str]) -> str:
    """Put a heading over indented paragraphs; one that has line breaks is laid out already."""
    return "\n".join([heading, *map(_paragraph, paragraphs)])


def _paragraph(text: str) -> str:
    if "\n" in text or text.startswith(" "):
        return text
    return _wrap(text, _INDENT, _INDENT)


def _wrap(text: str, first: str, rest: str) -> str:
    """Fill to the width without ever breaking a code, a CIDR or an option in two."""
    return fill(
        text,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _bullet(text: str) -> str:
    return _wrap(text, f"{_INDENT}- ", f"{_INDENT}  ")


def _reference(code: Code) -> str:
    return f"{_INDENT}{code}\n{_INDENT}{_INDENT}{GLOSSARY[code].title}"


def _shell(command: str) -> str:
    """Lay a command out for copying: a long one goes on before its options."""
    return f"\n{_indented(command)}"


def _indented(command: str, margin: str = _INDENT * 2) -> str:
    lines = [margin]
    for word in _options(command):
        if lines[-1].strip() and len(lines[-1]) + len(word) > _WIDTH - 3:
            lines[-1] += " \\"
            lines.append(margin + _INDENT)
        lines[-1] += word if not lines[-1].strip() else f" {word}"
    return "\n".join(lines)


def _options(command: str) -> Iterator[str]:
    """Split a command into its verb and its options, each with its values."""
    verb, *options = command.split(" --")
    yield verb
    yield from (f"--{option}" for option in options)


def _fields(entry: Entry) -> dict[str, object]:
    """Name what JSON says of a code; the names are public."""
    return {
        "code": entry.code,
        "origin": entry.origin,
        "group": entry.group,
        "title": entry.title,
        "effect": entry.effect,
        "given": entry.modelled,
        "element": entry.element,
        "meaning": entry.meaning,
        "why": entry.why,
        "fix": entry.fix,
        "commands": entry.commands,
        "example": entry.example,
        "situations": entry.situations,
        "related": entry.related,
        "facts": entry.facts,
    }


def _json(document: dict[str, object]) -> str:
    return json.dumps(document, indent=2) + "\n"


def _situation_rows() -> Iterator[tuple[str, str, str]]:
    for entry in GLOSSARY.values():
        given = "today" if entry.modelled is Modelled.TODAY else f"later: {entry.element}"
        for situation in entry.situations:
            yield situation, _link(entry.code), given


def _markdown_table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = (head, ("---",) * len(head), *rows)
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _link(code: Code) -> str:
    return f"[{code}](#{code.lower()})"


def _markdown_entry(entry: Entry) -> str:
    commands = "\n".join(_indented(command, "") for command in entry.commands)
    facts = f" [{', '.join(entry.facts)}]" if entry.facts else ""
    blocks = [
        f"### {entry.code}",
        f"**{entry.title}.** {entry.meaning}",
        f"{entry.why}{facts}",
        f"*What to do:* {entry.fix}",
        f"```sh\n{commands}\n```" if commands else "",
        f"*Example:* `{entry.example}`",
        f"*See also:* {', '.join(map(_link, entry.related))}. {_standing(entry)}",
    ]
    return "\n\n".join(filter(None, blocks))


if __name__ == "__main__":
    sys.stdout.write(render_markdown())
