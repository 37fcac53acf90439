"""Seams between parts that were built side by side: each test here is an attack that once worked."""

import logging
import tracemalloc
from contextlib import suppress
from datetime import timedelta
from io import BytesIO
from time import perf_counter
from zipfile import ZIP_BZIP2, ZIP_LZMA, ZipFile

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actions.practice import MOST_PRACTICES, NoPractice, state_practice
from accounts.models import Facts
from common.filekinds import FileRefusedByKind, examine
from common.logs import WithoutSecrets
from forum.actions.answers import NotAnAnswer, accept_answer
from forum.actions.attachments import keep_file, sweep_files
from forum.actions.carrying import PostsNotMovable
from forum.actions.editing import edit_post
from forum.actions.erasing import erase_post_words
from forum.actions.errors import AlreadyRemoved, TextRefused
from forum.actions.history import restore_revision, take_revision_away
from forum.actions.moving import move_posts, split_topic
from forum.actions.pinning import Pin
from forum.actions.posts import reply_to_topic
from forum.actions.silencing import silence_persona
from forum.actions.topics import start_topic
from forum.models import ImportedTopic, Poll, Post, Topic, TopicMember
from forum.polling import PollPlan
from forum.pseudonyms import Voice
from forum.readers.naming import Place, people_to_name
from forum.readers.topic import topic_page
from mail.incoming import Incoming, read_mail
from moderation.actions.reporting import file_report
from moderation.models import Case
from notifications.expander import expand_next
from tests.accounts.factories import UserFactory
from tests.forum.factories import AT, CategoryFactory, PostFactory, TopicFactory
from tests.forum.officers import officers_with_keys
from tests.forum.test_effects import named
from tests.forum.test_inbox import answer, refusal

pytestmark = pytest.mark.django_db
LARK = Voice(is_persona=True, label="Calm Lark")


def at_practice(code, **told):
    person = UserFactory(member=True, **told)
    state_practice(code, by=person, at=AT)
    return type(person).objects.with_roles().get(pk=person.pk)


def client_of(person):
    client = Client()
    client.force_login(person)
    return client


def test_an_accepted_answer_kept_from_ones_practice_is_not_quoted_above_the_topic():
    topic = TopicFactory(members_only=True, kind=Topic.Kind.QUESTION)
    writer, colleague, stranger = at_practice("V81998"), at_practice("V81998"), at_practice("A99999")
    post = reply_to_topic(topic, by=writer, body="Our partners quarrelwort.", at=AT, keep_from_practice=True)
    with pytest.raises(NotAnAnswer):
        accept_answer(post, by=type(writer).objects.with_roles().get(pk=topic.author_id), at=AT)
    Topic.objects.filter(pk=topic.pk).update(solution_number=post.number)  # as before such a reply was refused
    assert "quarrelwort" in client_of(stranger).get(topic.get_absolute_url()).content.decode()
    page = client_of(colleague).get(topic.get_absolute_url()).content.decode()
    assert "quarrelwort" not in page
    assert str(writer) not in page


def test_whoever_is_named_in_what_is_kept_from_them_does_not_follow_because_of_it():
    topic = TopicFactory(members_only=True)
    writer, colleague = at_practice("V81998"), at_practice("V81998", handle="wanda-boss")
    reply_to_topic(topic, by=writer, body="It is @wanda-boss who shouts.", at=AT, keep_from_practice=True)
    assert not TopicMember.objects.filter(user=colleague).exists()
    page = topic_page(colleague, topic.pk)
    assert page.why_followed == ""


def test_why_an_answer_by_mail_was_not_posted_never_says_that_somebody_has_a_pseudonym(settings):
    """The row of the letter names the member and the topic, the mailbox is the employer's."""
    officers_with_keys(2)
    topic, member = TopicFactory(), named("Reader")
    post = PostFactory(topic=topic)
    reply_to_topic(topic, by=member, body="Said as a lark.", at=AT, voice=LARK)
    row = answer(member, post)
    letter = refusal()[1]
    assert row.outcome == "refused"
    assert "pseudonym" not in row.answer + letter.text + letter.html
    settings.PACE_REPLIES = 1
    other = TopicFactory()
    PostFactory(author=member, topic=other)
    hasty = answer(member, PostFactory(topic=other), number=2)
    assert hasty.answer == row.answer, "what is said of a pseudonym is said of other things, too"


def test_a_silence_is_not_told_by_mail():
    officers_with_keys(2)
    topic, member = TopicFactory(), named("Reader")
    post = PostFactory(topic=topic)
    said = reply_to_topic(TopicFactory(), by=member, body="You fools.", at=AT, voice=LARK)
    now = timezone.now()
    silence_persona(
        said.persona, by=UserFactory(member=True, moderator=True), reason="Insults.", ends_at=now + timedelta(days=7), at=now
    )
    row = answer(member, post)
    letter = refusal()[1]
    assert row.outcome == "refused"
    for words in ("pseudonym", "Lark", "silenced", "Insults"):
        assert words not in row.answer + letter.text + letter.html


@pytest.mark.parametrize("way", [ZIP_BZIP2, ZIP_LZMA])
def test_a_small_document_cannot_grow_in_memory(way):
    """bzip2 makes 400 bytes of a quarter of a gigabyte, and `zipfile` unpacks it whole, however little is asked for."""
    made = BytesIO()
    with ZipFile(made, "w", way) as archive, archive.open("[Content_Types].xml", "w") as part:
        part.write(b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml")
        for _ in range(40):
            part.write(bytes(1_000_000))
    tracemalloc.start()
    with pytest.raises(FileRefusedByKind):
        examine(made.getvalue(), "letter.docx")
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


@pytest.mark.parametrize("how", [{"kind": Topic.Kind.ANNOUNCEMENT}, {"pin": Pin(AT + timedelta(days=3), False)}])
def test_nobody_announces_under_a_pseudonym(how):
    """Only a handful of people may, so that it would say who it is."""
    officers_with_keys(2)
    category = CategoryFactory()
    organiser = UserFactory(member=True, organiser=True)
    with pytest.raises(TextRefused):
        start_topic(category, by=organiser, title="What changes in May", body="All of it.", at=AT, voice=LARK, **how)
    assert not Topic.objects.exists()


def test_a_file_of_a_version_that_was_put_aside_is_given_to_nobody(settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "attachments": settings.STORAGES["attachments"] | {"OPTIONS": {"location": str(tmp_path), "base_url": None}}
    }
    topic, writer = TopicFactory(), UserFactory(member=True)
    post = reply_to_topic(topic, by=writer, body="Harmless.", at=AT)
    kept = keep_file(by=writer, name="patients.csv", data=b"name\r\nJane Doe\r\n", at=AT)
    edit_post(post, by=writer, body=f"Look: {kept.markdown}", note="added", at=AT)
    assert client_of(topic.author).get(kept.get_absolute_url()).status_code == 200
    moderator = UserFactory(member=True, moderator=True)
    restore_revision(post, by=moderator, number=1, reason="It holds names.", at=AT)
    take_revision_away(post, by=moderator, number=2, reason="It holds names.", at=AT)
    assert client_of(topic.author).get(kept.get_absolute_url()).status_code == 404
    assert sweep_files(at=AT + timedelta(days=400)) == 1


FORGED = [
    "mx.example.org; spf=pass smtp.mailfrom=eve@evil.example; dkim=pass header.d=evil.example",
    "mx.example.org; dmarc=fail header.from=hidden.example; spf=pass smtp.mailfrom=dmarc=pass@evil.example",
    'mx.example.org; dmarc=fail header.from=hidden.example; dkim=fail reason="dmarc=pass" header.d=evil.example',
    "mx.example.org; dkim=pass (dmarc=pass) header.d=hidden.example.evil.example",
]
TRUE = [
    "mx.example.org; dmarc=pass header.from=hidden.example",
    "mx.example.org 1; spf=pass smtp.mailfrom=bounce@mail.hidden.example",
    "mx.example.org; dkim=fail header.d=evil.example; dkim=pass header.d=hidden.example",
    "mx.example.org; dkim=pass header.i=@hidden.example header.s=x",
]


@pytest.mark.parametrize(("line", "is_true"), [*((line, False) for line in FORGED), *((line, True) for line in TRUE)])
def test_a_proof_for_another_domain_proves_nothing(line, is_true):
    """Whoever has somebody's token (a forwarded letter) has a mail server of their own, too."""
    came = Incoming(sender="zq@hidden.example", authentication=(line,))
    assert came.is_authentic("mx.example.org") is is_true


def test_a_mail_of_boxes_in_boxes_costs_nothing():
    """A stranger's 100 kB held a worker for seconds, and its largest for hours."""
    boxes = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (number, number) for number in range(300))
    began = perf_counter()
    assert read_mail(boxes + b"\n" * 100_000).automatic
    assert perf_counter() - began < 1


def test_a_token_in_an_address_is_blackened_in_the_log():
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "Not Found: %s and %s", None, None)
    record.args = ("/forum/mute/aeaqc5ky/", "/notices/daily/aeaqc5ky/")
    WithoutSecrets().filter(record)
    assert "aeaqc5ky" not in record.getMessage()


def kept_pseudonymous_post():
    """By somebody at V81998, in a room for members."""
    officers_with_keys(2)
    writer = at_practice("V81998")
    return reply_to_topic(
        TopicFactory(members_only=True), by=writer, body="Our partners quarrelwort.", at=AT, voice=LARK, keep_from_practice=True
    )


def test_a_moderator_of_the_same_practice_is_not_noticed_of_a_case_about_what_is_kept_from_it():
    post, moderator, other = (
        kept_pseudonymous_post(),
        at_practice("V81998", moderator=True),
        at_practice("A99999", moderator=True),
    )
    file_report(post, by=at_practice("B83001"), reason="other", text="Look.", at=AT)
    while expand_next(at=timezone.now()):
        pass
    assert "Calm Lark" in client_of(other).get(reverse("notifications:list")).content.decode()
    assert "Calm Lark" not in client_of(moderator).get(reverse("notifications:list")).content.decode()


def test_a_moderator_of_the_same_practice_does_not_read_what_is_kept_from_it_above_an_answer():
    post, moderator = kept_pseudonymous_post(), at_practice("V81998", moderator=True)
    answer_to_it = reply_to_topic(post.topic, by=at_practice("B83001"), body="So what?", at=AT, parent_number=post.number)
    file_report(answer_to_it, by=at_practice("B83001"), reason="other", text="Look.", at=AT)
    case = Case.objects.get(post=answer_to_it)
    page = client_of(moderator).get(reverse("moderation:case", args=[case.pk])).content.decode()
    assert "So what?" in page
    assert "quarrelwort" not in page


def test_a_topic_does_not_begin_with_what_is_kept_from_some_of_its_readers():
    """Its row names whoever wrote the first post, to those as well from whom it is kept."""
    topic = TopicFactory(members_only=True)
    post = reply_to_topic(topic, by=at_practice("V81998"), body="Our partners quarrelwort.", at=AT, keep_from_practice=True)
    with pytest.raises(PostsNotMovable):
        split_topic(
            topic,
            by=UserFactory(member=True, moderator=True),
            numbers=[post.number],
            title="Partners at war",
            category=topic.category,
            reason="Another matter.",
            at=AT,
        )


def test_the_words_of_a_poll_go_with_those_of_its_post():
    plan = PollPlan("Is Jane Doe fit?", ("Yes", "No"), "single", "always", AT + timedelta(days=3))
    post = reply_to_topic(TopicFactory(), by=UserFactory(member=True), body="Well?", at=AT, poll=plan)
    erase_post_words(post, by=UserFactory(member=True, moderator=True), reason="It names a patient.", at=AT)
    assert not Poll.objects.exists()


def test_the_old_address_of_a_topic_that_was_merged_does_not_tell_its_title():
    private, public = TopicFactory(category__private=True, slug="strike-at-elm-road"), TopicFactory()
    ImportedTopic.objects.create(topic=private, host="old.example.org", source_id=77, imported_at=AT)
    Topic.objects.filter(pk=private.pk).update(state="hidden", merged_into=public)
    for address in (reverse("forum:old_topic_url", args=["any", 77]), reverse("forum:old_url", args=["any", 77, 1])):
        assert Client().get(address)["Location"] == public.get_absolute_url()


def test_nobody_finds_the_practice_of_a_pseudonym_by_saying_one_after_another():
    """Whoever says the right one sees the post vanish: with 6,500 codes to say, every post that is kept would have told."""
    post, guesser = kept_pseudonymous_post(), at_practice("B83001")
    for number in range(20):
        with suppress(NoPractice):
            state_practice(f"V{81979 + number}", by=guesser, at=AT)
    guesser = type(guesser).objects.with_roles().get(pk=guesser.pk)
    assert len(guesser.practice_codes) == MOST_PRACTICES
    assert "V81998" not in guesser.practice_codes
    assert Post.objects.visible_to(guesser).filter(pk=post.pk).exists()
    state_practice("B83001", by=guesser, at=AT)
    assert Facts.objects.get(user=guesser).practices[-1] == "B83001", "which of them is the present one can still be said"


def test_who_wrote_what_is_kept_from_ones_practice_is_not_suggested_first():
    topic = TopicFactory(members_only=True)
    writer = at_practice("V81998", display_name="Quorn Zeta", sort_key="quorn zeta")
    colleague = at_practice("V81998")
    UserFactory(member=True, display_name="Quorn Alpha", sort_key="quorn alpha")
    place = Place(topic.category, topic)
    before = [str(person) for person in people_to_name(colleague, place, "quorn", at=timezone.now())]
    assert len(before) == 2
    reply_to_topic(topic, by=writer, body="Our partners quarrelwort.", at=AT, keep_from_practice=True)
    assert [str(person) for person in people_to_name(colleague, place, "quorn", at=timezone.now())] == before


def test_the_history_of_a_case_leaves_out_what_is_kept_from_its_reader():
    writer, moderator = at_practice("V81998"), at_practice("V81998", moderator=True)
    room, reporter = TopicFactory(members_only=True, title="Where it is kept"), at_practice("B83001")
    kept = reply_to_topic(room, by=writer, body="Our partners quarrelwort.", at=AT, keep_from_practice=True)
    other = reply_to_topic(TopicFactory(), by=writer, body="Something else.", at=AT)
    for post in (kept, other):
        file_report(post, by=reporter, reason="other", text="Look.", at=AT)
    case = Case.objects.get(post=other)
    assert "Where it is kept" not in client_of(moderator).get(reverse("moderation:case", args=[case.pk])).content.decode()


def test_the_page_that_takes_words_away_tells_nothing_of_what_is_kept_from_its_reader():
    post = kept_pseudonymous_post()
    address = reverse("moderation:erase_post", args=[post.topic_id, post.number])
    assert client_of(at_practice("A99999", moderator=True)).get(address).status_code == 200
    assert client_of(at_practice("V81998", moderator=True)).get(address).status_code == 404


def test_the_words_of_a_moved_post_are_taken_away_where_it_is():
    """At its old number stands a line without words, which the database refuses to have emptied."""
    topic, into, moderator = TopicFactory(), TopicFactory(), UserFactory(member=True, moderator=True)
    post = reply_to_topic(topic, by=topic.author, body="Jane Doe again.", at=AT)
    move_posts(topic, by=moderator, numbers=[post.number], into=into, reason="Another matter.", at=AT)
    client = client_of(moderator)
    assert client.get(reverse("moderation:erase_post", args=[topic.pk, post.number])).status_code == 404
    assert client.get(reverse("moderation:erase_post", args=[into.pk, 2])).status_code == 200
    with pytest.raises(AlreadyRemoved):
        erase_post_words(Post.objects.get(topic=topic, number=post.number), by=moderator, reason="A name.", at=AT)
