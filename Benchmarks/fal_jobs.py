#!/usr/bin/env python3
"""Has many clips made with fal's own asynchronous Python client, as its README shows, and saves them.

usage: fal_jobs.py FOLDER JOBS LIMIT [bare]

FOLDER has the pictures `a.png` and `b.png`; clips are saved beside them. LIMIT is how many jobs are in
flight at once; 0 starts all at once, as a plain `gather` does. Every job is followed with
`with_logs=True` and `on_queue_update`, as the model's page and the client's README follow it; `bare`
leaves both out, so that the program learns nothing before the end. The environment is that of a server's
ready file. Ends with 1 unless every clip is there.
"""

import asyncio
import pathlib
import sys

import fal_client
import httpx

MODEL = "bench/tiny"


def arguments(pictures, number):
    """What Keyreel sends for the same segment: every input of the model."""
    first, last = pictures if number % 2 == 0 else pictures[::-1]
    return {
        "prompt": "to and fro", "image_url": first, "end_image_url": last, "negative_prompt": "",
        "seed": number + 1, "aspect_ratio": "16:9", "resolution": "480p", "cfg_scale": 1,
        "guidance_scale": 10, "num_frames": 8, "enable_safety_checker": False, "strength": 0.8,
    }


def on_queue_update(update):
    """The function of fal's pages, which prints the lines; here they are only read."""
    if isinstance(update, fal_client.InProgress):
        for log in update.logs:
            str(log["message"])


async def main():
    folder, jobs, limit = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]) or int(sys.argv[2])
    is_bare = "bare" in sys.argv[4:]
    pictures = [fal_client.encode_file(folder / name) for name in ("a.png", "b.png")]
    client = fal_client.AsyncClient()
    places = asyncio.Semaphore(limit)
    async with httpx.AsyncClient(limits=httpx.Limits(max_connections=limit)) as media:
        async def job(number):
            async with places:
                following = {} if is_bare else {"with_logs": True, "on_queue_update": on_queue_update}
                output = await client.subscribe(MODEL, arguments(pictures, number), **following)
                answer = await media.get(output["video"]["url"])
                answer.raise_for_status()
                (folder / f"{number}.mp4").write_bytes(answer.content)
        await asyncio.gather(*(job(number) for number in range(jobs)))
    sys.exit(0 if len(list(folder.glob("*.mp4"))) == jobs else 1)


if __name__ == "__main__":
    asyncio.run(main())
