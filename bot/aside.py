"""Long texts are read and drawn beside the event loop: nobody else waits while they are."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

#: Characters up to which a text is dealt with at once: some milliseconds, however it is written.
LONG = 500
#: One at a time: they take turns with everybody else, not with one another.
_worker = ThreadPoolExecutor(1, thread_name_prefix="long-texts")


async def aside(length: int, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Do pure work on a text of so many characters, beside the loop if it is a long one."""
    if length <= LONG:
        return work(*args, **kwargs)
    return await asyncio.get_running_loop().run_in_executor(_worker, partial(work, *args, **kwargs))
