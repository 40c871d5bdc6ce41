"""Faults and notices as they are answered: what is wrong, or should be known, and where."""

from pydantic import Field

from app.models.base import ResponseModel


class FaultOut(ResponseModel):
    """One broken rule."""

    pointer: str | None = Field(None, description="Where in the body (JSON Pointer, RFC 6901).")
    parameter: str | None = Field(None, description="Which query parameter or header.")
    line: int | None = Field(None, description="Which line of an import, from 1.")
    column: str | None = Field(None, description="Which column of a mapped table.")
    code: str = Field(description="What kind of rule.")
    detail: str = Field(description="In what way it is broken.")
