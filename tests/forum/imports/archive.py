"""Discourse topics made up for tests, and archives of them."""

import io
import json
import tarfile
import zipfile
from pathlib import Path

HOST = "discourse.example.org"


def a_post(number: int, **changes) -> dict:
    made = {
        "id": 1000 + number,
        "username": f"writer{number % 3}",
        "user_id": number % 3 + 1,
        "name": "",
        "avatar_template": f"/user_avatar/{HOST}/writer/{{size}}/1_2.png",
        "created_at": f"2020-01-{number % 28 + 1:02}T10:00:00.000Z",
        "updated_at": f"2020-02-{number % 28 + 1:02}T10:00:00.000Z",
        "cooked": f"<p>Words of post {number}.</p>",
        "post_number": number,
        "post_type": 1,
        "version": 1,
        "reply_to_post_number": None,
        "actions_summary": [],
        "hidden": False,
        "deleted_at": None,
        "user_deleted": False,
    }
    return made | changes


def a_topic(topic_id: int, *posts: dict, **changes) -> dict:
    numbers = [post["post_number"] for post in posts if isinstance(post.get("post_number"), int)]
    made = {
        "id": topic_id,
        "title": f"Topic of number {topic_id}",
        "slug": f"topic-of-number-{topic_id}",
        "category_id": 5,
        "created_at": "2020-01-01T09:00:00.000Z",
        "last_posted_at": "2020-01-20T09:00:00.000Z",
        "visible": True,
        "closed": False,
        "archived": False,
        "archetype": "regular",
        "deleted_at": None,
        "highest_post_number": max(numbers, default=0),
        "details": {"created_by": {"id": 9, "username": "starter"}},
        "post_stream": {"posts": list(posts), "stream": []},
    }
    return made | changes


def likes(number: int) -> list[dict]:
    return [{"id": 3, "count": 7}, {"id": 2, "count": number}]


def folder_of(path: Path, *topics: dict) -> Path:
    """A folder with a file for each topic; what was in it before is gone."""
    inner = path / "topics"
    inner.mkdir(parents=True, exist_ok=True)
    for old in inner.iterdir():
        old.unlink()
    for topic in topics:
        (inner / f"{topic['slug']}.{topic['id']}.json").write_text(json.dumps(topic))
    return path


def tar_of(path: Path, mode: str, *files: tuple[str, bytes]) -> Path:
    with tarfile.open(path, mode) as archive:
        for name, data in files:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def zip_of(path: Path, *files: tuple[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return path
