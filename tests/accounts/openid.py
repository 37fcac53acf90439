"""A little OpenID provider over loopback HTTP: discovery, authorize, token (RS256), keys, user info. It does what the test tells it."""

import base64
import hashlib
import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "plenary", "a secret between two machines"


class OpenIDServer:
    """`who` is what it tells of the person; `wrong` names what it does wrong: nonce, audience, key, none, userinfo."""

    def __init__(self):
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.who = {"sub": "7", "email": "maren@practice.example", "email_verified": True, "name": "Maren Holt"}
        self.wrong = ""
        self.asked = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self):
        Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *error):
        self._server.shutdown()
        self._server.server_close()

    @property
    def settings(self):
        return json.dumps(
            [{"id": "inst", "name": "The Institute", "server_url": self.url, "client_id": CLIENT, "secret": SECRET}]
        )

    def discovery(self):
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def keys(self):
        return {"keys": [{**json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key())), "kid": "k1", "alg": "RS256"}]}

    def authorize(self, query):
        """Back to where the question said, with a code for it."""
        self.asked = query
        return f"{query['redirect_uri']}?{urlencode({'code': 'c-1', 'state': query['state']})}"

    def token(self, form):
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).decode().rstrip("=")
        assert (form["client_id"], form["client_secret"], form["code"]) == (CLIENT, SECRET, "c-1")
        assert challenge == self.asked["code_challenge"]
        claims = {
            **self.who,
            "iss": self.url,
            "aud": "somebody else" if self.wrong == "audience" else CLIENT,
            "iat": int(time.time()),
            "exp": int(time.time()) + 60,
            "nonce": "made up" if self.wrong == "nonce" else self.asked["nonce"],
        }
        key, algorithm = self.key, "RS256"
        if self.wrong == "key":
            key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        elif self.wrong == "none":
            key, algorithm = None, "none"
        signed = jwt.encode(claims, key, algorithm=algorithm, headers={"kid": "k1"})
        return {"access_token": "t-1", "token_type": "Bearer", "expires_in": 60, "id_token": signed}

    def userinfo(self):
        return {**self.who, "sub": "8"} if self.wrong == "userinfo" else self.who


def _handler(server):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            there = urlsplit(self.path)
            if there.path == "/authorize":
                self.send_response(302)
                self.send_header("Location", server.authorize({key: each[0] for key, each in parse_qs(there.query).items()}))
                self.end_headers()
            elif there.path == "/userinfo":
                assert self.headers["Authorization"] == "Bearer t-1"
                self.answer(server.userinfo())
            else:
                self.answer(server.keys() if there.path == "/keys" else server.discovery())

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.answer(server.token({key: each[0] for key, each in parse_qs(body).items()}))

        def answer(self, told):
            body = json.dumps(told).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words):
            """Not into the test's output."""

    return Handler
