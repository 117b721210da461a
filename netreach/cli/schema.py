"""`netreach schema`: the JSON Schema of what netreach prints."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer


class Schema(StrEnum):
    """What has a schema."""

    PATH = "path"
    MATRIX = "matrix"
    WHO_CAN_REACH = "who-can-reach"
    REACH_FROM = "reach-from"


def schema(
    name: Annotated[Schema, typer.Argument(help="Which command's `--format json`.")],
) -> None:
    """Print the JSON Schema of an output that scripts may rely on."""
    import json  # noqa: PLC0415  see `_schema`

    typer.echo(json.dumps(_schema(name), indent=2))


def _schema(name: Schema) -> dict[str, object]:
    # msgspec and the records are loaded for the one command that needs them
    from netreach.present import json_v1, matrix_json, peers_json  # noqa: PLC0415

    if name is Schema.PATH:
        return json_v1.schema()
    if name is Schema.MATRIX:
        return matrix_json.schema()
    is_from = name is Schema.REACH_FROM
    return peers_json.schema(peers_json.REACH_FROM if is_from else peers_json.WHO_CAN_REACH)
