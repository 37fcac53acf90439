"""What organisers fill in; validation only."""

from datetime import date, datetime
from typing import Any, ClassVar

from django import forms
from django.core.validators import RegexValidator

from consultation.calendar import earliest_last_day, last_day
from consultation.models import Consultation, Discarded, Document, Option, Page, TextVersion
from consultation.models.option import FACTS
from consultation.overtaken_form import OvertakenForm
from consultation.paragraphs import LONGEST_TEXT, MOST_PARAGRAPHS, paragraphs_of
from consultation.permissions import can_ask_others
from consultation.question_form import DayInput
from consultation.question_form import QuestionForm as QuestionForm
from consultation.redaction import CATEGORIES, NotInTheText, Span, spans_of
from forum.confidentiality import findings
from forum.models import Category
from forum.models.category import CategoryQuerySet
from questions.texts import tidy

_NEEDED = "Needed before it opens."
_MARKDOWN = "Markdown: **bold**, lists, [links](https://example.org)."


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


_DETACHED = (
    "Detached: who took part is kept, and ballots are kept, and nothing leads from one to the other. Nobody can find out, but "
    "for whoever looks into the running server before twenty more have answered. Members send once and cannot change it. No "
    "files, no receipts, no organisations, no public, nothing on paper, nothing asked of some because of who they are, and no "
    "other words once it is open."
)


class DetailsForm(OvertakenForm):
    title = forms.CharField(min_length=8, max_length=150, help_text="A question is best. It is the title of the discussion too.")
    days = forms.IntegerField(
        label="Days open",
        min_value=28,
        max_value=365,
        initial=42,
        help_text="28 at least, so that everybody gets a chance; 42 is usual. It closes at 23:59 London time of "
        "the last day, may be extended and never shortened.",
        error_messages={
            "min_value": "Make it 28 days at least: everybody needs a chance",
            "max_value": "Make it 365 days at most",
            "invalid": "Write a whole number of days, 28 at least",
        },
    )

    identity_mode = forms.ChoiceField(
        label="Under whose name answers are kept",
        choices=[
            ("named", "Named: with the member’s name. Organisers and directors can find out who answered what."),
            (
                "confidential",
                "Confidential: without a name, under a tag that the server alone can work out. You cannot find out.",
            ),
            (
                "detached",
                _DETACHED,
            ),
        ],
        widget=forms.RadioSelect,
        initial="named",
        help_text="Fixed at the opening. The page of the consultation tells what it protects against, and what not.",
    )

    class Meta:
        model = Consultation
        fields: ClassVar = [
            *("title", "lede", "asked_by", "background", "effects", "single_option_reason", "no_documents_reason"),
            *("none_discarded_reason", "days", "contact", "identity_mode"),
        ]
        labels: ClassVar = {
            "lede": "What is asked, in one or two sentences",
            "asked_by": "Who is asking",
            "background": "Why you are asking",
            "effects": "Effects by nation and by size of practice",
            "single_option_reason": "Why fewer than two options are open",
            "no_documents_reason": "Why there is nothing to read before answering",
            "none_discarded_reason": "Why nothing was ruled out",
            "contact": "Whom members can ask about it",
        }
        help_texts: ClassVar = {
            "lede": _NEEDED,
            "asked_by": f"The board, a committee. {_NEEDED}",
            "background": f"What could change because of the answers. {_NEEDED} {_MARKDOWN}",
            "effects": f"What differs in Scotland, Wales, Northern Ireland; in small and large practices. {_NEEDED} {_MARKDOWN}",
            "single_option_reason": "Leave empty where there are two options or more. Everybody can read it.",
            "no_documents_reason": "Leave empty where you link something. Everybody can read it.",
            "none_discarded_reason": "Leave empty where you tell which routes were ruled out. Everybody can read it.",
            "contact": "A role and an address, for example: the secretary, office@example.org. Everybody can read it.",
        }
        widgets: ClassVar = {
            "lede": _area(3),
            "background": _area(10),
            "effects": _area(8),
            "single_option_reason": _area(2),
            "no_documents_reason": _area(2),
            "none_discarded_reason": _area(2),
        }

    def clean_identity_mode(self) -> str:
        mode: str = self.cleaned_data["identity_mode"]
        others = can_ask_others(Consultation(identity_mode=mode))
        if not others and (self.instance.for_organisations or self.instance.for_public):
            raise forms.ValidationError(f"{others.reason} Take them off the page of who may answer first.")
        return mode


class OptionForm(OvertakenForm):
    class Meta:
        model = Option
        fields: ClassVar = ["name", "summary", *FACTS]
        labels: ClassVar = {**FACTS, "name": "Name", "summary": "In one sentence"}
        help_texts: ClassVar = {
            "name": "As it will stand beside its letter.",
            "assessment": "What is left empty for every option is not shown.",
        }


class DiscardedForm(OvertakenForm):
    class Meta:
        model = Discarded
        fields: ClassVar = ["name", "reason"]
        labels: ClassVar = {"name": "What was ruled out", "reason": "Why"}
        widgets: ClassVar = {"reason": _area(3)}


class DocumentForm(OvertakenForm):
    url = forms.CharField(
        label="Address",
        max_length=500,
        help_text="https://… or, for a page here, what follows the name of the site: /forum/…",
        validators=[
            RegexValidator(r"^(https?://[^\s]+|/([^/\\\s][^\s]*)?)$", "Begin with https:// or with one slash, without spaces")
        ],
    )

    class Meta:
        model = Document
        fields: ClassVar = ["title", "url", "note"]
        labels: ClassVar = {"title": "What it is", "note": "How long it is"}
        help_texts: ClassVar = {"note": "For example: PDF, 4 pages."}


class TextForm(OvertakenForm):
    """A document that is put to members in numbered paragraphs. Its row is the last version, published or not."""

    title = forms.CharField(max_length=120, help_text="What it is, for example: Code of conduct, draft for members.")
    source = forms.CharField(
        label="The text",
        max_length=LONGEST_TEXT,
        widget=_area(24),
        help_text=f"Markdown: an empty line ends a paragraph, # begins a heading. {MOST_PARAGRAPHS} paragraphs at most; they are "
        "numbered as they stand.",
    )

    class Meta:
        model = TextVersion
        fields: ClassVar = ["title", "source"]

    def row_now(self) -> TextVersion:
        last: TextVersion = self.instance.text.versions.latest("number")
        return last

    def clean_source(self) -> str:
        source = tidy(self.cleaned_data["source"])
        number = sum(not part.is_heading for part in paragraphs_of(source))
        if not number:
            raise forms.ValidationError("Write one paragraph at least")
        if number > MOST_PARAGRAPHS:
            raise forms.ValidationError(f"Make it {MOST_PARAGRAPHS} paragraphs at most: it has {number}")
        return source


class AskAboutForm(forms.Form):
    """Which version, and whether each paragraph is asked about."""

    version = forms.ModelChoiceField(
        label="Which document",
        empty_label="Choose a document",
        queryset=TextVersion.objects.none(),
        help_text="Published versions only: what members are asked about does not change afterwards.",
    )
    questions = forms.BooleanField(
        label="Ask about each paragraph",
        required=False,
        initial=True,
        help_text="Consent, can live with it, or object: one question for each paragraph, none of them has to be answered. "
        "Without it the document is something to read.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        versions = TextVersion.objects.published().select_related("text").latest_first()
        self.fields["version"].queryset = versions  # type: ignore[attr-defined]


class PageForm(OvertakenForm):
    class Meta:
        model = Page
        fields: ClassVar = ["title", "intro"]
        labels: ClassVar = {"title": "Title of the page", "intro": "A sentence over the questions"}
        widgets: ClassVar = {"intro": _area(2)}


class OpenForm(forms.Form):
    """`at` is now; the last day is 28 days from then at least."""

    closes_on = forms.DateField(label="Last day", widget=DayInput())
    category = forms.ModelChoiceField(
        label="Where the discussion opens",
        empty_label="Choose a category",
        queryset=Category.objects.none(),
        help_text="Its topic opens with the consultation, each linked to the other. Choose one that members find.",
    )

    def __init__(self, *args: Any, at: datetime, days: int, categories: CategoryQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.earliest: date = earliest_last_day(at)
        self.fields["closes_on"].initial = last_day(at, days)
        self.fields[
            "closes_on"
        ].help_text = f"It closes at 23:59, London time. {self.earliest:%-d %B %Y} at the earliest: 28 days."
        self.fields["category"].queryset = categories  # type: ignore[attr-defined]

    def clean_closes_on(self) -> date:
        day: date = self.cleaned_data["closes_on"]
        if day < self.earliest:
            raise forms.ValidationError(f"Choose {self.earliest:%-d %B %Y} or later: members need 28 days")
        return day


class ExtendForm(forms.Form):
    closes_on = forms.DateField(label="New last day", widget=DayInput())
    reason = forms.CharField(max_length=400, widget=_area(2), help_text="Everybody can read it.")

    def __init__(self, *args: Any, last: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.last = last
        self.fields["closes_on"].help_text = f"After {last:%-d %B %Y}. It closes at 23:59, London time."

    def clean_closes_on(self) -> date:
        day: date = self.cleaned_data["closes_on"]
        if day <= self.last:
            raise forms.ValidationError(f"Choose a day after {self.last:%-d %B %Y}: it can be extended, never shortened")
        return day


class WithdrawForm(forms.Form):
    reason = forms.CharField(max_length=500, widget=_area(4), help_text="It stands on the page for everybody.")


class OutcomeForm(OvertakenForm):
    """What was decided, and what became of each option."""

    outcome = forms.CharField(
        label="What was decided, and why",
        widget=_area(12),
        help_text=f"We asked, you said, we will. {_MARKDOWN}",
    )

    class Meta:
        model = Consultation
        fields: ClassVar = ["outcome"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.options = list(self.instance.options.all())
        for option in self.options:
            self.fields[f"fate-{option.key}"] = forms.ChoiceField(
                label=f"{option.letter}: {option.name}", choices=Option.Fate.choices, initial=option.fate
            )
            self.fields[f"because-{option.key}"] = forms.CharField(
                label=f"Why, for {option.letter}", max_length=300, required=False, initial=option.because
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for option in self.options:
            if cleaned.get(f"fate-{option.key}") == Option.Fate.RULED_OUT and not cleaned.get(f"because-{option.key}"):
                self.add_error(f"because-{option.key}", f"Say why option {option.letter} was ruled out")
        return cleaned

    @property
    def fates(self) -> dict[str, tuple[str, str]]:
        """By option key, of a valid form."""
        told = self.cleaned_data
        return {option.key: (told[f"fate-{option.key}"], told[f"because-{option.key}"]) for option in self.options}


class ExclusionForm(forms.Form):
    """Which response is not to be counted, and why."""

    whose = forms.CharField(label="Reference of the receipt", max_length=80)
    reason = forms.CharField(
        label="Why it is not counted",
        max_length=300,
        widget=_area(2),
        help_text="Everybody reads it. Name nobody, and nothing by which somebody could be known.",
    )

    def __init__(self, *args: Any, confidential: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not confidential:
            self.fields["whose"].label = "Reference of the receipt, or the member’s name here"
            self.fields["whose"].help_text = "Sixteen letters and digits, or @ and the name in their profile’s address."


class ShowingForm(forms.Form):
    """What becomes of one answer. What a machine found in it is offered ticked and labelled; a person decides."""

    decision = forms.ChoiceField(
        label="What becomes of it",
        choices=[("show", "Show it, without the words below"), ("keep", "Do not show it")],
        widget=forms.RadioSelect,
        initial="show",
    )
    found = forms.MultipleChoiceField(
        label="Found by the machine: take out what is ticked",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="It knows patterns, not meaning: it misses names and stories. Read the answer yourself.",
    )
    take_out = forms.CharField(
        label="Words to take out",
        required=False,
        widget=_area(3),
        help_text="Exactly as they stand above, one passage on each line. Leave empty to show it as it was written.",
    )
    category = forms.ChoiceField(
        label="What they are",
        choices=[(name, words.capitalize()) for name, words in CATEGORIES.items()],
        initial="personal",
    )
    reason = forms.CharField(
        label="The reason, in a sentence",
        required=False,
        max_length=300,
        help_text="Its writer reads it, and the second organiser. Wanted unless the answer is shown as it was written.",
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, text: str, seen: int) -> None:
        super().__init__(data, initial={"seen": seen})
        self.text = text
        self.machine = {one.key: one for one in findings(text)}
        if self.machine:
            self.fields["found"].choices = [(key, f"{one.label}: {one.words}") for key, one in self.machine.items()]  # type: ignore[attr-defined]
            self.initial["found"] = list(self.machine)
        else:
            del self.fields["found"]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        why = told.get("reason", "").strip()
        ticked = [one for key, one in self.machine.items() if key in told.get("found", ())]
        spans = [Span(one.start, one.end, "personal", why or f"{one.label}.") for one in ticked]
        if not why and (told.get("decision") == "keep" or told.get("take_out", "").strip()):
            self.add_error("reason", "Say why, in a sentence that its writer can read")
        for words in filter(None, (line.strip() for line in told.get("take_out", "").splitlines())):
            try:
                spans += spans_of(self.text, words, told.get("category", "personal"), why)
            except NotInTheText:
                self.add_error("take_out", f"“{words}” does not stand in the answer: copy it exactly")
        told["spans"] = spans
        return told
