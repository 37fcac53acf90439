"""Parts of a page that are kept in the process."""

from types import SimpleNamespace

import pytest
from django.template import Context, Template

from common.errors import NotTheSame

pytestmark = pytest.mark.django_db


def test_a_part_is_drawn_once_for_what_it_hangs_on(settings):
    settings.KEPT_IS_COMPARED = False
    drawn = []
    page = Template("{% memo who %}{{ told }}{% endmemo %}")

    def told(who):
        return page.render(Context({"who": who, "told": lambda: drawn.append(who) or f"for {who}"}))

    assert [told("a"), told("b"), told("a")] == ["for a", "for b", "for a"]
    assert drawn == ["a", "b"]


def test_a_part_that_shows_what_it_does_not_name_is_found_out_in_tests():
    page = Template("{% memo %}{{ name }}{% endmemo %}")
    page.render(Context({"name": "one"}))
    with pytest.raises(NotTheSame):
        page.render(Context({"name": "other"}))


def test_a_part_begins_anew_when_it_remembers_too_many(settings, monkeypatch):
    monkeypatch.setattr("common.templatetags.memo.MOST", 2)
    page = Template("{% memo n %}{{ n }}{% endmemo %}")
    assert [page.render(Context({"n": n})) for n in (1, 2, 3, 1)] == ["1", "2", "3", "1"]


def test_what_differs_each_time_is_put_in_afterwards(settings):
    settings.KEPT_IS_COMPARED = False
    drawn = []
    page = Template('{% memo who but name %}{{ told }} <a title="{{ name }}">{{ name }}</a>{% endmemo %}')

    def told(who, name):
        return page.render(Context({"who": who, "name": name, "told": lambda: drawn.append(who) or f"for {who}"}))

    assert told("a", "<b>") == 'for a <a title="&lt;b&gt;">&lt;b&gt;</a>'
    assert told("a", "& c") == 'for a <a title="&amp; c">&amp; c</a>'
    assert drawn == ["a"]


def test_what_is_computed_of_what_is_put_in_is_found_out_in_tests():
    page = Template("{% memo but name %}{{ name|length }}{% endmemo %}")
    with pytest.raises(NotTheSame):
        page.render(Context({"name": "one"}))


def test_lists_can_be_hung_on():
    page = Template("{% memo tags %}{% for tag in tags %}{{ tag.name }}{% endfor %}{% endmemo %}")
    assert [page.render(Context({"tags": [{"name": name}]})) for name in ("a", "b", "a")] == ["a", "b", "a"]


def test_what_is_hung_on_is_read_as_a_template_reads_it(settings):
    settings.KEPT_IS_COMPARED = False
    page = Template("{% memo thing.name thing.count.x missing.name thing.said %}{{ thing.name }}{{ thing.said }}{% endmemo %}")
    things = [
        {"name": "item", "said": lambda: "called"},
        {"name": "item", "said": lambda: "called anew"},
        SimpleNamespace(name="attribute", said="", count=SimpleNamespace(x=1)),
    ]
    assert [page.render(Context({"thing": thing})) for thing in things] == ["itemcalled", "itemcalled anew", "attribute"]
