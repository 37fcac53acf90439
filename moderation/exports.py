"""What somebody reported and what was decided about them, for them to take along (settings.PERSONAL_DATA)."""

from typing import Any

from moderation.models import Decision, Report


def own_cases(user_id: int) -> dict[str, Any]:
    """Without moderators' notes among themselves, and without who reported: neither is shown to the person on any page."""
    about = Decision.objects.filter(about=user_id).select_related("case").order_by("pk")
    return {
        "reported": list(Report.objects.filter(reporter=user_id).order_by("pk").values("reason", "text", "at")),
        "decisions": [
            {"acts": each.acts_in_words, "reason": each.reason, "at": each.at, "reversed_at": each.reversed_at}
            for each in about
            if each.told_to_author
        ],
    }
