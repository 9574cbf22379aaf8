#!/usr/bin/env python3
"""Composes the music of the examples: a slow tune for plucked strings over a soft bass.

usage: compose_music.py OUT.wav        16-bit mono, 44.1 kHz
       compose_music.py OUT.ogg        the same through the ffmpeg program, much smaller

72 beats a minute, eight bars of four; the tune is our own. Needs Python alone.
"""

import math
import random
import subprocess
import sys
import wave

RATE = 44_100
BEAT = 60 / 72
BARS = 8
# (beat, note, beats) as MIDI note numbers: D major pentatonic, arched like a hill.
TUNE = [
    (0, 74, 1), (1, 76, 1), (2, 78, 2), (4, 81, 1.5), (5.5, 78, 0.5), (6, 76, 2),
    (8, 74, 1), (9, 71, 1), (10, 69, 2), (12, 71, 1), (13, 74, 1), (14, 76, 2),
    (16, 78, 1), (17, 81, 1), (18, 83, 2), (20, 81, 1.5), (21.5, 78, 0.5), (22, 76, 2),
    (24, 78, 1), (25, 76, 1), (26, 74, 2), (28, 71, 1), (29, 69, 1), (30, 74, 2),
]
BASS = [38, 43, 35, 45, 38, 43, 45, 38]  # one root a bar
CHORDS = [(62, 66, 69), (59, 62, 67), (59, 62, 66), (61, 64, 69),
          (62, 66, 69), (59, 62, 67), (61, 64, 69), (62, 66, 69)]


def frequency(note):
    return 440 * 2 ** ((note - 69) / 12)


def pluck(note, seconds, seed):
    """A string after Karplus and Strong: a burst of noise going round a lossy delay line."""
    noise = random.Random(seed)
    period = max(2, round(RATE / frequency(note)))
    line = [noise.uniform(-1, 1) for _ in range(period)]
    line = [(line[i] + line[i - 1]) / 2 for i in range(period)]  # a softer attack
    samples, last = [], 0.0
    for i in range(int(seconds * RATE)):
        value = line[i % period]
        line[i % period] = 0.4985 * (value + last)
        last = value
        samples.append(value)
    return faded(samples, 0.002, 0.08)


def hum(note, seconds):
    """A soft bass: a sine with a breath of its octave."""
    step = 2 * math.pi * frequency(note) / RATE
    samples = [0.8 * math.sin(step * i) + 0.2 * math.sin(2 * step * i) for i in range(int(seconds * RATE))]
    return faded(samples, 0.25, 0.6)


def faded(samples, attack, release):
    rise, fall = int(attack * RATE), int(release * RATE)
    for i in range(min(rise, len(samples))):
        samples[i] *= i / rise
    for i in range(min(fall, len(samples))):
        samples[-1 - i] *= i / fall
    return samples


def compose():
    track = [0.0] * int((BARS * 4 * BEAT + 2.5) * RATE)

    def add(samples, beat, gain):
        start = int(beat * BEAT * RATE)
        for i, sample in enumerate(samples[: len(track) - start]):
            track[start + i] += gain * sample

    for beat, note, beats in TUNE:
        add(pluck(note, beats * BEAT + 1.2, seed=note), beat, 0.42)
    for bar, (root, chord) in enumerate(zip(BASS, CHORDS)):
        add(hum(root, 4 * BEAT), bar * 4, 0.20)
        for i in range(8):  # broken chords in quavers
            note = chord[(0, 1, 2, 1)[i % 4]]
            add(pluck(note, 1.0, seed=1000 + note), bar * 4 + i / 2, 0.16)
    loudest = max(abs(sample) for sample in track)
    return [round(sample / loudest * 0.8 * 32767) for sample in track]


def main(arguments):
    if len(arguments) != 1 or not arguments[0].endswith((".wav", ".ogg")):
        sys.exit(__doc__)
    target = arguments[0]
    pcm = b"".join(sample.to_bytes(2, "little", signed=True) for sample in compose())
    if target.endswith(".wav"):
        with wave.open(target, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(pcm)
    else:
        subprocess.run(
            ["ffmpeg", "-v", "error", "-y", "-f", "s16le", "-ar", str(RATE), "-ac", "1", "-i", "-",
             "-c:a", "libvorbis", "-q:a", "2", "-fflags", "+bitexact", "-flags", "+bitexact", target],
            input=pcm, check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
