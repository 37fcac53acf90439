"""What somebody was told of, for them to take along (settings.PERSONAL_DATA)."""

from typing import Any

from notifications.models import Notice, NoticePreference


def own_notices(user_id: int) -> dict[str, Any]:
    return {
        "notices": list(Notice.objects.of(user_id).oldest_first().values("kind", "at", "read_at")),
        "how_to_be_told": list(NoticePreference.objects.filter(user=user_id).values("kind", "way")),
    }
