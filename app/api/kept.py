"""Routes that take long, and whose answers are kept as plain reads' are: see ``memory``."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from app.api.access import MayRead
from app.api.memory import Memory
from app.store.moments import stands


class Kept(APIRoute):
    """A route whose answer depends on its path, its query and the database, and on nothing else."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        run = super().get_route_handler()

        async def handled(request: Request) -> Response:
            await MayRead.dependency(request)  # who may not is told nothing
            memory: Memory = request.app.state.turn.memory
            if not memory.most:
                return await run(request)
            memory.heard(await request.app.state.db.rows(*stands))
            key, stood = (request.scope["path"], request.scope["query_string"]), memory.stands
            answer = memory.known(key)
            if answer is None:
                answer = await run(request)
                if answer.status_code == 200:
                    memory.keep(key, stood, answer)
            return Response(answer.body, answer.status_code, dict(answer.headers))

        return handled
