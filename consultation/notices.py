"""What a notice about a consultation says."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import BigIntegerField, Exists, OuterRef, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.urls import reverse

from common.moments import in_words
from consultation.models import Colleague, Consent, Consultation, Draft, Evidence
from consultation.models.consultation import ConsultationQuerySet
from consultation.permissions import can_answer, can_organise
from consultation.readers.answered import has_answered
from consultation.readers.holders import held_by
from consultation.readers.organisations import writes_for_one_with
from consultation.readers.versions import answered_before_the_change, begun_before_the_change, is_asked_to_confirm
from forum.models import Post
from mail.kinds import Letter
from mail.messages import letter_from
from notifications.kinds import NoticeText
from notifications.models import Event, Notice


class _AboutConsultation(ABC):
    """Asked through the same rule as everywhere whether the reader may see it, on the page and again before a mail."""

    mail_kind: ClassVar[str | None] = None
    by_mail_default: ClassVar = False

    def may_still_see(self, user: AbstractBaseUser, event: Event, at: datetime) -> bool:
        return self._seen_by(user).filter(pk=event.data["consultation"]).exists()

    def seen_by(self, user: AbstractBaseUser) -> Q:
        told_of = Cast(KeyTextTransform("consultation", OuterRef("event__data")), BigIntegerField())
        return Q(Exists(self._seen_by(user).filter(pk=told_of)))

    def render(self, user: AbstractBaseUser, notices: Sequence[Notice], at: datetime) -> Mapping[int, NoticeText]:
        seen = self._seen_by(user).in_bulk({notice.event.data["consultation"] for notice in notices})
        found = ((notice, seen.get(notice.event.data["consultation"])) for notice in notices)
        return {notice.pk: self.text(notice, asked, at) for notice, asked in found if asked is not None}

    def _seen_by(self, user: AbstractBaseUser) -> ConsultationQuerySet:
        return Consultation.objects.visible_to(user)

    @abstractmethod
    def text(self, notice: Notice, consultation: Consultation, at: datetime) -> NoticeText: ...


class Closed(_AboutConsultation):
    """To whoever opened it."""

    label = "A consultation that I opened has closed"

    def text(self, notice: Notice, consultation: Consultation, at: datetime) -> NoticeText:
        sentence = f"“{consultation.title}” has closed. Its results can be counted and published."
        return NoticeText(sentence, consultation.get_absolute_url())


class ReviewWaits(_AboutConsultation):
    """To organisers: a draft to review, what was decided about one's own, an opening that did not happen."""

    label = "As an organiser: a draft waits for review, or mine was reviewed"
    sentences: ClassVar[Mapping[str, str]] = {
        "asked": "“{title}” waits for a second person’s review.",
        "approved": "“{title}” is approved: it can be scheduled or opened.",
        "changes": "Changes are asked for in “{title}”.",
        "not_opened": "“{title}” could not open at its hour. The record says why.",
        "wrong_key": "“{title}” waits: the server has the wrong key. Whoever runs it sets CONSULTATION_KEY right.",
        "version_asked": "A new version of the questions of “{title}” waits for a second person’s review.",
        "version_approved": "The new version of the questions of “{title}” is approved: it can be published.",
        "version_changes": "Changes are asked for in the new version of the questions of “{title}”.",
    }

    def concerns(self, user: AbstractBaseUser) -> bool:
        return bool(can_organise(user))

    def may_still_see(self, user: AbstractBaseUser, event: Event, at: datetime) -> bool:
        return bool(can_organise(user)) and super().may_still_see(user, event, at)

    def render(self, user: AbstractBaseUser, notices: Sequence[Notice], at: datetime) -> Mapping[int, NoticeText]:
        return super().render(user, notices, at) if can_organise(user) else {}

    def text(self, notice: Notice, consultation: Consultation, at: datetime) -> NoticeText:
        sentence = self.sentences[notice.event.data.get("what", "asked")].format(title=consultation.title)
        return NoticeText(sentence, reverse(self._page(notice), args=[consultation.slug]))

    def _page(self, notice: Notice) -> str:
        if notice.event.data.get("what") == "wrong_key":
            return "consultation:detail"
        is_later = notice.event.data.get("what", "").startswith("version")
        return "consultation:version" if is_later else "consultation:review"


class _Asking(_AboutConsultation):
    """By mail only while it takes answers, and to who has sent none since. The letter says the same to everybody: who reads it
    over a shoulder, or in a mailbox of the practice, learns neither who answered nor who began."""

    by_mail_default = True
    subject: ClassVar = ""
    asks: ClassVar = ""

    def may_still_see(self, user: AbstractBaseUser, event: Event, at: datetime) -> bool:
        consultation = self._seen_by(user).filter(pk=event.data["consultation"]).first()
        return consultation is not None and self._asks(user, consultation, at)

    def _asks(self, user: AbstractBaseUser, consultation: Consultation, at: datetime) -> bool:
        return not has_answered(consultation, user.pk) and bool(can_answer(user, consultation, at))

    def letter(self, user: AbstractBaseUser, notice: Notice, at: datetime) -> Letter:
        consultation = Consultation.objects.get(pk=notice.event.data["consultation"])
        assert consultation.closes_at is not None
        context: dict[str, object] = {
            "name": user.get_short_name(),  # type: ignore[attr-defined]
            "consultation": consultation,
            "subject": self.subject,
            "asks": self.asks,
            "closes": in_words(consultation.closes_at, now=at, style="full"),
            "link": settings.SITE_URL + consultation.get_absolute_url(),
            "preferences": settings.SITE_URL + reverse("notifications:preferences"),
        }
        return letter_from("consultation/mail/asking", context)


class Invitation(_Asking):
    """To who may answer: it has opened; once more where people like them are little heard."""

    label = "A consultation asks for my answer"
    mail_kind = "consultation.invitation"
    subject = "A consultation is open"
    asks = "the institute asks its members:"

    def text(self, notice: Notice, consultation: Consultation, at: datetime) -> NoticeText:
        if consultation.closes_at is None or not consultation.accepts_at(at):
            return NoticeText(
                f"“{consultation.title}” was put to the members", consultation.get_absolute_url(), consultation.lede
            )
        until = in_words(consultation.closes_at, now=at, style="due")
        sentence = f"“{consultation.title}” asks for your answer, until {until}"
        return NoticeText(sentence, consultation.get_absolute_url(), consultation.lede)


class Closing(_Asking):
    """To who has begun and not sent, and once to who is silent: it closes soon."""

    label = "A consultation that I may answer closes soon"
    mail_kind = "consultation.reminder"
    subject = "A consultation closes soon"
    asks = "this consultation closes soon:"

    def _asks(self, user: AbstractBaseUser, consultation: Consultation, at: datetime) -> bool:
        drafts = Draft.objects.filter(version__consultation=consultation)
        if drafts.filter(held_by(consultation, user.pk)).exists():
            return bool(can_answer(user, consultation, at))
        if consultation.for_organisations and writes_for_one_with(user.pk, drafts):
            return consultation.accepts_at(at)
        return super()._asks(user, consultation, at)

    def text(self, notice: Notice, consultation: Consultation, at: datetime) -> NoticeText:
        if consultation.closes_at is None or not consultation.accepts_at(at):
            return NoticeText(f"“{consultation.title}” was about to close", consultation.get_absolute_url())
        until = in_words(consultation.closes_at, now=at, style="due")
        return NoticeText(f"“{consultation.title}” closes {until}. Only what is sent counts.", consultation.get_absolute_url())


class Changed(_Asking):
    """To who answered before a material change, until they say whether their answer stands, and to who had begun, until it is
    sent; the same where they write for an organisation. The letter says none of this of the reader: a mailbox may be read by
    others."""

    label = "A question that I answered, or was answering, was changed"
    mail_kind = "consultation.changed"
    sentences: ClassVar[Mapping[str, tuple[str, str]]] = {
        "own": ("The questions of “{title}” were changed. Does your answer stand?", "consultation:confirm"),
        "begun": (
            "The questions of “{title}” were changed since you began. What you had answered is kept.",
            "consultation:detail",
        ),
        "organisation": (
            "The questions of “{title}” were changed. See what it means for the answer that you write with colleagues.",
            "consultation:organisations",
        ),
    }

    def may_still_see(self, user: AbstractBaseUser, event: Event, at: datetime) -> bool:
        consultation = self._seen_by(user).filter(pk=event.data["consultation"]).first()
        if consultation is None:
            return False
        whose = event.data.get("whose", "own")
        if whose == "organisation":
            sent, begun = answered_before_the_change(consultation), begun_before_the_change(consultation)
            theirs = writes_for_one_with(user.pk, sent) or writes_for_one_with(user.pk, begun)
            return theirs and consultation.accepts_at(at)
        if whose == "begun":
            mine = begun_before_the_change(consultation).filter(held_by(consultation, user.pk)).exists()
            return mine and bool(can_answer(user, consultation, at))
        return is_asked_to_confirm(user.pk, consultation) and bool(can_answer(user, consultation, at))

    def text(self, notice: Notice, consultation: Consultation, at: datetime) -> NoticeText:
        sentence, page = self.sentences[notice.event.data.get("whose", "own")]
        return NoticeText(sentence.format(title=consultation.title), reverse(page, args=[consultation.slug]))

    def letter(self, user: AbstractBaseUser, notice: Notice, at: datetime) -> Letter:
        consultation = Consultation.objects.get(pk=notice.event.data["consultation"])
        context: dict[str, object] = {
            "name": user.get_short_name(),  # type: ignore[attr-defined]
            "consultation": consultation,
            "link": settings.SITE_URL + consultation.get_absolute_url(),
            "preferences": settings.SITE_URL + reverse("notifications:preferences"),
        }
        return letter_from("consultation/mail/changed", context)


class Unsent(_AboutConsultation):
    """To who had begun and not sent."""

    label = "A consultation closed before I sent what I had begun"

    def text(self, notice: Notice, consultation: Consultation, at: datetime) -> NoticeText:
        sentence = f"“{consultation.title}” closed before you sent what you had begun. Only what was sent counts."
        return NoticeText(sentence, consultation.get_absolute_url())


class Excluded(_AboutConsultation):
    """To who sent it: it is not counted, or is after all."""

    label = "An answer of mine to a consultation is not counted"
    sentences: ClassVar[Mapping[str, str]] = {
        "excluded": "Your answer to “{title}” is not counted. The reason stands on the page of your receipt.",
        "counted": "Your answer to “{title}” is counted after all.",
    }

    def text(self, notice: Notice, consultation: Consultation, at: datetime) -> NoticeText:
        sentence = self.sentences[notice.event.data.get("what", "excluded")].format(title=consultation.title)
        return NoticeText(sentence, reverse("consultation:receipt", args=[consultation.slug]))


class Published(_AboutConsultation):
    """To who answered. The letter does not say that the reader did: a mailbox may be read by others."""

    label = "The results of a consultation that I answered are published"
    mail_kind = "consultation.published"
    by_mail_default = True

    def _seen_by(self, user: AbstractBaseUser) -> ConsultationQuerySet:
        return super()._seen_by(user).published()

    def text(self, notice: Notice, consultation: Consultation, at: datetime) -> NoticeText:
        return NoticeText(f"The results of “{consultation.title}” are published", _results(consultation), consultation.lede)

    def letter(self, user: AbstractBaseUser, notice: Notice, at: datetime) -> Letter:
        consultation = Consultation.objects.get(pk=notice.event.data["consultation"])
        context: dict[str, object] = {
            "name": user.get_short_name(),  # type: ignore[attr-defined]
            "consultation": consultation,
            "link": settings.SITE_URL + _results(consultation),
            "preferences": settings.SITE_URL + reverse("notifications:preferences"),
        }
        return letter_from("consultation/mail/published", context)


class WritersAsked(_AboutConsultation):
    """To everybody who answered: it does not say to whose answer there is a question."""

    label = "Organisers put questions to writers of answers in a consultation that I answered"

    def text(self, notice: Notice, consultation: Consultation, at: datetime) -> NoticeText:
        sentence = f"Organisers put questions to some who answered “{consultation.title}”. See whether one is for you."
        return NoticeText(sentence, reverse("consultation:receipt", args=[consultation.slug]) + "#asked")


def _results(consultation: Consultation) -> str:
    return reverse("consultation:results", args=[consultation.slug])


class EvidenceWanted:
    """To the author of a post that an organiser would take as evidence, as long as they may read where it stands."""

    label = "An organiser asks whether a post of mine may be evidence"
    mail_kind: ClassVar[str | None] = "consultation.evidence"
    by_mail_default: ClassVar = True

    def may_still_see(self, user: AbstractBaseUser, event: Event, at: datetime) -> bool:
        row = self._asked_of(user).filter(pk=event.data["evidence"]).first()
        return row is not None and row.consent_at(at) is Consent.ASKED

    def seen_by(self, user: AbstractBaseUser) -> Q:
        told_of = Cast(KeyTextTransform("evidence", OuterRef("event__data")), BigIntegerField())
        return Q(Exists(self._asked_of(user).filter(pk=told_of)))

    def render(self, user: AbstractBaseUser, notices: Sequence[Notice], at: datetime) -> Mapping[int, NoticeText]:
        rows = self._asked_of(user).in_bulk({notice.event.data["evidence"] for notice in notices})
        found = ((notice.pk, rows.get(notice.event.data["evidence"])) for notice in notices)
        return {pk: self._text(row) for pk, row in found if row is not None}

    def letter(self, user: AbstractBaseUser, notice: Notice, at: datetime) -> Letter:
        row = self._asked_of(user).get(pk=notice.event.data["evidence"])
        context: dict[str, object] = {
            "name": user.get_short_name(),  # type: ignore[attr-defined]
            "row": row,
            "link": settings.SITE_URL + _of_post(row),
            "preferences": settings.SITE_URL + reverse("notifications:preferences"),
        }
        return letter_from("consultation/mail/evidence", context)

    def _asked_of(self, user: AbstractBaseUser) -> QuerySet[Evidence]:
        rows = Evidence.objects.filter(
            post__in=Post.objects.visible_to(user).filter(author=user.pk), consultation__in=Consultation.objects.visible_to(user)
        )
        return rows.filter(asked_at__isnull=False).select_related("consultation", "post__topic")

    def _text(self, row: Evidence) -> NoticeText:
        sentence = f"May your post in “{row.post.topic.title}” be evidence in “{row.consultation.title}”?"
        return NoticeText(sentence, _of_post(row), f"Without an answer by {row.answer_by:%-d %B} it is not.")


def _of_post(row: Evidence) -> str:
    return reverse("consultation:evidence_post", args=[row.consultation.slug, row.post_id])


class ColleagueWanted:
    """To a member whom a colleague asks to write an organisation's answer, until they say yes or no. By mail where they chose so,
    and then without the organisation and the colleague: the mailbox may be another employer's."""

    label = "A colleague asks me to write an organisation’s answer with them"
    mail_kind: ClassVar[str | None] = "consultation.colleague"
    by_mail_default: ClassVar = False

    def may_still_see(self, user: AbstractBaseUser, event: Event, at: datetime) -> bool:
        return self._asked(user).filter(pk=event.data["colleague"]).exists()

    def seen_by(self, user: AbstractBaseUser) -> Q:
        told_of = Cast(KeyTextTransform("colleague", OuterRef("event__data")), BigIntegerField())
        return Q(Exists(self._asked(user).filter(pk=told_of)))

    def render(self, user: AbstractBaseUser, notices: Sequence[Notice], at: datetime) -> Mapping[int, NoticeText]:
        rows = self._asked(user).in_bulk({notice.event.data["colleague"] for notice in notices})
        found = ((notice.pk, rows.get(notice.event.data["colleague"])) for notice in notices)
        return {pk: self._text(row) for pk, row in found if row is not None}

    def letter(self, user: AbstractBaseUser, notice: Notice, at: datetime) -> Letter:
        row = self._asked(user).get(pk=notice.event.data["colleague"])
        asked = row.party.consultation
        context: dict[str, object] = {
            "name": user.get_short_name(),  # type: ignore[attr-defined]
            "consultation": asked,
            "link": settings.SITE_URL + reverse("consultation:organisations", args=[asked.slug]),
            "preferences": settings.SITE_URL + reverse("notifications:preferences"),
        }
        return letter_from("consultation/mail/colleague", context)

    def _asked(self, user: AbstractBaseUser) -> QuerySet[Colleague]:
        rows = Colleague.objects.filter(user=user.pk, joined_at=None, ended_at=None, invited_by__isnull=False)
        return rows.select_related("party__consultation", "invited_by")

    def _text(self, row: Colleague) -> NoticeText:
        asked = row.party.consultation
        sentence = f"{row.invited_by.display_name} asks you to answer “{asked.title}” together, for {row.party.name}"  # type: ignore[union-attr]
        return NoticeText(sentence, reverse("consultation:organisation", args=[asked.slug, row.party_id]))
