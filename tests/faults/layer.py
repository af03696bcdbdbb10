"""A channel layer for fault tests that drops, repeats and reorders events, as a real one may."""

import asyncio
import os
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.utils.module_loading import import_string

from live.layers import send_to_groups

LONGEST_DELAY_SECONDS = 0.4
CONTROL_VARIABLE = "FAULTS_LAYER_CONTROL"


class UnreliableLayer:
    """
    Passes everything to the layer `inner`, but may drop, repeat or delay events to groups.

    It reads the three probabilities from a file that an environment variable names, so that a run can
    control all its processes at once. Without the file, no event is changed.
    """

    def __init__(self, *, inner: str, **config: Any) -> None:
        self._inner = import_string(inner)(**config)
        self._control = Path(os.environ[CONTROL_VARIABLE])
        self._random = random.Random(os.environ.get("PORT"))
        self._held: set[asyncio.Task[None]] = set()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def group_send_many(self, messages: Sequence[tuple[str, dict[str, Any]]]) -> None:
        drop, repeat, reorder = self._read_chances()
        passed = []
        for group, message in messages:
            if self._random.random() < drop:
                continue
            if self._random.random() < reorder:
                self._hold_back(group, message)
            else:
                passed.append((group, message))
            if self._random.random() < repeat:
                self._hold_back(group, message)
        if passed:
            await send_to_groups(self._inner, passed)

    def _read_chances(self) -> tuple[float, float, float]:
        try:
            drop, repeat, reorder = map(float, self._control.read_text().split())
        except (FileNotFoundError, ValueError):
            return 0, 0, 0
        return drop, repeat, reorder

    def _hold_back(self, group: str, message: dict[str, Any]) -> None:
        task = asyncio.create_task(self._send_later(group, message))
        self._held.add(task)
        task.add_done_callback(self._held.discard)

    async def _send_later(self, group: str, message: dict[str, Any]) -> None:
        await asyncio.sleep(self._random.uniform(0, LONGEST_DELAY_SECONDS))
        try:
            await self._inner.group_send(group, message)
        except Exception:  # noqa: BLE001 - a delayed event is lost if the layer is down
            return
