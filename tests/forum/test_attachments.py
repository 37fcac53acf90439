"""Files: kept as what they are, shown by the right to read their post, and gone when they should be."""

from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from forum.actions.attachments import FileRefused, bind_attachments, keep_file, sweep_files, take_files_away
from forum.actions.editing import edit_post
from forum.actions.errors import TextRefused
from forum.actions.posts import reply_to_topic
from forum.actions.removal import hide_post, withdraw_post
from forum.actions.topics import start_topic
from forum.mails import post_letter
from forum.models import Attachment, Post
from tests.accounts.factories import UserFactory
from tests.forum.factories import AT, CategoryFactory, PersonaFactory, PostFactory, TopicFactory

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "attachments": settings.STORAGES["attachments"] | {"OPTIONS": {"location": str(tmp_path), "base_url": None}}
    }


def a_picture(size=(800, 400), kind="JPEG", **more) -> bytes:
    made = BytesIO()
    Image.new("RGB", size, "teal").save(made, kind, **more)
    return made.getvalue()


def with_a_place() -> bytes:
    """A JPEG turned by its EXIF, which also says where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[1] = "N"
    exif[0x010F] = "SecretCameraMaker"
    return a_picture((800, 400), exif=exif.tobytes(), comment=b"SecretComment")


def a_docx(**parts: str) -> bytes:
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    return _zip({"[Content_Types].xml": f"<Types><Override ContentType='{main}'/></Types>", "word/document.xml": "<x/>", **parts})


def an_odt() -> bytes:
    return _zip({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<x/>"})


def _zip(parts: dict[str, str]) -> bytes:
    made = BytesIO()
    with ZipFile(made, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()


A_PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n%%EOF\n"


def test_a_picture_is_drawn_anew_in_two_sizes_upright_and_says_nothing_of_where_it_was_taken(member):
    kept = keep_file(by=member, name="C:\\photos\\IMG_1.jpg", data=with_a_place(), at=AT)
    assert (kept.kind, kept.name, kept.width, kept.height) == ("picture", "IMG_1.jpg", 400, 800)
    for place in kept.stored:
        content = storages["attachments"].open(place).read()
        assert b"Secret" not in content
        picture = Image.open(BytesIO(content))
        assert (picture.format, picture.getexif(), picture.info.get("exif")) == ("WEBP", {}, None)
    assert kept.markdown == f"![](/forum/files/{kept.pk}/picture-400x800.webp)"


def test_a_large_picture_is_made_smaller_and_a_moving_one_stands_still(member):
    kept = keep_file(by=member, name="wide.png", data=a_picture((4000, 1000), "PNG"), at=AT)
    sizes = [Image.open(storages["attachments"].open(place)).size for place in kept.stored]
    assert sizes == [(1600, 400), (640, 160)]
    frames = [Image.new("RGB", (60, 60), colour) for colour in ("red", "blue")]
    made = BytesIO()
    frames[0].save(made, "GIF", save_all=True, append_images=frames[1:])
    still = keep_file(by=member, name="moving.gif", data=made.getvalue(), at=AT)
    assert getattr(Image.open(storages["attachments"].open(still.stored[0])), "n_frames", 1) == 1


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("rota.pdf", A_PDF, "pdf"),
        ("policy.docx", a_docx(), "docx"),
        ("policy.odt", an_odt(), "odt"),
        ("sizes.csv", "list,size\nA,4900\nB,£\n".encode(), "csv"),
        ("notes.TXT", b"Ring the surgery.\r\n", "txt"),
        ("named.exe", a_picture(), "picture"),
    ],
)
def test_what_is_what_it_says_is_kept(member, name, data, kind):
    assert keep_file(by=member, name=name, data=data, at=AT).kind == kind


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("empty.txt", b""),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>"),
        ("drawing.txt", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("page.html", b"<!doctype html><p>"),
        ("page.txt", b"\n <!doctype html><p>"),
        ("setup.exe", b"MZ\x90\x00" + b"\0" * 99),
        ("setup.pdf", b"MZ\x90\x00" + b"\0" * 99),
        ("half.pdf", A_PDF[:30]),
        ("policy.docm", a_docx()),
        ("policy.docx", a_docx(**{"word/vbaProject.bin": "x"})),
        ("policy.docx", an_odt()),
        ("policy.xlsx", a_docx()),
        ("policy.odt", a_docx()),
        ("policy.docx", b"PK\x03\x04 and then nothing"),
        ("sizes.csv", b"a,b\0c"),
        ("broken.png", b"\x89PNG\r\n\x1a\n" + b"0" * 50),
        ("none", b"words"),
    ],
)
def test_what_is_not_what_it_says_or_may_do_harm_is_refused_with_its_name(member, name, data):
    with pytest.raises(FileRefused, match=f"^{name}: "):
        keep_file(by=member, name=name, data=data, at=AT)
    assert not Attachment.objects.exists()


def test_a_bomb_is_refused_before_a_pixel_is_drawn(member):
    made = BytesIO()
    Image.new("1", (7_000, 7_000)).save(made, "PNG")
    with pytest.raises(FileRefused, match=r"16 million pixels\. Choose a smaller one, or save it as a plain JPEG"):
        keep_file(by=member, name="bomb.png", data=made.getvalue(), at=AT)


def test_size_number_a_day_and_number_a_post_have_limits(member, settings):
    settings.FILE_MAX_MB = 0
    with pytest.raises(FileRefused, match="larger than 0 MB"):
        keep_file(by=member, name="a.txt", data=b"words", at=AT)
    settings.FILE_MAX_MB, settings.FILES_PER_DAY, settings.FILES_PER_POST = 1, 3, 2
    kept = [keep_file(by=member, name="a.txt", data=b"words", at=AT) for _ in range(3)]
    with pytest.raises(FileRefused, match="3 files today"):
        keep_file(by=member, name="a.txt", data=b"words", at=AT)
    with pytest.raises(TextRefused, match="shows 3 files; 2 is the most"):
        reply_to_topic(TopicFactory(), by=member, body="\n".join(file.markdown for file in kept), at=AT)


def test_only_who_takes_part_sends_files():
    with pytest.raises(PermissionDenied):
        keep_file(by=UserFactory(), name="a.txt", data=b"words", at=AT)


def test_nothing_in_the_table_names_who_sent_a_file_and_the_database_holds_it_to_one_owner(member):
    kept = keep_file(by=member, name="a.txt", data=b"words", at=AT)
    assert {field.name for field in Attachment._meta.get_fields() if field.is_relation} == {"post"}
    with pytest.raises(IntegrityError, match="attachment_is_in_a_post_or_its_sender_s"), transaction.atomic():
        Attachment.objects.filter(pk=kept.pk).update(owner_tag=None)


@pytest.fixture
def shown(member):
    """A picture in a reply of a topic for members."""
    kept = keep_file(by=member, name="plan.png", data=a_picture(kind="PNG"), at=AT)
    post = reply_to_topic(TopicFactory(members_only=True), by=member, body=f"Look.\n\n{kept.markdown_with('A plan')}", at=LATER)
    kept.refresh_from_db()
    return kept, post


def test_the_text_shows_a_picture_small_and_leads_to_the_large_one(shown):
    kept, post = shown
    assert kept.post == post
    assert kept.owner_tag is None
    assert (
        f'<img src="/forum/files/{kept.pk}/small-800x400.webp" alt="A plan" width="640" height="320" loading="lazy">' in post.html
    )
    assert f'<a href="{kept.get_absolute_url()}"' in post.html


def test_a_file_is_given_out_as_its_post_may_be_read_with_safe_headers(client, shown):
    kept, _ = shown
    url = kept.get_absolute_url()
    assert client.get(url).status_code == 404
    client.force_login(UserFactory(member=True))
    answer = client.get(url)
    assert answer.status_code == 200
    assert b"".join(answer)[:4] == b"RIFF"
    assert answer["Content-Type"] == "image/webp"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Cache-Control"] == "private, no-cache"
    assert answer["Content-Disposition"].startswith("inline")
    assert client.get(url, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert client.get(url, {"x": "1"}, headers={"If-None-Match": '"another"'}).status_code == 200
    small = client.get(url.replace("/picture-", "/small-"))
    assert Image.open(BytesIO(b"".join(small))).size == (640, 320)


def assert_parts_are_given_out(client, url, data):
    whole = client.get(url)
    assert (whole.status_code, whole["Accept-Ranges"], whole["Content-Length"]) == (200, "bytes", str(len(data)))
    size, etag = len(data), whole["ETag"]
    for asked, part in (("bytes=2-5", data[2:6]), ("bytes=-4", data[-4:]), (f"bytes={size - 3}-", data[-3:])):
        answer = client.get(url, headers={"Range": asked, "If-Range": etag})
        assert (answer.status_code, answer.content, answer["Content-Length"]) == (206, part, str(len(part)))
        assert answer["Content-Range"] == f"bytes {data.rindex(part)}-{data.rindex(part) + len(part) - 1}/{size}"
        for name in ("ETag", "Cache-Control", "Content-Type", "Content-Disposition", "Content-Security-Policy"):
            assert answer[name] == whole[name]
    for header in ({"Range": "bytes=2-5", "If-Range": '"another"'}, {"Range": "bytes=0-1,3-4"}):
        assert client.get(url, headers=header).status_code == 200
    assert client.head(url, headers={"Range": "bytes=2-5"}).status_code == 200
    assert client.get(url, headers={"Range": "bytes=2-5", "If-None-Match": etag}).status_code == 304
    behind = client.get(url, headers={"Range": f"bytes={size}-"})
    assert (behind.status_code, behind["Content-Range"], behind.content) == (416, f"bytes */{size}", b"")


def test_a_part_of_a_file_is_given_out_by_the_same_right(client, member):
    kept = keep_file(by=member, name="x.pdf", data=A_PDF, at=AT)
    reply_to_topic(TopicFactory(members_only=True), by=member, body=kept.markdown, at=LATER)
    url = kept.get_absolute_url()
    assert client.get(url, headers={"Range": "bytes=0-3"}).status_code == 404
    assert client.get(url, headers={"Range": "bytes=99999999-"}).status_code == 404
    client.force_login(UserFactory(member=True))
    assert_parts_are_given_out(client, url, A_PDF)


def test_a_file_costs_a_visitor_one_statement(client, member):
    kept = keep_file(by=member, name="a.txt", data=b"words", at=AT)
    reply_to_topic(TopicFactory(), by=member, body=kept.markdown, at=LATER)
    with CaptureQueriesContext(connection) as told:
        assert client.get(kept.get_absolute_url()).status_code == 200
    assert len(told) == 1


def test_a_letter_about_a_post_links_to_its_picture_and_carries_none(shown, member):
    _, post = shown
    letter = post_letter(post, sentence="Somebody replied", user=member, at=LATER)
    assert "<img" not in letter.html
    assert f"{settings.SITE_URL}/forum/files/" in letter.html
    assert "A plan" in letter.text


def test_a_document_is_downloaded_under_its_own_name_and_never_shown(client, member):
    kept = keep_file(by=member, name="Rota für März.txt", data=b"words", at=AT)
    reply_to_topic(TopicFactory(), by=member, body=kept.markdown, at=LATER)
    answer = client.get(kept.get_absolute_url())
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''Rota%20f%C3%BCr")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"


def test_before_it_is_in_a_post_only_who_sent_it_has_it(client, member):
    kept = keep_file(by=member, name="a.txt", data=b"words", at=AT)
    client.force_login(UserFactory(member=True))
    assert client.get(kept.get_absolute_url()).status_code == 404
    client.force_login(member)
    assert client.get(kept.get_absolute_url()).status_code == 200


def test_nobody_takes_another_s_file_by_writing_its_address(member, client):
    kept = keep_file(by=member, name="a.txt", data=b"words", at=AT)
    reply_to_topic(TopicFactory(), by=UserFactory(member=True), body=kept.markdown, at=LATER)
    kept.refresh_from_db()
    assert kept.post is None
    assert client.get(kept.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("how", ["hide", "withdraw"])
def test_a_file_goes_with_its_post_at_once(client, shown, member, how):
    kept, post = shown
    client.force_login(UserFactory(member=True))
    etag = client.get(kept.get_absolute_url())["ETag"]
    if how == "hide":
        hide_post(post, by=UserFactory(member=True, moderator=True), reason="names a patient", at=LATER)
    else:
        withdraw_post(post, by=member, at=LATER)
    assert client.get(kept.get_absolute_url(), headers={"If-None-Match": etag}).status_code == 404


def test_a_file_that_was_edited_out_is_shown_to_nobody_and_comes_back_with_its_text(client, shown, member):
    kept, post = shown
    client.force_login(member)
    post = edit_post(post, by=member, body="Nothing to look at.", at=LATER)
    assert client.get(kept.get_absolute_url()).status_code == 404
    edit_post(post, by=member, body=kept.markdown, at=LATER)
    assert client.get(kept.get_absolute_url()).status_code == 200


def test_the_sweep_deletes_what_no_post_shows_and_is_safe_twice(shown, member):
    kept, post = shown
    waiting = keep_file(by=member, name="a.txt", data=b"words", at=AT)
    assert sweep_files(at=AT + timedelta(days=13)) == 0
    edit_post(post, by=member, body="Nothing to look at.", at=LATER)
    assert sweep_files(at=AT + timedelta(days=15)) == 2
    assert sweep_files(at=AT + timedelta(days=15)) == 0
    assert not Attachment.objects.filter(pk=waiting.pk).exists()
    kept.refresh_from_db()
    assert (kept.gone_at, kept.name) == (AT + timedelta(days=15), "taken away")
    assert not any(storages["attachments"].exists(place) for place in (*kept.stored, *waiting.stored))


def test_what_is_taken_away_for_good_leaves_no_bytes(shown, django_capture_on_commit_callbacks):
    kept, post = shown
    with django_capture_on_commit_callbacks(execute=True):
        assert take_files_away([post.pk], at=LATER) == 1
    assert not any(storages["attachments"].exists(place) for place in kept.stored)
    assert not Attachment.objects.visible_to(post.author).exists()


def test_under_a_pseudonym_a_file_loses_its_name_and_documents_are_not_taken(member):
    topic = TopicFactory()
    persona = PersonaFactory(topic=topic)
    for name, data, taken in (("Maren Ashdowne.png", a_picture(kind="PNG"), True), ("mine.docx", a_docx(), False)):
        kept = keep_file(by=member, name=name, data=data, at=AT)
        post = PostFactory(topic=topic, author=None, persona=persona, body=kept.markdown)
        if taken:
            bind_attachments(post, by=member, at=LATER)
            kept.refresh_from_db()
            assert (kept.post, kept.owner_tag, kept.name) == (post, None, "picture.webp")
        else:
            with pytest.raises(TextRefused, match="Under a pseudonym"):
                bind_attachments(post, by=member, at=LATER)


def test_a_post_without_files_costs_no_statement_for_them(member):
    topic = TopicFactory()
    with CaptureQueriesContext(
        connection,
    ) as told:
        reply_to_topic(topic, by=member, body="Words alone.", at=LATER)
    assert not [query for query in told.captured_queries if "forum_attachment" in query["sql"]]


def test_a_topic_may_begin_with_a_file(member):
    kept = keep_file(by=member, name="a.txt", data=b"words", at=AT)
    topic = start_topic(CategoryFactory(), by=member, title="A rota for winter", body=kept.markdown, at=LATER)
    kept.refresh_from_db()
    assert kept.post == topic.posts.get()


def test_with_script_one_file_is_sent_and_the_answer_says_what_to_write(client, member):
    url = reverse("forum:attach")
    client.force_login(member)
    sent = {"files": SimpleUploadedFile("plan.png", a_picture(kind="PNG"))}
    told = client.post(url, sent).json()
    assert told["is_picture"]
    assert told["markdown"].startswith("![](/forum/files/")
    refused = client.post(url, {"files": SimpleUploadedFile("a.svg", b"<svg/>")})
    assert refused.status_code == 422
    assert refused.json()["problem"].startswith("a.svg: ")
    assert client.post(url).status_code == 400


def test_without_script_files_come_with_the_text(client, member):
    topic = TopicFactory()
    client.force_login(member)
    url = reverse("forum:reply", args=[topic.pk])
    file = SimpleUploadedFile("plan.png", a_picture(kind="PNG"))
    page = client.post(
        url, {"body": "Look at this.", "files": file, "file_words": "The plan", "preview": "files"}
    ).content.decode()
    assert "Look at this.\n\n![The plan](/forum/files/" in page
    assert 'alt="The plan"' in page
    assert Post.objects.filter(topic=topic).count() == 1
    assert "no description yet" not in page
    file = SimpleUploadedFile("plan.png", a_picture(kind="PNG"))
    page = client.post(url, {"body": "Look at this.", "files": file, "preview": "1"}).content.decode()
    assert "1 picture has no description yet" in page
    file = SimpleUploadedFile("plan.png", a_picture(kind="PNG"))
    client.post(url, {"body": "Look at this.", "files": file})
    post = Post.objects.get(topic=topic, number=2)
    assert post.attachments.count() == 1


def test_a_refused_file_posts_nothing_keeps_the_text_and_says_why(client, member):
    topic = TopicFactory()
    client.force_login(member)
    sent = {"body": "Look at this.", "files": SimpleUploadedFile("a.svg", b"<svg/>")}
    page = client.post(reverse("forum:reply", args=[topic.pk]), sent).content.decode()
    assert "a.svg: Files of this kind cannot be attached" in page
    assert "Look at this." in page
    assert Post.objects.filter(topic=topic).count() == 1
