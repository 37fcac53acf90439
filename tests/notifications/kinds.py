"""Kinds for these tests only. The right to see a thing is a real one: the role of member, asked of the database."""

from accounts.models import RoleGrant
from mail.kinds import Letter
from notifications.kinds import LiveMessage, NoticeText, Recipient


def may_see(user_id):
    return RoleGrant.objects.filter(user_id=user_id, role="member", revoked_at=None).exists()


class Happened:
    """Everybody who may see it hears of it, but for the actor."""

    def people(self, event, *, after, limit):
        ids = (
            RoleGrant.objects.filter(role="member", revoked_at=None, user_id__gt=after)
            .exclude(user_id=event.actor_id or 0)
            .order_by("user_id")
            .values_list("user_id", flat=True)[:limit]
        )
        kind = event.data.get("told_as") or ("test.quiet" if event.data.get("quiet") else "test.heard")
        return [Recipient(user_id, kind, f"test:{event.data['thing']}", mail=not event.data.get("no_mail")) for user_id in ids]

    def live(self, event):
        return [LiveMessage("thing", event.data["thing"], {"number": event.data.get("number", 1)})]

    def ready(self, event, at):
        return event.data.get("ready_at", 0) <= at.timestamp()


class Poison(Happened):
    def people(self, event, *, after, limit):
        raise ZeroDivisionError


class Circling(Happened):
    """Forgets where it was."""

    def people(self, event, *, after, limit):
        return super().people(event, after=0, limit=limit)


class Heard:
    label = "Something happened"
    mail_kind = "test.heard"
    by_mail_default = True

    def may_still_see(self, user, event, at):
        return may_see(user.pk)

    def render(self, user, notices, at):
        if not may_see(user.pk):
            return {}
        return {
            notice.pk: NoticeText(
                f"Thing {notice.event.data['thing']} happened", f"/things/{notice.event.data['thing']}/", "In brief"
            )
            for notice in notices
        }

    def letter(self, user, notice, at):
        thing = notice.event.data["thing"]
        return Letter("Something happened", f"Thing {thing} happened.\n", f"<p>Thing {thing} happened.</p>")


class Quiet(Heard):
    label = "Something small happened"
    mail_kind = None


class MustBeTold(Heard):
    label = "Something that must be told"
    can_be_off = False


class Gathered(Heard):
    """Several about one thing are one letter."""

    at_once = False

    def batch(self, event):
        return f"test.room:{event.data.get('room', 1)}"

    def gathered(self, user, notices, at):
        things = ", ".join(str(notice.event.data["thing"]) for notice in notices)
        return Letter("Things happened", f"Things {things} happened.\n", f"<p>Things {things} happened.</p>")


class GatheredAtOnce(Gathered):
    at_once = True


class ThingChannel:
    def may_listen(self, user_id, thing_id):
        return thing_id < 1000 and may_see(user_id)
