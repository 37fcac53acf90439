"""Answers by mail: posted under one's own name, once, or refused at the one address that we know."""

from datetime import timedelta
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.actions.drafts import MOST_DRAFTS
from forum.actions.posts import reply_to_topic
from forum.actions.removal import hide_post
from forum.actions.topics import lock_topic
from forum.inbox import ELSEWHERE, GONE, LATE, NOT_SHOWN_TO_BE_YOURS, NOTHING
from forum.mail_tokens import read_mute, read_reply, reply_address
from forum.mails import AnswerRefused
from forum.models import Draft, Post
from mail.apps import answers_are_vouched_for
from mail.inbound import keep_mail, take_in_next
from mail.models import Mail
from mail.tokens import unseal
from tests.accounts.factories import UserFactory
from tests.forum.factories import AT, PersonaFactory, PostFactory, TopicFactory
from tests.forum.test_effects import named

pytestmark = pytest.mark.django_db
TODAY = AT.date()


@pytest.fixture
def topic():
    return TopicFactory(title="Exam or portfolio?")


@pytest.fixture
def reader():
    return named("Reader")


@pytest.fixture
def post(topic):
    return PostFactory(topic=topic, author=named("Writer"))


def answer(reader, post, text="I think so too.\n", *, number=1, day=TODAY, answers_post=True, at=AT, files=(), **headers):
    """Comes in by mail and is taken in."""
    message = EmailMessage()
    message["From"] = headers.pop("From", reader.email)
    message["To"] = headers.pop("To", reply_address(reader.pk, post.pk, day=day, answers_post=answers_post))
    message["Message-ID"] = f"<{number}@x.org>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    for name, data, kind in files:
        maintype, _, subtype = kind.partition("/")
        message.add_attachment(data, maintype=maintype, subtype=subtype, filename=name)
    keep_mail(message.as_bytes(), at=at)
    return take_in_next(at=at)


def refusal():
    mail = Mail.objects.get(kind="forum.answer_refused")
    return mail.address.email, AnswerRefused().write(mail, at=AT)


def posted(topic):
    return list(topic.posts.order_by("number").values_list("author__display_name", "body", "parent_number"))


def test_an_answer_stands_below_what_it_answers_under_ones_own_name(topic, reader, post):
    row = answer(reader, post, "I think so too.\n\nOn Friday, Plenary wrote:\n> — Write your answer above this line —\n")
    assert row.outcome == "taken"
    assert posted(topic)[-1] == ("Reader", "I think so too.", post.number)
    assert not Mail.objects.exists()


def test_an_answer_to_a_letter_about_several_stands_below_the_topic(topic, reader, post):
    answer(reader, post, answers_post=False)
    assert posted(topic)[-1] == ("Reader", "I think so too.", None)


def test_brought_twice_it_is_posted_once(topic, reader, post):
    for _ in range(2):
        answer(reader, post)
    assert len(posted(topic)) == 3


def test_an_answer_to_a_persona_s_post_is_not_the_persona_s(topic, reader):
    theirs = PostFactory(topic=topic, author=None, persona=PersonaFactory(topic=topic))
    answer(reader, theirs)
    assert Post.objects.latest("pk").author == reader
    assert Post.objects.latest("pk").persona is None


@pytest.mark.parametrize("sender", ["Somebody <somebody@example.org>", "", "Reader <reader@x.org>, reader@x.org"])
def test_from_another_address_it_is_refused_at_the_known_one_once_a_day(topic, reader, post, sender):
    for number in (1, 2):
        assert answer(reader, post, From=sender, number=number).outcome == "refused"
    to, letter = refusal()
    assert to == reader.email
    assert ELSEWHERE in letter.text
    assert "portfolio" not in letter.text
    assert len(posted(topic)) == 2


def test_where_our_server_must_vouch_for_it_one_that_it_does_not_is_refused(topic, reader, post, settings):
    settings.INBOUND_AUTHSERV_ID = "mx.plenary.example.org"
    answer(reader, post, Authentication_Results="mx.plenary.example.org; dmarc=fail")
    assert NOT_SHOWN_TO_BE_YOURS in refusal()[1].text
    answer(reader, post, number=2, Authentication_Results="mx.plenary.example.org; dmarc=pass")
    assert len(posted(topic)) == 3


@pytest.mark.parametrize(
    "to",
    ["reply+nonsense@plenary.example.org", "reply@plenary.example.org", "office@example.org", "reply+" + "a" * 53 + "@x.org"],
)
def test_with_no_token_of_ours_nobody_is_answered(topic, reader, post, to):
    assert answer(reader, post, To=to).outcome == "unknown"
    assert not Mail.objects.exists()


def test_a_machine_is_not_answered(reader, post):
    assert answer(reader, post, Auto_Submitted="auto-replied").outcome == "dropped"
    assert not Mail.objects.exists()


def test_too_late_it_is_refused(topic, reader, post, settings):
    settings.REPLY_DAYS = 30
    answer(reader, post, at=AT + timedelta(days=31))
    assert LATE in refusal()[1].text
    answer(reader, post, at=AT + timedelta(days=30), number=2)
    assert len(posted(topic)) == 3


def test_what_may_not_be_read_any_more_is_not_answered(topic, reader, post):
    hide_post(post, by=UserFactory(moderator=True), reason="no", at=AT)
    answer(reader, post)
    letter = refusal()[1]
    assert GONE in letter.text
    assert "portfolio" not in letter.text


def test_without_words_it_is_refused(reader, post):
    answer(reader, post, "\n\nOn Friday, Plenary wrote:\n> — Write your answer above this line —\n")
    assert NOTHING in refusal()[1].text


def test_in_a_locked_topic_it_is_kept_as_a_draft(topic, reader, post):
    lock_topic(topic, by=UserFactory(moderator=True), at=AT, reason="It went in circles.")
    answer(reader, post)
    letter = refusal()[1]
    assert "This topic is locked: It went in circles." in letter.text
    assert "kept as a draft" in letter.text
    assert Draft.objects.get().body == "I think so too."


def test_with_as_many_drafts_as_one_may_have_the_letter_says_that_it_is_not_kept(topic, reader, post):
    lock_topic(topic, by=UserFactory(moderator=True), at=AT, reason="It went in circles.")
    others = [Draft(user=reader, key=f"reply:{10_000 + n}", sequence=1, body="Half", saved_at=AT) for n in range(MOST_DRAFTS)]
    Draft.objects.bulk_create(others)
    assert answer(reader, post).outcome == "refused"
    text = refusal()[1].text
    assert "It went in circles." in text
    assert "could not be kept as a draft either: You have 200 drafts" in text
    assert "Your text is kept" not in text


def test_who_is_no_member_any_more_is_told_why(topic, reader, post):
    reader.role_grants.update(revoked_at=AT)
    answer(reader, post)
    assert "Your membership ended" in refusal()[1].text
    assert len(posted(topic)) == 2


def test_what_may_give_away_a_patient_waits_as_a_draft_and_the_letter_does_not_repeat_it(topic, reader, post):
    answer(reader, post, "Ask jane.doe@example.org about it.\n")
    letter = refusal()[1]
    assert "give away" in letter.text
    assert "jane.doe" not in letter.text
    assert "jane.doe" in Draft.objects.get().body
    assert len(posted(topic)) == 2


def test_a_draft_that_was_begun_on_the_page_is_not_lost(topic, reader, post):
    Draft.objects.create(user=reader, key=f"reply:{topic.pk}", sequence=7, body="Begun.", saved_at=AT)
    answer(reader, post, "Ask jane.doe@example.org about it.\n")
    assert Draft.objects.get().body == "Begun.\n\nAsk jane.doe@example.org about it."


def test_files_are_kept_and_one_that_cannot_be_is_told_of(topic, reader, post):
    files = [("rota.csv", b"day,who\r\nMonday,Ann\r\n", "text/csv"), ("run.exe", b"MZ\x90\x00", "application/octet-stream")]
    assert answer(reader, post, files=files).outcome == "taken"
    assert "rota.csv" in posted(topic)[-1][1]
    letter = refusal()[1]
    assert letter.subject == "Your answer was posted without its files"
    assert "run.exe" in letter.text


def test_what_is_answered_meanwhile_gone_stands_below_the_topic(topic, reader, post):
    child = reply_to_topic(topic, by=post.author, body="Mine.", at=AT, parent_number=post.number)
    answer(reader, child)
    assert posted(topic)[-1][2] == child.number


@given(st.integers(1, 2**31), st.integers(1, 2**39), st.booleans())
def test_a_token_says_who_and_what_and_opens_nothing_else(user, post, answers_post):
    token = reply_address(user, post, day=AT.date(), answers_post=answers_post).partition("@")[0].removeprefix("reply+")
    found = read_reply(token)
    assert (found.user_id, found.post_id, found.day, found.answers_post) == (user, post, AT.date(), answers_post)
    assert read_mute(token) is None
    assert unseal("no daily mail", token) is None


def test_one_that_is_too_large_is_answered_with_the_limit(topic, reader, post, settings):
    settings.INBOUND_MAX_MB = 1
    row = answer(reader, post, "Here is all of it.", files=[("all.txt", b"words " * 200_000, "text/plain")])
    assert row.outcome == "refused" and row.raw is None
    to, letter = refusal()
    assert to == reader.email and "larger than the 1 MB" in letter.text
    assert posted(topic)[-1][1] != "Here is all of it."


def test_the_name_of_a_file_is_looked_at_like_words(topic, reader, post):
    row = answer(reader, post, "See the letter.", files=[("letter 943 476 5919.txt", b"words", "text/plain")])
    assert row.outcome == "refused" and "943" not in row.answer
    assert Draft.objects.get().body.startswith("See the letter.")


def test_a_check_warns_while_nobody_vouches_for_who_answers_by_mail(settings):
    settings.INBOUND_SECRET, settings.INBOUND_AUTHSERV_ID = "shared", ""
    assert [warning.id for warning in answers_are_vouched_for()] == ["mail.W001"]
    settings.INBOUND_AUTHSERV_ID = "mx.plenary.example.org"
    assert answers_are_vouched_for() == []
    settings.INBOUND_SECRET, settings.INBOUND_AUTHSERV_ID = "", ""
    assert answers_are_vouched_for() == [], "no way in, no warning"
