"""The socket, from the real ASGI application with its session and Origin, over the real Valkey."""

import asyncio
import logging
from functools import wraps

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from channels.layers import get_channel_layer
from django.conf import settings
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from config.asgi import application
from notifications import consumers
from notifications.actions.reading import mark_read
from notifications.announcing import announce, channel_group
from notifications.consumers import MOST_CHANNELS, MOST_ERRORS, MOST_FRAMES, NOT_SIGNED_IN, TOO_MUCH_NONSENSE, TRY_AGAIN_LATER
from notifications.expander import expand_next
from notifications.kinds import LiveMessage
from notifications.models import Event, Notice
from tests.notifications.conftest import happen, make_person, withdraw_rights
from tests.notifications.sockets import Socket

pytestmark = pytest.mark.django_db(transaction=True)


def in_an_event_loop(test):
    """Database work happens in the test's own thread, on its own connection."""

    @wraps(test)
    def run(*args, **kwargs):
        async_to_sync(test)(*args, **kwargs)

    return run


def socket_of(client, origin=None):
    cookie = client.cookies.get(settings.SESSION_COOKIE_NAME)
    headers = [(b"origin", (origin or settings.SITE_URL).encode())]
    if cookie:
        headers.append((b"cookie", f"{settings.SESSION_COOKIE_NAME}={cookie.value}".encode()))
    return Socket(application, "/live/", headers)


@pytest.fixture
def browser(member):
    client = Client()
    client.force_login(member)
    return client


async def opened(client):
    """A socket that has said how many notices are unread."""
    socket = socket_of(client)
    assert await socket.connect()
    assert "notices" in await socket.hear()
    return socket


@sync_to_async
def expand_all():
    while expand_next(at=timezone.now()):
        pass


happen_now = sync_to_async(lambda **data: happen(at=timezone.now(), **data))


@in_an_event_loop
async def test_is_closed_to_whoever_is_not_signed_in():
    socket = socket_of(Client())
    await socket.connect()
    await socket.tell(listen="thing:7")
    assert await socket.closing_code() == NOT_SIGNED_IN  # and nothing before it


@in_an_event_loop
async def test_is_closed_to_pages_from_elsewhere(browser):
    socket = socket_of(browser, origin="https://elsewhere.example")
    assert not await socket.connect()


@in_an_event_loop
async def test_tells_of_what_happens_where_it_listens_and_nowhere_else(browser):
    socket = await opened(browser)
    assert await socket.ask(listen="thing:7") == {"listening": "thing:7"}
    await sync_to_async(announce)([LiveMessage("thing", 8, {"number": 1}), LiveMessage("thing", 7, {"number": 12})])
    assert await socket.hear() == {"thing": 7, "number": 12}
    await socket.tell(leave="thing:7")
    assert await socket.ask(listen="thing:9") == {"listening": "thing:9"}  # so the leave was heard
    await sync_to_async(announce)([LiveMessage("thing", 7, {"number": 13})])
    assert await socket.hears_nothing()
    await socket.leave()


@in_an_event_loop
async def test_tells_how_many_notices_are_unread_when_opened_and_when_one_comes(browser):
    socket = socket_of(browser)
    await socket.connect()
    assert await socket.hear() == {"notices": 0}
    await happen_now(thing=7)
    await expand_all()
    assert await socket.hear() == {"notices": 1}
    await socket.leave()


@in_an_event_loop
async def test_an_event_reaches_whoever_listens_to_its_thing(browser):
    socket = await opened(browser)
    await socket.ask(listen="thing:7")
    await happen_now(thing=7, number=12)
    await expand_all()
    assert [await socket.hear() for _ in range(2)] == [{"thing": 7, "number": 12}, {"notices": 1}]
    await socket.leave()


@pytest.mark.parametrize("name", ["thing:1000", "nothing:7", "user:1"])
@in_an_event_loop
async def test_refuses_what_may_not_be_heard_and_what_does_not_exist_alike(browser, name):
    socket = await opened(browser)
    assert await socket.ask(listen=name) == {"refused": name}
    await sync_to_async(announce)([LiveMessage(name.split(":")[0], int(name.split(":")[1]), {"number": 1})])
    assert await socket.hears_nothing()
    await socket.leave()


@in_an_event_loop
async def test_nothing_arrives_once_the_right_is_gone(browser, member):
    socket = await opened(browser)
    assert await socket.ask(listen="thing:7") == {"listening": "thing:7"}
    await sync_to_async(withdraw_rights)(member)
    await sync_to_async(announce)([LiveMessage("thing", 7, {"number": 12})])
    assert await socket.hears_nothing()
    assert await socket.ask(listen="thing:7") == {"refused": "thing:7"}
    await socket.leave()


@in_an_event_loop
async def test_somebody_elses_notices_are_not_told(browser, member):
    socket = await opened(browser)
    await sync_to_async(make_person)("olga")
    await happen_now(thing=7, by=member.pk)
    await expand_all()
    assert await sync_to_async(Notice.objects.count)() == 1
    assert await socket.hears_nothing()
    await socket.leave()


@in_an_event_loop
async def test_closes_after_sign_out(browser):
    socket = await opened(browser)
    await sync_to_async(browser.logout)()
    assert await socket.closing_code() == NOT_SIGNED_IN


@in_an_event_loop
async def test_closes_after_suspension(browser, member):
    socket = await opened(browser)
    member.is_active = False
    await sync_to_async(member.save)()
    assert await socket.closing_code() == NOT_SIGNED_IN


@in_an_event_loop
async def test_closes_after_a_change_of_password(browser, member):
    socket = await opened(browser)
    member.set_password("another one altogether")
    await sync_to_async(member.save)()
    assert await socket.closing_code() == NOT_SIGNED_IN


@in_an_event_loop
async def test_stays_open_while_all_is_well(browser):
    socket = await opened(browser)
    await asyncio.sleep(1)  # three checks
    assert await socket.ask(listen="thing:7") == {"listening": "thing:7"}
    await socket.leave()


@in_an_event_loop
async def test_closes_when_nobody_can_say_whether_the_session_still_holds(browser, monkeypatch):
    def lost(session_key, user_id):
        raise OperationalError

    monkeypatch.setattr(consumers, "still_signed_in", lost)
    socket = await opened(browser)
    assert await socket.closing_code() == TRY_AGAIN_LATER


@in_an_event_loop
async def test_what_was_under_way_when_it_stopped_listening_does_not_arrive(browser):
    socket = await opened(browser)
    await socket.ask(listen="thing:7")
    await socket.tell(leave="thing:7")
    await socket.ask(listen="thing:8")
    layer = get_channel_layer()
    late = {"type": "live.message", "channel": "thing", "id": 7, "data": {"number": 1}}
    await layer.group_send(channel_group("thing", 8), late)
    assert await socket.hears_nothing()
    await socket.leave()


class TestLimits:
    @in_an_event_loop
    async def test_nonsense_is_answered_and_after_a_while_closes(self, browser):
        socket = await opened(browser)
        for number in range(MOST_ERRORS):
            if number % 2:
                await socket.say(data=b"\x00\x01")
            else:
                await socket.say("{nonsense")
            assert await socket.hear() == {"error": "malformed"}
        assert await socket.closing_code() == TOO_MUCH_NONSENSE

    @in_an_event_loop
    async def test_too_many_frames_in_a_short_while_close(self, browser, settings):
        settings.SPEED = 1
        socket = await opened(browser)
        for _ in range(MOST_FRAMES):
            await socket.tell(leave="thing:7")
        await socket.tell(listen="thing:7")
        assert await socket.closing_code() == TOO_MUCH_NONSENSE

    @in_an_event_loop
    async def test_a_large_frame_is_answered(self, browser):
        socket = await opened(browser)
        await socket.say(" " * 5000)
        assert await socket.hear() == {"error": "too_large"}
        await socket.leave()

    @in_an_event_loop
    async def test_listens_to_so_many_and_no_more(self, browser):
        socket = await opened(browser)
        for number in range(1, MOST_CHANNELS + 1):
            assert await socket.ask(listen=f"thing:{number}") == {"listening": f"thing:{number}"}
        assert await socket.ask(listen="thing:1") == {"listening": "thing:1"}
        assert await socket.ask(listen="thing:999") == {"error": "too_many"}
        await socket.tell(leave="thing:1")
        assert await socket.ask(listen="thing:999") == {"listening": "thing:999"}
        await socket.leave()


def test_a_broker_that_is_away_costs_a_line_in_the_log_and_no_notice(member, broker_away, caplog):
    happen(thing=7, at=timezone.now())
    with caplog.at_level(logging.WARNING, "plenary.live"):
        expand_next(at=timezone.now())
    assert Notice.objects.count() == 1
    assert not Event.objects.unexpanded().exists()
    assert [record.levelname for record in caplog.records if record.name == "plenary.live"] == ["WARNING", "WARNING"]


@in_an_event_loop
async def test_leaves_no_count_behind_when_read_meanwhile(browser, member):
    await happen_now(thing=7)
    await expand_all()
    await sync_to_async(mark_read)(Notice.objects.all(), by=member, at=timezone.now())
    socket = socket_of(browser)
    await socket.connect()
    assert await socket.hear() == {"notices": 0}
    await socket.leave()
