from common.rules import Rule
from common.surfaces import Surface
from forum import permissions
from forum.models import Category, Post, Topic

SURFACES = (
    Surface("url", "forum:index", "public", "posts"),
    Surface("url", "forum:category", "visible", "posts"),
    Surface("url", "forum:mine", "signed-in", "posts"),
    Surface("url", "forum:posts_of", "member", "posts"),
    Surface("url", "forum:topics_of", "member", "posts"),
    Surface("url", "forum:desk", "officer", note="names of categories, and who reads them"),
    Surface("url", "forum:category_new", "administrator", note="a form"),
    Surface("url", "forum:category_edit", "administrator", note="a form"),
    Surface("url", "forum:topic", "visible", "posts"),
    Surface("url", "forum:topic_in_time", "visible", "posts"),
    Surface("url", "forum:replies", "visible", "posts"),
    Surface("url", "forum:post", "visible", note="a redirect to the page where the post stands"),
    Surface("url", "forum:post_part", "visible", "posts"),
    Surface("url", "forum:raw", "visible", "posts"),
    Surface("url", "forum:history", "signed-in", "posts"),
    Surface("url", "forum:start", "signed-in", note="a form, and one's own draft"),
    Surface("url", "forum:reply", "signed-in", "posts"),
    Surface("url", "forum:edit", "signed-in", "posts"),
    Surface("url", "forum:withdraw", "signed-in", note="a question about one's own post"),
    Surface("url", "forum:preview", "signed-in", note="one's own text, drawn"),
    Surface("url", "forum:react", "signed-in", note="counts under a post one may read"),
    Surface("url", "forum:draft", "signed-in", note="one's own words"),
    Surface("url", "forum:formatting", "signed-in", note="how to format a text"),
    Surface("url", "forum:drafts", "signed-in", "posts"),
    Surface("url", "forum:draft_discard", "signed-in", note="one's own words"),
    Surface("url", "forum:people_to_name", "signed-in", note="handles and names of people who may read the place"),
    Surface("url", "forum:restore", "moderator", "posts"),
    Surface("url", "forum:take_away", "moderator", "posts"),
    Surface("url", "forum:throw_away", "signed-in", note="a redirect"),
    Surface("url", "forum:read", "signed-in", note="an empty answer or a redirect"),
    Surface("url", "forum:follow", "signed-in", note="a redirect"),
    Surface("url", "forum:bookmark", "signed-in", note="a redirect"),
    Surface("url", "forum:category_read", "signed-in", note="a redirect"),
    Surface("url", "forum:unlock", "moderator", note="a redirect"),
    Surface("url", "forum:old_url", "visible", note="a redirect to a topic that the reader may know of, else nothing"),
    Surface("url", "forum:old_topic_url", "visible", note="a redirect to a topic that the reader may know of, else nothing"),
    Surface("mail", "forum.reply", "visible", "posts"),
    Surface("mail", "forum.mention", "visible", "posts"),
    Surface("mail", "forum.put_back", "visible", "posts"),
    Surface("notice", "forum.put_back", "visible", "posts"),
    Surface("notice", "forum.reply", "visible", "posts"),
    Surface("notice", "forum.mention", "visible", "posts"),
    Surface("socket", "topic", "visible", note="ids only; the page fetches the part by its own address"),
)

_GROUP_ID, _SOMEBODY = 1, 900
_PUBLIC, _MEMBERS = Category(access="public"), Category(access="members")
_PRIVATE = Category(access="group", group_id=_GROUP_ID)


def _topic(category: Category) -> Topic:
    return Topic(category=category, author_id=_SOMEBODY)


def _post(category: Category) -> Post:
    return Post(topic=_topic(category), author_id=_SOMEBODY)


RULES = (
    Rule("read an open category", lambda user: permissions.can_see_category(user, _PUBLIC)),
    Rule("read one for members", lambda user: permissions.can_see_category(user, _MEMBERS)),
    Rule("read one private to the group", lambda user: permissions.can_see_category(user, _PRIVATE)),
    Rule("start a topic", lambda user: permissions.can_start(user, _PUBLIC)),
    Rule("reply", lambda user: permissions.can_reply(user, _topic(_PUBLIC))),
    Rule("react to another’s post", lambda user: permissions.can_react(user, _post(_PUBLIC))),
    Rule("see what a post said before", lambda user: permissions.can_see_history(user, _post(_PUBLIC))),
    Rule("put back what a post said, or take a version away", lambda user: permissions.can_keep_history(user, _post(_PUBLIC))),
    Rule("start a topic private to the group", lambda user: permissions.can_start(user, _PRIVATE)),
    Rule("follow a topic", lambda user: permissions.can_follow(user, _topic(_PUBLIC))),
    Rule("hide and lock, where it is open or for members", lambda user: permissions.can_moderate(user, _MEMBERS)),
    Rule("hide and lock, where it is private to the group", lambda user: permissions.can_moderate(user, _PRIVATE)),
    Rule("make and change categories", permissions.can_keep_categories),
)
