import hashlib
import tracemalloc

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings, strategies

from accounts.breached import HEAD, RECORD, BreachedList, write_list


def lines_of(passwords, count=3):
    hashes = sorted(hashlib.sha1(word.encode()).hexdigest().upper() for word in passwords)
    return [f"{each}:{count}\r\n".encode() for each in hashes]


@given(strategies.sets(strategies.text(max_size=12), max_size=60), strategies.sets(strategies.text(max_size=12), max_size=60))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
def test_the_list_answers_as_a_set_does(tmp_path, known, asked):
    path = tmp_path / "list"
    known = {word for word in known if word.isprintable()}
    assert write_list(lines_of(known), path) == len(known)
    breached = BreachedList(path)
    for word in known | {word for word in asked if word.isprintable()}:
        assert (word in breached) == (word in known)


def test_one_that_is_known_is_refused_where_passwords_are_chosen(settings, tmp_path):
    settings.BREACHED_PASSWORDS = str(tmp_path / "list")
    write_list(lines_of(["velvet otter lantern"]), tmp_path / "list")
    with pytest.raises(ValidationError, match="lists of stolen ones"):
        validate_password("velvet otter lantern")
    validate_password("velvet otter lanterns")


def test_without_a_file_only_common_ones_are_refused(settings):
    settings.BREACHED_PASSWORDS = ""
    validate_password("velvet otter lantern")
    with pytest.raises(ValidationError, match="common"):
        validate_password("1234567890")


def test_a_file_that_is_not_there_is_said_instead_of_letting_everything_pass(settings, tmp_path):
    settings.BREACHED_PASSWORDS = str(tmp_path / "nowhere")
    with pytest.raises(ImproperlyConfigured, match="cannot be read"):
        validate_password("velvet otter lantern")
    (tmp_path / "other").write_bytes(b"something else altogether")
    settings.BREACHED_PASSWORDS = str(tmp_path / "other")
    with pytest.raises(ImproperlyConfigured, match="load_breached_passwords"):
        validate_password("velvet otter lantern")


@pytest.mark.parametrize(
    ("text", "told"), [(b"nonsense\n", "Line 1 is not"), (b"F" * 40 + b":1\n" + b"A" * 40 + b":1\n", "Line 2 is out of order")]
)
def test_a_text_that_is_not_the_list_leaves_the_old_file_alone(tmp_path, text, told):
    source, to = tmp_path / "source", tmp_path / "list"
    write_list(lines_of(["old one"]), to)
    source.write_bytes(text)
    with pytest.raises(CommandError, match=told):
        call_command("load_breached_passwords", source, to=to)
    assert "old one" in BreachedList(to)
    assert [path.name for path in tmp_path.iterdir() if "unfinished" in path.name] == []


def test_rare_ones_can_be_left_out(tmp_path, capsys):
    source, to = tmp_path / "source", tmp_path / "list"
    source.write_bytes(b"".join(sorted(lines_of(["often"], 9) + lines_of(["rare"], 1))))
    call_command("load_breached_passwords", source, to=to, at_least=5)
    assert capsys.readouterr().out.startswith("1 passwords")
    assert "often" in BreachedList(to)
    assert "rare" not in BreachedList(to)


def test_a_long_list_is_read_without_growing(tmp_path):
    many = 200_000
    lines = (f"{number:040X}:1\n".encode() for number in range(0, many * 2**112, 2**112))
    tracemalloc.start()
    assert write_list(lines, tmp_path / "list") == many
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2_000_000
    assert (tmp_path / "list").stat().st_size == len(HEAD) + many * RECORD
