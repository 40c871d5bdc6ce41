"""Units in words: UCUM codes as a reader would say them (`{shell}/a` is “shells per year”).

A measure's `unit_label` goes before this, and is the way out where these words are not right.
"""

import re

# One and many of each; what is not listed stays as it is written.
_NAMES: dict[str, tuple[str, str]] = {
    name: (one, many or f"{one}s")
    for name, one, many in (
        ("%", "percent", "percent"), ("[ppth]", "per thousand", "per thousand"),
        ("[ppm]", "part per million", "parts per million"),
        ("[ppb]", "part per billion", "parts per billion"),
        ("a", "year", ""), ("mo", "month", ""), ("wk", "week", ""), ("d", "day", ""),
        ("h", "hour", ""), ("min", "minute", ""), ("s", "second", ""),
        ("m", "metre", ""), ("g", "gram", ""), ("t", "tonne", ""), ("l", "litre", ""),
        ("L", "litre", ""), ("ar", "are", ""), ("har", "hectare", ""), ("u", "dalton", ""),
        ("K", "kelvin", "kelvins"), ("Cel", "degree Celsius", "degrees Celsius"),
        ("[degF]", "degree Fahrenheit", "degrees Fahrenheit"), ("deg", "degree", ""),
        ("rad", "radian", ""), ("A", "ampere", ""), ("V", "volt", ""), ("W", "watt", ""),
        ("J", "joule", ""), ("N", "newton", ""), ("Pa", "pascal", ""), ("Hz", "hertz", "hertz"),
        ("bar", "bar", ""), ("eV", "electronvolt", ""), ("cal", "calorie", ""),
        ("mol", "mole", ""), ("cd", "candela", ""), ("lm", "lumen", ""), ("lx", "lux", "lux"),
        ("C", "coulomb", ""), ("F", "farad", ""), ("Ohm", "ohm", ""), ("T", "tesla", ""),
        ("Bq", "becquerel", ""), ("Gy", "gray", ""), ("Sv", "sievert", ""), ("Ci", "curie", ""),
        ("B", "bel", ""), ("bit", "bit", ""), ("By", "byte", ""), ("[in_i]", "inch", "inches"),
        ("m[Hg]", "metre of mercury", "metres of mercury"), ("[ft_i]", "foot", "feet"),
        ("[yd_i]", "yard", ""), ("[mi_i]", "mile", ""),
        ("[nmi_i]", "nautical mile", ""), ("[kn_i]", "knot", ""), ("[acr_us]", "acre", ""),
        ("[lb_av]", "pound", ""), ("[oz_av]", "ounce", ""), ("[ston_av]", "short ton", ""),
        ("[lton_av]", "long ton", ""), ("[gal_us]", "US gallon", ""), ("[bbl_us]", "barrel", ""),
    )
}  # fmt: skip
_MONEY: dict[str, tuple[str, str]] = {
    "USD": ("US dollar", "US dollars"), "EUR": ("euro", "euros"), "GBP": ("pound", "pounds"),
    "JPY": ("yen", "yen"), "CNY": ("yuan", "yuan"), "KRW": ("won", "won"),
    "RUB": ("rouble", "roubles"), "UAH": ("hryvnia", "hryvnias"), "INR": ("rupee", "rupees"),
    "CHF": ("Swiss franc", "Swiss francs"), "CAD": ("Canadian dollar", "Canadian dollars"),
    "AUD": ("Australian dollar", "Australian dollars"),
}  # fmt: skip
_PREFIXES = {
    "y": "yocto", "z": "zepto", "a": "atto", "f": "femto", "p": "pico", "n": "nano", "u": "micro",
    "m": "milli", "c": "centi", "d": "deci", "da": "deca", "h": "hecto", "k": "kilo", "M": "mega",
    "G": "giga", "T": "tera", "P": "peta", "E": "exa",
}  # fmt: skip
_METRIC = frozenset(
    ["m", "g", "t", "l", "L", "s", "K", "A", "V", "W", "J", "N", "Pa", "Hz", "bar", "eV", "cal",
     "mol", "cd", "lm", "lx", "C", "F", "Ohm", "T", "Bq", "Gy", "Sv", "Ci", "B", "bit", "By",
     "m[Hg]"]
)  # fmt: skip
_AREAS = {"2": "square {}", "3": "cubic {}"}
_POWERS = {"2": "{} squared", "3": "{} cubed"}
_TIMES = {"2": "hundred", "3": "thousand", "6": "million", "9": "billion", "12": "trillion"}
_ALIKE = frozenset(
    ["aircraft", "people", "personnel", "staff", "cattle", "sheep", "dead", "men", "women",
     "children", "infantry", "cavalry"]
)  # fmt: skip
_IRREGULAR = {"child": "children", "man": "men", "woman": "women", "foot": "feet"}
_TERM = re.compile(
    r"(?:10[*^](?P<ten>-?[0-9]+)|(?P<times>[0-9]+(?![0-9*^])))?"
    r"(?P<code>(?:\[[^\]]*\]|[A-Za-z%'\"])*)(?P<power>-?[0-9]*)(?P<note>\{[^}]*\})?"
)
_BRACKETS = re.compile(r"[{}\[\]]")
_PART = re.compile(r"([./]?)((?:\{[^}]*\}|\[[^\]]*\]|[^./{\[])+)")


def spoken(code: str) -> str:
    """`{person}` is “persons”, `km2` “square kilometres”, `{shell}/a` “shells per year”.

    The unit 1 has no words.
    """
    terms = _PART.findall(code)
    over = next((n for n, (sign, _) in enumerate(terms) if sign == "/"), len(terms))
    told: list[str] = []
    for n, (_, term) in enumerate(terms):
        words = _term(term, many=n == over - 1)
        told += [words] if words and n < over else ["per", words] if words else []
    return " ".join(_BRACKETS.sub(" ", " ".join(told)).split())


def _term(term: str, many: bool) -> str:
    found = _TERM.fullmatch(term)
    if found is None:
        return term
    times = _times(found)
    note = (found["note"] or "").strip("{}").replace("_", " ").strip()
    counted = many or bool(times)
    if not found["code"]:
        return f"{times} {_noun(note, counted)}".strip()
    unit = _unit(found["code"], found["power"], counted)
    return f"{times} {unit}{f' of {note}' if note else ''}".strip()


def _times(found: re.Match[str]) -> str:
    if found["ten"]:
        return _TIMES.get(found["ten"], f"times 10 to the power {found['ten']}")
    return "" if found["times"] in (None, "1") else str(found["times"])


def _unit(code: str, power: str, many: bool) -> str:
    one, plural = _named(code)
    name = plural if many else one
    forms = _AREAS if one.endswith(("metre", "foot", "inch", "yard", "mile")) else _POWERS
    if power in forms:
        return forms[power].format(name)
    return f"{name} to the power {power}" if power not in ("", "1") else name


def _named(code: str) -> tuple[str, str]:
    if code in _NAMES:
        return _NAMES[code]
    for size in (2, 1):
        prefix, base = code[:size], code[size:]
        if prefix in _PREFIXES and base in _METRIC:
            one, many = _NAMES[base]
            return f"{_PREFIXES[prefix]}{one}", f"{_PREFIXES[prefix]}{many}"
    bare = _BRACKETS.sub("", code).replace("_", " ")
    return _MONEY.get(bare, (bare, bare))


def _noun(noun: str, many: bool) -> str:
    """What is counted, as many of it; only plain English nouns are inflected."""
    if noun in _MONEY:
        return _MONEY[noun][many]
    last = noun.rpartition(" ")[2]
    plain = re.fullmatch("[a-z]+", last)
    if not many or not plain or last in _ALIKE or last.endswith(("s", "ed")):
        return noun
    if last in _IRREGULAR:
        return noun[: -len(last)] + _IRREGULAR[last]
    if re.search("[^aeiou]y$", last):
        return f"{noun[:-1]}ies"
    return f"{noun}es" if last.endswith(("x", "ch", "sh", "z")) else f"{noun}s"
