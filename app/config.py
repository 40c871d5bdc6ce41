"""Settings, read once from the environment (``SAYSO_…``); each has a default and a sentence."""

from functools import lru_cache

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Every setting of Sayso; ``SAYSO_PORT=9000`` sets ``port``."""

    model_config = SettingsConfigDict(env_prefix="SAYSO_", frozen=True)

    database_url: str = Field(
        "sqlite:///sayso.db",
        description="Where claims are kept: sqlite:///FILE, or postgresql://USER:PASSWORD@HOST/NAME.",
    )
    host: str = Field("127.0.0.1", description="The address to listen on.")
    port: int = Field(
        8000, ge=0, le=65535, description="The port to listen on; 0 takes a free one."
    )
    max_body_bytes: int = Field(
        10_000_000, ge=1024, description="A request body over this many bytes is answered 413."
    )
    max_import_bytes: int = Field(
        2_000_000_000, ge=1024, description="An import over this many bytes is answered 413."
    )
    write_wait_seconds: float = Field(
        5.0, gt=0, description="How long a write waits for its turn before it is answered 503."
    )
    query_seconds: float = Field(
        10.0, gt=0, description="A query that takes longer is stopped and answered 503."
    )
    readers: int = Field(
        8, ge=1, le=200, description="Database connections kept for reading, per process."
    )

    @property
    def sqlalchemy_url(self) -> str:
        """The URL with the driver named, as SQLAlchemy wants it."""
        scheme, _, rest = self.database_url.partition("://")
        if scheme in ("postgres", "postgresql"):
            return f"postgresql+psycopg://{rest}"
        return self.database_url


@lru_cache
def settings() -> Settings:
    """The settings of this process."""
    return Settings()
