import re
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from django import forms
from django.template import Context, Template

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 19, 9, 24, tzinfo=UTC)


def drawn(source: str, **context: object) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


def icons_in_the_sprite() -> set[str]:
    return set(re.findall(r'id="i-([\w-]+)"', (ROOT / "common/static/ui/icons.svg").read_text()))


def test_every_icon_named_in_a_template_is_in_the_sprite() -> None:
    folders = [folder for folder in ROOT.glob("*/templates") if folder.is_dir()]
    named = {name for folder in folders for page in folder.rglob("*.html") for name in _icons_named_in(page.read_text())}
    assert named
    assert named - icons_in_the_sprite() == set()


def _icons_named_in(source: str) -> list[str]:
    return re.findall(r'{%\s*icon "([\w-]+)"', source) + re.findall(r'icon_name="([\w-]+)"', source)


def test_an_icon_is_hidden_from_screen_readers_and_its_label_is_not() -> None:
    html = drawn('{% icon "bell" "Notices" %}')
    assert 'aria-hidden="true"><use href="' in html
    assert html.endswith('#i-bell"/></svg><span class="sr">Notices</span>')


@pytest.mark.parametrize(
    ("name", "initials"),
    [("Hester Quill", "HQ"), ("Larchfield", "L"), ("Ceri Vaughan-Prys", "CP"), ("mary-ann de la tour", "MT")],
)
def test_an_avatar_has_the_initials_of_the_first_and_the_last_name(name: str, initials: str) -> None:
    assert drawn("{% avatar name %}", name=name) == f'<span class="av" aria-hidden="true">{initials}</span>'


def test_a_pseudonym_shows_a_ring_and_no_initials() -> None:
    html = drawn('{% avatar "Larchfield" "s" persona=True %}')
    assert 'class="av s persona"' in html
    assert "#i-persona" in html
    assert ">L<" not in html


def test_a_name_without_letters_does_not_break_the_page() -> None:
    assert drawn("{% avatar name %}", name="—") == '<span class="av" aria-hidden="true"></span>'


def test_a_time_is_londons_and_marked_for_the_readers_own() -> None:
    html = drawn("{% when moment %}", moment=datetime(2026, 11, 17, 12, 40, tzinfo=UTC), now=NOW)
    assert html == '<time datetime="2026-11-17T12:40:00Z" data-local>17 Nov, 12:40</time>'


def test_a_deadline_stays_londons() -> None:
    html = drawn('{% when moment "due" %}', moment=datetime(2026, 12, 4, 23, 59, tzinfo=UTC), now=NOW)
    assert html == '<time datetime="2026-12-04T23:59:00Z">Fri 4 Dec, 23:59</time>'


def test_a_hemicycle_says_what_it_shows() -> None:
    html = drawn("{% hemicycle 7904 38412 %}")
    assert 'role="img" aria-label="7,904 of 38,412"' in html
    assert html.count('class="in"') == round(html.count("<circle") * 7904 / 38412)


def test_a_progress_line_has_pages_done_this_one_and_pages_to_come() -> None:
    assert re.findall(r'<i class="(\w*)">', drawn("{% segments 2 4 %}")) == ["done", "now", "", ""]


def test_a_bar_is_as_long_as_its_share_and_nothing_where_nobody_answered() -> None:
    assert 'class="bar" width="25.0"' in drawn('{% bar "Exam" 5 20 %}')
    assert 'class="bar" width="0"' in drawn('{% bar "Exam" 0 0 %}')


def test_a_likert_bar_balances_on_neither_and_tells_every_count() -> None:
    html = drawn('{% likert "It would help" counts %}', counts=[10, 20, 40, 20, 10])
    assert re.findall(r'<rect class="(\w+)" x="([-\d.]+)" y="0" width="([\d.]+)"', html) == [
        ("n2", "-50.0", "10.0"),
        ("n1", "-40.0", "20.0"),
        ("z0", "-20.0", "40.0"),
        ("p1", "20.0", "20.0"),
        ("p2", "40.0", "10.0"),
    ]
    assert "strongly disagree 10, disagree 20, neither 40, agree 20, strongly agree 10, of 100 answers" in html


def test_numbers_have_commas_and_shares_one_decimal() -> None:
    assert drawn("{{ n|number }} {{ part|share:n }} {{ part|share:0 }}", n=38412, part=11730) == "38,412 30.5% –"


class Reason(forms.Form):
    why = forms.CharField(label="Why?", help_text="Leave out <names>", error_messages={"required": "Give a reason"})
    route = forms.ChoiceField(label="Route", choices=[("a", "Exam")], widget=forms.RadioSelect, required=False)


def test_a_field_stands_label_hint_error_control_and_the_control_points_at_hint_and_error() -> None:
    html = str(Reason({})["why"].as_field_group())
    assert (
        re.search(
            r"<label.*Why\?.*"
            r'id="id_why_helptext">Leave out &lt;names&gt;.*'
            r'id="id_why_error">.*<span class="sr">Error: </span>Give a reason.*'
            r'<input[^>]*aria-invalid="true"[^>]*aria-describedby="id_why_helptext id_why_error"',
            html,
            re.DOTALL,
        )
        is not None
    )


def test_a_page_may_say_a_field_in_its_own_words_and_the_control_still_points_at_the_hint() -> None:
    form = Reason()
    form.fields["why"].widget.attrs["placeholder"] = "Why?"
    html = drawn('{% words form.why "Your reason" "In a sentence" %}{{ form.why.as_field_group }}', form=form)
    assert "Your reason" in html
    assert 'id="id_why_helptext">In a sentence<' in html
    assert "placeholder" not in html
    assert 'aria-describedby="id_why_helptext"' in html
    assert drawn('{% words form.nothing "Nothing" %}', form=form) == ""


def test_choices_are_a_fieldset_with_a_legend_and_say_that_they_are_optional() -> None:
    html = str(Reason()["route"].as_field_group())
    assert re.search(
        r"<fieldset.*<legend>Route <span class=\"optional\">\(optional\)</span></legend>.*type=\"radio\"", html, re.DOTALL
    )


def test_the_error_summary_links_to_fields_and_is_not_there_without_errors() -> None:
    assert 'href="#id_why">Give a reason</a>' in drawn("{% error_summary form %}", form=Reason({}))
    assert drawn("{% error_summary form %}", form=Reason()).strip() == ""
    assert drawn("{% error_summary form %}").strip() == ""


@pytest.mark.parametrize(
    ("view_name", "namespace", "tag", "expected"),
    [
        ("home", "", '{% current "home" %}', ' aria-current="page"'),
        ("forum:topic", "forum", '{% current "forum" %}', ' aria-current="true"'),
        ("consultation:outcomes", "consultation", '{% current "consultation" but="consultation:outcomes" %}', ""),
        ("consultation:outcomes", "consultation", '{% current "consultation:outcomes" %}', ' aria-current="page"'),
        ("home", "", '{% current "forum" %}', ""),
    ],
)
def test_the_section_a_page_belongs_to_is_marked(view_name: str, namespace: str, tag: str, expected: str) -> None:
    request = SimpleNamespace(resolver_match=SimpleNamespace(view_name=view_name, namespace=namespace))
    assert drawn(tag, request=request) == expected


def test_no_section_is_marked_where_no_page_was_found() -> None:
    assert drawn('{% current "home" %}', request=SimpleNamespace(resolver_match=None)) == ""
