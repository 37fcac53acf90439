"""What is filled in about who else answers; validation only."""

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

from django import forms

from accounts.models import User
from common.clock import LONDON
from common.errors import DomainError
from consultation.actions.entries import Source
from consultation.actions.organisations import NameAlreadyThere, Statement
from consultation.models import Entry, Party, Version
from consultation.overtaken_form import OvertakenForm
from mail.addresses import is_reachable


class OrganisationForm(OvertakenForm):
    """`is_another` is asked only where an organisation of this name is there already."""

    beside = frozenset({"seen", "is_another"})
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

    class Meta:
        model = Party
        fields: ClassVar = ["name", "sort", "on_behalf_of", "authority", "agreed", "speaks_for"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "is_another" in self.data:
            self._ask_whether_another()

    def refuse(self, problem: DomainError) -> None:
        if not isinstance(problem, NameAlreadyThere):
            super().refuse(problem)
            return
        self._ask_whether_another()
        self.add_error("name", str(problem))

    def _ask_whether_another(self) -> None:
        self.fields["is_another"] = forms.BooleanField(label="It is another organisation of the same name", required=False)

    @property
    def statement(self) -> Statement:
        """Of a valid form."""
        return Statement(**{name: self.cleaned_data[name] for name in self.Meta.fields})

    @property
    def is_another(self) -> bool:
        return bool(self.cleaned_data.get("is_another"))


class _Files(forms.ClearableFileInput):
    allow_multiple_selected = True


class _Scans(forms.FileField):
    """Several files, or none."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        return [super(_Scans, self).clean(each, initial) for each in data or ()]


class SourceForm(forms.Form):
    """How an answer came. `opened` is the first day that it can have come, `today` the last; `versions` what was asked so far,
    the first on top."""

    way = forms.ChoiceField(label="How it came", choices=Entry.Way.choices, widget=forms.RadioSelect, initial="paper")
    received_on = forms.DateField(label="Received on", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    version = forms.TypedChoiceField(
        label="Which questions it answers",
        coerce=int,
        required=False,
        empty_value=None,
        help_text="The questions were changed while it is open. It counts under the version that it answers.",
    )
    text = forms.CharField(
        label="The e-mail, as it came",
        required=False,
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="With its date and sender. Leave it empty where you attach what came.",
    )
    scans = _Scans(
        label="What came, scanned or as a file",
        required=False,
        widget=_Files,
        help_text="Five files at most. The second person checks the answer against them.",
    )

    def __init__(
        self, data: Any = None, files: Any = None, *, opened: date, today: date, versions: Sequence[Version] = ()
    ) -> None:
        super().__init__(data, files)
        self.opened, self.today = opened, today
        self.fields["received_on"].initial = today
        if len(versions) > 1:
            self.fields["version"].choices = [(each.number, _of(each)) for each in reversed(versions)]  # type: ignore[attr-defined]
        else:
            del self.fields["version"]

    def clean_received_on(self) -> date:
        day: date = self.cleaned_data["received_on"]
        if not self.opened <= day <= self.today:
            raise forms.ValidationError(f"Give a day from {self.opened:%-d %B %Y}, when it opened, to today")
        return day

    def source(self, files: list[tuple[str, bytes]]) -> Source:
        """Of a valid form."""
        told = self.cleaned_data
        return Source(told["way"], told["received_on"], told["text"], tuple(files), told.get("version"))


def _of(version: Version) -> str:
    assert version.published_at is not None
    return f"Version {version.number}, asked from {version.published_at.astimezone(LONDON):%-d %B %Y, %H:%M}"


class MemberForm(forms.Form):
    """Whose answer it is."""

    whose = forms.CharField(label="Whose answer it is", max_length=254, help_text="The member’s address here, or their @handle.")

    def clean_whose(self) -> str:
        typed: str = self.cleaned_data["whose"].strip()
        people = User.objects.filter(is_active=True)
        self.person = people.filter(email__iexact=typed).first() or people.filter(handle=typed.removeprefix("@")).first()
        if self.person is None:
            raise forms.ValidationError("Nobody here has this address or handle")
        return typed


class ReturnForm(forms.Form):
    because = forms.CharField(
        label="What does not agree with the source", max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class AddressForm(forms.Form):
    email = forms.EmailField(
        label="Your address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text="A link comes to it. At most three letters an hour go to an address, whoever asks for them.",
    )

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if not is_reachable(email):
            raise forms.ValidationError("Mail of ours cannot reach this address: give one of plain letters")
        return email


class PublicForm(forms.Form):
    """As what somebody of the public answers; with `named` who they are too."""

    sort = forms.ChoiceField(label="You answer as", choices=[("", "Choose"), *Party.PublicSort.choices])
    name = forms.CharField(
        label="Your name", max_length=150, help_text="Organisers see it beside the answer. Others only if you say so at the end."
    )

    def __init__(self, data: Any = None, *, named: bool) -> None:
        super().__init__(data)
        if not named:
            del self.fields["name"]

    @property
    def told(self) -> dict[str, str]:
        """Of a valid form."""
        return {"sort": self.cleaned_data["sort"], "name": self.cleaned_data.get("name", "")}
