"""Why this room refuses."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from shared.errors import NotFound, Refused
from shared.vocabulary.load import in_chinese


class NoSuchLease(NotFound):
    """The agreement leases nothing to this household in that year."""

    code = "no-such-lease"
    title = "无此租赁 No such lease"

    def __init__(self, agreement_id: UUID) -> None:
        super().__init__(
            zh=f"协议 {agreement_id} 在该年度没有租给该农户的土地，请核对协议、年度和农户。",
            en=f"Agreement {agreement_id} leases nothing to this household in that year; check all three.",
        )


class SaleBelowFloor(Refused):
    """The company paid less than the floor price."""

    code = "sale-below-floor"
    title = "收购价低于保底价 Below the floor price"
    clause = "FJ-9d(c)"

    def __init__(self, price: Decimal, floor: Decimal) -> None:
        super().__init__(
            zh=f"收购价每斤 {price} 元，低于协议保底价 {floor} 元；请按保底价结算后登记。",
            en=f"{price} yuan for 500 g lie below the floor of {floor}; settle at the floor, then record it.",
            price=str(price),
            floor=str(floor),
        )


class LeaseEntryTaken(Refused):
    """The bank's reference was recorded before, or the entry is taken back already."""

    code = "lease-entry-taken"
    title = "租赁记录重复 Entry recorded before"

    def __init__(self, reference: str) -> None:
        super().__init__(
            zh=f"流水号 {reference} 已登记或已冲回，请核对。",
            en=f"Reference {reference} is recorded, or taken back, already; check it.",
            reference=reference,
        )


class LeaseEntryUnknown(NotFound):
    """No such entry in the caller's region."""

    code = "lease-entry-unknown"
    title = "租赁记录不存在 Entry unknown"

    def __init__(self, entry_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有租赁记录 {entry_id}，请在租赁台账中查找。",
            en=f"There is no lease entry {entry_id} in your region; find it in the statement.",
        )


class PartnersFirst(Refused):
    """Partners were not offered the post yet."""

    code = "partners-first"
    title = "应优先用工 Partners come first"
    clause = "FJ-9c"

    def __init__(self, post: str, household_ids: Sequence[UUID]) -> None:
        named = [str(each) for each in household_ids[:10]]
        super().__init__(
            zh=f"岗位“{post}”尚未征询入股农户：{'、'.join(named)}；入股农户优先，请先征询。",
            en=f"The post '{post}' was not offered to these partners: {', '.join(named)}; ask them first.",
            post=post,
            household_ids=named,
        )


class ServiceNotPromised(Refused):
    """The lease promises no such service in that year."""

    code = "lease-service-not-promised"
    title = "协议未约定该服务 Service not promised"
    clause = "FJ-9d(b)"

    def __init__(self, service: str, year_number: int) -> None:
        super().__init__(
            zh=f"协议在第 {year_number} 年度没有约定“{in_chinese(service, 'LeaseServiceIn.service')}”，"
            "请核对协议条款和年度。",
            en=f"The agreement promises no '{service}' in year {year_number}; check its terms and the year.",
            service=service,
            year_number=year_number,
        )


class LeaseServiceUnknown(NotFound):
    """No such record of a service that counts in the caller's region."""

    code = "lease-service-unknown"
    title = "服务记录不存在 Record of a service unknown"

    def __init__(self, service_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有有效的服务记录 {service_id}，请在租赁台账中查找；已撤销的不再撤销。",
            en=f"There is no record {service_id} of a service that counts in your region; find it in the statement. "
            "One that was taken back is not taken back again.",
        )
