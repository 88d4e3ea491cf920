"""The pages that are served for people load in a browser without a complaint."""

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from understudy.specs.contract import NAMES, load

from ..process import Process

pytestmark = pytest.mark.browser


def complaints(chromium: Chrome) -> list[str]:
    """What the browser's console says is wrong."""
    return [entry["message"] for entry in chromium.get_log("browser") if entry["level"] == "SEVERE"]  # type: ignore[no-untyped-call]


def test_the_index_page_links_each_contract(chromium: Chrome, served: Process) -> None:
    """Every contract with its document and a page to try it on."""
    chromium.get(served.root)

    links = {link.get_attribute("href") for link in chromium.find_elements(By.TAG_NAME, "a")}
    for name in NAMES:
        assert {f"{served.root}/{name}/ui/", f"{served.root}/{name}/openapi.json"} <= links
    assert complaints(chromium) == []


@pytest.mark.parametrize("name", NAMES)
def test_swagger_ui_shows_each_operation(chromium: Chrome, served: Process, name: str) -> None:
    """One block for each operation of the contract."""
    operations = load(name).operations
    chromium.get(f"{served.root}/{name}/ui/")

    def shown(driver: Chrome) -> bool:
        return len(driver.find_elements(By.CSS_SELECTOR, ".opblock")) == len(operations)

    WebDriverWait(chromium, 20).until(shown)
    assert complaints(chromium) == []
