"""Whether a draft may be cut."""

from datetime import datetime

from digest.calendar import cut_before
from digest.models import Edition
from digest.streams import WEEKLY


def week_has_its_edition(*, at: datetime) -> bool:
    """Whether this week's edition is out already."""
    return Edition.objects.cut().filter(stream=WEEKLY, cut_off__gte=cut_before(at)).exists()
