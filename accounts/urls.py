from django.urls import include, path

from accounts.views import groups, profile, roles, showing

_ours = (
    [
        path("", profile.account, name="account"),
        path("profile/", profile.profile, name="profile"),
        path("profile/audience/", showing.audience, name="audience"),
        path("profile/picture/", showing.picture, name="picture"),
        path("profile/picture/remove/", showing.picture_off, name="picture_off"),
        path("pictures/<int:pk>-<slug:digest>.webp", showing.avatar, name="avatar"),
        path("people/<slug:handle>/", profile.person, name="person"),
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
urlpatterns = [path("", include(_ours)), path("", include("allauth.account.urls"))]
