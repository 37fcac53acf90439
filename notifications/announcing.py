"""Saying at once, to whoever is listening, that something is new. May be lost: the page asks again by itself."""

import asyncio
import logging
from collections.abc import Iterable, Sequence

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from redis.exceptions import RedisError

from notifications.kinds import LiveMessage

log = logging.getLogger("plenary.live")

SECONDS_TO_SEND = 5
_Parcel = tuple[str, dict[str, object]]


def user_group(user_id: int) -> str:
    return f"user.{user_id}"


def channel_group(channel: str, thing_id: int) -> str:
    return f"{channel}.{thing_id}"


def announce(messages: Iterable[LiveMessage]) -> None:
    """Send to the listeners of each message's channel. A broker that is away is told in the log and fails nothing."""
    _send([_parcel(message) for message in messages])


def announce_notices(user_ids: Iterable[int]) -> None:
    """Tell these people's open pages that their notices changed; each socket counts for itself."""
    _send([(user_group(user_id), {"type": "notices.changed"}) for user_id in user_ids])


def _parcel(message: LiveMessage) -> _Parcel:
    told = {"type": "live.message", "channel": message.channel, "id": message.id, "data": dict(message.data)}
    return channel_group(message.channel, message.id), told


def _send(parcels: Sequence[_Parcel]) -> None:
    if not parcels:
        return
    try:
        async_to_sync(_send_all)(parcels)
    except (RedisError, OSError, TimeoutError) as error:
        log.warning("%s live messages not sent: %s", len(parcels), type(error).__name__)


async def _send_all(parcels: Sequence[_Parcel]) -> None:
    layer = get_channel_layer()
    async with asyncio.timeout(SECONDS_TO_SEND):
        for group, message in parcels:
            await layer.group_send(group, message)
