#!/usr/bin/env python3
"""Has many clips made with fal's own asynchronous Python client, as its README shows, and saves them.

usage: fal_jobs.py FOLDER JOBS LIMIT

FOLDER has the pictures `a.png` and `b.png`; clips are saved beside them. LIMIT is how many jobs are in
flight at once. The environment is that of a server's ready file. Ends with 1 unless every clip is there.
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


async def main():
    folder, jobs, limit = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    pictures = [fal_client.encode_file(folder / name) for name in ("a.png", "b.png")]
    client = fal_client.AsyncClient()
    places = asyncio.Semaphore(limit)
    async with httpx.AsyncClient(limits=httpx.Limits(max_connections=limit)) as media:
        async def job(number):
            async with places:
                output = await client.subscribe(MODEL, arguments(pictures, number))
                answer = await media.get(output["video"]["url"])
                answer.raise_for_status()
                (folder / f"{number}.mp4").write_bytes(answer.content)
        await asyncio.gather(*(job(number) for number in range(jobs)))
    sys.exit(0 if len(list(folder.glob("*.mp4"))) == jobs else 1)


if __name__ == "__main__":
    asyncio.run(main())
