"""What the editor sees before the cut."""

from datetime import datetime

from accounts.standing import Anyone
from digest.calendar import cut_before
from digest.choosing import Choice, choose
from digest.composing import contents
from digest.fragments import fragment_html, fragment_text
from digest.models import Edition, Item
from digest.readership import Sight, reader_for
from digest.sections import Section, sections_of
from digest.streams import WEEKLY


def choices_of(draft: Edition | None, *, at: datetime) -> list[tuple[str, str]]:
    """What can be picked, as a form wants it: what is picked already first, in its order, then the week's best."""
    if draft is None:
        return []
    found = [each for _, each in contents(draft, at=at)]
    return [(f"{each.kind}:{each.object_id}", f"{each.title} ({each.facts})" if each.facts else each.title) for each in found]


def preview_sections(draft: Edition, viewer: Anyone, *, at: datetime) -> list[Section]:
    """The draft as one reader would get it, without writing anything."""
    items = [
        Item(
            pk=position,
            edition=draft,
            kind=each.kind,
            object_id=each.object_id,
            position=position,
            section=section,
            category_id=each.category_id,
            fragment_html=fragment_html(each),
            fragment_text=fragment_text(each),
        )
        for position, (section, each) in enumerate(contents(draft, at=at), start=1)
    ]
    choices = (Choice(item.pk, item.section, item.category_id) for item in items)
    wanted = set(choose(choices, visible=Sight(items).of(reader_for(viewer)), categories=()))
    return sections_of(item for item in items if item.pk in wanted)


def week_has_its_edition(*, at: datetime) -> bool:
    """Whether this week's edition is out already."""
    return Edition.objects.cut().filter(stream=WEEKLY, cut_off__gte=cut_before(at)).exists()
