"""Files as answers: kept as what they are, theirs who gave them, counted and not published, gone when nobody names them."""

from dataclasses import replace
from datetime import time, timedelta
from io import BytesIO

import pytest
from django.core.cache import cache
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from common.clock import london_day, london_moment
from common.scanning import ScannerAway
from consultation.actions.answering import save_answers
from consultation.actions.closing import close_what_is_due
from consultation.actions.entries import begin_entry
from consultation.actions.files import AnswerFileRefused, add_answer_file, scan_what_was_kept, sweep_answer_files
from consultation.actions.pausing import pause_consultation
from consultation.actions.publishing import publish_results
from consultation.actions.questionnaire import add_question
from consultation.actions.submitting import submit_response
from consultation.actions.writing import change_details
from consultation.models import AnswerFile, Consultation, DraftAnswer, Eligible
from consultation.readers.files import files_left_today
from consultation.readers.outcome import findings
from consultation.readers.questionnaires import questionnaire_of
from consultation.tasks import sweep
from forum.pace import files_key
from tests.consultation.factories import BY_MAIL, DAY, FULL, a_draft, a_person, an_organiser, opened
from tests.forum.factories import CategoryFactory
from tests.visibility.probes import signed_in

pytestmark = pytest.mark.django_db
A_PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n%%EOF\n"


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "attachments": settings.STORAGES["attachments"] | {"OPTIONS": {"location": str(tmp_path), "base_url": None}}
    }


@pytest.fixture
def consultation() -> Consultation:
    """Open since yesterday; its second page asks for up to two files."""
    by, now = an_organiser(), timezone.now()
    made = a_draft(by=by, at=now - 2 * DAY)
    page = made.versions.get().pages.last()
    add_question(page, key="letter", kind="file", text="Your letter?", required=True, settings={"at_most": 2}, by=by, at=now)
    return opened(made, category=CategoryFactory(), by=by, at=now - DAY)


def asked_of(consultation):
    version = consultation.versions.get()
    return next(asked for asked in questionnaire_of(version).questions if asked.key == "letter")


def url(name, consultation, *args):
    return reverse(f"consultation:{name}", args=[consultation.slug, *args])


def sent(*files):
    return {"files": [SimpleUploadedFile(name, data) for name, data in files]}


def kept():
    return DraftAnswer.objects.filter(question__key="letter").values_list("value", flat=True).first()


def close_it(consultation):
    close_what_is_due(at=consultation.closes_at + timedelta(minutes=1))
    consultation.refresh_from_db()


def test_a_member_adds_files_on_a_page_of_their_own_and_sends_them(consultation):
    member, organiser = a_person(), an_organiser()
    client = signed_in(member)
    save_answers(consultation, FULL, by=member, at=timezone.now())
    page = client.get(url("page", consultation, 2)).content.decode()
    assert 'value="files:letter"' in page
    pressed = client.post(url("page", consultation, 2), {"q-why": "Typed and not lost", "go": "files:letter"})
    assert pressed["Location"] == url("files", consultation, "letter")
    assert DraftAnswer.objects.get(question__key="why").value == "Typed and not lost"
    told = client.get(pressed["Location"]).content.decode()
    assert "Up to 10 MB each; 2 more can be added" in told
    assert "Choose a file first." in client.post(pressed["Location"]).content.decode()
    assert client.post(pressed["Location"], sent(("letter.pdf", A_PDF))).status_code == 302
    [file] = AnswerFile.objects.all()
    assert kept() == [{"id": str(file.pk), "name": "letter.pdf", "kind": "pdf", "size": len(A_PDF), "sha256": file.sha256}]
    again = client.post(pressed["Location"], sent(("letter.pdf", A_PDF), ("page.html", b"<html>"))).content.decode()
    assert "this file is there already" in again
    assert "Files of this kind cannot be attached" in again
    assert AnswerFile.objects.count() == 1
    onwards = client.post(url("page", consultation, 2), {"q-route-order:exam": "1", "go": "on"})
    assert onwards["Location"] == url("check", consultation), "what was added counts on its page"
    assert "letter.pdf, 1 KB" in client.get(url("check", consultation)).content.decode()
    assert client.post(url("check", consultation))["Location"] == url("receipt", consultation)
    given = client.get(url("file", consultation, file.pk))
    assert b"".join(given.streaming_content) == A_PDF
    assert given["Content-Disposition"] == 'attachment; filename="letter.pdf"'
    assert given["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert (given["X-Content-Type-Options"], given["Cache-Control"]) == ("nosniff", "private, no-store")
    for stranger in (a_person(), organiser):
        assert signed_in(stranger).get(url("file", consultation, file.pk)).status_code == 404, "nobody looks before the close"
    assert signed_in(organiser).get(url("given_files", consultation)).status_code == 403
    close_it(consultation)
    desk = signed_in(organiser)
    assert url("given_files", consultation) in desk.get(url("detail", consultation)).content.decode()
    assert url("file", consultation, file.pk) in desk.get(url("given_files", consultation)).content.decode()
    assert desk.get(url("file", consultation, file.pk)).status_code == 200
    assert signed_in(a_person()).get(url("file", consultation, file.pk)).status_code == 404
    publish_results(consultation, by=organiser, at=consultation.closed_at + DAY)
    found = {each.asked.key: each for each in findings(consultation)}["letter"]
    assert found.sentence == "1 file came with 1 answer."
    assert "letter.pdf" not in desk.get(url("results", consultation)).content.decode()


def test_a_file_that_is_taken_away_is_gone_unless_a_response_names_it(consultation):
    member = a_person()
    client, asked, now = signed_in(member), asked_of(consultation), timezone.now()
    first = add_answer_file(consultation, asked, name="a.pdf", data=A_PDF, by=member, at=now)
    client.post(url("remove_file", consultation, "letter", first.pk))
    assert not AnswerFile.objects.exists()
    assert not storages["attachments"].exists(first.stored)
    second = add_answer_file(consultation, asked, name="a.pdf", data=A_PDF, by=member, at=now)
    save_answers(consultation, FULL, by=member, at=now)
    submit_response(consultation, by=member, at=now)
    client.post(url("remove_file", consultation, "letter", second.pk))
    assert kept() is None
    assert AnswerFile.objects.get() == second, "what was sent names it"
    assert client.post(url("remove_file", consultation, "letter", second.pk)).status_code == 302


def test_only_so_many_are_taken_and_none_after_the_close(consultation):
    member, asked, now = a_person(), asked_of(consultation), timezone.now()
    for name in ("a.txt", "b.txt"):
        add_answer_file(consultation, asked, name=name, data=name.encode(), by=member, at=now)
    with pytest.raises(AnswerFileRefused, match="2 is the most"):
        add_answer_file(consultation, asked, name="c.txt", data=b"c", by=member, at=now)
    assert AnswerFile.objects.count() == 2
    page = signed_in(member).get(url("files", consultation, "letter")).content.decode()
    assert "2 files are the most" in page
    with pytest.raises(AnswerFileRefused, match="larger than 10 MB"):
        add_answer_file(consultation, asked, name="c.txt", data=b"c" * 10_000_001, by=member, at=now)
    close_it(consultation)
    assert signed_in(member).post(url("files", consultation, "letter"), sent(("d.txt", b"d"))).status_code == 403


def test_a_file_is_added_to_a_draft_also_while_answers_are_paused_and_puts_nobody_on_the_list(consultation):
    now, before = timezone.now(), Eligible.objects.count()
    pause_consultation(consultation, note="A mistake in the costs.", by=an_organiser(), at=now)
    member = a_person()
    assert signed_in(member).post(url("files", consultation, "letter"), sent(("a.txt", b"a"))).status_code == 302
    assert [file["name"] for file in kept()] == ["a.txt"]
    assert "Answers are paused." in signed_in(member).get(url("files", consultation, "letter")).content.decode()
    assert Eligible.objects.count() == before


def test_a_picture_says_nothing_of_where_it_was_taken(consultation):
    member, exif, made = a_person(), Image.Exif(), BytesIO()
    exif[0x010F] = "SecretCameraMaker"
    Image.new("RGB", (40, 20), "teal").save(made, "JPEG", exif=exif.tobytes())
    file = add_answer_file(consultation, asked_of(consultation), name="x.jpg", data=made.getvalue(), by=member, at=timezone.now())
    content = storages["attachments"].open(file.stored).read()
    assert b"Secret" not in content
    assert (file.kind, file.size, Image.open(BytesIO(content)).format) == ("picture", len(content), "WEBP")


class Suspicious:
    """Finds whatever says so; away when it is told to."""

    name = "suspicious"

    def found_in(self, data: bytes) -> str:
        if b"away" in data:
            raise ScannerAway("no line")
        return "Something" if b"virus" in data else ""


def test_where_a_scanner_is_set_up_nothing_is_kept_or_given_out_that_it_did_not_find_clean(consultation, settings):
    member, asked, now = a_person(), asked_of(consultation), timezone.now()
    earlier = add_answer_file(consultation, asked, name="earlier.txt", data=b"before", by=member, at=now)
    settings.FILE_SCANNER = f"{__name__}.Suspicious"
    for data, sentence in ((b"a virus", "found something"), (b"it is away", "cannot be checked for viruses at the moment")):
        with pytest.raises(AnswerFileRefused, match=sentence):
            add_answer_file(consultation, asked, name="x.txt", data=data, by=member, at=now)
    clean = add_answer_file(consultation, asked, name="clean.txt", data=b"clean", by=member, at=now)
    assert clean.scanned_with == "suspicious"
    client = signed_in(member)
    assert client.get(url("file", consultation, clean.pk)).status_code == 200
    assert client.get(url("file", consultation, earlier.pk)).status_code == 404
    assert {file.name for file in AnswerFile.objects.all()} == {"earlier.txt", "clean.txt"}


def test_what_was_kept_before_there_was_a_scanner_is_scanned_later(consultation, settings):
    member, asked, now = a_person(), asked_of(consultation), timezone.now()
    good, bad = (
        add_answer_file(consultation, asked, name=f"{data}.txt", data=data.encode(), by=member, at=now)
        for data in ("fine", "a virus")
    )
    save_answers(consultation, FULL, by=member, at=now)
    submit_response(consultation, by=member, at=now)
    assert scan_what_was_kept() == 0, "no scanner is set up"
    settings.FILE_SCANNER = f"{__name__}.Suspicious"
    assert sweep() == 2
    assert scan_what_was_kept() == 0
    client = signed_in(member)
    assert client.get(url("file", consultation, good.pk)).status_code == 200
    assert client.get(url("file", consultation, bad.pk)).status_code == 404
    assert not storages["attachments"].exists(bad.stored)
    settings.FILE_SCANNER = ""
    assert client.get(url("file", consultation, bad.pk)).status_code == 404, "also when the scanner is gone again"
    close_it(consultation)
    page = signed_in(an_organiser()).get(url("given_files", consultation)).content.decode()
    assert "Deleted: the check for viruses found something in it" in page


def test_what_an_answer_came_as_before_there_was_a_scanner_is_scanned_too(consultation, settings):
    by, member = an_organiser(), a_person()
    files = (("good.txt", b"a floor, please"), ("bad.txt", b"a virus"))
    entry = begin_entry(consultation, member, replace(BY_MAIL, files=files), by=by, at=timezone.now())
    good, bad = entry.sources.get(name="good.txt"), entry.sources.get(name="bad.txt")
    settings.FILE_SCANNER = f"{__name__}.Suspicious"
    client = signed_in(by)
    paths = [reverse("consultation:entry_source", args=[consultation.slug, entry.pk, each.pk]) for each in (good, bad)]
    assert [client.get(path).status_code for path in paths] == [404, 404], "not before"
    assert scan_what_was_kept() == 2
    assert [client.get(path).status_code for path in paths] == [200, 404]
    assert not storages["attachments"].exists(bad.stored)
    page = client.get(reverse("consultation:entry", args=[consultation.slug, entry.pk])).content.decode()
    assert "Ask for it once more" in page


def test_while_the_scanner_is_away_or_the_bytes_are_nothing_is_decided(consultation, settings):
    member, asked, now = a_person(), asked_of(consultation), timezone.now()
    lost = add_answer_file(consultation, asked, name="lost.txt", data=b"lost", by=member, at=now)
    storages["attachments"].delete(lost.stored)
    add_answer_file(consultation, asked, name="x.txt", data=b"it is away", by=member, at=now)
    settings.FILE_SCANNER = f"{__name__}.Suspicious"
    assert scan_what_was_kept() == 0


def test_so_many_files_a_day_and_that_is_told_before(consultation, settings):
    settings.FILES_PER_DAY = 2
    member, asked, now = a_person(), asked_of(consultation), timezone.now()
    client = signed_in(member)
    assert "Today 2 more." in client.get(url("files", consultation, "letter")).content.decode()
    for name in ("a.txt", "b.txt"):
        file = add_answer_file(consultation, asked, name=name, data=name.encode(), by=member, at=now)
    client.post(url("remove_file", consultation, "letter", file.pk))
    assert "Today 0 more: try tomorrow." in client.get(url("files", consultation, "letter")).content.decode()
    with pytest.raises(AnswerFileRefused, match="2 files today, which is the most"):
        add_answer_file(consultation, asked, name="c.txt", data=b"c", by=member, at=now)
    add_answer_file(consultation, asked, name="c.txt", data=b"c", by=member, at=now + DAY)
    cache.clear()


def test_a_confidential_file_tells_the_day_alone_and_is_counted_under_the_tag(settings, tmp_path):
    by, now = an_organiser(), timezone.now()
    draft = change_details(a_draft(by=by, at=now - 2 * DAY), identity_mode="confidential", by=by, at=now)
    page = draft.versions.get().pages.last()
    add_question(page, key="letter", kind="file", text="Your letter?", by=by, at=now)
    consultation, member = opened(draft, category=CategoryFactory(), by=by, at=now - DAY), a_person()
    asked = next(each for each in questionnaire_of(consultation.versions.get()).questions if each.key == "letter")
    assert files_left_today(consultation, by=member, at=now) == settings.FILES_PER_DAY, "no key is made by looking"
    file = add_answer_file(consultation, asked, name="a.txt", data=b"a", by=member, at=now)
    midnight = london_moment(london_day(now), time(0))
    assert file.created_at == midnight
    assert (tmp_path / file.stored).stat().st_mtime == midnight.timestamp()
    assert files_left_today(consultation, by=member, at=now) == settings.FILES_PER_DAY - 1
    assert cache.get(files_key(by=member, at=now)) is None, "not among those of the forum"


def test_the_sweep_deletes_what_no_answer_names_and_nothing_else(consultation):
    member, asked, now = a_person(), asked_of(consultation), timezone.now()
    named = add_answer_file(consultation, asked, name="a.txt", data=b"a", by=member, at=now - 30 * DAY + 30 * DAY)
    lost = add_answer_file(consultation, asked, name="b.txt", data=b"b", by=member, at=now)
    DraftAnswer.objects.filter(question__key="letter").update(value=[named.told])
    assert sweep_answer_files(at=now + 13 * DAY) == 0
    assert sweep_answer_files(at=now + 15 * DAY) == 1
    assert AnswerFile.objects.get() == named
    assert not storages["attachments"].exists(lost.stored)
    assert sweep_answer_files(at=now + 15 * DAY) == 0


def test_a_question_that_asks_for_no_files_has_no_such_page(consultation):
    client = signed_in(a_person())
    assert client.get(url("files", consultation, "why")).status_code == 404
    assert client.get(url("file", consultation, "00000000-0000-0000-0000-000000000000")).status_code == 404
    stays = client.post(url("page", consultation, 2), {"go": "files:../x"})
    assert stays["Location"].startswith(f"{url('page', consultation, 2)}?wrong="), "no such question"
