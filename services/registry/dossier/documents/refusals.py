"""Why a document is refused, each reason with its name."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from services.registry.dossier.documents.rules.media import RULES, MediaType
from shared.errors import Invalid, NotFound, Refused, Unavailable

_ACCEPTED = "JPEG, PNG, WebP, HEIC or PDF"


class DocumentUnknown(NotFound):
    """No such document, or not the caller's to see."""

    code = "document-unknown"
    title = "资料不存在 Document unknown"

    def __init__(self, document_id: UUID, version: int | None = None) -> None:
        asked = f"document {document_id}" if version is None else f"version {version} of document {document_id}"
        super().__init__(
            f"There is no {asked} in your region; list the household's documents to find it.",
            document_id=str(document_id),
        )


class DocumentEmpty(Invalid):
    """The body has no bytes."""

    code = "document-empty"
    title = "文件为空 Document empty"

    def __init__(self) -> None:
        super().__init__(f"The file has no content; send the {_ACCEPTED} itself as the body of the request.")


class DocumentTooLarge(Invalid):
    """The file is larger than its type may be."""

    http_status = 413
    code = "document-too-large"
    title = "文件过大 Document too large"

    def __init__(self, limit_bytes: int, media_type: MediaType | None) -> None:
        what = f"A file of type {media_type}" if media_type else "A document"
        super().__init__(
            f"{what} may have at most {limit_bytes} bytes; scan it at a lower resolution or split it.",
            limit_bytes=limit_bytes,
            media_type=media_type,
        )


class DocumentTypeNotAccepted(Invalid):
    """The first bytes belong to no type that the file keeps."""

    code = "document-type-not-accepted"
    title = "文件类型不接受 Document type not accepted"

    def __init__(self) -> None:
        super().__init__(f"The content is not {_ACCEPTED}, whatever its name says; photograph or scan the paper again.")


class ContentTypeContradicts(Invalid):
    """The Content-Type says something else than the content."""

    code = "content-type-contradicts"
    title = "声明类型与内容不符 Content-Type contradicts the content"

    def __init__(self, media_type: MediaType) -> None:
        super().__init__(
            f"The content is {media_type}, the header Content-Type says otherwise; send it as {media_type}.",
            media_type=str(media_type),
        )


class FileNameContradicts(Invalid):
    """The file's name ends as another type than the content."""

    code = "file-name-contradicts"
    title = "文件扩展名与内容不符 File name contradicts the content"

    def __init__(self, media_type: MediaType) -> None:
        extensions = " or ".join(f".{each}" for each in RULES[media_type].extensions)
        super().__init__(
            f"The content is {media_type}, the file's name ends otherwise; check that it is the right file and name it "
            f"{extensions}.",
            media_type=str(media_type),
        )


class DocumentUnreadable(Invalid):
    """The content is broken, cut off, or takes too long to read."""

    code = "document-unreadable"
    title = "文件无法读取 Document unreadable"

    def __init__(self) -> None:
        super().__init__(
            "The content cannot be read to its end: it is cut off, broken, or built to be hard to read. "
            "Open it yourself, save or photograph it again, and send that file."
        )


class PictureTooLarge(Invalid):
    """The picture has more pixels than anybody needs to read a paper."""

    code = "picture-too-large"
    title = "图片像素过大 Picture too large"

    def __init__(self, pixels_max: int) -> None:
        super().__init__(
            f"The picture has more than {pixels_max} pixels or no sensible shape; photograph it at a lower resolution.",
            pixels_max=pixels_max,
        )


class DocumentHidesAnother(Invalid):
    """The content is a picture or PDF and something else at the same time."""

    code = "document-hides-another"
    title = "文件内藏其他内容 Document hides another"

    def __init__(self) -> None:
        super().__init__(
            "Besides the picture or PDF the file carries an archive, a program or another document; "
            "save it as a plain picture or PDF and send that."
        )


class PdfIsActive(Invalid):
    """The PDF can do something: run a script, start a program, carry files, send a form."""

    code = "pdf-active-content"
    title = "PDF含活动内容 PDF with active content"

    def __init__(self, found: Sequence[str]) -> None:
        super().__init__(
            f"The PDF contains {', '.join(found)}; print it to a plain PDF, or scan the paper, and send that.",
            found=list(found),
        )


class PdfIsLocked(Invalid):
    """The PDF is encrypted, so nobody can check or read it."""

    code = "pdf-locked"
    title = "PDF已加密 PDF is locked"

    def __init__(self) -> None:
        super().__init__("The PDF is encrypted; save it without a password and send that.")


class DocumentInfected(Invalid):
    """The virus scanner found something."""

    code = "document-infected"
    title = "文件含病毒 Document infected"

    def __init__(self) -> None:
        super().__init__(
            "The virus scanner refuses this file and nothing was stored; clean the device it comes from and photograph "
            "or scan the paper again."
        )


class ScannerUnavailable(Unavailable):
    """The virus scanner is set but did not answer."""

    code = "scanner-unavailable"
    title = "病毒扫描不可用 Scanner unavailable"

    def __init__(self) -> None:
        super().__init__(
            "The virus scanner gave no verdict, so nothing was stored; send the same request again later and "
            "inform the "
            "administrator if it goes on."
        )


class UploadsBusy(Unavailable):
    """As many uploads are under way as there is room for."""

    code = "uploads-busy"
    title = "上传繁忙 Uploads busy"

    def __init__(self) -> None:
        super().__init__(
            "Many documents are being uploaded right now; nothing was changed. Send the same request again in a moment."
        )


class StoreUnavailable(Unavailable):
    """The place where contents are kept does not answer, or is full."""

    code = "document-store-unavailable"
    title = "资料存储不可用 Document store unavailable"

    def __init__(self) -> None:
        super().__init__(
            "The document store does not answer; nothing was changed. Send the same request again in a few minutes."
        )


class ContentMissing(Unavailable):
    """The register knows a content that the store does not have, or has changed."""

    code = "document-content-missing"
    title = "资料内容缺失 Document content missing"

    def __init__(self, document_id: UUID, version: int) -> None:
        super().__init__(
            f"The content of version {version} of document {document_id} is missing or damaged in the store; ask the "
            "administrator to restore it from the backup.",
            document_id=str(document_id),
            version=version,
        )


class DocumentKindUnknown(Invalid):
    """Neither the pack that holds where the household lives nor the file knows this kind."""

    code = "document-kind-unknown"
    title = "资料类别不存在 Document kind unknown"
    clause = "LG-43"

    def __init__(self, kind: str, region_code: str, known: Iterable[str]) -> None:
        names = sorted(known)
        super().__init__(
            f"No documents of kind {kind} are filed in {region_code}; choose one of: {', '.join(names)}.",
            kind=kind,
            region_code=region_code,
            known=names,
        )


class TitleNamesAPerson(Invalid):
    """The title carries an ID, account or telephone number."""

    code = "title-carries-a-number"
    title = "标题含个人号码 Title carries a personal number"

    def __init__(self) -> None:
        super().__init__(
            "The title carries an ID, account or telephone number; say what the paper is, the household is known."
        )


class DocumentOnFile(Refused):
    """The same content is in the household's dossier in another place."""

    code = "document-on-file"
    title = "资料已在档 Document on file"

    def __init__(self, document_id: UUID, version: int, kind: str) -> None:
        super().__init__(
            f"The same content is in this household's dossier as version {version} of {kind} ({document_id}); use "
            "that, or have it withdrawn first if it was filed wrongly.",
            document_id=str(document_id),
            version=version,
            kind=kind,
        )


class DocumentWithdrawn(Refused):
    """What was withdrawn stays so."""

    code = "document-withdrawn"
    title = "资料已撤回 Document withdrawn"

    def __init__(self, document_id: UUID, withdrawn_by: str, withdrawn_at: datetime) -> None:
        super().__init__(
            f"{withdrawn_by} withdrew document {document_id} on {withdrawn_at:%Y-%m-%d}; file the right one as a new "
            "document.",
            document_id=str(document_id),
            withdrawn_by=withdrawn_by,
        )


class StageUnknown(Invalid):
    """The county's approval has no such stage."""

    code = "stage-unknown"
    title = "环节不存在 Stage unknown"
    clause = "FJ-4"

    def __init__(self, stage: str, known: Sequence[str]) -> None:
        super().__init__(
            f"The county's approval has no stage {stage}; its stages are: {', '.join(known)}.",
            stage=stage,
            known=list(known),
        )
