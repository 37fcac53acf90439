"""A letter of every kind that goes through the outbox, about things of the world of tests/journeys."""

from collections.abc import Mapping

from allauth.account.models import EmailAddress
from django.conf import settings
from django.utils import timezone

from accounts.actions.closing import close_own_account
from accounts.codes import new_ticket
from accounts.models import Membership, RecoveryAddress, User
from consultation.models import Colleague, Evidence, News
from digest.actions.moving import ask_to_move
from digest.models import AddressChange, CapabilityToken, Edition, Subscription
from digest.tokens import standing_token
from forum.models import Bookmark, Poll, Post
from mail.addresses import address_for
from mail.inbound import keep_mail
from mail.kinds import Letter, mail_kind
from mail.models import Address, Mail
from moderation.models import Decision
from notifications.actions.preferences import choose_ways
from notifications.models import Event, Notice, Way
from tests.accounts.factories import UserFactory
from tests.digest.factories import SubscriptionFactory
from tests.journeys.world import World

Params = Mapping[str, int | str]


def letters_of_every_kind(world: World) -> dict[str, Letter]:
    """By kind; as each would be handed over now. Fails where one would not be written."""
    made = {kind: _written(kind, to, params) for kind, (to, params) in (_of_accounts(world) | _of_the_weekly(world)).items()}
    made |= {kind: _written(kind, to, params) for kind, (to, params) in _of_rooms(world).items()}
    made |= {kind: _written(kind, _mailbox(user), {"notice": _noticed(kind, user, about)}) for kind, user, about in _told(world)}
    daily = {"notice": _noticed("forum.reply", world.member, _post(world))}
    made["notifications.daily"] = _written("notifications.daily", _mailbox(world.member), daily)
    assert set(made) == set(settings.MAIL_KINDS)
    return made


def _of_accounts(world: World) -> dict[str, tuple[Address, Params]]:
    now, somebody, line = timezone.now(), UserFactory(), Membership.objects.get(number="M1")
    unsure = EmailAddress.objects.create(user=somebody, email="unsure@example.org")
    recovery = RecoveryAddress.objects.create(user=somebody, email="second@example.org", added_at=now)
    own, closing = _mailbox(somebody), close_own_account(UserFactory(), at=now)
    register = address_for(line.email, at=now)
    return {
        "accounts.confirm_address": (address_for(unsure.email, at=now), {"email_address": unsure.pk}),
        "accounts.account_exists": (own, {}),
        "accounts.reset_password": (own, {"user": somebody.pk}),
        "accounts.unknown_account": (address_for("nobody@example.org", at=now), {}),
        "accounts.account_changed": (own, {"user": somebody.pk, "what": "password_changed"}),
        "accounts.login_code": (own, {"ticket": new_ticket()}),
        "accounts.confirm_recovery": (address_for(recovery.email, at=now), {"recovery": recovery.pk}),
        "accounts.account_closes": (_mailbox(closing.user), {"closing": closing.pk}),
        "accounts.invitation": (register, {"membership": line.pk}),
        "accounts.claim": (register, {"membership": line.pk}),
        "notifications.works_again": (own, {}),
    }


def _of_the_weekly(world: World) -> dict[str, tuple[Address, Params]]:
    now, change = timezone.now(), AddressChange.objects.get()
    pending, active = Subscription.objects.get(state="pending"), Subscription.objects.get(state="active")
    elsewhere = SubscriptionFactory()
    standing_token(elsewhere, CapabilityToken.Scope.PAUSE, at=now)
    moved = ask_to_move(elsewhere, email="third@example.org", at=now)
    AddressChange.objects.filter(pk=moved.pk).update(moved_at=now)
    draft = Edition.objects.draft().get(stream="weekly")
    return {
        "digest.confirm": (pending.address, {"subscription": str(pending.pk)}),
        "digest.already": (active.address, {"subscription": str(active.pk)}),
        "digest.trial": (_mailbox(world.organiser), {"edition": draft.pk, "user": world.organiser.pk}),
        "digest.move": (change.after, {"change": change.pk}),
        "digest.moving": (moved.before, {"change": moved.pk}),
        "digest.moved": (moved.before, {"change": moved.pk}),
    }


def _of_rooms(world: World) -> dict[str, tuple[Address, Params]]:
    now, guest = timezone.now(), address_for("pat@example.net", at=timezone.now())
    came = keep_mail(b"From: somebody@example.org\r\nMessage-ID: <came@example.org>\r\n\r\nYes.\r\n", at=now)
    news = News.objects.create(consultation=world.shared, kind="changed", at=now)
    sent = world.answered.responses.get(user=world.member)
    return {
        "forum.answer_refused": (_mailbox(world.member), {"inbound": came.pk, "topic": world.topic.pk}),
        "consultation.receipt": (_mailbox(world.member), {"consultation": world.answered.pk, "revision": sent.revision}),
        "consultation.guest": (guest, {"consultation": world.shared.pk}),
        "consultation.news": (guest, {"news": news.pk}),
    }


def _told(world: World) -> list[tuple[str, User, Params]]:
    """Each kind of notice that goes by mail, to whom, and about what."""
    member, newcomer = world.member, world.newcomer
    about_posts = ("reply", "mention", "accepted", "topic", "put_back", "moved")
    evidence = Evidence.objects.get(post=world.asked_for)
    return [
        *((f"forum.{kind}", member, _post(world)) for kind in about_posts),
        ("forum.poll_closed", member, _post(world, pk__in=Poll.objects.values("post"))),
        ("forum.reminder", member, {"bookmark": Bookmark.objects.of(member.pk).first().pk}),
        ("forum.opening", world.director, {"opening": world.opening}),
        ("forum.persona_opened", member, {"user": member.pk, "first": world.director.pk, "second": world.administrator.pk}),
        ("accounts.role", member, {"user": member.pk, "role": "member", "what": "given"}),
        ("accounts.officers", world.director, {"user": newcomer.pk, "role": "director", "what": "proposed"}),
        ("consultation.changed", member, {"consultation": world.answered.pk}),
        ("consultation.evidence", member, {"evidence": evidence.pk}),
        ("consultation.published", member, {"consultation": world.published.pk}),
        ("consultation.invitation", newcomer, {"consultation": world.answered.pk}),
        ("consultation.reminder", member, {"consultation": world.begun.pk}),
        ("consultation.colleague", newcomer, {"colleague": Colleague.objects.get(user=newcomer).pk}),
        ("moderation.decision", member, {"case": Decision.objects.get(pk=world.told).case_id}),
    ]


def _post(world: World, **which: object) -> Params:
    post = Post.objects.filter(topic=world.topic, state="published", **which).order_by("number")[0]
    return {"topic": world.topic.pk, "post": post.pk, "number": post.number}


def _noticed(kind: str, user: User, about: Params) -> int:
    choose_ways({kind: Way.MAIL}, by=user)
    event = Event.objects.create(kind=kind, at=timezone.now(), actor_id=None, data=dict(about), expanded_at=timezone.now())
    return Notice.objects.create(user=user, key=f"{kind}:{event.pk}", kind=kind, event=event, at=event.at).pk


def _mailbox(user: User) -> Address:
    return Address.objects.get(account=user)


def _written(kind: str, to: Address, params: Params) -> Letter:
    mail = Mail(address=to, kind=kind, key=f"drill:{kind}", params=dict(params), lane="notify", created_at=timezone.now())
    letter = mail_kind(kind).write(mail, at=timezone.now())
    assert isinstance(letter, Letter), f"{kind}: {letter.reason}"
    return letter
