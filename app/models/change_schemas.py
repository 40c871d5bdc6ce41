"""Change schemas: response models of the change feed, and of the difference of two versions."""

from typing import Any, Literal

from pydantic import Field

from app.models.assessment import AssessmentOut
from app.models.base import ResponseModel
from app.models.claim import ClaimOut
from app.models.field_types import Status
from app.models.log import Operation, ResourceName
from app.models.mapping import MappingOut
from app.models.measure import MeasureOut
from app.models.source import SourceOut
from app.rules.revision_diff import ChangeKind, WordChange


class LoggedChange(ResponseModel):
    """One line of the change log."""

    seq: int = Field(description="counts up by one; send the last as `since`")
    recorded_at: str
    resource: ResourceName
    id: str | None = Field(
        default=None, description="always told, but of `keys`: those to the scope `admin` alone"
    )
    version: int
    operation: Operation = Field(description="a key that is revoked is withdrawn")
    digest: str = Field(description="SHA-256 of the version as stored")
    recorded_by: str | None = Field(
        default=None,
        description="who wrote it: the name of the key, or the command; none in lines of before "
        "this was kept",
    )
    key_id: str | None = Field(
        default=None, description="the `id` of the key; to the scope `admin` alone"
    )
    request_id: str | None = Field(default=None, description="the request that wrote it")
    hash: str = Field(description="SHA-256 of the hash before and of this line")
    written: ClaimOut | SourceOut | MeasureOut | AssessmentOut | MappingOut | None = Field(
        default=None,
        description="the version written, as it was then, where `include=resource` asked; keys "
        "have none",
    )


class Changes(ResponseModel):
    """Lines of the change log, oldest first unless `order=newest` asked."""

    items: list[LoggedChange]
    next_since: int = Field(description="send it as `since`; unchanged where nothing is new")
    next_until: int | None = Field(
        default=None,
        description="with `order=newest`: send it as `until` for the lines before these; none at "
        "the end",
    )


class RevisionInfo(ResponseModel):
    """Who wrote a version, when and, where it was withdrawn, why."""

    version: int
    recorded_at: str
    recorded_by: str | None = Field(
        default=None, description="none where it was written before this was kept"
    )
    status: Status
    reason: str | None = Field(default=None, description="why it was withdrawn")


class ChangedWords(ResponseModel):
    """A piece of a text."""

    change: WordChange
    text: str


class FieldDiffOut(ResponseModel):
    """One field, or one part of a list, that differs."""

    pointer: str = Field(
        description="JSON Pointer into the version `to`; of what was removed, into `from`"
    )
    change: ChangeKind = Field(description="reordered: the same parts, in another order")
    field: str = Field(description="the last name of the pointer; of a whole part, its list")
    key: dict[str, Any] | None = Field(
        default=None,
        description="what the part of a list was matched by: of figures slot, alternative and "
        "reading; of hops source and role; of relations predicate and object",
    )
    old: Any = Field(default=None, description="none where it was added")
    new: Any = Field(default=None, description="none where it was removed")
    words: list[ChangedWords] | None = Field(
        default=None,
        description="of a long text: its words in order, each the same, removed or added; none "
        "where too much differs to be told word by word",
    )


class RevisionDiff(ResponseModel):
    """How two versions of one resource differ, and who wrote each version on the way."""

    resource: Literal["sources", "measures", "claims"]
    id: str
    from_: int = Field(alias="from")
    to: int
    versions: list[RevisionInfo] = Field(description="from the one to the other, both included")
    changes: list[FieldDiffOut] = Field(description="empty where the content is equal")
