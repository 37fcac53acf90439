"""What a page may say over its socket."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.frames import LARGEST, BadFrameError, Request, read_frame


def test_listen_and_leave_name_a_channel_and_an_id():
    assert read_frame('{"listen": "topic:7"}') == Request("listen", "topic", 7)
    assert read_frame(' {"leave": "topic:70"} ').name == "topic:70"


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "{",
        "7",
        "[]",
        "{}",
        '{"listen": 7}',
        '{"listen": "topic"}',
        '{"listen": "topic:0"}',
        '{"listen": "topic:-1"}',
        '{"listen": "topic:٣"}',
        '{"listen": "topic:7 "}',
        '{"listen": "Topic:7"}',
        '{"listen": "topic:7", "leave": "topic:8"}',
        '{"say": "topic:7"}',
        '{"listen": "topic:1234567890123456789"}',
        "[" * 4000,
        '{"listen": "topic:7\\ud800"}',
    ],
)
def test_anything_else_is_malformed(text):
    with pytest.raises(BadFrameError, match="malformed"):
        read_frame(text)


@pytest.mark.parametrize("filler", ["a", "€"])
def test_a_frame_is_measured_in_bytes(filler):
    frame = json.dumps({"listen": filler * (LARGEST // len(filler.encode()))}, ensure_ascii=False)
    with pytest.raises(BadFrameError, match="too_large"):
        read_frame(frame)


@given(st.text())
def test_no_other_text_does_anything_but_be_refused(text):
    with pytest.raises(BadFrameError, match=r"malformed|too_large"):
        read_frame(text)
