"""Forms about the register: a file, its columns, and how many lapse."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings

from accounts.models import RegisterRun
from accounts.register.fields import BY_NAME, FIELDS
from accounts.register.mapping import Columns
from accounts.register.reading import Line
from accounts.staging.showing import MEANINGS, values_seen

_NOTHING = "-"


class RegisterFile(forms.Form):
    """The file. `actions.register.receive_register` reads it."""

    file = forms.FileField(label="The register as CSV", allow_empty_file=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        told = f"At most {settings.REGISTER_MAX_MB} MB. From Excel: Save as, then CSV UTF-8."
        self.fields["file"].help_text = told
        self.fields["file"].widget.attrs |= {"accept": ".csv,.txt,.tsv,text/csv"}

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if (file.size or 0) > settings.REGISTER_MAX_MB * 1_000_000:
            raise forms.ValidationError(f"The file is larger than {settings.REGISTER_MAX_MB} MB. Export only the columns needed.")
        return file


class RegisterColumns(forms.Form):
    """One select for each field, and one for each value whose meaning is not known."""

    is_whole = forms.BooleanField(
        label="This file names every member",
        required=False,
        initial=True,
        help_text="Whoever is not in it has lapsed. Without the tick nobody lapses for not being in it.",
    )

    def __init__(
        self, *args: Any, run: RegisterRun, lines: list[Line], columns: Columns, unknown: Mapping[str, list[str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.unknown = unknown
        choices = [("", "Not in this file")] + [
            (str(place), _heading(name, values_seen(lines, place))) for place, name in enumerate(run.header)
        ]
        for field in FIELDS:
            self.fields[field.name] = forms.ChoiceField(
                label=field.label,
                help_text=field.hint,
                choices=choices,
                required=field.name in ("number", "email"),
                initial=str(columns.places.get(field.name, "")),
            )
        for name, values in unknown.items():
            meanings = [("", "It is a fault"), (_NOTHING, "It says nothing"), *MEANINGS[name]]
            already = columns.values.get(name, {})
            for number, value in enumerate(values):
                self.fields[f"{name}-{number}"] = forms.ChoiceField(
                    label=f"{BY_NAME[name].label}: “{value}”",
                    choices=meanings,
                    required=False,
                    initial=already[value] or _NOTHING if value in already else "",
                )
        self.order_fields([*(field.name for field in FIELDS), *self.value_names, "is_whole"])

    @property
    def value_names(self) -> list[str]:
        return [f"{name}-{number}" for name, values in self.unknown.items() for number in range(len(values))]

    def places(self) -> dict[str, int]:
        return {field.name: int(self.cleaned_data[field.name]) for field in FIELDS if self.cleaned_data[field.name]}

    def values(self) -> dict[str, dict[str, str]]:
        told: dict[str, dict[str, str]] = {}
        for name, values in self.unknown.items():
            chosen = {value: self.cleaned_data[f"{name}-{number}"] for number, value in enumerate(values)}
            told[name] = {value: "" if meant == _NOTHING else meant for value, meant in chosen.items() if meant}
        return told

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        places = {field.name: int(told[field.name]) for field in FIELDS if told.get(field.name)}
        if not self.errors:
            for problem in Columns(places, {}).problems:
                self.add_error(_beside(places), problem)
        return told


class HowManyLapse(forms.Form):
    """Typed where many would lapse."""

    lapses = forms.IntegerField(label="How many lose their membership", widget=forms.TextInput(attrs={"inputmode": "numeric"}))

    def __init__(self, *args: Any, needed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lapses"].required = needed


def _heading(name: str, seen: list[str]) -> str:
    shown = ", ".join(value if len(value) <= 24 else value[:23] + "…" for value in seen[:2])
    return f"{name or 'without a heading'} ({shown})" if shown else name or "without a heading"


def _beside(places: Mapping[str, int]) -> str:
    """The field beside which a problem of several fields is told: the second of two that are the same, or the last name."""
    taken: set[int] = set()
    for name, place in places.items():
        if place in taken:
            return name
        taken.add(place)
    return "last_name"
