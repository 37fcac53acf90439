from consultation.models.asked import Correction, FrequentQuestion
from consultation.models.consultation import Consultation, State
from consultation.models.draft import Draft, DraftAnswer
from consultation.models.eligible import Eligible, Invited
from consultation.models.option import Discarded, Document, Option
from consultation.models.question import Choice, Page, Question
from consultation.models.record import Result, Transition
from consultation.models.response import Answer, Response
from consultation.models.review import Review
from consultation.models.telling import ParticipationFigure, Reminder
from consultation.models.version import Version

__all__ = [
    "Answer",
    "Choice",
    "Consultation",
    "Correction",
    "Discarded",
    "Document",
    "Draft",
    "DraftAnswer",
    "Eligible",
    "FrequentQuestion",
    "Invited",
    "Option",
    "Page",
    "ParticipationFigure",
    "Question",
    "Reminder",
    "Response",
    "Result",
    "Review",
    "State",
    "Transition",
    "Version",
]
