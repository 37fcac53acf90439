from django.urls import include, path

from accounts.views import authorship, claiming, facts, profile, register

_ours = (
    [
        path("", profile.account, name="account"),
        path("profile/", profile.profile, name="profile"),
        path("people/<slug:handle>/", profile.person, name="person"),
        path("people/<slug:handle>/facts/", facts.person_facts, name="person_facts"),
        path("people/<slug:handle>/facts/<slug:field>/verify/", facts.verify, name="verify_fact"),
        path("register/", register.register, name="register"),
        path("register/<int:pk>/", register.register_run, name="register_run"),
        path("register/<int:pk>/columns/", register.register_columns, name="register_columns"),
        path("register/<int:pk>/lines/<slug:part>/", register.register_lines, name="register_lines"),
        path("register/<int:pk>/faults.csv", register.register_faults, name="register_faults"),
        path("register/<int:pk>/apply/", register.register_apply, name="register_apply"),
        path("register/<int:pk>/recheck/", register.register_recheck, name="register_recheck"),
        path("register/<int:pk>/drop/", register.register_drop, name="register_drop"),
        path("register/<int:pk>/invite/", register.register_invite, name="register_invite"),
        path("claim/", claiming.claim, name="claim"),
        path("claim/sent/", claiming.claim_sent, name="claim_sent"),
        path("claim/link/<str:token>/", claiming.claim_link, name="claim_link"),
        path("authorship/", authorship.authorship, name="authorship"),
        path("authorship/claims/", authorship.authorship_claims, name="authorship_claims"),
        path("authorship/claims/<int:pk>/", authorship.authorship_claim, name="authorship_claim"),
    ],
    "accounts",
)
urlpatterns = [path("", include(_ours)), path("", include("allauth.account.urls"))]
