from django.urls import include, path

from accounts.views import profile

_ours = (
    [
        path("", profile.account, name="account"),
        path("profile/", profile.profile, name="profile"),
        path("people/<slug:handle>/", profile.person, name="person"),
    ],
    "accounts",
)
urlpatterns = [path("", include(_ours)), path("", include("allauth.account.urls"))]
