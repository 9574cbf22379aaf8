#!/usr/bin/env python3
"""Makes the small existing clip of the examples: paper lanterns rise over the lake at night.

usage: make_clip.py OUT.mp4     832x480, 30 frames a second, 4 seconds, H.264

Needs numpy, opencv-python-headless (scripts/requirements-drawers.txt) and the ffmpeg program.
"""

import subprocess
import sys

import numpy as np

from draw_keyframes import scene

WIDTH, HEIGHT, RATE, FRAMES = 832, 480, 30, 120


def lanterns():
    random = np.random.default_rng(8)
    for _ in range(22):
        yield (random.uniform(0.05, 0.95), random.uniform(0.55, 1.15), random.uniform(0.05, 0.12),
               random.uniform(0.008, 0.02), random.uniform(0, 6.28))


def frame(background, time):
    """The picture `time` seconds in."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32) / HEIGHT
    light = np.zeros((HEIGHT, WIDTH), np.float32)
    for left, start, speed, size, phase in lanterns():
        centre_x = left * WIDTH / HEIGHT + 0.012 * np.sin(time * 1.3 + phase)
        centre_y = start - speed * time
        distance = ((x - centre_x) / 0.8) ** 2 + (y - centre_y) ** 2
        flicker = 0.92 + 0.08 * np.sin(time * 7 + phase)
        light += flicker * (np.exp(-distance / size**2) + 0.35 * np.exp(-distance / (4 * size) ** 2))
    glow = np.clip(light, 0, 1)[..., None] * np.array((255, 176, 84), np.float32)
    return np.clip(background + glow * (1 - background / 255), 0, 255).astype(np.uint8)


def main(arguments):
    if len(arguments) != 1:
        sys.exit(__doc__)
    background = scene("night", WIDTH, HEIGHT, pan=0.2, zoom=1.25).astype(np.float32)
    encoder = subprocess.Popen(
        ["ffmpeg", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{WIDTH}x{HEIGHT}",
         "-r", str(RATE), "-i", "-", "-vf", "scale=out_color_matrix=bt709:out_range=tv", "-pix_fmt", "yuv420p",
         "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv",
         "-c:v", "libx264", "-crf", "23", "-preset", "slow", "-g", "60", "-threads", "1",
         "-fflags", "+bitexact", "-flags:v", "+bitexact", "-movflags", "+faststart", arguments[0]],
        stdin=subprocess.PIPE)
    for index in range(FRAMES):
        encoder.stdin.write(frame(background, index / RATE).tobytes())
    encoder.stdin.close()
    if encoder.wait() != 0:
        sys.exit("ffmpeg could not encode the clip")


if __name__ == "__main__":
    main(sys.argv[1:])
