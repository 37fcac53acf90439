"""One socket of one signed-in page."""

import asyncio
from contextlib import suppress
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.conf import settings
from django.db import DatabaseError
from redis.exceptions import RedisError

from notifications.announcing import channel_group, user_group
from notifications.frames import BadFrameError, Request, read_frame
from notifications.kinds import live_channel
from notifications.readers import count_for
from notifications.sessions import still_signed_in

NOT_SIGNED_IN = 4401
TOO_MUCH_NONSENSE = 4400
TRY_AGAIN_LATER = 1013
MOST_CHANNELS = 50
MOST_ERRORS = 20
MOST_FRAMES = 200  # between two checks of the session; each may cost a question to the database
SECONDS_BETWEEN_CHECKS = 30


class LiveConsumer(AsyncJsonWebsocketConsumer):  # type: ignore[misc]
    """Passes on ids to a page that listens. The right is asked when listening begins and before every message; the session
    twice a minute. Accepts before it closes: a browser learns the code only of a socket that was open."""

    async def connect(self) -> None:
        self.listening: set[str] = set()
        self.errors = self.frames = 0
        self.watch: asyncio.Task[None] | None = None
        await self.accept()
        user = self.scope["user"]
        if not user.is_authenticated:
            await self.close(NOT_SIGNED_IN)
            return
        self.user_id: int = user.pk
        self.session_key = self.scope["session"].session_key
        await self.channel_layer.group_add(user_group(self.user_id), self.channel_name)
        self.watch = asyncio.create_task(self._watch_the_session())
        await self.notices_changed({})

    async def disconnect(self, code: int) -> None:
        if self.watch is None:
            return
        self.watch.cancel()
        await self.channel_layer.group_discard(user_group(self.user_id), self.channel_name)
        for name in list(self.listening):
            await self._leave(name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any) -> None:
        self.frames += 1
        if self.watch is None:
            return
        if self.frames > MOST_FRAMES:
            await self.close(TOO_MUCH_NONSENSE)
            return
        try:
            request = read_frame(text_data)
        except BadFrameError as problem:
            await self._tell_error(str(problem))
            return
        if request.verb == "leave":
            await self._leave(request.name)
        else:
            await self._listen(request)

    async def _listen(self, request: Request) -> None:
        """A channel that does not exist and one that may not be heard get the same answer."""
        if request.name in self.listening:
            await self.send_json({"listening": request.name})
        elif len(self.listening) >= MOST_CHANNELS:
            await self._tell_error("too_many")
        elif await self._may_listen(request.channel, request.id):
            self.listening.add(request.name)
            await self.channel_layer.group_add(channel_group(request.channel, request.id), self.channel_name)
            await self.send_json({"listening": request.name})
        else:
            await self.send_json({"refused": request.name})

    async def _leave(self, name: str) -> None:
        if name in self.listening:
            self.listening.discard(name)
            channel, _, number = name.partition(":")
            await self.channel_layer.group_discard(channel_group(channel, int(number)), self.channel_name)

    async def live_message(self, message: dict[str, Any]) -> None:
        """From `announcing.announce`. Whoever lost the right hears nothing, not even that."""
        channel, thing_id = message["channel"], message["id"]
        name = f"{channel}:{thing_id}"
        if name not in self.listening:
            return
        if await self._may_listen(channel, thing_id):
            await self.send_json({channel: thing_id, **message["data"]})
        else:
            await self._leave(name)

    async def notices_changed(self, message: dict[str, Any]) -> None:
        """From `announcing.announce_notices`: count for ourselves, so that messages out of order do no harm."""
        await self.send_json({"notices": await database_sync_to_async(count_for)(self.user_id)})

    async def _may_listen(self, channel: str, thing_id: int) -> bool:
        if channel not in settings.LIVE_CHANNELS:
            return False
        return bool(await database_sync_to_async(live_channel(channel).may_listen)(self.user_id, thing_id))

    async def _tell_error(self, word: str) -> None:
        self.errors += 1
        await self.send_json({"error": word})
        if self.errors >= MOST_ERRORS:
            await self.close(TOO_MUCH_NONSENSE)

    async def _watch_the_session(self) -> None:
        """Closes at sign-out and suspension; also where the session cannot be asked about: then nobody knows."""
        code = NOT_SIGNED_IN
        try:
            while await database_sync_to_async(still_signed_in)(self.session_key, self.user_id):
                await asyncio.sleep(SECONDS_BETWEEN_CHECKS / settings.SPEED)
                self.frames = 0
        except (DatabaseError, RedisError):
            code = TRY_AGAIN_LATER
        with suppress(OSError):  # whoever went in this very moment is told nothing
            await self.close(code)
