"""JupyterLab on 127.0.0.1 over a copy of the notebooks, and a headless Chromium."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
# A headless browser in a container, which shall look for nothing on the network.
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
START_SECONDS = 60


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab."""

    url: str
    token: str
    folder: Path

    def address(self, path: str, *, app: str = "lab/tree") -> str:
        return f"{self.url}/{app}/{path}?token={self.token}&reset"


def _absent(reason: str) -> None:
    """Skip, or fail where browser tests are required."""
    if os.environ.get("MLKIT_REQUIRE_BROWSER") == "1":
        pytest.fail(f"{reason}, and MLKIT_REQUIRE_BROWSER=1")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The browser's program, or skip with one line."""
    given = os.environ.get("PLAYWRIGHT_CHROMIUM")
    found = given or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if found is None or not Path(found).exists():
        _absent("Chromium is absent: install it or set PLAYWRIGHT_CHROMIUM")
    return str(found)


@pytest.fixture(scope="session")
def lab(chromium_path: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """JupyterLab over a copy of ``notebooks/``, with settings of its own."""
    home = tmp_path_factory.mktemp("lab")
    folder = home / "notebooks"
    shutil.copytree(ROOT / "notebooks", folder)
    if (ROOT / "data").is_dir():
        # Lessons reach the bundled files by paths relative to their own folder.
        (home / "data").symlink_to(ROOT / "data")
    port, token = _free_port(), secrets.token_hex(16)
    with (home / "lab.log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            _lab_command(port, token, folder),
            env=_lab_environment(home),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_until_up(process, port, token, home / "lab.log")
            yield Lab(f"http://127.0.0.1:{port}", token, folder)
        finally:
            process.terminate()
            process.wait(timeout=20)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _lab_command(port: int, token: str, folder: Path) -> list[str]:
    return [
        sys.executable,
        "-m",
        "jupyterlab",
        "--no-browser",
        "--allow-root",
        "--ip=127.0.0.1",
        f"--port={port}",
        "--ServerApp.port_retries=0",
        f"--IdentityProvider.token={token}",
        f"--ServerApp.root_dir={folder}",
        "--LabApp.expose_app_in_browser=True",
        "--JupyterNotebookApp.expose_app_in_browser=True",
        "--LabApp.news_url=None",
    ]


def _lab_environment(home: Path) -> dict[str, str]:
    """Settings in a fresh folder: nothing of the user's, and no pop-ups."""
    config = home / "config" / "labconfig"
    config.mkdir(parents=True)
    disabled = {"@jupyterlab/apputils-extension:announcements": True}
    page = {"disabledExtensions": disabled}
    (config / "page_config.json").write_text(json.dumps(page), encoding="utf-8")
    return os.environ | {
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "IPYTHONDIR": str(home / "ipython"),
        "OMP_NUM_THREADS": "1",
    }


def _wait_until_up(
    process: subprocess.Popen[bytes], port: int, token: str, log: Path
) -> None:
    address = f"http://127.0.0.1:{port}/api/status?token={token}"
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    tail = "\n".join(log.read_text(encoding="utf-8").splitlines()[-20:])
    pytest.fail(f"JupyterLab did not answer on port {port}:\n{tail}")


@pytest.fixture(scope="session")
def browser(chromium_path: str):
    """One Chromium for all tests."""
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=chromium_path, args=CHROMIUM_ARGUMENTS
        )
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser):
    """A fresh tab of a size that a projector has."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def screenshot(page, request: pytest.FixtureRequest):
    """Save what the page shows, where ``MLKIT_SCREENSHOTS`` names a folder."""
    folder = os.environ.get("MLKIT_SCREENSHOTS")

    def save(name: str) -> None:
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=str(Path(folder) / f"{name}.png"))

    return save
