"""The image and what compose makes of it: what the Dockerfile and compose.yaml hold.

No image is built here; that is done by hand before a release, and in its workflow.
"""

import json
import os
import re
import signal
import subprocess
import sys
from contextlib import suppress
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml  # type: ignore[import-untyped]  # its stubs would be one more dependency
from sqlalchemy.engine import make_url

from app.config import SECRET, Settings
from tests.commands import sayso
from tests.conftest import Templates
from tests.patience import NEVER, until
from tests.test_backup import tools
from tests.test_packaging import PROJECT, ROOT, lines, read


def stages() -> dict[str, list[tuple[str, str]]]:
    """The Dockerfile's stages by name, each a list of (instruction, the rest)."""
    found: dict[str, list[tuple[str, str]]] = {}
    for line in "\n".join(lines("Dockerfile")).replace("\\\n", "").splitlines():
        word, _, rest = line.partition(" ")
        if word == "FROM":
            base, _, name = rest.partition(" AS ")
            found[name] = []
        found[[*found][-1]].append((word, rest.partition(" AS ")[0] if word == "FROM" else rest))
    return found


def last_stage(word: str) -> str:
    """What the running image says of one thing."""
    [rest] = [rest for instruction, rest in stages()[""] if instruction == word]
    return rest


BASE = "python:3.13-slim-trixie"


def health_check() -> list[str]:
    command: list[str] = json.loads(last_stage("HEALTHCHECK").partition("CMD ")[2])
    return command


# The container


def test_the_image_has_what_runs_and_nothing_that_builds_or_installs() -> None:
    found = stages()
    assert {name: steps[0][1] for name, steps in found.items()} == {
        "dependencies": BASE, "code": "dependencies", "system": BASE, "": "scratch",
    }  # fmt: skip
    assert "RUN" not in {word for word, _ in found[""]}
    removed = " ".join(rest for word, rest in found["system"] if word == "RUN")
    for needless in ("site-packages/*", "bin/pip*", "ensurepip", "include", "perl-base", "apt"):
        assert needless in removed
    assert re.search(r"dpkg --purge --force-all .* dpkg +&&", removed), "scanners read its list"
    assert "grep 'not found'" in removed, "a library that is missing ends the build"


def test_the_fonts_of_the_pictures_are_those_that_the_image_keeps() -> None:
    [install] = [rest for _, rest in stages()["system"] if "fonts-nanum" in rest]
    kept = set(re.findall(r"! -name '(\w+)", install))
    named = f"{read('app/render/style.py')} {read('app/render/picture.py')}".replace(" ", "")
    assert kept == {"LiberationSans", "DejaVuSans", "NanumGothic", "NanumGothicBold"}
    assert all(font.removesuffix("Bold") in named for font in kept)
    assert "copyright" in str(stages()["system"]), "their licences go with them"


def test_the_image_says_what_it_is() -> None:
    label = "org.opencontainers.image."
    told = dict(re.findall(rf'{label}([a-z.]+)="(.*?)"', last_stage("LABEL")))
    assert told["licenses"] == PROJECT["license"]
    assert told["base.name"].endswith(BASE)
    release = read(".github/workflows/release.yml")
    for argument in ("VERSION", "REVISION"):
        assert told[argument.lower()] == f"${argument}"
        assert f"--build-arg {argument}=" in release


def test_the_image_takes_only_files_that_were_locked(tmp_path: Path) -> None:
    steps = [rest for name in ("dependencies", "code") for _, rest in stages()[name]]
    installs = [line for rest in steps for line in rest.split("&&") if " install " in line]
    pip = [line for line in installs if "pip" in line]
    fetching = [line for line in pip if "--dry-run" not in line and "/tmp/wheel" not in line]
    assert len(fetching) == 2
    assert all("--require-hashes" in line for line in fetching)
    report = tmp_path / "report.json"
    command = [sys.executable, "deploy/locked.py", str(report), "constraints-hashes.txt"]
    wanted = [{"metadata": {"name": name}} for name in ("SQLAlchemy", "typing_extensions")]
    report.write_text(json.dumps({"install": wanted}))
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert [line.split("==")[0] for line in found.splitlines() if "==" in line] == [
        "sqlalchemy", "typing-extensions",
    ]  # fmt: skip
    assert found.count("--hash=sha256:") > 2
    report.write_text(json.dumps({"install": [{"metadata": {"name": "canary"}}]}))
    refused = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "canary is not in constraints-hashes.txt" in refused.stderr


def test_a_change_of_code_leaves_the_layers_of_system_and_dependencies_as_they_are() -> None:
    found = stages()
    copied = {name: [rest for word, rest in found[name] if word == "COPY"] for name in found}
    assert copied["dependencies"] == [
        "pyproject.toml constraints.txt constraints-hashes.txt deploy/locked.py ./"
    ]
    assert copied["code"] == [". ."]
    assert "code" not in " ".join(copied["system"])
    assert copied[""] == [
        "--from=system / /",
        "--from=dependencies /venv /venv",
        "--from=code /code/venv /venv",
    ]
    assert all("--no-deps" in rest for word, rest in found["code"] if word == "RUN")


def test_the_image_runs_as_nobody_special_and_keeps_its_data_in_a_volume() -> None:
    assert last_stage("USER") == "10001"
    assert last_stage("VOLUME") == last_stage("WORKDIR") == "/data"
    default = Settings.model_fields["database_url"].default
    assert default == "sqlite:///sayso.db", "in the working directory"


def test_no_setting_is_said_twice_where_the_image_is_used() -> None:
    """A value of the image's beside the file that a deployment names would end every start."""
    of_image = set(re.findall(r"(\w+)=", last_stage("ENV")))
    manifests = [*yaml.safe_load_all(read("deploy/kubernetes.yaml"))]
    [deployment] = [one for one in manifests if one["kind"] == "Deployment"]
    [container] = deployment["spec"]["template"]["spec"]["containers"]
    uses = [
        {one["name"] for one in container["env"]},
        {*compose()["services"]["sayso"]["environment"]},
    ]
    known = {f"SAYSO_{name.upper()}" for name in Settings.model_fields}
    for names in uses:
        assert {name.removesuffix("_FILE") for name in names} <= known
        assert not {f"{name}_FILE" for name in of_image | names} & names
    assert not {f"SAYSO_{name.upper()}" for name in SECRET} & of_image


def test_the_image_starts_sayso_itself_so_that_it_hears_when_to_stop() -> None:
    assert json.loads(last_stage("CMD")) == ["sayso", "serve"]
    # SIGTERM, which sayso hears from the start: see tests/test_stopping.py.
    assert "STOPSIGNAL" not in {word for word, _ in stages()[""]}


def test_the_health_check_asks_the_port_that_is_served(seeded: httpx.Client) -> None:
    def healthy(port: int | None) -> bool:
        command = [sys.executable, *health_check()[1:]]
        environment = {**os.environ, "SAYSO_PORT": str(port)}
        return subprocess.run(command, env=environment, capture_output=True).returncode == 0

    assert health_check()[0] == "python"
    assert healthy(seeded.base_url.port)
    assert not healthy(1)


def test_only_what_is_named_goes_into_the_image() -> None:
    everything, *named = lines(".dockerignore")
    assert everything == "*"
    kept = {line.removeprefix("!") for line in named if line.startswith("!")}
    assert kept == {
        *("pyproject.toml", "constraints.txt", "constraints-hashes.txt", "deploy/locked.py"),
        *("README.md", "LICENSE", "app", "migrations", "seed", "docs", "guide"),
    }
    assert named[-1] == "**/__pycache__"


# Compose


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(read("compose.yaml"))
    return found


def test_compose_holds_no_password_and_makes_one_of_its_own(tmp_path: Path) -> None:
    services = compose()["services"]
    assert not re.search(r"PASSWORD:|PGPASSWORD:|PEPPER:", read("compose.yaml"))
    for name, service in services.items():
        for variable, value in (service.get("environment") or {}).items():
            if variable.endswith("_FILE"):
                assert value.startswith("/secrets/"), (name, variable)
                assert any(one.startswith("secrets:/secrets") for one in service["volumes"])
    python, c, program = services["secrets"]["command"]
    made = program.replace("/secrets/", f"{tmp_path}/")
    contents = []
    for _ in range(2):  # a second start changes nothing
        subprocess.run([sys.executable, c, made], check=True)
        files = sorted(tmp_path.iterdir())
        assert [file.name for file in files] == ["database-password", "key-pepper"]
        assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
        contents.append([file.read_text() for file in files])
    assert contents[0] == contents[1]
    assert min(map(len, contents[0])) > 40
    assert python == "python"


def test_compose_ends_in_a_seeded_api_that_waits_for_its_database_and_is_alone_on_loopback() -> (
    None
):
    found = compose()
    services = found["services"]
    ours = services["sayso"]
    assert ours["command"] == ["sayso", "${SAYSO_START:-demo}", "--first-key", "/data/first-key"]
    assert ours["depends_on"]["postgres"] == {"condition": "service_healthy"}
    assert ours["stop_grace_period"] == "30s"
    assert [port.rpartition(":")[0].startswith("127.0.0.1:") for port in ours["ports"]] == [True]
    assert ours["read_only"]
    settings = {name for name in ours["environment"] if name.startswith("SAYSO_")}
    known = {f"SAYSO_{name.upper()}" for name in Settings.model_fields}
    assert {name.removesuffix("_FILE") for name in settings} <= known
    assert found["networks"]["inside"] == {"internal": True}
    for name in ("postgres", "backup"):
        assert services[name]["networks"] == ["inside"]
        assert "ports" not in services[name]
    assert {name for name, one in services.items() if "profiles" not in one} == {
        "secrets", "sayso", "postgres",
    }  # fmt: skip


def test_compose_takes_forwarded_headers_of_its_proxy_alone() -> None:
    found = compose()
    services = found["services"]
    [outside] = found["networks"]["outside"]["ipam"]["config"]
    proxy = services["proxy"]["networks"]["outside"]["ipv4_address"]
    assert services["sayso"]["environment"]["SAYSO_PROXY"] == proxy
    assert ip_address(proxy) in ip_network(outside["subnet"])
    # Nobody else can be given that address, and this computer has another one.
    assert ip_address(proxy) not in ip_network(outside["ip_range"])
    assert proxy != outside["gateway"]


def test_the_fixed_network_of_compose_is_none_that_docker_gives_to_another() -> None:
    """It takes one of these for each network, for `inside` too: one day that would be ours."""
    [outside] = compose()["networks"]["outside"]["ipam"]["config"]
    pools = [*(f"172.{n}.0.0/16" for n in range(17, 32)), "192.168.0.0/16"]
    assert not [one for one in pools if ip_network(one).overlaps(ip_network(outside["subnet"]))]


def test_a_container_of_compose_that_only_runs_a_command_leaves_no_volume_behind() -> None:
    services = compose()["services"]
    assert services["secrets"]["tmpfs"] == [last_stage("VOLUME")]
    [data] = [one.split(":")[1] for one in services["postgres"]["volumes"] if "postgres:" in one]
    assert services["backup"]["tmpfs"] == [data]


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_the_backup_of_compose_makes_dumps_that_can_be_restored_and_ends_when_told(
    templates: Templates, tmp_path: Path
) -> None:
    """Its command, as it stands there, with this server, these tools, and folders of the test."""
    service = compose()["services"]["backup"]
    assert "init" not in service, "podman has none of its own"
    shell, options, script = service["command"]
    script = script.replace("$$", "$").replace("/backups", str(tmp_path))
    script = script.replace("/secrets/database-password", f"{tmp_path}/password")
    url = make_url(templates.copy(seeded=True))
    (tmp_path / "password").write_text(url.password or "none")
    (tmp_path / "sayso-20200101T000000Z.dump.part").write_text("of a dump that was broken off")
    place = {"PGHOST": url.query.get("host") or url.host, "PGPORT": url.port}
    told = {**place, "PGUSER": url.username, "PGDATABASE": url.database, "PATH": tools()}
    known = {name: str(value) for name, value in told.items() if value}
    said = tmp_path / "said"
    command = [shell, options, script.replace('echo "', f'echo > {said} "')]
    running = subprocess.Popen(command, env=known, start_new_session=True)
    try:
        until(lambda: said.exists() and said.read_text().endswith("\n"))
        dump = Path(said.read_text().removeprefix("backup: ").strip())
        assert [file.name for file in tmp_path.iterdir() if file.suffix == ".part"] == []
        assert dump.stat().st_mode & 0o777 == 0o600
        running.send_signal(signal.SIGTERM)
        assert running.wait(NEVER) == 0
    finally:
        with suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGKILL)  # its sleep too, which a container's end ends
        running.wait()
    new = templates.nothing()
    restore = ["pg_restore", "--exit-on-error", "--no-owner", f"--dbname={new}", str(dump)]
    subprocess.run(restore, env=known, check=True)
    assert sayso(new, "verify").returncode == 0
