"""/lexicon: what hedges mean; /lexicon/parse: try a phrase; /vocabularies: every closed word."""

import json
from functools import partial
from typing import Any, get_args

from anyio import to_thread
from fastapi import APIRouter, Request, Response
from sqlmodel import Field

from app.api import body, examples, openapi, query_params, reply
from app.api.access import MayRead
from app.api.dependencies import database
from app.api.resources import nothing_else
from app.errors import Invalid, NotFound, refusal
from app.models import claim, field_types, measure, quantity, source
from app.models.base import StrictModel
from app.models.field_types import Line, Prose, Slug
from app.models.strict_json import validated
from app.render import figure_words
from app.rules import figures, hedge_words
from app.rules.bounds import MeasureContext
from app.rules.cjk_words import is_east_asian
from app.rules.figure_scan import ScannedFigure, scan
from app.rules.scanned_text import one_line
from app.rules.tokenizer import Unreadable
from app.store import reads
from app.store.drafts import unreadable
from app.store.reference_lookup import yardstick

router = APIRouter(tags=["lexicon"], dependencies=[MayRead])

VOCABULARIES: dict[str, Any] = {
    "source.class": source.SourceClass,
    "source.kind": source.SourceKind,
    "source.reliability": source.Reliability,
    "measure.statistic": measure.Statistic,
    "measure.accumulation": measure.Accumulation,
    "claim.modality": claim.Modality,
    "claim.speech_act": claim.SpeechAct,
    "claim.polarity": claim.Polarity,
    "claim.alternative_mode": claim.AlternativeMode,
    "attribution.role": claim.Role,
    "attribution.basis": claim.AttributionBasis,
    "relation.predicate": claim.Predicate,
    "relation.basis": claim.RelationBasis,
    "quantity.hedge": quantity.Hedge,
    "quantity.basis": quantity.Basis,
    "quantity.interval_type": quantity.IntervalType,
    "quantity.absence": quantity.Absence,
    "quantity.flag": quantity.Flag,
    "status": field_types.Status,
}


class Phrase(StrictModel):
    """A figure as printed, and the measure it is of."""

    text: Line = Field(description="as printed")
    measure: Slug | None = Field(default=None, description="its unit, label and domain are used")
    lang: source.Language | None = Field(
        default=None,
        description="BCP 47, of the document: whose words, and what a dot or comma means",
    )


class HedgeSaid(StrictModel):
    """How a figure was hedged: the words for it in the wording."""

    words: str = Field(description="as printed")
    lang: str = Field(description="BCP 47")
    usual: str = Field(description="in English")


class ParsedFigure(quantity.Figure):
    """What the lexicon reads from a phrase."""

    hedged_by: HedgeSaid | None = Field(
        default=None, description="null where no word stands for it"
    )
    sentence: str = Field(description="what the words allow, in words; not stored")


class PlainText(StrictModel):
    """A text to look through for figures, and the measure that they may be of."""

    text: Prose = Field(description="plain text, as printed")
    measure: Slug | None = Field(default=None, description="its unit, label and domain are used")
    lang: source.Language | None = Field(default=None, description="BCP 47, of the text")


class FigureFound(StrictModel):
    """One figure of a text: where it stands, and its reading or why it has none."""

    start: int = Field(ge=0, description="code points")
    end: int = Field(ge=0, description="behind its last")
    text: str = Field(description="its wording, as printed")
    noun: str | None = Field(default=None, description="the words behind it")
    reading: ParsedFigure | None = Field(default=None, description="what the lexicon reads")
    reason: str | None = Field(default=None, description="why it is not read")
    words: list[str] = Field(default=[], description="the words that could not be read")


class ScannedPassage(StrictModel):
    """The figures of a text, in order."""

    items: list[FigureFound]
    scanned_to: int = Field(ge=0, description="after 200 figures before the end")


def _language(value: str) -> str:
    """A language tag; raises ValueError for anything else."""
    if not hedge_words.is_language_tag(value):
        raise ValueError("must be a language (BCP 47) such as de or es-MX")
    return value


LANG = query_params.text(
    "lang", "BCP 47: whose words; English where it has no lexicon", _language, "en"
)


@router.get("/lexicon", response_model=dict[str, Any], **openapi.operation(parameters=[LANG]))
async def get_lexicon(request: Request) -> Response:
    """The lexicon

    Every hedge, with its usual words (`name`), all words, its rule for the bounds and an example;
    number words, scales. A versioned data file: figures keep the version that read them.
    """
    asked = query_params.single(request.scope["query_string"], [LANG])
    return reply.value(dict(hedge_words.document_of(asked.get("lang"))))


@router.post(
    "/lexicon/parse",
    response_model=ParsedFigure,
    **openapi.operation(
        404,
        413,
        415,
        parameters=[LANG],
        body=openapi.body(openapi.ref(Phrase), examples.PHRASE, body.JSON),
    ),
)
async def parse_phrase(request: Request) -> Response:
    """Try a phrase

    What a figure's wording would be read as: hedge, value, bounds and their basis. Words that
    cannot be read are a 422 that names them. Nothing is stored.
    """
    sent, known = await _sent(request, Phrase)
    try:
        return reply.value(_explained(figures.complete({"raw_text": sent.text}, known)))
    except Unreadable as error:
        raise Invalid("The lexicon cannot read it.", (unreadable(error, "/text"),)) from None


@router.post(
    "/lexicon/scan",
    response_model=ScannedPassage,
    **openapi.operation(
        *(404, 413, 415),
        parameters=[LANG],
        body=openapi.body(openapi.ref(PlainText), examples.PASSAGE, body.JSON),
    ),
)
async def scan_passage(request: Request) -> Response:
    """Find the figures of a text

    Where each stands, the words behind it, and how it would be read, or why it is not. Nothing is
    stored. Without `measure`, figures are counts of things, or shares.
    """
    sent, known = await _sent(request, PlainText)
    if is_east_asian(known.language):
        detail = "texts in Korean, Chinese and Japanese are not looked through: try single wordings"
        raise refusal(detail, pointer="/lang", code="unknown_language")
    found, end = await to_thread.run_sync(scan, sent.text, known)
    items = [_found(sent.text, figure) for figure in found]
    return reply.value({"items": items, "scanned_to": end})


def _found(text: str, figure: ScannedFigure) -> dict[str, Any]:
    """One figure of a text, as JSON."""
    wording = text[figure.start : figure.end]
    item: dict[str, Any] = {"start": figure.start, "end": figure.end, "text": wording}
    if figure.noun:
        item["noun"] = figure.noun
    if figure.context is None:
        return item | {"reason": figure.reason, "words": list(figure.words)}
    reading = figures.complete({"raw_text": one_line(wording)}, figure.context)
    return item | {"reading": _explained(reading)}


def _explained(figure: dict[str, Any]) -> dict[str, Any]:
    """A reading with the words of its hedge, and what they allow."""
    said = hedge_words.hedge_words(figure)
    if said:
        usual = hedge_words.english(figure["hedge"])
        figure["hedged_by"] = {"words": said.words, "lang": said.language, "usual": usual}
    return {**figure, "sentence": figure_words.allows(figure)}


async def _sent(request: Request, shape: type[StrictModel]) -> tuple[Any, MeasureContext]:
    """A phrase or a text, and what is known of its measure and language."""
    asked = query_params.single(request.scope["query_string"], [LANG])
    sent: Any = await body.json_body(request, partial(validated, shape), body.JSON)
    known = MeasureContext()
    if sent.measure is not None:
        try:
            # Nothing of the database is held while a body arrives.
            found = await reads.get(database(request), "measures", sent.measure)
            known = yardstick(json.loads(found.doc))
        except NotFound:
            raise refusal("no such measure", pointer="/measure", code="unknown_reference") from None
    return sent, known._replace(language=_one_language(asked.get("lang"), sent.lang))


def _one_language(asked: str | None, sent: str | None) -> str | None:
    """The language of the query or of the body; two that differ are refused."""
    if asked and sent and asked != sent:
        detail = "the query and the body name two languages: send `lang` once"
        raise refusal(detail, pointer="/lang", code="ambiguous")
    return sent or asked


@router.get("/vocabularies", response_model=dict[str, list[str | int]], **openapi.operation())
async def get_vocabularies(request: Request) -> Response:
    """Every closed vocabulary

    The words that each field takes, and no others.
    """
    nothing_else(request)
    words = {name: list(get_args(kind)) for name, kind in VOCABULARIES.items()}
    words["assessment.credibility"] = [1, 2, 3, 4, 5, 6]
    return reply.value(words)
