"""Stands for the API of a code host, as far as one comment on a pull request needs it.

    python3 -c PROGRAM FOLDER

Writes its port on one line, keeps what it was asked and its comments in FOLDER/host.json, and ends when
its standard input does. It is a proxy for plain http: whoever names any host by it is answered by it.
There is one open pull request, number 7, from the branch `feature` of `fork`.
"""

import http.server
import json
import pathlib
import sys
import threading
import urllib.parse

PAGE = 2  # Comments on a page: few, so that there are several.
folder = pathlib.Path(sys.argv[1])
state = {
    "asked": [],
    "comments": [
        {"id": 1, "user": {"type": "User"}, "body": "<!-- keyreel diff pipelines/lake-day.yaml -->\nmine"},
        {"id": 2, "user": {"type": "Bot"}, "body": "<!-- keyreel diff pipelines/other.yaml -->\nanother film's"},
    ],
}


class Host(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        length = int(self.headers.get("Content-Length", 0))
        sent = json.loads(self.rfile.read(length) or "{}")
        state["asked"].append({
            "method": self.command, "path": url.path, "authorization": self.headers.get("Authorization")})
        status, body, more = self.reply(url.path, query, sent)
        (folder / "host.json").write_text(json.dumps(state))
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        if more:
            self.send_header("Link", f'<http://{self.headers["Host"]}{url.path}?page={more}>; rel="next"')
        self.end_headers()
        self.wfile.write(data)

    def reply(self, path, query, sent):
        """The status, the body, and the next page where there is one."""
        comments = state["comments"]
        if path.endswith("/pulls"):
            return 200, [{"number": 7}] if query.get("head") == "fork:feature" else [], None
        if path.endswith("/issues/7/comments") and self.command == "GET":
            page = int(query.get("page", 1))
            more = page + 1 if len(comments) > page * PAGE else None
            return 200, comments[(page - 1) * PAGE:page * PAGE], more
        if path.endswith("/issues/7/comments"):
            comments.append({"id": len(comments) + 1, "user": {"type": "Bot"}, "body": sent["body"]})
            return 201, comments[-1], None
        for comment in comments:
            if path.endswith(f"/issues/comments/{comment['id']}") and self.command == "PATCH":
                comment["body"] = sent["body"]
                return 200, comment, None
        return 404, {"message": "Not Found"}, None

    do_GET = do_POST = do_PATCH = answer

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Host)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_port, flush=True)
sys.stdin.read()
