"""The proxies of deploy/ in front of a server: an API call, a page, a form and the admin API pass through each."""

import base64
import http.client
import json
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.conftest import ACCOUNT, Server
from tests.console.forms import submit
from tests.serve.conftest import HEALTHY

DEPLOY = Path(__file__).parents[2] / "deploy"
NAME = "pipeline.example"
USER, PASSWORD = "ada", "swordfish"
PASSES = {"Authorization": f"Basic {base64.b64encode(f'{USER}:{PASSWORD}'.encode()).decode()}"}


def needed(program: str) -> str:
    """The path of a program of Debian's, some of which lie where only root looks."""
    found = shutil.which(program, path="/usr/sbin:/usr/bin:/usr/local/bin")
    if found is None:
        pytest.skip(f"{program} is not installed: scripts/test does it where it can")
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def replaced(text: str, by: dict[str, str]) -> str:
    for before, after in by.items():
        assert before in text
        text = text.replace(before, after)
    return text


class Proxy:
    """A proxy that answers at https://pipeline.example, with a port that was free, before a server."""

    def __init__(self, folder: Path, port: int, command: list[str], environment: dict[str, str]) -> None:
        self.port = port
        self.url = f"https://{NAME}:{port}"
        self.certificate = folder / "certificate.pem"
        self.log = (folder / "proxy.log").open("w+")
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log, env=environment)

    def request(
        self, method: str, path: str, body: str = "", headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], str]:
        """As a browser sends it: status, headers and text."""
        trust = ssl.create_default_context(cafile=str(self.certificate))
        connection = http.client.HTTPSConnection(NAME, self.port, context=trust, timeout=60)
        origin = {"Origin": self.url} if method == "POST" else {}
        try:
            connection.request(method, path, body or None, {**origin, **PASSES, **(headers or {})})
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read().decode()
        finally:
            connection.close()


def nginx(folder: Path, port: int, upstream: int) -> tuple[list[str], dict[str, str]]:
    """The command that starts it, in the foreground, and its variables."""
    program = needed("nginx")
    (folder / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n")
    site = replaced(
        (DEPLOY / "nginx" / "cosell.conf").read_text(),
        {
            "127.0.0.1:4280": f"127.0.0.1:{upstream}",
            "listen 443": f"listen 127.0.0.1:{port}",
            "/etc/ssl/certs/pipeline.example.pem": f"{folder}/certificate.pem",
            "/etc/ssl/private/pipeline.example.key": f"{folder}/key.pem",
            "/etc/nginx/cosell.users;": f"{folder}/users;",
        },
    )
    places = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    main = f"user root; daemon off; pid {folder}/pid; error_log stderr; events {{}} http {{ access_log off; {places}\n"
    (folder / "nginx.conf").write_text(main + site + "}\n")
    return [program, "-e", "stderr", "-c", f"{folder}/nginx.conf"], {}


def caddy(folder: Path, port: int, upstream: int) -> tuple[list[str], dict[str, str]]:
    """The same of Caddy."""
    program = needed("caddy")
    hashing = [program, "hash-password", "--plaintext", PASSWORD]
    hashed = subprocess.run(hashing, capture_output=True, text=True, check=True).stdout.strip()
    site = replaced(
        (DEPLOY / "caddy" / "Caddyfile").read_text(),
        {
            "127.0.0.1:4280": f"127.0.0.1:{upstream}",
            "/etc/ssl/certs/pipeline.example.pem": f"{folder}/certificate.pem",
            "/etc/ssl/private/pipeline.example.key": f"{folder}/key.pem",
        },
    )
    main = f"{{\n\tadmin off\n\tauto_https disable_redirects\n\thttps_port {port}\n}}\n"
    (folder / "Caddyfile").write_text(main + site)
    variables = {"COSELL_USER": USER, "COSELL_PASSWORD_HASH": hashed, "HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    return [program, "run", "--config", f"{folder}/Caddyfile"], variables


@pytest.fixture(scope="module")
def known_name() -> Iterator[None]:
    """The name means this machine."""
    found: Callable[..., Any] = socket.getaddrinfo
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            socket,
            "getaddrinfo",
            lambda host, *rest, **more: found("127.0.0.1" if host == NAME else host, *rest, **more),
        )
        yield


@pytest.fixture(scope="module", params=[nginx, caddy], ids=["nginx", "caddy"])
def proxy(
    request: pytest.FixtureRequest, known_name: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Proxy]:
    """Each of the proxies, before a server of its own."""
    folder = tmp_path_factory.mktemp("proxy")
    port = free_port()
    subprocess.run(
        [
            *(needed("openssl"), "req", "-x509", "-nodes", "-days", "2", "-subj", f"/CN={NAME}"),
            *("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-addext", f"subjectAltName=DNS:{NAME}"),
            *("-out", str(folder / "certificate.pem"), "-keyout", str(folder / "key.pem")),
        ],
        capture_output=True,
        check=True,
    )
    upstream = free_port()
    command, environment = request.param(folder, port, upstream)
    server = Server("--port", str(upstream), "--public-url", f"https://{NAME}:{port}", cwd=folder)
    proxy = Proxy(folder, port, command, environment)
    assert server.process.stdout is not None
    assert f"cosell env --url {proxy.url}" in server.process.stdout.readline()
    try:
        while True:
            assert proxy.process.poll() is None, (folder / "proxy.log").read_text()
            try:
                proxy.request("GET", "/healthz")
            except OSError:
                time.sleep(0.02)
            else:
                break
        yield proxy
    finally:
        proxy.process.terminate()
        proxy.process.wait(60)
        proxy.log.close()
        server.stop()


def test_clients_of_aws_call_the_api(proxy: Proxy) -> None:
    client = boto3.session.Session().client(
        "partnercentral-selling",
        endpoint_url=proxy.url,
        region_name="us-east-1",
        aws_access_key_id=ACCOUNT,
        aws_secret_access_key="any",
        verify=str(proxy.certificate),
    )
    assert client.list_opportunities(Catalog="Sandbox")["OpportunitySummaries"] == []
    assert proxy.request("GET", "/healthz")[::2] == HEALTHY


def test_the_console_takes_forms_and_names_the_address_that_people_know(proxy: Proxy) -> None:
    assert proxy.url in proxy.request("GET", "/console/")[2]
    page = submit(proxy, "/console/desk", {"mode": "frozen"})
    assert "Time is frozen" in page.text
    assert json.loads(proxy.request("GET", "/_cosell/clock")[2])["mode"] == "frozen"


def test_the_admin_api_takes_changes(proxy: Proxy) -> None:
    asked = proxy.request("POST", "/_cosell/seed", '{"count": 3}', {"Content-Type": "application/json"})
    assert (asked[0], json.loads(asked[2])["seeded"]) == (200, 3)


def test_nobody_comes_in_without_a_password_or_from_another_page(proxy: Proxy) -> None:
    for path in ("/console", "/console/", "/_cosell/clock"):
        assert proxy.request("GET", path, headers={"Authorization": ""})[0] == 401
    change = {"Content-Type": "application/json", "Origin": "https://evil.example"}
    assert proxy.request("POST", "/_cosell/reset", "{}", change)[0] == 403
