"""What the lookup service is compared with: the same stages in a bare ASGI app, and what a tutorial would have written."""

from __future__ import annotations

import hashlib
import time
from typing import Any

from fastapi import Depends, FastAPI
from pydantic import BaseModel
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

from ssn_assets import settings
from ssn_assets.lookup.problem import Refusal
from ssn_assets.lookup.question import read_json
from ssn_assets.lookup.service import Asker, Service


class Base(DeclarativeBase):
    pass


class Penerima(Base):
    __tablename__ = "penerima"
    kunci: Mapped[str] = mapped_column(primary_key=True)
    keputusan: Mapped[str]
    alasan: Mapped[str]
    kategori_bantuan: Mapped[str]
    kartu: Mapped[str | None]
    periode: Mapped[str]


class Ask(BaseModel):
    nik: str
    no_kk: str


class Said(BaseModel):
    keputusan: str | None
    alasan: str | None
    kartu: str | None


def bare() -> Any:
    """No framework, no metrics, no log line: publication, parse, HMAC, select, decrypt, limits, answer, signature."""
    service = Service(settings.serving())
    service.look()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            while True:
                message = await receive()
                await send({"type": f"{message['type']}.complete"})
                if message["type"] == "lifespan.shutdown":
                    return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        now, status = time.time(), 200
        try:
            publication = service.publication(now)
            question = read_json(body)
            entry = service.find(publication, Asker(scope["client"][0]), question.nik, question.no_kk, now)
            answer = service.answers.body(entry, publication.facts, question.nonce, body)
        except Refusal as problem:
            status, answer = problem.status, problem.detail.encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(answer)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    return app


def tutorial() -> Any:
    """FastAPI, a `def` route, a SQLAlchemy ORM session a request; no key, no limit, no signature."""
    folder = sorted(p for p in settings.serving().santer.iterdir() if p.is_dir())[-1]
    engine = create_engine(f"sqlite:///{folder / 'penerima.sqlite'}", connect_args={"check_same_thread": False})
    session_of = sessionmaker(engine)

    app = FastAPI()

    def session() -> Any:
        with session_of() as opened:
            yield opened

    @app.post("/v1/cek-bansos")
    def ask(question: Ask, database: Session = Depends(session)) -> Said:
        key = hashlib.sha256((question.nik + question.no_kk).encode()).hexdigest()
        found = database.execute(
            select(Penerima).where(Penerima.kunci >= key).order_by(Penerima.kunci).limit(1)
        ).scalar_one_or_none()
        return Said(keputusan=found and found.keputusan, alasan=found and found.alasan, kartu=found and found.kartu)

    return app
