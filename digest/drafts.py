"""What the editor sees before the cut."""

from datetime import datetime

from accounts.standing import Anyone
from digest.calendar import cut_before
from digest.choosing import Choice, choose
from digest.composing import contents, item_of
from digest.models import Edition
from digest.readership import Sight, reader_for
from digest.sections import Section, sections_of
from digest.sources import SOURCES
from digest.streams import WEEKLY


def choices_of(draft: Edition | None, *, editor: Anyone, at: datetime) -> list[tuple[str, str]]:
    """What the editor can pick, as a form wants it: what is picked already first, in its order, then the week's best. What
    belongs to a group that the editor is not in goes to its people without being named here."""
    if draft is None:
        return []
    found = [each for _, each in contents(draft, at=at)]
    seen = {
        (kind, object_id)
        for kind, source in SOURCES.items()
        for object_id in source.visible({each.object_id: each.quoted_id for each in found if each.kind == kind}, editor)
    }
    shown = [each for each in found if (each.kind, each.object_id) in seen]
    return [(f"{each.kind}:{each.object_id}", f"{each.title} ({each.facts})" if each.facts else each.title) for each in shown]


def preview_sections(draft: Edition, viewer: Anyone, *, at: datetime) -> list[Section]:
    """The draft as one reader would get it, without writing anything."""
    items = []
    for position, (section, found) in enumerate(contents(draft, at=at), start=1):
        item = item_of(draft, section, found, position=position)
        item.pk = position
        items.append(item)
    choices = (Choice(item.pk, item.section, item.category_id) for item in items)
    wanted = set(choose(choices, visible=Sight(items).of(reader_for(viewer)), categories=()))
    return sections_of([item for item in items if item.pk in wanted], at=at)


def week_has_its_edition(*, at: datetime) -> bool:
    """Whether this week's edition is out already."""
    return Edition.objects.cut().filter(stream=WEEKLY, cut_off__gte=cut_before(at)).exists()
