"""What a workbook is packed in: zip or OLE, perhaps locked, perhaps hostile."""

from __future__ import annotations

import io
import zipfile
from typing import IO, Any

_OLE = b"\xd0\xcf\x11\xe0"
_MB = 1 << 20
_MOST_ENTRIES = 20_000
_MOST_BYTES = 4_096 * _MB
_MOST_RATIO = 200
_RATIO_FROM = 100 * _MB
_BASE_MEMORY = 1_200 * _MB
_MOST_MEMORY = 6_144 * _MB
_BASE_SECONDS = 8
_SECONDS_PER_MB = 1


class RefusedError(Exception):
    """The workbook will not be read; the text is a code and, after a colon, a detail."""


def check_zip(file: IO[bytes]) -> str:
    """Refuse a zip that would explode; return the format of the workbook in it.

    Raises:
        RefusedError: Too many parts, too large, too well packed, or no workbook.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
    except zipfile.BadZipFile as error:
        raise RefusedError("corrupt:the zip inside is cut short or damaged") from error
    finally:
        file.seek(0)
    total = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    if len(parts) > _MOST_ENTRIES:
        raise RefusedError(f"hostile:{len(parts)} parts")
    if total > _MOST_BYTES:
        raise RefusedError(f"hostile:{total // _MB} MB unpacked")
    if total > _RATIO_FROM and total > packed * _MOST_RATIO:
        raise RefusedError(
            f"hostile:it unpacks to {total // max(1, packed)} times its size"
        )
    names = {part.filename.replace("\\", "/").lstrip("/").casefold() for part in parts}
    if any(name.endswith("workbook.bin") for name in names):
        return "xlsb"
    if "content.xml" in names:
        return "ods"
    if "[content_types].xml" in names or any(n.endswith("workbook.xml") for n in names):
        return "xlsx"
    raise RefusedError("archive:")


def limits(file: IO[bytes]) -> tuple[int, int]:
    """Return the bytes and the seconds of work that a workbook may take, by what is in it."""
    file.seek(0, io.SEEK_END)
    total = 4 * file.tell()
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            total = sum(part.file_size for part in archive.infolist())
    file.seek(0)
    more = max(0, total - 50 * _MB)
    return (
        min(_BASE_MEMORY + 4 * more, _MOST_MEMORY),
        _BASE_SECONDS + more * _SECONDS_PER_MB // _MB,
    )


def open_workbook(data: bytes, password: str | None) -> tuple[IO[bytes], str, bool]:
    """Return the workbook without its encryption, its format, and whether it had one.

    Raises:
        RefusedError: It needs a password, or the one given is wrong.
    """
    file: IO[bytes] = io.BytesIO(data)
    if not data.startswith(_OLE):
        return file, check_zip(file), False
    encrypted = _encrypted(file)
    if encrypted is None:
        return file, "xls", False
    if not password:
        raise RefusedError("password:")
    plain = io.BytesIO()
    try:
        encrypted.load_key(password=password)
        encrypted.decrypt(plain)
    except Exception as error:  # the library raises many kinds
        raise RefusedError("wrong_password:") from error
    is_zip = plain.getvalue().startswith(b"PK")
    return plain, check_zip(plain) if is_zip else "xls", True


def _encrypted(file: IO[bytes]) -> Any | None:
    """Return the handle that decrypts, or None for a plain workbook."""
    import msoffcrypto  # noqa: PLC0415 - half of the start-up time, and seldom needed

    try:
        office = msoffcrypto.OfficeFile(file)
        return office if office.is_encrypted() else None
    except Exception:  # noqa: BLE001 - what it does not know, calamine judges
        return None
    finally:
        file.seek(0)


def refusal(file: IO[bytes], message: str) -> str:
    """Name what calamine found; its message may hold values and stays here."""
    if "limit exceeded" in message.casefold():
        return "hostile:more cells than a sheet can have"
    if "declared uncompressed size" in message:
        return "hostile:a part is larger than it says"
    file.seek(0)
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            manifest = "META-INF/manifest.xml"
            if manifest in archive.namelist():
                is_locked = b"encryption-data" in archive.read(manifest)
                return "password_ods:" if is_locked else "corrupt:"
    return "corrupt:"
