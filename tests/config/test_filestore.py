"""Where members' files lie: a folder that nobody else reads, or a bucket, by one setting."""

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import StorageHandler

from config.filestore import BadFileStorageError, file_storage


def test_without_an_address_files_lie_in_a_folder_and_have_no_address_of_their_own(tmp_path):
    storage = StorageHandler({"attachments": file_storage("", folder=tmp_path / "files")})["attachments"]
    storage.save("ab/abcd", ContentFile(b"words"))
    kept = tmp_path / "files" / "ab" / "abcd"
    assert kept.read_bytes() == b"words"
    assert (kept.stat().st_mode & 0o777, kept.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    storage.delete("ab/abcd")
    storage.delete("ab/abcd")  # a second sweep finds nothing, and that is no fault
    assert not kept.exists()


def test_an_s3_address_makes_a_bucket_that_nothing_public_points_at(tmp_path):
    address = "s3://plenary-files/attachments?region_name=eu-west-2&endpoint_url=https://s3.example.org"
    storage = StorageHandler({"attachments": file_storage(address, folder=tmp_path)})["attachments"]
    assert type(storage).__name__ == "Bucket"
    assert (storage.bucket_name, storage.location, storage.region_name) == ("plenary-files", "attachments", "eu-west-2")
    assert (storage.endpoint_url, storage.default_acl, storage.querystring_auth) == ("https://s3.example.org", None, True)


@pytest.mark.parametrize("bad", ["files", "https://s3.example.org/bucket", "s3:///folder", "s3://bucket?acl=public-read"])
def test_what_cannot_be_read_stops_plenary_with_a_sentence(bad, tmp_path):
    with pytest.raises(BadFileStorageError, match="FILE_STORAGE"):
        file_storage(bad, folder=tmp_path)


def test_the_site_gives_files_out_by_no_other_way_than_its_own_pages():
    assert "attachments" in settings.STORAGES
    assert not settings.MEDIA_URL.strip("/")
