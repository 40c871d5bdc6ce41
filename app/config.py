"""Settings, read once from the environment (``SAYSO_…``); each has a default and a sentence."""

from functools import lru_cache
from typing import Literal

from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Settings(BaseSettings):
    """Every setting of Sayso; ``SAYSO_PORT=9000`` sets ``port``."""

    model_config = SettingsConfigDict(env_prefix="SAYSO_", frozen=True, populate_by_name=True)

    database_url: str = Field(
        "sqlite:///sayso.db",
        description="Where claims are kept: sqlite:///FILE, or postgresql://USER:PASSWORD@HOST/NAME.",
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


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


@lru_cache
def settings() -> Settings:
    """The settings of this process."""
    return Settings()
