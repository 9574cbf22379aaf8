#!/usr/bin/env python3
"""Draws four postcards that have nothing in common: a sunflower, a city at night, a sailing boat, a fox.

usage: draw_postcards.py OUT_DIR

They show what happens when no motion leads from one keyframe to the next.
Needs numpy and opencv-python-headless (scripts/requirements-drawers.txt).
"""

import os
import sys

import cv2
import numpy as np

WIDTH, HEIGHT = 960, 540
SCALE = 2  # drawn larger, then reduced, for smooth edges
SHIFT = 4  # OpenCV draws in sixteenths of a pixel


def canvas(top, bottom):
    """A vertical gradient, RGB."""
    t = np.linspace(0, 1, HEIGHT * SCALE)[:, None, None]
    rows = np.array(top, float) * (1 - t) + np.array(bottom, float) * t
    return np.repeat(rows, WIDTH * SCALE, axis=1)


def points(list_of_points):
    array = np.array(list_of_points, float) * [HEIGHT * SCALE, HEIGHT * SCALE] * 2**SHIFT
    return np.round(array).astype(np.int32)


def polygon(image, corners, colour):
    """Fills a polygon; corners in picture heights from the top left."""
    cv2.fillPoly(image, [points(corners)], colour, cv2.LINE_AA, SHIFT)


def ellipse(image, centre, radii, angle, colour):
    x, y = points([centre])[0]
    a, b = points([radii])[0]
    cv2.ellipse(image, (int(x), int(y)), (int(a), int(b)), angle, 0, 360, colour, -1, cv2.LINE_AA, SHIFT)


def sunflower():
    image = canvas((250, 236, 200), (232, 196, 140))
    centre = np.array([0.90, 0.47])
    polygon(image, [(0.89, 0.5), (0.915, 0.5), (0.96, 1.0), (0.92, 1.0)], (86, 120, 50))
    ellipse(image, (1.06, 0.86), (0.17, 0.055), -28, (104, 142, 60))
    ellipse(image, (0.79, 0.90), (0.15, 0.05), 24, (92, 130, 54))
    for ring, (count, length, colour) in enumerate(((21, 0.37, (226, 148, 22)), (21, 0.32, (248, 190, 40)))):
        for i in range(count):
            angle = 360 / count * (i + ring * 0.5)
            direction = np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])
            ellipse(image, centre + direction * length * 0.62, (length * 0.42, 0.048), angle, colour)
    ellipse(image, centre, (0.165, 0.165), 0, (74, 44, 24))
    for i in range(240):  # seeds on a golden spiral
        radius, angle = 0.155 * np.sqrt(i / 240), np.radians(i * 137.508)
        seed = centre + radius * np.array([np.cos(angle), np.sin(angle)])
        ellipse(image, seed, (0.006, 0.006), 0, (130, 84, 40) if i % 3 else (40, 22, 14))
    return image


def city():
    image = canvas((16, 18, 58), (96, 52, 110))
    random = np.random.default_rng(21)
    ellipse(image, (1.42, 0.2), (0.075, 0.075), 0, (244, 236, 206))
    for layer, colour in enumerate(((52, 40, 92), (34, 28, 70), (18, 16, 44))):
        x = -0.05
        while x < 1.8:
            wide, tall = random.uniform(0.08, 0.17), random.uniform(0.22, 0.62) - layer * 0.08
            polygon(image, [(x, 1), (x, 1 - tall), (x + wide, 1 - tall), (x + wide, 1)], colour)
            for column in np.arange(x + 0.015, x + wide - 0.02, 0.024):
                for row in np.arange(1 - tall + 0.02, 1, 0.034):
                    if layer and random.uniform() < 0.42:
                        light = (255, 214, 120) if random.uniform() < 0.8 else (150, 210, 255)
                        polygon(image, [(column, row), (column + 0.012, row), (column + 0.012, row + 0.016),
                                        (column, row + 0.016)], light)
            x += wide + random.uniform(0.005, 0.03)
    return image


def boat():
    image = canvas((150, 208, 236), (240, 244, 236))
    for i in range(7):
        top = 0.60 + i * 0.06
        x = np.linspace(0, 16 / 9, 120)
        crest = top + 0.012 * np.sin(x * (14 - i) + i * 1.7) + 0.006 * np.sin(x * 31 + i)
        shade = 1 - i * 0.09
        corners = list(zip(x, crest)) + [(16 / 9, 1), (0, 1)]
        polygon(image, corners, tuple(c * shade for c in (44, 132, 168)))
        if i == 2:
            polygon(image, [(0.66, 0.70), (1.14, 0.70), (1.06, 0.79), (0.74, 0.79)], (150, 52, 40))
            polygon(image, [(0.895, 0.14), (0.907, 0.14), (0.907, 0.70), (0.895, 0.70)], (84, 58, 44))
            polygon(image, [(0.92, 0.17), (1.17, 0.64), (0.92, 0.66)], (250, 246, 234))
            polygon(image, [(0.88, 0.22), (0.66, 0.64), (0.88, 0.66)], (232, 108, 70))
    for x, y in ((0.35, 0.22), (0.44, 0.28), (1.36, 0.18)):
        for side in (-1, 1):
            ellipse(image, (x + side * 0.025, y), (0.028, 0.006), side * -22, (70, 86, 100))
    return image


def fox():
    image = canvas((206, 226, 214), (150, 186, 170))
    ellipse(image, (0.89, 1.12), (0.95, 0.26), 0, (96, 140, 112))
    polygon(image, [(0.63, 0.10), (0.60, 0.48), (0.82, 0.30)], (208, 98, 38))
    polygon(image, [(1.15, 0.10), (1.18, 0.48), (0.96, 0.30)], (208, 98, 38))
    polygon(image, [(0.65, 0.17), (0.635, 0.36), (0.74, 0.28)], (60, 38, 36))
    polygon(image, [(1.13, 0.17), (1.145, 0.36), (1.04, 0.28)], (60, 38, 36))
    polygon(image, [(0.60, 0.42), (0.76, 0.27), (1.02, 0.27), (1.18, 0.42), (1.12, 0.62), (0.89, 0.86),
                    (0.66, 0.62)], (230, 118, 48))
    polygon(image, [(0.54, 0.52), (0.74, 0.54), (0.87, 0.84), (0.70, 0.72)], (250, 242, 230))
    polygon(image, [(1.24, 0.52), (1.04, 0.54), (0.91, 0.84), (1.08, 0.72)], (250, 242, 230))
    ellipse(image, (0.89, 0.83), (0.045, 0.034), 0, (40, 28, 30))
    for x in (0.76, 1.02):
        ellipse(image, (x, 0.50), (0.036, 0.042), 0, (44, 30, 28))
        ellipse(image, (x + 0.012, 0.485), (0.010, 0.010), 0, (255, 255, 255))
    return image


def main(arguments):
    if len(arguments) != 1:
        sys.exit(__doc__)
    os.makedirs(arguments[0], exist_ok=True)
    for draw in (sunflower, city, boat, fox):
        image = cv2.resize(draw(), (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
        image += np.random.default_rng(1).normal(0, 1.0, image.shape[:2])[..., None]  # against banding
        pixels = np.clip(image, 0, 255).astype(np.uint8)
        cv2.imwrite(f"{arguments[0]}/{draw.__name__}.jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 86])


if __name__ == "__main__":
    main(sys.argv[1:])
