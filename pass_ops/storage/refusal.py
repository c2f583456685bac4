"""A server's refusal in one line that says what to do."""

from __future__ import annotations

from xml.etree.ElementTree import ParseError

from minio.error import InvalidResponseError, S3Error, ServerError

from pass_ops.errors import StorageError
from pass_ops.storage.retry import BusyError, is_broken_connection

MISSING = ("NoSuchKey", "NoSuchObject", "ResourceNotFound")
_UNKNOWN_CREDENTIALS = (
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "InvalidToken",
    "InvalidClientTokenId",
)
_EXPIRED_CREDENTIALS = ("ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired")


def refusal(uri: str, endpoint: str, error: Exception) -> StorageError:
    """What went wrong, as an error that is the user's to fix.

    Args:
        uri: of the object or bucket.
        endpoint: the server's address.
        error: what MinIO's client or urllib3 raised.
    """
    if isinstance(error, S3Error):
        return StorageError(f"{uri}: {_answer(endpoint, error)}")
    if isinstance(error, BusyError):
        return StorageError(
            f"{uri}: {endpoint} answers, but not as it should ({error}); "
            "try again later, or see the server's log"
        )
    if isinstance(error, (InvalidResponseError, ServerError, ParseError, ValueError)):
        return StorageError(
            f"{uri}: {endpoint} does not answer as S3 does; check S3_ENDPOINT, or the server's log"
        )
    if not is_broken_connection(error):
        return StorageError(
            f"{uri}: the certificate of {endpoint} is not trusted; "
            "set AWS_CA_BUNDLE to its CA's file"
        )
    return StorageError(
        f"{uri}: cannot reach {endpoint} ({type(error).__name__}); check S3_ENDPOINT and the server"
    )


def _answer(endpoint: str, error: S3Error) -> str:
    """What the server's answer means.

    Args:
        endpoint: the server's address.
        error: its answer.
    """
    if error.code in _UNKNOWN_CREDENTIALS:
        return (
            f"{endpoint} refuses the credentials ({error.code}); "
            "check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        )
    if error.code in _EXPIRED_CREDENTIALS:
        return (
            f"the credentials for {endpoint} have expired ({error.code}); "
            "renew AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN"
        )
    if error.code == "RequestTimeTooSkewed":
        return f"{endpoint} has another time than this machine; set this machine's clock"
    if error.code == "AccessDenied":
        return (
            f"{endpoint} denies access to this key; check AWS_ACCESS_KEY_ID and the bucket's policy"
        )
    if error.code == "NoSuchBucket":
        return f"there is no such bucket at {endpoint}; create it"
    if error.code in MISSING:
        return (
            f"there is no such object at {endpoint}; check the address, or write the object again"
        )
    if error.code in ("XMinioStorageFull", "InsufficientStorage"):
        return f"no space left at {endpoint}; free some"
    message = " ".join(str(error.message).split())
    return f"{endpoint} answers {error.code} ({message}); see the server's log"
