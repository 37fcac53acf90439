"""The forum's addresses, from the root: an imported topic keeps the ones it had (`/t/…`)."""

from django.urls import path

from forum import feeds
from forum.views import desk, history, lists, own_feeds, persons, reactions, reading, removal, topics, writing

app_name = "forum"
urlpatterns = [
    path("forum/", lists.index, name="index"),
    path("forum/preview/", writing.preview, name="preview"),
    path("forum/drafts/", reading.draft, name="draft"),
    path("forum/categories/<slug:slug>/", lists.category, name="category"),
    path("forum/categories/<slug:slug>/read/", lists.category_read, name="category_read"),
    path("forum/categories/<slug:slug>/start/", writing.start, name="start"),
    path("forum/mine/", persons.mine, name="mine"),
    path("forum/people/<slug:handle>/", persons.posts_of, name="posts_of"),
    path("forum/people/<slug:handle>/topics/", persons.topics_of, name="topics_of"),
    path("forum/desk/", desk.desk, name="desk"),
    path("forum/desk/new/", desk.new, name="category_new"),
    path("forum/desk/<slug:slug>/", desk.edit, name="category_edit"),
    path("forum/topics/<int:pk>-<slug:slug>/", topics.topic, name="topic"),
    path("forum/topics/<int:pk>-<slug:slug>/in-time/", topics.topic_in_time, name="topic_in_time"),
    path("forum/topics/<int:pk>/reply/", writing.reply, name="reply"),
    path("forum/topics/<int:pk>/read/", reading.read, name="read"),
    path("forum/topics/<int:pk>/follow/", reading.follow, name="follow"),
    path("forum/topics/<int:pk>/bookmark/", reading.bookmark, name="bookmark"),
    path("forum/topics/<int:pk>/throw-away/", reading.throw_away, name="throw_away"),
    path("forum/topics/<int:pk>/unlock/", removal.unlock, name="unlock"),
    path("forum/topics/<int:pk>/posts/<int:number>/", topics.post, name="post"),
    path("forum/topics/<int:pk>/posts/<int:number>/part/", topics.post_part, name="post_part"),
    path("forum/topics/<int:pk>/posts/<int:number>/replies/", topics.replies, name="replies"),
    path("forum/topics/<int:pk>/posts/<int:number>/react/", reactions.react, name="react"),
    path("forum/topics/<int:pk>/posts/<int:number>/edit/", writing.edit, name="edit"),
    path("forum/topics/<int:pk>/posts/<int:number>/history/", history.history, name="history"),
    path("forum/topics/<int:pk>/posts/<int:number>/raw/", history.raw, name="raw"),
    path("forum/topics/<int:pk>/posts/<int:number>/withdraw/", removal.withdraw, name="withdraw"),
    path("forum/categories/<slug:slug>/feed/", feeds.category_feed, name="category_feed"),
    path("forum/topics/<int:pk>/feed/", feeds.topic_feed, name="topic_feed"),
    path("forum/tags/<slug:slug>/feed/", feeds.tag_feed, name="tag_feed"),
    path("feeds/", own_feeds.own_feeds, name="own_feeds"),
    path("feeds/make/", own_feeds.make_own_feeds, name="make_own_feeds"),
    path("feeds/end/", own_feeds.end_own_feeds, name="end_own_feeds"),
    path("feeds/own/<str:token>/categories/<slug:slug>/", feeds.category_feed, name="own_category_feed"),
    path("feeds/own/<str:token>/topics/<int:pk>/", feeds.topic_feed, name="own_topic_feed"),
    path("feeds/own/<str:token>/tags/<slug:slug>/", feeds.tag_feed, name="own_tag_feed"),
    path("t/<str:slug>/<int:source_id>/<int:number>", topics.old_url, name="old_url"),
    path("t/<str:slug>/<int:source_id>", topics.old_url, name="old_topic_url"),
]
