"""As much of an IMAP server as somebody needs who fetches mail: real bytes over a real socket."""

import re
import socketserver
import threading


class Mailbox:
    """`seen` holds the numbers of what was marked; `refuse_login` sends everybody away. With `tls` (a context of a server's)
    nothing is said in the open."""

    def __init__(self, mails, tls=None):
        self.mails, self.seen, self.refuse_login, self.told = dict(enumerate(mails, 1)), set(), False, []
        box = self

        class Talk(socketserver.StreamRequestHandler):
            def setup(self):
                if tls:
                    self.request = tls.wrap_socket(self.request, server_side=True)
                super().setup()

            def handle(self):
                self.wfile.write(b"* OK ready\r\n")
                for line in self.rfile:
                    tag, _, command = line.decode().strip().partition(" ")
                    box.told.append(command)
                    answer, verdict = box.answer(command)
                    self.wfile.write(answer + f"{tag} {verdict}\r\n".encode())

        class Server(socketserver.ThreadingTCPServer):
            def handle_error(self, request, client_address):
                """Whoever does not like our certificate goes away in the middle."""

        self.server = Server(("127.0.0.1", 0), Talk)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        self.url = f"imap{'s' if tls else ''}://plenary:p%40ss@127.0.0.1:{self.server.server_address[1]}/Answers"

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, command):
        word = command.upper()
        if word.startswith("CAPABILITY"):
            return b"* CAPABILITY IMAP4REV1\r\n", "OK done"
        if word.startswith("LOGIN"):
            return b"", "NO go away" if self.refuse_login or command != 'LOGIN plenary "p@ss"' else "OK in"
        if word.startswith("SELECT"):
            return b"* %d EXISTS\r\n" % len(self.mails), "OK done" if '"Answers"' in command else "NO such folder"
        if word.startswith("UID SEARCH UNSEEN"):
            unseen = " ".join(str(number) for number in self.mails if number not in self.seen)
            return f"* SEARCH {unseen}\r\n".encode(), "OK done"
        number = int(re.search(r"UID \w+ (\d+)", command, re.IGNORECASE)[1]) if word.startswith("UID") else 0
        if word.startswith("UID STORE"):
            self.seen.add(number)
            return b"", "OK done"
        if "RFC822.SIZE" in word:
            return f"* {number} FETCH (UID {number} RFC822.SIZE {len(self.mails[number])})\r\n".encode(), "OK done"
        if "BODY.PEEK[" in word:
            raw = self.mails[number]
            raw = raw.split(b"\r\n\r\n")[0] + b"\r\n\r\n" if "HEADER" in word else raw
            head = f"* {number} FETCH (UID {number} BODY[] {{{len(raw)}}}\r\n".encode()
            return head + raw + b")\r\n", "OK done"
        return (b"* BYE\r\n", "OK bye") if word.startswith("LOGOUT") else (b"", "BAD what")
