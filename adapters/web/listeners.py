"""The pages' addresses, and who answers at each."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from aiohttp import hdrs, web

from adapters.web.answers import NotFound, guarded, says
from adapters.web.customers import Customers
from adapters.web.forms import LARGEST
from adapters.web.network import WebNetwork
from adapters.web.sessions import Sessions
from adapters.web.stats import Managers
from adapters.web.team import Team
from bot.access import Keys
from bot.desk import Desk
from bot.pages import Pages
from bot.ports import Clock

STATIC = Path(__file__).parent / "static"
#: What a ticket's key looks like in an address.
TICKET = r"{key:[A-Z][A-Z0-9]{1,9}-\d{1,9}}"


def register(network: WebNetwork, desk: Desk, pages: Pages, keys: Keys, clock: Clock) -> None:
    """Have the pages served."""
    door = Sessions(network, desk, pages, keys, clock)
    customers = Customers(network, desk, pages, door)
    team, managers = Team(network, desk, pages, door), Managers(desk, pages, door)

    def application() -> web.Application:
        app = web.Application(middlewares=[guarded], client_max_size=LARGEST)
        app.router.add_get("/", _home)
        app.router.add_get("/static/{name}", _static)
        door.routes(app.router)
        managers.routes(app.router)
        customers.routes(app.router, TICKET)
        team.routes(app.router, TICKET)
        return app

    network.application = application
    network.holds = keys.holds


async def _home(request: web.Request) -> web.StreamResponse:
    return says("web.not_in.customer", request, 401)


async def _static(request: web.Request) -> web.StreamResponse:
    path = SERVED.get(request.match_info["name"])
    if path is None:
        raise NotFound
    response = web.FileResponse(path)
    response.headers[hdrs.CACHE_CONTROL] = "public, max-age=3600"
    return response


def _htmx() -> Path:
    spec = importlib.util.find_spec("js_lib_htmx")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return Path(next(iter(spec.submodule_search_locations))) / "static" / "htmx"


#: What is served to everybody: ours, and htmx.
SERVED = {
    "style.css": STATIC / "style.css",
    "page.js": STATIC / "page.js",
    "htmx.js": _htmx() / "htmx.min.js",
}
