"""Who runs the demo's institute, two groups, and their rooms: all through the actions that people use."""

import tomllib
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password

from accounts.actions.groups import add_to_group, create_group, name_owner
from accounts.actions.people import change_profile
from accounts.actions.proposals import propose_role
from accounts.actions.roles import grant_role
from accounts.models import Group, User
from demo import reading
from demo.accounts import PASSWORD
from demo.people import new_person
from forum.actions.categories import create_category
from forum.actions.posts import reply_to_topic
from forum.actions.topics import start_topic
from forum.models import Category
from forum.models.plan import CategoryPlan

PROPOSED = "nesta-bryncelyn"
"""An organiser: the director among the demo accounts can grant or decline."""


def load_places(people: dict[str, User], *, loaded_at: datetime) -> None:
    """An administrator and a trustee, groups with owners, private categories with topics, and one proposal that waits."""
    told, begun = tomllib.loads((reading.CONTENT / "places.toml").read_text()), loaded_at - timedelta(days=40)
    administrator = _officers(told["officer"], at=begun)
    groups = {row["slug"]: _group(row, people, by=administrator, at=begun) for row in told["group"]}
    rooms = {row["name"]: _room(row, groups, by=administrator, at=begun) for row in told["room"]}
    for topic in told["topic"]:
        _topic(topic, rooms[topic["room"]], people, loaded_at=loaded_at)
    propose_role(
        people[PROPOSED],
        role="director",
        reason="Elected by the Welsh managers for the coming year.",
        ends_at=loaded_at + timedelta(days=365),
        by=administrator,
        at=loaded_at - timedelta(days=1),
    )


def _officers(rows: list[reading.Table], *, at: datetime) -> User:
    """Each with a password: they are demo accounts. The administrator is made from the machine, and gives the others theirs."""
    made: dict[str, User] = {}
    for row in rows:
        person = new_person(row["key"], row["display_name"], at=at, password=make_password(PASSWORD))
        change_profile(person, display_name=row["display_name"], facts={"bio": row["bio"], "interests": row["interests"]}, at=at)
        grant_role(person, role=row["role"], by=made.get("administrator"), at=at)
        made[row["role"]] = person
    return made["administrator"]


def _group(row: reading.Table, people: dict[str, User], *, by: User, at: datetime) -> Group:
    group, owner = create_group(name=row["name"], description=row["description"], by=by, at=at), people[row["owner"]]
    name_owner(group, owner, by=by, at=at)
    for number, key in enumerate(row["members"], start=1):
        add_to_group(group, people[key], by=owner, at=at + timedelta(days=number))
    return group


def _room(row: reading.Table, groups: dict[str, Group], *, by: User, at: datetime) -> Category:
    plan = CategoryPlan(row["name"], row["description"], Category.Access.GROUP, group=groups[row["group"]])
    return create_category(plan, by=by, at=at)


def _topic(row: reading.Table, room: Category, people: dict[str, User], *, loaded_at: datetime) -> None:
    first, *others = row["post"]
    fresh = {key: User.objects.get(pk=people[key].pk) for key in {post["author"] for post in row["post"]}}
    begun = loaded_at - timedelta(hours=first["hours"])
    topic = start_topic(room, by=fresh[first["author"]], title=row["title"], body=first["body"], at=begun)
    for post in others:
        at = loaded_at - timedelta(hours=post["hours"])
        reply_to_topic(topic, by=fresh[post["author"]], body=post["body"], at=at)
