"""A form over a row that two people, or two windows, may change: whoever saves second is told, and keeps what they typed."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, ClassVar, TypeVar

from django import forms
from django.db.models import Model

from common.errors import DomainError
from consultation.actions.drafting import ChangedMeanwhile, read_anew, state_of


class OvertakenForm(forms.ModelForm):  # type: ignore[type-arg]
    """`seen` is the mark of the row as the form was drawn. Where the row is another by the time it is sent, that is an error,
    with what stands there; sent once more, what was typed takes its place. A form without a mark is not asked."""

    as_seen = ""
    """For the action, which compares it under its lock: the state of the row that the mark was compared with."""
    beside: ClassVar[frozenset[str]] = frozenset({"seen"})
    """Fields that say nothing of the row."""
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and self.data.get(self.add_prefix("seen")):
            self.as_seen = state_of(self.instance)
        if self.instance.pk:
            self.initial["seen"] = self._mark

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or self.cleaned_data
        seen, now = told.pop("seen", ""), self._mark()
        if self.instance.pk and seen and seen != now:
            self._send_again_as("seen", now)
            others = [f"{label}: {there}" for label, there in self._differing(told)]
            if others:
                what = "Somebody, or you in another window, changed this since you opened it. What stands there now: "
                self.add_error(None, f"{what}{'; '.join(others)}. Save again to put yours in its place.")
        return told

    def row_now(self) -> Model:
        """As it stands by now. Raises TakenOutMeanwhile."""
        read_anew(self.instance)
        row: Model = self.instance
        return row

    def refuse(self, problem: DomainError) -> None:
        """Tell why its action was not done."""
        self.add_error(None, str(problem))

    def _send_again_as(self, name: str, value: object) -> None:
        """What a hidden field says where the form is shown once more."""
        sent: Any = self.data  # what was sent cannot be written on
        drawn = sent.copy()
        drawn[self.add_prefix(name)] = value
        self.data = drawn

    def _mark(self) -> str:
        """Of every field as the row has it."""
        there = {name: str(self._there(name)) for name in self.fields if name not in self.beside}
        return hashlib.sha256(json.dumps(there, sort_keys=True).encode()).hexdigest()[:16]

    def _there(self, name: str) -> Any:
        value = self.get_initial_for_field(self.fields[name], name)
        return "" if value is None else value

    def _differing(self, told: dict[str, Any]) -> list[tuple[str, str]]:
        """The fields in which the row is another than what was typed, with its words there, cut where they are long."""
        found = []
        for name in [name for name in told if name in self.fields and name not in self.beside]:
            field = self.fields[name]
            there, typed = _in_words(field, self._there(name)), _in_words(field, told[name])
            if there != typed:
                found.append((str(field.label or name.replace("_", " ").capitalize()), _cut(there)))
        return found


_Form = TypeVar("_Form", bound=OvertakenForm)


def unsaved(form: _Form, save: Callable[[_Form], Any]) -> _Form | None:
    """Take what was sent to its action. None once it is saved; else the form to show, with what was typed: it was not sent,
    something is wrong with it, its action says why not, or somebody saved in the same moment, of which it tells as of what was
    saved before."""
    while form.is_bound and form.is_valid():
        try:
            save(form)
        except ChangedMeanwhile:
            form = type(form)(form.data, instance=form.row_now())
        except DomainError as problem:
            form.refuse(problem)
        else:
            return None
    return form


def _in_words(field: forms.Field, value: Any) -> str:
    """What the field says, as its page says it, on one line."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
        choices: Any = field.choices
        labels = dict(_flat(choices))
        chosen = value if isinstance(value, list | tuple) else [value]
        value = ", ".join(labels.get(str(one), str(one)) for one in chosen)
    return "" if value is None else " ".join(str(value).split())


def _flat(choices: Iterable[Any]) -> Iterator[tuple[str, str]]:
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from _flat(label)
        else:
            yield str(value), str(label)


def _cut(words: str) -> str:
    return f"“{words[:120]}…”" if len(words) > 120 else f"“{words}”" if words else "nothing"
