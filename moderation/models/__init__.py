from moderation.models.case import Case
from moderation.models.decision import Act, Decision
from moderation.models.flagged_word import FlaggedWord
from moderation.models.report import Reason, Report

__all__ = ["Act", "Case", "Decision", "FlaggedWord", "Reason", "Report"]
