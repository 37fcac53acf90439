import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.linkcards import link_card
from common.markdown import render, sanitise


@pytest.mark.parametrize(
    ("address", "kind", "host"),
    [
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ", "Video", "youtube.com"),
        ("https://youtu.be/dQw4w9WgXcQ?t=3", "Video", "youtu.be"),
        ("https://m.youtube.com/shorts/abc", "Video", "m.youtube.com"),
        ("https://vimeo.com/12345", "Video", "vimeo.com"),
        ("https://open.spotify.com/episode/4rOoJ6Egrf8K2IrywzwOMk", "Podcast", "open.spotify.com"),
        ("https://podcasts.apple.com/gb/podcast/some-show/id1?i=2", "Podcast", "podcasts.apple.com"),
        ("https://www.bbc.co.uk/sounds/play/m001", "Programme", "bbc.co.uk"),
        ("https://shows.acast.com/general-practice/ep1", "Podcast", "shows.acast.com"),
        ("https://www.buzzsprout.com/123/episodes/4", "Podcast", "buzzsprout.com"),
        ("https://soundcloud.com/somebody/something", "Recording", "soundcloud.com"),
        ("https://example.org/a/talk.MP3?x=1", "Recording", "example.org"),
        ("http://example.org/a/talk.mp4", "Video", "example.org"),
    ],
)
def test_what_is_heard_or_watched_is_told_from_its_address(address, kind, host):
    told = link_card(address)
    assert (told.kind, told.host) == (kind, host)
    html = render(f"Listen:\n\n{address}\n\nWhat do you think?")
    assert f'<p class="linkcard"><a href="{address}" rel="nofollow ugc noopener">' in html
    assert f"<small>{kind}, opens at {host}</small></p>" in html
    assert sanitise(html) == html


@pytest.mark.parametrize(
    "address",
    [
        "https://www.youtube.com/about/",
        "https://notyoutube.com/watch?v=1",
        "https://youtube.com.evil.example/watch?v=1",
        "https://open.spotify.com/user/1",
        "https://www.bbc.co.uk/news/1",
        "https://example.org/talk.mp3.html",
        "javascript:alert(1)//youtube.com/watch",
        "ftp://youtube.com/watch?v=1",
        "/forum/talk.mp3",
        "https://[broken/watch",
        "",
    ],
)
def test_any_other_link_stays_a_link(address):
    assert link_card(address) is None


def test_a_link_among_words_stays_among_them_and_one_with_words_keeps_them():
    assert "linkcard" not in render("See https://youtu.be/dQw4w9WgXcQ for it.")
    assert "linkcard" not in render("[one](https://vimeo.com/1) [two](https://vimeo.com/2)")
    assert ">The *whole* talk</a>".replace("*whole*", "<em>whole</em>") in render("[The *whole* talk](https://vimeo.com/12345)")


def test_nobody_else_s_class_comes_through():
    html = sanitise('<p class="linkcard evil btn" style="x"><a href="/" class="btn">x</a></p><div class="linkcard">y</div>')
    assert html == '<p class="linkcard"><a href="/" rel="nofollow ugc noopener">x</a></p>y'


@given(st.text(max_size=80))
def test_any_address_is_read(address):
    link_card(address)
    link_card(f"https://{address}")
