"""A new password, by the link of a mail."""

from typing import Any

from allauth.account.forms import UserTokenForm
from allauth.account.views import PasswordResetFromKeyView
from allauth.decorators import rate_limit
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache


@method_decorator(never_cache, name="dispatch")
@method_decorator(rate_limit(action="reset_password_from_key"), name="dispatch")
class NewPassword(PasswordResetFromKeyView):  # type: ignore[misc]
    """The form stands where the link leads. allauth keeps the key in a session and leads on, and so writes a row for each program
    that opens the links of a mail before its reader does, and signs out whoever was signed in as somebody else."""

    def dispatch(self, request: HttpRequest, uidb36: str, key: str, **kwargs: Any) -> HttpResponseBase:
        self.request, self.key = request, key
        asked = UserTokenForm({"uidb36": uidb36, "key": key})
        self.reset_user = asked.reset_user if asked.is_valid() else None
        if self.reset_user is None:
            refusal: HttpResponseBase = self.render_to_response(self.get_context_data(token_fail=True))
            return refusal
        answer: HttpResponseBase = super(PasswordResetFromKeyView, self).dispatch(request, uidb36, key, **kwargs)
        return answer

    def form_valid(self, form: Any) -> HttpResponseBase:
        if self.request.user.is_authenticated and self.request.user != self.reset_user:
            self.logout()
        answer: HttpResponseBase = super().form_valid(form)
        return answer
