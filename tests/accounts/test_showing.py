"""What a person shows: facts to whom they chose, a picture made anew, and whom they do not want to hear."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from accounts.actions.people import change_profile
from accounts.actions.roles import revoke_role
from accounts.actions.showing import block_person, choose_audience, remove_avatar, set_avatar, unblock_person
from accounts.directory import facts_shown
from accounts.models import Avatar, Block, Facts, Membership, Sanction, User
from accounts.pictures import MOST_BYTES, NoPicture, drawn_anew
from common.verdicts import Refused
from tests.accounts.factories import AT, FactsFactory, UserFactory

pytestmark = pytest.mark.django_db


def picture(kind="JPEG", size=(400, 300), **saved) -> bytes:
    made = BytesIO()
    Image.new("RGB", size, "teal").save(made, kind, **saved)
    return made.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_made_anew_square_and_small(kind):
    made = drawn_anew(picture(kind))
    with Image.open(BytesIO(made)) as found:
        assert (found.format, found.size) == ("WEBP", (192, 192))
    assert len(made) < 20_000


def test_a_picture_whose_exif_is_broken_is_refused_with_a_sentence():
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "x" * 20
    sent = bytearray(picture(size=(100, 100), exif=exif.tobytes()))
    sent[sent.index(b"Exif") + 17] = 0  # another tag's number: Pillow cannot write it back, and raises struct.error
    with pytest.raises(NoPicture, match="another file"):
        drawn_anew(bytes(sent))


def test_whoever_is_suspended_changes_neither_name_nor_picture(client):
    user = UserFactory(member=True, display_name="Ann")
    Sanction.objects.create(
        user=user,
        kind="suspension",
        reason="x",
        imposed_at=AT,
        imposed_by=UserFactory(),
        ends_at=timezone.now() + timedelta(days=1),
    )
    client.force_login(user)
    page = client.post(reverse("accounts:profile"), {"display_name": "The moderator lies", "bio": "", "interests": ""})
    assert page.status_code == 403
    assert "You are suspended until" in page.content.decode()
    sent = SimpleUploadedFile("me.png", picture("PNG"))
    assert client.post(reverse("accounts:picture"), {"picture": sent}).status_code == 403
    user.refresh_from_db()
    assert (user.display_name, user.avatar) == ("Ann", "")


def test_nothing_of_the_file_is_left():
    exif = Image.Exif()
    exif[0x010E] = "taken in the surgery"
    exif[0x8825] = {1: "N", 2: (51.0, 30.0, 0.0)}
    sent = picture(exif=exif.tobytes(), comment=b"by my employer") + b"<script>alert(1)</script>"
    made = drawn_anew(sent)
    for secret in (b"surgery", b"employer", b"script", b"Exif", b"GPS"):
        assert secret not in made
    with Image.open(BytesIO(made)) as found:
        assert not found.getexif()


def test_a_phone_s_picture_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    lying = Image.new("RGB", (300, 200), "white")
    lying.paste("black", (0, 0, 100, 200))
    made = BytesIO()
    lying.save(made, "JPEG", exif=exif.tobytes())
    with Image.open(BytesIO(drawn_anew(made.getvalue()))) as found:
        assert found.getpixel((96, 10))[0] < 60, "what was on the left is on top"
        assert found.getpixel((96, 180))[0] > 200


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GIF89a" + bytes(50),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        picture()[:200],
        picture("PNG")[:60],
        b"\x89PNG\r\n\x1a\n",
    ],
    ids=["nothing", "gif", "svg", "cut jpeg", "cut png", "head only"],
)
def test_what_is_no_picture_is_refused_with_a_sentence(sent):
    with pytest.raises(NoPicture, match="can be opened"):
        drawn_anew(sent)


def test_a_bomb_is_refused_before_it_is_opened():
    bomb = BytesIO()
    Image.new("1", (20_000, 20_000)).save(bomb, "PNG")
    assert len(bomb.getvalue()) < 100_000
    with pytest.raises(NoPicture, match="50 million"):
        drawn_anew(bomb.getvalue())
    with pytest.raises(NoPicture, match="very small"):
        drawn_anew(picture(size=(20, 20)))


def test_a_picture_is_sent_shown_and_deleted(client):
    user = UserFactory(member=True)
    client.force_login(user)
    page = reverse("accounts:picture")
    assert (
        "50 million pixels as a JPEG, 10 million as a WebP, 16 million as anything else" in client.get(page).content.decode()
    ), "limits are told before"
    told = client.post(page, {"picture": SimpleUploadedFile("me.jpg", b"no picture", "image/jpeg")}).content.decode()
    assert "cannot be" in told or "can be opened" in told
    large = client.post(page, {"picture": SimpleUploadedFile("me.jpg", bytes(MOST_BYTES + 1), "image/jpeg")}).content.decode()
    assert "larger than 5 MB" in large
    assert not Avatar.objects.exists()
    assert client.post(page, {"picture": SimpleUploadedFile("me.jpg", picture(), "image/jpeg")}).status_code == 302
    user.refresh_from_db()
    assert user.avatar
    assert user.card_version > 1
    assert user.avatar_url in client.get(page).content.decode()
    shown = client.get(user.avatar_url)
    assert shown.headers["Content-Type"] == "image/webp"
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    old = user.avatar_url
    client.post(reverse("accounts:picture_off"))
    assert client.get(old).status_code == 404
    assert not Avatar.objects.exists()


def test_a_picture_is_found_by_its_own_address_only_and_not_of_a_closed_account(client):
    user = UserFactory(member=True)
    set_avatar(image=drawn_anew(picture()), by=user, at=AT)
    user.refresh_from_db()
    assert client.get(user.avatar_url).status_code == 200
    assert client.get(reverse("accounts:avatar", args=[user.pk, "0" * 32])).status_code == 404
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert client.get(user.avatar_url).status_code == 404
    remove_avatar(by=user, at=AT)
    remove_avatar(by=user, at=AT)


def test_a_fact_is_shown_to_whom_its_owner_chose(client):
    facts = FactsFactory(years="5-9")
    assert facts.line == "Practice manager, Wales, 5,000–9,999"
    choose_audience(audience={"nation": "members", "list_size": "nobody", "years": "nobody"}, by=facts.user, at=AT)
    facts.refresh_from_db()
    assert facts.line == "Practice manager"
    assert [fact.value for fact in facts_shown(facts, to_oneself=False)] == ["Practice manager", "Wales"]
    own = {fact.label: fact.held_back for fact in facts_shown(facts, to_oneself=True)}
    assert own["Practice list"]
    assert not own["Nation"]
    client.force_login(UserFactory(member=True))
    html = client.get(reverse("accounts:person", args=[facts.user.handle])).content.decode()
    assert "Wales" in html
    assert "5,000" not in html
    choose_audience(audience={"nation": "everybody"}, by=facts.user, at=AT)
    facts.refresh_from_db()
    assert facts.line == "Practice manager, Wales"
    with pytest.raises(ValueError, match="cannot be shown"):
        choose_audience(audience={"bio": "nobody"}, by=facts.user, at=AT)


def test_the_page_about_who_sees_what(client):
    facts = FactsFactory()
    client.force_login(facts.user)
    page = reverse("accounts:audience")
    assert "Nation: Wales" in client.get(page).content.decode()
    wrong = client.post(page, {"nation": "employer", "job": "nobody", "list_size": "members"})
    assert wrong.status_code == 200
    client.post(page, {"nation": "members", "job": "nobody", "list_size": "members"})
    facts.refresh_from_db()
    assert facts.audience == {"nation": "members", "job": "nobody", "list_size": "members"}
    client.force_login(UserFactory(member=True))
    assert "No facts yet" in client.get(page).content.decode()


def test_what_the_register_supplies_is_left_alone():
    facts = FactsFactory(sources={"nation": {"source": "register", "at": "2026-11-03T00:00:00Z"}})
    told = {"job": "deputy-manager", "nation": "england", "list_size": "", "years": "", "bio": "", "interests": "Paid by nobody."}
    change_profile(facts.user, display_name="Ann", facts=told, at=AT)
    facts = Facts.objects.get(pk=facts.pk)
    assert (facts.nation, facts.job, facts.interests) == ("wales", "deputy-manager", "Paid by nobody.")


def test_a_profile_says_who_somebody_is_to_the_others(client):
    person = UserFactory(member=True, moderator=True, display_name="Hester Quill")
    Facts.objects.create(user=person, interests="Chairs a purchasing club.", updated_at=AT)
    Membership.objects.create(number="7", user=person, claimed_at=AT, joined_at=AT, changed_at=AT)
    client.force_login(UserFactory(member=True))
    html = client.get(reverse("accounts:person", args=[person.handle])).content.decode()
    for words in ("Chairs a purchasing club.", "Moderator", "Member since January 2026", "register", "Posts by Hester"):
        assert words in html
    assert person.email not in html


def test_somebody_is_blocked_and_unblocked_and_not_told(client):
    reader, other = UserFactory(member=True), UserFactory(member=True, display_name="Rude Person")
    client.force_login(reader)
    client.post(reverse("accounts:block", args=[other.handle]))
    client.post(reverse("accounts:block", args=[other.handle]))
    assert Block.objects.filter(user=reader, blocked=other).count() == 1
    assert "Rude Person" in client.get(reverse("accounts:blocked")).content.decode()
    assert "Unblock" in client.get(reverse("accounts:person", args=[other.handle])).content.decode()
    client.post(reverse("accounts:unblock", args=[other.handle]))
    assert not Block.objects.exists()
    assert "Nobody" in client.get(reverse("accounts:blocked")).content.decode()


def test_nobody_blocks_themselves_and_strangers_block_nobody():
    reader = UserFactory(member=True)
    with pytest.raises(Refused):
        block_person(reader, by=reader, at=AT)
    with pytest.raises(Refused):
        block_person(reader, by=UserFactory(), at=AT)
    unblock_person(reader, by=reader)


def test_a_lapsed_member_s_account_page_says_since_when_and_what_stays(client):
    person = UserFactory(member=True)
    revoke_role(person, role="member", by=None, at=AT)
    client.force_login(person)
    html = client.get(reverse("accounts:account")).content.decode()
    for words in ("ended on 5 January 2026", "everything you wrote stay", "renew", reverse("forum:mine")):
        assert words in html
