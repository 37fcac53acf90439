from django.urls import include, path

from accounts.views import terms

urlpatterns = [
    path("", include("home.urls")),
    path("", include("common.urls")),
    path("accounts/", include("accounts.urls")),
    path("terms/", terms.terms, name="terms"),
    path("terms/accept/", terms.accept, name="accept_terms"),
    path("consultations/", include("consultation.urls")),
    path("weekly/", include("digest.urls")),
    path("notices/", include("notifications.urls")),
    path("mail/", include("mail.urls")),
    path("moderation/", include("moderation.urls")),
    path("search/", include("search.urls")),
    path("", include("forum.urls")),  # the most, so all others are found without a look at them
]
handler400 = "common.views.errors.bad_request"
handler403 = "common.views.errors.forbidden"
handler404 = "common.views.errors.not_found"
handler500 = "common.views.errors.server_error"
