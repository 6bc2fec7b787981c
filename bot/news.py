"""Who can see what has changed: what one process hears of it, all know before they decide the next act."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.ports import Network, Store


class News:
    """Keeps what each process remembers of people and places as new as what any has heard.

    A version in the database counts what was heard; a process that finds another asks its networks anew.
    """

    def __init__(self, store: Store, networks: Mapping[str, Network]) -> None:
        self._store = store
        self._networks = networks
        self._version: int | None = None
        self._forgetting: list[Callable[[], None]] = [one.forget for one in networks.values()]

    def when_old(self, forget: Callable[[], None]) -> None:
        """Have `forget` called whenever what is remembered may be old."""
        self._forgetting.append(forget)

    async def tell(self) -> None:
        """Something has changed that others may remember otherwise. Raises Unavailable."""
        for forget in self._forgetting:
            forget()
        if not self._store.alone:
            self._version = await self._store.transact(lambda tx: tx.change_access())

    async def hear(self) -> None:
        """Forget what was remembered before the last change that any process heard of. Raises Unavailable."""
        if self._store.alone:
            return
        version = await self._store.read(lambda tx: tx.access())
        if version != self._version:
            for forget in self._forgetting if self._version is not None else ():
                forget()
            self._version = version
