"""The built slides in Chromium: nothing is cut off, everything has contrast, and the keyboard is enough."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

playwright = pytest.importorskip("playwright.sync_api")

from driving import CHROMIUM, chromium  # noqa: E402
from playwright.sync_api import Page  # noqa: E402

from demo_lib.stage.deck.sources import SLIDES  # noqa: E402

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
DECK = SLIDES / "deck.html"

# what stands lower than the footer begins, is wider than its box, or is drawn beyond its SVG
OVERFLOWS = """() => [...document.querySelectorAll('section')].flatMap((slide, index) => {
    const said = [], at = (element) => element.getBoundingClientRect(), number = index + 1;
    if (slide.scrollHeight > slide.clientHeight) said.push(`${number}: ${slide.scrollHeight} of ${slide.clientHeight} high`);
    if (slide.scrollWidth > slide.clientWidth) said.push(`${number}: ${slide.scrollWidth} of ${slide.clientWidth} wide`);
    const footer = slide.querySelector('footer'), limit = footer ? at(footer).top : at(slide).bottom;
    for (const element of slide.querySelectorAll(':scope > *:not(footer), .cols > div, pre'))
        if (at(element).bottom > limit + 1) said.push(`${number}: <${element.localName}> reaches into the footer`);
    for (const element of slide.querySelectorAll('pre, td, th, p, li, h1, h2, .cols > div'))
        if (element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).display !== 'inline')
            said.push(`${number}: “${element.textContent.trim().slice(0, 40)}” is cut off`);
    for (const svg of slide.querySelectorAll('svg.diagram'))
        for (const text of svg.querySelectorAll('text'))
            if (at(text).right > at(svg).right || at(text).left < at(svg).left) said.push(`${number}: “${text.textContent}”`);
    return said;
})"""
# WCAG's contrast of each text with the first background behind it, and the size it has on the slide
TEXTS = """() => [...document.querySelectorAll('section')].flatMap((slide, index) => {
    const light = (colour) => {
        const [r, g, b] = colour.match(/[\\d.]+/g).map(Number).map((c) => c / 255)
            .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (element) => {
        for (let e = element; e; e = e.parentElement) {
            const colour = getComputedStyle(e).backgroundColor;
            if (!/, 0\\)$/.test(colour)) return colour;
        }
        return 'rgb(255, 255, 255)';
    };
    const walker = document.createTreeWalker(slide, NodeFilter.SHOW_TEXT), found = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const element = node.parentElement;
        if (!node.textContent.trim() || element.closest('svg.diagram, style, script')) continue;
        const style = getComputedStyle(element), [a, b] = [light(style.color), light(behind(element))].sort((x, y) => y - x);
        found.push([index + 1, node.textContent.trim().slice(0, 40), (a + 0.05) / (b + 0.05), parseFloat(style.fontSize)]);
    }
    return found;
})"""


@pytest.fixture(scope="module")
def deck() -> Iterator[Page]:
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(DECK.as_uri())
        page.evaluate("() => document.fonts.ready")
        page.wait_for_selector("section")
        yield page
        assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
        browser.close()


def test_no_slide_is_cut_off(deck: Page) -> None:
    assert deck.evaluate("() => Math.min(...[...document.querySelectorAll('section')].map((s) => s.clientHeight))") == 720
    assert deck.evaluate("() => document.fonts.check('20px Deck') && document.fonts.check('20px \"Deck mono\"')")
    assert deck.evaluate(OVERFLOWS) == []


def test_what_is_cut_off_would_be_seen(deck: Page) -> None:
    line = "() => { const p = document.createElement('p'); p.id = 'long'; p.style.height = '700px'; document.querySelectorAll('section')[4].append(p); }"
    deck.evaluate(line)
    assert any(said.startswith("5: ") for said in deck.evaluate(OVERFLOWS))
    deck.evaluate("() => document.getElementById('long').remove()")


def test_text_has_contrast_and_size(deck: Page) -> None:
    texts = deck.evaluate(TEXTS)
    assert len(texts) > 500
    assert [t for t in texts if t[2] < 4.5] == []
    # of 720 pixels: a fortieth of the height for what is read from the back, somewhat less for sources and notes
    assert [t for t in texts if t[3] < 18] == []


def test_the_keyboard_is_enough(deck: Page) -> None:
    deck.evaluate("() => { location.hash = '#1'; }")
    deck.wait_for_timeout(200)
    deck.keyboard.press("ArrowRight")
    deck.wait_for_function("() => location.hash === '#2'")
    deck.keyboard.press("End")
    deck.wait_for_function("() => location.hash === '#' + document.querySelectorAll('section').length")
    deck.keyboard.press("Home")
    deck.wait_for_function("() => location.hash === '#1'")


def test_the_presenter_view_shows_the_notes(deck: Page) -> None:
    with deck.expect_popup() as opened:
        deck.keyboard.press("p")
    presenter = opened.value
    presenter.wait_for_load_state()
    presenter.set_viewport_size({"width": 1280, "height": 720})
    assert "no key, no account, no network" in presenter.locator("body").inner_text()
    presenter.close()
