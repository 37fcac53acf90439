from consultation.models.consultation import Consultation, State
from consultation.models.draft import Draft, DraftAnswer
from consultation.models.evidence import Consent, Considered, Evidence, QuestionTopic
from consultation.models.holder import HolderKey
from consultation.models.option import Discarded, Document, Option
from consultation.models.question import Choice, Page, Question
from consultation.models.receipt import Books, Departure, Leaf, Receipt, Root, SigningKey
from consultation.models.record import Result, Transition
from consultation.models.response import Answer, Response
from consultation.models.showing import Redaction, Showing
from consultation.models.version import Version

__all__ = [
    "Answer",
    "Books",
    "Choice",
    "Consent",
    "Considered",
    "Consultation",
    "Departure",
    "Discarded",
    "Document",
    "Draft",
    "DraftAnswer",
    "Evidence",
    "HolderKey",
    "Leaf",
    "Option",
    "Page",
    "Question",
    "QuestionTopic",
    "Receipt",
    "Redaction",
    "Response",
    "Result",
    "Root",
    "Showing",
    "SigningKey",
    "State",
    "Transition",
    "Version",
]
