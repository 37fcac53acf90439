from django.http import HttpRequest


def unread(request: HttpRequest) -> dict[str, object]:
    return {"unread_notices": 0}
