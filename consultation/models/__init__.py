from consultation.models.consultation import Consultation, State
from consultation.models.draft import Draft, DraftAnswer
from consultation.models.holder import HolderKey
from consultation.models.option import Discarded, Document, Option
from consultation.models.question import Choice, Page, Question
from consultation.models.receipt import Books, Departure, Leaf, Receipt, Root, SigningKey
from consultation.models.record import Result, Transition
from consultation.models.response import Answer, Response
from consultation.models.version import Version

__all__ = [
    "Answer",
    "Books",
    "Choice",
    "Consultation",
    "Departure",
    "Discarded",
    "Document",
    "Draft",
    "DraftAnswer",
    "HolderKey",
    "Leaf",
    "Option",
    "Page",
    "Question",
    "Receipt",
    "Response",
    "Result",
    "Root",
    "SigningKey",
    "State",
    "Transition",
    "Version",
]
