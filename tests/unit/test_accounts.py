"""The one user of a server: tokens, logins, password, profile."""

from __future__ import annotations

import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from label_studio_lite.errors import (
    Conflict,
    FieldsInvalid,
    Invalid,
    NotAllowed,
    NotFound,
    TooManyAttempts,
    Unauthorized,
)
from label_studio_lite.http.attempts import Attempts
from label_studio_lite.service.access import jwt, passwords
from label_studio_lite.service.access.accounts import Accounts
from label_studio_lite.store.directory import ACCOUNTS as NAME
from tests.conftest import Clock

DAY = 86_400


@pytest.fixture
def accounts(tmp_path: Path, clock: Clock) -> Accounts:
    return Accounts(tmp_path, clock=clock)


class TestLegacyToken:
    def test_is_the_same_until_reset(self, accounts: Accounts, tmp_path: Path) -> None:
        token = accounts.tokens.legacy()
        assert len(token) == 40 and int(token, 16)
        assert Accounts(tmp_path).tokens.legacy() == token
        accounts.tokens.check(token)
        new = accounts.tokens.reset_legacy()
        accounts.tokens.check(new)
        with pytest.raises(Unauthorized, match="Invalid token"):
            accounts.tokens.check(token)

    def test_a_reset_by_another_process_is_seen(self, accounts: Accounts, tmp_path: Path) -> None:
        old = accounts.tokens.legacy()
        new = Accounts(tmp_path).tokens.reset_legacy()
        assert accounts.tokens.legacy() == new != old

    def test_can_be_switched_off(self, accounts: Accounts) -> None:
        token = accounts.tokens.legacy()
        accounts.tokens.change_settings({"legacy_api_tokens_enabled": False})
        with pytest.raises(Unauthorized, match="has been disabled"):
            accounts.tokens.check(token)

    @pytest.mark.parametrize("enabled", [True, False])
    def test_one_that_works_is_always_named(self, accounts: Accounts, enabled: bool) -> None:
        accounts.tokens.change_settings({"legacy_api_tokens_enabled": enabled})
        accounts.tokens.check(accounts.tokens.working())


class TestPersonalTokens:
    def test_are_exchanged_for_access_tokens(self, accounts: Accounts, clock: Clock) -> None:
        made = accounts.tokens.create()
        access = accounts.tokens.refresh(made.token)
        claims = jwt.peek(access)
        assert claims["token_type"] == "access" and claims["user_id"] == "1"
        assert claims["exp"] == clock.now + 300
        accounts.tokens.check(access)
        clock.now += 301
        with pytest.raises(Unauthorized, match="expired"):
            accounts.tokens.check(access)

    def test_only_one_at_a_time(self, accounts: Accounts) -> None:
        made = accounts.tokens.create()
        with pytest.raises(Conflict):
            accounts.tokens.create()
        accounts.tokens.blacklist(made.token)
        accounts.tokens.create()

    def test_lists_show_no_signature(self, accounts: Accounts) -> None:
        made = accounts.tokens.create()
        [listed] = accounts.tokens.list()
        assert made.token.startswith(listed.token + ".")
        assert listed.token.count(".") == 1
        assert (listed.created_at, listed.expires_at) == (made.created_at, made.expires_at)
        accounts.tokens.blacklist(listed.token)
        assert accounts.tokens.list() == []
        with pytest.raises(NotFound):
            accounts.tokens.blacklist(listed.token)

    def test_the_file_holds_no_token(self, accounts: Accounts, tmp_path: Path) -> None:
        made = accounts.tokens.create()
        assert made.token.rpartition(".")[2] not in (tmp_path / NAME).read_text()

    def test_rotation_ends_the_old_one(self, accounts: Accounts) -> None:
        made = accounts.tokens.create()
        new = accounts.tokens.rotate(made.token)
        accounts.tokens.refresh(new.token)
        for again in (accounts.tokens.refresh, accounts.tokens.rotate):
            with pytest.raises((Unauthorized, Invalid)):
                again(made.token)

    def test_the_life_of_new_ones_is_a_setting(self, accounts: Accounts, clock: Clock) -> None:
        accounts.tokens.change_settings({"api_token_ttl_days": 2})
        made = accounts.tokens.create()
        clock.now += 2 * DAY
        assert accounts.tokens.list() == []
        with pytest.raises(Unauthorized, match="expired"):
            accounts.tokens.refresh(made.token)

    def test_can_be_switched_off(self, accounts: Accounts) -> None:
        made = accounts.tokens.create()
        access = accounts.tokens.refresh(made.token)
        accounts.tokens.change_settings({"api_tokens_enabled": False})
        for word, use in ((made.token, accounts.tokens.refresh), (access, accounts.tokens.check)):
            with pytest.raises(Unauthorized, match="switched off"):
                use(word)

    def test_forged_ones(self, accounts: Accounts) -> None:
        made = accounts.tokens.create().token
        claims = jwt.peek(made)
        header, body, signature = made.split(".")
        none = jwt.sign(claims, b"").split(".")[1]
        forged = [
            jwt.sign(claims, b"another key"),
            f"{header}.{body}.",
            f"eyJhbGciOiJub25lIn0.{none}.",
            f"eyJhbGciOiJub25lIn0.{body}.{signature}",
            f"{header}.{body}x.{signature}",
            "a.b.c",
            "..",
            "",
            "\ud800.\ud800.\ud800",
            f"{header}.{'W' * 100_000}.{signature}",
        ]
        for token in forged:
            with pytest.raises(Unauthorized):
                accounts.tokens.refresh(token)
            with pytest.raises(Unauthorized):
                accounts.tokens.check(token)

    def test_an_access_token_is_no_refresh_token(self, accounts: Accounts) -> None:
        access = accounts.tokens.refresh(accounts.tokens.create().token)
        with pytest.raises(Unauthorized, match="wrong type"):
            accounts.tokens.refresh(access)


@pytest.mark.parametrize(
    "changes",
    [
        {"api_tokens_enabled": "yes"},
        {"legacy_api_tokens_enabled": None},
        {"api_token_ttl_days": 0},
        {"api_token_ttl_days": True},
        {"api_token_ttl_days": "7"},
    ],
)
def test_settings_are_checked(accounts: Accounts, changes: dict[str, Any]) -> None:
    before = accounts.tokens.settings()
    with pytest.raises(FieldsInvalid):
        accounts.tokens.change_settings(changes)
    assert accounts.tokens.settings() == before
    assert accounts.tokens.change_settings({"unknown": 1}) == before


class TestLogins:
    def test_end_by_age(self, accounts: Accounts, clock: Clock) -> None:
        session = accounts.logins.start()
        assert accounts.logins.holds(session, clock.now)
        clock.now += 11_520 * 60
        assert not accounts.logins.holds(session, clock.now)

    def test_end_by_silence(self, accounts: Accounts, clock: Clock) -> None:
        session, seen = accounts.logins.start(), clock.now
        clock.now += 4_320 * 60
        assert not accounts.logins.holds(session, seen)
        assert accounts.logins.holds(session, clock.now - 1)

    def test_end_by_logging_out(self, accounts: Accounts, clock: Clock) -> None:
        one, other = accounts.logins.start(), accounts.logins.start()
        accounts.logins.end(one)
        accounts.logins.end(one)
        assert not accounts.logins.holds(one, clock.now)
        assert accounts.logins.holds(other, clock.now)

    def test_end_with_a_new_password(self, accounts: Accounts, clock: Clock) -> None:
        session = accounts.logins.start()
        accounts.set_password("new")
        assert not accounts.logins.holds(session, clock.now)

    def test_survive_a_restart(self, accounts: Accounts, tmp_path: Path, clock: Clock) -> None:
        session = accounts.logins.start()
        again = Accounts(tmp_path, clock=clock)
        assert again.logins.holds(session, clock.now)
        assert again.secret() == accounts.secret()
        assert session not in (tmp_path / NAME).read_text()

    def test_the_policy_can_be_changed(self, accounts: Accounts, clock: Clock) -> None:
        session = accounts.logins.start()
        policy = accounts.logins.change_policy({"max_session_age": 1})
        assert policy["max_session_age"] == 1 and policy["max_time_between_activity"] == 4_320
        clock.now += 61
        assert not accounts.logins.holds(session, clock.now)

    @pytest.mark.parametrize("value", [0, -1, "5", None, True, 10**12])
    def test_the_policy_is_checked(self, accounts: Accounts, value: Any) -> None:
        with pytest.raises(FieldsInvalid):
            accounts.logins.change_policy({"max_session_age": value})

    def test_links_open_once_and_for_a_day(self, accounts: Accounts, clock: Clock) -> None:
        code, late = accounts.logins.new_code(), accounts.logins.new_code()
        assert accounts.logins.redeem(code)
        assert not accounts.logins.redeem(code)
        clock.now += DAY
        assert not accounts.logins.redeem(late)
        assert not accounts.logins.redeem("\ud800")


class TestPasswords:
    def test_are_hashed_with_salt(self) -> None:
        one, other = passwords.hashed("pw"), passwords.hashed("pw")
        assert one != other and "pw" not in one.split("$")
        assert passwords.fits("pw", one) and passwords.fits("pw", other)
        assert not passwords.fits("pW", one)

    def test_plain_ones_of_old_files_work(self) -> None:
        assert passwords.fits("geheim ü", "geheim ü")
        assert not passwords.fits("", "geheim")

    @pytest.mark.parametrize(
        "stored",
        ["scrypt$", "scrypt$14$zz$00", "scrypt$99$00$00", "scrypt$14$00$", "scrypt$a$b$c"],
    )
    def test_damaged_hashes_fit_nothing(self, stored: str) -> None:
        for word in ("", "pw", stored, "\ud800"):
            assert not passwords.fits(word, stored)

    def test_the_right_one_is_hashed_once(
        self, accounts: Accounts, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        accounts.set_password("pw")
        stored = accounts.password()
        assert accounts.password_fits("pw", stored)
        monkeypatch.setattr(passwords, "fits", lambda *words: False)
        assert accounts.password_fits("pw", stored)
        assert not accounts.password_fits("no", stored)
        assert not accounts.password_fits("pw", stored + "x")

    def test_an_empty_one_removes_it(self, accounts: Accounts) -> None:
        accounts.set_password("pw")
        accounts.set_password("")
        assert accounts.password() == ""
        with pytest.raises(Invalid):
            accounts.set_password("x" * 1025)


class TestProfile:
    def test_begins_with_something_that_clients_can_read(self, accounts: Accounts) -> None:
        user = accounts.user()
        assert (user.id, user.username, user.email) == (1, "ls", "ls@localhost")
        assert user.initials == "ls"

    def test_can_be_changed_but_not_all_of_it(self, accounts: Accounts, tmp_path: Path) -> None:
        accounts.change_user({"first_name": "Ada", "last_name": "L", "unknown": 1})
        assert Accounts(tmp_path).user().initials == "AL"
        accounts.change_user({"email": "ls@localhost"})  # unchanged
        with pytest.raises(NotAllowed, match="read-only field: email"):
            accounts.change_user({"email": "x@example.com", "first_name": "No"})
        with pytest.raises(FieldsInvalid):
            accounts.change_user({"first_name": 5})
        assert accounts.user().first_name == "Ada"

    def test_hotkeys(self, accounts: Accounts) -> None:
        keys = {"annotation:submit": {"key": "ctrl+enter", "active": True}}
        assert accounts.change_hotkeys(keys).hotkeys == keys
        odd: list[Any] = [[], {"x": {"key": "a"}}, {"a:b": "c"}, {"a:b": {"key": 1}}, {":": {}}]
        for bad in odd:
            with pytest.raises(FieldsInvalid):
                accounts.change_hotkeys(bad)
        assert accounts.user().hotkeys == keys

    def test_names_that_basic_credentials_cannot_hold(self, accounts: Accounts) -> None:
        assert accounts.rename("me", "me@example.com").email == "me@example.com"
        for name in ("", "a:b", "a\nb"):
            with pytest.raises(Invalid):
                accounts.rename(name)


class TestTheFile:
    @pytest.mark.skipif(sys.platform == "win32", reason="no modes there")
    def test_is_for_its_owner_only(self, accounts: Accounts, tmp_path: Path) -> None:
        accounts.secret()
        assert stat.S_IMODE((tmp_path / NAME).stat().st_mode) == 0o600

    def test_is_not_made_before_it_is_needed(self, accounts: Accounts, tmp_path: Path) -> None:
        assert accounts.password() == ""
        assert accounts.tokens.settings()["api_tokens_enabled"]
        assert not (tmp_path / NAME).exists()

    def test_where_nothing_can_be_written_secrets_last_for_this_run(self, tmp_path: Path) -> None:
        accounts = Accounts(tmp_path / "gone")
        token = accounts.tokens.legacy()
        accounts.tokens.check(token)
        assert accounts.secret() == accounts.secret()


class TestAttempts:
    def test_ten_are_free_then_each_doubles_the_wait(self, clock: Clock) -> None:
        attempts = Attempts(clock)
        waits = []
        for _ in range(20):
            try:
                attempts.check("1.2.3.4")
            except TooManyAttempts as error:
                waits.append(error.wait)
                clock.now += error.wait
                attempts.check("1.2.3.4")
            attempts.failed("1.2.3.4")
        assert waits == [2, 3, 5, 9, 17, 33, 65, 129, 257, 513]
        attempts.check("1.2.3.5")

    def test_the_wait_has_an_end(self, clock: Clock) -> None:
        attempts = Attempts(clock)
        for _ in range(1000):
            attempts.failed("a")
        with pytest.raises(TooManyAttempts) as caught:
            attempts.check("a")
        assert caught.value.wait == 901

    def test_a_right_one_forgets_them(self, clock: Clock) -> None:
        attempts = Attempts(clock)
        for _ in range(11):
            attempts.failed("a")
        attempts.passed("a")
        attempts.check("a")

    def test_networks_of_one_client_count_together(self, clock: Clock) -> None:
        attempts = Attempts(clock)
        for number in range(11):
            attempts.failed(f"2001:db8::{number:x}")
        with pytest.raises(TooManyAttempts):
            attempts.check("2001:db8::ffff")
        attempts.check("2001:db8:0:1::1")

    def test_memory_has_a_limit(self, clock: Clock) -> None:
        attempts = Attempts(clock)
        for number in range(12_000):
            attempts.failed(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
        assert len(attempts._known) == 10_000
