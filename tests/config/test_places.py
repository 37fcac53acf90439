"""Where things lie follows from the data folder alone."""

import os
import tempfile
from urllib.parse import parse_qs, urlsplit

import pytest

from config.embedded import folders
from config.embedded.errors import ServicesError
from config.embedded.places import Owner, Places, can_enter


def test_are_the_same_for_every_way_to_write_the_folder(tmp_path, monkeypatch):
    (tmp_path / "link").symlink_to(tmp_path)
    monkeypatch.chdir(tmp_path)
    written = [tmp_path / "var", tmp_path / "x" / ".." / "var", tmp_path / "link" / "var", "var"]
    assert len({Places.of(var) for var in written}) == 1
    assert Places.of(tmp_path / "var").tag != Places.of(tmp_path / "var2").tag


def test_make_nothing(tmp_path):
    Places.of(tmp_path / "var")
    assert list(tmp_path.iterdir()) == []


def test_give_addresses_that_lead_to_the_sockets(tmp_path):
    places = Places.of(tmp_path / "var")
    address = urlsplit(places.database_url)
    assert (address.scheme, address.username, address.path) == ("postgresql", "plenary", "/plenary")
    assert parse_qs(address.query) == {"host": [str(places.sockets)]}
    assert places.redis_url(5) == f"unix://{places.sockets}/valkey.sock?db=5"


def test_a_path_too_long_for_a_socket_is_refused_in_words(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / ("x" * 100)))
    with pytest.raises(ServicesError, match="too long for a socket"):
        folders.make_sockets(Places.of(tmp_path / "var"))


def test_a_folder_can_be_entered_only_where_every_one_above_it_can(tmp_path):
    stranger = Owner(uid=54321, gid=54321, changes=True)
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    assert not can_enter(private / "var", stranger)
    assert can_enter(private, Owner(uid=os.getuid(), gid=54321, changes=True))


def test_a_data_folder_that_was_made_here_can_be_walked_through_whatever_the_umask_is(tmp_path):
    places = Places.of(tmp_path / "a" / "var")
    before = os.umask(0o077)
    try:
        folders.make_data_folder(places)
    finally:
        os.umask(before)
    assert places.var.stat().st_mode & 0o777 == 0o755
    assert places.keys.stat().st_mode & 0o777 == 0o700
