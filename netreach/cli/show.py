"""`netreach show`: what a snapshot holds, or one resource of it."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer

from netreach.cli.watch import Watch


class ShowFormat(StrEnum):
    """How the answer is written."""

    TEXT = "text"
    JSON = "json"


def show(
    snapshot: Annotated[
        str,
        typer.Argument(metavar="SNAPSHOT", help="A folder, a file, or - for standard input."),
    ],
    selector: Annotated[
        str | None,
        typer.Argument(
            metavar="SELECTOR",
            help="An id, ARN, Name tag, address, CIDR, or sg:ID, subnet:ID, vpc:ID, tag:Key=Value.",
            show_default=False,
        ),
    ] = None,
    *,
    output: Annotated[
        ShowFormat, typer.Option("--format", help="How to write it.")
    ] = ShowFormat.TEXT,
) -> None:
    """Show what a snapshot holds, what is odd or missing; with SELECTOR, one resource of it."""
    with Watch(f"reading {snapshot}"):
        written = (
            _inventory(snapshot, output) if selector is None else _page(snapshot, selector, output)
        )
    typer.echo(written)


def _inventory(source: str, output: ShowFormat) -> str:
    # imported here, so that the other commands start without all this
    from netreach.model.inventory import take_inventory  # noqa: PLC0415
    from netreach.present.show_json import render_json  # noqa: PLC0415
    from netreach.present.show_text import render_text  # noqa: PLC0415
    from netreach.sources.load import open_snapshot  # noqa: PLC0415

    inventory, now = take_inventory(open_snapshot(source)), datetime.now(UTC)
    return render_json(inventory, now) if output is ShowFormat.JSON else render_text(inventory, now)


def _page(source: str, selector: str, output: ShowFormat) -> str:
    from netreach.model.relations import Relations  # noqa: PLC0415  see `_inventory`
    from netreach.present.show_found import page_about  # noqa: PLC0415
    from netreach.present.show_json import render_page_json  # noqa: PLC0415
    from netreach.present.show_text import render_page  # noqa: PLC0415
    from netreach.query.subjects import Subjects  # noqa: PLC0415
    from netreach.sources.load import open_snapshot  # noqa: PLC0415

    relations = Relations(open_snapshot(source))
    page = page_about(Subjects(relations).resolve(selector), relations)
    return render_page_json(page) if output is ShowFormat.JSON else render_page(page)
