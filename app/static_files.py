"""Static files: kept for ever under their checksum, and sent compressed to those who can read it."""

import gzip
import mimetypes
from functools import lru_cache
from pathlib import Path

from flask import Flask, request
from werkzeug.exceptions import NotFound
from werkzeug.security import safe_join
from werkzeug.wrappers import Response

COMPRESSED = (".css", ".js", ".svg", ".ttf")
FOR_EVER = "public, max-age=31536000, immutable"
FOR_A_WHILE = "public, max-age=300"


def init_app(app: Flask, folder: Path) -> None:
    """Serve a folder under /static/, in every language from the same address."""

    def static(filename: str) -> Response:
        path = _found(folder, filename)
        packed = path.suffix in COMPRESSED and "gzip" in request.accept_encodings
        response = Response(_body(path, packed, path.stat().st_mtime_ns))
        response.content_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        response.headers["Cache-Control"] = FOR_EVER if request.args.get("v") else FOR_A_WHILE
        response.headers["Vary"] = "Accept-Encoding"
        if packed:
            response.headers["Content-Encoding"] = "gzip"
        response.add_etag()
        return response.make_conditional(request)

    app.add_url_rule("/static/<path:filename>", endpoint="static", view_func=static)


def _found(folder: Path, filename: str) -> Path:
    found = safe_join(str(folder), filename)
    try:
        if found is not None and Path(found).is_file():
            return Path(found)
    except OSError:
        # A name longer than any file can have.
        pass
    raise NotFound


@lru_cache(maxsize=128)
def _body(path: Path, packed: bool, _changed: int) -> bytes:
    data = path.read_bytes()
    return gzip.compress(data, 9, mtime=0) if packed else data
