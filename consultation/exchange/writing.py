"""Our own JSON, written: what `reading.read` gives back as it was. What is empty stands nowhere."""

from typing import Any

from consultation.exchange.shape import FORMAT, VERSION, Written, WrittenPage, WrittenQuestion
from consultation.paths.conditions import as_json


def told(written: Written) -> dict[str, Any]:
    """As JSON can hold it, in the order in which a person reads it."""
    return {"format": FORMAT, "version": VERSION} | _kept(
        {
            **written.details,
            "audience": _kept(written.audience),
            "faq": [dict(row) for row in written.faq],
            "options": [_kept(option) for option in written.options],
            "discarded": [dict(row) for row in written.discarded],
            "documents": [_kept(row) for row in written.documents],
            "pages": [_page(page) for page in written.pages],
        }
    )


def _page(page: WrittenPage) -> dict[str, Any]:
    return {"key": page.key, "title": page.title} | _kept(
        {
            "intro": page.intro,
            "when": as_json(page.when) if page.when else None,
            "questions": [_question(asked) for asked in page.questions],
        }
    )


def _question(asked: WrittenQuestion) -> dict[str, Any]:
    return {"key": asked.key, "kind": asked.kind, "text": asked.text} | _kept(
        {
            "hint": asked.hint,
            "required": asked.required,
            "offers_options": asked.offers_options,
            "longest": asked.longest,
            "choices": [_kept({"key": key, "label": label}) for key, label in asked.choices],
            "settings": asked.settings,
            "when": as_json(asked.when) if asked.when else None,
            "passage": asked.passage.as_dict() if asked.passage else None,
        }
    )


def _kept(parts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in parts.items() if value not in (None, "", [], {}, 0, False)}
