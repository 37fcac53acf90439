"""Ports: told in words when one cannot be had, with another that can."""

import socket

from config.embedded import ports

HOST = "127.0.0.1"


def test_are_found_as_a_pair():
    free = ports.first_free(HOST, 30_000)
    assert ports.trouble(HOST, free) == ""
    with socket.create_server((HOST, free + 1)):
        assert ports.first_free(HOST, free) > free + 1


def test_say_that_the_live_one_beside_is_taken():
    free = ports.first_free(HOST, 30_000)
    with socket.create_server((HOST, free + 1)):
        assert ports.trouble(HOST, free).startswith(f"Port {free + 1} (live messages go over it) is taken")


def test_are_taken_also_by_a_server_on_every_address():
    free = ports.first_free(HOST, 30_000)
    with socket.create_server(("", free)):
        assert ports.trouble(HOST, free).startswith(f"Port {free} is taken by another program. This one is free: make up")


def test_tell_what_is_wrong_where_it_is_not_that():
    assert "Cannot listen on 203.0.113.7:8000" in ports.trouble("203.0.113.7", 8000)


def test_answer_only_where_somebody_listens():
    free = ports.first_free(HOST, 30_000)
    assert not ports.answers(HOST, free)
    with socket.create_server((HOST, free)):
        assert ports.answers(HOST, free)
