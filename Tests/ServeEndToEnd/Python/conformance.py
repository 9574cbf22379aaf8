#!/usr/bin/env python3
"""The served OpenAPI documents are valid, and the server does what they say whatever it is sent.

usage: conformance.py PROGRAM [--examples N] [--seed N]

Each model's document is judged by openapi-spec-validator; then schemathesis sends calls made from it, good
and bad, and looks at the answers: no 5xx, no status, media type, header or body that the document does
not have. Prints what they say and ends with 1 when anything is wrong.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import time

from openapi_spec_validator import OpenAPIV30SpecValidator

from serving import PATIENCE, Server, call, data_uri, png

CHECKS = ("not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
          "response_schema_conformance,unsupported_method")
MODELS = ("fal-ai/framepack/flf2v", "fal-ai/wan-flf2v", "test/tiny/flf2v")


def document(server, model):
    root = server.urls["queue"].rsplit("/", 1)[0]
    answer = call("GET", f"{root}/api/openapi/queue/openapi.json?endpoint_id={model}")
    assert answer.status == 200, (model, answer.status, answer.body)
    return answer.json()


def ended_request(server):
    """A request that has ended well, for the routes that want one."""
    queue, key = server.urls["queue"], server.env["FAL_KEY"]
    told = call("POST", f"{queue}/{MODELS[0]}", key=key, body={
        "prompt": "a", "image_url": data_uri(png()), "end_image_url": data_uri(png()), "num_frames": 30}).json()
    end = time.monotonic() + PATIENCE
    while call("GET", told["status_url"], key=key).status == 202 and time.monotonic() < end:
        time.sleep(0.05)
    return told["request_id"]


def schemathesis(server, file, *options):
    outcome = subprocess.run(
        [pathlib.Path(sys.executable).parent / "schemathesis", "run", file, "--url", server.urls["queue"],
         "--header", f"Authorization: Key {server.env['FAL_KEY']}", "--checks", CHECKS, "--workers", "1",
         "--generation-database", "none", "--no-color", *options],
        cwd=server.folder, capture_output=True, text=True, timeout=1200)
    said = outcome.stdout + outcome.stderr
    if outcome.returncode != 0:
        print(said[-12000:])
    else:
        print("\n".join(line for line in said.splitlines() if "generated" in line or "passed" in line)[-1500:])
    return outcome.returncode == 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--examples", type=int, default=25)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    good = True
    with Server(options.program, None, "--backend", "instant", "--concurrency", "4") as server:
        for model in MODELS:
            OpenAPIV30SpecValidator(document(server, model)).validate()
            print(f"ok    the document of {model} is valid")
        spec = document(server, MODELS[0])
        file = server.folder / "openapi.json"
        file.write_text(json.dumps(spec))
        good &= schemathesis(server, file, "--phases", "coverage,fuzzing", "--max-examples", str(options.examples),
                             "--seed", str(options.seed))
        # The routes of requests answer with what they have only for a request that is there.
        id = ended_request(server)
        for path in spec["paths"].values():
            for operation in path.values():
                for parameter in operation.get("parameters", []) if isinstance(operation, dict) else []:
                    if parameter.get("name") == "request_id":
                        parameter["example"] = id
        file.write_text(json.dumps(spec))
        good &= schemathesis(server, file, "--phases", "examples", "--seed", str(options.seed))
        good &= server.process.poll() is None
        if not good:
            print(server.tail(20))
    print("ok    schemathesis finds nothing" if good else "FAIL  schemathesis finds something")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
