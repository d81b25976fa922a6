"""Objects in a store that speaks S3, through obstore."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import MemoryStore, S3Store

from services.kernel.errors import NotFound, Unavailable
from services.storage.store import checksum_of, place_of, undamaged

SCHEMES = ("s3",)
PATIENCE = timedelta(seconds=30)


def open_store(address: str) -> "ObjectStore":
    """The bucket of an address such as `s3://bucket/prefix?endpoint=https://s3.example&region=eu-north-1`.

    The keys come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, never from the address.
    """
    parts = urlsplit(address)
    wishes = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    endpoint = wishes.get("endpoint")
    bucket = S3Store(
        parts.netloc,
        prefix=parts.path.strip("/") or None,
        endpoint=endpoint,
        region=wishes.get("region", "us-east-1"),
        client_options={
            "allow_http": bool(endpoint and endpoint.startswith("http://")),
            "connect_timeout": timedelta(seconds=5),
            "timeout": PATIENCE,
        },
        retry_config={"max_retries": 3, "retry_timeout": PATIENCE},
    )
    return ObjectStore(bucket)


class ObjectStore:
    """A bucket. An object is there whole once the store has answered."""

    def __init__(self, bucket: S3Store | MemoryStore) -> None:
        self.bucket = bucket

    def put(self, data: bytes) -> str:
        """Send the bytes, unless they are there already."""
        checksum = checksum_of(data)
        with _refusing():
            try:
                obstore.put(
                    self.bucket, place_of(checksum), data, mode="create", use_multipart=False
                )
            except AlreadyExistsError:
                return checksum
        return checksum

    def get(self, checksum: str) -> bytes:
        """Fetch the bytes and compare them with their checksum."""
        with _refusing():
            try:
                data = bytes(obstore.get(self.bucket, place_of(checksum)).bytes())
            except FileNotFoundError as fault:
                raise NotFound("stored-file", checksum=checksum) from fault
        return undamaged(data, checksum)

    def has(self, checksum: str) -> bool:
        """Ask for the object's head."""
        with _refusing():
            try:
                obstore.head(self.bucket, place_of(checksum))
            except FileNotFoundError:
                return False
        return True

    def remove(self, checksum: str) -> None:
        """Delete the object."""
        with _refusing():
            try:
                obstore.delete(self.bucket, place_of(checksum))
            except FileNotFoundError:
                return


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except BaseError as fault:
        raise Unavailable("store-away") from fault
