from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.actions.register_work import work_on_registers
from accounts.models import Facts, Membership, RegisterRun
from tests.accounts.factories import UserFactory
from tests.accounts.register.conftest import AT
from tests.accounts.register.files import HEADER, csv_of, row
from tests.querycount import assert_queries_do_not_grow

pytestmark = pytest.mark.django_db
LIST = "/accounts/register/"


def now() -> datetime:
    return datetime.now(UTC)


def upload(client, *rows, **how):
    return client.post(LIST, {"file": SimpleUploadedFile("register.csv", csv_of(*rows, **how))})


def body(response) -> str:
    return response.content.decode()


def test_upload_map_check_apply_and_see_the_change(client, keeper):
    client.force_login(keeper)
    to_columns = upload(client, row("M1"), row("M2", nation="Zone 4"), row("M3", nation="Narnia"))
    run = RegisterRun.objects.get()
    assert to_columns["Location"] == reverse("accounts:register_columns", args=[run.pk])
    page = client.get(to_columns["Location"])
    assert "Member No (M1, M2)" in body(page)
    assert "Nation: “zone 4”" in body(page)
    form = page.context["form"]
    told = {name: form[name].value() for name in form.fields} | {"nation-0": "scotland", "is_whole": "on"}
    assert client.post(to_columns["Location"], told)["Location"] == reverse("accounts:register_run", args=[run.pk])
    assert "Being checked" in body(client.get(reverse("accounts:register_run", args=[run.pk])))
    work_on_registers(clock=now)
    assert "What it would do" in body(client.get(reverse("accounts:register_run", args=[run.pk])))
    assert "Narnia" in body(client.get(reverse("accounts:register_lines", args=[run.pk, "faults"])))
    assert "M1" in body(client.get(reverse("accounts:register_lines", args=[run.pk, "joins"])))
    client.post(reverse("accounts:register_apply", args=[run.pk]))
    assert "Being applied" in body(client.get(reverse("accounts:register_run", args=[run.pk])))
    work_on_registers(clock=now)
    assert "What it did" in body(client.get(reverse("accounts:register_run", args=[run.pk])))
    assert Membership.objects.get(number="M2").nation == "scotland"
    again = upload(client, row("M1"), row("M2", nation="zone 4"))
    assert again["Location"].endswith(f"/{RegisterRun.objects.latest('pk').pk}/"), "the columns are remembered"


def test_a_file_that_is_none_is_told_beside_the_field(client, keeper):
    client.force_login(keeper)
    response = client.post(LIST, {"file": SimpleUploadedFile("members.xlsx", b"PK\x03\x04")})
    assert "Excel" in body(response)
    assert "<title>Error:" in body(response)
    assert "this is missing" in body(client.post(LIST, {}))


def test_columns_that_do_not_do_are_told_and_what_was_chosen_stays(client, keeper):
    client.force_login(keeper)
    page = upload(client, row("M1"))["Location"]
    wrong = client.post(page, {"number": "0", "email": "0", "nation": "4"})
    assert "chosen twice" in body(wrong)
    assert wrong.context["form"]["nation"].value() == "4"
    assert client.post(page, {"number": "77", "email": "1"}).status_code == 200


def test_many_lapses_must_be_typed_on_the_page(client, keeper, bring_in, dry_run):
    bring_in(row("M1"), row("M2"))
    run = dry_run(row("M1"))
    client.force_login(keeper)
    apply = reverse("accounts:register_apply", args=[run.pk])
    assert "type how many" in body(client.post(apply, {"lapses": ""}))
    assert "More than a tenth" in body(client.post(apply, {"lapses": "7"}))
    assert client.post(apply, {"lapses": "1"}).status_code == 302
    run.refresh_from_db()
    assert run.state == "applying"


def test_a_stale_run_offers_to_be_checked_again(client, keeper, bring_in, dry_run):
    first = dry_run(row("M1"), at=now())  # what is older than a month is dropped by the work below
    bring_in(row("M2"))
    client.force_login(keeper)
    page = reverse("accounts:register_run", args=[first.pk])
    assert "Another register was applied since" in body(client.get(page))
    assert "Another register" in body(client.post(reverse("accounts:register_apply", args=[first.pk]), follow=True))
    client.post(reverse("accounts:register_recheck", args=[first.pk]))
    work_on_registers(clock=now)
    assert "Apply the register" in body(client.get(page))


def test_faults_come_as_csv_that_no_spreadsheet_runs(client, keeper, dry_run):
    run = dry_run(row("M1", nation="=HYPERLINK(1)"), row("M2", nation="Narnia"), row("M3", nation="＝1＋1"))
    client.force_login(keeper)
    response = client.get(reverse("accounts:register_faults", args=[run.pk]))
    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0] == "Line,Membership number,Column,Value,What is wrong"
    assert lines[1].startswith("2,M1,Nation,'=HYPERLINK(1),")
    assert lines[3].startswith("4,M3,Nation,'＝1"), "a spreadsheet takes a full-width sign for its own"
    assert len(lines) == 4


def test_lines_cost_the_same_however_many_and_go_on(client, keeper, bring_in):
    client.force_login(keeper)
    run = bring_in(*(row(f"A{number}") for number in range(5)))
    page = reverse("accounts:register_lines", args=[run.pk, "joins"])

    def add():
        run.rows.model.objects.bulk_create(
            run.rows.model(run=run, line=9, outcome="join", number=f"B{number}") for number in range(100)
        )

    assert_queries_do_not_grow(page, client, add_rows=add, at_most=5)
    first = client.get(page)
    assert "Further lines" in body(first)
    second = body(client.get(f"{page}?after={first.context['more']}"))
    assert "B60" in second
    assert "B60" not in body(first)
    assert client.get(f"{page}?after=x").status_code == 200
    assert client.get(reverse("accounts:register_lines", args=[run.pk, "secrets"])).status_code == 404
    assert_queries_do_not_grow(LIST, client, add_rows=lambda: bring_in(row("M1")), at_most=7)


def test_once_invited_the_page_does_not_offer_it_again_while_the_mails_are_written(client, keeper, bring_in):
    run = bring_in(row("M1"))
    page, invite = (reverse(f"accounts:{name}", args=[run.pk]) for name in ("register_run", "register_invite"))
    client.force_login(keeper)
    assert "Invite the 1 who has no account" in body(client.get(page))
    client.post(invite)
    after = body(client.get(page))
    assert "Invitations are being written: 1 still to go." in after
    assert "Invite the 1" not in after


def test_a_trustee_looks_and_does_nothing(client, dry_run):
    run = dry_run(row("M1"))
    client.force_login(UserFactory(trustee=True))
    page = body(client.get(reverse("accounts:register_run", args=[run.pk])))
    assert "What it would do" in page
    assert "Apply the register" not in page
    assert "Upload and check" not in body(client.get(LIST))
    assert upload(client, row("M1")).status_code == 403
    for name in ("register_apply", "register_recheck", "register_drop", "register_invite"):
        assert client.post(reverse(f"accounts:{name}", args=[run.pk])).status_code == 403
    assert client.get(reverse("accounts:register_columns", args=[run.pk])).status_code == 403


@pytest.mark.parametrize("role", ["member", "moderator", "organiser", "director"])
def test_nobody_else_comes_in(client, dry_run, role):
    run = dry_run(row("M1"))
    client.force_login(UserFactory(**{role: True}))
    for path in (
        LIST,
        f"{LIST}{run.pk}/",
        f"{LIST}{run.pk}/lines/joins/",
        f"{LIST}{run.pk}/faults.csv",
        f"{LIST}{run.pk}/columns/",
    ):
        assert client.get(path).status_code == 403


def test_what_the_register_says_stands_beside_the_field_and_cannot_be_overwritten(client, bring_in):
    user = UserFactory(email="m1@example.org", member=True)
    bring_in(row("M1", size=""))
    client.force_login(user)
    page = body(client.get(reverse("accounts:profile")))
    assert "From the register, 20 November 2026. Is it wrong? Write to the office" in page
    told = {
        "display_name": "Maren",
        "job": "managing-partner",
        "nation": "england",
        "list_size": "5-10k",
        "years": "",
        "bio": "Hi",
    }
    assert client.post(reverse("accounts:profile"), told).status_code == 302
    facts = Facts.objects.get(user=user)
    assert (facts.nation, facts.job, facts.list_size, facts.bio) == ("wales", "practice-manager", "5-10k", "Hi")
    assert "list_size" not in facts.sources
    assert "Number M1" in body(client.get(reverse("accounts:account")))
    assert "From the register" in body(client.get(reverse("accounts:person", args=[user.handle])))


def test_an_administrator_verifies_what_was_declared(client, keeper):
    user = UserFactory(member=True)
    Facts.objects.create(user=user, nation="wales", years="2-4", updated_at=AT)
    client.force_login(keeper)
    page = reverse("accounts:person_facts", args=[user.handle])
    assert "Declared by the member" in body(client.get(page))
    verify = reverse("accounts:verify_fact", args=[user.handle, "nation"])
    assert "Verified by the institute" in body(client.post(verify, follow=True))
    assert client.post(verify).status_code == 409, "once"
    assert client.post(reverse("accounts:verify_fact", args=[user.handle, "bio"])).status_code == 404
    client.force_login(user)
    assert client.post(verify).status_code == 403
    told = {"display_name": "M", "job": "", "nation": "england", "list_size": "", "years": "2-4", "bio": ""}
    client.post(reverse("accounts:profile"), told)
    assert Facts.objects.get(user=user).sources == {}, "changed, it is declared again"


def test_nobody_verifies_their_own(client, keeper):
    Facts.objects.create(user=keeper, nation="wales", updated_at=AT)
    client.force_login(keeper)
    assert client.post(reverse("accounts:verify_fact", args=[keeper.handle, "nation"])).status_code == 409


def test_dropping_and_a_header_of_another_order(client, keeper):
    client.force_login(keeper)
    upload(client, row("M1"))
    run = RegisterRun.objects.get()
    client.post(reverse("accounts:register_drop", args=[run.pk]))
    assert "Dropped" in body(client.get(LIST))
    assert "This file was dropped" in body(client.get(reverse("accounts:register_run", args=[run.pk])))
    upload(client, row("M1")[::-1], header=HEADER[::-1])
    assert RegisterRun.objects.latest("pk").state == "uploaded"
