"""Why a document is refused, each reason with its name."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from services.registry.dossier.documents.rules.media import RULES, MediaType
from shared.errors import Invalid, NotFound, Refused, Unavailable

_ACCEPTED = "JPEG, PNG, WebP, HEIC or PDF"
_ACCEPTED_ZH = "JPEG、PNG、WebP、HEIC 或 PDF"


class DocumentUnknown(NotFound):
    """No such document, or not the caller's to see."""

    code = "document-unknown"
    title = "资料不存在 Document unknown"

    def __init__(self, document_id: UUID, version: int | None = None) -> None:
        asked = f"document {document_id}" if version is None else f"version {version} of document {document_id}"
        asked_zh = f"资料 {document_id}" if version is None else f"资料 {document_id} 的第 {version} 版"
        super().__init__(
            zh=f"您的辖区内没有{asked_zh}，请在该户的资料列表中查找。",
            en=f"There is no {asked} in your region; list the household's documents to find it.",
            document_id=str(document_id),
        )


class DocumentEmpty(Invalid):
    """The body has no bytes."""

    code = "document-empty"
    title = "文件为空 Document empty"

    def __init__(self) -> None:
        super().__init__(
            zh=f"文件没有内容，请将 {_ACCEPTED_ZH} 文件本身作为请求正文发送。",
            en=f"The file has no content; send the {_ACCEPTED} itself as the body of the request.",
        )


class DocumentTooLarge(Invalid):
    """The file is larger than its type may be."""

    http_status = 413
    code = "document-too-large"
    title = "文件过大 Document too large"

    def __init__(self, limit_bytes: int, media_type: MediaType | None) -> None:
        what = f"A file of type {media_type}" if media_type else "A document"
        what_zh = f"{media_type} 类型的文件" if media_type else "资料"
        super().__init__(
            zh=f"{what_zh}最大为 {limit_bytes} 字节，请降低分辨率重新扫描，或拆分后上传。",
            en=f"{what} may have at most {limit_bytes} bytes; scan it at a lower resolution or split it.",
            limit_bytes=limit_bytes,
            media_type=media_type,
        )


class DocumentTypeNotAccepted(Invalid):
    """The first bytes belong to no type that is accepted."""

    code = "document-type-not-accepted"
    title = "文件类型不接受 Document type not accepted"

    def __init__(self) -> None:
        super().__init__(
            zh=f"无论文件名如何，其内容不是 {_ACCEPTED_ZH}，请重新拍照或扫描原件后上传。",
            en=f"The content is not {_ACCEPTED}, whatever its name says; photograph or scan the paper again.",
        )


class ContentTypeContradicts(Invalid):
    """The Content-Type says something else than the content."""

    code = "content-type-contradicts"
    title = "声明类型与内容不符 Content-Type contradicts the content"

    def __init__(self, media_type: MediaType) -> None:
        super().__init__(
            zh=f"文件内容为 {media_type}，与请求头 Content-Type 声明的类型不符，请按 {media_type} 发送。",
            en=f"The content is {media_type}, the header Content-Type says otherwise; send it as {media_type}.",
            media_type=str(media_type),
        )


class FileNameContradicts(Invalid):
    """The file's name ends as another type than the content."""

    code = "file-name-contradicts"
    title = "文件扩展名与内容不符 File name contradicts the content"

    def __init__(self, media_type: MediaType) -> None:
        extensions = " or ".join(f".{each}" for each in RULES[media_type].extensions)
        extensions_zh = "或 ".join(f".{each}" for each in RULES[media_type].extensions)
        super().__init__(
            zh=f"文件内容为 {media_type}，与扩展名不符，请核对是否选对文件，并将扩展名改为 {extensions_zh}。",
            en=f"The content is {media_type}, the file's name ends otherwise; check that it is the right file and "
            f"name it {extensions}.",
            media_type=str(media_type),
        )


class DocumentUnreadable(Invalid):
    """The content is broken, cut off, or takes too long to read."""

    code = "document-unreadable"
    title = "文件无法读取 Document unreadable"

    def __init__(self) -> None:
        super().__init__(
            zh="文件无法完整读取：内容被截断、已损坏或结构异常。请先自行打开核对，重新保存或拍照后再上传。",
            en="The content cannot be read to its end: it is cut off, broken, or built to be hard to read. Open it "
            "yourself, save or photograph it again, and send that file.",
        )


class PictureTooLarge(Invalid):
    """The picture has more pixels than anybody needs to read a paper."""

    code = "picture-too-large"
    title = "图片像素过大 Picture too large"

    def __init__(self, pixels_max: int) -> None:
        super().__init__(
            zh=f"图片超过 {pixels_max} 像素或长宽异常，请降低分辨率重新拍照。",
            en=f"The picture has more than {pixels_max} pixels or no sensible shape; photograph it at a lower "
            "resolution.",
            pixels_max=pixels_max,
        )


class DocumentHidesAnother(Invalid):
    """The content is a picture or PDF and something else at the same time."""

    code = "document-hides-another"
    title = "文件内藏其他内容 Document hides another"

    def __init__(self) -> None:
        super().__init__(
            zh="文件除图片或 PDF 外还夹带压缩包、程序或其他文件，请另存为普通图片或 PDF 后上传。",
            en="Besides the picture or PDF the file carries an archive, a program or another document; save it as a "
            "plain picture or PDF and send that.",
        )


class PdfIsActive(Invalid):
    """The PDF can do something: run a script, start a program, carry files, send a form."""

    code = "pdf-active-content"
    title = "PDF含活动内容 PDF with active content"

    def __init__(self, found: Sequence[str]) -> None:
        super().__init__(
            zh=f"PDF 中含有 {'、'.join(found)}，请打印为普通 PDF，或扫描原件后上传。",
            en=f"The PDF contains {', '.join(found)}; print it to a plain PDF, or scan the paper, and send that.",
            found=list(found),
        )


class PdfIsLocked(Invalid):
    """The PDF asks for a password when it is opened, so nobody can check or read it."""

    code = "pdf-locked"
    title = "PDF已加密 PDF is locked"

    def __init__(self) -> None:
        super().__init__(
            zh="PDF 设有打开密码，请取消密码另存后上传。",
            en="The PDF asks for a password when it is opened; save it without one and send that.",
        )


class DocumentInfected(Invalid):
    """The virus scanner found something."""

    code = "document-infected"
    title = "文件含病毒 Document infected"

    def __init__(self) -> None:
        super().__init__(
            zh="病毒扫描未通过，文件未保存。请先为来源设备查杀病毒，再重新拍照或扫描原件。",
            en="The virus scanner refuses this file and nothing was stored; clean the device it comes from and "
            "photograph or scan the paper again.",
        )


class ScannerUnavailable(Unavailable):
    """The virus scanner is set but did not answer."""

    code = "scanner-unavailable"
    title = "病毒扫描不可用 Scanner unavailable"

    def __init__(self) -> None:
        super().__init__(
            zh="病毒扫描程序未给出结果，文件未保存。请稍后原样重新发送；持续如此的，请告知管理员。",
            en="The virus scanner gave no verdict, so nothing was stored; send the same request again later and "
            "inform the administrator if it goes on.",
        )


class UploadsBusy(Unavailable):
    """As many uploads are under way as there is room for."""

    code = "uploads-busy"
    title = "上传繁忙 Uploads busy"

    def __init__(self) -> None:
        super().__init__(
            zh="当前上传资料过多，未作任何更改，请稍后原样重新发送。",
            en="Many documents are being uploaded right now; nothing was changed. Send the same request again in a "
            "moment.",
        )


class StoreUnavailable(Unavailable):
    """The place where contents are stored does not answer, or is full."""

    code = "document-store-unavailable"
    title = "资料存储不可用 Document store unavailable"

    def __init__(self) -> None:
        super().__init__(
            zh="资料存储暂无响应，未作任何更改，请几分钟后原样重新发送。",
            en="The document store does not answer; nothing was changed. Send the same request again in a few minutes.",
        )


class ContentMissing(Unavailable):
    """The register knows a content that the store does not have, or has changed."""

    code = "document-content-missing"
    title = "资料内容缺失 Document content missing"

    def __init__(self, document_id: UUID, version: int) -> None:
        super().__init__(
            zh=f"资料 {document_id} 第 {version} 版的内容在存储中缺失或已损坏，请联系管理员从备份恢复。",
            en=f"The content of version {version} of document {document_id} is missing or damaged in the store; ask "
            "the administrator to restore it from the backup.",
            document_id=str(document_id),
            version=version,
        )


class DocumentKindUnknown(Invalid):
    """Neither the pack that holds where the household lives nor the dossier knows this kind."""

    code = "document-kind-unknown"
    title = "资料类别不存在 Document kind unknown"
    clause = "LG-43"

    def __init__(self, kind: str, region_code: str, known: Iterable[str]) -> None:
        names = sorted(known)
        super().__init__(
            zh=f"{region_code} 不收取 {kind} 类资料，请从以下类别中选择：{'、'.join(names)}。",
            en=f"No documents of kind {kind} are filed in {region_code}; choose one of: {', '.join(names)}.",
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
            zh="标题中含有身份证号、账号或电话号码，请只写明是什么资料，所属农户系统已有记录。",
            en="The title carries an ID, account or telephone number; say what the paper is, the household is known.",
        )


class DocumentOnFile(Refused):
    """The same content is in the household's dossier in another place."""

    code = "document-on-file"
    title = "资料已在档 Document on file"

    def __init__(self, document_id: UUID, version: int, kind: str) -> None:
        super().__init__(
            zh=f"相同内容已作为 {kind}（{document_id}）第 {version} 版归入本户档案，请直接使用；归档有误的，"
            "请先撤回原资料。",
            en=f"The same content is in this household's dossier as version {version} of {kind} ({document_id}); use "
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
            zh=f"资料 {document_id} 已由 {withdrawn_by} 于 {withdrawn_at:%Y-%m-%d} 撤回，"
            "请将正确的资料作为新资料归档。",
            en=f"{withdrawn_by} withdrew document {document_id} on {withdrawn_at:%Y-%m-%d}; file the right one as a "
            "new document.",
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
            zh=f"本县审批流程没有 {stage} 环节，现有环节为：{'、'.join(known)}。",
            en=f"The county's approval has no stage {stage}; its stages are: {', '.join(known)}.",
            stage=stage,
            known=list(known),
        )
