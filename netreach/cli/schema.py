"""`netreach schema`: the JSON Schema of what netreach prints."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer


class Schema(StrEnum):
    """What has a schema."""

    PATH = "path"


def schema(
    name: Annotated[Schema, typer.Argument(help="Which output: `path` is `path --format json`.")],
) -> None:
    """Print the JSON Schema of an output that scripts may rely on."""
    import json  # noqa: PLC0415  see `_schemas`

    typer.echo(json.dumps(_schemas()[name], indent=2))


def _schemas() -> dict[Schema, dict[str, object]]:
    # msgspec and the records are loaded for the one command that needs them
    from netreach.present.json_v1 import schema as path_schema  # noqa: PLC0415

    return {Schema.PATH: path_schema()}
