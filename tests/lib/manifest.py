# SPDX-License-Identifier: MIT
"""Checks a Kubernetes manifest strictly against the published API, as the official client has it.

usage: manifest.py check FILE    exit 1 and a line for each field that is unknown, missing or of
                                 another type
       manifest.py shell FILE    what the pod does, as assignments for a shell: INIT_COMMAND,
                                 MOUNT (of the volume, in both), MAIN_ENV
The client's model classes are generated from the API's OpenAPI description.
"""

import re
import shlex
import sys

import kubernetes.client as api
import yaml

SCALARS = {"str": str, "int": int, "bool": bool, "float": float}


def problems(value, kind, where):
    """Yields what is wrong with a value that should be of a kind such as list[V1Pod]."""
    inner = re.fullmatch(r"(list|dict\(str, )\[?(.+?)[\])]", kind)
    if inner and inner[1] == "list":
        if not isinstance(value, list):
            yield f"{where}: expected a list"
            return
        for i, item in enumerate(value):
            yield from problems(item, inner[2], f"{where}[{i}]")
    elif inner:
        if not isinstance(value, dict):
            yield f"{where}: expected a mapping"
            return
        for key, item in value.items():
            yield from problems(item, inner[2], f"{where}.{key}")
    elif kind in SCALARS:
        if type(value) is not SCALARS[kind]:
            yield f"{where}: expected {kind}, got {value!r}"
    elif kind != "object":
        yield from model_problems(value, getattr(api, kind), where)


def model_problems(value, model, where):
    """The same for one of the API's objects."""
    if not isinstance(value, dict):
        yield f"{where}: expected a {model.__name__}"
        return
    fields = {name: attribute for attribute, name in model.attribute_map.items()}
    for name, item in value.items():
        if name in fields:
            yield from problems(item, model.openapi_types[fields[name]], f"{where}.{name}")
        else:
            yield f"{where}: {model.__name__} has no field {name!r}"
    known = {fields[name]: item for name, item in value.items() if name in fields}
    try:
        model(**known)  # raises where a required one is missing
    except ValueError as error:
        yield f"{where}: {error}"


def check(document):
    group, _, version = document["apiVersion"].rpartition("/")
    model = getattr(api, version.capitalize() + document["kind"], None)
    if model is None or group not in ("", "apps"):
        return [f"unknown kind {document['apiVersion']} {document['kind']}"]
    found = list(model_problems(document, model, document["kind"]))
    pod = document["spec"]["template"]["spec"]
    volumes = {volume["name"] for volume in pod.get("volumes", [])}
    for container in pod.get("initContainers", []) + pod["containers"]:
        for mount in container.get("volumeMounts", []):
            if mount["name"] not in volumes:
                found.append(f"{container['name']}: no volume named {mount['name']!r}")
    if document["spec"]["selector"]["matchLabels"].items() - (
        document["spec"]["template"]["metadata"]["labels"].items()
    ):
        found.append("the selector does not match the template's labels")
    return found


def shell(document):
    pod = document["spec"]["template"]["spec"]
    (init,), (main,) = pod["initContainers"], pod["containers"]
    (mount,), (same,) = init["volumeMounts"], main["volumeMounts"]
    assert mount["mountPath"] == same["mountPath"] and mount["name"] == same["name"]
    environment = [f"{variable['name']}={variable['value']}" for variable in main["env"]]
    yield f"INIT_COMMAND=({shlex.join(init['command'])})"
    yield f"MOUNT={shlex.quote(mount['mountPath'])}"
    yield f"MAIN_ENV=({shlex.join(environment)})"
    yield f"CARRIER={shlex.quote(init['image'])}"


what, path = sys.argv[1:]
with open(path, encoding="utf-8") as file:
    lines = list({"check": check, "shell": shell}[what](yaml.safe_load(file)))
print("\n".join(lines))
sys.exit(what == "check" and bool(lines))
