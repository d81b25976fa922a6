"""QR codes, drawn on this machine: what is paid is told to nobody else."""

import io

import segno


def svg(text: str) -> str:
    """The code as an SVG element to stand in a page; the page names it in words.

    Raises ValueError when the text is too long for a code.
    """
    drawn = io.BytesIO()
    try:
        code = segno.make(text, micro=False, error="m")
    except segno.DataOverflowError as fault:
        raise ValueError("too long for a QR code") from fault
    # White around and behind, since a phone cannot read a code that is light on dark.
    code.save(drawn, kind="svg", xmldecl=False, svgns=True, border=4, light="#fff", omitsize=True)
    return drawn.getvalue().decode().strip()
