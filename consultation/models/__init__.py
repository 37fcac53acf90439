from consultation.models.answer_file import AnswerFile
from consultation.models.consultation import Consultation, State
from consultation.models.draft import Draft, DraftAnswer
from consultation.models.option import Discarded, Document, Option
from consultation.models.question import Choice, Page, Question
from consultation.models.record import Result, Transition
from consultation.models.response import Answer, Response
from consultation.models.version import Version

__all__ = [
    "Answer",
    "AnswerFile",
    "Choice",
    "Consultation",
    "Discarded",
    "Document",
    "Draft",
    "DraftAnswer",
    "Option",
    "Page",
    "Question",
    "Response",
    "Result",
    "State",
    "Transition",
    "Version",
]
