from common.markdown import read
from forum.quoting import quotation


def test_says_whose_words_these_are_and_where_they_stand():
    text = quotation("One.\n\nTwo.", author="Maren Ashdowne", number=7, url="/forum/topics/1/posts/7/")
    assert text == "> [Maren Ashdowne, #7](/forum/topics/1/posts/7/#p7)\n>\n> One.\n>\n> Two.\n\n"
    assert read(text).quotes == (7,)


def test_leaves_out_what_was_itself_quoted():
    text = quotation("> Older.\n\nNewer.", author="A", number=2, url="/x/")
    assert "Older" not in text
    assert "> Newer." in text
    assert "Older" in quotation("> Older.", author="A", number=2, url="/x/")


def test_a_name_cannot_leave_its_link():
    html = read(quotation("x", author="](javascript:alert(1)) [<b>", number=2, url="/x/")).html
    assert html.count("<a ") == 1
    assert 'href="/x/#p2"' in html
