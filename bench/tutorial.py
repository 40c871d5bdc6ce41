"""NOT SAYSO: the same data behind an API as the tutorials of FastAPI and SQLModel teach it.

This is what Sayso is compared with: sync endpoints, a session by dependency, relationships,
`response_model`, `create_all`. It is kinder to itself than the tutorial in one thing: related rows
are loaded for a whole page at once.
"""

import os
from collections.abc import Iterator
from contextlib import asynccontextmanager
from typing import Annotated
from uuid import uuid4

from fastapi import Depends, FastAPI, HTTPException, Query, Response
from sqlalchemy import Engine
from sqlalchemy.orm import selectinload
from sqlmodel import Field, Relationship, Session, SQLModel, create_engine, select


class AttributionBase(SQLModel):
    source: str = Field(index=True)
    position: int | None = None
    role: str


class Attribution(AttributionBase, table=True):
    __tablename__ = "plain_attribution"

    id: int | None = Field(default=None, primary_key=True)
    claim_id: str = Field(foreign_key="plain_claim.id", index=True)
    claim: "Claim" = Relationship(back_populates="attributions")


class QuantityBase(SQLModel):
    measure: str = Field(index=True)
    raw_text: str
    hedge: str | None = None
    unit: str | None = None
    slot: int = 1
    alternative: int = 1
    reading: str = "A"
    value: float | None = None
    lower: float | None = None
    upper: float | None = None
    lower_inclusive: bool | None = None
    upper_inclusive: bool | None = None
    lower_basis: str | None = None
    upper_basis: str | None = None


class Quantity(QuantityBase, table=True):
    __tablename__ = "plain_quantity"

    id: int | None = Field(default=None, primary_key=True)
    claim_id: str = Field(foreign_key="plain_claim.id", index=True)
    claim: "Claim" = Relationship(back_populates="quantities")


class ClaimBase(SQLModel):
    claimant: str | None = Field(default=None, index=True)
    document: str = Field(index=True)
    stated: str | None = None
    published: str | None = None
    statement: str | None = None
    alternative_mode: str = "single"


class Claim(ClaimBase, table=True):
    __tablename__ = "plain_claim"

    id: str = Field(primary_key=True)
    quantities: list[Quantity] = Relationship(back_populates="claim")
    attributions: list[Attribution] = Relationship(back_populates="claim")


class ClaimCreate(ClaimBase):
    quantities: list[QuantityBase] = []


class ClaimPublic(ClaimBase):
    id: str
    quantities: list[QuantityBase] = []
    attributions: list[AttributionBase] = []


class Point(QuantityBase):
    claim_id: str
    claimant: str | None
    stated: str | None


def connected(url: str) -> Engine:
    """As the tutorial does it, on either engine."""
    if url.startswith("sqlite"):
        return create_engine(url, connect_args={"check_same_thread": False})
    return create_engine(url.replace("postgresql://", "postgresql+psycopg://"))


engine = connected(os.environ.get("TUTORIAL_URL", "sqlite://"))


def get_session() -> Iterator[Session]:
    with Session(engine) as session:
        yield session


SessionDep = Annotated[Session, Depends(get_session)]


@asynccontextmanager
async def lifespan(app: FastAPI):  # type: ignore[no-untyped-def]
    SQLModel.metadata.create_all(
        engine, [Claim.__table__, Quantity.__table__, Attribution.__table__]
    )
    yield


app = FastAPI(lifespan=lifespan)
WHOLE = (selectinload(Claim.quantities), selectinload(Claim.attributions))


@app.get("/ready")
def ready() -> Response:
    return Response()


@app.get("/claims/", response_model=list[ClaimPublic])
def read_claims(
    session: SessionDep,
    claimant: str | None = None,
    offset: int = 0,
    limit: Annotated[int, Query(le=1000)] = 50,
) -> object:
    asked = select(Claim).options(*WHOLE).order_by(Claim.id)
    if claimant is not None:
        asked = asked.where(Claim.claimant == claimant)
    return session.exec(asked.offset(offset).limit(limit)).all()


@app.get("/claims/{claim_id}", response_model=ClaimPublic)
def read_claim(claim_id: str, session: SessionDep) -> object:
    claim = session.get(Claim, claim_id)
    if not claim:
        raise HTTPException(status_code=404, detail="Claim not found")
    return claim


@app.post("/claims/", response_model=ClaimPublic, status_code=201)
def create_claim(claim: ClaimCreate, session: SessionDep) -> object:
    db_claim = Claim(**claim.model_dump(exclude={"quantities"}), id=uuid4().hex)
    for quantity in claim.quantities:
        db_claim.quantities.append(Quantity(**quantity.model_dump()))
    chain = [("document", claim.document), ("originator", claim.claimant)]
    for position, (role, source) in enumerate(chain):
        hop = Attribution(source=source, position=position, role=role)
        db_claim.attributions.append(hop)
    session.add(db_claim)
    session.commit()
    session.refresh(db_claim)
    return db_claim


@app.get("/measures/{measure}/series", response_model=list[Point])
def read_series(measure: str, session: SessionDep) -> object:
    asked = select(Quantity).join(Claim).where(Quantity.measure == measure)
    asked = asked.options(selectinload(Quantity.claim)).order_by(Claim.claimant, Claim.stated)
    return [
        Point.model_validate(
            quantity, update={"claimant": quantity.claim.claimant, "stated": quantity.claim.stated}
        )
        for quantity in session.exec(asked).all()
    ]
