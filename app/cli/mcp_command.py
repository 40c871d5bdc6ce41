"""``sayso mcp``: a server of the Model Context Protocol, over the database or a Sayso elsewhere."""

import asyncio
import os
import socket
from typing import Annotated, Literal

import typer
import uvicorn

from app.cli.api_client import Refused, connected
from app.cli.console import app, err
from app.cli.context import opened, unfit_told
from app.cli.process import loading, stop_when_told
from app.config import secret
from app.store.snapshot import Unfit

HOST = "127.0.0.1"
Transport = Literal["stdio", "streamable-http"]


@app.command()
def mcp(
    url: Annotated[
        str | None, typer.Option(help="Ask the server at http://…, not the database.")
    ] = None,
    key: Annotated[
        str | None, typer.Option(help="A key, where reading needs one; better in SAYSO_KEY.")
    ] = None,
    write: Annotated[
        bool, typer.Option("--write", help="Offer add_claim too; it needs a key, and stdio.")
    ] = False,
    transport: Annotated[
        Transport, typer.Option(help="stdio: the assistant starts this; else it connects.")
    ] = "stdio",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Of streamable-http, on this machine alone.")
    ] = 8001,
) -> None:
    """Serve an assistant (Model Context Protocol): find, list, compare, who stands behind.

    See docs/agents.md for how to have a client start it.
    """
    key = key or secret("SAYSO_KEY")
    with unfit_told():
        _require_safe(write, key, transport)
    if url is None:
        with opened():
            pass
    try:
        with unfit_told():
            _require_installed()
            asyncio.run(_served(url, key, write, transport, port))
    except Refused as refused:
        raise typer.BadParameter(str(refused)) from None


def _require_safe(write: bool, key: str | None, transport: Transport) -> None:
    """Raise ``Unfit`` for writing that nobody could answer for."""
    if write and not key:
        raise Unfit("--write needs a key that may write. Put one into SAYSO_KEY: sayso keys create")
    if write and transport != "stdio":
        raise Unfit(
            "--write is for stdio: by HTTP any program on this machine could write with your key. "
            "Leave out --write, or --transport."
        )


def _require_installed() -> None:
    """Raise ``Unfit`` where the extra is missing."""
    try:
        with loading():
            from app.cli import mcp_tools  # noqa: F401
    except ModuleNotFoundError as missing:
        if missing.name is None or missing.name.partition(".")[0] not in ("mcp", "mcp_types"):
            raise
        raise Unfit(
            "sayso mcp needs the package mcp. Install it: pip install 'sayso[mcp]'"
        ) from None


async def _served(
    url: str | None, key: str | None, write: bool, transport: Transport, port: int
) -> None:
    from app.cli.mcp_tools import mcp_server

    async with connected(url, key, {}) as api:
        server = mcp_server(api.client, key, write)
        if transport == "stdio":
            await server.run_stdio_async()
            return
        stop_when_told()
        with _listening(port) as listening:
            at = f"http://{HOST}:{listening.getsockname()[1]}/mcp"
            err.print(f"Assistants connect to {at}; Ctrl-C stops it.", highlight=False)
            web = server.streamable_http_app(host=HOST)
            config = uvicorn.Config(web, log_level="warning", access_log=False)
            await uvicorn.Server(config).serve(sockets=[listening])


def _listening(port: int) -> socket.socket:
    try:
        return socket.create_server((HOST, port))
    except OSError as error:
        why = os.strerror(error.errno or 0)
        raise Unfit(f"Port {port}: {why}. Choose another one with --port.") from None
