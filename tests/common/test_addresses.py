import pytest
from django.urls import reverse

from common.addresses import Numbered


@pytest.mark.parametrize(("name", "is_slug", "arguments"), [("forum:topic", True, (7, "a-b_c")), ("forum:post", False, (12, 3))])
def test_an_address_is_what_reverse_says(name, is_slug, arguments):
    assert Numbered(name, is_slug=is_slug).of(*arguments) == reverse(name, args=arguments)
