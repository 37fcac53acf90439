"""The choice of how each kind of notice comes."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.forms.boundfield import BoundField

from notifications.kinds import notice_kind
from notifications.models import Way
from notifications.ways import chosen_ways, kinds_for, ways_of

Row = tuple[BoundField, list[tuple[Way, bool, bool]]]


class PreferencesForm(forms.Form):
    """A row of radios for each kind of notice, chosen as it stands for this person."""

    def __init__(self, *args: Any, user: AbstractBaseUser, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = kinds_for(user)
        standing = chosen_ways([user.pk], self.kinds)
        for name in self.kinds:
            self.fields[name] = forms.ChoiceField(
                label=notice_kind(name).label,
                choices=[(way.value, way.label) for way in ways_of(name)],
                initial=standing[user.pk, name].value,
                widget=forms.RadioSelect,
                error_messages={
                    "required": "Choose how you want to hear of this.",
                    "invalid_choice": "Choose one of those offered.",
                },
            )

    def table(self) -> Iterator[tuple[str, list[Row]]]:
        """By heading, each row with its four cells: the way, whether it is offered, whether it is chosen."""
        for heading, names in groupby(self.kinds, lambda name: settings.NOTICE_HEADINGS[name.partition(".")[0]]):
            yield heading, [self._row(name) for name in names]

    def _row(self, name: str) -> Row:
        offered, chosen = ways_of(name), self[name].value()
        return self[name], [(way, way in offered, way.value == chosen) for way in Way]

    @property
    def choices(self) -> dict[str, Way]:
        """By kind, of a valid form."""
        return {name: Way(self.cleaned_data[name]) for name in self.kinds}
