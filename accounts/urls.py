from allauth.mfa.base import views as base
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.socialaccount.views import connections, login_cancelled, signup
from django.urls import include, path

from accounts.views import factors, profile, provider, recovery, sessions

_ours = (
    [
        path("", profile.account, name="account"),
        path("profile/", profile.profile, name="profile"),
        path("people/<slug:handle>/", profile.person, name="person"),
        path("sessions/", sessions.sessions, name="sessions"),
        path("sessions/<int:session_id>/end/", sessions.end, name="end_session"),
        path("sessions/end-others/", sessions.end_others, name="end_other_sessions"),
        path("recovery/", recovery.recovery, name="recovery"),
        path("recovery/remove/", recovery.remove, name="remove_recovery"),
        path("recovery/confirm/<str:key>/", recovery.confirm, name="confirm_recovery"),
        path("2fa/totp/picture.svg", factors.totp_picture, name="totp_picture"),
    ],
    "accounts",
)
_providers = [
    path("<slug:provider_id>/login/", provider.leave, name="openid_connect_login"),
    path("<slug:provider_id>/login/callback/", provider.come_back, name="openid_connect_callback"),
    path("cancelled/", login_cancelled, name="socialaccount_login_cancelled"),
    path("signup/", signup, name="socialaccount_signup"),
    path("", connections, name="socialaccount_connections"),
]
_second_steps = [
    path("", base.index, name="mfa_index"),
    path("authenticate/", base.authenticate, name="mfa_authenticate"),
    path("reauthenticate/", base.reauthenticate, name="mfa_reauthenticate"),
    path("totp/activate/", totp.activate_totp, name="mfa_activate_totp"),
    path("totp/deactivate/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("recovery-codes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("recovery-codes/generate/", recovery_codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("recovery-codes/download/", recovery_codes.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("passkeys/", webauthn.list_webauthn, name="mfa_list_webauthn"),
    path("passkeys/add/", webauthn.add_webauthn, name="mfa_add_webauthn"),
    path("passkeys/login/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path("passkeys/reauthenticate/", webauthn.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("passkeys/<int:pk>/remove/", webauthn.remove_webauthn, name="mfa_remove_webauthn"),
    path("passkeys/<int:pk>/edit/", webauthn.edit_webauthn, name="mfa_edit_webauthn"),
]
urlpatterns = [
    path("", include(_ours)),
    path("oidc/", include(_providers)),
    path("2fa/", include(_second_steps)),
    path("", include("allauth.account.urls")),
]
