"""A small world in which every page has something to show, and every kind of person to show it to."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from io import BytesIO
from typing import Any
from uuid import UUID

from django.utils import timezone
from PIL import Image

from accounts.actions.authorship import claim_authorship
from accounts.actions.people import create_claimable_accounts
from accounts.actions.proposals import propose_role
from accounts.actions.register import approve_register, map_register, receive_register
from accounts.actions.register_work import apply_register, check_register
from accounts.actions.roles import grant_role
from accounts.actions.showing import block_person, set_avatar
from accounts.models import Facts, Group, Membership, User
from accounts.pictures import drawn_anew
from accounts.register.links import make_claim_token
from accounts.register.mapping import guess_columns
from consultation.actions.answering import save_answers
from consultation.actions.asked import answer_frequent_question, correct_consultation
from consultation.actions.closing import close_what_is_due
from consultation.actions.entries import Source, begin_entry, return_entry
from consultation.actions.evidence import ask_for_evidence, offer_evidence, open_question_topic
from consultation.actions.finishing import archive_consultation
from consultation.actions.guests import confirm_address
from consultation.actions.inquiring import ask_writer
from consultation.actions.organisations import ask_colleague
from consultation.actions.publishing import publish_results, tell_outcome
from consultation.actions.questionnaire import change_page, change_question, remove_question
from consultation.actions.showing import keep_answer_back, show_answer
from consultation.actions.submitting import submit_response
from consultation.actions.texts import ask_about_text, begin_text, publish_text, write_text
from consultation.actions.versions import start_version
from consultation.actions.withdrawing import withdraw_consultation
from consultation.models import Consultation, Version
from consultation.readers.guests import link_token
from consultation.readers.showing import to_decide
from digest.actions.bringing import check_list
from digest.actions.editions import cut_now, draft_edition, write_note
from digest.actions.moving import ask_to_move
from digest.actions.subscriptions import ask_for_weekly, subscribe_member
from digest.models import CapabilityToken, Delivery, Run, Subscription
from digest.ticking import tick
from digest.tokens import move_token, reading_token, secret_of, standing_token
from forum.actions.bookmarks import keep_bookmark
from forum.actions.drafts import save_draft
from forum.actions.editing import edit_post
from forum.actions.openings import ask_to_open, set_passphrase
from forum.actions.polls import put_poll, vote_in_poll
from forum.actions.posts import reply_to_topic
from forum.actions.reactions import react
from forum.actions.tags import put_tags
from forum.actions.topics import lock_topic, start_topic, unlock_topic
from forum.imports.people import claim_key
from forum.mail_tokens import mute_link
from forum.models import Category, Draft, OfficerKey, Topic
from forum.polling import PollPlan
from forum.pseudonyms import Voice
from mail.addresses import address_for
from mail.tokens import seal
from moderation.actions.deciding import decide_case
from moderation.actions.reporting import file_report
from notifications.expander import expand_next
from notifications.mails import NO_DAILY
from tests.accounts.factories import GroupFactory, UserFactory
from tests.accounts.register.files import csv_of, row
from tests.consultation.factories import (
    FULL,
    a_ballot,
    a_confidential_one,
    a_detached_one,
    a_draft,
    a_later_one,
    a_new_version,
    a_response,
    an_entry,
    an_open_one,
    an_organisation,
    approved,
    figures_of,
    one_for_others,
    opened,
)
from tests.forum.factories import CategoryFactory, PostFactory, TopicFactory

DAY = timedelta(days=1)
WHERE = {"form": "test", "ip": ""}


@dataclass(frozen=True)
class World:
    """`member` wrote the first and the fourth post of `topic`, answered `answered`, is half-way through `begun` and has unread
    notices; `newcomer` has an account and has only reported (`case` is open, `settled` a warning of the member, `told` its decision); `imported` has no password."""

    member: User
    newcomer: User
    moderator: User
    organiser: User
    director: User
    administrator: User
    trustee: User
    imported: User
    group: Group
    grant: int
    private: Category
    category: Category
    empty: Category
    topic: Topic
    locked: Topic
    waiting: Topic
    unfinished: int
    case: int
    settled: int
    told: int
    draft: Consultation
    bare: Consultation
    by_paragraph: Consultation
    ready: Consultation
    answered: Consultation
    begun: Consultation
    closed: Consultation
    published: Consultation
    withdrawn: Consultation
    scheduled: Consultation
    paused: Consultation
    analysing: Consultation
    detached: Consultation
    confidential: Consultation
    hidden: Consultation
    archived: Consultation
    unasked: UUID
    asked_hidden: int
    followed_up: Consultation
    shared: Consultation
    organisation: int
    typed: int
    to_check: int
    guest_token: str
    known_guest: str
    faq: int
    offered: int
    asked_for: int
    unconsidered: int
    undecided: UUID
    for_a_second: UUID
    inquiry: int
    edition: int
    run: int
    confirm_token: str
    manage_token: str
    move_token: str
    read_token: str
    subscriber_list: int
    mute_token: str
    no_daily_token: str
    applied_register: int
    checked_register: int
    claim_token: str
    authorship: int
    opening: int
    officer_key: int


def build_world() -> World:
    now = timezone.now()
    people = {name: UserFactory(member=True, display_name=name.capitalize(), handle=name) for name in ("member", "newcomer")}
    people |= {
        role: UserFactory(member=True, display_name=role.capitalize(), handle=role, **{role: True})
        for role in ("moderator", "organiser", "director", "administrator", "trustee")
    }
    imported = UserFactory(member=True, display_name="Imported", password="!")
    people = {name: User.objects.with_roles().get(pk=person.pk) for name, person in people.items()}
    member = people["member"]
    Facts.objects.create(user=member, job="practice-manager", nation="wales", list_size="5-10k", updated_at=now)
    category, empty = CategoryFactory(name="Accreditation"), CategoryFactory(name="An empty corner")
    CategoryFactory(name="Behind the door", members_only=True)
    group = GroupFactory(name="Accreditation panel", slug="panel", owners=[member], members=[people["newcomer"]])
    GroupFactory(name="Wales managers", slug="wales", owners=[people["newcomer"]])
    private = CategoryFactory(name="The panel’s room", slug="the-panels-room", private=True, group=group)
    TopicFactory(category=private, author=member, title="Whom do we ask first?")
    grant = _roles(people, now)
    topic = _topic(category, member, people["moderator"], now)
    locked = TopicFactory(category=category, title="It went round", locked=True, created_at=now - 9 * DAY)
    waiting = TopicFactory(category=category, author=member, title="Whom may I ask?", pending=True)
    consultations = _consultations(people["organiser"], people["director"], member, now)
    subscribe_member(member, weekday=2, hour=7, categories=[], at=now, **WHERE)
    editor = people["organiser"]
    draft = draft_edition(at=now)
    write_note(draft, by=editor, headline="Seven days left", note="It was about *Tuesday*.", picks=[], at=now)
    edition = cut_now(draft, by=editor, at=now)
    Subscription.objects.update(next_due_at=now)
    tick(at=now + timedelta(seconds=1))
    write_note(draft_edition(at=now), by=editor, headline="The next one", note="Soon.", picks=[], at=now)
    while expand_next(at=now + timedelta(minutes=5)):
        pass
    return World(
        **people,
        imported=imported,
        group=group,
        grant=grant,
        private=private,
        category=category,
        empty=empty,
        topic=topic,
        locked=locked,
        waiting=waiting,
        unfinished=_unfinished(topic, member, now),
        **_cases(people, topic, now),
        **consultations,
        edition=edition.number,
        run=Run.objects.get().pk,
        **_tokens(now),
        subscriber_list=_subscriber_list(people["administrator"], now),
        mute_token=mute_link(member.pk, topic.pk).rstrip("/").rpartition("/")[2],
        no_daily_token=seal(NO_DAILY, member.pk),
        **_register(people["administrator"], member, now),
        opening=_without_a_name(people, category, now),
        officer_key=OfficerKey.objects.order_by("-pk").values_list("pk", flat=True)[0],
    )


def _without_a_name(people: dict[str, User], category: Category, now: datetime) -> int:
    """Two officers have passphrases; the member began a topic under a pseudonym, and somebody asks who it is. One of the two set a
    new passphrase since."""
    for officer in (people["director"], people["administrator"]):
        set_passphrase(by=officer, passphrase="a heron by the weir", at=now - DAY)
    voice = Voice(is_persona=True, label="Calm Lark")
    told = {"title": "Said without a name", "body": "Nobody says this.", "at": now - DAY, "voice": voice}
    topic = start_topic(category, by=people["member"], **told)
    reply_to_topic(topic, by=people["newcomer"], body="True.", at=now, parent_number=1)
    set_passphrase(by=people["administrator"], passphrase="a wren in the hedge", at=now)
    return ask_to_open(topic.persona, by=people["moderator"], reason="It may be a threat.", at=now).pk


def _roles(people: dict[str, User], now: datetime) -> int:
    """A role given by an officer and one that waits for a second; a picture, a block. The id of the first."""
    end = now + 200 * DAY
    propose_role(people["newcomer"], role="director", reason="Elected.", ends_at=end, by=people["administrator"], at=now)
    made = BytesIO()
    Image.new("RGB", (200, 200), "teal").save(made, "PNG")
    set_avatar(image=drawn_anew(made.getvalue()), by=people["organiser"], at=now)
    block_person(people["moderator"], by=people["member"], at=now)
    return grant_role(people["moderator"], role="trustee", by=people["director"], at=now).pk


def _topic(category: Category, member: User, moderator: User, now: datetime) -> Topic:
    """Everything that a post can be, one below the other; five levels deep."""
    begun = now - 3 * DAY
    body = "We are **four** people.\n\n> A quotation\n\n- one\n- two\n\n`code` and [a link](https://example.org/)."
    topic: Topic = TopicFactory(category=category, author=member, title="Does the exam fit?", body=body, created_at=begun)
    above = topic.posts.get(number=1)
    for step in range(2, 7):
        above = PostFactory(topic=topic, parent=above, created_at=begun + step * timedelta(hours=1))
    PostFactory(topic=topic, hidden=True, removed_by=moderator, parent=above)
    PostFactory(topic=topic, withdrawn=True)
    PostFactory(topic=topic, author=member, pending=True)
    PostFactory(topic=topic, by_persona=True)
    other = User.objects.with_roles().get(pk=UserFactory(member=True).pk)
    mine = reply_to_topic(topic, by=member, body="My second thought.", at=now - DAY)
    react(topic.posts.get(number=1), by=other, kind="thanks", at=now - DAY)
    keep_bookmark(topic.posts.get(number=2), by=member, note="Once more.", remind_on=(now + 9 * DAY).date(), at=now)
    edit_post(mine, by=member, body="My second thought, put right.", note="A figure", at=now - DAY / 2)
    reply_to_topic(topic, by=other, body="An answer, @member.", at=now, parent_number=mine.number)
    put_poll(mine, PollPlan("When is it due?", ("This year", "Next year", "Never"), "ranked", "always", now + 9 * DAY), at=now)
    vote_in_poll(mine, by=other, choices=[1, 0], at=now)
    put_tags(topic, ["exam", "portfolio"])
    lock_topic(topic, by=moderator, reason="A breath of air.", at=now)
    unlock_topic(topic, by=moderator, at=now)
    Topic.objects.filter(pk=topic.pk).update(kind="question", solution_number=3)
    topic.refresh_from_db()
    for number in range(25):
        PostFactory(topic=topic, author=other, body=f"Thought {number}.", created_at=now - timedelta(minutes=25 - number))
    return topic


def _unfinished(topic: Topic, member: User, now: datetime) -> int:
    save_draft(by=member, key=f"reply:{topic.pk}:2", seen=0, body="Half a thought, and", parent_number=2, at=now)
    return Draft.objects.get().pk


def _cases(people: dict[str, User], topic: Topic, now: datetime) -> dict[str, int]:
    """An open one about a post, and a member who was warned."""
    told = {"by": people["newcomer"], "reason": "rules"}
    post = topic.posts.select_related("topic__category").get(number=2)
    case = file_report(post, text="It is rude.", at=now - timedelta(hours=3), **told).case
    settled = file_report(people["member"], text="Rude twice.", at=now - 2 * DAY, **told).case
    decision = decide_case(settled, by=people["moderator"], acts=["warn"], reason="Be kinder.", at=now - DAY)
    return {"case": case.pk, "settled": settled.pk, "told": decision.pk}


def _consultations(organiser: User, director: User, member: User, now: datetime) -> dict[str, Any]:
    long_ago = now - 100 * DAY
    published = an_open_one(by=organiser, title="Decided already", at=long_ago)
    for _ in range(3):
        a_response(published, at=long_ago + DAY, consent="named")
    a_response(published, by=member, at=long_ago + DAY)
    close_what_is_due(at=long_ago + 44 * DAY)
    for answer, _ in to_decide(published, "undecided").rows[1:]:
        show_answer(answer, by=organiser, at=long_ago + 44 * DAY)
    publish_results(published, by=organiser, at=long_ago + 45 * DAY)
    tell_outcome(published, outcome="We will build the **portfolio**.", by=organiser, at=long_ago + 45 * DAY)
    closed = an_open_one(by=organiser, title="Closed and waiting", at=now - 50 * DAY)
    for _ in range(2):
        a_response(closed, at=now - 40 * DAY, consent="unnamed")
    hidden = a_confidential_one(by=organiser, title="Closed, and without names", at=now - 50 * DAY)
    a_response(hidden, by=member, at=now - 40 * DAY, consent="unnamed")
    close_what_is_due(at=now - 5 * DAY)
    answered = an_open_one(by=organiser, title="Answered by the member", at=now - 10 * DAY)
    a_response(answered, by=member, at=now - 2 * DAY)
    begun = an_open_one(by=organiser, title="Half-way through", at=now - 3 * DAY)
    save_answers(begun, FULL, by=member, at=now - DAY)
    _changed_since(organiser, answered, begun, now)
    withdrawn = an_open_one(by=organiser, title="Taken back again", at=now - 20 * DAY)
    withdraw_consultation(withdrawn, reason="The law changed.", by=organiser, at=now - 19 * DAY)
    draft = a_draft(by=organiser, title="Still being written", at=now - DAY)
    ready = approved(a_draft(by=organiser, title="Read by two", at=now - DAY), at=now - DAY)
    bare = a_draft(by=organiser, title="Only just begun", at=now - DAY)
    bare.options.all().delete()
    mine = published.responses.get(user=member)
    inquiry = ask_writer(mine, text="Which route do you mean?", by=organiser, at=now - DAY)
    return {
        "inquiry": inquiry.pk,
        "by_paragraph": _by_paragraph(organiser, now),
        "published": published,
        "closed": closed,
        "answered": answered,
        "begun": begun,
        "withdrawn": withdrawn,
        "draft": draft,
        "bare": bare,
        "ready": ready,
        "detached": _a_detached_one(organiser, member, now),
        **_without_names(organiser, member, hidden, now),
        **_later_ones(organiser, answered, begun, now),
        **_for_others(organiser, director, member, now),
        **_said_in_public(organiser, member, answered, closed, now),
    }


def _a_detached_one(organiser: User, member: User, now: datetime) -> Consultation:
    """The member's ballot is in; everybody else can still send one."""
    consultation = a_detached_one(by=organiser, title="Nobody knows whose", at=now)
    a_ballot(consultation, by=member, at=now)
    return consultation


def _without_names(organiser: User, member: User, hidden: Consultation, now: datetime) -> dict[str, Any]:
    """Of two that keep a tag instead of a name the member sent an answer: in the open one they have begun to change it, in the
    closed one they are asked about it. And one that is archived."""
    confidential = a_confidential_one(by=organiser, title="Without names", at=now - 8 * DAY)
    a_response(confidential, by=member, at=now - 2 * DAY)
    save_answers(confidential, {"why": "On second thoughts."}, by=member, at=now - DAY)
    response = hidden.responses.get()
    inquiry = ask_writer(response, text="Which floor do you mean?", by=organiser, at=now - DAY)
    archived = a_later_one("followed-up", by=organiser, at=now - 2 * DAY, title="Put away for good")
    return {
        "confidential": confidential,
        "hidden": hidden,
        "archived": archive_consultation(archived, note="It is all told.", by=organiser, at=now - DAY),
        "unasked": response.answers.get(question__key="why").handle,
        "asked_hidden": inquiry.pk,
    }


def _by_paragraph(organiser: User, now: datetime) -> Consultation:
    """About the second version of a document."""
    first = begin_text(title="Code of conduct", source="# Aims\n\nManagers act fairly.", by=organiser, at=now - 6 * DAY)
    publish_text(first, by=organiser, at=now - 6 * DAY)
    words = "# Aims\n\nManagers act *fairly*.\n\nThey keep learning."
    second = write_text(first.text, title=first.title, source=words, by=organiser, at=now - 5 * DAY)
    second = publish_text(second, by=organiser, at=now - 5 * DAY)
    draft = a_draft(by=organiser, title="Paragraph by paragraph", at=now - 5 * DAY)
    ask_about_text(draft, second, questions=True, by=organiser, at=now - 5 * DAY)
    return opened(draft, category=CategoryFactory(), by=organiser, at=now - 4 * DAY)


def _ask_otherwise(organiser: User, now: datetime, version: Version) -> None:
    why = version.questions.get(key="why")
    choices = [("floor", "Guarantee a floor"), ("both", "Both of them"), ("none", "I would rather have none")]
    words = {"kind": "single_choice", "text": "What should it do?", "required": True}
    change_question(why, kind="long_text", text="Why that very order?", longest=200, by=organiser, at=now)
    change_question(version.questions.get(key="purpose"), choices=choices, by=organiser, at=now, **words)


def _changed_since(organiser: User, answered: Consultation, begun: Consultation, now: datetime) -> None:
    """What the member answered and began is asked otherwise by now; another version of what they began is being written."""

    for consultation in (answered, begun):
        a_new_version(consultation, change=partial(_ask_otherwise, organiser, now), by=organiser, at=now - timedelta(hours=1))
    remove_question(start_version(begun, by=organiser, at=now).questions.get(key="why"), by=organiser, at=now)


def _said_in_public(organiser: User, member: User, answered: Consultation, closed: Consultation, now: datetime) -> dict[str, int]:
    """A post that is evidence, one about which its author is asked, one that nobody has considered, in a debate with a topic for a
    question; an answer about which nobody has decided, and one that waits for a second organiser."""
    offered, asked, waiting = (
        reply_to_topic(answered.topic, by=member, body=f"What I know of it, part {number}.", at=now - DAY) for number in range(3)
    )
    offer_evidence(answered, offered, "why", by=member, at=now)
    ask_for_evidence(answered, asked, "why", by=organiser, at=now)
    open_question_topic(answered, "why", by=organiser, at=now)
    (first, _), (second, _) = to_decide(closed, "undecided").rows
    keep_answer_back(second, reason="It tells of somebody’s illness.", by=organiser, at=now)
    return {
        "offered": offered.pk,
        "asked_for": asked.pk,
        "unconsidered": waiting.pk,
        "undecided": first.handle,
        "for_a_second": second.handle,
    }


def _for_others(organiser: User, director: User, member: User, now: datetime) -> dict[str, Any]:
    """Open to organisations as well; the member sent the answer of one, and changes it with a colleague. One answer that came by
    mail is being typed by the organiser, one was sent back to the director, one waits for whoever did not type it."""
    shared = one_for_others(by=organiser, title="Asked of organisations too", at=now - 5 * DAY)
    seat = an_organisation(shared, by=member, at=now - 3 * DAY, colleagues=[UserFactory(member=True)])
    ask_colleague(seat, User.objects.get(handle="newcomer"), by=member, at=now - 2 * DAY)
    save_answers(shared, FULL, by=seat, at=now - 2 * DAY)
    submit_response(shared, by=seat, at=now - 2 * DAY, consent="named")
    save_answers(shared, {"why": "We met again."}, by=seat, at=now - DAY)
    made = BytesIO()
    Image.new("RGB", (60, 80), "white").save(made, "PNG")
    came = Source("paper", now.date(), "A floor, please.", (("scan.png", made.getvalue()),))
    typed = begin_entry(shared, UserFactory(member=True), came, by=organiser, at=now - DAY)
    told = {"source": came, "at": now - DAY}
    return_entry(an_entry(shared, UserFactory(member=True), by=director, **told), because="It says spur.", by=organiser, at=now)
    waiting = an_entry(shared, UserFactory(member=True), by=organiser, **told)
    token = link_token(shared, address_for("guest@example.net", at=now), number=1)
    known = link_token(shared, address_for("pat@example.net", at=now), number=1)
    guest = confirm_address(shared, known, sort="patient", name="Pat", at=now - DAY)
    save_answers(shared, FULL, by=guest, at=now - DAY)
    submit_response(shared, by=guest, at=now - DAY, consent="unnamed")
    a_new_version(shared, change=partial(_ask_otherwise, organiser, now), by=organiser, at=now - timedelta(hours=1))
    links = {"guest_token": token, "known_guest": known}
    return {"shared": shared, "organisation": seat.party.pk, "typed": typed.pk, "to_check": waiting.pk, **links}


def _later_ones(organiser: User, answered: Consultation, begun: Consultation, now: datetime) -> dict[str, Any]:
    told = {"question": "Who reads it?", "answer": "The committee.", "by": organiser, "at": now}
    for consultation in (answered, begun):
        faq = answer_frequent_question(consultation, **told)
        figures_of(consultation, at=now)
    correct_consultation(answered, text="The fee is £420, not £240.", by=organiser, at=now)
    states = ("scheduled", "paused", "analysing", "followed-up")
    made = {state.replace("-", "_"): a_later_one(state, by=organiser, at=now, title=f"It is {state}") for state in states}

    def one_word(version: Version) -> None:
        change_page(version.pages.get(key="routes"), title="The three routes", intro="", by=organiser, at=now)

    a_new_version(made["paused"], change=one_word, materiality="typo", by=organiser, at=now, published=False)
    return {**made, "faq": faq.pk}


def _tokens(now: datetime) -> dict[str, str]:
    ask_for_weekly("stranger@example.org", at=now, **WHERE)
    pending, active = Subscription.objects.get(state="pending"), Subscription.objects.get(state="active")
    made = {
        "confirm_token": standing_token(pending, CapabilityToken.Scope.CONFIRM, at=now),
        "manage_token": standing_token(active, CapabilityToken.Scope.PAUSE, at=now),
    }
    moving = ask_to_move(pending, email="elsewhere@example.org", at=now)
    sealed = {"move_token": move_token(moving.pk), "read_token": reading_token(Delivery.objects.order_by("pk")[0].pk)}
    return {name: secret_of(token) for name, token in made.items()} | sealed


def _subscriber_list(officer: User, now: datetime) -> int:
    """A list that waits to be brought in, with a line of each kind."""
    told = "email,basis,date,source\nada@one.example.org,consent,2025-03-31,Spring conference\n"
    told += "info@one.example.org,consent,2025-03-31,Form\nno address,consent,2025-03-31,Form\nADA@one.example.org,consent,2025-03-31,Form\n"
    return check_list([told.encode()], file_name="conference.csv", stream="weekly", by=officer, at=now).pk


def _register(keeper: User, member: User, now: datetime) -> dict[str, int | str]:
    """A register that was applied and named only some, one that waits, a line without account, and a claim to an old name."""
    some, whole = [row("M1", nation="Wales"), row("M2")], [row("M1", nation="Scotland"), row("M3", nation="Narnia"), row("M4")]
    first = receive_register([csv_of(*some)], file_name="october.csv", by=keeper, at=now)
    first = map_register(first, columns=guess_columns(first.header), values={}, is_whole=False, by=keeper, at=now)
    approve_register(check_register(first, at=now), by=keeper, at=now)
    apply_register(first, at=now)
    second = receive_register([csv_of(*whole)], file_name="november.csv", by=keeper, at=now)
    check_register(second, at=now)
    line = Membership.objects.get(number="M1")
    create_claimable_accounts({claim_key("old.example.org", "Ada"): "Ada"}, at=now)
    claim = claim_authorship(name="Ada", proof="My address there was the one I have here.", by=member, at=now)
    return {
        "applied_register": first.pk,
        "checked_register": second.pk,
        "claim_token": make_claim_token(line.pk, line.email, at=now, days=14),
        "authorship": claim.pk,
    }
