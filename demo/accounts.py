"""The accounts that `up` prints, so that a stranger can look at Plenary from each side."""

from dataclasses import dataclass

DOMAIN = "example.org"
PASSWORD = "plenary-demo"  # noqa: S105 - invented people only; production refuses to load them


@dataclass(frozen=True)
class DemoAccount:
    """How to sign in as one of them."""

    role: str
    email: str
    password: str
    note: str


DEMO_ACCOUNTS = (
    DemoAccount("member", f"nettie-brackwater@{DOMAIN}", PASSWORD, "reads, posts, answers"),
    DemoAccount("organiser", f"corwin-tallantyre@{DOMAIN}", PASSWORD, "writes consultations and the weekly"),
    DemoAccount(
        "director",
        f"philippa-stourmarch@{DOMAIN}",
        PASSWORD,
        "publishes what came of them; opens pseudonyms with the administrator",
    ),
    DemoAccount("moderator", f"duncan-farrowgate@{DOMAIN}", PASSWORD, "keeps the forum in order"),
    DemoAccount("administrator", f"rosalind-thackwray@{DOMAIN}", PASSWORD, "keeps roles, groups and categories"),
    DemoAccount("trustee", f"august-pellinore@{DOMAIN}", PASSWORD, "reads everything members read, changes nothing"),
)
