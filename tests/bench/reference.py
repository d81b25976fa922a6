"""References: what Flask, Jinja and SQLAlchemy cost on this machine without a product."""

import os
from datetime import UTC, datetime

from flask import Flask, render_template
from flask_wtf import FlaskForm
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired

from services.cases.models import Case, CaseEvent
from services.models import metadata

metadata()
application = Flask(__name__)
application.config["SECRET_KEY"] = "reference" * 5
ENGINE = create_engine(os.environ["SALEM24_DATABASE_URL"], pool_size=8)
SERVICES = [
    {
        "slug": f"tjanst-{n}",
        "title": f"E-tjänst nummer {n}",
        "summary": "En mening om vad man kan göra här. " * 3,
    }
    for n in range(40)
]


class Asked(FlaskForm):
    """A form such as one page of an application."""

    name = StringField("Namn", [InputRequired()])
    text = TextAreaField("Beskriv", [InputRequired()])


@application.route("/hello")
def hello():
    return "hello"


@application.route("/jinja-page")
def jinja_page():
    return render_template("page.html", services=SERVICES, now=datetime.now(UTC))


@application.route("/form-page")
def form_page():
    return render_template("form.html", form=Asked())


@application.route("/orm-page")
def orm_page():
    with Session(ENGINE) as session:
        case = session.scalars(select(Case).where(Case.number.is_not(None)).limit(1)).one()
        events = session.scalars(
            select(CaseEvent).where(CaseEvent.case_id == case.id).limit(10)
        ).all()
        return render_template("case.html", case=case, events=events)
