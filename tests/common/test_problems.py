from django import forms

from common.problems import Problem, headline, problems_of


class Answer(forms.Form):
    name = forms.CharField(error_messages={"required": "Enter your name"})
    route = forms.ChoiceField(
        choices=[("a", "Exam"), ("b", "Portfolio")], widget=forms.RadioSelect, error_messages={"required": "Choose a route"}
    )
    version = forms.IntegerField(widget=forms.HiddenInput, error_messages={"required": "Reload the page"})

    def clean(self) -> None:
        raise forms.ValidationError("This consultation has closed")


def test_lists_the_forms_own_errors_first_and_leads_to_the_first_control_of_each_field() -> None:
    assert problems_of(Answer({})) == [
        Problem("This consultation has closed"),
        Problem("Enter your name", "id_name"),
        Problem("Choose a route", "id_route_0"),
        Problem("Reload the page"),
    ]


def test_counts_in_words_as_far_as_words_are_short() -> None:
    assert [headline(1), headline(2), headline(12)] == [
        "One thing before you go on",
        "Two things before you go on",
        "12 things before you go on",
    ]


class Silent(forms.Form):
    name = forms.CharField(label="Your name")
    route = forms.ChoiceField(label="Which route?", choices=[("a", "Exam")], widget=forms.RadioSelect)


def test_a_missing_answer_is_told_by_its_label_where_the_form_has_no_words_for_it() -> None:
    messages = [problem.message for problem in problems_of(Silent({}))]
    assert messages == ["Your name: this is missing", "Which route: choose an answer"]
