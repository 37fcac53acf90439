"""A kind of mail for tests."""

from mail.kinds import Dropped, Letter


class Greeting:
    lane = "critical"

    def write(self, mail, *, at):
        if mail.params.get("gone"):
            return Dropped("the thing is gone")
        text = f"Good morning.\n.hidden dot\nNumber {mail.params['number']}\n"
        return Letter("Grüße and “quotes”", text, f'<html lang="en-GB"><body><p>Number {mail.params["number"]}</p></body></html>')


class Broken(Greeting):
    def write(self, mail, *, at):
        raise ZeroDivisionError("a fault of ours")


class Chatter(Greeting):
    lane = "notify"
