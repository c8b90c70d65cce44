"""What the lookup service is compared with: the same stages in a bare ASGI app, and what a tutorial would have written."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import Depends, FastAPI, Request
from pydantic import BaseModel, Field
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

from ssn_assets import keys, settings
from ssn_assets.lookup.guard import OF_DATA
from ssn_assets.lookup.problem import Refusal
from ssn_assets.lookup.question import read_json
from ssn_assets.lookup.service import Asked, Asker, Posed, Service
from ssn_assets.lookup.texts import load


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
    nik: str = Field(pattern=r"^[0-9]{16}$")
    no_kk: str = Field(pattern=r"^[0-9]{16}$")
    nonce: str | None = Field(default=None, max_length=64)


class Alasan(BaseModel):
    kode: str
    teks: str
    kantor: str
    lakukan: str
    tempat: str


class Kartu(BaseModel):
    langkah: str
    teks: str
    tempat: str


class Pembayaran(BaseModel):
    bulan: str
    langkah: str
    teks: str


class Publikasi(BaseModel):
    id: str
    tanggal: str


class Said(BaseModel):
    terdaftar: bool
    keputusan: str
    alasan: list[Alasan]
    kategori_bantuan: list[str]
    kartu: Kartu
    pembayaran: Pembayaran
    periode: str
    publikasi: Publikasi
    nonce: str | None


class Signed(BaseModel):
    jawaban: Said
    tanda_tangan: str


def bare() -> Any:
    """No framework, metrics or signed requests; the same headers, and publication, parse, HMAC, select, decrypt, limits, trail,
    answer, signature.
    """
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
            asked = Asked(publication, Asker(scope["client"][0]), question.nik, question.no_kk, now)
            _, answer = await service.answer(Posed(asked, question.nonce, body))
        except Refusal as problem:
            status, answer = problem.status, problem.detail.encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(answer)).encode()), *OF_DATA]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    return app


def tutorial() -> Any:
    """As the tutorials of FastAPI and SQLAlchemy have it: a `def` route, a session a request, pydantic in and out.

    It does the lookup's job and no more: entry by HMAC, the same words, nonce, signature. What it does without: limits, trail,
    counts, encrypted entries, one length and one time for every answer, a change of the publication.
    """
    serving, texts = settings.serving(), load()
    folder = sorted(p for p in serving.santer.iterdir() if p.is_dir())[-1]
    key, signer = keys.read(serving.keys / "santer.key"), Ed25519PrivateKey.generate()
    engine = create_engine(f"sqlite:///{folder / 'penerima.sqlite'}", connect_args={"check_same_thread": False})
    session_of = sessionmaker(autocommit=False, autoflush=False, bind=engine)
    app = FastAPI()

    def get_db() -> Any:
        db = session_of()
        try:
            yield db
        finally:
            db.close()

    @app.post("/v1/cek-bansos", response_model=Signed)
    def ask(question: Ask, db: Session = Depends(get_db)) -> Signed:
        name = hmac.new(key, f"{question.nik}{question.no_kk}".encode(), hashlib.sha256).hexdigest()
        found = db.execute(select(Penerima).where(Penerima.kunci == name)).scalar_one_or_none()
        reasons = [texts.reason(code) for code in json.loads(found.alasan)] if found else [texts.nobody]
        said = Said(
            terdaftar=found is not None,
            keputusan=found.keputusan if found else "TIDAK_ADA",
            alasan=[Alasan(**reason.as_json()) for reason in reasons],
            kategori_bantuan=json.loads(found.kategori_bantuan) if found else [],
            kartu=Kartu(**texts.step(found.kartu or "" if found else "").as_json()),
            pembayaran=Pembayaran(**texts.payment("").as_json()),
            periode=found.periode if found else "2026-10",
            publikasi=Publikasi(id=folder.name, tanggal="2026-10-31"),
            nonce=question.nonce,
        )
        return Signed(jawaban=said, tanda_tangan=base64.b64encode(signer.sign(said.model_dump_json().encode())).decode())

    return app


def tutorial_timed() -> Any:
    """The same with the time of each request, which the service takes too: FastAPI's tutorial has a middleware for it."""
    app = tutorial()

    @app.middleware("http")
    async def add_process_time_header(request: Request, call_next: Any) -> Any:
        began = time.perf_counter()
        response = await call_next(request)
        response.headers["X-Process-Time"] = str(time.perf_counter() - began)
        return response

    return app
