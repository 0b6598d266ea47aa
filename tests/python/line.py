"""A line between client and server on which a test meddles with requests and answers."""

import gzip
import http.client
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Line:
    """Listens on a port of its own and passes everything on to a server.

    `on_request(path, body)` may give an answer of its own, as (status, headers, body); `on_answer(path, body, answer)`
    may change the answer in its place, or give False: then there is none.
    """

    def __init__(self, server):
        self.to = server.removeprefix("http://")
        self.on_request = lambda path, body: None
        self.on_answer = lambda path, body, answer: None
        line = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                line.pass_on(self)

            do_POST = do_GET

            def log_message(self, *_):
                pass

        listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        listening.daemon_threads = True
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{listening.server_port}"

    def pass_on(self, request):
        """Asks the server what was asked here, and answers alike."""
        raw = request.rfile.read(int(request.headers.get("Content-Length", 0)))
        is_packed = request.headers.get("Content-Encoding") == "gzip"
        body = json.loads(gzip.decompress(raw) if is_packed else raw) if raw else None
        made = self.on_request(request.path, body)
        if made:
            status, headers, answer = made
        else:
            passed = {name: value for name, value in request.headers.items() if name in PASSED}
            connection = http.client.HTTPConnection(self.to, timeout=100)
            connection.request(request.command, request.path, raw or None, passed)
            got = connection.getresponse()
            text = got.read()
            answer = json.loads(text) if text else None
            headers = [pair for pair in got.getheaders() if pair[0].lower() in ("set-cookie", "retry-after")]
            status = got.status
            connection.close()
            if self.on_answer(request.path, body, answer) is False:
                return
        text = json.dumps(answer).encode()
        request.send_response(status)
        for name, value in headers + [("Content-Type", "application/json"), ("Content-Length", len(text))]:
            request.send_header(name, str(value))
        request.end_headers()
        request.wfile.write(text)


PASSED = ("Cookie", "Content-Type", "Content-Encoding")
