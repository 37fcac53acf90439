"""A confidential consultation, from the close to its results: an analyst opens every screen and every file that anything leads to, an
attacker every table, and both look for names beside answers, for the order in which answers came, for their numbers and hours, and for which answers are of one hand."""

import re
from collections.abc import Iterator
from html import unescape
from random import Random
from urllib.parse import urljoin, urlsplit

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import resolve, reverse

from accounts.models import User
from common import audit
from consultation.actions.closing import close_what_is_due
from consultation.actions.excluding import agree_to_exclude, ask_to_exclude
from consultation.actions.inquiring import answer_inquiry, ask_writer
from consultation.actions.publishing import publish_results
from consultation.actions.questionnaire import add_question
from consultation.actions.showing import agree_on_showing, keep_answer_back, show_answer
from consultation.actions.writing import change_details
from consultation.models import Answer, Consultation, Exclusion, Inquiry, Response
from consultation.readers.holders import held_by
from consultation.redaction import spans_of
from mail.addresses import attach
from notifications.expander import expand_next
from tests.accounts.factories import UserFactory
from tests.consultation.factories import AFTER_CLOSE, BEGIN, DAY, OPENED, WHILE_OPEN, a_draft, an_organiser, opened
from tests.forum.factories import CategoryFactory

pytestmark = pytest.mark.django_db
MANY = 14
FAR_FROM_CHANCE = 8
"""So many at least of those on a list, and two thirds of them, in the place in which they were sent: of nine that is one chance in a
hundred thousand, where one guesses."""
FIRST_RESPONSE, FIRST_ANSWER, FIRST_MEMBER = 710_000_001, 720_000_001, 730_000_001
WORDS = re.compile(r"quillwort (\d+)\b")
LINK = re.compile(r'(?:href|src|action)="([^"#]+)')
HOUR = r"\b04:(?:[0-5]\d)\b"
"""In which everybody sent, and nothing else was done."""
LATER = AFTER_CLOSE + DAY
Screens = dict[str, str]


@pytest.fixture
def members() -> list[User]:
    """In the order in which they send, which is no order of theirs: not of ids, names or addresses."""
    people = []
    for number in range(MANY):
        name = f"{Random(number).choice('ABCDEFGH')}thelwyn Sorrel{number}"
        user = UserFactory(
            pk=FIRST_MEMBER + number,
            display_name=name,
            handle=f"sorrel-{number}-z",
            email=f"s{number}@z.example.org",
            member=True,
        )
        attach(user, email=user.email, at=BEGIN)
        people.append(user)
    Random(8).shuffle(people)
    return [User.objects.with_roles().get(pk=user.pk) for user in people]


def who(members: list[User]) -> re.Pattern[str]:
    return re.compile(
        "|".join(re.escape(str(told)) for user in members for told in (user.pk, user.display_name, user.handle, user.email))
    )


@pytest.fixture
def consultation(settings, tmp_path) -> Consultation:
    settings.STORAGES = settings.STORAGES | {
        "attachments": settings.STORAGES["attachments"] | {"OPTIONS": {"location": str(tmp_path), "base_url": None}}
    }
    by = an_organiser()
    draft = change_details(a_draft(by=by, title="What we think of partners"), identity_mode="confidential", by=by, at=BEGIN)
    page = draft.versions.get().pages.last()
    add_question(page, key="letter", kind="file", text="Your letter?", settings={"at_most": 2}, by=by, at=BEGIN)
    add_question(page, key="besides", kind="long_text", text="What else?", longest=200, by=by, at=BEGIN)
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER SEQUENCE consultation_response_id_seq RESTART WITH {FIRST_RESPONSE}")
        cursor.execute(f"ALTER SEQUENCE consultation_answer_id_seq RESTART WITH {FIRST_ANSWER}")
    return opened(draft, category=CategoryFactory(), by=by, at=OPENED)


def answer_by_the_pages(consultation: Consultation, client: Client, number: int) -> None:
    first, second = (reverse("consultation:page", args=[consultation.slug, page]) for page in (1, 2))
    client.get(reverse("home"))
    client.get(first)
    client.post(first, {"q-purpose": "floor"})
    files = reverse("consultation:files", args=[consultation.slug, "letter"])
    client.post(files, {"files": [SimpleUploadedFile(f"quillwort {number}.txt", f"A quillwort {number}.".encode())]})
    client.post(second, {"q-route-order:exam": "1", "q-why": f"A quillwort {number}.", "q-besides": f"Also {number}."})
    wish = {"consent": "analysis" if number % 5 == 0 else "unnamed"} | ({"kept_back": ["purpose"]} if number % 3 else {})
    sent = client.post(reverse("consultation:check", args=[consultation.slug]), wish, follow=True)
    assert f"quillwort {number}" in sent.content.decode()
    client.get(consultation.get_absolute_url())


@pytest.fixture
def closed(consultation, members) -> Consultation:
    """Answered by all at four in the morning; one asked about, one to be excluded, words taken out of one, one kept back."""
    by, second = an_organiser(), an_organiser()
    clients = {user: Client() for user in members}
    with time_machine.travel(WHILE_OPEN.replace(hour=1), tick=False):
        for user in sorted(members, key=lambda user: user.pk):  # who signs in does so on a day of their own
            clients[user].force_login(user)
    for number, member in enumerate(members):
        moment = WHILE_OPEN.replace(hour=3, minute=number)  # in London one hour later
        with time_machine.travel(moment, tick=False):
            answer_by_the_pages(consultation, clients[member], number)
            while expand_next(at=moment):
                pass
    close_what_is_due(at=AFTER_CLOSE)
    consultation.refresh_from_db()
    one, other, third = Response.objects.filter(consent="unnamed").order_by("reference")[:3]
    inquiry = ask_writer(worded(third), text="Which heron?", by=by, at=LATER)
    writer = next(user for user in members if Response.objects.filter(held_by(consultation, user.pk), pk=third.pk))
    answer_inquiry(inquiry, text="The grey one.", by=writer, at=LATER)
    ask_to_exclude(other, reason="Sent twice.", by=by, at=LATER)
    taken = spans_of(worded(one).value, "A ", "third", "Not a public plant.")
    agree_on_showing(show_answer(worded(one), by=by, at=LATER, spans=taken), by=second, at=LATER)
    keep_answer_back(worded(third), reason="It tells of an illness.", by=by, at=LATER)
    return consultation


def worded(response: Response) -> Answer:
    return response.answers.get(question__key="why")


def screens_of(consultation: Consultation, reader: User) -> Screens:
    """Everything that links lead to from the page of the consultation and from the desk, files too, and each further page."""
    client, found = Client(), {}
    client.force_login(reader)
    waiting = [consultation.get_absolute_url(), reverse("consultation:desk")]
    root = consultation.get_absolute_url()
    with time_machine.travel(LATER, tick=False):
        while waiting:
            address = waiting.pop()
            if address in found:
                continue
            response = client.get(address)
            if response.status_code != 200:
                found[address] = ""
                continue
            content = b"".join(response.streaming_content) if response.streaming else response.content
            found[address] = f"{dict(response.headers)} {unescape(content.decode(errors='replace'))}"
            if response.headers["Content-Type"].startswith("text/html"):
                links = [urljoin(address, unescape(link)) for link in LINK.findall(content.decode())]
                waiting += [link for link in links if urlsplit(link).path.startswith(root)]
    return {address: text for address, text in found.items() if text}


def shown(screens: Screens) -> Screens:
    """Those with answers on them."""
    return {address: text for address, text in screens.items() if WORDS.search(text)}


def in_order(text: str) -> list[int]:
    return list(dict.fromkeys(int(number) for number in WORDS.findall(text)))


def in_the_order_of_sending(numbers: list[int]) -> bool:
    """More than chance gives, forwards or backwards. Of those that are listed: who is not listed shifts nobody."""
    right, far = sorted(numbers), max(FAR_FROM_CHANCE, 2 * len(numbers) // 3)
    return any(sum(a == b for a, b in zip(numbers, way, strict=True)) >= far for way in (right, right[::-1]))


def leaks(screens: Screens, members: list[User]) -> set[str]:
    """What an analyst learns of who wrote what, or when."""
    found, names = set(), who(members)
    tags = re.compile("|".join(bytes(tag).hex() for tag in Response.objects.values_list("holder_tag", flat=True)))
    numbers = re.compile("|".join(str(pk) for model in (Response, Answer) for pk in model.objects.values_list("pk", flat=True)))
    for address, text in screens.items():
        where = f"{address}\n{text}"
        found |= {f"a name on {address}"} if names.search(where) else set()
        found |= {f"a tag on {address}"} if tags.search(where) else set()
        found |= {f"a number on {address}"} if numbers.search(where) else set()
        found |= {f"an hour on {address}"} if re.search(HOUR, where) else set()
        found |= {f"the order on {address}"} if in_the_order_of_sending(in_order(text)) else set()
    found |= {"which answers are of one hand"} if any(len(handles) > 1 for handles in answers_asked_about(screens)) else set()
    in_pages = "".join(text for address, text in sorted(screens.items()) if re.search(r"/showing/[0-9a-f-]{36}/$", address))
    return found | ({"the order of addresses"} if in_the_order_of_sending(in_order(in_pages)) else set())


def answers_asked_about(screens: Screens) -> list[set[str]]:
    """For each question that was put to a writer the answers beside which it stands."""
    pages = [(one[1], text) for address, text in screens.items() if (one := re.search(r"/showing/([0-9a-f-]{36})/", address))]
    return [{handle for handle, text in pages if asked in text} for asked in Inquiry.objects.values_list("text", flat=True)]


def test_no_screen_and_no_table_says_whose_an_answer_is_nor_which_came_first(closed, members):
    assert tables_that_tell_the_order(members) == set()
    by, second = an_organiser(), an_organiser()
    screens = screens_of(closed, by)
    assert len(screens) > 30, "the walk leads somewhere"
    views = {resolve(urlsplit(address).path).view_name.partition(":")[2] for address in shown(screens)}
    assert views >= {"showing", "showing_decide", "ask_writer", "exclusions", "file", "given_files"}
    assert [len(handles) for handles in answers_asked_about(screens)] == [1]
    assert leaks(screens, members) == set()
    agree_to_exclude(Exclusion.objects.get(), by=second, at=LATER)
    publish_results(closed, by=by, at=LATER)
    published = screens_of(closed, by)
    views = {resolve(urlsplit(address).path).view_name.partition(":")[2] for address in shown(published)}
    assert "responses" in views
    assert leaks(published, members) == set()


def test_the_attack_finds_what_is_planted(closed, members):
    by, third = an_organiser(), Response.objects.filter(exclusion=None).latest("pk")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE consultation_answer DISABLE TRIGGER USER")
        cursor.execute("UPDATE consultation_answer SET handle = lpad(id::text, 32, '0')::uuid")
        cursor.execute("ALTER TABLE consultation_answer ENABLE TRIGGER USER")
    ask_to_exclude(third, reason=f"{members[-1].display_name} sent it at 04:11, as {third.pk}.", by=by, at=LATER)
    for answer in third.answers.filter(question__key__in=("why", "besides")):
        ask_writer(answer, text="Which bittern?", by=by, at=LATER)
    found = {leak.split(" on ")[0] for leak in leaks(screens_of(closed, by), members)}
    assert found == {"a name", "a number", "an hour", "the order", "the order of addresses", "which answers are of one hand"}
    for member in members:
        audit.record("planted", subject=("user", member.pk), by=member.pk, at=LATER)
    assert {where.split()[0] for where in tables_that_tell_the_order(members)} == {"common_auditentry"}


def tables_in_order() -> Iterator[tuple[str, list[str]]]:
    """Each table with its rows as they lie, and once more by each of its columns that can be put in order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, array_agg(column_name::text) FROM information_schema.columns JOIN information_schema.tables "
            "USING (table_schema, table_name) WHERE table_schema = 'public' AND table_type = 'BASE TABLE' "
            "AND data_type NOT IN ('json', 'jsonb', 'tsvector') GROUP BY table_name"
        )
        for table, columns in cursor.fetchall():
            for column in ("ctid", *columns):
                cursor.execute(f'SELECT row_to_json(t)::text FROM "{table}" t ORDER BY "{column}"')
                yield f"{table} by {column}", [text for (text,) in cursor.fetchall()]


def tables_that_tell_the_order(members: list[User]) -> set[str]:
    """In which members stand in the order in which they sent, which is the order of the numbers of responses."""
    number_of = {str(told): number for number, user in enumerate(members) for told in (user.pk, user.handle, user.email)}
    names, found = re.compile("|".join(map(re.escape, number_of))), set()
    for where, rows in tables_in_order():
        told = dict.fromkeys(number_of[name] for row in rows for name in names.findall(row))
        found |= {where} if in_the_order_of_sending(list(told)) else set()
    return found
