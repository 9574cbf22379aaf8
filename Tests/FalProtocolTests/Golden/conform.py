"""Checks values against the schemas of an OpenAPI 3.0 document; prints what does not conform.

usage: conform.py FILE, with {"document": …, "values": [[schema name, value], …]}
"""

import json
import sys

from openapi_schema_validator import OAS30Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

given = json.load(open(sys.argv[1]))
registry = Registry().with_resource("doc:", Resource(contents=given["document"], specification=DRAFT4))
faults = 0
for name, value in given["values"]:
    schema = {"$ref": f"doc:#/components/schemas/{name}"}
    for error in OAS30Validator(schema, registry=registry).iter_errors(value):
        faults += 1
        print(name, json.dumps(value)[:200], error.message)
print(len(given["values"]), "values")
sys.exit(1 if faults else 0)
