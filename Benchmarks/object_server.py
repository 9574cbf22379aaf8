"""A real S3 server (SeaweedFS, from requirements-tests.txt) on free ports of this machine."""

import http.client
import json
import pathlib
import socket
import subprocess
import time

from measure import ROOT

KEY, SECRET = "keyreel-bench", "only-for-benchmarks"
PORTS = ("s3.port", "master.port", "master.port.grpc", "volume.port", "volume.port.grpc", "filer.port",
         "filer.port.grpc", "s3.port.grpc")


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


class ObjectServer:
    """Runs until it is closed; `environment(endpoint)` points Keyreel at it."""

    def __init__(self, folder):
        folder = pathlib.Path(folder)
        (folder / "data").mkdir(parents=True)
        (folder / "s3.json").write_text(json.dumps({"identities": [{
            "name": "bench", "actions": ["Admin", "Read", "Write", "List", "Tagging"],
            "credentials": [{"accessKey": KEY, "secretKey": SECRET}]}]}))
        ports = free_ports(len(PORTS))
        self.endpoint = f"http://127.0.0.1:{ports[0]}"
        weed = ROOT / ".venv/bin/weed"
        self.log = open(folder / "log", "wb")
        self.process = subprocess.Popen(
            [str(weed) if weed.exists() else "weed", "-logtostderr=true", "server",
             "-master.telemetry=false", "-s3.port.iceberg=0", "-s3.port.lance=0", f"-dir={folder}/data",
             "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-master.volumeSizeLimitMB=256", "-volume.max=30",
             "-filer", "-s3", f"-s3.config={folder}/s3.json"]
            + [f"-{name}={port}" for name, port in zip(PORTS, ports)],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        self.wait()
        subprocess.run(
            ["curl", "-sSf", "--retry", "60", "--retry-all-errors", "--retry-delay", "1", "--aws-sigv4",
             "aws:amz:us-east-1:s3", "--user", f"{KEY}:{SECRET}", "-X", "PUT", f"{self.endpoint}/clips"],
            check=True, stdout=subprocess.DEVNULL)

    def wait(self):
        host = self.endpoint.removeprefix("http://")
        while self.process.poll() is None:
            try:
                connection = http.client.HTTPConnection(host, timeout=5)
                connection.request("GET", "/")
                if connection.getresponse().status in (200, 403):
                    return
            except OSError:
                pass
            time.sleep(0.2)
        raise SystemExit("bench: SeaweedFS ended; run 'scripts/setup --tests' first")

    @staticmethod
    def environment(endpoint):
        return {"AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET,
                "AWS_REGION": "us-east-1", "AWS_PROFILE": ""}

    def close(self):
        self.process.kill()
        self.process.wait()
        self.log.close()
