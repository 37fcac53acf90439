"""The editor's desk: what is proposed and why, pinned, dropped, moved, seen as anybody, approved; and what happens where not."""

import re
import stat
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.urls import reverse

from common.models import AuditEntry
from digest.actions.approving import approve_edition
from digest.actions.arranging import NotInTheDraft, drop_item, pin_item, place_item, restore_item, unpin_item
from digest.actions.editions import EditionIsOut, cut_due_edition, draft_edition, write_note
from digest.desk import desk_of
from digest.models import Edition
from digest.spam import is_installed, score_of
from digest.streams import WEEKLY
from digest.ticking import tick
from forum.models import TopicMember
from notifications.models import Event
from tests.accounts.factories import GroupFactory, UserFactory
from tests.consultation.factories import an_open_one
from tests.digest.factories import MONDAY, SubscriptionFactory
from tests.digest.test_contents import BEFORE, IN_WEEK, topic
from tests.forum.factories import CategoryFactory, PostFactory

pytestmark = pytest.mark.django_db
SUNDAY = MONDAY - timedelta(days=1)


@pytest.fixture
def editor():
    return UserFactory(organiser=True, display_name="Oonagh Tiernay")


@pytest.fixture
def draft():
    return draft_edition(at=SUNDAY)


@pytest.fixture
def page(client, editor):
    """The desk on Sunday, as its editor: `page(name, *args)` opens an address, `page.press(…)` posts to it."""
    cache.clear()
    client.force_login(editor)

    def open_page(name, /, *args, **query):
        response = client.get(reverse(f"digest:{name}", args=args), query)
        assert response.status_code == 200
        return response.text

    def press(name, /, *args, **data):
        return client.post(reverse(f"digest:{name}", args=args), data, follow=True)

    open_page.press = press
    with time_machine.travel(SUNDAY, tick=False):
        yield open_page


@pytest.fixture
def stand_in(tmp_path):
    """A command that says of any message what it was told to."""

    def made(told):
        command = tmp_path / "spamassassin"
        command.write_text(f"#!/bin/sh\ncat >/dev/null\nprintf '%s\\n\\n' '{told}'\n")
        command.chmod(command.stat().st_mode | stat.S_IXUSR)
        return str(command)

    return made


def order(draft, editor, shelf="topics"):
    draft.refresh_from_db()
    shelves = {each.name: each for each in desk_of(draft, editor=editor, at=SUNDAY).shelves}
    return [row.found.title for row in shelves[shelf].rows] if shelf in shelves else []


def things(*topics):
    return [("topic", each.pk) for each in topics]


def hidden(text):
    """The hidden fields of the note’s form, as a browser sends them; and what the button that approves carries."""
    told = dict(re.findall(r'<input type="hidden" name="(edition|seen)" value="(\w*)" id=', text))
    return told | {"seen_draft": re.search(r'name="seen" value="(\w+)"><button', text)[1]}


def test_each_proposal_says_why_it_is_there_and_why_there(page, draft):
    topic("Loud", posts=3, thanks=5)
    topic("Quiet")
    an_open_one(at=IN_WEEK, title="Which route")
    text = page("edit")
    assert text.index("Which route") < text.index("Loud") < text.index("Quiet")
    assert "3 people wrote (3), 5 reactions count a half (2.5): 5.5 points" in text
    assert "What closes first stands first." in text
    assert "New this week." in text
    assert "A mail carries the first seven" in text


def test_what_is_pinned_stands_first_and_goes_back_to_its_rank(draft, editor):
    loud, quiet = topic("Loud", posts=3), topic("Quiet")
    pin_item(draft, item=("topic", quiet.pk), by=editor, at=SUNDAY)
    pin_item(draft, item=("topic", quiet.pk), by=editor, at=SUNDAY)
    assert (order(draft, editor, "picks"), order(draft, editor)) == (["Quiet"], ["Loud"])
    unpin_item(draft, item=("topic", quiet.pk), by=editor)
    assert order(draft, editor) == ["Loud", "Quiet"]
    assert loud.title == "Loud"


def test_what_is_taken_out_goes_to_nobody_and_can_be_put_back(draft, editor):
    loud, _ = topic("Loud", posts=3), topic("Quiet")
    item = ("topic", loud.pk)
    pin_item(draft, item=item, by=editor, at=SUNDAY)
    drop_item(draft, item=item, by=editor, at=SUNDAY)
    drop_item(draft, item=item, by=editor, at=SUNDAY)
    assert order(draft, editor) == ["Quiet"]
    assert [row.found.title for row in desk_of(draft, editor=editor, at=SUNDAY).dropped] == ["Loud"]
    restore_item(draft, item=item, by=editor)
    assert order(draft, editor) == ["Loud", "Quiet"]
    drop_item(draft, item=item, by=editor, at=SUNDAY)
    assert [item.title for item in cut_due_edition(at=MONDAY).items.all()] == ["Quiet"]


def test_things_are_moved_within_their_section_and_stay_there_until_the_cut(draft, editor):
    one, two, three = topic("One", posts=3), topic("Two", posts=2), topic("Three")
    first, second, third = things(one, two, three)
    place_item(draft, item=third, before=first, by=editor, at=SUNDAY)
    assert order(draft, editor) == ["Three", "One", "Two"]
    place_item(draft, item=first, before=None, by=editor, at=SUNDAY)
    assert order(draft, editor) == ["Three", "Two", "One"]
    topic("Loudest", posts=5)
    assert order(draft, editor) == ["Three", "Two", "One", "Loudest"], "what comes in later stands behind"
    for item in (second, third):
        pin_item(draft, item=item, by=editor, at=SUNDAY)
    draft.refresh_from_db()
    place_item(draft, item=third, before=second, by=editor, at=SUNDAY)
    assert order(draft, editor, "picks") == ["Three", "Two"]
    with pytest.raises(NotInTheDraft):
        place_item(draft, item=third, before=first, by=editor, at=SUNDAY)
    cut = cut_due_edition(at=MONDAY)
    assert list(cut.items.order_by("position").values_list("title", flat=True)) == ["Three", "Two", "One", "Loudest"]
    with pytest.raises(EditionIsOut):
        drop_item(cut, item=first, by=editor, at=MONDAY)


def test_what_is_not_in_the_draft_cannot_be_pinned_or_dropped(draft, editor):
    for action in (pin_item, drop_item):
        with pytest.raises(NotInTheDraft):
            action(draft, item=("topic", 99), by=editor, at=SUNDAY)


def test_the_buttons_do_it_without_a_script(page, draft, editor):
    one, two = topic("One", posts=3), topic("Two")
    assert 'value=""' in page("edit")
    text = page.press("item_place", WEEKLY, "topic", two.pk, before=f"topic:{one.pk}").text
    assert order(draft, editor) == ["Two", "One"]
    assert text.index("Two") < text.index("One")
    assert "Put back" in page.press("item_drop", WEEKLY, "topic", one.pk).text
    assert "Put back" not in page.press("item_restore", WEEKLY, "topic", one.pk).text
    assert "Unpin" in page.press("item_pin", WEEKLY, "topic", one.pk).text
    assert "Unpin" not in page.press("item_unpin", WEEKLY, "topic", one.pk).text
    assert page.press("item_pin", WEEKLY, "no.such.kind", 1).status_code == 404
    assert page.press("item_pin", WEEKLY, "topic", two.pk + 1).status_code == 409


def test_a_note_is_previewed_before_it_is_saved(page, draft):
    shown = page.press("edit", headline="H", note="Some **words**.", show="note").text
    assert "<strong>words</strong>" in shown
    assert "Some **words**." in shown
    draft.refresh_from_db()
    assert draft.editors_note == ""


def test_whoever_saves_a_note_second_is_told_what_stands_there_now(page, draft, editor):
    other = UserFactory(organiser=True)
    seen = hidden(page("edit"))
    write_note(draft, by=other, headline="Theirs", note="Their words.", at=SUNDAY)
    told = page.press("edit", headline="Mine", note="My words.", **seen).text
    assert "Somebody, or you in another window, changed this" in told
    assert "“Their words.”" in told
    assert ">\nMy words.</textarea>" in told, "what was typed is kept"
    draft.refresh_from_db()
    assert draft.headline == "Theirs"
    assert "The draft is saved." in page.press("edit", headline="Mine", note="My words.", **hidden(told)).text
    draft.refresh_from_db()
    assert draft.editors_note == "My words."


def test_a_note_that_missed_its_edition_is_not_taken_for_the_next_one(page, draft):
    seen = hidden(page("edit"))
    cut_due_edition(at=MONDAY)
    following = draft_edition(at=MONDAY)
    told = page.press("edit", headline="For number 1", note="", **seen).text
    assert "went out meanwhile" in told
    following.refresh_from_db()
    assert following.headline == ""
    page.press("edit", headline="For number 1", note="", **hidden(told))
    following.refresh_from_db()
    assert following.headline == "For number 1"


def test_nobody_approves_or_cuts_what_they_did_not_see(page, draft, editor):
    seen = hidden(page("edit"))["seen_draft"]
    write_note(draft, by=editor, headline="Another", note="", at=SUNDAY)
    assert "It is not approved. Somebody, or you" in page.press("approve", WEEKLY, seen=seen).text
    assert "It is not out. Somebody, or you" in page.press("cut", WEEKLY, seen=seen, sure="yes").text
    draft.refresh_from_db()
    assert (draft.approved_at, draft.state) == (None, "draft")
    page.press("approve", WEEKLY, seen=hidden(page("edit"))["seen_draft"])
    draft.refresh_from_db()
    assert draft.approved_by == editor


def test_a_change_takes_an_approval_back(page, draft, editor):
    one = topic("One")
    assert "goes out on its Monday as it is proposed" in page("edit")
    assert "Oonagh Tiernay approved it" in page.press("approve", WEEKLY).text
    assert AuditEntry.objects.filter(verb="edition.approve", subject_id="1").count() == 1
    page.press("item_pin", WEEKLY, "topic", one.pk)
    draft.refresh_from_db()
    assert draft.approved_at is None
    approve_edition(draft, by=editor, at=SUNDAY)
    write_note(draft, by=editor, headline="Another", note="", at=SUNDAY)
    draft.refresh_from_db()
    assert (draft.approved_at, draft.picks) == (None, [["topic", one.pk]])
    page.press("approve", WEEKLY)
    page.press("unapprove", WEEKLY)
    draft.refresh_from_db()
    assert draft.approved_at is None


def test_what_nobody_approved_is_sent_as_proposed_or_held_by_setting(settings, send, draft, editor, client):
    topic("One")
    SubscriptionFactory(next_due_at=MONDAY + timedelta(hours=1))
    settings.WEEKLY_UNAPPROVED = "hold"
    for hours in (0, 2):
        assert send(MONDAY + timedelta(hours=hours)) == []
    assert Event.objects.filter(kind="digest.unapproved").count() == 1, "the editors hear of it once"
    draft.refresh_from_db()
    client.force_login(editor)
    with time_machine.travel(MONDAY + timedelta(hours=3), tick=False):
        assert "This edition waits for you." in client.get(reverse("digest:edit")).text
    approve_edition(draft, by=editor, at=MONDAY + timedelta(hours=3))
    assert len(send(MONDAY + timedelta(hours=3))) == 1
    draft.refresh_from_db()
    assert (draft.state, draft.cut_off, draft.ends) == ("cut", MONDAY, MONDAY)
    settings.WEEKLY_UNAPPROVED = "send"
    tick(at=MONDAY + timedelta(days=7))
    assert Edition.objects.cut().count() == 2


def test_it_is_seen_as_any_kind_of_reader(page, draft, editor):
    group = GroupFactory(name="Partners", members=[editor])
    secret = CategoryFactory(access="group", group=GroupFactory(), name="Elsewhere")
    topic("Public thing")
    topic("Members thing", members_only=True)
    topic("Partners thing", category=CategoryFactory(access="group", group=group))
    topic("Nobody here knows", category=secret)
    seen = {
        "visitor": (True, False, False),
        "account": (True, False, False),
        "member": (True, True, False),
        "trustee": (True, True, False),
        f"group-{group.pk}": (True, True, True),
        "editor": (True, True, True),
    }
    for slug, expected in seen.items():
        for text in (page("preview", WEEKLY, slug), page("preview_letter", WEEKLY, slug)):
            assert tuple(name in text for name in ("Public thing", "Members thing", "Partners thing")) == expected, slug
            assert "Nobody here knows" not in text
    assert "PUBLIC THING" in page("preview", WEEKLY, "visitor").upper()
    assert "Nobody here knows" not in page("edit")
    assert "1 from groups that you are not in" in " ".join(page("edit").split())


def test_it_is_seen_as_one_reader_without_what_is_theirs(page, draft):
    reader = UserFactory(member=True, display_name="Gethin Parrish")
    mine, followed = topic("Their own question", author=reader, at=BEFORE), topic("What they follow", at=BEFORE)
    for each in (mine, followed):
        PostFactory(topic=each, created_at=IN_WEEK, body="An answer for one.")
    read = topic("What they read")
    for each, level in ((followed, "watching"), (read, "normal")):
        TopicMember.objects.create(user=reader, topic=each, level=level, last_read=1, read_at=IN_WEEK, because="chosen")
    found = page("preview", WEEKLY, "visitor", name="gethin")
    slug = f"person-{reader.pk}"
    assert reverse("digest:preview", args=[WEEKLY, slug]) in found
    text = " ".join(page("preview", WEEKLY, slug).split())
    assert "Gethin Parrish would get this" in text
    assert "entries of their own are shown to them alone" in text or "entry of their own is shown to them alone" in text
    assert "What they read" in text, "what somebody has read is theirs"
    assert "You began this topic" not in text
    assert "No member has a name like that" in page("preview", WEEKLY, "visitor", name="nobody at all")


@pytest.mark.parametrize("slug", ["person-0", "person-999999", "group-1", "nobody", "person-x"])
def test_a_reader_who_is_nobody_is_not_found(client, page, draft, slug):
    for name in ("preview", "preview_letter"):
        assert client.get(reverse(f"digest:{name}", args=[WEEKLY, slug])).status_code == 404


def test_the_mail_is_drawn_by_a_style_sheet_of_ours_narrow_and_dark(client, page, draft):
    topic("Public thing")
    response = client.get(reverse("digest:preview_letter", args=[WEEKLY, "visitor"]), {"narrow": "yes", "dark": "yes"})
    assert "style-src 'self'" in response.headers["Content-Security-Policy"]
    assert "<style" not in response.text
    assert " style=" not in response.text
    assert 'letter.css?narrow=yes&amp;dark=yes"' in response.text
    styles = page("letter_styles", narrow="yes", dark="yes")
    assert "@media all" in styles
    assert "prefers-color-scheme: dark" not in styles
    assert "prefers-color-scheme: dark" in page("letter_styles")


def test_a_test_goes_to_the_editor_alone(page, post, draft, editor):
    topic("Public thing")
    SubscriptionFactory()
    assert "is on its way" in page.press("trial", WEEKLY).text
    (mail,) = post(SUNDAY)
    assert mail.recipient == editor.email
    assert mail.message["Subject"] == "[Test] No. 1: Public thing"
    assert "slot" not in mail.text + mail.html
    assert Edition.objects.get().state == "draft"


def test_the_desk_says_where_spamassassin_is_missing(settings, page, draft):
    settings.SPAMASSASSIN = "no-such-command"
    assert "It is not installed on this server" in page("edit")
    assert "SpamAssassin is not installed" in page.press("spam", WEEKLY).text
    assert score_of(b"") is None


def test_what_spamassassin_makes_of_the_draft_is_told_on_the_desk(page, draft):
    if not is_installed():
        pytest.skip("SpamAssassin is not installed")
    topic("Covering two sites with one deputy", posts=2)
    text = " ".join(page.press("spam", WEEKLY).text.split())
    assert float(re.search(r'class="lede">(-?[0-9.]+) points', text)[1]) < 1, text


def test_the_score_and_its_rules_are_told_where_it_is_there(settings, stand_in, page, draft):
    told = "X-Spam-Status: No, score=0.6 required=5.0 tests=HTML_MESSAGE,\n\tMIME_QP_LONG_LINE autolearn=no version=4.0.0"
    settings.SPAMASSASSIN = stand_in(told)
    text = page.press("spam", WEEKLY).text
    assert "0.6 points" in text
    assert "HTML_MESSAGE" in text
    assert "MIME_QP_LONG_LINE" in text


def test_a_member_reaches_none_of_it(client, draft):
    client.force_login(UserFactory(member=True))
    for name, args in (("preview_letter", [WEEKLY, "visitor"]), ("letter_styles", [])):
        assert client.get(reverse(f"digest:{name}", args=args)).status_code == 403
    made = topic("Public thing")
    for name in ("item_pin", "item_unpin", "item_drop", "item_restore", "item_place"):
        assert client.post(reverse(f"digest:{name}", args=[WEEKLY, "topic", made.pk])).status_code == 403
    for name in ("approve", "unapprove", "trial", "spam"):
        assert client.post(reverse(f"digest:{name}", args=[WEEKLY])).status_code == 403
