"""Settings, read once from the environment (``SAYSO_…``); each has a default and a sentence."""

import os
import re
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from pydantic import AliasChoices, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

LOOPBACK = ("127.0.0.1", "::1", "localhost")
SECRET = ("database_url", "database_password", "key_pepper")
"""What may also be in a file: ``SAYSO_KEY_PEPPER_FILE=/run/secrets/pepper``."""

BACKENDS = ("sqlite", "postgresql", "postgres")
URL_FORMS = (
    "write sqlite:///FILE, with four slashes for a path from the root, or "
    "postgresql://USER:PASSWORD@HOST/NAME."
)


class SettingsError(ValueError):
    """A setting that cannot be used: says which, and never what it was."""


def secret(variable: str) -> str | None:
    """A secret from the environment, or from the file that ``…_FILE`` names; None: neither."""
    given, file = os.environ.get(variable), os.environ.get(f"{variable}_FILE")
    if not file:
        return given
    if given:
        raise SettingsError(f"{variable} and {variable}_FILE are both set: keep one of them.")
    try:
        found = Path(file).read_text(encoding="utf-8").removesuffix("\n").removesuffix("\r")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not text in UTF-8"
        raise SettingsError(f"{variable}_FILE: {file} cannot be read: {why}.") from None
    if not found:
        raise SettingsError(f"{variable}_FILE: {file} is empty: write the secret into it.")
    return found


class SecretFiles(PydanticBaseSettingsSource):
    """The settings that files hold, as containers hand secrets over."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        """One of them; None where no file is named."""
        variable = f"SAYSO_{field_name.upper()}"
        named = field_name in SECRET and os.environ.get(f"{variable}_FILE")
        return (secret(variable) if named else None), field_name, False

    def __call__(self) -> dict[str, Any]:
        """All of them."""
        fields = self.settings_cls.model_fields.items()
        found = {name: self.get_field_value(field, name)[0] for name, field in fields}
        return {name: value for name, value in found.items() if value is not None}


class Settings(BaseSettings):
    """Every setting of Sayso; ``SAYSO_PORT=9000`` sets ``port``."""

    model_config = SettingsConfigDict(env_prefix="SAYSO_", frozen=True, populate_by_name=True)

    database_url: str = Field(
        "sqlite:///sayso.db",
        description="Where claims are kept: sqlite:///FILE, or postgresql://USER:PASSWORD@HOST/NAME.",
    )
    database_password: SecretStr = Field(
        SecretStr(""), description="The password of that user, where the URL has none, as it is."
    )
    host: str = Field("127.0.0.1", description="The address to listen on.")
    port: int = Field(
        8000, ge=0, le=65535, description="The port to listen on; 0 takes a free one."
    )
    workers: int = Field(
        1, ge=1, le=64, description="Processes that answer requests, on one port and one database."
    )
    max_body_bytes: int = Field(
        10_000_000, ge=1024, description="A request body over this many bytes is answered 413."
    )
    max_import_bytes: int = Field(
        2_000_000_000, ge=1024, description="An import over this many bytes is answered 413."
    )
    write_wait_seconds: float = Field(
        5.0, gt=0, description="How long a write waits for the write lock before a 503."
    )
    query_seconds: float = Field(
        10.0, gt=0, description="A query that takes longer is stopped and answered 503."
    )
    readers: int = Field(
        8, ge=1, le=200, description="Database connections kept for reading, per worker."
    )
    response_cache_bytes: int = Field(
        32_000_000,
        ge=0,
        validation_alias=AliasChoices("SAYSO_RESPONSE_CACHE_BYTES", "SAYSO_MEMORY_BYTES"),
        description="Size of the response cache in bytes, per worker; 0: none.",
    )
    header_seconds: float = Field(
        10.0, gt=0, description="A header that takes longer to arrive is answered 408."
    )
    body_seconds: float = Field(
        60.0, gt=0, description="A body that takes longer to arrive is answered 408."
    )
    import_seconds: float = Field(
        600.0,
        gt=0,
        description="The same for the body of an import; and how long a client may take to read "
        "the response.",
    )
    max_header_bytes: int = Field(
        32_768, ge=1024, description="A header over this many bytes is answered 431."
    )
    drain_seconds: float = Field(
        1.0, ge=0, le=60, description="On SIGTERM, how long /readyz returns 503 before shutdown."
    )
    stream_seconds: float = Field(
        600.0, gt=0, le=3600,
        description="How long a stream of changes stays open before it is asked for again.",
    )  # fmt: skip
    stream_heartbeat_seconds: float = Field(
        15.0, gt=0, le=600,
        description="How often a stream with nothing to tell sends a comment, so that no proxy "
        "closes it and a reader who is gone is noticed.",
    )  # fmt: skip
    picture_seconds: float = Field(
        10.0, gt=0, le=600, description="How long one picture may take, and one may wait for it."
    )
    log: Literal["text", "json"] = Field(
        "text", description="How the log of a server is written, on standard error, a line each."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info",
        description="From which level on: info has a line for each request, warning only what is "
        "wrong, debug /healthz and its like too.",
    )
    proxy: str = Field(
        "",
        description="Addresses (CIDR, comma-separated) of proxies whose X-Forwarded headers count.",
    )
    allowed_hosts: str = Field(
        "", description="Accepted Host names (comma-separated); unless set, any."
    )
    public_url: str = Field(
        "",
        pattern=r"^(https?://[A-Za-z0-9._~:/\[\]-]+)?$",
        description="What permalinks and the address of a next page start with (https://…); unless "
        "set, the Host that was asked.",
    )
    cors_origins: str = Field(
        "", description="Origins (comma-separated) whose pages may call this; unless set, none."
    )
    cors_localhost: bool | None = Field(
        None,
        description="Whether pages on this machine (http://localhost, any port) may read from this "
        "in a browser; unless set, so in `sayso demo` only.",
    )
    open_reads: bool | None = Field(
        None,
        description="Whether reading needs no key; unless set, so on loopback (SAYSO_HOST) only.",
    )
    rate_per_minute: int = Field(
        600, ge=0, le=10**9, description="Requests a minute for each key, per server; 0: no limit."
    )
    anonymous_rate_per_minute: int = Field(
        120, ge=0, le=10**9, description="The same for each address that sends no valid key."
    )
    key_pepper: SecretStr = Field(
        SecretStr(""),
        description="A long random text that stored keys are hashed with; unless set, one is made "
        "and kept in the database. The same for every replica; changing it invalidates every key.",
    )

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], *sources: PydanticBaseSettingsSource, **named: Any
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is said in code, then files, then the environment."""
        return named["init_settings"], SecretFiles(settings_cls), named["env_settings"]

    @model_validator(mode="after")
    def _of_a_known_backend(self) -> "Settings":
        """The URL, its scheme in small letters, where it is one of SQLite or PostgreSQL."""
        object.__setattr__(self, "database_url", _database_url(self.database_url))
        return self

    @model_validator(mode="after")
    def _with_password(self) -> "Settings":
        """The URL with its password, %-encoded as a URL needs it."""
        password = self.database_password.get_secret_value()
        if not password:
            return self
        scheme, _, rest = self.database_url.partition("://")
        user, at, place = rest.rpartition("@")
        if not scheme.startswith("postgres") or not at or not user:
            raise ValueError("SAYSO_DATABASE_PASSWORD is for postgresql://USER@HOST/NAME.")
        name, colon, own = user.partition(":")
        if colon and own != quote(password, safe=""):
            raise ValueError("The URL has a password of its own: leave out one of the two.")
        url = f"{scheme}://{name}:{quote(password, safe='')}@{place}"
        object.__setattr__(self, "database_url", url)
        return self

    @property
    def reads_are_open(self) -> bool:
        """Whether anybody may read."""
        return self.host in LOOPBACK if self.open_reads is None else self.open_reads

    @property
    def hosts(self) -> frozenset[str]:
        """The accepted Host names, in lower case; none: any."""
        return frozenset(_listed(self.allowed_hosts.lower()))

    @property
    def origins(self) -> tuple[str, ...]:
        """The origins whose pages may call this."""
        return _listed(self.cors_origins)

    @property
    def sqlalchemy_url(self) -> str:
        """The URL with the driver named, as SQLAlchemy wants it."""
        scheme, _, rest = self.database_url.partition("://")
        if scheme in ("postgres", "postgresql"):
            return f"postgresql+psycopg://{rest}"
        return self.database_url

    @property
    def on_postgres(self) -> bool:
        """Whether claims are kept in PostgreSQL; else it is SQLite."""
        return self.sqlalchemy_url.startswith("postgresql")


def _database_url(given: str) -> str:
    """A database URL that can be used; a refusal repeats of it no more than the backend's name."""
    scheme, separator, rest = given.strip().partition("://")
    scheme = scheme.lower()
    if not separator or not re.fullmatch(r"[a-z][a-z0-9+._-]{0,30}", scheme):
        raise ValueError(f"SAYSO_DATABASE_URL is no URL of a database: {URL_FORMS}")
    backend, _, driver = scheme.partition("+")
    if backend not in BACKENDS:
        raise ValueError(
            f"SAYSO_DATABASE_URL names {backend}, and claims are kept in SQLite or PostgreSQL "
            f"only: {URL_FORMS}"
        )
    if backend == "sqlite" and driver not in ("", "pysqlite"):
        raise ValueError(f"SAYSO_DATABASE_URL names the driver {driver}: leave it out.")
    if backend == "sqlite" and rest[:1] not in ("", "/", "?"):
        raise ValueError(f"SAYSO_DATABASE_URL lacks a slash before the file: {URL_FORMS}")
    return f"{scheme}://{rest}"


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


@lru_cache
def settings() -> Settings:
    """The settings of this process; raises ``SettingsError``."""
    try:
        return Settings()
    except ValidationError as wrong:
        raise SettingsError("\n".join(map(_told, wrong.errors()))) from None


def _told(fault: Any) -> str:
    """The setting and what is wrong with it, without its value, which may be a secret."""
    name = str(fault["loc"][0]).upper() if fault["loc"] else ""
    named = name if not name or name.startswith("SAYSO_") else f"SAYSO_{name}"
    said = fault["msg"].removeprefix("Value error, ")
    return f"{named}: {said}." if named else said
