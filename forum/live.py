"""Who may hear, live, that a topic has something new."""

from accounts.models import User
from forum.models import Topic


class TopicChannel:
    """`topic:<id>`; asked when somebody begins to listen and again before every message."""

    def may_listen(self, user_id: int, thing_id: int, /) -> bool:
        user = User.objects.with_roles().filter(pk=user_id, is_active=True).first()
        return user is not None and Topic.objects.visible_to(user).filter(pk=thing_id).exists()
