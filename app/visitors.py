"""Who may enter a route. Every route says so with exactly one of these decorators."""

import functools
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from flask import Flask, g, redirect, request, url_for

from app import interrupted, roles, sign_in
from services.kernel.errors import NotAllowed
from services.kernel.work import ANYONE, Actor, Duty, Role

P = ParamSpec("P")
R = TypeVar("R")
AT_WORK = ("staff", "elected", "admins")
# Whoever is not a resident has an entrance of their own.
ENTRANCES = {**dict.fromkeys(AT_WORK, sign_in.STAFF_ENTITY), "pupils": sign_in.SCHOOL_ENTITY}


def actor() -> Actor:
    """Who acts in this request."""
    found: Actor = g.get("actor", ANYONE)
    return found


def anyone(view: Callable[P, R]) -> Callable[P, R]:
    """Open to all, signed in or not."""
    view.visitors = "anyone"  # type: ignore[attr-defined]
    return view


def signed_in(view: Callable[P, R]) -> Callable[P, Any]:
    """For residents and those who act for a company or an association."""
    return _only(view, "signed_in", lambda who: who.role is Role.RESIDENT)


def pupils(view: Callable[P, R]) -> Callable[P, Any]:
    """For those who have signed in with a school's account."""
    return _only(view, "pupils", lambda who: who.role is Role.SCHOOL)


def staff(view: Callable[P, R]) -> Callable[P, Any]:
    """For those who work in some authority today."""
    return _only(view, "staff", lambda who: who.is_staff)


def elected(view: Callable[P, R]) -> Callable[P, Any]:
    """For elected representatives with an assignment today."""
    return _only(view, "elected", lambda who: who.role is Role.ELECTED)


def admins(view: Callable[P, R]) -> Callable[P, Any]:
    """For those who own the system in some authority."""
    return _only(
        view,
        "admins",
        lambda who: (
            who.is_staff and any(Duty.SYSTEM_OWNER in held for held in who.authorities.values())
        ),
    )


def _only(view: Callable[P, R], name: str, welcome: Callable[[Actor], bool]) -> Callable[P, Any]:
    @functools.wraps(view)
    def guarded(*arguments: P.args, **named: P.kwargs) -> Any:
        who = actor()
        if welcome(who):
            return view(*arguments, **named)
        if who.role is Role.ANYONE and request.method == "POST":
            page = interrupted.keep_for_later() if fits_entity(name) else None
            if page is not None:
                return redirect(url_for("sign_in.choose", vidare=page, **entrance(name)), code=303)
            g.sign_in_address = sign_in_address(name)
            raise NotAllowed("signed-out", visitors=name)
        if who.role is Role.ANYONE:
            return redirect(sign_in_address(name), code=303)
        if name in ("staff", "elected") and roles.must_choose():
            return redirect(url_for("roles.choose", vidare=_here()), code=303)
        raise NotAllowed("wrong-visitor", visitors=name)

    guarded.visitors = name  # type: ignore[attr-defined]
    return guarded


def sign_in_address(name: str, level: str | None = None) -> str:
    """Where to sign in, and to come back to from there; a lost POST comes back to its page.

    `level` is the one of the service that calls for it, if any does.
    """
    how = entrance(name)
    if level is not None:
        how["niva"] = level
    return url_for("sign_in.choose", vidare=_here(), **how)


def _here() -> str:
    """The address of this page; a lost POST comes back to its page."""
    back = request.full_path.rstrip("?") if request.method == "GET" else request.path
    return request.script_root + back


def entrance(name: str) -> dict[str, str]:
    """What the address of the sign-in page says of those visitors."""
    return {"som": ENTRANCES[name]} if name in ENTRANCES else {}


def fits_entity(name: str) -> bool:
    """Whether the session that has run out was one of those visitors'."""
    return sign_in.timed_out_at_desk() == (name in AT_WORK)


def init_app(app: Flask) -> None:
    """Refuse to start with a route that does not say who may enter."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static" and not hasattr(app.view_functions[rule.endpoint], "visitors"):
            raise RuntimeError(f"{rule.endpoint} does not declare its visitors")
