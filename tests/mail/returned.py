"""Reports about mail that came back, in the shapes in which servers write them."""

from textwrap import dedent

THEIRS = "maren@example.org"


def dsn(*blocks, to="b@bounce.example.org", returned="Message-ID: <none@x.org>", head="", returned_type="text/rfc822-headers"):
    """A report whose groups of fields are `blocks`."""
    fields = "\n".join(dedent(block).strip() + "\n" for block in ("Reporting-MTA: dns; mx.example.net", *blocks))
    return (
        f"Return-Path: <>\nFrom: Mail Delivery System <MAILER-DAEMON@mx.example.net>\nTo: <{to}>\n{head}"
        "Subject: Undelivered Mail Returned to Sender\nAuto-Submitted: auto-replied\nMIME-Version: 1.0\n"
        "Message-ID: <report.1@mx.example.net>\n"
        'Content-Type: multipart/report; report-type=delivery-status;\n\tboundary="=_cut"\n\n'
        "This is a MIME-encapsulated message.\n\n--=_cut\nContent-Type: text/plain; charset=us-ascii\n\n"
        "I'm sorry to have to inform you that your message could not be delivered.\n\n"
        f"--=_cut\nContent-Description: Delivery report\nContent-Type: message/delivery-status\n\n{fields}\n"
        f"--=_cut\nContent-Type: {returned_type}\n\n{returned}\n\n--=_cut--\n"
    ).encode()


def postfix(**more):
    return dsn(
        f"""
        Final-Recipient: rfc822; {THEIRS}
        Original-Recipient: rfc822;{THEIRS}
        Action: failed
        Status: 5.1.1
        Remote-MTA: dns; mail.example.org
        Diagnostic-Code: smtp; 550 5.1.1 <{THEIRS}>: Recipient address rejected: User
            unknown in virtual mailbox table
        """,
        head="X-Postfix-Queue-ID: 4F1A2\n",
        **more,
    )


def postfix_gave_up(**more):
    return dsn(
        f"""
        Final-Recipient: rfc822; {THEIRS}
        Action: failed
        Status: 4.4.1
        Diagnostic-Code: X-Postfix; connect to mail.example.org[192.0.2.7]:25: Connection timed out
        """,
        **more,
    )


def postfix_late(**more):
    return dsn(
        f"""
        Final-Recipient: rfc822; {THEIRS}
        Action: delayed
        Status: 4.4.1
        Will-Retry-Until: Wed, 2 Dec 2026 11:02:47 +0000 (GMT)
        """,
        **more,
    )


def exim(**more):
    return dsn(
        f"""
        Action: failed
        Final-Recipient: rfc822;{THEIRS}
        Status: 5.0.0
        Remote-MTA: dns; mail.example.org
        Diagnostic-Code: smtp; 550-No Such User Here
        """,
        head=f"X-Failed-Recipients: {THEIRS}\n",
        returned_type="message/rfc822",
        **more,
    )


def exim_unwanted(**more):
    return dsn(
        f"""
        Action: failed
        Final-Recipient: rfc822;{THEIRS}
        Status: 5.0.0
        Diagnostic-Code: smtp; 550 5.7.1 Our system has detected that this message is likely unsolicited
        """,
        **more,
    )


def exim_of_old(to="b@bounce.example.org"):
    return (
        f"Return-path: <>\nX-Failed-Recipients: {THEIRS}\nAuto-Submitted: auto-replied\nTo: {to}\n"
        "From: Mail Delivery System <Mailer-Daemon@mx.example.net>\nMessage-Id: <E1abc@mx.example.net>\n\n"
        f"A message that you sent could not be delivered to one or more of its recipients.\n\n  {THEIRS}\n    all hosts failed\n"
    ).encode()


def exchange(**more):
    return dsn(
        f"""
        Final-recipient: RFC822;{THEIRS}
        Action: failed
        Status: 5.1.10
        X-Supplementary-Info: <DB8PR01.example.com #5.1.10 smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound>
        X-Display-Name: Maren Oake
        """,
        returned_type="message/rfc822",
        **more,
    )


def full(**more):
    return dsn(
        f"""
        Final-Recipient: rfc822;{THEIRS}
        Action: failed
        Status: 5.2.2
        Diagnostic-Code: smtp;554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException
        """,
        **more,
    )


def gmail(**more):
    return dsn(
        f"""
        Final-Recipient: rfc822; {THEIRS}
        Action: failed
        Status: 5.1.1
        Remote-MTA: dns; gmail-smtp-in.example.com. (192.0.2.27, the server for the domain example.org.)
        Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist. Please try
         550-5.1.1 double-checking the recipient's email address for typos or
         550 5.1.1 unnecessary spaces.
        Last-Attempt-Date: Fri, 27 Nov 2026 04:12:03 -0800 (PST)
        """,
        head=f"X-Failed-Recipients: {THEIRS}\n",
        **more,
    )


def forwarded(**more):
    """From a server behind theirs: somebody there forwards to an address that is gone."""
    return dsn(
        """
        Final-Recipient: rfc822; someone-else@example.com
        Action: failed
        Status: 5.1.1
        """,
        **more,
    )


def complaint(*, feedback="abuse", mail_from="", returned="Message-ID: <none@x.org>"):
    return (
        "From: <abusedesk@example.com>\nTo: <fbl@plenary.example.org>\nSubject: FW: a reply\nMIME-Version: 1.0\n"
        "Message-ID: <arf.1@example.com>\n"
        'Content-Type: multipart/report; report-type=feedback-report;\n     boundary="part1_13d"\n\n'
        '--part1_13d\nContent-Type: text/plain; charset="US-ASCII"\n\nThis is an email abuse report.\n\n'
        "--part1_13d\nContent-Type: message/feedback-report\n\n"
        f"Feedback-Type: {feedback}\nUser-Agent: SomeGenerator/1.0\nVersion: 1\n"
        + (f"Original-Mail-From: <{mail_from}>\n" if mail_from else "")
        + "Arrival-Date: Fri, 27 Nov 2026 08:00:00 +0000\n\n"
        f"--part1_13d\nContent-Type: message/rfc822\nContent-Disposition: inline\n\n{returned}\nSubject: A reply\n\nWords\n\n"
        "--part1_13d--\n"
    ).encode()
