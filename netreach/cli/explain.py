"""`netreach explain`: what a code means and what to do about it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final

import typer

#: What the argument is when somebody wants all codes.
EVERY_CODE: Final = "list"


class Form(StrEnum):
    """How the answer is written."""

    TEXT = "text"
    JSON = "json"


def explain(
    code: Annotated[
        str,
        typer.Argument(metavar="CODE", help="A code such as SUBNET_ACL_RESTRICTION, or `list`."),
    ] = EVERY_CODE,
    *,
    form: Annotated[Form, typer.Option("--format", help="How to write it.")] = Form.TEXT,
) -> None:
    """Say what an explanation code means and what to do about it; without CODE, list all."""
    typer.echo(_page(code, form), nl=False)


def _page(code: str, form: Form) -> str:
    # The glossary is a book; a command that does not read from it should not have to open it.
    from netreach.explain.glossary import GLOSSARY  # noqa: PLC0415
    from netreach.explain.glossary.lookup import parse_code  # noqa: PLC0415
    from netreach.present import code_page  # noqa: PLC0415

    if code.lower() == EVERY_CODE:
        table = {Form.TEXT: code_page.render_table, Form.JSON: code_page.render_table_json}
        return table[form]()
    page = {Form.TEXT: code_page.render_text, Form.JSON: code_page.render_json}
    return page[form](GLOSSARY[parse_code(code)])
