"""Parts of a page that hang on little: kept in the process by what they hang on.

`{% memo request.resolver_match.view_name user.is_authenticated %}…{% endmemo %}`: everything that stands between and may differ
must be named. In tests every part that is taken from memory is drawn again and compared (settings.KEPT_IS_COMPARED). Nothing of a
request (a form's token, a message) may stand inside.
"""

from collections.abc import Sequence
from typing import Final

from django import template
from django.conf import settings
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.utils.safestring import SafeString

from common.errors import NotTheSame

register = template.Library()

MOST: Final = 2_000
"""So many of one part are remembered; then it is forgotten, and begins anew."""


class MemoNode(template.Node):
    def __init__(self, nodelist: NodeList, hangs_on: Sequence[FilterExpression]) -> None:
        self.nodelist, self.hangs_on = nodelist, hangs_on
        self.kept: dict[tuple[object, ...], SafeString] = {}

    def render(self, context: template.Context) -> SafeString:
        key = tuple(one.resolve(context) for one in self.hangs_on)
        kept = self.kept.get(key)
        if kept is None:
            if len(self.kept) >= MOST:
                self.kept = {}
            kept = self.kept[key] = self.nodelist.render(context)
        elif settings.KEPT_IS_COMPARED and kept != (now := self.nodelist.render(context)):
            raise NotTheSame(f"{key}\n{kept}\nwould be\n{now}")
        return kept


@register.tag
def memo(parser: Parser, token: Token) -> MemoNode:
    """`{% memo a b %}…{% endmemo %}`: drawn once for each pair."""
    hangs_on = [parser.compile_filter(bit) for bit in token.split_contents()[1:]]
    nodelist = parser.parse(("endmemo",))
    parser.delete_first_token()
    return MemoNode(nodelist, hangs_on)
