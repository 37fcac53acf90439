"""Each page by whom it is for, on a desk and on a phone, in light and in dark: axe, our policy, the console, sideways scroll."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from django.urls import resolve
from django.utils import timezone
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from accounts.actions.closing import close_own_account, propose_closing
from accounts.models import User
from accounts.tokens import keeping_key
from common.surfaces import all_surfaces
from mail.addresses import address_for
from mail.bounces import note_trouble
from mail.models import Address, Mail
from tests.accounts.factories import UserFactory
from tests.browser.driver import assert_page_is_sound, axe_on_every_page, begin_afresh, forget_console, press, show
from tests.browser.site import Site, sign_in
from tests.journeys.world import World, build_world
from tests.project.test_surfaces import address

pytestmark = pytest.mark.browser
T, C = "/forum/topics/{topic.pk}", "/consultations"
VISITOR = [
    *("/", "/forum/", "/forum/categories/{category.slug}/", "/forum/categories/{category.slug}/?order=unanswered"),
    *(
        "/forum/categories/{empty.slug}/",
        T + "-{topic.slug}/",
        T + "-{topic.slug}/in-time/",
        T + "/posts/2/",
        T + "/posts/6/replies/",
    ),
    *(f"{C}/", f"{C}/outcomes/", f"{C}/{{answered.slug}}/", f"{C}/{{withdrawn.slug}}/", f"{C}/{{closed.slug}}/"),
    *(f"{C}/{{answered.slug}}/{page}/" for page in ("compare", "questions", "run", "paths")),
    *(f"{C}/keys/", f"{C}/{{closed.slug}}/verify/", f"{C}/{{published.slug}}/verify/"),
    *(f"{C}/{{answered.slug}}/evidence/", f"{C}/{{published.slug}}/evidence/"),
    *(f"{C}/{{published.slug}}/responses/{query}" for query in ("", "?q=job", "?q=nothingatall")),
    f"{C}/{{begun.slug}}/questions/",
    *(f"{C}/{{published.slug}}/", f"{C}/{{published.slug}}/results/", f"{C}/{{published.slug}}/run/"),
    *(
        "/weekly/",
        "/weekly/{edition}/",
        "/weekly/subscribe/sent/",
        "/weekly/forgotten/",
        "/weekly/archive/",
        "/weekly/outcomes/",
        "/weekly/outcomes/archive/",
        "/weekly/m/{manage_token}/why/",
        "/weekly/m/{manage_token}/forget/",
        "/weekly/move/{move_token}/",
        "/weekly/read/{read_token}/",
        "/weekly/confirm/{confirm_token}/",
        "/weekly/confirm/{confirm_token}/not-me/",
        "/weekly/m/{manage_token}/",
        "/forum/mute/{mute_token}/",
        "/notices/daily/{no_daily_token}/",
    ),
    *("/forum/tags/", "/forum/tags/exam/", T + "/posts/11/poll/", "/forum/categories/{category.slug}/?order=answered"),
    *(
        "/appearance/keys/",
        "/forum/latest/",
        "/forum/top/",
        T + "/jump/",
        T + "/jump/?page=99",
        T + "/print/",
        T + "/print/whole/",
    ),
    *(
        "/search/",
        "/search/?q=exam",
        "/search/?q=nothing+has+this",
        "/search/?q=pm+exam+is:question",
        "/search/?q=exam+after:tomorrow+is:funny",
        "/search/similar/?title=a+national+exam",
        "/appearance/",
    ),
    *("/accounts/login/", "/accounts/signup/", "/accounts/inactive/", "/accounts/confirm-email/", "/accounts/password/reset/"),
    *("/accounts/login/code/", "/accounts/oidc/cancelled/", "/accounts/recovery/confirm/worn-out/", "/terms/"),
    *("/accounts/password/reset/done/", "/accounts/password/reset/key/done/", "/accounts/confirm-email/{email_key}/"),
    *(
        "/accounts/confirm-email/worn-out/",
        "/accounts/password/reset/key/{reset_key}/",
        "/accounts/password/reset/key/1-worn-out/",
    ),
    *("/accounts/claim/", "/accounts/claim/sent/", "/accounts/claim/link/{claim_token}/", "/accounts/close/link/{keeping_key}/"),
    "/accounts/close/link/worn-out/",
]
MEMBER = [
    *(
        "/notices/",
        "/notices/preferences/",
        "/",
        "/forum/",
        "/forum/categories/{category.slug}/",
        "/weekly/",
        "/weekly/mine/",
        "/weekly/mine/outcomes/",
    ),
    *(T + "-{topic.slug}/", T + "-{topic.slug}/in-time/", "/forum/topics/{locked.pk}-{locked.slug}/", T + "/reply/?to=2"),
    *(T + "/reply/?quote=2", T + "/posts/1/edit/", T + "/posts/1/withdraw/", T + "/posts/11/history/", T + "/posts/2/history/"),
    *("/forum/start/", "/forum/categories/{empty.slug}/start/"),
    *(f"{C}/", f"{C}/{{answered.slug}}/", f"{C}/{{answered.slug}}/answer/receipt/"),
    *(f"{C}/{{begun.slug}}/{page}/" for page in ("answer/1", "answer/2", "answer/check", "run")),
    f"{C}/{{answered.slug}}/answer/confirm/",
    *(f"{C}/{{answered.slug}}/evidence/posts/{{{name}}}/" for name in ("offered", "asked_for")),
    *(f"{C}/{{answered.slug}}/evidence/mine/", f"{C}/{{begun.slug}}/evidence/mine/", f"{C}/{{answered.slug}}/answer/shown/"),
    *(f"{C}/{{answered.slug}}/answer/2/", f"{C}/{{answered.slug}}/answer/take-back/", f"{C}/evidence/{{topic.pk}}/1/"),
    *(f"{C}/{{begun.slug}}/", f"{C}/{{published.slug}}/results/", "/accounts/", "/accounts/profile/", "/accounts/people/member/"),
    *("/accounts/people/organiser/", "/accounts/email/", "/accounts/password/change/", "/accounts/logout/"),
    *("/accounts/authorship/", "/accounts/claim/link/{claim_token}/"),
    *("/accounts/2fa/", "/accounts/2fa/passkeys/", "/accounts/sessions/", "/accounts/oidc/", "/terms/"),
    *("/accounts/copy/", "/accounts/close/"),
    *("/accounts/reauthenticate/", "/weekly/{edition}/", "/search/?q=exam", "/moderation/reports/", "/moderation/decisions/"),
    *("/moderation/decisions/{told}/", "/moderation/report/topics/{topic.pk}/posts/2/", "/moderation/report/topics/{locked.pk}/"),
    *(T + "/tags/", T + "/posts/12/answer/", T + "/posts/11/poll/"),
    *("/forum/drafts/", "/forum/formatting/", "/forum/drafts/{unfinished}/delete/"),
    *("/moderation/report/people/organiser/", "/feeds/"),
]
M = "/moderation"
MODERATOR = [
    *(T + "-{topic.slug}/", "/forum/topics/{locked.pk}-{locked.slug}/", f"{M}/", f"{M}/?show=mine", f"{M}/?show=decided"),
    *(f"{M}/cases/{{case}}/", f"{M}/cases/{{settled}}/", f"{M}/cases/{{settled}}/reverse/", f"{M}/words/"),
    *(T + f"/{noun}/" for noun in ("split", "split/posts", "merge", "move", "archive", "pin", "corrected-title")),
    *("/forum/tags/exam/name/", "/forum/categories/{empty.slug}/start/"),
    *(
        f"{M}/topics/{{topic.pk}}/",
        f"{M}/topics/{{topic.pk}}/posts/3/",
        f"{M}/topics/{{topic.pk}}/posts/3/erase/",
        f"{M}/people/newcomer/",
        "/accounts/people/newcomer/",
    ),
    *(f"{T}/posts/11/history/{page}" for page in ("", "?from=1&to=2", "1/restore/", "1/take-away/")),
]
ORGANISER = [
    *("/", f"{C}/", f"{C}/new/", f"{C}/{{draft.slug}}/", f"{C}/{{answered.slug}}/", f"{C}/{{closed.slug}}/publish/"),
    *(f"{C}/{{answered.slug}}/evidence/{page}/" for page in ("waiting", "posts/{unconsidered}", "posts/{offered}")),
    *(
        f"{C}/{{begun.slug}}/evidence/waiting/",
        f"{C}/{{begun.slug}}/evidence/waiting/?show=aside",
        f"{C}/{{answered.slug}}/evidence/",
    ),
    *(f"{C}/{{closed.slug}}/showing/{page}" for page in ("", "?wait=second", "{undecided}/", "{for_a_second}/")),
    *(f"{C}/{{begun.slug}}/edit/", f"{C}/{{begun.slug}}/version/", f"{C}/{{begun.slug}}/version/removal/"),
    *(f"{C}/{{answered.slug}}/version/", f"{C}/{{paused.slug}}/version/", f"{C}/{{paused.slug}}/version/publication/"),
    *(f"{C}/{{answered.slug}}/extend/", f"{C}/{{answered.slug}}/withdraw/", f"{C}/{{published.slug}}/outcome/"),
    *(
        f"{C}/{{draft.slug}}/{page}/"
        for page in ("edit", "edit/details", "open", "preview/1", "preview/2", "preview/2/frame", "edit/options/new")
    ),
    *(f"{C}/{{draft.slug}}/{page}/" for page in ("walk", "paths", "edit/bring", "edit/pages/{page}/condition")),
    *(f"{C}/{{draft.slug}}/edit/questions/{{question}}/condition/?about=fact:nation", f"{C}/import/"),
    *(f"{C}/templates/", f"{C}/templates/accreditation-routes/"),
    *(f"{C}/{{draft.slug}}/edit/{page}/new/" for page in ("discarded", "documents", "pages")),
    *(f"{C}/{{draft.slug}}/edit/{part}/" for part in ("options/{option}", "pages/{page}", "questions/{question}")),
    *(f"{C}/{{draft.slug}}/edit/{part}/" for part in ("documents/{document}", "discarded/{discarded}")),
    *(f"{C}/{{draft.slug}}/edit/{part}/" for part in ("pages/{page}/questions/new", "pages/{page}/remove")),
    *(f"{C}/{{bare.slug}}/edit/", f"{C}/{{bare.slug}}/open/", "/weekly/edit/", "/weekly/edit/weekly/preview/visitor/"),
    *(
        "/weekly/edit/weekly/preview/member/",
        "/weekly/edit/weekly/preview/editor/?name=er",
        *("/weekly/edit/streams/", "/weekly/edit/outcomes/"),
        "/weekly/runs/",
        "/weekly/runs/{run}/",
        "/weekly/runs/{run}/abort/",
        "/styleguide/",
    ),
]
MEMBER += [
    *("/forum/unread/", "/forum/new/", "/forum/followed/", "/forum/follows/?level=tracking", "/forum/bookmarks/", "/forum/read/"),
    *(T + "/posts/1/reacted/", T + "/posts/2/bookmark/", T + "/posts/2/block/", "/forum/categories/{category.slug}/read/"),
    *("/accounts/profile/audience/", "/accounts/profile/picture/", "/accounts/blocked/", "/accounts/groups/"),
    *(
        "/accounts/groups/panel/",
        "/accounts/groups/panel/add/",
        "/accounts/groups/panel/add/?q=er",
        "/accounts/groups/panel/leave/",
    ),
    *("/accounts/groups/panel/people/newcomer/remove/", "/forum/mine/", "/forum/people/member/", "/forum/people/member/topics/"),
    *("/forum/categories/{private.slug}/", "/accounts/people/moderator/"),
]
ADMINISTRATOR = [
    *("/", "/accounts/desk/groups/", "/accounts/desk/groups/new/", "/accounts/groups/panel/", "/accounts/groups/panel/add/?q=er"),
    *(
        "/accounts/groups/panel/edit/",
        "/accounts/groups/panel/close/",
        "/accounts/desk/roles/",
        "/accounts/desk/roles/give/?q=er",
    ),
    *("/accounts/desk/roles/give/member/", "/accounts/desk/roles/{grant}/take/", "/accounts/people/member/"),
    *("/forum/desk/", "/forum/desk/new/", "/forum/desk/{private.slug}/", "/accounts/desk/mail/"),
    *("/accounts/desk/closings/", "/accounts/people/member/close/"),
]
ORGANISER += [
    *(f"{C}/desk/", f"{C}/{{scheduled.slug}}/", f"{C}/{{scheduled.slug}}/schedule/end/", f"{C}/{{paused.slug}}/"),
    *(f"{C}/{{draft.slug}}/{page}/" for page in ("review", "preflight", "audience", "audience/count", "audience/list")),
    *(f"{C}/{{ready.slug}}/{page}/" for page in ("open", "schedule")),
    *(f"{C}/{{draft.slug}}/audience/list/?q=er", f"{C}/{{bare.slug}}/preflight/", f"{C}/{{bare.slug}}/review/"),
    *(f"{C}/{{answered.slug}}/{page}/" for page in ("pause", "participation", "faq/new", "corrections/new")),
    *(f"{C}/{{begun.slug}}/{page}/" for page in ("faq/{faq}", "faq/{faq}/remove", "participation/wales/5-10k/invitation")),
    *(f"{C}/{{paused.slug}}/pause/end/", f"{C}/{{closed.slug}}/analysis/", f"{C}/{{analysing.slug}}/report/"),
    *(f"{C}/{{published.slug}}/follow-up/", f"{C}/{{followed_up.slug}}/archive/", f"{C}/{{followed_up.slug}}/results/"),
]
VISITOR += [f"{C}/{{answered.slug}}/participation/", f"{C}/{{scheduled.slug}}/", f"{C}/{{followed_up.slug}}/run/"]
MEMBER += [f"{C}/{{paused.slug}}/", f"{C}/{{paused.slug}}/answer/1/"]
ORGANISER += [f"{C}/{{published.slug}}/showing/{page}" for page in ("?wait=analysis", "questions/", "questions/new/")]
ORGANISER += [f"{C}/{{closed.slug}}/showing/{{undecided}}/question/"]
MEMBER += [f"{C}/{{published.slug}}/answer/questions/{{inquiry}}/", f"{C}/{{published.slug}}/answer/receipt/"]
MEMBER += [f"{C}/{{detached.slug}}/", f"{C}/{{detached.slug}}/answer/receipt/"]
ORGANISER += [f"{C}/{{detached.slug}}/words/"]
MEMBER += [f"{C}/{{confidential.slug}}/{page}" for page in ("", "answer/check/", "answer/receipt/")]
MEMBER += [f"{C}/{{hidden.slug}}/answer/questions/{{asked_hidden}}/"]
ORGANISER += [f"{C}/{{hidden.slug}}/showing/{{unasked}}/question/"]
VISITOR += [f"{C}/{{archived.slug}}/{page}" for page in ("", "results/", "run/")]
VISITOR += [f"{C}/{{detached.slug}}/verify/"]
ORGANISER += [f"{C}/{{closed.slug}}/exclusions/"]
ORGANISER += [f"{C}/texts/{page}" for page in ("", "new/", "code-of-conduct/edit/")] + [
    f"{C}/{{draft.slug}}/edit/documents/text/"
]
VISITOR += [f"{C}/texts/code-of-conduct/{page}/" for page in ("2", "2/changes")]
MEMBER += [f"{C}/{{by_paragraph.slug}}/answer/3/", f"{C}/{{by_paragraph.slug}}/questions/"]
TRUSTEE = ["/", "/accounts/desk/roles/", "/accounts/desk/groups/", "/forum/desk/", "/forum/", "/accounts/groups/"]
DIRECTOR = ["/", "/accounts/desk/roles/", f"{C}/{{closed.slug}}/", f"{C}/{{published.slug}}/results/"]
REGISTER = "/accounts/register"
ADMINISTRATOR += [
    *(f"{REGISTER}/", f"{REGISTER}/{{applied_register}}/", f"{REGISTER}/{{checked_register}}/"),
    *(f"{REGISTER}/{{checked_register}}/{page}/" for page in ("columns", "lines/changes", "lines/faults", "lines/joins")),
    *(f"{REGISTER}/{{checked_register}}/lines/{part}/" for part in ("lapses", "unlisted")),
    *("/accounts/authorship/claims/", "/accounts/authorship/claims/{authorship}/", "/accounts/people/member/facts/"),
]
S, SEAT = f"{C}/{{shared.slug}}", "organisation-{organisation}"
MEMBER += [
    *(f"{S}/", f"{S}/organisations/", f"{S}/organisations/new/"),
    *(f"{S}/organisations/{{organisation}}/{page}" for page in ("", "?q=er", "statement/", "leaving/")),
    *(f"{S}/for/{SEAT}/answer/{page}/" for page in ("1", "2", "check", "receipt", "shown", "confirm", "take-back")),
]
ORGANISER += [
    *(
        f"{S}/paper/",
        f"{S}/paper/new/member/",
        f"{S}/paper/new/organisation/",
        f"{S}/paper/{{typed}}/",
        f"{S}/paper/{{to_check}}/",
    ),
    *(f"{S}/paper/{{typed}}/removal/", f"{S}/for/paper-{{typed}}/answer/1/"),
]
DIRECTOR += [f"{S}/paper/{{to_check}}/"]
ORGANISER += [f"{S}/paper/new/public/"]
VISITOR += [f"{S}/", f"{S}/public/", f"{S}/public/sent/", f"{S}/public/link/{{guest_token}}/"]
VISITOR += ["/forum/pseudonyms/about/"]
MEMBER += ["/forum/topics/{waiting.pk}/title/", "/forum/pseudonyms/", "/accounts/practice/"]
MODERATOR += [T + "/posts/10/open/"]
ADMINISTRATOR += [
    "/weekly/lists/",
    "/weekly/lists/{subscriber_list}/",
    "/forum/openings/",
    "/forum/openings/passphrase/",
    "/forum/openings/{opening}/",
    "/forum/openings/keys/{officer_key}/",
]
PAGES = {
    "visitor": VISITOR,
    "newcomer": [
        "/",
        "/notices/",
        "/moderation/reports/",
        "/weekly/mine/",
        f"{C}/{{begun.slug}}/answer/2/",
        f"{C}/{{detached.slug}}/answer/1/",
        "/accounts/people/newcomer/",
    ],
    "member": MEMBER,
    "moderator": MODERATOR,
    "organiser": ORGANISER,
    "director": DIRECTOR,
    "administrator": ADMINISTRATOR,
    "trustee": TRUSTEE,
    "imported": ["/accounts/password/set/"],
    "guest": [f"{S}/public/answer/{page}" for page in ("", "confirm/", "shown/", "1/", "check/", "receipt/", "take-back/")],
}
REFUSALS = [
    ("visitor", "/no/such/page/"),
    ("visitor", "/accounts/people/member/"),
    ("visitor", f"{C}/{{closed.slug}}/results/"),
    ("member", "/forum/topics/{locked.pk}/reply/"),
    ("member", "/weekly/edit/"),
    ("member", "/accounts/desk/roles/"),
    ("trustee", "/forum/desk/new/"),
    ("visitor", "/accounts/claim/link/worn-out/"),
    ("visitor", "/weekly/confirm/worn-out/"),
    ("visitor", f"{C}/{{shared.slug}}/public/link/wornout/"),
]
WRONG = [
    ("visitor", "/accounts/login/"),
    ("visitor", "/accounts/signup/"),
    ("visitor", "/accounts/password/reset/"),
    ("visitor", "/accounts/login/code/"),
    ("visitor", "/weekly/"),
    ("visitor", "/accounts/claim/"),
    ("visitor", "/accounts/claim/link/{claim_token}/"),
    ("member", "/accounts/authorship/"),
    ("member", "/forum/topics/{waiting.pk}/title/"),
    ("administrator", f"{REGISTER}/"),
    ("administrator", "/weekly/lists/"),
    ("administrator", "/accounts/people/member/close/"),
    ("administrator", f"{REGISTER}/{{checked_register}}/columns/"),
    ("administrator", "/accounts/authorship/claims/{authorship}/"),
    ("member", "/accounts/profile/"),
    ("member", "/accounts/email/"),
    ("member", "/accounts/password/change/"),
    ("member", "/forum/categories/{empty.slug}/start/"),
    ("member", T + "/reply/?to=2"),
    ("member", T + "/posts/1/edit/"),
    ("newcomer", f"{C}/{{begun.slug}}/answer/1/"),
    ("member", f"{C}/{{shared.slug}}/organisations/new/"),
    ("visitor", f"{C}/{{shared.slug}}/public/"),
    ("visitor", f"{C}/{{shared.slug}}/public/link/{{guest_token}}/"),
    ("newcomer", f"{C}/{{begun.slug}}/answer/2/"),
    ("member", "/moderation/report/topics/{topic.pk}/posts/2/"),
    ("moderator", "/moderation/topics/{topic.pk}/"),
    ("moderator", T + "/posts/11/history/1/restore/"),
    ("moderator", T + "/posts/11/history/1/take-away/"),
    ("moderator", "/moderation/cases/{case}/"),
    ("moderator", "/moderation/cases/{settled}/reverse/"),
    ("moderator", "/moderation/words/"),
    ("organiser", f"{C}/new/"),
    ("organiser", f"{C}/{{shared.slug}}/paper/new/member/"),
    ("organiser", f"{C}/templates/priorities/"),
    ("organiser", f"{C}/import/"),
    ("organiser", f"{C}/{{draft.slug}}/edit/details/"),
    ("organiser", f"{C}/{{draft.slug}}/edit/options/new/"),
    ("organiser", f"{C}/{{draft.slug}}/edit/documents/new/"),
    ("organiser", f"{C}/{{draft.slug}}/edit/pages/{{page}}/questions/new/"),
    ("organiser", f"{C}/texts/new/"),
    ("organiser", f"{C}/{{closed.slug}}/exclusions/"),
    ("organiser", f"{C}/{{published.slug}}/showing/questions/new/"),
    ("organiser", f"{C}/{{draft.slug}}/edit/documents/text/"),
    ("organiser", f"{C}/{{ready.slug}}/open/"),
    ("organiser", f"{C}/{{ready.slug}}/schedule/"),
    ("organiser", f"{C}/{{answered.slug}}/extend/"),
    *(("organiser", f"{C}/{{answered.slug}}/{page}/") for page in ("pause", "faq/new", "corrections/new")),
    ("organiser", f"{C}/{{draft.slug}}/audience/list/"),
    ("organiser", f"{C}/{{paused.slug}}/pause/end/"),
    ("organiser", f"{C}/{{answered.slug}}/withdraw/"),
    ("organiser", f"{C}/{{published.slug}}/outcome/"),
    ("imported", "/accounts/password/set/"),
    ("member", "/accounts/profile/picture/"),
    ("administrator", "/accounts/desk/groups/new/"),
    ("administrator", "/accounts/desk/roles/give/member/"),
    ("administrator", "/forum/desk/new/"),
]
"""Forms that are sent with nothing in them."""

NO_PAGES = {
    **dict.fromkeys(
        (
            "healthz",
            "readyz",
            "favicon",
            "notifications:count",
            "notifications:tray",
            "accounts:avatar",
            "forum:post_part",
            "forum:raw",
            "forum:draft",
            "forum:people_to_name",
            "forum:pseudonym_answers",
            "forum:file",
        ),
        "for machines",
    ),
    **dict.fromkeys(
        (
            *("consultation:export", "consultation:schema", "consultation:leaves", "consultation:root"),
            *("consultation:keys_file", "consultation:verify_script", "consultation:receipt_file", "consultation:answer_paper"),
            *("consultation:keys_file", "consultation:verify_script", "consultation:receipt_file"),
            *("consultation:seat_receipt_file", "consultation:seat_answer_paper"),
            *("robots", "sitemap", "sitemap_pages", "sitemap_part", "search:feed", "search:own_feed", "forum:category_feed"),
            *("forum:topic_feed", "forum:tag_feed", "forum:own_category_feed", "forum:own_topic_feed", "forum:own_tag_feed"),
        ),
        "for machines",
    ),
    **dict.fromkeys(("forum:old_url", "forum:old_topic_url", "forum:face_chosen"), "a redirect"),
    **dict.fromkeys(
        (
            *("account_confirm_login_code", "mfa_authenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"),
            *("mfa_activate_totp", "mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes"),
            *("mfa_add_webauthn", "mfa_edit_webauthn", "mfa_remove_webauthn", "accounts:recovery"),
        ),
        "stands behind a step of signing in: test_signing_in.py sees it",
    ),
    **dict.fromkeys(("mfa_login_webauthn", "mfa_download_recovery_codes", "accounts:totp_picture"), "no page"),
    **dict.fromkeys(("openid_connect_login", "openid_connect_callback", "socialaccount_signup"), "only with a provider"),
    "moderation:decide": "where a case's form goes; leads to the case",
    **dict.fromkeys(("digest:subscribe", "digest:stream_subscribe"), "where a form goes; leads to the form"),
    **dict.fromkeys(("digest:feed", "digest:stream_feed"), "a feed"),
    **dict.fromkeys(("digest:record", "digest:mine_record"), "a file to download"),
    "digest:stream_edition": "the page of digest:edition for another stream; tests/digest/test_archive.py opens it",
    "digest:run_books": "a file; tests/digest/test_runs.py reads it",
    **dict.fromkeys(
        ("digest:preview_letter", "digest:letter_styles"), "the mail itself: tests/digest/test_mail_looks.py and test_desk.py"
    ),
    **dict.fromkeys(
        (
            "consultation:file",
            "consultation:seat_file",
            "consultation:entry_source",
            "consultation:entry_receipt",
            "consultation:entry_receipt_file",
        ),
        "a file to download",
    ),
    **dict.fromkeys(
        ("consultation:files", "consultation:seat_files", "consultation:given_files"),
        "tests/consultation/test_kinds_in_a_browser.py sees them",
    ),
    "accounts:register_faults": "a file to download",
    **dict.fromkeys(
        (
            *("consultation:guest_files", "consultation:guest_file"),
            *("consultation:guest_receipt_file", "consultation:guest_answer_paper"),
        ),
        "behind the link of a letter; the pages of one’s own answer, walked by tests/consultation/test_public.py",
    ),
}

Places = dict[str, Any]


@pytest.fixture(scope="module")
def places(django_db_setup, _servers: Site, django_db_blocker) -> Iterator[Places]:  # type: ignore[no-untyped-def]
    """One world for all pages, in the database that the site serves; what stands in a path's braces is found here by name."""
    with django_db_blocker.unblock():
        cache.clear()
        world = build_world()
        _mail_comes_back(world)
        yield vars(world) | _keys() | _accounts_that_close(world) | _parts(world) | {"site": _servers}
        call_command("flush", verbosity=0, interactive=False)
        cache.clear()


def _mail_comes_back(world: World) -> None:
    """From a member's mailbox, who sees it on two pages, and in two further ways from others'; and of one mail nobody knows."""
    now, newcomer = timezone.now(), User.objects.get(handle="newcomer")
    note_trouble(Address.objects.get(account=world.member), what="soft", event_id="m.1", code="5.2.2", at=now)
    note_trouble(Address.objects.get(account=newcomer), what="hard", event_id="m.2", code="5.1.1", at=now)
    reader = address_for("reader@example.org", at=now)
    note_trouble(reader, what="complaint", event_id="m.3", code="", at=now)
    told = {"kind": "accounts.unknown_account", "lane": "critical", "created_at": now, "first_attempt_at": now}
    Mail.objects.create(address=reader, key="doubt", state="uncertain", message_id="<m.1.0a1b2c3d@plenary.example.org>", **told)


def _keys() -> Places:
    unsure = EmailAddress.objects.create(user=UserFactory(), email="unsure@example.org")
    forgetful = UserFactory()
    key = f"{user_pk_to_url_str(forgetful)}-{default_token_generator.make_token(forgetful)}"
    return {"email_key": EmailConfirmationHMAC(unsure).key, "reset_key": key}


def _accounts_that_close(world: World) -> Places:
    """One by its owner, who has the link that keeps it; one that an officer asked for."""
    now = timezone.now()
    propose_closing(UserFactory(), why="died", by=world.director, at=now)
    return {"keeping_key": keeping_key(close_own_account(UserFactory(), at=now))}


def _parts(world: World) -> Places:
    page = world.draft.versions.get().pages.all()[0]
    told = {"document": world.draft.documents.all()[0].pk, "discarded": world.draft.discarded.all()[0].pk}
    return told | {"option": world.draft.options.all()[0].pk, "page": page.pk, "question": page.questions.all()[0].pk}


@pytest.fixture(scope="module")
def window(_chrome: Chrome) -> Iterator[Chrome]:
    """The browser, as somebody leaves it. Each page has axe from its beginning: compiled once, not sent to each anew."""
    begin_afresh(_chrome)
    with axe_on_every_page(_chrome):
        yield _chrome
    begin_afresh(_chrome)


@pytest.fixture(scope="module")
def opened(window: Chrome, places: Places) -> Callable[[str, str], Chrome]:
    """The browser with a page (`path`) in front of somebody (`who`)."""
    now = {"who": "visitor"}

    def open_it(who: str, path: str) -> Chrome:
        if now["who"] != who:
            window.get(f"{places['site'].url}/healthz")  # what a page says as it is left, it says as whom it was opened for
            window.delete_all_cookies()
            if who == "guest":
                window.get(f"{places['site'].url}{S}/public/link/{{known_guest}}/".format(**places))
                press(window, window.find_element(By.CSS_SELECTOR, "main form button.btn"))
            elif who != "visitor":
                sign_in(window, places["site"], places[who])
            now["who"] = who
        show(window)
        forget_console(window)
        window.get(f"{places['site'].url}{path.format(**places)}")
        return window

    return open_it


def assert_is_sound(browser: Chrome, *, expected: str = r"(?!)") -> None:
    """On the desk in light, on the phone in dark."""
    for width, scheme in ((1280, "light"), (390, "dark")):
        show(browser, width=width, scheme=scheme)
        assert_page_is_sound(browser, expected=expected)


@pytest.mark.parametrize(("who", "path"), [(who, path) for who, paths in PAGES.items() for path in paths])
def test_the_page_is_sound(opened, who, path):
    browser = opened(who, path)
    assert_is_sound(browser)
    assert "/accounts/login/" not in browser.current_url or who == "visitor"


@pytest.mark.parametrize(("who", "path"), REFUSALS)
def test_the_refusal_is_sound(opened, who, path):
    browser = opened(who, path)
    assert browser.find_element(By.TAG_NAME, "h1").text
    assert_is_sound(browser, expected=r"status of 4(0[34]|10)")


EMPTIED = """
for (const field of document.querySelectorAll("main form [name]:not([type=hidden])")) {
  if (field.matches("[type=checkbox], [type=radio]")) field.checked = false;
  else if (field.matches("input, textarea, select")) field.value = "";
}
"""


@pytest.mark.parametrize(("who", "path"), WRONG)
def test_the_page_is_sound_when_it_says_what_is_wrong(opened, who, path):
    browser = opened(who, path)
    browser.execute_script(EMPTIED)
    press(browser, browser.find_element(By.CSS_SELECTOR, "main form button.btn:not(.second, .quiet, .sr)"))
    assert browser.title.startswith("Error: ")
    assert_is_sound(browser, expected=r"status of 4(00|22)")


def test_every_page_that_one_can_open_is_among_these(places):
    seen = {resolve(urlsplit(path.format(**places)).path).view_name for paths in PAGES.values() for path in paths}
    client = Client()
    client.force_login(places["organiser"])
    unseen = {surface.name for surface in all_surfaces() if surface.kind == "url"} - seen - set(NO_PAGES)
    assert {name for name in unseen if client.get(address(name)).status_code != 405} == set()


def test_what_is_empty_is_sound(site, browser):
    for person, paths in {
        None: ("/", "/forum/", f"{C}/", f"{C}/outcomes/", "/weekly/", "/search/?q=exam"),
        UserFactory(member=True, organiser=True): ("/forum/", "/notices/", "/weekly/edit/", "/weekly/runs/"),
    }.items():
        if person:
            sign_in(browser, site, person)
        for path in paths:
            browser.get(site.url + path)
            assert_is_sound(browser)
