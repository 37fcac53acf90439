"""The discussion topic says where its consultation stands."""

from datetime import datetime

from consultation.models import Consultation
from consultation.wording import topic_line
from forum.actions.notices import put_topic_notice


def tell_the_topic(consultation: Consultation, *, at: datetime) -> None:
    """One line on the topic, replaced at every step. Nothing happens where there is no topic: it was never opened."""
    if consultation.topic is not None:
        put_topic_notice(
            consultation.topic,
            kind="consultation",
            text=topic_line(consultation, at),
            url=consultation.get_absolute_url(),
            at=at,
        )
