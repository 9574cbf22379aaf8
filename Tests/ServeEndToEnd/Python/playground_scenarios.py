"""What a person does in the playground, and what must come of it."""

import http.client
import json
import os
import subprocess
import tempfile
import urllib.parse
from pathlib import Path

from playground_checks import SIDEWAYS, SMALL, everything
from playground_jobs import (
    a_lost_answer_can_be_asked_for_again_without_a_second_job, a_queue_tells_its_positions,
    a_reload_goes_on_where_it_was, a_request_can_be_cancelled,
    a_server_that_goes_away_is_read_again_and_never_asked_twice)
from playground_steps import DAWN, DUSK, STATE, expected, fill, generate, jobs, posts


def from_two_dropped_pictures_to_a_playing_clip(browser, bench):
    fill(browser, bench.real)
    assert browser.run("location.hash") == "" and bench.real.key not in browser.run("location.href")
    assert browser.text("#price-total") == "$0.0333", browser.text("#price-total")
    generate(browser)
    video = browser.until("(() => { const v = document.querySelector('video');"
                          "return v.readyState >= 2 && [v.duration, v.videoWidth, v.videoHeight]; })()")
    assert abs(video[0] - 1.0) < 0.001 and video[1:] == [832, 480], video
    first = browser.text("#counter")
    browser.until(f"document.querySelector('#counter').innerText !== {json.dumps(first)}")
    seen = browser.run("document.querySelector('video').getVideoPlaybackQuality().totalVideoFrames")
    browser.until(f"document.querySelector('video').getVideoPlaybackQuality().totalVideoFrames > {seen}")
    log = browser.text("#log")
    assert "Rendered" in log and "(100%)" in log, log
    assert "$0.0333" in browser.text("#facts"), browser.text("#facts")
    for picture in ("#still-first", "#still-last"):
        assert browser.run(f"document.querySelector('{picture}').naturalWidth") == 1280
    with tempfile.TemporaryDirectory() as folder:
        browser.call("Browser.setDownloadBehavior", behavior="allow", downloadPath=folder,
                     browserContextId=browser.context)
        browser.click("#download")
        saved = Path(folder) / "output.mp4"
        browser.waits(saved.exists)
        assert saved.read_bytes()[4:8] == b"ftyp"
    assert browser.text("#history").count("done") == 1


def every_frame_can_be_gone_to(browser, bench):
    fill(browser, bench.quick)
    generate(browser)
    browser.until("document.querySelector('video').readyState >= 2")
    browser.click("#play")
    browser.until("document.querySelector('video').paused")
    browser.run("document.querySelector('#scrub').focus()")
    browser.run("(() => { const s = document.querySelector('#scrub'); s.value = 10; s.dispatchEvent(new Event('input')); })()")
    for frame in (12, 13, 14):
        browser.key("ArrowRight")
        browser.until(f"document.querySelector('#counter').innerText.startsWith('{frame} / 30')")
        browser.until(f"Math.floor(document.querySelector('video').currentTime * 30) === {frame - 1}")
    browser.click("#loop")
    assert browser.run("document.querySelector('video').loop") is False
    assert browser.run("document.querySelector('#loop').ariaPressed") == "false"


def the_price_is_exact_before_anything_is_pressed(browser, bench):
    fill(browser, bench.quick, frames=30)
    for frames, resolution, total in (
            (30, 0, "$0.0333"), (241, 0, "$0.26751"), (240, 1, "$0.3996"), (31, 1, "$0.051615"),
            (1800, 1, "$2.997"), (1800, 0, "$1.998"), (1, 0, "$0.00111")):
        browser.run(f"document.querySelector('#f-resolution-{resolution}').click()")
        browser.type("#f-num_frames", str(frames))
        assert browser.text("#price-total") == total, (frames, resolution, browser.text("#price-total"))
    browser.run("(() => { const e = document.querySelector('#endpoint'); e.value = 'fal-ai/wan-flf2v';"
                "e.dispatchEvent(new Event('change')); })()")
    browser.until("document.querySelector('#f-frames_per_second') !== null")
    for frames, total in ((81, "$0.40"), (82, "$0.50")):
        browser.type("#f-num_frames", str(frames))
        assert browser.text("#price-total") == total, (frames, browser.text("#price-total"))


def mistakes_are_told_at_their_fields(browser, bench):
    fill(browser, bench.real, prompt="", frames=29)
    browser.click("#generate")
    assert "needed" in browser.text("#e-prompt") and "30" in browser.text("#e-num_frames")
    assert browser.run("document.activeElement.id") == "f-prompt" and not posts(browser)
    with tempfile.TemporaryDirectory() as folder:
        broken = Path(folder) / "broken.png"
        broken.write_bytes(b"this is no picture")
        browser.drop(".slot[data-slot=last]", broken)
        browser.until("document.querySelector('.slot[data-slot=last]').innerText.includes('broken.png')")
        browser.type("#f-prompt", "mist burns off")
        browser.type("#f-num_frames", "30")
        generate(browser, "failed")
    # The server's own judgement, at the very picture.
    browser.until("document.querySelector('#slot-error-1').innerText.includes('cannot be read')")
    assert browser.run("document.querySelector('#slot-1').ariaInvalid") == "true"
    assert browser.run("document.querySelector('#slot-error-0').hidden")
    everything(browser, "a refused picture")
    browser.click("#swap")
    browser.drop(".slot[data-slot=first]", DAWN)
    browser.until("document.querySelectorAll('.well img:not([hidden])').length === 2")
    browser.type("#f-seed", "100000000000000000000")
    generate(browser, "failed")
    browser.until("document.querySelector('#e-seed').innerText.includes('less than or equal')")
    assert browser.run("document.querySelector('#more').open && document.activeElement.id === 'f-seed'")
    expected(browser, "status of 422")


def a_wrong_key_is_told_and_a_right_one_mends_it(browser, bench):
    browser.open(bench.quick.origin + "/#key=wrong:0123456789abcdef")
    browser.click("#samples")
    browser.until("document.querySelectorAll('.well img:not([hidden])').length === 2")
    browser.type("#f-prompt", "mist burns off")
    browser.type("#f-num_frames", "30")
    generate(browser, "failed")
    assert "key is missing or wrong" in browser.text("#failure")
    browser.click("#failure button")
    browser.until("document.querySelector('#key-dialog').open")
    everything(browser, "the key's dialog")
    browser.call("Input.insertText", text=bench.quick.key)
    browser.key("Enter")
    browser.until("!document.querySelector('#key-dialog').open")
    generate(browser)
    expected(browser, "status of 401")


def everything_can_be_done_with_the_keyboard_alone(browser, bench):
    browser.open(bench.quick.url)
    seen = []
    for _ in range(40):
        browser.key("Tab")
        stop = browser.run(
            "(() => { const e = document.activeElement; if (e === document.body) return null;"
            "const marked = e.matches('.file, [type=radio]') ? e.nextElementSibling : e;"
            "const inner = e.matches('.file') ? marked.querySelector('.empty') : marked;"
            "return [e.id || e.textContent.trim(), getComputedStyle(inner).outlineStyle, e.getBoundingClientRect().top]; })()")
        if stop is None:
            break
        assert stop[1] != "none", f"the focus cannot be seen on {stop[0]}"
        seen.append(stop[0])
    wanted = ["endpoint", "key-button", "samples", "slot-0", "swap", "slot-1", "f-prompt",
              "f-aspect_ratio-0", "f-resolution-0", "f-num_frames", "generate"]
    places = [seen.index(name) for name in wanted]
    assert places == sorted(places), seen
    browser.call("Page.setInterceptFileChooserDialog", enabled=True)
    chosen = []
    browser.listeners.append(lambda method, event: method == "Page.fileChooserOpened" and chosen.append(event))
    for index, file in enumerate((DAWN, DUSK)):
        browser.run(f"document.querySelector('#slot-{index}').focus()")
        browser.key("Enter")
        browser.waits(lambda: len(chosen) > index)
        browser.call("DOM.setFileInputFiles", files=[str(file)], backendNodeId=chosen[index]["backendNodeId"])
    browser.until("document.querySelectorAll('.well img:not([hidden])').length === 2")
    browser.run("document.querySelector('#f-prompt').focus()")
    browser.call("Input.insertText", text="mist burns off")
    browser.key("Enter", ctrl=True)
    browser.until(f"{STATE} === 'done'")


def pasted_pictures_are_taken(browser, bench):
    browser.open(bench.quick.url)
    for index in range(2):
        browser.run("""(async () => {
          const canvas = new OffscreenCanvas(64, 36); canvas.getContext('2d').fillRect(0, 0, 9, 9);
          const transfer = new DataTransfer();
          transfer.items.add(new File([await canvas.convertToBlob()], 'pasted.png', { type: 'image/png' }));
          document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true, cancelable: true }));
        })()""")
        browser.until(f"document.querySelectorAll('.well img:not([hidden])').length === {index + 1}")
    assert browser.text(".slot[data-slot=last]").count("64 × 36") == 1


def day_and_night_phone_and_desk(browser, bench):
    for dark in (False, True):
        browser.view(360, 740, dark=dark)
        fill(browser, bench.quick)
        everything(browser, f"empty, phone, dark={dark}")
        generate(browser)
        browser.until("document.querySelector('video').readyState >= 2")
        browser.run("document.querySelectorAll('details').forEach((e) => (e.open = true))")
        everything(browser, f"done, phone, dark={dark}")
        small = browser.run(SMALL)
        assert not small, small
        ground = browser.run("getComputedStyle(document.body).backgroundColor")
        assert (sum(map(int, ground[4:-1].split(","))) < 200) == dark, ground
        for width in (320, 768, 1280, 1920):
            browser.view(width, 900, dark=dark)
            assert not browser.run(SIDEWAYS), (width, browser.run(SIDEWAYS))
        everything(browser, f"done, desk, dark={dark}")
    browser.view(1280, 800, calm=True)
    fill(browser, bench.quick)
    generate(browser)
    browser.until("document.querySelector('video').readyState >= 2")
    assert browser.run("document.querySelector('video').paused"), "it moves although motion is not wanted"


HARD = "it's \"mist\" & $HOME `date` $(ls) \\ burns \u2013 50 % off"


def copied_code_does_the_same(browser, bench):
    fill(browser, bench.quick, prompt=HARD)
    browser.type("#f-seed", "7")
    browser.type("#f-strength", "0.5")
    browser.click("#f-aspect_ratio-1 + label")
    browser.run("document.querySelector('#code-drawer').open = true")
    texts = {}
    for language in ("curl", "python", "yaml"):
        browser.click(f"#tab-{language}")
        texts[language] = browser.run("document.querySelector('#code').textContent")
        assert bench.quick.key not in texts[language]
    environment = dict(os.environ, FAL_KEY=bench.quick.key)
    with tempfile.TemporaryDirectory() as folder:
        for still in (DAWN, DUSK):
            (Path(folder) / still.name).write_bytes(still.read_bytes())
        for command in (["sh", "-c", texts["curl"]], ["python3", "-c", texts["python"]]):
            ran = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=180)
            assert ran.returncode == 0 and "/media/files/" in ran.stdout, (command[0], ran.stdout, ran.stderr)
            sent = json.loads(jobs(bench.quick, "input"))
            told = {name: sent[name] for name in ("prompt", "seed", "strength", "aspect_ratio", "num_frames")}
            assert told == {"prompt": HARD, "seed": 7, "strength": 0.5, "aspect_ratio": "9:16",
                            "num_frames": 30}, (command[0], told)
        film = Path(folder) / "film.yaml"
        film.write_text(texts["yaml"])
        if bench.keyreel:
            ran = subprocess.run([bench.keyreel, "plan", str(film), "--format", "json"], cwd=folder, capture_output=True, text=True)
            assert ran.returncode == 0, ran.stdout + ran.stderr
            assert json.dumps(HARD, ensure_ascii=False)[1:-1] in ran.stdout, ran.stdout
            request = ran.stdout.replace(" ", "")
            for part in ('"seed":7', '"strength":0.5', '"aspect_ratio":"9:16"', '"num_frames":30'):
                assert part in request, (part, ran.stdout)
    browser.call("Browser.grantPermissions", permissions=["clipboardReadWrite", "clipboardSanitizedWrite"],
                 browserContextId=browser.context)
    browser.click("#copy")
    browser.until("document.querySelector('#copy').innerText === 'Copied'")
    assert browser.run("navigator.clipboard.readText()") == texts["yaml"]


def the_page_lets_nothing_in(browser, bench):
    place = urllib.parse.urlsplit(bench.quick.origin)
    for path in ("/", "/playground/app.js", "/playground/base.css", "/playground/endpoints.json"):
        connection = http.client.HTTPConnection(place.hostname, place.port)
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        policy = answer.headers["Content-Security-Policy"]
        assert answer.status == 200 and "default-src 'none'" in policy and "connect-src 'self'" in policy
        assert "unsafe" not in policy and "frame-ancestors 'none'" in policy and "*" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert b"http://" not in body.replace(b"http://www.w3.org", b"") and b"https://" not in body or path.endswith("json")
        tag = answer.headers["ETag"]
        if tag:
            connection.request("GET", path, headers={"If-None-Match": tag})
            assert connection.getresponse().status == 304
        connection.close()
    browser.open(bench.quick.url)
    assert browser.run("(() => { try { const s = document.createElement('script'); s.textContent = 'window.hit = 1';"
                       "document.body.append(s); } catch {} return window.hit ?? 0; })()") == 0
    expected(browser, "Content Security Policy", "TrustedScript", "Trusted")


ALL = [
    from_two_dropped_pictures_to_a_playing_clip, every_frame_can_be_gone_to,
    the_price_is_exact_before_anything_is_pressed, mistakes_are_told_at_their_fields,
    a_request_can_be_cancelled, a_queue_tells_its_positions,
    a_server_that_goes_away_is_read_again_and_never_asked_twice,
    a_lost_answer_can_be_asked_for_again_without_a_second_job, a_reload_goes_on_where_it_was,
    a_wrong_key_is_told_and_a_right_one_mends_it, everything_can_be_done_with_the_keyboard_alone,
    pasted_pictures_are_taken, day_and_night_phone_and_desk, copied_code_does_the_same,
    the_page_lets_nothing_in,
]
