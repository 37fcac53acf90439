from django.urls import path

from search import feeds
from search.views.results import results
from search.views.similar import similar

app_name = "search"
urlpatterns = [
    path("", results, name="results"),
    path("similar/", similar, name="similar"),
    path("feed/", feeds.search_feed, name="feed"),
    path("own/<str:token>/", feeds.search_feed, name="own_feed"),
]
