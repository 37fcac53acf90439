from consultation.models.consultation import Consultation, State
from consultation.models.draft import Draft, DraftAnswer
from consultation.models.evidence import Consent, Considered, Evidence, QuestionTopic
from consultation.models.option import Discarded, Document, Option
from consultation.models.question import Choice, Page, Question
from consultation.models.record import Result, Transition
from consultation.models.response import Answer, Response
from consultation.models.showing import Redaction, Showing
from consultation.models.version import Version

__all__ = [
    "Answer",
    "Choice",
    "Consent",
    "Considered",
    "Consultation",
    "Discarded",
    "Document",
    "Draft",
    "DraftAnswer",
    "Evidence",
    "Option",
    "Page",
    "Question",
    "QuestionTopic",
    "Redaction",
    "Response",
    "Result",
    "Showing",
    "State",
    "Transition",
    "Version",
]
