"""The table of who may do what is asked of the rules themselves."""

from common.permissions_table import permissions_page
from common.rules import all_rules, sample_people

ROLES = ["member", "moderator", "organiser", "director", "administrator", "trustee"]


def who_may(what: str) -> set[str]:
    rules = {rule.what: rule for _, rules in all_rules() for rule in rules}
    return {sample.name for sample in sample_people() if rules[what].ask(sample.person)}


def test_six_roles_are_described():
    assert [sample.name for sample in sample_people() if sample.describes] == ROLES


def test_the_rules_say_what_the_design_says():
    everybody = {sample.name for sample in sample_people()}
    assert who_may("read an open category") == everybody
    assert who_may("read one for members") == everybody - {"visitor", "account only"}
    assert who_may("read one private to the group") == {"in the group", "owner of it"}
    assert who_may("reply") == everybody - {"visitor", "account only", "trustee"}
    assert who_may("hide and lock, where it is open or for members") == {"moderator"}
    assert who_may("hide and lock, where it is private to the group") == {"owner of it"}
    assert who_may("grant what another officer proposed") == {"director", "administrator"}
    assert who_may("make and change categories") == {"administrator"}
    assert who_may("look at roles, groups and categories") == {"director", "administrator", "trustee"}
    assert who_may("add and remove people of the group") == {"owner of it"}


def test_the_page_holds_every_rule_and_costs_no_statement():
    page = permissions_page()
    for room, rules in all_rules():
        assert f"## Rules of {room}" in page
        for rule in rules:
            assert f"| {rule.what} |" in page


def test_a_rule_that_changes_changes_the_page(monkeypatch):
    before = permissions_page()
    monkeypatch.setattr("accounts.standing.Standing.is_moderator", property(lambda self: False))
    assert permissions_page() != before
