"""Parts of a page that hang on little: kept in the process by what they hang on.

`{% memo request.resolver_match.view_name user.is_authenticated %}…{% endmemo %}`: everything that stands between and may differ
must be named. What differs each time is named behind `but` (`{% memo topic.pk but csrf_token %}`): the part is drawn once with
marks in the places of these variables, and afterwards only the places are filled. They are to be shown as they are: what is
computed of one would be computed of its mark. In tests every part is drawn anew and compared (settings.KEPT_IS_COMPARED). A
message must not stand inside.
"""

import re
from collections.abc import Callable, Sequence
from secrets import token_hex
from typing import Any, Final

from django import template
from django.conf import settings
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from common.errors import NotTheSame
from common.markdown import as_html

register = template.Library()

MOST: Final = 2_000
"""So many of one part are remembered; then it is forgotten, and begins anew."""
_NOTHING: Final = object()
_MARK: Final = f"mark{token_hex(8)}"  # nobody can write one into a text of theirs


class MemoNode(template.Node):
    def __init__(self, nodelist: NodeList, hangs_on: Sequence[FilterExpression], but: Sequence[str] = ()) -> None:
        self.nodelist, self.hangs_on, self.but = nodelist, [_reading(one) for one in hangs_on], but
        self.kept: dict[tuple[object, ...], list[str]] = {}
        self.marks = {name: f"{_MARK}n{number}e" for number, name in enumerate(but)}
        self.places = re.compile(f"{_MARK}n([0-9]+)e")

    def render(self, context: template.Context) -> SafeString:
        values = [context.get(name) for name in self.but]
        key = (*[_hashable(read(context)) for read in self.hangs_on], *[value is None for value in values])
        kept = self.kept.get(key)
        if kept is None:
            if len(self.kept) >= MOST:
                self.kept = {}
            kept = self.kept[key] = self._drawn(context, values)
        html = _filled(kept, values) if len(kept) > 1 else as_html(kept[0])
        if settings.KEPT_IS_COMPARED and html != (now := self.nodelist.render(context)):
            raise NotTheSame(f"{key}\n{html}\nwould be\n{now}")
        return html

    def _drawn(self, context: template.Context, values: Sequence[Any]) -> list[str]:
        """The text between the places, and at every second place the number of what fills it."""
        marks = {name: self.marks[name] for name, value in zip(self.but, values, strict=True) if value is not None}
        with context.push(**marks):
            return self.places.split(self.nodelist.render(context))


def _reading(one: FilterExpression) -> Callable[[template.Context], object]:
    """What the expression is in a context: of `topic.is_locked` without the way that a template goes there, which first looks for
    an item of that name and calls what can be called. Keys ask for a hundred values a page. Goes that way where there is no such
    attribute, or something to call."""
    if one.filters or not one.is_var or not one.var.lookups:
        return one.resolve
    name, *attributes = one.var.lookups

    def read(context: template.Context) -> object:
        value = context.get(name, "")
        for attribute in attributes:
            value = getattr(value, attribute, _NOTHING)
        return one.resolve(context) if value is _NOTHING or callable(value) else value

    return read


def _hashable(value: Any) -> object:
    return repr(value) if isinstance(value, list | dict) else value


def _filled(kept: Sequence[str], values: Sequence[Any]) -> SafeString:
    """Asks for no value that is not shown: a token that is asked for sets a cookie. Each is written once, however often it
    stands."""
    shown = {number: conditional_escape(str(values[int(number)])) for number in set(kept[1::2])}
    return as_html("".join(shown[part] if odd % 2 else part for odd, part in enumerate(kept)))


@register.tag
def memo(parser: Parser, token: Token) -> MemoNode:
    """`{% memo a b but c %}…{% endmemo %}`: drawn once for each pair of a and b."""
    named, _, but = " ".join(token.split_contents()[1:]).partition("but ")
    hangs_on = [parser.compile_filter(bit) for bit in named.split()]
    nodelist = parser.parse(("endmemo",))
    parser.delete_first_token()
    return MemoNode(nodelist, hangs_on, but.split())
