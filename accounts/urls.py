from allauth.mfa.base import views as base
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.socialaccount.views import connections, login_cancelled, signup
from django.urls import include, path

from accounts.views import factors, groups, profile, provider, recovery, roles, sessions, showing

_ours = (
    [
        path("", profile.account, name="account"),
        path("profile/", profile.profile, name="profile"),
        path("profile/audience/", showing.audience, name="audience"),
        path("profile/picture/", showing.picture, name="picture"),
        path("profile/picture/remove/", showing.picture_off, name="picture_off"),
        path("pictures/<int:pk>-<slug:digest>.webp", showing.avatar, name="avatar"),
        path("people/<slug:handle>/", profile.person, name="person"),
        path("sessions/", sessions.sessions, name="sessions"),
        path("sessions/<int:session_id>/end/", sessions.end, name="end_session"),
        path("sessions/end-others/", sessions.end_others, name="end_other_sessions"),
        path("recovery/", recovery.recovery, name="recovery"),
        path("recovery/remove/", recovery.remove, name="remove_recovery"),
        path("recovery/confirm/<str:key>/", recovery.confirm, name="confirm_recovery"),
        path("2fa/totp/picture.svg", factors.totp_picture, name="totp_picture"),
        path("people/<slug:handle>/block/", showing.block, name="block"),
        path("people/<slug:handle>/unblock/", showing.unblock, name="unblock"),
        path("blocked/", showing.blocked, name="blocked"),
        path("groups/", groups.mine, name="groups"),
        path("groups/<slug:slug>/", groups.group, name="group"),
        path("groups/<slug:slug>/add/", groups.add, name="group_add"),
        path("groups/<slug:slug>/people/<slug:handle>/remove/", groups.remove, name="group_remove"),
        path("groups/<slug:slug>/people/<slug:handle>/owner/", groups.owner, name="group_owner"),
        path("groups/<slug:slug>/people/<slug:handle>/owner/end/", groups.owner_no_more, name="group_owner_no_more"),
        path("groups/<slug:slug>/leave/", groups.leave, name="group_leave"),
        path("groups/<slug:slug>/edit/", groups.edit, name="group_edit"),
        path("groups/<slug:slug>/close/", groups.close, name="group_close"),
        path("desk/groups/", groups.desk, name="group_desk"),
        path("desk/groups/new/", groups.new, name="group_new"),
        path("desk/roles/", roles.roles, name="roles"),
        path("desk/roles/give/", roles.find, name="role_find"),
        path("desk/roles/give/<slug:handle>/", roles.give, name="role_give"),
        path("desk/roles/<int:pk>/take/", roles.take, name="role_take"),
        path("desk/roles/proposals/<int:pk>/grant/", roles.grant, name="proposal_grant"),
        path("desk/roles/proposals/<int:pk>/decline/", roles.decline, name="proposal_decline"),
        path("desk/roles/proposals/<int:pk>/withdraw/", roles.withdraw, name="proposal_withdraw"),
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
