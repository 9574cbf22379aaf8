"""The same queue in memory, as one would write it with FastAPI: the peer that the server is measured beside.

usage: uvicorn reference_queue:app

It checks the input and the key, takes jobs in order, "makes" each at once and keeps nothing on the disk.
"""

import asyncio
import contextlib
import hmac
import os
import time
import uuid
from typing import Literal

from fastapi import Depends, FastAPI, Header, HTTPException, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

KEY = os.environ.get("FAL_KEY", "peer:0123456789abcdef")
WORKERS = 4


class Input(BaseModel):
    prompt: str = Field(max_length=500)
    image_url: str
    end_image_url: str
    negative_prompt: str = ""
    seed: int | None = None
    aspect_ratio: Literal["16:9", "9:16"] = "16:9"
    resolution: Literal["480p", "720p"] = "480p"
    cfg_scale: float = Field(1, ge=0, le=7)
    guidance_scale: float = Field(10, ge=0, le=32)
    num_frames: int = Field(240, ge=30, le=1800)
    enable_safety_checker: bool = False
    strength: float = Field(0.8, ge=0, le=1)


class Job:
    def __init__(self, input):
        self.id, self.input, self.state = str(uuid.uuid4()), input, "IN_QUEUE"
        self.logs, self.output, self.took = [], None, 0.0


jobs: dict[str, Job] = {}
waiting: asyncio.Queue


async def work():
    while True:
        job = await waiting.get()
        begin = time.monotonic()
        job.state = "IN_PROGRESS"
        job.logs.append({"message": "Making the clip", "level": "INFO", "source": "USER", "timestamp": time.time()})
        await asyncio.sleep(0)
        job.output = {"video": {"url": f"https://peer/{job.id}.mp4", "content_type": "video/mp4"}, "seed": job.input.seed}
        job.took, job.state = time.monotonic() - begin, "COMPLETED"


@contextlib.asynccontextmanager
async def lifespan(_):
    global waiting
    waiting = asyncio.Queue()
    tasks = [asyncio.create_task(work()) for _ in range(WORKERS)]
    yield
    for task in tasks:
        task.cancel()


app = FastAPI(lifespan=lifespan)


def check(authorization: str = Header("")):
    if not hmac.compare_digest(authorization.removeprefix("Key ").encode(), KEY.encode()):
        raise HTTPException(401, "No user found for Key ID and Secret")


def find(id):
    job = jobs.get(id)
    if job is None:
        raise HTTPException(404, "Request not found")
    return job


def links(request, job):
    url = f"{request.base_url}fal-ai/framepack/requests/{job.id}"
    return {"request_id": job.id, "response_url": url, "status_url": f"{url}/status", "cancel_url": f"{url}/cancel"}


@app.post("/fal-ai/framepack/flf2v", dependencies=[Depends(check)])
async def submit(input: Input, request: Request):
    job = Job(input)
    jobs[job.id] = job
    await waiting.put(job)
    return {"status": job.state, "queue_position": waiting.qsize(), **links(request, job)}


@app.get("/fal-ai/framepack/requests/{id}/status", dependencies=[Depends(check)])
async def status(id: str, request: Request, logs: bool = False):
    job = find(id)
    body = {"status": job.state, "queue_position": 0, "logs": job.logs if logs else None,
            "metrics": {"inference_time": job.took}, **links(request, job)}
    return JSONResponse(body, status_code=200 if job.state == "COMPLETED" else 202)


@app.get("/fal-ai/framepack/requests/{id}", dependencies=[Depends(check)])
async def result(id: str):
    job = find(id)
    if job.state != "COMPLETED":
        raise HTTPException(400, "Request is still in progress")
    return job.output
