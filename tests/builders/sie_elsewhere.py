"""A SIE file as pysie-accounting reads it, which nobody here wrote: `python -m tests.builders.sie_elsewhere FILE`.

Run as a process of its own, since it brings pandas along. It prints the organisation's name, the
year, and each voucher as [day, text, day of registration, [[account, objects, amount], …]] by number.
It reads one series at a time: it knows vouchers by their numbers alone.
"""

import json
import sys

import pandas
from pysie_accounting.pysie import PySIE


def read(path: str) -> dict[str, object]:
    """What it makes of a file of code page 437."""
    reader = PySIE()
    # It has the right code page in its source, turned off.
    reader.sie_encoding = "CP437"
    # Tax codes, which no file of ours has and it cannot do without.
    nothing = pandas.Series(dtype=object)
    reader.dftrans = pandas.DataFrame({"SRU": nothing, "Ink2": nothing})
    reader.open(path)
    return {
        "name": reader.fnamn,
        "years": [[int(row.Start), int(row.Stop)] for row in reader.dfrar.itertuples()],
        "vouchers": reader.verifikat,
    }


if __name__ == "__main__":
    print(json.dumps(read(sys.argv[1])))
