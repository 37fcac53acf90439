from notifications.models.event import Event
from notifications.models.notice import Notice
from notifications.models.preference import NoticePreference, Way

__all__ = ["Event", "Notice", "NoticePreference", "Way"]
