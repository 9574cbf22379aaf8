"""TLS, the proxy to fal's hosts, and pages of other origins.

usage: tls_suite.py KEYREEL-SERVE [NAME…]; see outside.py.
"""

import json
import os
import socket
import ssl
import subprocess
import time
import urllib.parse

import serving
from outside import place, raw, read_all, run, server, status, trust
from serving import PATIENCE, TINY, tiny_input

FAL_HOSTS = ["queue.fal.run", "fal.run", "rest.fal.ai", "v3.fal.media", "api.fal.ai"]
OLD_HOSTS = ["queue.falrun.com", "falrun.com", "rest.alpha.fal.ai", "v3b.fal.media", "fal.media"]


def clients_trust_fals_hosts_and_this_machine_alone():
    with server("--dev-tls") as running:
        address = place(running.urls["queue"])
        for name in FAL_HOSTS + OLD_HOSTS + ["localhost", "127.0.0.1", "::1"]:
            got = raw(address, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                      trust(running), name)
            assert got.endswith(b"ok\n"), (name, got)
        for name in ["example.com", "evilfal.run", "127.0.0.2"]:
            try:
                raw(address, b"", trust(running), name)
            except ssl.SSLCertVerificationError:
                continue
            raise AssertionError(f"{name} was trusted")
        # Plain http on the TLS port is no crash.
        raw(address, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        tls = running.data / "tls"
        assert tls.stat().st_mode & 0o777 == 0o700
        assert all(file.stat().st_mode & 0o777 == 0o600 for file in tls.iterdir())


def the_proxy_leads_to_fals_hosts_alone():
    with server("--dev-tls") as running:
        proxy = place(running.env["HTTPS_PROXY"])
        for name in FAL_HOSTS + OLD_HOSTS:
            with socket.create_connection(proxy, timeout=PATIENCE) as bare:
                # In pieces, as a slow network has it.
                for piece in [b"CONNECT " + name.encode(), b":443 HTTP/1.1\r\nHost: " + name.encode(), b":443\r\n\r", b"\n"]:
                    bare.sendall(piece)
                answer = b""
                while b"\r\n\r\n" not in answer:
                    answer += bare.recv(1)
                assert status(answer) == 200, answer
                with trust(running).wrap_socket(bare, server_hostname=name) as line:
                    line.sendall(f"GET /nothing/here HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n".encode())
                    assert status(read_all(line)) in (401, 404, 405)
        refused = {
            b"CONNECT example.com:443 HTTP/1.1\r\n\r\n": 403,
            b"CONNECT evilfal.run:443 HTTP/1.1\r\n\r\n": 403,
            b"CONNECT queue.fal.run.example.com:443 HTTP/1.1\r\n\r\n": 403,
            b"CONNECT queue.fal.run:80 HTTP/1.1\r\n\r\n": 403,
            b"CONNECT queue.fal.run HTTP/1.1\r\n\r\n": 403,
            b"CONNECT 127.0.0.1:443 HTTP/1.1\r\n\r\n": 403,
            b"CONNECT [::1]:443 HTTP/1.1\r\n\r\n": 403,
            b"CONNECT user@queue.fal.run:443 HTTP/1.1\r\n\r\n": 403,
            b"GET http://queue.fal.run/ HTTP/1.1\r\n\r\n": 405,
            b"nonsense\r\n\r\n": 400,
            b"\r\n\r\n": 400,
            b"CONNECT queue.fal.run:443 HTTP/1.1\r\nX: " + b"y" * 20000: 431,
        }
        for request, expected in refused.items():
            got = raw(proxy, request)
            assert status(got) == expected, (request[:60], got[:200])
            assert got.rstrip().endswith(b"."), got


def a_tunnel_carries_much_both_ways_and_ends_with_either_side():
    with server("--dev-tls") as running:
        picture = os.urandom(20 << 20)
        environment = {**os.environ, **running.env}
        folder = running.folder
        (folder / "big.bin").write_bytes(picture)
        token = json.loads(subprocess.run(
            ["curl", "-sS", "--fail-with-body", "--cacert", running.env["SSL_CERT_FILE"], "-X", "POST",
             "-H", f"Authorization: Key {running.env['FAL_KEY']}", "-d", "{}",
             "https://rest.fal.ai/storage/auth/token?storage_type=fal-cdn-v3"],
            env=environment, check=True, capture_output=True).stdout)
        url = json.loads(subprocess.run(
            ["curl", "-sS", "--fail-with-body", "--cacert", running.env["SSL_CERT_FILE"],
             "-H", f"Authorization: {token['token_type']} {token['token']}", "-H", "Content-Type: image/png",
             "-H", "X-Fal-File-Name: big.png", "--data-binary", f"@{folder / 'big.bin'}",
             "https://v3.fal.media/files/upload"],
            env=environment, check=True, capture_output=True).stdout)["access_url"]
        got = subprocess.run(
            ["curl", "-sS", "--fail-with-body", "--cacert", running.env["SSL_CERT_FILE"], "--limit-rate", "40M", url],
            env=environment, check=True, capture_output=True).stdout
        assert got == picture
        # A client that never reads does not fill the server's memory.
        before = running.resident()
        proxy, lines = place(running.env["HTTPS_PROXY"]), []
        path = urllib.parse.urlsplit(url).path
        for _ in range(20):
            bare = socket.create_connection(proxy, timeout=PATIENCE)
            bare.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
            bare.sendall(b"CONNECT v3.fal.media:443 HTTP/1.1\r\n\r\n")
            assert bare.recv(39).startswith(b"HTTP/1.1 200")
            line = trust(running).wrap_socket(bare, server_hostname="v3.fal.media")
            line.sendall(f"GET {path} HTTP/1.1\r\nHost: v3.fal.media\r\n\r\n".encode())
            lines.append(line)
        for line in lines:
            assert line.recv(12) == b"HTTP/1.1 200"
        time.sleep(1.0)
        grown = running.resident() - before
        assert grown < 120 << 20, f"{grown >> 20} MiB for 20 readers that stand still, each of 20 MiB"
        for line in lines:
            line.close()
        # The server's end ends the tunnels.
        bare = socket.create_connection(proxy, timeout=PATIENCE)
        bare.sendall(b"CONNECT fal.run:443 HTTP/1.1\r\n\r\n")
        assert bare.recv(39).startswith(b"HTTP/1.1 200")
        line = trust(running).wrap_socket(bare, server_hostname="fal.run")
        assert running.stop() == 0, running.tail()
        assert read_all(line) == b""


def a_given_certificate_is_served():
    with server("--dev-tls") as first:
        tls = first.data / "tls"
        with server("--tls-certificate", str(tls / "server.pem"), "--tls-key", str(tls / "server-key.pem")) as running:
            assert "HTTPS_PROXY" not in running.env and "SSL_CERT_FILE" not in running.env
            assert running.urls["queue"].startswith("https://")
            context = ssl.create_default_context(cafile=str(tls / "authority.pem"))
            got = raw(place(running.urls["queue"]),
                      b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", context, "localhost")
            assert got.endswith(b"ok\n"), got


def pages_of_any_origin_may_call_with_a_key():
    with server() as running:
        asked = "authorization, content-type, x-fal-queue-priority, x-fal-new, x-evil"
        answer = serving.call("OPTIONS", f"{running.urls['queue']}/{TINY}", headers={
            "Origin": "https://studio.example", "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": asked})
        assert answer.status == 204
        allowed = answer.headers["Access-Control-Allow-Headers"].split(", ")
        assert allowed == ["authorization", "content-type", "x-fal-queue-priority", "x-fal-new"], allowed
        answer = serving.call("POST", running.urls["queue"].removesuffix("/queue") + "/proxy", tiny_input(), running.env["FAL_KEY"],
                              {"Origin": "https://studio.example", "x-fal-target-url": f"https://queue.fal.run/{TINY}"})
        assert answer.status == 200, answer.body
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "x-fal-request-id" in answer.headers["Access-Control-Expose-Headers"]
        assert answer.json()["status_url"].startswith(running.urls["queue"]), answer.json()


run(
    clients_trust_fals_hosts_and_this_machine_alone,
    the_proxy_leads_to_fals_hosts_alone,
    a_tunnel_carries_much_both_ways_and_ends_with_either_side,
    a_given_certificate_is_served,
    pages_of_any_origin_may_call_with_a_key,
)
