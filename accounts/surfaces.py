from collections.abc import Sequence

from django.conf import settings

from accounts import permissions
from accounts.models import Group, RoleProposal, User
from common.rules import Rule, Sample
from common.surfaces import Surface

SURFACES = (
    Surface("url", "accounts:account", "signed-in", note="links to one's own pages"),
    Surface("url", "accounts:profile", "signed-in", note="one's own facts"),
    Surface("url", "accounts:audience", "signed-in", note="one's own facts"),
    Surface("url", "accounts:picture", "signed-in", note="one's own picture"),
    Surface("url", "accounts:picture_off", "signed-in", note="a redirect"),
    Surface("url", "accounts:avatar", "visible", note="a picture, for whoever was shown its address"),
    Surface("url", "accounts:person", "member", note="a member's name, facts as they chose, and roles"),
    Surface("url", "accounts:block", "member", note="a redirect"),
    Surface("url", "accounts:unblock", "signed-in", note="a redirect"),
    Surface("url", "accounts:practice", "signed-in", note="a form, and one's own practice"),
    Surface("url", "accounts:blocked", "signed-in", note="names that one chose oneself"),
    Surface("url", "accounts:groups", "signed-in", note="one's own groups"),
    Surface("url", "accounts:group", "group", note="names of its people, for them and for the desks"),
    Surface("url", "accounts:group_add", "group", note="names of members, for the group's owners"),
    Surface("url", "accounts:group_remove", "group", note="a question"),
    Surface("url", "accounts:group_owner", "group", note="a redirect"),
    Surface("url", "accounts:group_owner_no_more", "group", note="a redirect"),
    Surface("url", "accounts:group_leave", "group", note="a question"),
    Surface("url", "accounts:group_edit", "administrator", note="a form"),
    Surface("url", "accounts:group_close", "administrator", note="a question"),
    Surface("url", "accounts:group_desk", "officer", note="names of groups"),
    Surface("url", "accounts:group_new", "administrator", note="a form"),
    Surface("url", "accounts:roles", "officer", note="who holds which role"),
    Surface("url", "accounts:returned", "officer", note="addresses that mail comes back from"),
    Surface("url", "accounts:returned_again", "officer", note="a redirect"),
    Surface("url", "accounts:doubt_missing", "officer", note="a redirect"),
    Surface("url", "accounts:doubt_arrived", "officer", note="a redirect"),
    Surface("url", "accounts:role_find", "officer", note="names of members"),
    Surface("url", "accounts:role_give", "officer", note="a form"),
    Surface("url", "accounts:role_take", "officer", note="a question"),
    Surface("url", "accounts:proposal_grant", "officer", note="a redirect"),
    Surface("url", "accounts:proposal_decline", "officer", note="a redirect"),
    Surface("url", "accounts:proposal_withdraw", "officer", note="a redirect"),
    Surface("url", "accounts:person_facts", "administrator", note="what is known of a member and where it is from"),
    Surface("url", "accounts:verify_fact", "administrator", note="a button"),
    Surface("url", "accounts:register", "administrator", note="names and counts of files; trustees look"),
    Surface("url", "accounts:register_run", "administrator", note="counts; trustees look"),
    Surface("url", "accounts:register_columns", "administrator", note="headings and samples of the register's file"),
    Surface("url", "accounts:register_lines", "administrator", note="lines of the register; trustees look"),
    Surface("url", "accounts:register_faults", "administrator", note="faulty lines of the register; trustees look"),
    Surface("url", "accounts:register_apply", "administrator", note="a button"),
    Surface("url", "accounts:register_recheck", "administrator", note="a button"),
    Surface("url", "accounts:register_drop", "administrator", note="a button"),
    Surface("url", "accounts:register_invite", "administrator", note="a button"),
    Surface("url", "accounts:claim", "public", note="a form"),
    Surface("url", "accounts:claim_sent", "public", note="a sentence"),
    Surface("url", "accounts:claim_link", "token", note="one's own line of the register; a form"),
    Surface("url", "accounts:authorship", "member", note="a form; one's own claims"),
    Surface("url", "accounts:authorship_claims", "administrator", note="names and claims; no posts"),
    Surface("url", "accounts:authorship_claim", "administrator", note="a claim with its proof; no posts"),
    Surface("mail", "accounts.invitation", "token", note="a link to open an account"),
    Surface(
        "mail", "accounts.claim", "token", note="a link to open an account or attach a membership, or word that there is none"
    ),
    Surface("task", "accounts.work_on_registers", "staff", note="the register's lines"),
    Surface("url", "account_login", "public", note="a form"),
    Surface("url", "account_logout", "public", note="a form; a signed-out reader is sent home"),
    Surface("url", "account_inactive", "public", note="a sentence"),
    Surface("url", "account_signup", "public", note="a form"),
    Surface("url", "account_reauthenticate", "signed-in", note="a form"),
    Surface("url", "account_email", "signed-in", note="one's own addresses"),
    Surface("url", "account_email_verification_sent", "public", note="a sentence"),
    Surface("url", "account_confirm_email", "token", note="a button; the address behind the key"),
    Surface("url", "account_change_password", "signed-in", note="a form"),
    Surface("url", "account_set_password", "signed-in", note="a form"),
    Surface("url", "account_reset_password", "public", note="a form"),
    Surface("url", "account_reset_password_done", "public", note="a sentence"),
    Surface("url", "account_reset_password_from_key", "token", note="a form"),
    Surface("url", "account_reset_password_from_key_done", "public", note="a sentence"),
    Surface("url", "account_request_login_code", "public", note="a form"),
    Surface("url", "account_confirm_login_code", "token", note="a form; the session holds the ticket"),
    Surface("url", "accounts:sessions", "signed-in", note="where one is signed in oneself"),
    Surface("url", "accounts:end_session", "signed-in", note="ends one of one's own sessions"),
    Surface("url", "accounts:end_other_sessions", "signed-in", note="ends one's own other sessions"),
    Surface("url", "accounts:recovery", "signed-in", note="one's own second address"),
    Surface("url", "accounts:remove_recovery", "signed-in", note="takes one's own second address off"),
    Surface("url", "accounts:confirm_recovery", "token", note="a button; the address behind the key"),
    Surface("url", "accounts:totp_picture", "signed-in", note="a QR code of the secret in one's own session"),
    Surface("url", "accounts:copy", "signed-in", note="what a copy of one's own data holds"),
    Surface("url", "accounts:copy_file", "signed-in", note="one's own data, after signing in anew"),
    Surface("url", "accounts:close", "signed-in", note="a form"),
    Surface("url", "accounts:stay", "signed-in", note="keeps one's own account"),
    Surface("url", "accounts:keep", "token", note="a button; until when the account can be kept"),
    Surface("url", "accounts:close_person", "officer", note="a form"),
    Surface("url", "accounts:closings", "officer", note="names of those whose accounts close, and why"),
    Surface("url", "accounts:closing_agree", "officer", note="a redirect"),
    Surface("url", "accounts:closing_off", "officer", note="a redirect"),
    Surface("task", "accounts.erase_closed_accounts", "staff", note="ids"),
    Surface("url", "terms", "public", note="the terms"),
    Surface("url", "accept_terms", "signed-in", note="notes that one accepts the terms"),
    Surface("url", "mfa_index", "signed-in", note="one's own second steps"),
    Surface("url", "mfa_authenticate", "token", note="a form in the middle of signing in"),
    Surface("url", "mfa_reauthenticate", "signed-in", note="a form"),
    Surface("url", "mfa_activate_totp", "signed-in", note="a secret made for oneself"),
    Surface("url", "mfa_deactivate_totp", "signed-in", note="a form"),
    Surface("url", "mfa_view_recovery_codes", "signed-in", note="one's own recovery codes, after signing in anew"),
    Surface("url", "mfa_generate_recovery_codes", "signed-in", note="a form"),
    Surface("url", "mfa_download_recovery_codes", "signed-in", note="one's own recovery codes, after signing in anew"),
    Surface("url", "mfa_list_webauthn", "signed-in", note="one's own passkeys"),
    Surface("url", "mfa_add_webauthn", "signed-in", note="a form"),
    Surface("url", "mfa_reauthenticate_webauthn", "signed-in", note="a form"),
    Surface("url", "mfa_remove_webauthn", "signed-in", note="a form; one's own passkey"),
    Surface("url", "mfa_edit_webauthn", "signed-in", note="a form; one's own passkey"),
    Surface("url", "mfa_login_webauthn", "token", note="the same challenge for anybody; a signature comes back"),
    Surface("url", "openid_connect_login", "token", note="a button that leads to a provider of the settings"),
    Surface("url", "openid_connect_callback", "token", note="back from a provider; the session holds the state"),
    Surface("url", "socialaccount_login_cancelled", "public", note="a sentence"),
    Surface("url", "socialaccount_signup", "token", note="a form; the session holds who came"),
    Surface("url", "socialaccount_connections", "signed-in", note="one's own providers"),
    Surface("mail", "accounts.confirm_address", "token", note="a link to confirm"),
    Surface("mail", "accounts.account_exists", "token", note="links to sign in"),
    Surface("mail", "accounts.reset_password", "token", note="a link to choose a password"),
    Surface("mail", "accounts.unknown_account", "token", note="a link to sign up"),
    Surface("mail", "accounts.account_changed", "token", note="a sentence about the account"),
    Surface("mail", "accounts.login_code", "token", note="a code to sign in by"),
    Surface("mail", "accounts.confirm_recovery", "token", note="a link to confirm a second address"),
    Surface("mail", "accounts.account_closes", "token", note="a link to keep one's own account"),
    Surface("mail", "accounts.role", "signed-in", note="a sentence about one's own role"),
    Surface("mail", "accounts.officers", "officer", note="a sentence about a role"),
    Surface("notice", "accounts.group_joined", "group", note="the name of a group one is in"),
    Surface("notice", "accounts.role", "signed-in", note="a sentence about one's own role"),
    Surface("notice", "accounts.closing", "officer", note="the name of somebody whose account is to be closed, while it waits"),
    Surface("notice", "accounts.officers", "officer", note="a sentence about a role"),
    Surface("task", "accounts.tell_of_ending_roles", "staff", note="ids"),
)

_GROUP_ID, _SOMEBODY, _PROPOSER = 1, 900, 901
_WORDS = {
    "member": "A practice manager in membership: reads and writes in the forum, answers consultations.",
    "moderator": "Keeps the forum in order; not what is private to a group.",
    "organiser": "Writes and runs consultations and the weekly.",
    "director": "May do what an organiser may, and decides with another officer who is director or administrator.",
    "administrator": "Keeps roles, groups and categories. Reads nothing private by it.",
    "trustee": "Reads what members read and looks at the desks; changes nothing.",
}


def sample_people() -> Sequence[Sample]:
    """Somebody of every kind, in no database, for the table in docs/permissions.md (settings.SAMPLE_PEOPLE)."""
    kinds = [
        Sample("visitor", User(is_active=False)),
        Sample("account only", _sample(1)),
        *(Sample(role, _sample(number, role), words) for number, (role, words) in enumerate(_WORDS.items(), start=2)),
        Sample("in the group", _sample(10, "member", groups=[_GROUP_ID])),
        Sample("owner of it", _sample(11, "member", groups=[_GROUP_ID], owns=[_GROUP_ID])),
    ]
    return tuple(kinds)


def _sample(pk: int, *roles: str, groups: Sequence[int] = (), owns: Sequence[int] = ()) -> User:
    person = User(pk=pk, display_name="Somebody", terms_version=settings.TERMS_VERSION)
    held = {"role_names": list(roles), "group_ids": list(groups), "owned_ids": list(owns)}
    told = {"suspended_until": None, "member_ended_at": None, "has_second_factor": True, "practice_codes": ()}
    for name, value in (held | told).items():
        setattr(person, name, value)
    return person


_THE_GROUP = Group(pk=_GROUP_ID, name="The group")
_PROPOSAL = RoleProposal(user_id=_SOMEBODY, proposed_by_id=_PROPOSER, role="director")

RULES = (
    Rule("see profiles", permissions.can_see_person),
    Rule("have feeds of one’s own", permissions.can_have_own_feeds),
    Rule("block somebody", lambda user: permissions.can_block(user, User(pk=_SOMEBODY))),
    Rule("look at roles, groups and categories", permissions.can_look_at_desks),
    Rule("see whose mail comes back, and write again", permissions.can_see_returned_mail),
    Rule("give and take moderator, organiser, trustee", lambda user: permissions.can_give_role(user, to=_SOMEBODY)),
    Rule("propose a director or administrator", lambda user: permissions.can_give_role(user, to=_SOMEBODY)),
    Rule("grant what another officer proposed", lambda user: permissions.can_second(user, _PROPOSAL)),
    Rule("close one’s own account for good", permissions.can_close_account),
    Rule("close the account of somebody who asked", lambda user: permissions.can_close_for_another(user, whose=_SOMEBODY)),
    Rule("make, rename and close groups, name an owner", permissions.can_keep_groups),
    Rule("see who is in the group", lambda user: permissions.can_see_group(user, _THE_GROUP)),
    Rule("add and remove people of the group", lambda user: permissions.can_run_group(user, _THE_GROUP)),
    Rule("see the style guide", permissions.can_see_styleguide),
)
