"""What a mapping makes of rows, value by value; what it cannot mean is told before any row."""

import io
from typing import Any

import pytest

from app.errors import Invalid, Malformed
from app.mapping.apply import MappedLine, Mapper
from app.mapping.cells import CalendarDate, NumberCell, Table
from app.mapping.dates import DateForms, edtf_date
from app.mapping.names import MAX_MADE, Directory
from app.mapping.numerals import CellFault
from app.mapping.plans import CompiledMapping
from app.mapping.reading import read_table
from app.mapping.schema import read_mapping
from tests.mapping.lookups import NothingStored

KNOWN = """
source = [{id = "log", name = "A log", kind = "dataset", aliases = ["The log"]}]
measure = [{id = "m", name = "Ships", unit = "{ship}"}]
"""
CLAIM = 'id = "log.{{a}}", document = "log", period = "2024"'
FIGURE = 'measure = "m"\nvalue = "{{b}}"\n'


class Stored(NothingStored):
    """One source and one measure, as a database has them."""

    def stored(self, resource: Any, id: str) -> Any:
        """The only one of each."""
        return {"sources": {"old": {"name": "Old"}, "log": {"name": "A log", "kind": "report"}},
                "measures": {}}[resource].get(id)  # fmt: skip


def mapping(claim: str = CLAIM, *figures: str, top: str = "") -> str:
    told = "".join(f"[[figure]]\n{one}\n" for one in figures or (FIGURE,))
    return f"{top}\n{KNOWN}\nclaim = {{{claim}}}\n{told}"


def mapper_of(text: str) -> Mapper:
    return Mapper(CompiledMapping(read_mapping(text.encode())), Stored())


def lines(text: str, *rows: str, head: str = "a,b,c") -> tuple[list[MappedLine], Mapper]:
    mapper = mapper_of(text)
    table = read_table(io.BytesIO("\n".join((head, *rows)).encode()), mapper.mapping.file)
    return [one for one in mapper.lines(table) if one.number > 1], mapper


def claims(text: str, *rows: str, head: str = "a,b,c") -> list[Any]:
    """The claims, each without its type; or what is told of its row, by pointer and column."""
    made = lines(text, *rows, head=head)[0]
    return [
        {name: value for name, value in one.content.items() if name != "type"}
        if one.content
        else [(fault.pointer, fault.column, fault.detail) for fault in one.faults]
        for one in made
        if not one.content or one.content["type"] == "claim"
    ]


def more(*fields: str) -> str:
    return ", ".join((CLAIM, *fields))


BASE = {"id": "log.x", "document": "log", "period": "2024", "value": "1", "measure": "m"}


@pytest.mark.parametrize(
    ("field", "cell", "wanted"),
    [
        ('tags = ["{{c}}", "kept"]', "u", {"tags": ["u", "kept"]}),
        ('tags = ["{{c}}", "kept"]', "", {"tags": ["kept"]}),
        ('quote = {exact = "{{c}}"}', "", {}),
        ('quote = {exact = "{{a}}", start = "{{c}}"}', "7", {"quote": {"exact": "x", "start": 7}}),
        ('locator = "line {{@line}}"', "", {"locator": "line 2"}),
        ('modality = {of = "{{c}}", words = {u = "possible"}, else = "asserted"}', "U",
         {"modality": "possible"}),
        ('modality = {of = "{{c}}", words = {u = "possible"}, else = "asserted"}', "w",
         {"modality": "asserted"}),
        ('claimant = {of = "{{c}}", words = {u = "log"}}', "u", {"claimant": "log"}),
        ('claimant = {name = "{{c}}", new = true}', "", {}),
        ('claimant = {name = "the LOG"}', "", {"attributions": [
            {"source": "log", "role": "document", "position": 0},
            {"source": "log", "role": "originator", "name_as_given": "the LOG", "position": 1}],
            "claimant": "log"}),
    ],
)  # fmt: skip
def test_a_field_of_a_claim_is_filled_in(field: str, cell: str, wanted: dict[str, Any]) -> None:
    [found] = claims(mapping(more(field)), f"x,1,{cell}")
    assert found == BASE | wanted


@pytest.mark.parametrize(
    ("field", "cell", "wanted"),
    [
        ('preferred = "{{c}}"', "TRUE", {"preferred": True}),
        ('preferred = "{{c}}"', "false", {"preferred": False}),
        ('preferred = "{{c}}"', "maybe", {"preferred": "maybe"}),
        ('alternative = "{{c}}"', "2", {"alternative": 2}),
        ('scale = {of = "{{c}}", words = {bn = "billion"}}', "bn", {"value": "1000000000"}),
        ('scale = {of = "{{c}}", words = {k = 3}}', "k", {"value": "1000"}),
        ("scale = 2", "", {"value": "100"}),
        # What narrows or describes a figure is text as it stands, whatever it is called.
        ('dimensions = {date = "{{c}}", author = "{{c}}", value = "{{c}}"}', "Big Paper",
         {"dimensions": dict.fromkeys(("date", "author", "value"), "Big Paper")}),
        ('attributes = {source = "{{c}}"}', "The Tide", {"attributes": {"source": "The Tide"}}),
    ],
)  # fmt: skip
def test_a_field_of_a_figure_is_filled_in(field: str, cell: str, wanted: dict[str, Any]) -> None:
    [found] = claims(mapping(CLAIM, f"{FIGURE}{field}"), f"x,1,{cell}")
    assert found == BASE | wanted


EMPTY = "the cell is empty, and `{}` needs it"
NOT_LISTED = "this word is not in `words`; list it, or say `else` for all others"


@pytest.mark.parametrize(
    ("claim", "figure", "row", "wanted"),
    [
        (CLAIM, FIGURE, ",1,", [("/id", "a", EMPTY.format("id"))]),
        ('id = "{{a}}", document = {name = "{{c}}"}, period = "2024"', FIGURE, "x,1,",
         [("/document", "c", EMPTY.format("document"))]),
        ('document = "log", period = "{{a}}/{{c}}"', FIGURE, "2023,1,",
         [("/period", "c", EMPTY.format("period"))]),
        (CLAIM, f'{FIGURE}scale = {{of = "{{{{c}}}}", words = {{bn = 9}}}}', "x,1,",
         [("/scale", "c", "the scale's cell is empty")]),
        (CLAIM, f'{FIGURE}scale = {{of = "{{{{c}}}}", words = {{bn = 9}}}}', "x,1,mn",
         [("/scale", "c", NOT_LISTED)]),
        (CLAIM, 'value = "{{b}}"\nmeasure = {name = "{{c}}"}', "x,1,",
         [("/measure", "c", "the measure's cell is empty")]),
        (more('modality = {of = "{{c}}", words = {u = "possible"}}'), FIGURE, "x,1,w",
         [("/modality", "c", NOT_LISTED)]),
        (CLAIM, f'{FIGURE}absence = {{of = "{{{{c}}}}", words = {{none = "unknown"}}}}', "x,1,none",
         [("/absence", None, "there is a figure, and a word for there being none")]),
        (more('claimant = {name = "{{c}}", new = true}'), FIGURE, "x,1,Log",
         [("/claimant", "c", "its id would be log, which another of the sources has; declare it in "
           "the mapping, with an id or as an alias")]),
        (more('claimant = {name = "{{c}}", new = true}'), FIGURE, "x,1,Old",
         [("/claimant", "c", "its id would be old, which another of the sources has; declare it in "
           "the mapping, with an id or as an alias")]),
        (more('claimant = {id = "log", name = "{{c}}"}'), FIGURE, "x,1,Other",
         [("/claimant", "c", "two sources get the id log, and differ in aliases, kind, name; give "
           "each an `id` of its own")]),
        (CLAIM, FIGURE, "x,1", [("", None, "this row has 2 cells, and the header 3; mend the row, "
                                 "or leave it out: file.skip_lines = [2]")]),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_row_is_told_with_its_column(
    claim: str, figure: str, row: str, wanted: list[Any]
) -> None:
    assert claims(mapping(claim, figure), row) == [wanted]


@pytest.mark.parametrize(
    ("period", "row", "wanted"),
    [
        ("{{a}}/{{c}}", "13.1.2024,1,14.2.2024", "2024-01-13/2024-02-14"),
        ("{{a}} / {{c}}", "2023,1,2024", "2023/2024"),
        ("{{a}}/{{c}}", "13.1.2024,1,3.4.2024", "c"), ("{{a}} to {{c}}", "13.1.2024,1,2024", "a"),
        ("{{a}}/{{c}}/{{a}}", "13.1.2024,1,14.1.2024", "a"),
    ],
)  # fmt: skip
def test_a_period_of_two_columns_is_read_side_by_side(period: str, row: str, wanted: str) -> None:
    [found] = claims(mapping(f'document = "log", period = "{period}"'), row)
    if isinstance(found, dict):
        assert found["period"] == wanted
    else:
        assert [one[:2] for one in found] == [("/period", wanted)]


def test_an_id_has_dates_as_iso_has_them_and_a_fault_of_one_has_its_column() -> None:
    dated = mapping('id = "{{c}}.{{a}}", document = "log", period = "{{a}}"')
    made, faults = claims(dated, "13.1.2024,1,u", "soon,1,u")
    assert made["id"] == "u.2024-01-13"
    assert sorted(one[:2] for one in faults) == [("/id", "a"), ("/period", "a")]


def test_figures_of_a_row_are_claims_each_with_an_id_of_its_own() -> None:
    two = mapping(CLAIM, FIGURE, 'measure = "m"\nvalue = "{{c}}"')
    [first, fault] = claims(two, "x,1,2")
    assert first == BASE
    assert fault[0][2].startswith("two figures of this row get one id")
    own = mapping(CLAIM, FIGURE, 'measure = "m"\nvalue = "{{c}}"\nclaim.id = "log.{{a}}.c"')
    assert [one["id"] for one in claims(own, "x,1,2")] == ["log.x", "log.x.c"]


def test_one_claim_of_a_row_has_every_figure_of_it_or_is_refused() -> None:
    text = mapping(CLAIM, FIGURE, 'measure = "m"\nvalue = "{{c}}"', top='one_claim = "row"')
    made, mapper = lines(text, "x,1,2", "y,3,", "z,,", ",1,2", "q,5,many", ",5,many")
    first, second, nameless, broken, both, all_of_it = made
    assert first.content
    assert second.content
    assert [one["value"] for one in first.content["quantities"]] == ["1", "2"]
    assert ("/quantities/1/value", "c") in first.columns
    assert [one["value"] for one in second.content["quantities"]] == ["3"]
    # A row with a figure that cannot be read makes no claim of the others.
    told = [[fault.pointer for fault in one.faults] for one in (nameless, broken, both, all_of_it)]
    assert told == [["/id"], ["/value"], ["/value"], ["/id"]]
    assert [one.number for one in (nameless, broken, both, all_of_it)] == [5, 6, 7, 7]
    assert dict(mapper.skipped) == {"b": 1, "c": 2}


def test_words_for_no_figure_agree_and_rows_that_are_not_meant_are_left_out() -> None:
    top = 'file = {missing = {x = "unknown", y = "withheld"}}'
    sides = 'measure = "m"\nlower = "{{b}}"\nupper = "{{c}}"\nnot = {a = ["sum"]}'
    text = mapping(CLAIM, sides, top=top)
    two, one, none = claims(text, "p,x,y", "q,x,", "r,1,y", "sum,1,2")
    assert two == [("/absence", None, "two cells say in two ways why there is no figure")]
    assert (one["absence"], none["lower"]) == ("unknown", "1")


def test_names_are_made_once_with_what_is_said_of_them_and_what_is_stored_stays() -> None:
    kind = '{words = {ana = "person"}, else = "other"}'
    named = 'name = "{{c}}", new = true, split = ";", url = "{{d}}"'
    text = mapping(more(f"via = {{{named}, kind = {kind}}}"))
    made, mapper = lines(text, "x,1,Ana; The Tide,", "y,2,ana,", head="a,b,c,d")
    assert [one.content for one in made if one.content and one.content["type"] == "source"] == [
        {"type": "source", "id": "ana", "name": "Ana", "kind": "person"},
        {"type": "source", "id": "the-tide", "name": "The Tide", "kind": "other"},
    ]
    assert claims(text, "x,1,Ana; The Tide,", head="a,b,c,d")[0]["via"] == ["ana", "the-tide"]
    notices = dict(mapper.notices())
    told = "stored otherwise than the mapping says, and left so: source log (kind, aliases)"
    assert notices == {"stored_otherwise": told}


def test_one_file_makes_a_bounded_number_of_names() -> None:
    directory = Directory(read_mapping(b""), NothingStored())
    directory.made.update({("sources", f"s{number}"): {} for number in range(MAX_MADE - 1)})
    directory.make("sources", {"id": "last", "name": "x"})
    with pytest.raises(CellFault, match="at most 100000 sources and measures"):
        directory.make("sources", {"id": "more", "name": "x"})


@pytest.mark.parametrize(
    ("claim", "figure", "pointer", "told"),
    [
        (more("claimant = 3"), FIGURE, "/claim/claimant", "send an id, or a name in braces"),
        (more('claimant = {nam = "x"}'), FIGURE, "/claim/claimant/nam", "did you mean `name`?"),
        (more('claimant = {zz = "x"}'), FIGURE, "/claim/claimant/zz", "there is no such key"),
        (more("claimant = {}"), FIGURE, "/claim/claimant", "say its `id`, or its `name`"),
        (more('claimant = {name = "{{c}}", new = "yes"}'), FIGURE, "/claim/claimant/new", "true"),
        (more('claimant = {name = "{{c}}", split = ""}'), FIGURE, "/claim/claimant/split", "mark"),
        (more("claimant = {name = 1}"), FIGURE, "/claim/claimant/name", "text"),
        (more('claimant = {name = " "}'), FIGURE, "/claim/claimant/name", "text"),
        (more('claimant = {of = 3, words = {}}'), FIGURE, "/claim/claimant/of", "valid string"),
        (more('locator = "{{@zeile}}"'), FIGURE, "/claim/locator", "@column, @cell, @line"),
        (more('via = "log", attributions = []'), FIGURE, "/claim", "not both"),
        ('id = "x", period = "2024"', FIGURE, "/claim", "every claim has a `document`"),
        ('document = ["log", "old"]', FIGURE, "/claim/document", "a claim has one document"),
        ("document = []", FIGURE, "/claim/document", "a claim has one document"),
        ('document = {name = "{{c}}", split = ";"}', FIGURE, "/claim/document", "one document"),
        (CLAIM, 'value = "{{b}}"', "/figure/0", "every figure has a `measure`"),
        (CLAIM, 'measure = "m"', "/figure/0", "say where the figure is"),
        (CLAIM, 'value = "1"\nmeasure = {id = "n", name = "N"}', "/figure/0/measure", "its `unit`"),
        (CLAIM, 'value = "1"\nmeasure = {name = "{{c}}", split = ";"}', "/figure/0/measure",
         "a figure has one measure"),
        (CLAIM, f'{FIGURE}columns = ["b"]\ncolumns_not = ["a"]', "/figure/0", "`columns`, or"),
        (CLAIM, f'{FIGURE}claim.lokator = "x"', "/figure/0/claim/lokator", "mean `locator`?"),
        (CLAIM, f'{FIGURE}claim.zz = "x"', "/figure/0/claim/zz", "there is no such field"),
        (more('claimant = "{{@column}}"'), FIGURE, "/figure/0", "need `columns`"),
        (more('via = {name = "{{@cell}}", new = true}'), FIGURE, "/figure/0", "need `columns`"),
        (more('claimant = {id = "x", name = "X", kind = "{{@cell}}"}'), FIGURE, "/figure/0",
         "need `columns`"),
        (CLAIM, 'value = "1"\nmeasure = {id = "n", name = "N", unit = "{{@column}}"}', "/figure/0",
         "need `columns`"),
        (CLAIM, f'{FIGURE}scale = {{of = "{{{{c}}}}", words = {{m = 3, M = 6}}}}',
         "/figure/0/scale/words", "“m” and “M” are one word here"),
    ],
)  # fmt: skip
def test_what_a_mapping_cannot_mean_is_told_with_its_place(
    claim: str, figure: str, pointer: str, told: str
) -> None:
    with pytest.raises(Invalid) as problem:
        mapper_of(mapping(claim, figure))
    assert [told in one.detail for one in problem.value.faults if one.pointer == pointer] == [True]


def test_a_title_that_is_taken_for_the_header_is_told_as_one() -> None:
    with pytest.raises(Malformed) as problem:
        lines(mapping(), "Day,Ships", head="Ships of the year")
    assert "If this line is a title, say which one names the columns: file.header = 3" in (
        problem.value.faults[0].detail
    )


def test_a_row_is_one_claim_or_its_figures_have_fields_of_their_own() -> None:
    with pytest.raises(Invalid) as problem:
        mapper_of(mapping(CLAIM, f'{FIGURE}claim.id = "x"', top='one_claim = "row"'))
    assert [one.pointer for one in problem.value.faults] == ["/figure/0/claim"]


@pytest.mark.parametrize("field", ['period = "{{@column}}"', 'claimant = "{{@column}}"'])
def test_the_one_claim_of_a_row_takes_nothing_from_one_of_its_columns(field: str) -> None:
    several = 'columns = ["b", "c"]\nvalue = "{{@cell}}"\nmeasure = "m"'
    claim = f'id = "x.{{{{a}}}}", document = "log", {field}'
    with pytest.raises(Invalid) as problem:
        mapper_of(mapping(claim, several, top='one_claim = "row"'))
    assert [one.pointer for one in problem.value.faults] == ["/claim"]
    assert "which stands in no column of its own" in problem.value.faults[0].detail


def test_a_word_in_two_spellings_may_have_one_value() -> None:
    same = (
        f'{FIGURE}hedge = {{of = "{{{{c}}}}", words = {{Ca = "approximate", ca = "approximate"}}}}'
    )
    assert claims(mapping(CLAIM, same), "x,1,CA")[0]["hedge"] == "approximate"


def test_a_sign_before_a_number_of_the_file_leaves_its_point_the_decimal_mark() -> None:
    lost = 'measure = "m"\nvalue = "-{{b}}"\n'
    mapper = mapper_of(mapping(CLAIM, lost, top='file = {decimal = ","}'))
    cells = [("x", NumberCell("1.234")), ("y", "1,5"), ("z", "1.234")]
    table = Table(["a", "b"], iter([(n, list(row)) for n, row in enumerate(cells, 2)]))
    found = [one.content for one in mapper.lines(table) if one.content]
    values = [one["value"] for one in found if one["type"] == "claim"]
    assert values == ["-1.234", "-1.5", "-1234"]


def test_a_number_of_the_file_that_is_taken_for_wording_has_its_value_beside_it() -> None:
    mapper = mapper_of(mapping(CLAIM, 'measure = "m"\nraw_text = "{{b}}"\n'))
    cells = [NumberCell("1.234"), NumberCell("5"), "ca. 1.200"]
    table = Table(["a", "b"], iter([(n, [f"x{n}", cell]) for n, cell in enumerate(cells, 2)]))
    found = [one.content for one in mapper.lines(table) if one.content]
    assert [(one["raw_text"], one.get("value"), one.get("hedge"))
            for one in found if one["type"] == "claim"] == [
        ("1.234", "1.234", "none"), ("5", None, None), ("ca. 1.200", None, None)]  # fmt: skip


@pytest.mark.parametrize("cell", ["2004/05", "2011/12"])
def test_a_month_that_may_be_a_year_and_the_next_is_refused_until_its_form_is_said(
    cell: str,
) -> None:
    claim = 'id = "x.{{a}}", document = "log", period = "{{c}}"'
    found, _ = lines(mapping(claim), f"x,1,{cell}")
    (fault,) = [fault for one in found for fault in one.faults]
    assert f"or the year that begins in {cell[:4]}" in fault.detail
    assert 'file.dates = ["%Y/%m"]' in fault.detail
    declared = mapping(claim, top='file = {dates = ["%Y/%m"]}')
    assert claims(declared, f"x,1,{cell}")[0]["period"] == cell.replace("/", "-")
    assert claims(mapping(claim), "x,1,2004/06")[0]["period"] == "2004-06"


@pytest.mark.parametrize(
    ("forms", "day", "wanted"),
    [
        ([], "2024-03-01", "2024-03-01"),
        (["%d.%m.%Y"], "2024-03-01", "2024-03-01"),
        (["%Y-%m"], "2024-03-01", "2024-03"),
        (["%B %Y", "%Y"], "2024-01-01", "2024-01"),
        (["%Y"], "2024-01-01", "2024"),
        (["%Y"], "2024-03-01", "in the middle of a year"),
        (["%m/%Y"], "2024-03-02", "in the middle of a month"),
        (["%Y-%m"], "2024-03-01T10:00:00", "in the middle of a month"),
        (["excel", "%Y"], "2024-03-02", "2024-03-02"),
    ],
)
def test_a_day_of_a_workbook_is_as_precise_as_the_declared_form(
    forms: list[str], day: str, wanted: str
) -> None:
    try:
        assert edtf_date(CalendarDate(day), DateForms(tuple(forms))) == wanted
    except CellFault as fault:
        assert wanted in str(fault)  # noqa: PT017  # either of the two is wanted


def test_a_scale_moves_no_words_so_a_row_of_words_alone_is_refused() -> None:
    worded = 'measure = "m"\nvalue = "{{b}}"\nraw_text = "{{c}}"\nscale = "million"'
    (told,) = claims(mapping(CLAIM, worded), "x,3,about 3")
    assert (told["value"], told["raw_text"]) == ("3000000", "about 3")
    found, _ = lines(mapping(CLAIM, worded), "x,,about 3")
    (fault,) = [fault for one in found for fault in one.faults]
    assert (fault.column, fault.detail) == (
        "c", "this row has words alone, and a scale moves no words")  # fmt: skip
    plain = worded.replace('"million"', '{of = "{{a}}", words = {x = 0}}')
    assert claims(mapping(CLAIM, plain), "x,,about 3")[0]["raw_text"] == "about 3"


HOW = 'hedge = {of = "{{c}}", words = {about = "approximate", plain = "none"}}'
WORDED = f'measure = "m"\nraw_text = "{{{{b}}}}"\n{HOW}'


@pytest.mark.parametrize(
    ("row", "value"),
    [
        ("5,about", "5"),
        ("5,", None),
        ("5,plain", None),
        ("~5,about", None),
        ("-5,about", "-5"),
        ("12 500,about", "12500"),
    ],
)
def test_a_hedge_in_a_column_of_its_own_goes_with_the_number_beside_it(
    row: str, value: str | None
) -> None:
    (told,) = claims(mapping(CLAIM, WORDED), f"x,{row}")
    assert told.get("value") == value


def test_a_number_beside_a_hedge_that_reads_two_ways_is_refused_and_a_date_is_none() -> None:
    found, _ = lines(mapping(CLAIM, WORDED), "x,1.200,about")
    (fault,) = [fault for one in found for fault in one.faults]
    assert "file.decimal" in fault.detail
    assert (fault.pointer, fault.column) == ("/raw_text", "b")
    dated = WORDED.replace('"m"', '{id = "d", name = "D", unit = "", statistic = "date"}')
    (told,) = claims(mapping(CLAIM, dated), "x,2024,about")
    assert "value" not in told


def test_a_mapping_without_figures_says_how_the_file_is_written_and_no_more() -> None:
    assert mapper_of('file = {decimal = ","}').plan.figures == []
    with pytest.raises(Invalid) as problem:
        mapper_of(KNOWN)
    assert "which takes [file] alone" in problem.value.faults[0].detail
