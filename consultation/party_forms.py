"""What is filled in about who else answers; validation only."""

from typing import Any

from django import forms

from consultation.actions.organisations import Statement
from consultation.models import Party


class OrganisationForm(forms.Form):
    """`is_another` is asked only where an organisation of this name is there already."""

    name = forms.CharField(label="Name of the organisation", max_length=150, help_text="In full, as others know it.")
    sort = forms.ChoiceField(label="What it is", choices=[("", "Choose"), *Party.OrganisationSort.choices])
    on_behalf_of = forms.CharField(
        label="On whose behalf you answer", max_length=300, help_text="For example: the partners; the member practices in Kent."
    )
    authority = forms.CharField(
        label="By what authority", max_length=300, help_text="For example: asked by the board; I am its chief executive."
    )
    agreed = forms.CharField(
        label="How this view was agreed",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="For example: put to a partners’ meeting on 3 May, nobody against.",
    )
    speaks_for = forms.IntegerField(
        label="How many members, practices or people it speaks for",
        required=False,
        min_value=1,
        max_value=1_000_000,
        help_text="A number, if you know it. It is told beside the answer and never added to anything.",
    )

    def __init__(self, data: Any = None, *, party: Party | None = None, name_is_there: bool = False) -> None:
        fields = ("name", "sort", "on_behalf_of", "authority", "agreed", "speaks_for")
        super().__init__(data, initial={name: getattr(party, name) for name in fields} if party else None)
        if name_is_there or (data is not None and "is_another" in data):
            self.fields["is_another"] = forms.BooleanField(label="It is another organisation of the same name", required=False)

    @property
    def statement(self) -> Statement:
        """Of a valid form."""
        told = self.cleaned_data
        names = ("name", "sort", "on_behalf_of", "authority", "agreed", "speaks_for")
        return Statement(**{name: told[name] for name in names})

    @property
    def is_another(self) -> bool:
        return bool(self.cleaned_data.get("is_another"))
