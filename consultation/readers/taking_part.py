"""Where a member stands with a consultation, and the one thing to do next."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.shortcuts import resolve_url
from django.urls import reverse

from accounts.standing import Anyone, standing_of
from consultation.models import Consultation, Draft, Response, State, Version
from consultation.permissions import can_answer, can_fill_in
from consultation.readers.ballots import Begun, begun_by, mark_of_member
from consultation.readers.holders import held_by, is_detached


@dataclass(frozen=True, slots=True)
class Mine:
    """What this person has begun and has sent; both None for a stranger. `ballot_in`: took part in a detached one."""

    draft: Draft | Begun | None = None
    response: Response | None = None
    ballot_in: bool = False

    def is_asked_to_confirm(self, current: Version) -> bool:
        """They answered the questions as they were before a material change."""
        return self.response is not None and self.response.version.number < current.counts_from


@dataclass(frozen=True, slots=True)
class NextStep:
    """The one filled button of the page: its words and where it leads; no words: there is nothing to do, and `why`."""

    text: str = ""
    url: str = ""
    why: str = ""


def mine(user: Anyone, consultation: Consultation, *, key: bytes | None = None) -> Mine:
    """Two statements for somebody signed in, none for a stranger; one more where it is confidential. `key` is the browser's, in a
    detached one."""
    standing = standing_of(user)
    if standing.user_id is None:
        return Mine()
    if is_detached(consultation):
        return Mine(
            draft=begun_by(standing.user_id, consultation, key),
            ballot_in=mark_of_member(consultation, standing.user_id) == "took part",
        )
    me = held_by(consultation, standing.user_id)
    draft = Draft.objects.filter(me, version__consultation=consultation).order_by("-version").first()
    sent = Response.objects.filter(me, consultation=consultation, is_current=True)
    return Mine(draft, sent.select_related("version").defer("version__canonical").first())


def next_step(user: Anyone, consultation: Consultation, has: Mine, *, at: datetime) -> NextStep:
    """What fits the state and the person. No statement where every member may answer."""
    slug = consultation.slug
    state = consultation.state_at(at)
    if state in {State.DRAFT, State.REVIEW}:
        return NextStep("Carry on writing", reverse("consultation:edit", args=[slug]))
    if state.is_published:
        return NextStep("See the results", reverse("consultation:results", args=[slug]))
    verdict = can_answer(user, consultation, at)
    first_page = reverse("consultation:page", args=[slug, has.draft.page if has.draft else 1])
    if verdict:
        return NextStep(_answering_words(has), first_page)
    if state is State.OPEN and not standing_of(user).is_signed_in:
        return NextStep("Sign in to answer", f"{resolve_url(settings.LOGIN_URL)}?next={first_page}", verdict.reason)
    if has.draft is not None and not consultation.keeps_drafts_at(at):
        return NextStep("See what you had begun", reverse("consultation:check", args=[slug]), verdict.reason)
    goes_on = state is State.PAUSED and has.draft is not None and can_fill_in(user, consultation, at)
    return NextStep("Carry on writing your answer" if goes_on else "", first_page if goes_on else "", verdict.reason)


def _answering_words(has: Mine) -> str:
    if has.draft is not None:
        return "Carry on answering"
    return "Change your answer" if has.response is not None else "Answer"
