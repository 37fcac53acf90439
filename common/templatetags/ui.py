"""The small parts that need a little thinking before they are drawn. All are shown at /styleguide/."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from django import template
from django.contrib.humanize.templatetags.humanize import intcomma
from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from common import hemicycle as house
from common.moments import LOCAL_STYLES, in_words
from common.problems import headline, messages_of, problems_of

register = template.Library()
register.filter(messages_of)


@register.simple_tag
@lru_cache(maxsize=1_000)
def icon(name: str, label: str = "") -> SafeString:
    """One icon of the sprite, in the colour and size of the text around it. A label is read out, not seen. Kept once drawn:
    a page of posts has hundreds."""
    drawn = format_html('<svg class="i" aria-hidden="true"><use href="{}#i-{}"/></svg>', static("ui/icons.svg"), name)
    return format_html('{}<span class="sr">{}</span>', drawn, label) if label else drawn


@register.simple_tag
def avatar(person: object, size: str = "", *, persona: bool = False, me: bool = False) -> SafeString:
    """A disc with the initials of a person or a name; for a pseudonym a dashed ring and no initials. Decoration: the name
    stands beside it. `size` is s, l or empty. Somebody with an `avatar_url` has a picture on it."""
    kind = " ".join(name for name, on in (("av", True), (size, size), ("me", me), ("persona", persona)) if on)
    return format_html(
        '<span class="{}" aria-hidden="true">{}</span>',
        kind,
        icon("persona") if persona else _face(person),
    )


def _face(person: object) -> SafeString | str:
    url = getattr(person, "avatar_url", "")
    drawn = '<img src="{}" alt="" width="192" height="192" loading="lazy" decoding="async">'
    return format_html(drawn, url) if url else initials(str(person))


def initials(name: str) -> str:
    """Hester Quill → HQ, madonna → M; of a longer name the first and the last."""
    words = [word for word in name.replace("-", " ").split() if word[0].isalnum()]
    return "".join(word[0] for word in ([words[0], words[-1]] if len(words) > 1 else words)).upper()


@register.simple_tag(takes_context=True)
def when(context: template.Context, moment: datetime, style: str = "short") -> SafeString:
    """A `<time>` in London's time. Styles: short, within (a sentence), brief, plain (for what is cached), day, due, full, clock.
    A view that has read the clock gives it as `now`; short, within and plain become the reader's own time where scripts run."""
    now = context.get("now") or timezone.now()
    words = in_words(moment, now=now, style=style)
    drawn = '<time datetime="{}" data-local>{}</time>' if style in LOCAL_STYLES else '<time datetime="{}">{}</time>'
    if style == "within":
        drawn = '<time datetime="{}" data-local="within">{}</time>'
    return format_html(drawn, moment.isoformat(timespec="seconds").replace("+00:00", "Z"), words)


@register.simple_tag
def hemicycle(part: int, whole: int, label: str = "") -> SafeString:
    """How many of a house have taken their seats."""
    told = label or f"{number(part)} of {number(whole)}"
    return format_html(
        '<svg class="hemi" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        house.WIDTH,
        house.HEIGHT,
        told,
        _drawn_seats(house.taken(part, whole)),
    )


@register.simple_tag
def words(bound: BoundField | str, label: str, hint: str = "") -> str:
    """Give a field of somebody else's form the page's own label and hint, before anything of the form is drawn. Its
    placeholder goes: the label says it. Draws nothing; a form without that field is left alone."""
    if isinstance(bound, BoundField):
        bound.label = bound.field.label = label
        bound.help_text = bound.field.help_text = hint or bound.help_text
        bound.field.widget.attrs.pop("placeholder", None)
    return ""


@register.simple_tag
def hidden(*bounds: BoundField | str) -> SafeString:
    """Fields that nobody sees, with what they hold; those that the form has not are left out."""
    found = [
        (bound.html_name, bound.field.widget.format_value(bound.value()) or "")
        for bound in bounds
        if isinstance(bound, BoundField)
    ]
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', found)


@register.inclusion_tag("ui/_error_summary.html")
def error_summary(*forms: BaseForm | None) -> dict[str, object]:
    """What to mend before going on; first on the page. Draws nothing for forms without errors, or for no form."""
    problems = [problem for form in forms if form and form.is_bound for problem in problems_of(form)]
    return {"problems": problems, "headline": headline(len(problems))}


@register.inclusion_tag("ui/_bar.html")
def bar(label: str, part: int, whole: int, letter: str = "") -> dict[str, object]:
    """One row of a bar chart: what, how many, and the share of the whole as a length."""
    return {
        "label": label,
        "letter": letter,
        "part": part,
        "whole": whole,
        "length": round(100 * part / whole, 2) if whole else 0,
    }


@register.inclusion_tag("ui/_likert.html")
def likert(statement: str, counts: Sequence[int], *, alone: bool = False) -> dict[str, object]:
    """One statement with its five counts, strongly disagree first, as a bar that balances on “neither”. `alone`: the statement
    is the heading above, so the bar takes the whole width."""
    total = sum(counts)
    shares = [100 * count / total if total else 0.0 for count in counts]
    edge = -(shares[0] + shares[1] + shares[2] / 2)
    pieces = []
    for kind, share in zip(("n2", "n1", "z0", "p1", "p2"), shares, strict=True):
        pieces.append((kind, round(edge, 2), round(share, 2)))
        edge += share
    return {
        "statement": statement,
        "alone": alone,
        "pieces": pieces,
        "counts": counts,
        "total": total,
        "against": shares[:2],
        "for": shares[3:],
    }


@register.simple_tag
def segments(at: int, of: int) -> SafeString:
    """The line of a long form: pages done, this one, pages to come. Say “Page 4 of 7” beside it: this is not read out."""
    kinds = ["done" if page < at else "now" if page == at else "" for page in range(1, of + 1)]
    pieces = format_html_join("", '<i class="{}"></i>', ((kind,) for kind in kinds))
    return format_html('<span class="segs" aria-hidden="true">{}</span>', pieces)


@register.filter
def number(value: int | None) -> str:
    """38412 → 38,412."""
    return "" if value is None else str(intcomma(value, use_l10n=False))


@register.filter
def stop(words: str) -> str:
    """The full stop behind somebody's words in a sentence of ours; none where they end in a mark of their own."""
    return "" if words.rstrip("”’\"') ").endswith((".", "!", "?", "…")) else "."


@register.filter
def shown_at(rows: Sequence[Any], now: datetime | None) -> tuple[object, ...]:
    """Everything that these rows show at this moment, for `{% memo %}`."""
    return tuple(row.shown_at(now or timezone.now()) for row in rows or ())


@register.filter
def share(part: int, whole: int) -> str:
    """The part in per cent of the whole, one decimal: 30.5%. Of nobody: an en dash."""
    return f"{100 * part / whole:.1f}%" if whole else "–"


@register.filter
def split(words: str) -> list[str]:
    """ "Nation,Eligible" as a list, for heads of a table written in a template."""
    return words.split(",")


@register.filter
def total(values: Sequence[float]) -> str:
    """The sum of shares in whole per cent."""
    return f"{sum(values):.0f}%"


@register.simple_tag(takes_context=True)
def current(context: template.Context, section: str, but: str = "") -> SafeString | str:
    """`aria-current` where the page belongs to a section: the namespace of an app or the full name of a view. `but` names a
    view of the app that is a section of its own."""
    match: Any = getattr(context.get("request"), "resolver_match", None)
    if match is None or match.view_name == but or section not in (match.view_name, match.namespace):
        return ""
    return format_html(' aria-current="{}"', "page" if match.view_name == section else "true")


@cache
def _drawn_seats(filled: int) -> SafeString:
    seats = house.seats()
    full = format_html_join(
        "",
        '<circle class="in" cx="{}" cy="{}" r="{}"/>',
        ((x, y, house.RADIUS) for x, y in seats[:filled]),
    )
    free = format_html_join(
        "",
        '<circle cx="{}" cy="{}" r="{}"/>',
        ((x, y, house.RADIUS) for x, y in seats[filled:]),
    )
    return format_html("{}{}", full, free)
