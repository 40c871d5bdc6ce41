"""Everything that can go wrong, as one closed tree; HTTP appears once, in ``api/problem.py``.

Problem
├── Malformed             400  the request cannot be read at all
├── Unauthorized          401  no key, or one that is not taken
├── Forbidden             403  a key that does not open this
├── NotFound              404  no such thing (at the moment asked about)
├── MethodNotAllowed      405
├── RequestTimeout        408  it took too long to arrive
├── Conflict              409  the id is taken by other content, or withdrawn
├── LogMismatch           409  the change log is not the one that was read before
├── PreconditionFailed    412  the resource has changed since it was read
├── TooLarge              413
├── TooLong               414  the query string is over the limit
├── UnsupportedMediaType  415
├── Invalid               422  readable, but it breaks a rule; names every rule it found broken
├── PreconditionRequired  428  a change needs If-Match
├── TooManyRequests       429  over the rate limit
├── HeadersTooLarge       431  the header is over the limit
├── Internal              500  our fault
├── Unavailable           503  busy or the database is away; try again
├── ReadOnly              503  the database takes no writes here, as on a standby
└── StorageFull           507
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Fault:
    """One broken rule: where (a JSON Pointer, RFC 6901, or a parameter's name) and in what way."""

    detail: str
    pointer: str | None = None
    parameter: str | None = None
    code: str = "invalid"
    line: int | None = None
    column: str | None = None


class Problem(Exception):
    """An answer that is not the one asked for (RFC 9457); ``detail`` never repeats the input."""

    status = 500
    code = "internal_error"
    title = "Something broke on our side"
    headers: Mapping[str, str] = {}

    def __init__(self, detail: str = "", faults: tuple[Fault, ...] = (), retry_after: int = 0):
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.faults = faults
        self.retry_after = retry_after

    def under(self, prefix: str) -> "Problem":
        """The same problem, found in a part of the document: its pointers start at ``prefix``."""
        self.faults = tuple(
            replace(fault, pointer=prefix + fault.pointer) if fault.pointer is not None else fault
            for fault in self.faults
        )
        return self


class Malformed(Problem):
    """The request cannot be read: broken JSON, wrong encoding, a cursor of something else."""

    status, code, title = 400, "malformed_request", "The request cannot be read"


class Unauthorized(Problem):
    """This needs a key, as `Authorization: Bearer …`; one that was sent is not taken."""

    status, code, title = 401, "unauthorized", "A key is required"
    headers = {"WWW-Authenticate": 'Bearer realm="sayso"'}


class Forbidden(Problem):
    """The key that was sent does not have the scope that this needs."""

    status, code, title = 403, "forbidden", "Not allowed"


class NotFound(Problem):
    """Nothing has this id or path (or had, at the moment asked about)."""

    status, code, title = 404, "not_found", "Not found"
    near: tuple[str, ...] = ()
    """Ids that are stored and spelt alike."""


class MethodNotAllowed(Problem):
    """The path exists, but not with this method."""

    status, code, title = 405, "method_not_allowed", "Method not allowed"


class RequestTimeout(Problem):
    """The request took too long to arrive; nothing was done."""

    status, code, title = 408, "request_timeout", "The request took too long to arrive"


class Conflict(Problem):
    """The id is stored already, with other content; or it is withdrawn, and not to be made anew."""

    status, code, title = 409, "conflict", "In conflict with what is stored"


class LogMismatch(Problem):
    """The change log is not the one that was read before: it was restored from a backup, or this
    replica has not come so far. Read it again from the start, or ask the server that was asked
    before."""

    status, code, title = 409, "log_mismatch", "This is not the log that was read before"


class PreconditionFailed(Problem):
    """The version named by If-Match is not the current one (RFC 9110)."""

    status, code, title = 412, "version_conflict", "The resource has changed"


class TooLarge(Problem):
    """The body is over the limit."""

    status, code, title = 413, "body_too_large", "The body is too large"


class TooLong(Problem):
    """The query string is over the limit."""

    status, code, title = 414, "uri_too_long", "The query string is too long"


class UnsupportedMediaType(Problem):
    """The body is of a kind this path does not take."""

    status, code, title = 415, "unsupported_media_type", "Unsupported media type"


class Encoded(UnsupportedMediaType):
    """The body is compressed, or encoded in another way."""

    headers = {"Accept-Encoding": "identity"}


class Invalid(Problem):
    """Readable, but it breaks at least one rule; ``faults`` names them."""

    status, code, title = 422, "validation_failed", "Validation failed"


def refusal(
    detail: str, parameter: str | None = None, code: str = "invalid", *, pointer: str | None = None
) -> Invalid:
    """The refusal of a request for one reason."""
    return Invalid(faults=(Fault(detail, pointer, parameter, code),))


class PreconditionRequired(Problem):
    """A change needs the version it is based on (RFC 6585)."""

    status, code, title = 428, "if_match_required", "If-Match is required"


class TooManyRequests(Problem):
    """More requests than the rate limit allows: try again after the time in Retry-After."""

    status, code, title = 429, "too_many_requests", "Too many requests"


class HeadersTooLarge(Problem):
    """The header of the request is over the limit."""

    status, code, title = 431, "headers_too_large", "The header is too large"


class Internal(Problem):
    """A fault of ours: nothing but a request id is told."""


class Unavailable(Problem):
    """Busy, or the database is away: try again after ``retry_after`` seconds."""

    status, code, title = 503, "unavailable", "Temporarily unavailable"


class ReadOnly(Problem):
    """The database takes no writes here: it is a standby, or read-only. Reads go on; send writes to
    the server of the primary, or try again once this one is it."""

    status, code, title = 503, "read_only", "Read-only"

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or NO_WRITES, retry_after=30)


NO_WRITES = "This database takes no writes, as a standby. Send them to the server of the primary."


class Damaged(Unavailable):
    """The database is damaged, or not there: it has to be put right before anything goes on."""

    def __init__(self, detail: str = "", retry_after: int = 30) -> None:
        super().__init__(detail or DAMAGED, retry_after=retry_after)

    @property
    def engine_said(self) -> bool:
        """Whether the engine met it; else it was seen beforehand, and nothing was read."""
        return self.__cause__ is not None and not isinstance(self.__cause__, OSError)


DAMAGED = (
    "The database is damaged. Whoever runs this has to put a sound copy in its place: "
    "docs/backup.md tells how."
)


class Misconfigured(Unavailable):
    """The database cannot be used as the settings name it; a start is refused with the reason."""

    title = "The database cannot be used like this"


class StorageFull(Problem):
    """No room left to write; reads go on."""

    status, code, title = 507, "storage_full", "No room left to store this"
