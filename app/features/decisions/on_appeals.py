"""Taking the next step with an appeal, at the desk."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from app.features.decisions import appealing
from app.features.decisions.blueprint import bp
from app.features.decisions.desk import done, page_of
from app.transactions import session, work
from app.visitors import staff
from services.decisions import appeals, queries
from services.decisions.models import Appeal
from services.kernel.errors import NotFound


@bp.route("/handlaggning/overklaganden/<uuid:appeal_id>/<what>", methods=["POST"])
@staff
def act_on_appeal(appeal_id: UUID, what: str):
    """Test an appeal for time, reconsider the decision, note that it was sent on, or how it ended."""
    appeal = session().get(Appeal, appeal_id)
    if appeal is None:
        raise NotFound("appeal")
    found, case = queries.at_desk(session(), work().actor, appeal.decision_id)
    if what not in appealing.STEPS:
        raise NotFound("step", what=what)
    form = appealing.sent(what, case)
    if not form.validate():
        return page_of(found, case, 422, **{str(appeal_id): form})
    return done(found, case, what, lambda: DOING[what](appeal_id, form), {str(appeal_id): form})


def _judge(appeal_id: UUID, form: Any) -> None:
    said = form.in_time.data
    appeals.judge_time(
        work(),
        appeal_id,
        in_time=said != "no",
        reason=form.reason.data or "",
        excuse=said if said in appeals.EXCUSES else None,
    )


def _reconsider(appeal_id: UUID, form: Any) -> None:
    appeals.reconsider(work(), appeal_id, form.outcome.data)


def _forward(appeal_id: UUID, form: Any) -> None:
    appeals.forward(work(), appeal_id, form.on.data, form.enclosed.data or ())


def _settle(appeal_id: UUID, form: Any) -> None:
    appeals.settle(work(), appeal_id, form.result.data, form.on.data)


DOING: dict[str, Callable[[UUID, Any], None]] = {
    "prova": _judge,
    "omprova": _reconsider,
    "skicka": _forward,
    "avgjort": _settle,
}
