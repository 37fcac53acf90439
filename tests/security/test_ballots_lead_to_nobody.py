"""An attacker holds every table with the numbers and places of its rows, dumps, cache, sessions, mail and logs. Before the mixing
they find each ballot's member, if they hold the server's key as well: that is what the page admits. After it they guess."""

import json
import logging
import re
import warnings
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from io import StringIO
from threading import Barrier
from time import sleep

import pytest
import time_machine
from django.core.cache import caches
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import User
from consultation.actions.casting import cast_ballot
from consultation.actions.closing import close_what_is_due
from consultation.actions.mixing import mix_what_is_due, sweep_what_was_mixed
from consultation.actions.sealing import seal_answers
from consultation.detachment import BATCH, new_key, opened
from consultation.models import Ballot, BallotBox, Consultation
from consultation.readers.ballots import about_ballot, box_key
from mail.addresses import attach
from mail.models import Mail
from notifications.expander import expand_next
from tests.accounts.factories import FactsFactory, UserFactory
from tests.consultation.factories import AFTER_CLOSE, BEGIN, FULL, WHILE_OPEN, a_ballot, a_detached_one, an_organiser

FACTS = {"nation": "wales", "list_size": "5-10k", "job": "practice-manager", "years": "5-9"}
NUMBER, NAME, HANDLE, EMAIL = "9182736455", "Zebedee Quorndon", "zebedee-quorndon", "zq@hidden.example.org"
WHO = re.compile("|".join(map(re.escape, (NUMBER, NAME, HANDLE, EMAIL))))
FAR_FROM_CHANCE = 9
"""Of so many right guesses among twenty there is one chance in two million, where one guesses."""


def rows_of(table: str) -> list[tuple[str, str, str]]:
    """The number of the transaction that wrote each row, of the one that locked or deleted it, and what it says, by place."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT xmin::text, xmax::text, row_to_json(t)::text FROM "{table}" t ORDER BY ctid')
        return cursor.fetchall()


def everything() -> list[tuple[str, str, str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        )
        tables = [name for (name,) in cursor.fetchall()]
    return [(table, *row) for table in tables for row in rows_of(table)]


def dumped(table: str) -> list[str]:
    """As a dump writes it: in the order of places."""
    lines = StringIO()
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} TO STDOUT") as copy:
        for data in copy:
            lines.write(bytes(data).decode())
    return lines.getvalue().splitlines()


def can_look_into_pages() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pageinspect')")
        return bool(cursor.fetchone()[0])


def left_in_pages(table: str) -> set[str]:
    """The numbers of the transactions that wrote whatever still lies in the pages of a table, deleted or not. Where PostgreSQL has
    no `pageinspect` only those of rows that are there (`xmin`), and it says so: what was deleted is not looked for then."""
    with connection.cursor() as cursor:
        if not can_look_into_pages():
            warnings.warn(f"pageinspect is not installed: {table} is attacked by xmin and ctid of its rows alone", stacklevel=2)
            cursor.execute(f"SELECT DISTINCT xmin::text FROM {table}")
            return {number for (number,) in cursor.fetchall()}
        cursor.execute("CREATE EXTENSION pageinspect")
        cursor.execute(
            "SELECT DISTINCT t_xmin::text FROM generate_series(0, pg_relation_size(%s) / 8192 - 1) page, "
            "heap_page_items(get_raw_page(%s, page::int)) WHERE t_xmin IS NOT NULL",
            [table, table],
        )
        found = {number for (number,) in cursor.fetchall()}
        cursor.execute("DROP EXTENSION pageinspect")
    return found


def by_number(consultation: Consultation, key: bytes | None) -> dict[int, list[int]]:
    """Whose ballot may be whose, by the numbers of the transactions: for each marked member the numbers in the ballots."""
    ballots = defaultdict(list)
    for xmin, _, text in rows_of("consultation_ballot"):
        ballots[xmin].append(said(text, consultation, key))
    marks = [(xmin, json.loads(text)) for xmin, _, text in rows_of("consultation_ledger")]
    return {row["user_id"]: ballots[xmin] for xmin, row in marks if row["took_part"]}


def by_place(consultation: Consultation, key: bytes | None) -> dict[int, int]:
    """The first mark goes with the first ballot, and so on, as dumps have them."""
    marks = [line.split("\t") for line in dumped("consultation_ledger")]
    members = [int(next(part for part in mark if part.isdigit() and int(part) >= FIRST)) for mark in marks if "t" in mark]
    ballots = [said(text, consultation, key) for _, _, text in rows_of("consultation_ballot")]
    return dict(zip(members, ballots, strict=True))


FIRST = 7_000_000


def said(text: str, consultation: Consultation, key: bytes | None) -> int:
    """The number that a ballot says, as its member wrote it; -1 where it does not open."""
    row = json.loads(text)
    if row["answers"] is None and key is not None:
        sealed = bytes.fromhex(row["sealed"].removeprefix("\\x"))
        row["answers"] = opened(sealed, key=key, about=about_ballot(consultation))["answers"]
    return int(row["answers"]["why"].split()[-1]) if row["answers"] else -1


def members_to_answer() -> list[User]:
    """Twenty; the first stands out by name."""
    people = [UserFactory(pk=FIRST + number, member=True) for number in range(1, BATCH)]
    marked = UserFactory(pk=int(NUMBER), display_name=NAME, handle=HANDLE, email=EMAIL, member=True)
    attach(marked, email=EMAIL, at=BEGIN)
    for user in (marked, *people):
        FactsFactory(user=user, **FACTS)
    return [User.objects.with_roles().get(pk=user.pk) for user in (marked, *people)]


def answer_by_the_pages(consultation: Consultation, member: User, why: str) -> Client:
    client = Client()
    client.force_login(member)
    first, second = (reverse("consultation:page", args=[consultation.slug, page]) for page in (1, 2))
    client.get(first)
    client.post(first, {"q-purpose": "floor"})
    client.post(second, {"q-route-order:exam": "1", "q-why": why})
    sent = client.post(reverse("consultation:check", args=[consultation.slug]), follow=True)
    assert "Your ballot is in" in sent.content.decode()
    client.get(reverse("home"))
    return client


@contextmanager
def somebody_elses_snapshot():
    """Taken before what follows, and in use until it ends."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("SELECT count(*) FROM consultation_ballot")
            yield
            cursor.execute("ROLLBACK")
    finally:
        other.close()


def send_from_two_windows_at_once(consultation: Consultation, member: User, why: str) -> None:
    key, both = new_key(), Barrier(2)
    seal_answers(consultation, FULL | {"why": why}, by=member, at=WHILE_OPEN, key=key)

    def send() -> bool:
        both.wait()
        try:
            return cast_ballot(consultation, by=member, at=WHILE_OPEN, key=key)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as windows:
        sent = [window.result() for window in [windows.submit(send), windows.submit(send)]]
    assert sorted(sent) == [False, True], "one ballot, and no error in the other window"


@pytest.mark.django_db(transaction=True)
def test_whoever_holds_all_that_is_kept_joins_ballots_and_members_only_where_the_page_says_so(caplog):
    members = members_to_answer()
    consultation = a_detached_one(by=an_organiser())
    key = box_key(BallotBox.objects.get())
    with connection.cursor() as cursor:  # no room that tests before this one left: rows lie in the order in which they come
        cursor.execute("VACUUM FULL consultation_ledger, consultation_ballot")
    caches["default"].clear()
    with time_machine.travel(WHILE_OPEN, tick=False), caplog.at_level(logging.DEBUG):
        logging.getLogger("django.db.backends").setLevel(logging.WARNING)
        client = answer_by_the_pages(consultation, members[0], f"A quillwort {NUMBER[:3]} 0")
        send_from_two_windows_at_once(consultation, members[1], "A quillwort 1")
        for number, member in enumerate(members[2:], start=2):
            a_ballot(consultation, by=member, why=f"A quillwort {number}")
        while expand_next(at=WHILE_OPEN):
            pass
    truth = {member.pk: number for number, member in enumerate(members)}

    # Inside one batch, with the server's key: all of them. The attack works.
    assert by_number(consultation, key) == {member: [number] for member, number in truth.items()}
    assert right_guesses(by_place(consultation, key), truth) == BATCH
    # Without the key: that they took part.
    kept = everything()
    assert not [row for row in kept if "quillwort" in row[3]]
    assert len({len(row[3]) for row in kept if row[0] == "consultation_ballot"}) == 1, "all of one size"
    marks = {row[1] for row in kept if row[0] == "consultation_ledger" and '"took_part":true' in row[3]}
    others = {row[0] for row in kept if {row[1], row[2]} & marks and WHO.search(row[3])}
    assert others <= {"consultation_ledger"}, "nothing else of a member is written or locked with a ballot"

    # Mixed and swept, with the key.
    with somebody_elses_snapshot():
        assert mix_what_is_due() == 1
        assert not sweep_what_was_mixed(), "what a backup under way may still read cannot be taken out"
        assert len(left_in_pages("consultation_ballot")) > 1 or not can_look_into_pages()
    assert any(sweep_what_was_mixed() or sleep(0.2) for _ in range(25)), "a vacuum by itself may hold it up, as other ticks know"
    assert sweep_what_was_mixed(), "nothing is left to do"
    assert len(left_in_pages("consultation_ledger")) == 1
    assert left_in_pages("consultation_ballot") == left_in_pages("consultation_ledger")
    assert left_in_pages("consultation_sealeddraft") == set()
    found = by_number(consultation, key)
    assert set(found) == set(truth)
    assert all(sorted(ballots) == list(range(BATCH)) for ballots in found.values()), "each may be anybody's"
    assert right_guesses(by_place(consultation, key), truth) < FAR_FROM_CHANCE

    # Closed: everything is opened, and nothing leads to anybody.
    with time_machine.travel(AFTER_CLOSE, tick=False):
        close_what_is_due(at=AFTER_CLOSE)
        assert sweep_what_was_mixed()
        client.get(reverse("consultation:run", args=[consultation.slug]))
    found = by_number(consultation, None)
    assert all(sorted(ballots) == list(range(BATCH)) for ballots in found.values())
    assert right_guesses(by_place(consultation, None), truth) < FAR_FROM_CHANCE
    assert BallotBox.objects.get().wrapped is None
    assert set(Ballot.objects.values_list("nation", "years")) == {("wales", "5-9")}, "all say the same of themselves"
    answer = re.compile("quillwort|" + "|".join(str(pk) for pk in Ballot.objects.values_list("pk", flat=True)))
    kept = everything()
    assert {row[0] for row in kept if answer.search(row[3])} == {"consultation_ballot"}
    assert not [row for row in kept if WHO.search(row[3]) and answer.search(row[3])]
    assert not Mail.objects.exists()
    told = json.dumps([dict(client.session.items())], cls=DjangoJSONEncoder)
    assert not answer.search(told)
    store = caches["default"]._cache.get_client(write=True)
    for name in store.scan_iter("*"):
        told = f"{name!r} {store.get(name)!r}" if store.type(name) in {b"string", "string"} else repr(name)
        assert not answer.search(told), told
    assert not [record for record in caplog.records if answer.search(record.getMessage())]


def right_guesses(guesses: dict[int, int], truth: dict[int, int]) -> int:
    return sum(truth[member] == number for member, number in guesses.items())
