"""Questions to writers of responses, on either side."""

from accounts.models import User
from consultation.models import Answer, Consultation, Inquiry, Response
from consultation.readers.holders import held_by


def inquiries_about(response: Response) -> list[Inquiry]:
    """For whoever sent it: in the order asked. One statement."""
    return list(Inquiry.objects.filter(response=response))


def inquiries_at(answer: Answer) -> list[Inquiry]:
    """For organisers: what was asked at this answer, and not what was at another of its writer. One statement."""
    return list(Inquiry.objects.filter(about=answer))


def inquiries_in(consultation: Consultation) -> list[Inquiry]:
    """For organisers: the answered ones first. One statement."""
    rows = Inquiry.objects.filter(response__consultation=consultation)
    return list(rows.order_by("answered_at", "pk"))


def inquiry_for(user: User, consultation: Consultation, pk: int) -> Inquiry | None:
    """Asked about this person's own response; to anybody else there is none. One statement, one more where it is confidential."""
    mine = Response.objects.filter(held_by(consultation, user.pk), consultation=consultation)
    return Inquiry.objects.filter(response__in=mine, pk=pk).select_related("response__consultation").first()


def is_anybody_asked(consultation: Consultation) -> bool:
    """One statement."""
    return Inquiry.objects.filter(response__consultation=consultation).exists()
