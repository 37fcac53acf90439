"""The receipt's pages and files: whose they are, and that a stranger can check what is in them."""

import json
import subprocess
import sys

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from consultation.actions.closing import close_what_is_due
from consultation.models import Response
from tests.consultation.factories import (
    AFTER_CLOSE,
    DAY,
    a_draft,
    a_person,
    a_published_one,
    a_response,
    an_open_one,
    an_organiser,
)
from tests.consultation.pages import address, client_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("while_it_is_open")]


def test_a_stranger_checks_a_receipt_with_the_files_and_the_script_that_the_site_gives(tmp_path):
    consultation, member = an_open_one(), a_person()
    a_response(consultation, by=member, why="Été, “said” the <b>manager</b>.")
    a_response(consultation)
    close_what_is_due(at=AFTER_CLOSE)
    slug = consultation.slug
    for name, answer in {
        "receipt.json": client_of(member).get(address("receipt_file", slug)),
        "root.json": Client().get(address("root", slug)),
        "leaves.txt": Client().get(address("leaves", slug)),
        "keys.json": Client().get(address("keys_file")),
        "verify_receipt.py": Client().get(address("verify_script")),
    }.items():
        (tmp_path / name).write_bytes(answer.content)
    command = [sys.executable, "-I", "verify_receipt.py", "receipt.json", "root.json", "leaves.txt", "keys.json"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Été, “said” the <b>manager</b>." in done.stdout
    assert len((tmp_path / "leaves.txt").read_text().splitlines()) == 2


def test_a_receipt_is_its_owners_alone_and_kept_by_no_cache():
    consultation, member = an_open_one(), a_person()
    a_response(consultation, by=member)
    where = address("receipt_file", consultation.slug)
    answer = client_of(member).get(where)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="receipt-{consultation.slug}.json"'
    assert json.loads(answer.content)["consultation"] == consultation.slug
    assert client_of(a_person()).get(where).status_code == 404
    assert Client().get(where).status_code == 302


def test_nothing_is_published_before_the_close():
    consultation = an_open_one()
    a_response(consultation)
    for name in ("root", "leaves"):
        assert Client().get(address(name, consultation.slug)).status_code == 404
        assert Client().get(address(name, a_draft().slug)).status_code == 404
    page = Client().get(address("verify", consultation.slug)).content.decode()
    assert "from the close on" in page
    assert "data-root" not in page


def test_the_receipt_page_leads_to_the_file_the_check_and_the_way_back():
    consultation, member = an_open_one(), a_person()
    a_response(consultation, by=member)
    page = client_of(member).get(address("receipt", consultation.slug)).content.decode()
    for name in ("receipt_file", "verify", "take_back"):
        assert f'href="{address(name, consultation.slug)}"' in page
    assert "not what you sent" not in page


def test_one_deletes_ones_answer_on_a_page_that_says_what_it_means():
    consultation, member = an_open_one(), a_person()
    a_response(consultation, by=member)
    client, where = client_of(member), address("take_back", consultation.slug)
    assert "You can answer again until the close" in client.get(where).content.decode()
    assert Response.objects.filter(user=member).exists(), "a page that is read changes nothing"
    assert client.post(where, follow=True).redirect_chain == [(consultation.get_absolute_url(), 302)]
    assert not Response.objects.filter(user=member).exists()
    assert client.get(where).status_code == 404
    assert Client().get(where).status_code == 302


def test_after_publication_the_answer_stays_and_the_page_says_why():
    consultation = a_published_one(answers=1)
    client = client_of(Response.objects.get(consultation=consultation).user)
    assert client.get(address("take_back", consultation.slug)).status_code == 403
    page = client.get(address("receipt", consultation.slug)).content.decode()
    assert "what was counted stays counted" in page
    assert "Delete your answer" not in page


def test_the_keys_are_a_page_and_a_file():
    assert "Nothing was signed yet" in Client().get(address("keys")).content.decode()
    a_response(an_open_one())
    told = json.loads(Client().get(address("keys_file")).content)
    assert told["format"] == "plenary keys 1"
    assert told["keys"][0]["key"] in Client().get(address("keys")).content.decode()


def test_the_check_page_says_what_it_shows_and_where_the_script_is():
    consultation = a_published_one(answers=3)
    with time_machine.travel(AFTER_CLOSE + DAY, tick=False):
        page = Client().get(address("verify", consultation.slug)).content.decode()
    assert consultation.root.spelt in page
    assert "What it does not show" in page
    assert f'href="{address("verify_script")}"' in page
    assert (settings.BASE_DIR / "docs" / "verify_receipt.py").read_text() == Client().get(
        address("verify_script")
    ).content.decode()


def test_how_it_was_run_judges_each_rule_from_what_is_kept():
    by = an_organiser()
    published = a_published_one(by=by, answers=3)
    page = Client().get(address("run", published.slug)).content.decode()
    for promised in (
        "3 − 0 taken back − 0 erased − 0 excluded = 3 counted.",
        published.root.spelt,
        "3 options were put",
        "Not yet",
    ):
        assert promised in page
    assert "Fails" not in page
    draft = client_of(by).get(address("run", a_draft(by=by).slug)).content.decode()
    assert "Holds" not in draft
    one = an_open_one(by=by, title="Asked with one option")
    one.documents.all().delete()
    assert "Not told: something to read before answering." in Client().get(address("run", one.slug)).content.decode()
