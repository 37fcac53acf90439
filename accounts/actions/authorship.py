"""An imported author turns out to be a member: asked for by the member, decided by an administrator."""

from collections.abc import Collection
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from accounts.handles import erased_key
from accounts.models import AuthorshipClaim, User
from accounts.permissions import can_claim_authorship, can_decide_authorship
from common import audit
from common.doors import open_door
from common.errors import DomainError


class NoSuchAuthor(DomainError):
    """Nobody of that name was imported, or they have been found already."""


class AskedAlready(DomainError):
    """The same claim waits for an answer."""


class DecidedAlready(DomainError):
    """Another administrator was faster."""


@transaction.atomic
def claim_authorship(*, name: str, proof: str, by: User, at: datetime) -> AuthorshipClaim:
    """Ask that what somebody of this name (as shown, or as the old forum's username) wrote over there be one's own. Raises
    NoSuchAuthor and AskedAlready."""
    can_claim_authorship(by).enforce()
    wanted = " ".join(name.split()).lstrip("@")
    imported = User.objects.filter(claim_key__isnull=False, is_active=True, password__startswith="!").exclude(pk=by.pk)  # noqa: S106 - “!”: none
    author = imported.filter(Q(display_name__iexact=wanted) | Q(claim_key__endswith=f":{wanted.lower()}")).order_by("pk").first()
    if author is None or not wanted:
        raise NoSuchAuthor("Nobody of this name came over from the old forum. Copy the name as it stands beside a post.")
    if AuthorshipClaim.objects.filter(user=by, author=author, outcome="").exists():
        raise AskedAlready("You have asked for this already. An administrator will decide, and you will find the answer here.")
    claim = AuthorshipClaim.objects.create(user=by, author=author, proof=proof.strip(), asked_at=at)
    audit.record("authorship.claim", subject=("user", author.pk), by=by.pk, at=at, claim=claim.pk)
    return claim


@transaction.atomic
def decide_authorship(claim: AuthorshipClaim, *, grant: bool, reason: str, by: User, at: datetime) -> AuthorshipClaim:
    """Grant or decline. Granted, whatever the author wrote is the member's (settings.ACCOUNT_MERGED, in this transaction), and
    the imported account is closed; other claims to it are declined. Nobody decides their own. Raises DecidedAlready."""
    author = User.objects.select_for_update().get(pk=claim.author_id)  # first: two claims to one author wait for each other here
    claim = AuthorshipClaim.objects.select_for_update(of=("self",)).select_related("user").get(pk=claim.pk)
    can_decide_authorship(by, claim).enforce()
    if claim.outcome:
        raise DecidedAlready("This was decided already. Open the page again to see how.")
    claim.outcome = AuthorshipClaim.Outcome.GRANTED if grant else AuthorshipClaim.Outcome.DECLINED
    claim.reason, claim.decided_at, claim.decided_by = reason.strip(), at, by
    claim.save()
    if grant:
        _merge(author, claim, by=by, at=at)
    audit.record("authorship.decide", subject=("user", claim.author_id), by=by.pk, at=at, claim=claim.pk, outcome=claim.outcome)
    return claim


def authors_found(claim_keys: Collection[str]) -> dict[str, int]:
    """For those of these keys whose author proved to be a member: the member's id. What is imported later is theirs too. And the
    blank row of who has had it erased: what is imported later comes without a name, as what came before."""
    erased = {erased_key(key, key=settings.ADDRESS_KEY): key for key in claim_keys}
    gone = User.objects.filter(claim_key__in=erased).values_list("claim_key", "pk")
    found = {erased[str(key)]: pk for key, pk in gone}
    granted = AuthorshipClaim.objects.filter(
        author__claim_key__in=[*claim_keys, *erased], outcome=AuthorshipClaim.Outcome.GRANTED
    )
    return found | {erased.get(str(key), str(key)): user for key, user in granted.values_list("author__claim_key", "user_id")}


def _merge(author: User, claim: AuthorshipClaim, *, by: User, at: datetime) -> None:
    account = User.objects.select_for_update().get(pk=claim.user_id)
    if not author.is_active:
        raise DecidedAlready("This author was found already: their posts belong to another account.")
    for door in settings.ACCOUNT_MERGED:
        open_door(door)(author, account, at=at)
    author.is_active, author.card_version = False, author.card_version + 1
    author.save(update_fields=["is_active", "card_version"])
    account.card_version += 1
    account.save(update_fields=["card_version"])
    others = AuthorshipClaim.objects.filter(author=author, outcome="").exclude(user=by)
    others.update(outcome="declined", reason="Somebody else proved to be this author.", decided_at=at, decided_by=by)
