"""A name goes out of what others wrote, and nothing else does."""

import pytest

from forum.leaving_names import without_attribution, without_mentions
from forum.quoting import quotation


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Thanks, @zed-q!", "Thanks, a former member!"),
        ("Thanks, @ZED-Q.", "Thanks, a former member."),
        ("@zed-quorndon is another", "@zed-quorndon is another"),
        ("mail zed@zed-q.example", "mail zed@zed-q.example"),
        ("<p>@zed-q, <b>@zed</b></p>", "<p>a former member, <b>@zed</b></p>"),
    ],
)
def test_mentions_go(before, after):
    assert without_mentions(before, ["zed-q"]) == after


def test_the_line_over_a_quotation_goes_by_name_and_by_place():
    named = quotation("Mine.", author="Zed [Q]", number=2, url="/forum/topics/7-rotas/")
    once = quotation("Mine.", author="Old Name", number=2, url="/forum/topics/7-a-title-it-had/?view=time")
    others = quotation("Mine.", author="Old Name", number=3, url="/forum/topics/7-rotas/")
    told = without_attribution(named + once + others, ["Zed [Q]"], {(7, 2)})
    assert told.count("> [a former member, #2](/forum/topics/7-") == 2
    assert "[Old Name, #3]" in told
    assert "Zed" not in told


def test_in_html_too():
    html = (
        '<blockquote><p><a href="/forum/topics/7-rotas/#p2" rel="x">A &amp; B, #2</a></p></blockquote><a href="/x">A &amp; B</a>'
    )
    told = without_attribution(html, ["A & B"], set())
    assert told == html.replace(">A &amp; B, #2<", ">a former member, #2<")
