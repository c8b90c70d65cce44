"""deploy/: the proxy's sample configuration is read by a parser of nginx's language, and says what the service relies on."""

from __future__ import annotations

import configparser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import crossplane
import pytest

from ssn_assets.lookup.complaint_form import MAX_BODY as COMPLAINT
from ssn_assets.lookup.question import MAX_BODY as QUESTION

DEPLOY = Path(__file__).parents[2] / "deploy"
UNITS = {"k": 1 << 10, "m": 1 << 20}
Directive = dict[str, Any]


def parsed(tmp_path: Path, conf: Path) -> list[Directive]:
    """The directives of a file that is included in the http block; unknown ones and ones in a wrong place are errors."""
    (tmp_path / "nginx.conf").write_text(f"events {{}}\nhttp {{\n    include {conf};\n}}\n")
    found = crossplane.parse(str(tmp_path / "nginx.conf"), combine=True, strict=True)
    if found["status"] != "ok":
        raise AssertionError("; ".join(str(error["error"]) for error in found["errors"]))
    http = next(d for d in found["config"][0]["parsed"] if d["directive"] == "http")
    return list(http["block"])


@pytest.fixture
def http(tmp_path: Path) -> list[Directive]:
    return parsed(tmp_path, DEPLOY / "nginx.conf")


@pytest.fixture
def server(http: list[Directive]) -> list[Directive]:
    """What answers over TLS."""
    found = [d["block"] for d in all_of(http, "server") if ["443", "ssl", "http2"] in values(d["block"], "listen")]
    assert len(found) == 1
    return list(found[0])


def all_of(block: list[Directive], name: str) -> list[Directive]:
    return [d for d in block if d["directive"] == name]


def values(block: list[Directive], name: str) -> list[list[str]]:
    return [d["args"] for d in all_of(block, name)]


def value(block: list[Directive], name: str) -> str:
    """The one value of a directive that must be there once."""
    [args] = values(block, name)
    return " ".join(args)


def location(server: list[Directive], *args: str) -> list[Directive]:
    [found] = [d["block"] for d in all_of(server, "location") if d["args"] == list(args)]
    return list(found)


def size(text: str) -> int:
    return int(text[:-1]) * UNITS[text[-1]]


def everywhere(block: list[Directive]) -> Iterator[Directive]:
    for directive in block:
        yield directive
        yield from everywhere(directive.get("block", []))


def test_a_word_nginx_does_not_know_is_found(tmp_path: Path) -> None:
    wrong = tmp_path / "salah.conf"
    wrong.write_text((DEPLOY / "nginx.conf").read_text().replace("client_max_body_size 2k", "client_max_body_sise 2k"))
    with pytest.raises(AssertionError, match="client_max_body_sise"):
        parsed(tmp_path, wrong)


def test_everything_is_answered_over_tls(http: list[Directive], server: list[Directive]) -> None:
    assert set(value(server, "ssl_protocols").split()) == {"TLSv1.2", "TLSv1.3"}
    assert value(server, "ssl_certificate") and value(server, "ssl_certificate_key")
    for directive in everywhere(server):  # a location with a header of its own inherits none
        headers = [args for args in values(directive.get("block", []), "add_header")]
        assert not headers or any(args[0] == "Strict-Transport-Security" for args in headers), directive["args"]
    assert ["Strict-Transport-Security", "max-age=31536000", "always"] in values(server, "add_header")
    [plain] = [d["block"] for d in all_of(http, "server") if d["block"] != server]
    assert value(plain, "return") == "301 https://$server_name/" and not all_of(plain, "location")


def test_no_log_holds_an_address_or_what_was_asked_for(http: list[Directive], server: list[Directive]) -> None:
    name, *form = values(http, "log_format")[0]
    assert set("".join(form).split()) == {"$time_iso8601", "$request_method", "$status", "$request_time"}
    assert value(server, "access_log").split()[1] == name and value(server, "error_log").endswith(" crit")
    logs = [d["args"] for d in everywhere(http) if d["directive"] == "access_log"]
    assert all(args[1:] == [name] or args == ["off"] for args in logs)


def test_bodies_connections_and_rates_are_limited(http: list[Directive], server: list[Directive]) -> None:
    assert QUESTION < size(value(server, "client_max_body_size")) <= 2 * QUESTION
    assert size(value(location(server, "/aduan"), "client_max_body_size")) == COMPLAINT
    sizes = [size(d["args"][0]) for d in everywhere(http) if d["directive"] == "client_max_body_size"]
    assert max(sizes) <= 1 << 20
    zones = {args[1].partition("=")[2].partition(":")[0] for args in values(http, "limit_conn_zone")}
    assert value(server, "limit_conn").split()[0] in zones and values(server, "limit_req")
    assert value(server, "limit_conn_status") == value(server, "limit_req_status") == "429"
    assert value(server, "client_body_timeout") == value(server, "client_header_timeout") == "10s"
    assert value(server, "gzip") == "off"  # the length of an answer says nothing only as it is


@pytest.mark.parametrize("path", ["/", "/aduan"])
def test_nobody_names_his_own_address_or_the_host_a_client_signs_for(server: list[Directive], path: str) -> None:
    block = location(server, path)
    headers = dict(values(block, "proxy_set_header"))
    assert headers["X-Forwarded-For"] == "$remote_addr" and headers["X-Forwarded-Proto"] == "$scheme"
    assert headers["Host"] == "$host"
    assert value(block, "proxy_pass") == "http://ssn_layanan" and not values(block, "proxy_next_upstream")


def test_counts_are_not_handed_out_and_only_the_machine_itself_is_asked(http: list[Directive], server: list[Directive]) -> None:
    assert value(location(server, "=", "/metrics"), "return") == "404"
    [upstream] = all_of(http, "upstream")
    targets = [d["args"][0] for d in everywhere(http) if d["directive"] == "proxy_pass"]
    assert {t for t in targets if not t.startswith("http://127.0.0.1:")} == {f"http://{upstream['args'][0]}"}
    assert all(s[0].startswith("127.0.0.1:") for s in values(upstream["block"], "server"))


def test_auditors_see_a_read_only_dagster_behind_the_login(server: list[Directive]) -> None:
    auditor, asked = location(server, "/auditor"), location(server, "=", "/oauth2/auth")
    assert value(auditor, "auth_request") == "/oauth2/auth"
    assert all_of(asked, "internal") and value(asked, "proxy_pass_request_body") == "off"
    assert ["Content-Length", ""] in values(asked, "proxy_set_header")
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(DEPLOY / "ssn-auditor.service")
    started = unit["Service"]["ExecStart"].split()
    assert "--read-only" in started and started[started.index("-h") + 1] == "127.0.0.1"
    assert value(auditor, "proxy_pass") == f"http://127.0.0.1:{started[started.index('-p') + 1]}"
    ui = [d for d in everywhere(server) if d["directive"] == "proxy_pass" and d["args"] == values(auditor, "proxy_pass")[0]]
    assert len(ui) == 1  # no other way to it
