"""What becomes of a request that is under way, and must never become two."""

from playground_checks import everything
from playground_steps import STATE, expected, fill, jobs, posts


def a_request_can_be_cancelled(browser, bench):
    fill(browser, bench.real, frames=1800)
    browser.click("#generate")
    browser.until("!document.querySelector('#cancel').hidden")
    everything(browser, "under way")
    browser.click("#cancel")
    browser.until(f"{STATE} === 'cancelled'")
    assert "Cancelled" in browser.text("#failure") and browser.text("#history").count("cancelled") == 1
    expected(browser, "status of 499")


def a_queue_tells_its_positions(browser, bench):
    fill(browser, bench.real, frames=1800)
    for _ in range(3):
        browser.click("#generate")
        browser.until("!document.querySelector('#generate').disabled && !document.querySelector('#cancel').hidden")
    browser.until("/1 before yours/.test(document.querySelector('#state').innerText)")
    browser.run("[...document.querySelectorAll('#history button')][2].click()")
    browser.until(f"{STATE} === 'running'")
    for index in range(3):
        browser.run(f"[...document.querySelectorAll('#history button')][{index}].click()")
        browser.until("!document.querySelector('#cancel').hidden && !document.querySelector('#cancel').disabled")
        browser.click("#cancel")
        browser.until(f"{STATE} === 'cancelled'")
    expected(browser, "status of 499")


def a_server_that_goes_away_is_read_again_and_never_asked_twice(browser, bench):
    fill(browser, bench.real, frames=45)
    browser.click("#generate")
    browser.until(f"{STATE} === 'running'")
    bench.real.kill()
    browser.until("!document.querySelector('#trouble').hidden")
    assert "does not answer" in browser.text("#trouble") and "safe" in browser.text("#trouble")
    everything(browser, "a server gone")
    bench.real.start()
    browser.until(f"{STATE} === 'done'", 300)
    assert browser.run("document.querySelector('#trouble').hidden")
    assert len(posts(browser)) == 1, posts(browser)
    expected(browser, "ERR_CONNECTION", "ERR_INCOMPLETE", "ERR_EMPTY", "ERR_SOCKET")


def a_lost_answer_can_be_asked_for_again_without_a_second_job(browser, bench):
    fill(browser, bench.quick)
    browser.listeners.append(lose := lambda method, event: method == "Fetch.requestPaused" and lost.append(event))
    lost = []
    browser.call("Fetch.enable", patterns=[{"urlPattern": "*/queue/*/flf2v", "requestStage": "Response"}])
    before = jobs(bench.quick)
    browser.click("#generate")
    browser.waits(lambda: lost)
    browser.call("Fetch.failRequest", requestId=lost[0]["requestId"], errorReason="ConnectionReset")
    browser.call("Fetch.disable")
    browser.listeners.remove(lose)
    browser.until(f"{STATE} === 'unsure'")
    assert "never makes it twice" in browser.text("#failure")
    browser.click("#failure button")
    browser.until(f"{STATE} === 'done'")
    assert jobs(bench.quick) == before + 1 and len(posts(browser)) == 2
    expected(browser, "ERR_CONNECTION")


def a_reload_goes_on_where_it_was(browser, bench):
    fill(browser, bench.real, frames=45)
    browser.click("#generate")
    browser.until(f"{STATE} === 'running'")
    browser.open(bench.real.origin + "/")
    assert browser.run("document.querySelector('#f-prompt').value") == "mist burns off"
    browser.until(f"{STATE} === 'done'", 300)
    browser.until("document.querySelector('video').readyState >= 2")
    assert len(posts(browser)) == 1
    browser.open(bench.real.origin + "/")
    browser.until("document.querySelector('video').readyState >= 2")
