"""An officer who came later is let in on earlier seals by two others; who left is let out."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.urls import reverse

from accounts.models import RoleGrant, User
from common.models import AuditEntry
from common.verdicts import Refused
from forum.actions.errors import CannotBeOpened
from forum.actions.handovers import GRACE, drop_keys_of_who_left, hand_over_seals
from forum.actions.openings import agree_to_open, ask_to_open, set_passphrase
from forum.actions.posts import reply_to_topic
from forum.models import Handover, OfficerKey, Persona
from forum.pseudonyms import Voice
from forum.readers.handovers import begun_by_others, key_rows
from forum.sealing import holders_of
from notifications.expander import expand_next
from notifications.models import Event, Notice
from tests.accounts.factories import UserFactory
from tests.forum.factories import AT, PersonaFactory, TopicFactory
from tests.forum.officers import key_pair, officers_with_keys, passphrase

pytestmark = pytest.mark.django_db
LARK = Voice(is_persona=True, label="Calm Lark")
LATER = AT + timedelta(days=30)


@pytest.fixture
def officers() -> list[User]:
    return officers_with_keys(3)


@pytest.fixture
def personas(officers) -> list[Persona]:
    """Three members’, and one whose seal nobody can read."""
    PersonaFactory()
    people = UserFactory.create_batch(3, member=True)
    return [reply_to_topic(TopicFactory(), by=person, body="Said.", at=AT, voice=LARK).persona for person in people]


@pytest.fixture
def newcomer(officers) -> User:
    officer = UserFactory(member=True, director=True)
    pair = key_pair(3)
    OfficerKey.objects.create(user=officer, public=pair.public, locked_private=pair.locked_private, made_at=LATER)
    return officer


@pytest.fixture
def key(newcomer) -> OfficerKey:
    return OfficerKey.objects.get(user=newcomer)


def half(key, officers, place, **told):
    return hand_over_seals(key, by=officers[place], passphrase=told.get("words", passphrase(place)), at=LATER)


def opened_by(persona, *who: tuple[User, int]) -> User | None:
    opening, person = ask_to_open(persona, by=who[0][0], reason="A threat.", at=LATER), None
    for officer, place in who:
        person = agree_to_open(opening, by=officer, passphrase=passphrase(place), reason="A threat.", at=LATER)
    return person


def is_of(person: User | None, persona: Persona) -> bool:
    return person is not None and persona.is_of(person.pk)


def test_two_halves_let_the_newcomer_open_with_any_other(personas, officers, newcomer, key):
    with pytest.raises(CannotBeOpened, match="before you had a key"):
        opened_by(personas[0], (newcomer, 3))
    assert half(key, officers, 0).begun == 3
    assert half(key, officers, 0).begun == 0, "one officer is not two"
    assert [(row.earlier, row.opens, row.waiting) for row in key_rows() if row.key == key] == [(4, 0, 3)]
    assert (begun_by_others(key, officers[1].pk), begun_by_others(key, officers[0].pk)) == (3, 0)
    assert half(key, officers, 2).finished == 3
    assert [(row.opens, row.waiting) for row in key_rows() if row.key == key] == [(3, 0)]
    for persona, (other, place) in zip(personas, [(officers[0], 0), (officers[1], 1), (officers[2], 2)], strict=True):
        persona.refresh_from_db()
        assert is_of(opened_by(persona, (newcomer, 3), (other, place)), persona)
    assert not Handover.objects.exclude(boxes={}).exists()
    assert AuditEntry.objects.filter(verb="officer_key.hand_over").count() == 2


def test_whoever_is_let_in_hears_of_it_once_and_of_nobody(personas, officers, newcomer, key, client):
    half(key, officers, 0)
    assert not Event.objects.filter(kind="forum.let_in").exists(), "one officer is not two"
    half(key, officers, 1)
    hand_over_seals(key, by=officers[2], passphrase=passphrase(2), at=LATER)
    while expand_next(at=LATER):
        pass
    notice = Notice.objects.get(kind="forum.let_in")
    assert (notice.user, notice.event.data, notice.event.actor_id) == (newcomer, {"user": newcomer.pk}, None)
    client.force_login(newcomer)
    assert "Two officers let you in on pseudonyms" in client.get(reverse("notifications:list")).content.decode()
    RoleGrant.objects.filter(user=newcomer, role="director").delete()
    assert "let you in" not in client.get(reverse("notifications:list")).content.decode(), "no officer any more"


def test_it_goes_on_where_a_batch_ended_and_another_may_begin_the_rest(personas, officers, key, monkeypatch):
    monkeypatch.setattr("forum.actions.handovers.BATCH", 2)
    assert half(key, officers, 0).begun == 2
    told = half(key, officers, 1)
    assert (told.finished, told.begun) == (2, 0)
    assert (half(key, officers, 1).begun, half(key, officers, 0).finished) == (1, 1)


def test_neither_the_holder_nor_a_wrong_passphrase_nor_anybody_else_has_a_part(personas, officers, newcomer, key):
    with pytest.raises(Refused, match="two other officers"):
        hand_over_seals(key, by=newcomer, passphrase=passphrase(3), at=LATER)
    with pytest.raises(CannotBeOpened):
        half(key, officers, 0, words="what was it again")
    with pytest.raises(Refused):
        hand_over_seals(key, by=UserFactory(member=True), passphrase="x", at=LATER)
    replaced = OfficerKey.objects.get(user=officers[0])
    set_passphrase(by=officers[0], passphrase="a wren in the hedge", at=LATER)
    replaced.refresh_from_db()
    with pytest.raises(Refused, match="newer one"):
        half(replaced, officers, 1)
    with pytest.raises(Refused, match="yours"):  # with the old passphrase they hold a share: a second one must not come to them
        half(OfficerKey.objects.get(user=officers[0], replaced_at=None), officers, 0)


def test_what_a_half_was_left_for_is_begun_anew_where_the_seal_is_another(personas, officers, key):
    half(key, officers, 0)
    Handover.objects.filter(persona=personas[0]).update(place=1)
    told = half(key, officers, 1)
    assert (told.finished, told.begun) == (2, 1)
    assert half(key, officers, 0).finished == 1


def test_who_left_is_let_out_after_a_while_and_two_always_stay(personas, officers, newcomer, key):
    half(key, officers, 0)
    half(key, officers, 1)
    RoleGrant.objects.filter(user=officers[2]).update(revoked_at=F("granted_at") + timedelta(seconds=1))
    assert drop_keys_of_who_left(at=LATER) == 0
    assert drop_keys_of_who_left(at=LATER + GRACE) == 3
    assert drop_keys_of_who_left(at=LATER + GRACE) == 0
    gone = OfficerKey.objects.get(user=officers[2])
    assert gone.dropped_at == gone.replaced_at == LATER + GRACE
    for persona in personas:
        persona.refresh_from_db()
        assert gone.pk not in holders_of(bytes(persona.sealed_person))
    assert is_of(opened_by(personas[0], (newcomer, 3), (officers[1], 1)), personas[0])
    for leaver in (officers[0], officers[1]):
        RoleGrant.objects.filter(user=leaver).update(revoked_at=F("granted_at") + timedelta(seconds=1))
    drop_keys_of_who_left(at=LATER + GRACE)
    assert drop_keys_of_who_left(at=LATER + 3 * GRACE) == 0, "the newcomer alone could never open them"
    assert OfficerKey.objects.filter(dropped_at=None).count() == 3


def test_who_is_back_in_time_keeps_everything(personas, officers):
    grants = RoleGrant.objects.filter(user=officers[2])
    ended = dict(grants.values_list("pk", "revoked_at"))
    grants.update(revoked_at=F("granted_at") + timedelta(seconds=1))
    drop_keys_of_who_left(at=LATER)
    for pk, revoked_at in ended.items():
        RoleGrant.objects.filter(pk=pk).update(revoked_at=revoked_at)
    assert drop_keys_of_who_left(at=LATER + 2 * GRACE) == 0
    assert not OfficerKey.objects.filter(left_at__isnull=False).exists()


def test_officers_get_there_from_their_desk_and_see_how_far_it_is(client, personas, officers, newcomer, key):
    url = reverse("forum:key_handover", args=[key.pk])
    client.force_login(officers[0])
    assert url in client.get(reverse("forum:openings")).content.decode()
    assert "Not begun: <b>4</b>" in client.get(url).content.decode()
    wrong = client.post(url, {"passphrase": "what was it again"}).content.decode()
    assert "does not open your key" in wrong
    assert "Your half of 3 is done" in client.post(url, {"passphrase": passphrase(0)}, follow=True).content.decode()
    client.force_login(officers[1])
    assert "for you: <b>3</b>" in client.get(url).content.decode()
    assert "3 are open to them now" in client.post(url, {"passphrase": passphrase(1)}, follow=True).content.decode()
    client.force_login(newcomer)
    page = client.get(url).content.decode()
    assert "This key is yours" in page and '<form method="post" class="stack form"' not in page
    client.force_login(UserFactory(member=True))
    assert client.get(url).status_code == 403
