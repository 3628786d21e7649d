#!/usr/bin/python3
"""Writes isotimes.tsv: what python-iso8601 makes of forms of ISO 8601.

Run by hand where Debian's python3-iso8601 and python3-oslo.utils are installed:

    /usr/bin/python3 isotimes.py > isotimes.tsv

Each line has a text as JSON, a tab, and the time in UTC, or "refused", or
"outside" for a time that has no year between 1 and 9999 in UTC.
"""

import itertools
import json

from oslo_utils import timeutils

DATES = [
    "2026", "2026-11", "2026-1", "202611", "2026-11-27", "2026-1-7", "2026-11-7",
    "20261127", "2026-1127", "202611-27", "202611-7", "2026-331", "2026-113",
    "2026-1-27", "2026-111", "2026-366", "202633", "2026331", "20261", "2026-",
    "2026-11-", "2026-00-10", "2026-13-01", "2026-02-29", "2024-02-29",
    "20240229", "0001-01-01", "9999-12-31", "0000-01-01", "26-11-27",
]
TIMES = [
    "", "T", "T10", " 10", "t10", "T1", "T10:00", "T1000", "T10:0", "T100",
    "T10:00:05", "T100005", "T10:0005", "T1000:05", "T10:00:5", "T10:00.5",
    "T10.5", "T10,5", "T1000.5", "T10:00:05.678901", "T10:00:05,6789019",
    "T10:00:05.", "T24:00", "T23:59:60", "T23:60", "T23:59:59.999999",
    "  10:00", "T10:00:05:07",
]
ZONES = ["", "Z", "z", "+02", "+02:00", "-0330", "+2", "+02:", "+24:00", "+23:59", "-23:60", "+00:99", " Z", "+0200:00"]
ODD = [
    "", " ", "now", " 2026-11-27", "2026-11-27 ", "2026-11-27\n", "2026\n", "202611\n", "2026-11-27\n\n", "\n2026",
    "2026-11-27T10:00:05Z\n", "2026-11-27T10:00:05\nZ", "2026-11-27T10:00:05\r\n", "2026-11-27\t10:00", "+2026-11-27", "-2026-11-27",
    "２０２６-11-27", "2026-11-２７", "2026-11-27T10:00:05−02:00", "2026/11/27", "2026.11.27", "2026-W48-5", "20261127101500",
    "2026-11-27T10:00:05+0", "2026-11-27T10:00:05+020", "2026-11-27T10:00:05+02000", "2026-11-27T10:00:05UTC", "12026-11-27",
]
FRACTIONS = [
    "0", "9", "0000001", "0000009", "123456999999", "9" * 27, "9" * 28, "9" * 29, "9" * 400, "1" * 29,
    "123456" + "9" * 21, "123456" + "9" * 22, "123456" + "9" * 23, "000000" + "9" * 28, "000000" + "9" * 29, "0" + "9" * 29, "0000009" + "9" * 29,
    "1234565" + "0" * 20 + "5" + "0" * 9, "9" * 28 + "5", "9" * 28 + "4", "9" * 28 + "49", "9" * 27 + "85", "9" * 27 + "95", "0" * 50, "0" * 50 + "1",
]


def result(text):
    try:
        parsed = timeutils.parse_isotime(text)
    except ValueError:
        return "refused"
    try:
        return timeutils.normalize_time(parsed).isoformat(timespec="microseconds")
    except OverflowError:
        return "outside"


def main():
    forms = ["".join(parts) for parts in itertools.product(DATES, TIMES, ["", "Z", "+02:00"])]
    forms += ["".join(parts) for parts in itertools.product(["2026-11-27", "20261127", "2026-331", "0001-01-01", "9999-12-31"],
                                                            ["", "T10", "T10:00", "T23:59:59.5"], ZONES)]
    forms += ODD + ["2026-11-27T10:00:05." + f for f in FRACTIONS]
    for form in dict.fromkeys(forms):
        print(json.dumps(form), result(form), sep="\t")


main()
