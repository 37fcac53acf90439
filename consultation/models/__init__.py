from consultation.models.answer_file import AnswerFile
from consultation.models.asked import Correction, FrequentQuestion
from consultation.models.ballot import Ballot, BallotBox, Ledger, SealedDraft
from consultation.models.consultation import Consultation, State
from consultation.models.draft import Draft, DraftAnswer
from consultation.models.eligible import Eligible, Invited
from consultation.models.entry import Entry, EntryLook, EntrySource
from consultation.models.evidence import Consent, Considered, Evidence, QuestionTopic
from consultation.models.exclusion import Exclusion
from consultation.models.holder import HolderKey
from consultation.models.inquiry import Inquiry
from consultation.models.option import Discarded, Document, Option
from consultation.models.party import Colleague, Guest, Party
from consultation.models.question import Choice, Page, Question
from consultation.models.receipt import MEMBERS, Books, Departure, Leaf, OtherBooks, Receipt, Root, SigningKey
from consultation.models.record import OtherResult, Result, Transition
from consultation.models.response import Answer, Response
from consultation.models.review import Review
from consultation.models.showing import Redaction, Showing
from consultation.models.telling import News, ParticipationFigure, Reminder
from consultation.models.text import Text, TextVersion
from consultation.models.version import Version

__all__ = [
    "MEMBERS",
    "Answer",
    "AnswerFile",
    "Ballot",
    "BallotBox",
    "Books",
    "Choice",
    "Colleague",
    "Consent",
    "Considered",
    "Consultation",
    "Correction",
    "Departure",
    "Discarded",
    "Document",
    "Draft",
    "DraftAnswer",
    "Eligible",
    "Entry",
    "EntryLook",
    "EntrySource",
    "Evidence",
    "Exclusion",
    "FrequentQuestion",
    "Guest",
    "HolderKey",
    "Inquiry",
    "Invited",
    "Leaf",
    "Ledger",
    "News",
    "Option",
    "OtherBooks",
    "OtherResult",
    "Page",
    "ParticipationFigure",
    "Party",
    "Question",
    "QuestionTopic",
    "Receipt",
    "Redaction",
    "Reminder",
    "Response",
    "Result",
    "Review",
    "Root",
    "SealedDraft",
    "Showing",
    "SigningKey",
    "State",
    "Text",
    "TextVersion",
    "Transition",
    "Version",
]
