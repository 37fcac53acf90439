"""How templates reach a question as it is printed."""

from django import template

from questions.definitions import Definition
from questions.paper import Paper
from questions.paper import on_paper as drawn

register = template.Library()


@register.filter
def on_paper(asked: Definition) -> Paper:
    """What to do, and the lines to do it on."""
    return drawn(asked)
