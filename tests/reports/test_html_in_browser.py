"""The HTML report in headless Chromium: what a person does with it, at two widths and in two themes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver import Chrome, ChromeOptions, ChromeService
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.wait import WebDriverWait

from migrate.migration.results import RepositoryResult, RepositoryStatus
from migrate.reports.html import render
from tests.support import pages

pytestmark = pytest.mark.browser

SCRIPT = "<script>alert(1)</script>"
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--window-size=1280,900",
)
# The contrast of every text that is shown with what lies behind it, by the rules of WCAG 2.
_CONTRASTS = """
const pen = new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true});
const rgba = (color, under) => {
  pen.fillStyle = under; pen.fillRect(0, 0, 1, 1);
  pen.fillStyle = color; pen.fillRect(0, 0, 1, 1);
  return pen.getImageData(0, 0, 1, 1).data;
};
const light = ([r, g, b]) => [r, g, b].reduce((sum, each, at) => {
  const part = each / 255;
  return sum + [.2126, .7152, .0722][at] * (part <= .04045 ? part / 12.92 : ((part + .055) / 1.055) ** 2.4);
}, 0);
const behind = (element) => {
  const layers = [];
  for (let each = element; each; each = each.parentElement) layers.unshift(getComputedStyle(each).backgroundColor);
  return layers.reduce((under, layer) => `rgb(${[...rgba(layer, under)].slice(0, 3)})`, 'white');
};
const found = [];
for (const element of document.querySelectorAll('body *')) {
  const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  if (!own || !element.checkVisibility({contentVisibilityAuto: true})) continue;
  const under = behind(element);
  const style = getComputedStyle(element);
  const [one, two] = [light(rgba(style.color, under)), light(rgba(under, under))].sort((a, b) => b - a);
  found.push([`${element.tagName}.${element.className} ${element.textContent.trim().slice(0, 30)}`,
    (one + .05) / (two + .05), parseFloat(style.fontSize)]);
}
return found;
"""
# Milliseconds from a key in the search field to a page that is laid out again, for each text.
_FILTERING = """
const field = document.getElementById('text');
return arguments[0].map((text) => {
  const start = performance.now();
  field.value = text;
  field.dispatchEvent(new Event('input', {bubbles: true}));
  document.body.getBoundingClientRect();
  return performance.now() - start;
});
"""


def log_of(browser: Chrome, kind: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = browser.get_log(kind)  # type: ignore[no-untyped-call]
    return entries


class Page:
    """A report that is open in the browser."""

    def __init__(self, browser: Chrome, file: Path) -> None:
        self.browser = browser
        self.url = file.as_uri()
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
        self.resize(1280)
        browser.get(self.url)
        self.log("browser")
        self.log("performance")
        with self.beginning_with("localStorage.clear()"):
            browser.get(self.url)

    def run(self, script: str, *arguments: object) -> Any:
        return self.browser.execute_script(script, *arguments)

    def resize(self, width: int) -> None:
        metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 700}
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def prefer(self, theme: str) -> None:
        features = [{"name": "prefers-color-scheme", "value": theme}]
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})

    @property
    def kept_theme(self) -> object:
        return self.run("return localStorage.getItem('slsmigrate-theme')")

    @contextmanager
    def beginning_with(self, script: str) -> Iterator[None]:
        """Run a script in every document that is opened meanwhile, before the document's own."""
        made = self.browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": script})
        yield
        self.browser.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", made)

    def find(self, selector: str) -> WebElement:
        return self.browser.find_element(By.CSS_SELECTOR, selector)

    def texts(self, selector: str) -> list[str]:
        """The text of all elements that a selector finds, folded or not."""
        script = "return Array.from(document.querySelectorAll(arguments[0]), (each) => each.textContent)"
        return [str(text) for text in self.run(script, selector)]

    def names(self) -> list[str]:
        """The repositories that pass the filters, from top to bottom."""
        return self.texts(".repo:not([hidden]) h3")

    def keys(self) -> list[str]:
        """The key paths of the findings that pass the filters."""
        return self.texts(".repo:not([hidden]) .finding:not([hidden]) code.key")

    def choose(self, field: str, value: str) -> None:
        Select(self.find(f"#{field}")).select_by_value(value)

    def search(self, text: str) -> None:
        self.find("#text").clear()
        self.find("#text").send_keys(text)

    @property
    def status(self) -> str:
        return self.find("#status").text

    @property
    def ground(self) -> str:
        return str(self.run("return getComputedStyle(document.documentElement).backgroundColor"))

    def log(self, kind: str) -> list[dict[str, Any]]:
        """What the browser has noted since it was last asked."""
        return log_of(self.browser, kind)

    def requests(self) -> list[str]:
        """The address of everything that the page has asked for since it was opened."""
        messages = [json.loads(each["message"])["message"] for each in self.log("performance")]
        return [each["params"]["request"]["url"] for each in messages if each["method"] == "Network.requestWillBeSent"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Chrome]:
    options = ChromeOptions()
    options.binary_location = _installed("chromium")
    for flag in _FLAGS:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    browser = Chrome(options, ChromeService(_installed("chromedriver")))
    yield browser
    browser.quit()


def _installed(program: str) -> str:
    found = shutil.which(program)
    assert found, f"{program} is not installed: apt-get install chromium chromium-driver"
    return found


Open = Callable[[Sequence[RepositoryResult]], Page]


@pytest.fixture
def opened(browser: Chrome, tmp_path: Path) -> Iterator[Open]:
    """Opens a report; whatever is done with it, the browser has nothing to complain of in the end."""

    def open_page(results: Sequence[RepositoryResult]) -> Page:
        file = tmp_path / "r.html"
        file.write_text(render(results, pages.MADE), encoding="utf-8")
        return Page(browser, file)

    yield open_page
    assert log_of(browser, "browser") == []


@pytest.fixture
def page(opened: Open) -> Page:
    return opened(pages.some())


def test_failures_come_first(page: Page) -> None:
    assert page.names() == ["eta", "zeta", "theta", "beta", "alpha", "clean-one"]
    assert page.status == "6 repositories, 10 secrets"


@pytest.mark.parametrize(
    ("order", "names"),
    [
        ("name", ["alpha", "beta", "clean-one", "eta", "theta", "zeta"]),
        ("secrets", ["alpha", "zeta", "beta", "theta", "eta", "clean-one"]),
        ("outcome", ["eta", "zeta", "theta", "beta", "alpha", "clean-one"]),
    ],
)
def test_repositories_are_sorted_as_chosen(page: Page, order: str, names: list[str]) -> None:
    page.choose("sort", "name" if order != "name" else "secrets")
    page.choose("sort", order)
    assert page.names() == names


def test_search_finds_names_reasons_and_findings_in_any_case(page: Page) -> None:
    page.search("ALPH")
    assert page.names() == ["alpha"]
    assert len(page.keys()) == 4
    page.search("no permission")
    assert page.names() == ["zeta"]
    page.search("zeta stripe")
    assert (page.names(), page.keys()) == (["zeta"], ["provider.environment.STRIPE_KEY"])
    assert page.status == "1 of 6 repositories, 1 of 10 secrets"


@pytest.mark.parametrize(
    ("field", "value", "names"),
    [
        ("outcome", "failed", ["eta", "zeta"]),
        ("kind", "webhook", ["zeta", "alpha"]),
        ("rule", "stripe-secret-key", ["zeta", "beta", "alpha"]),
        ("confidence", "low", ["alpha"]),
    ],
)
def test_filter_hides_what_does_not_match(page: Page, field: str, value: str, names: list[str]) -> None:
    page.choose(field, value)
    assert page.names() == names
    page.choose(field, "")
    assert len(page.names()) == 6


def test_filters_combine_and_are_cleared_together(page: Page) -> None:
    page.choose("outcome", "failed")
    page.choose("kind", "other")
    assert page.names() == []
    assert page.find("#nothing").is_displayed()
    page.find("#clear").click()
    assert len(page.names()) == 6
    assert not page.find("#nothing").is_displayed()
    assert not page.find("#clear").is_displayed()


def test_chart_bar_sets_and_clears_the_filter(page: Page) -> None:
    bar = page.find('.pick[data-filter="kind"][data-value="webhook"]')
    bar.click()
    assert page.names() == ["zeta", "alpha"]
    assert bar.get_attribute("aria-pressed") == "true"
    assert Select(page.find("#kind")).first_selected_option.get_attribute("value") == "webhook"
    bar.click()
    assert len(page.names()) == 6


def test_repository_and_its_diff_unfold_on_a_click(page: Page) -> None:
    alpha = page.find('[data-name="alpha"]')
    diff = alpha.find_element(By.CSS_SELECTOR, ".diff")
    assert not diff.is_displayed()
    alpha.find_element(By.TAG_NAME, "summary").click()
    assert diff.is_displayed()
    diff.find_element(By.TAG_NAME, "summary").click()
    assert "-    DB_PASSWORD: ••••••\n+    DB_PASSWORD: ${ssm(raw):/alpha/db-password}" in diff.text


def test_page_can_be_used_with_the_keyboard_alone(page: Page) -> None:
    page.find("body").send_keys("/")
    assert page.browser.switch_to.active_element.get_attribute("id") == "text"
    page.browser.switch_to.active_element.send_keys("alpha")
    for _ in range(20):
        page.browser.switch_to.active_element.send_keys(Keys.TAB)
        if page.browser.switch_to.active_element.tag_name == "summary":
            break
    page.browser.switch_to.active_element.send_keys(Keys.ENTER)
    assert page.find('[data-name="alpha"] .finding').is_displayed()


def test_all_repositories_can_be_unfolded_and_folded_again(page: Page) -> None:
    folded = "return document.querySelectorAll('.repo > details:not([open])').length"
    page.find("#unfold").click()
    assert page.run(folded) == 0
    page.find("#unfold").click()
    assert page.run(folded) == 6


def test_reason_link_opens_its_repository_even_if_a_filter_hides_it(page: Page) -> None:
    page.choose("outcome", "clean")
    page.find(".cases a").click()
    assert page.find('[data-name="zeta"], [data-name="eta"]').is_displayed()
    assert page.run("return document.activeElement.closest('.repo').querySelector('details').open")


def test_theme_follows_the_system_until_it_is_switched(page: Page) -> None:
    page.prefer("light")
    light = page.ground
    page.prefer("dark")
    dark = page.ground
    assert light != dark
    button = page.find("#theme")
    WebDriverWait(page.browser, 5).until(lambda _: button.text == "Light theme")
    button.click()
    assert (page.ground, button.text) == (light, "Dark theme")
    page.find("#theme").click()
    assert (page.ground, button.text) == (dark, "Light theme")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_theme_that_was_switched_to_is_kept_for_the_next_time(page: Page, theme: str) -> None:
    page.prefer("light" if theme == "dark" else "dark")
    page.find("#theme").click()
    ground, kept = page.ground, page.kept_theme
    assert kept == theme
    # A busy Chromium gives a document that another process shows an older storage, so the next time is set by hand.
    with page.beginning_with(f"localStorage.setItem('slsmigrate-theme', '{kept}')"):
        page.browser.refresh()
        assert page.ground == ground


def test_foreign_word_in_the_storage_leaves_the_theme_to_the_system(page: Page) -> None:
    page.prefer("dark")
    dark = page.ground
    with page.beginning_with("localStorage.setItem('slsmigrate-theme', 'pink')"):
        page.browser.refresh()
        assert page.ground == dark


def test_repository_named_like_a_script_is_shown_as_text(opened: Open) -> None:
    page = opened(pages.some(pages.repository(SCRIPT, RepositoryStatus.FAILED, 1, pages.DENIED)))
    assert SCRIPT in page.names()
    assert page.run("return document.scripts.length") == 1
    page.search(SCRIPT)
    assert page.names() == [SCRIPT]


def test_injected_script_does_not_run(page: Page) -> None:
    page.run("document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.ran = 1'}))")
    assert page.run("return window.ran") is None
    (complaint,) = page.log("browser")
    assert "Content Security Policy" in complaint["message"]


def test_page_requests_nothing_but_itself(page: Page) -> None:
    page.find("#unfold").click()
    page.find("#theme").click()
    asked = page.requests()
    assert page.url in asked
    assert [each for each in asked if each != page.url and not each.startswith("data:")] == []


def test_filtering_500_repositories_takes_less_than_100_milliseconds(opened: Open) -> None:
    page = opened(pages.many(500))
    assert page.status == "500 repositories, 835 secrets"
    texts = ["s", "service-4", "service-49", "stripe", "nowhere", ""]
    best = [min(took) for took in zip(*(page.run(_FILTERING, texts) for _ in range(3)), strict=True)]
    assert max(best) < 100, best
    page.choose("sort", "name")
    assert page.names()[:2] == ["team-0/service-0", "team-0/service-9"]


@pytest.mark.parametrize("width", [390, 1280])
def test_page_never_scrolls_sideways(page: Page, width: int) -> None:
    page.resize(width)
    page.run("for (const each of document.querySelectorAll('details')) each.open = true")
    needed, there = page.run("const root = document.documentElement; return [root.scrollWidth, root.clientWidth]")
    assert needed <= there <= width


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_every_text_has_enough_contrast(page: Page, theme: str, width: int) -> None:
    page.prefer(theme)
    page.resize(width)
    page.run("for (const each of document.querySelectorAll('details')) each.open = true")
    page.find('.pick[data-value="password"]').click()
    contrasts = page.run(_CONTRASTS)
    assert len(contrasts) > 60
    assert [each for each in contrasts if each[1] < (3 if each[2] >= 24 else 4.5)] == []


def test_every_field_and_button_has_an_accessible_name(page: Page) -> None:
    found = page.browser.find_elements(By.CSS_SELECTOR, "main button, main input, main select, main a")
    shown = [each for each in found if each.is_displayed()]
    assert {each.tag_name for each in shown} >= {"button", "input", "select"}
    assert all(each.accessible_name for each in shown)


def test_page_is_unfolded_for_printing_and_folded_again_after(page: Page) -> None:
    unfolded = "document.querySelectorAll('.repo [open]').length"
    page.run(f"addEventListener('beforeprint', () => {{ window.printed = {unfolded} }})")
    assert page.browser.execute_cdp_cmd("Page.printToPDF", {})["data"]
    assert page.run(f"return [window.printed, {unfolded}]") == [6, 0]


def test_single_repository_is_open_and_has_no_useless_filter(opened: Open) -> None:
    page = opened((pages.repository("shop", RepositoryStatus.PLANNED, 3),))
    assert page.find(".finding").is_displayed()
    assert page.browser.find_elements(By.CSS_SELECTOR, "#outcome, #sort") == []
    page.choose("confidence", "medium")
    assert page.status == "1 of 1 repository, 1 of 3 secrets"
