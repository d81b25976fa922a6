"""Every job has a handler, every event a listener or an explicit none, every route its visitors."""

import ast
import importlib
import pkgutil
from pathlib import Path

import pytest

import services
from app.config import ROOT
from services import wiring
from services.kernel.work import Event

VISITORS = {"anyone", "signed_in", "pupils", "staff", "elected", "admins"}
FEATURES = sorted((ROOT / "app" / "features").rglob("*.py"))
PLANNERS = {"plan": 1, "plan_at": 2}


def _modules():
    for found in pkgutil.walk_packages(services.__path__, "services."):
        yield importlib.import_module(found.name)


def _planned() -> set[str]:
    """The kinds that some slice plans: named by a text, or by a constant of the module."""
    kinds = set()
    for module in _modules():
        for call in ast.walk(ast.parse(Path(module.__file__).read_text())):
            if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name)):
                continue
            place = PLANNERS.get(call.func.id)
            if place is not None:
                kind = call.args[place]
                kinds.add(
                    kind.value if isinstance(kind, ast.Constant) else getattr(module, kind.id)
                )
    return kinds


def test_every_planned_job_has_a_handler():
    planned = _planned()
    assert planned
    assert planned <= set(wiring.HANDLERS)


def test_everything_on_the_timetable_has_a_handler():
    assert set(wiring.TIMETABLE) <= set(wiring.HANDLERS)


def test_no_handler_waits_for_a_job_that_nobody_plans():
    assert set(wiring.HANDLERS) == _planned() | set(wiring.TIMETABLE)


def test_every_event_has_listeners_or_says_that_it_has_none():
    list(_modules())
    assert set(wiring.LISTENERS) == set(Event.__subclasses__())


def test_every_route_says_who_may_enter(app):
    silent = [
        endpoint
        for endpoint, view in app.view_functions.items()
        if endpoint != "static" and getattr(view, "visitors", None) not in VISITORS
    ]
    assert silent == []


@pytest.mark.parametrize("path", FEATURES, ids=lambda path: str(path.relative_to(ROOT)))
def test_visitors_stand_directly_below_the_routes(path):
    """Above a route the guard would not stand before what the route calls."""
    for function in ast.walk(ast.parse(path.read_text())):
        if not isinstance(function, ast.FunctionDef):
            continue
        names = [_called(each) for each in function.decorator_list]
        if "route" not in names:
            continue
        last = len(names) - 1 - names[::-1].index("route")
        guards = [name for name in names if name in VISITORS]
        assert len(guards) == 1, f"{function.name} has {len(guards)} kinds of visitors"
        assert names[last + 1] in VISITORS, f"{function.name}: the visitors come after the routes"


def _called(decorator: ast.expr) -> str:
    inner = decorator.func if isinstance(decorator, ast.Call) else decorator
    return inner.attr if isinstance(inner, ast.Attribute) else getattr(inner, "id", "")
