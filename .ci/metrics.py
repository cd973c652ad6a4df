"""Reads OpenMetrics from standard input, as its specification has it and as Prometheus's older text format: the
families that are named must be there, with a sample each."""

import sys

from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as text

read = sys.stdin.read()
for parser in (openmetrics, text):
    families = {family.name: family for family in parser(read)}
    for name in sys.argv[1:]:
        samples = families[name].samples
        assert samples and all(sample.name == name for sample in samples), (parser.__module__, name)
print(f"{len(read.splitlines())} lines of metrics are read by prometheus_client")
