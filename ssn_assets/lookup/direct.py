"""The one question asked all day, past the framework: its layers, routing and argument resolving cost a third of a request.

The route stays declared on the application, for OpenAPI and for every other method. What the answer is does not belong here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ssn_assets.lookup.problem import Refusal


class Direct:
    """Calls one POST route's endpoint itself; everything else goes on to the application."""

    def __init__(
        self, app: FastAPI, inside: ASGIApp, route: Any, refused: Callable[[Request, Exception], Awaitable[Response]]
    ) -> None:
        """Stand before the application.

        Args:
            app: whom the endpoint finds in its request.
            inside: the application's own way.
            route: the declared route; its endpoint takes the request and nothing else.
            refused: turns a Refusal into a response.
        """
        self._app, self._inside, self._refused = app, inside, refused
        self._route, self._path, self._endpoint = route, route.path, route.endpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http" or scope["path"] != self._path or scope["method"] != "POST":
            await self._inside(scope, receive, send)
            return
        scope["app"], scope["route"] = self._app, self._route
        request = Request(scope, receive)
        try:
            response = await self._endpoint(request)
        except Refusal as problem:
            response = await self._refused(request, problem)
        await response(scope, receive, send)
