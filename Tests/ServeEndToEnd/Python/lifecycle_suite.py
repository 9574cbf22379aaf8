"""Starting, stopping, keys, and requests that end by the clock.

usage: lifecycle_suite.py KEYREEL-SERVE [NAME…]; see outside.py.
"""

import os
import signal
import socket
import subprocess
import threading

import serving
from outside import PROGRAM, is_closed, metrics, place, read_all, run, server, status_of, submit, wait_for
from serving import PATIENCE, TINY, Server, tiny_input


def launch(folder, *arguments, ready=None):
    """A start that is expected to fail: its status and what it wrote."""
    words = [str(PROGRAM), "--data", str(folder), *arguments]
    if ready:
        words += ["--ready-file", str(ready)]
    environment = {name: value for name, value in os.environ.items() if name not in ("FAL_KEY", "SSL_CERT_FILE")}
    done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=PATIENCE)
    return done.returncode, done.stderr


def a_port_in_use_is_one_sentence_and_no_ready_file():
    with server() as running:
        port = place(running.urls["queue"])[1]
        for arguments in [["--port", str(port)], ["--dev-tls", "--port", str(port - 1)]]:
            ready = running.folder / "never.json"
            code, told = launch(running.folder / "other", *arguments, ready=ready)
            assert code == 75, (code, told)
            assert "is in use" in told and len(told.strip().splitlines()) <= 2, told
            assert not ready.exists()
        code, told = launch(running.data)
        assert code == 75 and "another server uses the data folder" in told, told
        code, told = launch(running.folder / "other", "--port", "0", ready=running.folder / "no" / "ready.json")
        assert code == 1 and "cannot be written" in told, (code, told)
        code, told = launch(running.folder / "other", "--listen", "192.0.2.1", "--port", "0")
        assert code == 64 and "no address of this machine" in told, (code, told)
        code, told = launch(running.folder / "other", "--tls-certificate", "/nowhere", "--tls-key", "/nowhere")
        assert code == 64 and "cannot be read" in told, (code, told)


def a_stop_ends_streams_and_lets_runs_finish():
    # Long enough for all that happens before the stop, and shorter than the ten seconds after it.
    faults = "faults: [{at: work, delay: 6s, count: 1}]"
    with Server(PROGRAM, None, "--backend", "instant", "--concurrency", "1") as running:
        running.stop()
        (running.folder / "slow.yaml").write_text(faults)
        running.start("--faults", str(running.folder / "slow.yaml"))
        results = {}

        def run(name):
            try:
                results[name] = serving.call("POST", f"{running.urls['run']}/{TINY}", tiny_input(name), running.env["FAL_KEY"])
            except OSError as error:
                results[name] = error
        first = threading.Thread(target=run, args=("first",))
        first.start()
        wait_for(lambda: b'keyreel_jobs{state="running"} 1' in metrics(running))
        second = threading.Thread(target=run, args=("second",))
        second.start()
        wait_for(lambda: b'keyreel_jobs{state="queued"} 1' in metrics(running))
        waiting = submit(running, prompt="third")
        stream = socket.create_connection(place(running.urls["queue"]), timeout=PATIENCE)
        app = "/".join(TINY.split("/")[:2])
        stream.sendall(f"GET /queue/{app}/requests/{waiting}/status/stream HTTP/1.1\r\nHost: x\r\n"
                       f"Authorization: Key {running.env['FAL_KEY']}\r\n\r\n".encode())
        told = stream.recv(65536)
        assert b"200 OK" in told
        ready = max(running.folder.glob("ready-*.json"))
        assert running.stop() == 0, running.tail()
        first.join()
        second.join()
        assert results["first"].status == 200, results["first"]
        assert results["second"].status == 503, results["second"].body
        # Taken together: the last chunk may have come with the head.
        told += read_all(stream)
        assert told.endswith(b"\r\n0\r\n\r\n"), f"the stream has no proper end: {told!r}"
        assert not ready.exists(), "the ready file is still there"
        # What did not begin waits, and is done after the next start.
        running.start()
        wait_for(lambda: b'keyreel_jobs_ended_total{outcome="success"} 3' in metrics(running))


def a_second_signal_ends_it_at_once_and_the_job_waits_again():
    with Server(PROGRAM, None, "--backend", "instant") as running:
        running.stop()
        (running.folder / "never.yaml").write_text("faults: [{at: work, never_ends: true, count: 1}]")
        running.start("--faults", str(running.folder / "never.yaml"))
        job = submit(running)
        wait_for(lambda: b'keyreel_jobs{state="running"} 1' in metrics(running))
        address = place(running.urls["queue"])
        running.process.send_signal(signal.SIGINT)
        wait_for(lambda: is_closed(address))
        assert running.process.poll() is None, "it did not wait for the job"
        # An end that waited for the job, or for the grace to be over, has another status.
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(timeout=PATIENCE) == 130, running.tail()
        assert not list(running.folder.glob("ready-2.json"))
        running.start()
        wait_for(lambda: status_of(running, job)["status"] == "COMPLETED")


def keys_are_made_listed_and_revoked():
    def keys(*words):
        done = subprocess.run([str(PROGRAM), "keys", *words, "--data", str(running.data)], capture_output=True, text=True)
        return done.returncode, done.stdout, done.stderr
    with server() as running:
        code, _, told = keys("list")
        assert code == 75 and "another server uses" in told, (code, told)
        running.stop()
        code, made, told = keys("add", "studio")
        assert code == 0 and made.count(":") == 1 and made.split(":")[1].strip() not in told, (code, made, told)
        made = made.strip()
        code, listed, _ = keys("list")
        assert code == 0 and [line.split()[1] for line in listed.splitlines()] == ["valid", "valid"], listed
        assert "studio" in listed and made.split(":")[1] not in listed
        running.start()
        url = f"{running.urls['queue']}/test/tiny/requests/00000000-0000-4000-8000-000000000000/status"
        assert serving.call("GET", url, key=made).status == 404
        running.stop()
        assert keys("revoke", made.split(":")[0])[0] == 0
        code, _, told = keys("revoke", made.split(":")[0])
        assert code == 64 and "no valid key" in told, (code, told)
        running.start()
        url = f"{running.urls['queue']}/test/tiny/requests/00000000-0000-4000-8000-000000000000/status"
        assert serving.call("GET", url, key=made).status == 401
        assert made.split(":")[1] not in running.tail(10000)
        assert made.split(":")[1].encode() not in (running.data / "queue.sqlite").read_bytes()


def requests_expire_though_every_worker_is_busy():
    with Server(PROGRAM, None, "--backend", "instant", "--concurrency", "1") as running:
        running.stop()
        (running.folder / "never.yaml").write_text("faults: [{at: work, never_ends: true, count: 1}]")
        running.start("--faults", str(running.folder / "never.yaml"))
        submit(running)
        answer = serving.call("POST", f"{running.urls['queue']}/{TINY}", tiny_input(), running.env["FAL_KEY"],
                              {"X-Fal-Request-Timeout": "0.5"})
        job = answer.json()["request_id"]
        told = wait_for(lambda: (lambda s: s["status"] == "COMPLETED" and s)(status_of(running, job)))
        assert told["error_type"] == "request_timeout", told
        running.kill()


run(
    a_port_in_use_is_one_sentence_and_no_ready_file,
    a_stop_ends_streams_and_lets_runs_finish,
    a_second_signal_ends_it_at_once_and_the_job_waits_again,
    keys_are_made_listed_and_revoked,
    requests_expire_though_every_worker_is_busy,
)
