"""Routes that take long, and whose answers are kept as those of plain reads are: see ``memory``."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from app.api.access import MayRead
from app.api.memory import Turn
from app.api.visits import key


class Kept(APIRoute):
    """A route whose answers depend on no more than its key says, and on the database."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        run = super().get_route_handler()

        async def handled(request: Request) -> Response:
            await MayRead.dependency(request)  # who may not is told nothing
            turn: Turn = request.app.state.turn
            if not turn.memory.most:
                return await run(request)
            memory, asked = await turn.stands(), key(request.scope)
            stood, answer = memory.stands, memory.known(asked)
            if answer is None:
                answer = await run(request)
                if answer.status_code < 400:
                    memory.keep(asked, stood, answer)
            return Response(answer.body, answer.status_code, dict(answer.headers))

        return handled
