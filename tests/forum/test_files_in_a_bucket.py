"""Files in an S3-compatible bucket, held to what files in a folder are, and what is said while the bucket is away."""

import re
import time

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from common.buckets import StorageAway
from config.filestore import file_storage
from forum.actions.attachments import FileRefused, keep_file, sweep_files, take_files_away
from forum.actions.posts import reply_to_topic
from forum.actions.removal import hide_post
from forum.models import Attachment, Post
from tests.accounts.factories import UserFactory
from tests.browser.site import free_port
from tests.forum import s3
from tests.forum.factories import AT, CategoryFactory, TopicFactory
from tests.forum.test_attachments import A_PDF, LATER, a_picture, assert_parts_are_given_out, with_a_place

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def server():
    with s3.served() as server:
        yield server


@pytest.fixture
def bucket(server, settings, monkeypatch, tmp_path):
    """Files lie in the server's bucket, empty at first."""
    for name, value in s3.KEYS.items():
        monkeypatch.setenv(name, value)
    server.empty()
    settings.STORAGES = settings.STORAGES | {"attachments": file_storage(server.address, folder=tmp_path)}
    return server


@pytest.fixture
def away(bucket, settings, tmp_path):
    """Call it, and nobody answers where the bucket was; call what it gives back, and it is there again."""

    def go():
        before, nobody = settings.STORAGES, re.sub(r"127\.0\.0\.1:\d+", f"127.0.0.1:{free_port()}", bucket.address)
        settings.STORAGES = before | {"attachments": file_storage(nobody, folder=tmp_path)}
        return lambda: setattr(settings, "STORAGES", before)

    return go


def posted(member, data, name="x.pdf", access="public"):
    kept = keep_file(by=member, name=name, data=data, at=AT)
    topic = TopicFactory(category=CategoryFactory(access=access))
    post = reply_to_topic(topic, by=member, body=kept.markdown, at=AT)
    return kept, Post.objects.get(pk=post.pk)


def test_a_picture_lies_in_it_in_two_sizes_under_a_name_that_says_nothing_and_for_nobody_else(bucket, member):
    kept = keep_file(by=member, name="Maren at home.jpg", data=with_a_place(), at=AT)
    assert bucket.names == [f"attachments/{place}" for place in sorted(kept.stored)]
    large = bucket.bucket.Object(f"attachments/{kept.stored[0]}")
    assert large.content_length == kept.size
    assert b"SecretCameraMaker" not in large.get()["Body"].read()
    grants = large.Acl().grants
    assert [grant["Grantee"]["Type"] for grant in grants] == ["CanonicalUser"], "nobody but its owner"


@pytest.mark.parametrize("data", [A_PDF, A_PDF + b"x" * 6_000_000 + A_PDF])
def test_it_is_given_out_whole_with_safe_headers(bucket, client, member, data):
    kept, _ = posted(member, data)
    answer = client.get(kept.get_absolute_url())
    assert (answer.status_code, b"".join(answer.streaming_content)) == (200, data)
    assert int(answer["Content-Length"]) == len(data)
    assert answer["Content-Disposition"].startswith("attachment")
    assert (answer["X-Content-Type-Options"], answer["Cache-Control"]) == ("nosniff", "private, no-cache")
    assert "sandbox" in answer["Content-Security-Policy"]
    assert client.get(kept.get_absolute_url(), headers={"If-None-Match": answer["ETag"]}).status_code == 304


def test_a_part_of_it_is_given_out_as_from_a_folder(bucket, client, member):
    kept, _ = posted(member, A_PDF)
    assert_parts_are_given_out(client, kept.get_absolute_url(), A_PDF)


def test_both_sizes_of_a_picture_are_given_out(bucket, client, member):
    kept, _ = posted(member, a_picture((3000, 1500)), "x.jpg")
    url = kept.get_absolute_url()
    large, small = (b"".join(client.get(each).streaming_content) for each in (url, url.replace("picture-", "small-picture-")))
    assert len(large) == kept.size
    assert 0 < len(small) < len(large)


def test_only_whoever_may_read_its_post_has_it(bucket, client, member):
    kept, post = posted(member, A_PDF, access="members")
    assert client.get(kept.get_absolute_url()).status_code == 404
    client.force_login(UserFactory(member=True))
    assert client.get(kept.get_absolute_url()).status_code == 200
    hide_post(post, by=UserFactory(member=True, moderator=True), reason="private", at=LATER)
    assert client.get(kept.get_absolute_url()).status_code == 404


def test_erased_it_is_gone_from_the_bucket_and_a_second_time_is_no_fault(bucket, member, django_capture_on_commit_callbacks):
    kept, post = posted(member, a_picture(), "x.jpg")
    with django_capture_on_commit_callbacks(execute=True):
        take_files_away([post.pk], at=LATER)
    assert bucket.names == []
    storages["attachments"].delete(kept.stored[0])
    assert Attachment.objects.get().gone_at == LATER


def test_one_that_is_missing_in_it_is_not_found(bucket, client, member):
    kept, _ = posted(member, A_PDF)
    bucket.empty()
    assert client.get(kept.get_absolute_url()).status_code == 404


class TestAway:
    def test_a_file_is_refused_with_a_sentence_soon_and_no_trace_is_left(self, away, bucket, member):
        back, began = away(), time.monotonic()
        with pytest.raises(FileRefused, match=r"x\.jpg: files cannot be kept at the moment"):
            keep_file(by=member, name="x.jpg", data=a_picture(), at=AT)
        assert time.monotonic() - began < 10
        assert not Attachment.objects.visible_to(member).exists()
        back()
        sweep_files(at=LATER)
        assert not Attachment.objects.exists()
        assert bucket.names == []

    def test_one_that_came_half_way_is_deleted_by_the_next_sweep(self, bucket, member, monkeypatch):
        keep, places = storages["attachments"].save, []

        def once(place, content):
            places.append(place)
            if len(places) == 2:
                raise StorageAway
            return keep(place, content)

        monkeypatch.setattr(storages["attachments"], "save", once)
        with pytest.raises(FileRefused):
            keep_file(by=member, name="x.jpg", data=a_picture(), at=AT)
        assert len(bucket.names) == 1
        sweep_files(at=LATER)
        assert bucket.names == []
        assert not Attachment.objects.exists()

    def test_the_page_keeps_the_text_and_says_why(self, away, client, member):
        away()
        topic = TopicFactory()
        client.force_login(member)
        form = {"body": "My words.", "files": SimpleUploadedFile("x.pdf", A_PDF)}
        html = client.post(reverse("forum:reply", args=[topic.pk]), form).content.decode()
        assert "My words." in html
        assert "files cannot be kept at the moment" in html
        assert Post.objects.filter(topic=topic, number__gt=1).count() == 0

    def test_reading_says_come_again(self, away, client, member):
        kept, _ = posted(member, A_PDF)
        away()
        answer = client.get(kept.get_absolute_url())
        assert (answer.status_code, answer["Retry-After"], answer["X-Content-Type-Options"]) == (503, "60", "nosniff")

    def test_what_is_taken_away_meanwhile_is_shown_to_nobody_and_deleted_later(
        self, away, bucket, client, member, django_capture_on_commit_callbacks
    ):
        kept, post = posted(member, A_PDF)
        back = away()
        with django_capture_on_commit_callbacks(execute=True):
            take_files_away([post.pk], at=LATER)
        back()
        assert client.get(kept.get_absolute_url()).status_code == 404
        assert len(bucket.names) == 1
        sweep_files(at=LATER)
        assert bucket.names == []

    def test_a_bucket_that_is_not_there_is_away_too(self, bucket, settings, tmp_path):
        wrong = bucket.address.replace("plenary-files", "another")
        settings.STORAGES = settings.STORAGES | {"attachments": file_storage(wrong, folder=tmp_path)}
        with pytest.raises(StorageAway):
            storages["attachments"].save("ab/abc", ContentFile(b"words"))
