"""Requests to Chỉ Tiêu's server and what its refusals mean, as in "Requests and answers" of docs/sync.md."""

import gzip
import http.client
import json
from http.cookies import SimpleCookie
from urllib.error import HTTPError
from urllib.request import Request, urlopen

PACKED_ABOVE = 1024
SECONDS = 100


class Later(Exception):
    """No answer, or one that asks to come back, perhaps after some seconds: the same is sent again later."""

    def __init__(self, why, seconds=None):
        super().__init__(why)
        self.seconds = seconds


class Refused(Exception):
    """The server said no and will say it again."""

    def __init__(self, status, code, title=""):
        super().__init__(f"{status} {code}: {title}")
        self.status, self.code = status, code

    def is_about_ops(self):
        """True where a push may be taken without some of its ops."""
        return self.status != 401 and self.code not in ("other_author", "device_cloned")


class Session:
    """A person at a server. `cookies` is the caller's to keep: the server knows the device by them."""

    def __init__(self, server, username, password, cookies):
        self.server, self.username, self.password, self.cookies = server, username, password, cookies

    def request(self, method, path, body=None):
        """Gives the answer's JSON; signs in where the session has ended."""
        try:
            return self.once(method, path, body)
        except Refused as refused:
            if refused.code != "not_signed_in":
                raise
        self.once("POST", "session", {"username": self.username, "password": self.password})
        return self.once(method, path, body)

    def once(self, method, path, body=None):
        """Gives the answer's JSON."""
        headers = {"Accept-Encoding": "gzip", "Content-Type": "application/json"}
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        data = None if body is None else json.dumps(body).encode()
        if data and len(data) > PACKED_ABOVE:
            data, headers["Content-Encoding"] = gzip.compress(data), "gzip"
        try:
            with urlopen(Request(f"{self.server}/api/v1/{path}", data, headers, method=method), timeout=SECONDS) as answer:
                text = unpacked(answer)
        except HTTPError as error:
            raise meaning(error) from None
        except (OSError, EOFError, http.client.HTTPException) as error:
            raise Later(f"no answer: {error}") from None
        for line in answer.headers.get_all("Set-Cookie", []):
            self.cookies.update((name, morsel.value) for name, morsel in SimpleCookie(line).items())
        try:
            return json.loads(text) if text else None
        except ValueError:
            raise Refused(answer.status, "unreadable") from None


def unpacked(answer):
    """The body of an answer."""
    raw = answer.read()
    return gzip.decompress(raw) if answer.headers.get("Content-Encoding") == "gzip" else raw


def meaning(error):
    """What an answer that is no 2xx means; one without a code is of something between here and the server."""
    try:
        told = json.loads(unpacked(error))
        code, title = told["code"], told["title_en"]
    except (ValueError, KeyError, TypeError, OSError, EOFError, http.client.HTTPException):
        code, title = "unreadable", ""
    if error.code in (408, 429) or error.code >= 500:
        after = error.headers.get("Retry-After", "")
        return Later(f"{error.code} {code}", int(after) if after.isdigit() else None)
    return Refused(error.code, code, title)
