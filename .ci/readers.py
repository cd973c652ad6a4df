"""Whatever segell's strict YAML takes, PyYAML reads to the same: the shipped inventory, the fuzzers'
corpus, and texts made at random. `.ci/readers` runs it where PyYAML is."""

import datetime
import json
import subprocess
import sys

import yaml


def plain(value):
    """A date is the text that it was read from."""
    if isinstance(value, dict):
        return {plain(key): plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if type(value) is datetime.date:
        return value.isoformat()
    return value


def read(text):
    try:
        return plain(yaml.safe_load(text))
    except Exception as error:  # whatever it does not take
        return f"{type(error).__name__}: {error}"


def main():
    command = ["cargo", "run", "--locked", "--quiet", "--example", "strict_yaml", "--", *sys.argv[1:]]
    lines = subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout
    cases = [json.loads(line) for line in lines.split("\n") if line]
    differing = 0
    for case in cases:
        other = read(case["text"])
        if json.dumps(other, sort_keys=True, default=str) != json.dumps(case["value"], sort_keys=True):
            differing += 1
            if differing <= 25:
                print(f"{case['text']!r}: {case['value']!r} is {other!r} to PyYAML")
    print(f"readers: {len(cases)} texts, {differing} read differently")
    sys.exit(1 if differing else 0)


main()
