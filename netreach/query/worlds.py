"""The verdict of one flow whose branches are in several worlds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from netreach.fabric.worlds import World
from netreach.query.verdict import Verdict, combined

#: A branch: what it came to, and what is supposed on its way.
InWorld = tuple[Verdict, World]
#: The verdicts of all branches that happen together.
Happening = frozenset[Verdict]


def verdict_in_all(branches: Sequence[InWorld]) -> Verdict:
    """Return the verdict that holds whatever is true of what is open, else UNKNOWN.

    It is enough to take one option of a choice at a time: if each makes the same verdict, so do
    several together, and those of one choice may be parts of what AWS takes [decision 5].
    """
    found = {combined(happening) for happening in _possible(branches, 0) if happening}
    return found.pop() if len(found) == 1 else Verdict.UNKNOWN if found else Verdict.UNREACHABLE


def _possible(branches: Iterable[InWorld], depth: int) -> set[Happening]:
    """Return what may happen together, of branches whose first `depth` suppositions are the same.

    There are no more than sixteen sets of verdicts, so this does not grow with what is open.
    """
    surely: set[Verdict] = set()
    choices: dict[int, dict[int, list[InWorld]]] = {}
    may_be_none: set[int] = set()
    for branch in branches:
        verdict, world = branch
        if len(world) == depth:
            surely.add(verdict)
            continue
        supposed = world[depth]
        choices.setdefault(supposed.choice, {}).setdefault(supposed.option, []).append(branch)
        if supposed.may_be_none:
            may_be_none.add(supposed.choice)
    found = {frozenset(surely)}
    for choice, options in choices.items():
        taken = {one for option in options.values() for one in _possible(option, depth + 1)}
        if choice in may_be_none:
            taken.add(frozenset())
        found = {before | more for before in found for more in taken}
    return found
