#!/usr/bin/env python3
"""Records what Pydantic says about inputs of model profiles, as validation.json beside this file.

Needs pydantic 2.13. The models are built from the profiles, as an endpoint written with FastAPI would
declare them. One thing is translated: fal's own word for a value that is none of the allowed ones is
`one_of`, with the list of the allowed ones.
"""

import itertools
import json
import pathlib
import typing

import pydantic

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
PROFILES = [
    ROOT / "schemas/models/fal-ai--framepack--flf2v.json",
    ROOT / "schemas/models/fal-ai--wan-flf2v.json",
    HERE / "every-kind.json",
]
KINDS = {"string": str, "integer": int, "number": float, "boolean": bool}

VALUES = [
    "null", "true", "false", "0", "1", "-0", "2", "30", "-6", "240", "1801", "29", "100000000000000000000",
    "30.0", "30.5", "-0.0", "1e2", "1E400", "0.8", "7", "7.0", "7.000001", "32.5", "1e-7", "0.25", "2.0",
    '""', '" "', '"a"', '"abcd"', '"16:9"', '"9:16"', '"4:3"', '"480p"', '"720p"', '"30"', '" 30 "',
    '"+30"', '"-30"', '"030"', '"3_0"', '"_30"', '"30_"', '"3__0"', '"30.0"', '"30.00"', '"30.5"', '"30."',
    '".5"', '"0x1e"', '"1e2"', '"1e400"', '"nan"', '"inf"', '"-Infinity"', '"infinity"', '"--1"', '"+-1"',
    '"100000000000000000000"', '"\\u0663"', '"30\\n"', '"\\u00a030"', '"3 0"', '"true"', '"TRUE"', '"t"',
    '"yes"', '"on"', '"off"', '"N"', '"no"', '"maybe"', '" true"', '"1.0"', '"24"', '"\\ud83d\\ude00"',
    '"\\ud83d\\ude00\\ud83d\\ude00\\ud83d\\ude00"', '"e\\u0301"', "[]", "[1]", "{}", '{"a": 1}', '"-"', '"."',
    '"-0"', '"00"', '"0.000"', '"-.0"', '"1_0.5"', '"1e1_0"', '"+.5"', '"5."', '"e5"', '"1e"',
]


def fields(profile):
    required = [p for p in profile["parameters"] if p.get("required")]
    optional = [p for p in profile["parameters"] if not p.get("required")]
    pictures = [{"name": profile["pictures"][k], "type": "string", "required": True} for k in ("first", "last")]
    return required + pictures + optional


def model(profile):
    members = {}
    for field in fields(profile):
        kind = KINDS[field["type"]]
        if "options" in field:
            kind = typing.Literal[tuple(field["options"])]
        rules = {}
        if "minimum" in field:
            rules["ge"] = field["minimum"]
        if "maximum" in field:
            rules["le"] = field["maximum"]
        if "max_length" in field:
            rules["max_length"] = field["max_length"]
        if kind is float:
            rules["allow_inf_nan"] = False
        kind = typing.Annotated[kind, pydantic.Field(**rules)]
        if field.get("required"):
            members[field["name"]] = (kind, ...)
        elif "default" in field:
            members[field["name"]] = (kind, field["default"])
        else:
            members[field["name"]] = (typing.Optional[kind], None)
    return pydantic.create_model("Input", **members)


def detail(error, options):
    error = dict(error)
    error["loc"] = ["body", *error["loc"]]
    if error["type"] == "literal_error":
        error["type"] = "one_of"
        error["ctx"] = {"expected": options[error["loc"][1]]}
    order = ["loc", "msg", "type", "ctx", "input"]
    return {key: error[key] for key in order if key in error}


def bodies(profile):
    all_fields = fields(profile)
    base = {f["name"]: '"ok"' if f["type"] == "string" else "5" for f in all_fields if f.get("required")}

    def text(members):
        return "{" + ", ".join(f"{json.dumps(k)}: {v}" for k, v in members.items()) + "}"

    yield text(base)
    yield "{}"
    for name in base:
        yield text({k: v for k, v in base.items() if k != name})
    # One profile has every kind of parameter; the others need no more than a sample.
    is_whole = profile["id"] == "test/every/kind"
    for field in all_fields:
        is_plain = field["type"] == "string"
        for value in VALUES[:: 6 if is_plain else 1] if is_whole else VALUES[::9]:
            # Python has whole numbers of any size; here those beyond 64 bits are beyond the limit.
            is_wide = field["type"] == "integer" and ("options" in field or "maximum" not in field)
            if not (is_wide and "00000000000" in value):
                yield text({**base, field["name"]: value})
    for index in range(0, len(VALUES), 1 if is_whole else 8):
        mixed = {f["name"]: VALUES[(index + 7 * n) % len(VALUES)] for n, f in enumerate(all_fields)}
        yield text({k: v for k, v in mixed.items() if "00000000000" not in v})
    yield text({**base, "unknown": "[1, 2]"})
    yield "[" + text(base) + "]"
    for scalar in ["null", "3", '"text"', "true", "[]"]:
        yield scalar


def record(path):
    profile = json.loads(path.read_text())
    checked = model(profile)
    options = {f["name"]: f["options"] for f in fields(profile) if "options" in f}
    cases = []
    for body in bodies(profile):
        try:
            value = checked.model_validate(json.loads(body), from_attributes=True)
            outcome = {"input": {k: v for k, v in value.model_dump().items() if v is not None}}
        except pydantic.ValidationError as failure:
            outcome = {"detail": [detail(e, options) for e in failure.errors(include_url=False)]}
        cases.append({"body": body, **outcome})
    return {"profile": profile["id"], "cases": cases}


def shown(value):
    """Python writes infinity as a bare word, which is no JSON; the end makes a number of this."""
    if value == float("inf"):
        return "(infinity)"
    if isinstance(value, dict):
        return {k: shown(v) for k, v in value.items()}
    if isinstance(value, list):
        return [shown(v) for v in value]
    return value


if __name__ == "__main__":
    assert pydantic.VERSION.startswith("2.13"), pydantic.VERSION
    recorded = [shown(record(path)) for path in PROFILES]
    lines = ["["]
    for profile in recorded:
        lines.append(' {"profile": %s, "cases": [' % json.dumps(profile["profile"]))
        lines.append(",\n".join("  " + json.dumps(case, ensure_ascii=True) for case in profile["cases"]))
        lines.append(" ]}" + ("," if profile is not recorded[-1] else ""))
    lines.append("]")
    written = "\n".join(lines).replace('"(infinity)"', "1E400")
    (HERE / "validation.json").write_text(written + "\n")
    print(sum(len(p["cases"]) for p in recorded), "cases")
