from digest.notes import note_text, whole_links


def test_links_become_numbers_with_their_addresses_below(settings):
    html = '<p>Read <a href="/forum/topics/1-a/" rel="x">the thread</a> &amp; <a href="https://e.org/?a=1&amp;b=2">this</a>.</p><p>Bye.</p>'
    home = f"[1] {settings.SITE_URL}/forum/topics/1-a/\n[2] https://e.org/?a=1&b=2"
    assert note_text(html) == f"Read the thread [1] & this [2].\n\nBye.\n\n{home}"


def test_a_bare_address_is_said_once():
    assert note_text('<p>See <a href="https://e.org/a">https://e.org/a</a></p>') == "See https://e.org/a"


def test_a_long_line_is_folded_between_words():
    assert max(map(len, note_text(f"<p>{'word ' * 60}</p>").split("\n"))) <= 72


def test_links_to_the_site_work_outside_it(settings):
    assert whole_links('<a href="/a/">x</a>') == f'<a href="{settings.SITE_URL}/a/">x</a>'
    assert whole_links('<a href="//e.org/a">x</a><a href="https://e.org">y</a>') == (
        '<a href="//e.org/a">x</a><a href="https://e.org">y</a>'
    )


def test_lists_and_quotations_keep_their_marks():
    html = "<ul><li>one</li><li>two</li></ul><ol><li>first</li><li>second</li></ol><blockquote><p>said</p></blockquote><p>end</p>"
    assert note_text(html).split("\n\n") == ["* one", "* two", "1. first", "2. second", "> said", "end"]
