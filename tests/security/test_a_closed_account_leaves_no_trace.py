"""Somebody with traces in every room closes their account: then nothing here says any more who they were. An attack.

Name, handle, addresses and old names are made unmistakable. After the erasing every column of every table is looked through, texts,
JSON and bytes alike, and the cache. What may stay is named below, table by table, with the reason; a test plants one in each kind
of column to show that the search finds it. What remains for whoever holds more than the tables is told in docs/security.md.
"""

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actions.authorship import claim_authorship, decide_authorship
from accounts.actions.closing import close_own_account
from accounts.actions.erasing import erase_account, erase_due_accounts
from accounts.actions.people import create_claimable_accounts
from accounts.actions.recovery import add_recovery_address, confirm_recovery_address
from accounts.models import Avatar, Closing, Membership, RoleProposal, Sanction, User
from common import audit
from common.audit import first_break
from consultation.actions.answering import save_answers
from consultation.actions.guests import confirm_address
from consultation.actions.submitting import submit_response
from consultation.models import Guest, Party, Response
from consultation.readers.guests import link_token
from digest.actions.bringing import bring_list_in, check_list
from digest.actions.subscriptions import subscribe_member
from digest.models import Delivery, Run, Subscription
from digest.sending import send_due
from digest.ticking import tick
from forum.actions.drafts import save_draft
from forum.actions.editing import edit_post
from forum.actions.posts import reply_to_topic
from forum.imports.people import People
from forum.models import Persona, Post
from forum.models.persona import own_tag
from forum.quoting import quotation
from mail import addresses
from mail.claims import claim, release
from mail.delivery import deliver
from mail.forgetting import agreed_to
from mail.models import Address, ConsentEvent, Mail, MailEvent
from mail.outbox import queue_mail
from mail.session import Limits
from mail.suppressions import why_suppressed
from moderation.actions.reporting import file_report
from tests.accounts.factories import FactsFactory, GroupFactory, UserFactory
from tests.consultation.factories import (
    FULL,
    WHILE_OPEN,
    a_confidential_one,
    a_response,
    an_open_one,
    an_organisation,
    one_for_others,
)
from tests.digest.factories import MONDAY, WEDNESDAY, EditionFactory, SubscriptionFactory
from tests.forum.factories import PersonaFactory, PostFactory, TopicFactory

pytestmark = pytest.mark.django_db
NAME, HANDLE, OLD, ADDRESS, SECOND, FORMER = (
    "Zebedee Quorndon",
    "zebedee-quorndon",
    "Quizzical Quorndon",
    "zq@hidden.example.org",
    "zq.home@elsewhere.example",
    "zq.before@hidden.example.org",
)
WHO = re.compile("|".join(re.escape(word) for word in (NAME, HANDLE, OLD, ADDRESS, SECOND, FORMER, "quorndon")), re.IGNORECASE)
ALLOWED = {
    "accounts_membership": "the institute's register of members, which is not this account's",
    "forum_post": "what others wrote of them in free words is their own",
    "forum_revision": "the same, as it was before",
}


@dataclass(frozen=True)
class Trace:
    table: str
    row: str
    found: str


def traces() -> list[Trace]:
    """Every row of every table that says who they are, in whatever column; bytes as the letters in them. Not in what PostgreSQL
    generates of a text beside it for searching."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name, udt_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name"
            " IN (SELECT tablename FROM pg_tables WHERE schemaname = 'public')"
        )
        columns: dict[str, list[str]] = {}
        for table, column, kind in cursor.fetchall():
            if kind == "tsvector":
                continue
            told = f"""encode("{column}", 'escape')""" if kind == "bytea" else f'"{column}"::text'
            columns.setdefault(table, []).append(told)
        found = []
        for table, told in sorted(columns.items()):
            cursor.execute(f"SELECT concat_ws(E'\\n', {', '.join(told)}) FROM \"{table}\"")
            found += [Trace(table, row, hit[0]) for (row,) in cursor.fetchall() if (hit := WHO.search(row))]
    return found


def in_cache() -> list[str]:
    client = caches["default"]._cache.get_client(write=True)
    return [told for key in client.scan_iter("*") if WHO.search(told := f"{key!r} {client.get(key)!r}")]


def may_stay(trace: Trace) -> bool:
    """See ALLOWED: of the forum, free words of others and nothing else in the same row."""
    if trace.table == "accounts_membership":
        return True
    return trace.table in ALLOWED and not WHO.search(trace.row.replace(FREE, ""))


FREE = "I met Zebedee Quorndon in York"


@pytest.fixture
def zed():
    caches["default"].clear()  # of a test before, whose account was not closed: drawn pieces are kept for a week
    now = timezone.now()
    zed = UserFactory(display_name=NAME, handle=HANDLE, email=FORMER, member=True, moderator=True)
    FactsFactory(user=zed, bio="Quorndon, of York.", interests=f"{NAME} Ltd")
    addresses.attach(zed, email=ADDRESS, at=now)
    User.objects.filter(pk=zed.pk).update(email=ADDRESS)
    EmailAddress.objects.filter(user=zed).update(email=ADDRESS)
    confirm_recovery_address(add_recovery_address(zed, email=SECOND, at=now), at=now)
    SocialAccount.objects.create(user=zed, provider="nhs", uid=ADDRESS, extra_data={"name": NAME})
    Avatar.objects.create(user=zed, digest="a" * 32, image=f"XMP:{NAME}".encode(), uploaded_at=now)
    Membership.objects.create(
        number="M1", email=ADDRESS, name=NAME, user=zed, claimed_at=now, joined_at=now, changed_at=now, invited_at=now
    )
    GroupFactory(members=[zed])
    officer, judge = UserFactory(administrator=True), UserFactory(moderator=True)
    Sanction.objects.create(user=zed, kind="warning", reason=f"{NAME} named a patient.", imposed_at=now, imposed_by=judge)
    RoleProposal.objects.create(
        user=zed,
        role="director",
        reason=f"{NAME} is wise.",
        ends_at=now + timedelta(days=9),
        proposed_at=now,
        proposed_by=officer,
    )
    author = create_claimable_accounts({f"discourse:old.example:{OLD.lower()}": OLD}, at=now)
    claim = claim_authorship(name=OLD, proof=f"I was {OLD}.", by=zed, at=now)
    decide_authorship(claim, grant=True, reason=f"{OLD} it is.", by=officer, at=now)
    assert author
    audit.record("register.note", subject=("register", 1), by=officer.pk, at=now, who=NAME)
    return User.objects.with_roles().get(pk=zed.pk)


@pytest.fixture
def others(zed):
    """What others wrote of them, in the forum; their own posts, drafts, bookmarks, files."""
    now, other = timezone.now(), UserFactory(member=True)
    topic = TopicFactory(author=other)
    mine = reply_to_topic(topic, by=zed, body="Mine is a list of 9,000.", at=now)
    head = quotation("Mine is a list of 9,000.", author=NAME, number=mine.number, url=topic.get_absolute_url())
    before = quotation(
        "Mine is a list of 9,000.", author="Zebedee Née-Quorndon", number=mine.number, url=topic.get_absolute_url()
    )
    theirs = reply_to_topic(topic, by=other, body=f"{head}Thank you, @{HANDLE}! {FREE}.", at=now)
    reply_to_topic(topic, by=UserFactory(member=True), body=f"{before}Yes, @{HANDLE.upper()}.", at=now)
    edit_post(theirs, by=other, body=f"{head}Thanks, @{HANDLE}. {FREE}.", note=f"for @{HANDLE}", at=now + timedelta(hours=1))
    save_draft(by=zed, key=f"reply:{topic.pk}", seen=0, body=f"Yours, {NAME}", at=now)
    file_report(theirs, by=zed, reason="names", text=f"It names {NAME}.", at=now)
    return topic


@pytest.fixture
def answers(zed):
    """In a named and a confidential consultation, and for an organisation."""
    named, hidden = an_open_one(), a_confidential_one()
    a_response(named, by=zed, consent="named", why=f"Says {NAME}.")
    save_answers(hidden, FULL | {"why": f"Says {NAME}."}, by=zed, at=WHILE_OPEN)
    where = one_for_others(title="For practices")
    an_organisation(where, by=zed, authority=f"{NAME}, its chair")
    return named, hidden


@pytest.fixture
def mail(zed):
    """Subscriptions, an address that was asked for, mails with what servers said, a list that waits."""
    now = timezone.now()
    subscribe_member(zed, weekday=2, hour=7, categories=[], form="account", ip="", at=now)
    sent = queue_mail(zed.mail_address, kind="accounts.account_changed", key="x", params={"user": zed.pk, "what": "-"}, at=now)
    Mail.objects.filter(pk=sent.pk).update(reply=f"250 queued for <{ADDRESS}>")
    MailEvent.objects.create(
        provider="report", event_id=f"{ADDRESS}.soft", kind="soft", address=zed.mail_address, at=now, told={"to": ADDRESS}
    )
    check_list([_list()], file_name="old.csv", stream="weekly", by=UserFactory(director=True), at=now)


def _list() -> bytes:
    return f"Email,Basis,Date,Source\n{FORMER},consent,2025-03-31,Form\n{ADDRESS.upper()},consent,2025-03-31,Form\n".encode()


def closed(zed: User) -> Closing:
    now = timezone.now()
    closing = close_own_account(zed, at=now)
    assert erase_due_accounts(clock=lambda: now + timedelta(days=13)) == 0
    assert erase_due_accounts(clock=lambda: now + timedelta(days=15)) == 1
    closing.refresh_from_db()
    return closing


def test_the_search_finds_what_is_planted(zed, others, answers, mail):
    tables = {trace.table for trace in traces()}
    assert {
        *("accounts_user", "accounts_facts", "accounts_avatar", "accounts_recoveryaddress", "accounts_sanction"),
        *(
            "accounts_roleproposal",
            "accounts_authorshipclaim",
            "accounts_membership",
            "account_emailaddress",
            "common_auditdetail",
        ),
        *("socialaccount_socialaccount", "forum_post", "forum_revision", "forum_draft", "moderation_report", "mail_address"),
        *(
            "mail_mail",
            "mail_mailevent",
            "digest_listline",
            "consultation_answer",
            "consultation_draftanswer",
            "consultation_party",
        ),
    } <= tables


def test_nothing_says_who_they_were(zed, others, answers, mail):
    signed_in_once = Client()
    signed_in_once.force_login(zed)
    signed_in_once.get("/")
    closing = closed(zed)
    left = [trace for trace in traces() if not may_stay(trace)]
    assert not left, left
    assert not in_cache()
    assert closing.erased_at is not None
    assert first_break() is None, "the audit's chain holds"
    assert Membership.objects.get(number="M1").user is None
    zed.refresh_from_db()
    assert (zed.display_name, zed.is_active, zed.has_usable_password()) == ("A former member", False, False)
    assert signed_in_once.get(reverse("accounts:account")).status_code == 302


def test_what_was_agreed_to_is_found_by_whoever_has_the_address(zed, mail):
    subscribed = ConsentEvent.objects.get(action="confirmed")
    closed(zed)
    assert [event.action for event in agreed_to(ADDRESS)] == ["confirmed", "ended"]
    assert subscribed.address.email.endswith("@erased.invalid")


def test_killed_again_and_again_it_goes_on_where_it_was(zed, others, answers, mail):
    """At every third statement of what is left, until it is through."""
    now = timezone.now()
    closing = close_own_account(zed, at=now)
    due, kills = now + timedelta(days=15), 0
    while Closing.objects.get(pk=closing.pk).erased_at is None:
        try:
            with connection.execute_wrapper(Killed(after=3 * kills + 3)):
                erase_account(closing.pk, at=due)
        except KeyboardInterrupt:
            kills += 1
    assert kills > 10
    assert [trace for trace in traces() if not may_stay(trace)] == []
    assert ConsentEvent.objects.filter(action="ended").count() == 1, "said once"
    assert erase_account(closing.pk, at=due) is False


class Killed:
    """Ends whoever uses the connection, before a statement."""

    def __init__(self, *, after: int) -> None:
        self.left = after

    def __call__(self, execute, sql, params, many, context):
        if sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            return execute(sql, params, many, context)
        if self.left == 0:
            raise KeyboardInterrupt
        self.left -= 1
        return execute(sql, params, many, context)


def test_no_list_form_or_letter_reaches_them_again(zed, mail, sink):
    now = timezone.now()
    officer = UserFactory(director=True)
    before = check_list([_list().replace(b"old", b"new")], file_name="a.csv", stream="weekly", by=officer, at=now)
    closed(zed)
    assert bring_list_in(before, with_desks=True, by=officer, at=now).counts["subscribed"] == 0
    after = check_list([_list()], file_name="b.csv", stream="weekly", by=officer, at=now)
    assert bring_list_in(after, with_desks=True, by=officer, at=now).counts["subscribed"] == 0
    row = addresses.address_for(ADDRESS, at=now)
    queue_mail(row, kind="accounts.unknown_account", key="later", params={}, at=now)
    deliver("critical", clock=lambda: now + timedelta(days=20))
    assert not sink.to(ADDRESS)
    assert Mail.objects.get(key="later").state == "suppressed"


def test_their_archive_imported_again_comes_without_a_name(zed):
    closed(zed)
    people = People("old.example", timezone.now()).accounts([OLD])
    assert people[OLD] == zed.pk
    assert not User.objects.filter(display_name=OLD).exists()


def test_they_may_come_back_as_somebody_new(zed, sink):
    closed(zed)
    client = Client()
    told = {"email": ADDRESS, "password1": "battery-correct-horse", "display_name": "Zeb", "terms": "on"}
    assert client.post(reverse("account_signup"), told).status_code == 302
    deliver("critical", clock=timezone.now)
    client.post(re.search(r"(/accounts/confirm-email/\S+)", sink.to(ADDRESS)[-1].text)[1])
    back = User.objects.get(email=ADDRESS)
    assert back.pk != zed.pk
    assert why_suppressed(ADDRESS) is None
    assert back.mail_address.state == "verified"


def test_an_edition_that_is_on_its_way_does_not_reach_them(zed, sink):
    """Rows are made and a sender has them in hand; then the account is erased."""
    EditionFactory.reset_sequence(0, force=True)
    EditionFactory()
    mine = subscribe_member(zed, weekday=2, hour=12, categories=[], form="account", ip="", at=MONDAY - timedelta(days=9))
    Subscription.objects.filter(pk=mine.pk).update(next_due_at=WEDNESDAY)
    other = SubscriptionFactory()
    tick(at=WEDNESDAY)
    held = claim(Delivery.objects.all(), at=WEDNESDAY, limit=10)
    assert {row.address_id for row in held} == {mine.address_id, other.address_id}
    closing = close_own_account(zed, at=WEDNESDAY - timedelta(days=15))
    assert erase_account(closing.pk, at=WEDNESDAY)
    assert Delivery.objects.get(subscription=mine).state == "suppressed"
    release(held)
    send_due(clock=lambda: WEDNESDAY, limits=Limits(connect=2, command=2, final_reply=2))
    tick(at=WEDNESDAY)
    assert [mail.recipient for mail in sink.received] == [other.address.email]
    assert Run.objects.get().state == "done", "its books balance"


def test_what_is_just_being_handed_over_is_waited_for(zed, mail):
    Mail.objects.filter(key="x").update(state="sending")
    now = timezone.now()
    closing = close_own_account(zed, at=now)
    assert erase_account(closing.pk, at=now + timedelta(days=15)) is False
    assert Address.objects.filter(email=ADDRESS).exists()
    Mail.objects.filter(key="x").update(state="accepted", reply=f"250 <{ADDRESS}>")
    assert erase_account(closing.pk, at=now + timedelta(days=15))
    assert [trace for trace in traces() if not may_stay(trace)] == []


def test_what_they_wrote_under_a_pseudonym_is_not_touched(zed):
    """Not a byte: whatever changed at that moment would say whose it is."""
    topic, persona = TopicFactory(), PersonaFactory()
    post = PostFactory(topic=persona.topic, author=None, persona=persona)
    reply_to_topic(topic, by=zed, body="Under my own name.", at=timezone.now())
    Persona.objects.filter(pk=persona.pk).update(owner_tag=own_tag(persona.topic_id, zed.pk))
    before = (Persona.objects.filter(pk=persona.pk).values().get(), Post.objects.filter(pk=post.pk).values().get())
    closed(zed)
    assert before == (Persona.objects.filter(pk=persona.pk).values().get(), Post.objects.filter(pk=post.pk).values().get())


def test_their_posts_stay_under_nobodys_name_and_lead_nowhere(zed, others):
    closed(zed)
    client = Client()
    client.force_login(UserFactory(member=True))
    page = client.get(others.get_absolute_url()).content.decode()
    assert "Mine is a list of 9,000." in page
    assert "A former member" in page
    assert f"/accounts/people/former-member-{zed.pk}/" not in page
    assert client.get(reverse("accounts:person", args=[f"former-member-{zed.pk}"])).status_code == 404


def test_whoever_else_has_a_mailbox_that_they_named_loses_nothing(zed):
    """A second address that was never confirmed is a stranger's; an old one is another member's by now."""
    stranger = SubscriptionFactory(address__email="stranger@gmail.com")
    add_recovery_address(zed, email="stranger@gmail.com", at=timezone.now())
    addresses.attach(UserFactory(member=True), email=FORMER, at=timezone.now())
    EmailAddress.objects.create(user=zed, email="ot.her@gmail.com", verified=True)
    same = UserFactory(email="other@gmail.com", member=True)
    closed(zed)
    stranger.refresh_from_db()
    assert (stranger.state, stranger.address.email) == ("active", "stranger@gmail.com")
    assert same.mail_address.email == "other@gmail.com"
    assert why_suppressed(ADDRESS) == "closed"
    for email in ("stranger@gmail.com", FORMER, "other@gmail.com"):
        assert why_suppressed(email) is None


@pytest.mark.parametrize("identity", ["named", "confidential"])
def test_what_they_answered_as_one_of_the_public_goes_too(zed, identity):
    where = one_for_others(identity=identity)
    for email in (SECOND, "somebody@else.example"):
        told = link_token(where, addresses.address_for(email, at=WHILE_OPEN), number=1)
        seat = confirm_address(where, told, at=WHILE_OPEN, sort="patient", name="Pat")
        save_answers(where, FULL, by=seat, at=WHILE_OPEN)
        submit_response(where, by=seat, at=WHILE_OPEN, consent="analysis")
    closed(zed)
    assert Guest.objects.count() == Response.objects.count() == Party.objects.count() == 1
