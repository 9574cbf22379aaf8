#!/usr/bin/env python3
"""Kills keyreel-serve again and again while clients work with it, and then counts what is left.

usage: torture.py PROGRAM [--kills N] [--seed N]

Promised: every job that was accepted ends exactly once; no answer, log line or file that a client saw is
lost or changed; each job that went well is charged exactly once; a key of idempotency makes one job.
Prints one line per finding and ends with 1 when there are any.
"""

import argparse
import http.client
import random
import sqlite3
import sys
import threading
import time

from serving import Server, TINY, call, png, tiny_input

APP = "/".join(TINY.split("/")[:2])


class Client(threading.Thread):
    """Submits, polls, uploads and remembers what it was told."""

    def __init__(self, torture, number):
        super().__init__(name=f"client {number}", daemon=True)
        self.torture, self.number = torture, number
        self.random = random.Random(f"{torture.seed}/{number}")
        self.jobs = {}        # id -> state, lines and output that were seen
        self.unknown = set()  # prompts of submissions whose answer was lost
        self.files = {}       # address of an upload below the media prefix -> its bytes
        self.failure = None

    def run(self):
        try:
            count = 0
            while not self.torture.over.is_set():
                count += 1
                self.turn(count)
        except Exception as error:  # whatever it is, the judge tells it
            self.failure = f"{self.name}: {type(error).__name__}: {error}"

    def turn(self, count):
        choice = self.random.random()
        if choice < 0.35:
            self.submit(f"{self.number}-{count}")
        elif choice < 0.5 and self.torture.uploads:
            self.upload(f"{self.number}-{count}")
        elif self.jobs:
            self.look(self.random.choice(list(self.jobs)[-8:]))

    def call(self, method, path, **more):
        """One call, or nothing where the server went away."""
        server = self.torture.server
        try:
            return call(method, server.urls["queue"] + path, key=server.env["FAL_KEY"], timeout=20, **more)
        except (OSError, http.client.HTTPException):
            time.sleep(0.01)
            return None

    def submit(self, prompt):
        named = self.random.random() < 0.5
        headers = {"Idempotency-Key": prompt} if named else {}
        body = tiny_input(prompt, num_frames=self.random.choice([2, 5, 12]))
        while True:
            answer = self.call("POST", f"/{TINY}", body=body, headers=headers)
            if answer is not None and answer.status == 200:
                self.jobs[answer.json()["request_id"]] = {"prompt": prompt, "state": None, "lines": [], "output": None}
                return
            if answer is not None and answer.status != 503:
                raise AssertionError(f"a submission got {answer.status}: {answer.body[:300]}")
            # Only with a key of its own may it be sent again: the answer may have been all that was lost.
            if not named:
                self.unknown.add(prompt)
                return
            if self.torture.over.is_set():
                self.unknown.add(prompt)
                return

    def look(self, id):
        job = self.jobs[id]
        answer = self.call("GET", f"/{APP}/requests/{id}/status?logs=1")
        if answer is None or answer.status == 503:
            return
        assert answer.status in (200, 202), f"the status of {id} got {answer.status}: {answer.body[:300]}"
        status = answer.json()
        if job["state"] == "COMPLETED":
            assert status["status"] == "COMPLETED", f"{id} was completed and is {status['status']} now"
        lines = [(line["timestamp"], line["message"]) for line in status["logs"] or []]
        if status["status"] != "IN_QUEUE":
            missing = [line for line in job["lines"] if line not in lines]
            assert not missing, f"{id} lost the log line {missing[0]}"
            job["lines"] = lines
        job["state"] = status["status"]
        if job["state"] == "COMPLETED" and job["output"] is None:
            answer = self.call("GET", f"/{APP}/requests/{id}")
            if answer is not None and answer.status != 503:
                job["output"] = (answer.status, answer.json())

    def upload(self, name):
        body = png(self.random.randrange(256), self.random.randrange(256), 7, width=200, height=150)
        server = self.torture.server
        try:
            begun = call(
                "POST", server.urls["storage"] + "/storage/upload/initiate?storage_type=fal-cdn-v3",
                key=server.env["FAL_KEY"], body={"file_name": f"{name}.png", "content_type": "image/png"})
            if begun.status != 200:
                return
            told = begun.json()
            sent = call("PUT", told["upload_url"], body=body, headers={"Content-Type": "image/png"})
            if 200 <= sent.status < 300:
                self.files[told["file_url"].split("/media", 1)[1]] = body
        except (OSError, http.client.HTTPException):
            time.sleep(0.01)


class Torture:
    def __init__(self, program, kills, seed):
        self.server = Server(program)
        self.kills, self.seed = kills, seed
        self.random = random.Random(seed)
        self.over = threading.Event()
        self.findings = []
        self.uploads = False
        self.given_up = set()

    def start(self):
        # Mostly instant clips, so that many jobs are in every state; now and then rendered ones.
        backend = "animatic" if self.random.random() < 0.3 else "instant"
        fresh = Server(self.server.program, self.server.folder)
        fresh.starts = self.server.starts
        fresh.scratch, self.server.scratch = self.server.scratch, None
        fresh.start("--backend", backend, "--concurrency", "4")
        self.server = fresh

    def run(self):
        self.start()
        probe = call("POST", self.server.urls["storage"] + "/storage/upload/initiate?storage_type=fal-cdn-v3",
                     key=self.server.env["FAL_KEY"], body={"file_name": "a.png", "content_type": "image/png"})
        self.uploads = probe.status == 200
        clients = [Client(self, number) for number in range(6)]
        for client in clients:
            client.start()
        for _ in range(self.kills):
            time.sleep(self.random.uniform(0.02, 0.8))
            self.server.kill()
            self.start()
        time.sleep(1)
        self.over.set()
        for client in clients:
            client.join(60)
            if client.failure:
                self.findings.append(client.failure)
        self.finish(clients)
        for client in clients:
            self.check_seen(client)
        status = self.server.stop()
        if status != 0:
            self.findings.append(f"the server ended with {status} when it was asked to")
        self.check_books(clients)
        return clients

    def finish(self, clients):
        """Lets all that waits be done."""
        end = time.monotonic() + 300
        while True:
            database = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)
            open_jobs = database.execute("SELECT count(*) FROM jobs WHERE state <> 2").fetchone()[0]
            database.close()
            if open_jobs == 0:
                return
            if time.monotonic() > end:
                self.findings.append(f"{open_jobs} jobs did not end within five minutes")
                return
            time.sleep(0.2)

    @property
    def database(self):
        return self.server.data / "queue.sqlite"

    def check_seen(self, client):
        for id, job in client.jobs.items():
            output = job["output"]
            job["state"] = None if job["state"] is None else job["state"]
            try:
                client.look(id)
            except AssertionError as error:
                self.findings.append(str(error))
                continue
            answer = client.call("GET", f"/{APP}/requests/{id}")
            if answer.status == 503 and answer.json().get("error_type") == "runner_disconnected":
                # Ten kills in ten attempts: that is where the server gives a job up, and charges nothing.
                self.given_up.add(id)
                continue
            if answer.status != 200:
                self.findings.append(f"{id} ended with {answer.status}: {answer.body[:200]}")
                continue
            now = answer.json()
            if output is not None and self.plain(output[1]) != self.plain(now):
                self.findings.append(f"{id} had the output {output[1]} and has {now}")
            self.check_file(now["video"]["url"], now["video"]["file_size"], id)
        for path, body in client.files.items():
            answer = call("GET", self.server.urls["media"] + path)
            if answer.status != 200 or answer.body != body:
                self.findings.append(f"the upload {path} came back with {answer.status} and {len(answer.body)} bytes")

    def check_file(self, url, size, id):
        answer = call("GET", url)
        if answer.status != 200 or len(answer.body) != size:
            self.findings.append(f"the clip of {id} came back with {answer.status} and {len(answer.body)} bytes, not {size}")

    @staticmethod
    def plain(output):
        """The output without the port, which changes with every start."""
        return {**output, "video": {**output["video"], "url": output["video"]["url"].split("/media", 1)[1]}} \
            if "video" in output else output

    def check_books(self, clients):
        database = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)
        rows = {row[0]: row[1:] for row in database.execute(
            "SELECT id, state, status_code, error, json_extract(input, '$.prompt'), attempts, endpoint FROM jobs "
            "JOIN inputs ON inputs.job = jobs.number")}
        billed = dict(database.execute("SELECT job_id, count(*) FROM billing GROUP BY job_id"))
        known = {id: job["prompt"] for client in clients for id, job in client.jobs.items()}
        doubtful = {prompt for client in clients for prompt in client.unknown}
        for id in known.keys() - rows.keys():
            self.findings.append(f"the accepted job {id} is lost")
        prompts = [row[3] for row in rows.values()]
        for id, (state, code, error, prompt, attempts, _) in rows.items():
            if state != 2:
                self.findings.append(f"{id} has not ended")
            if id in self.given_up and (attempts != 10 or id in billed):
                self.findings.append(f"{id} was given up after {attempts} attempts, charged {billed.get(id, 0)} times")
            if code == 200 and billed.get(id, 0) != 1:
                self.findings.append(f"{id} was charged {billed.get(id, 0)} times")
            if id not in known and prompt not in doubtful:
                self.findings.append(f"the job {id} ({prompt}) was made and nobody knows it")
        for prompt in {prompt for prompt in prompts if prompts.count(prompt) > 1}:
            self.findings.append(f"{prompt} became {prompts.count(prompt)} jobs")
        database.close()
        self.report = (f"{self.kills} kills: {len(rows)} jobs, {len(known)} known, {sum(billed.values())} charged, "
                       f"{sum(row[4] > 1 for row in rows.values())} begun more than once, {len(self.given_up)} given up, "
                       f"{sum(len(client.files) for client in clients)} uploads")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torture = Torture(options.program, options.kills, options.seed)
    torture.report = "broken off"
    try:
        torture.run()
    except Exception:
        print(torture.server.tail())
        raise
    finally:
        torture.over.set()
        if torture.server.process and torture.server.process.poll() is None:
            torture.server.process.kill()
    for finding in torture.findings[:50]:
        print(finding)
    if torture.findings:
        print(torture.server.tail())
    print(torture.report, f"{len(torture.findings)} findings")
    sys.exit(1 if torture.findings else 0)


if __name__ == "__main__":
    main()
