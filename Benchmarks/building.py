"""A build from nothing."""

import shutil

from measure import ROOT, Row, once


def clean_build(bench):
    """`swift build --product keyreel`, debug, into an empty folder."""
    scratch = ROOT / ".build-bench"
    shutil.rmtree(scratch, ignore_errors=True)
    took = once(
        ["swift", "build", "--scratch-path", scratch, "--disable-index-store", "--product", "keyreel"],
        ROOT, log=bench.folder / "build.log")
    shutil.rmtree(scratch, ignore_errors=True)
    return [Row("clean debug build", f"{took.cpu:.0f} CPU s, {took.wall:.0f} s", promise="< 120 CPU s",
                holds=took.cpu < 120)]
