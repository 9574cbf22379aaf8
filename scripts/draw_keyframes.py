#!/usr/bin/env python3
"""Draws the keyframes of the examples: a lake between hills, at any hour, from any place.

usage: draw_keyframes.py lake-day OUT_DIR     dawn, noon, dusk, night
       draw_keyframes.py push-in OUT_DIR      one morning, three camera positions
       draw_keyframes.py handoff OUT_DIR      one noon, three camera positions
       draw_keyframes.py truth OUT_DIR FROM TO FRAMES [WIDTH HEIGHT]
                                              the true pictures of a part of the push-in, as PNG;
                                              0, 1 and 2 are its keyframes, 0.5 is half-way

Every picture is a function of hour, pan and zoom alone, so that the in-betweens of a camera move are
known exactly; the benchmarks measure against them. Needs numpy and opencv-python-headless
(scripts/requirements-drawers.txt).
"""

import os
import sys

import cv2
import numpy as np

HOURS = {
    # top and horizon of the sky, colour and place of the sun or moon, far and near hills, stars
    "dawn": dict(top=(38, 44, 92), horizon=(250, 150, 110), sun=(255, 214, 150), sun_at=(0.22, 0.56),
                 far=(96, 80, 120), near=(28, 26, 52), stars=0.25),
    "noon": dict(top=(62, 128, 214), horizon=(186, 220, 244), sun=(255, 252, 232), sun_at=(0.52, 0.16),
                 far=(128, 156, 176), near=(38, 84, 62), stars=0),
    "dusk": dict(top=(40, 26, 74), horizon=(238, 98, 74), sun=(255, 150, 96), sun_at=(0.80, 0.58),
                 far=(110, 62, 98), near=(26, 16, 36), stars=0.5),
    "night": dict(top=(6, 10, 30), horizon=(30, 42, 82), sun=(226, 232, 255), sun_at=(0.66, 0.2),
                  far=(30, 36, 66), near=(6, 8, 18), stars=1.0),
}

LAKE_DAY = (("dawn", "dawn", 0, 1), ("noon", "noon", 0.10, 1.0),
            ("dusk", "dusk", 0.20, 1.0), ("night", "night", 0.20, 1.25))
PUSH_IN = (("far", "dawn", 0, 1), ("nearer", "dawn", -0.1, 1.125), ("near", "dawn", -0.2, 1.25))
HANDOFF = (("shore", "noon", 0.06, 1.25), ("water", "noon", 0, 1.125), ("sky", "noon", -0.06, 1.0))

SHORE = 0.74  # where the water begins, in picture heights
EYE = 0.62  # the height that a zoom holds still


def waves(x, seed, octaves=6, base=1.5):
    """A sum of sines with falling weight, the same for the same seed."""
    random = np.random.default_rng(seed)
    total = np.zeros_like(x)
    for octave in range(octaves):
        phases = random.uniform(0, 6.28, 3)
        tones = zip((1, 1.37, 1.91), phases)
        total += sum(np.sin(x * (base * 2**octave) * k + p) for k, p in tones) / 3 / 2 ** (octave * 0.95)
    return total


def sky(hour, place, pan, zoom):
    x, y, width, height = place
    t = np.clip(y / 0.64, 0, 1) ** 1.2
    image = np.array(hour["top"], float) * (1 - t[..., None]) + np.array(hour["horizon"], float) * t[..., None]
    sun = np.array(hour["sun"])
    distance = np.hypot((x - pan * 0.1 - hour["sun_at"][0]) * 16 / 9, (y - hour["sun_at"][1]))
    image += (np.exp(-distance / 0.16) * 0.55)[..., None] * sun * 0.6
    disc = np.clip((0.045 - distance) * height / 2, 0, 1)[..., None]
    image = image * (1 - disc) + sun * disc
    if hour["stars"]:
        random = np.random.default_rng(5)
        for _ in range(260):
            star_x, star_y, light = random.uniform(-0.2, 1.2), random.uniform(0, 0.5), random.uniform(0.3, 1)
            px = ((star_x - pan * 0.05 - 0.5) * zoom + 0.5) * width
            py = ((star_y - EYE) * zoom + EYE) * height
            if 1 < px < width - 2 and 1 < py < height - 2:
                image[int(py):int(py) + 2, int(px):int(px) + 2] += 200 * light * hour["stars"]
    return image


def hills(image, hour, place, columns, pan):
    """Five ridges, each nearer one sliding faster."""
    x, y, _, height = place
    for i in range(5):
        parallax = 0.25 + 0.75 * i / 4
        ridge = 0.50 + 0.035 * i + waves(columns + pan * (parallax - 1) + 0.4 * i * i, 11 + i) * (0.075 - 0.009 * i)
        mask = np.clip((y - ridge[None]) * height / 1.5, 0, 1)[..., None]
        colour = np.array(hour["far"], float) * (1 - i / 4) + np.array(hour["near"], float) * (i / 4)
        shade = 1 - 0.25 * np.clip((y - ridge[None]) / 0.2, 0, 1)
        grain = 1 + 0.10 * np.sin(x * (220 + 60 * i) + waves(y * 9, 3 + i) * 6) * np.sin(y * 260 + x * 40)
        image = image * (1 - mask) + (colour * (shade * grain)[..., None]) * mask
    return image


def lake(image, hour, place, zoom):
    """The mirror image of everything above the shore, with ripples."""
    x, y, width, height = place
    mask = np.clip((y - SHORE) * height / 1.5, 0, 1)
    row = np.clip(((SHORE - (y - SHORE) * 0.9 - EYE) * zoom + EYE) * height, 0, height - 1)
    ripple = np.sin(y * 520 + np.sin(x * 30) * 2) * np.clip((y - SHORE) * 30, 0, 6)
    column = np.tile(np.arange(width, dtype=np.float32), (height, 1)) + ripple.astype(np.float32)
    mirrored = cv2.remap(image.astype(np.float32), column, row.astype(np.float32), cv2.INTER_LINEAR,
                         borderMode=cv2.BORDER_REFLECT)
    water = mirrored * 0.72 + np.array(hour["top"]) * 0.12
    return image * (1 - mask[..., None]) + water * mask[..., None]


def pines(image, hour, place, pan):
    x, y, _, height = place
    random = np.random.default_rng(3)
    for _ in range(26):
        trunk, tall = random.uniform(-0.3, 1.3), random.uniform(0.10, 0.26)
        centre = trunk - pan * (1.25 - 1)
        foot = 0.99 + random.uniform(-0.03, 0.05)
        down = (y - (foot - tall)) / tall
        reach = tall * 0.22 * np.clip(down, 0, 1) * (0.65 + 0.35 * np.abs(np.sin(down * 16)))
        mask = np.clip((reach - np.abs(x - centre) * 16 / 9) * height / 1.2, 0, 1) * (down > 0) * (down < 1.2)
        image = image * (1 - mask[..., None]) + np.array(hour["near"]) * 0.55 * mask[..., None]
    return image


def scene(name, width=1280, height=720, pan=0.0, zoom=1.0):
    """The picture at hour `name`, RGB, 8 bits a channel."""
    hour = HOURS[name]
    columns = (np.arange(width) / width - 0.5) / zoom + 0.5 + pan
    x, rows = np.meshgrid(columns, np.arange(height) / height)
    place = (x, (rows - EYE) / zoom + EYE, width, height)
    image = sky(hour, place, pan, zoom)
    image = hills(image, hour, place, columns, pan)
    image = lake(image, hour, place, zoom)
    image = pines(image, hour, place, pan)
    image += np.random.default_rng(1).normal(0, 1.2, image.shape[:2])[..., None]  # against banding
    return np.clip(image, 0, 255).astype(np.uint8)


def save(path, image, quality=88):
    """Writes a JPEG or PNG, by the path's ending."""
    cv2.imwrite(path, image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])


def draw_set(keyframes, folder):
    for name, hour, pan, zoom in keyframes:
        save(f"{folder}/{name}.jpg", scene(hour, pan=pan, zoom=zoom))


def on_the_way(position):
    """Pan and zoom at a place of the push-in's path, 0…2."""
    index = min(int(position), len(PUSH_IN) - 2)
    t = position - index
    (_, _, pan_a, zoom_a), (_, _, pan_b, zoom_b) = PUSH_IN[index:index + 2]
    return pan_a + (pan_b - pan_a) * t, zoom_a + (zoom_b - zoom_a) * t


def draw_truth(folder, first, last, frames, width=832, height=480):
    """Every frame of a camera move at one steady speed."""
    for frame in range(frames):
        pan, zoom = on_the_way(first + (last - first) * frame / (frames - 1))
        save(f"{folder}/{frame:04d}.png", scene(PUSH_IN[0][1], width, height, pan, zoom))


def main(arguments):
    sets = {"lake-day": LAKE_DAY, "push-in": PUSH_IN, "handoff": HANDOFF}
    if len(arguments) == 2 and arguments[0] in sets:
        os.makedirs(arguments[1], exist_ok=True)
        draw_set(sets[arguments[0]], arguments[1])
    elif len(arguments) in (5, 7) and arguments[0] == "truth":
        os.makedirs(arguments[1], exist_ok=True)
        draw_truth(arguments[1], *map(float, arguments[2:4]), *map(int, arguments[4:]))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
