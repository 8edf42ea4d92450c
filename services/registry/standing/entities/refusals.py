"""Why something about an implementing entity is refused."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from shared.errors import Invalid, NotAllowed, NotFound, Refused
from shared.languages import Sentence
from shared.rules.reasons import Reason
from shared.vocabulary.load import in_chinese, value_words


class EntityUnknown(NotFound):
    """No such entity, or not in the caller's county."""

    code = "entity-unknown"
    title = "实施主体不存在 Implementing entity unknown"

    def __init__(self, entity_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有实施主体 {entity_id}，请在本县实施主体列表中查找。",
            en=f"There is no implementing entity {entity_id} in your region; list the county's entities to find it.",
            entity_id=str(entity_id),
        )


class EntityRegistered(Refused):
    """The credit code is on file already."""

    code = "entity-registered"
    title = "实施主体已登记 Entity registered"

    def __init__(self, credit_code: str) -> None:
        super().__init__(
            zh=f"统一社会信用代码为 {credit_code} 的实施主体已登记，请直接使用该记录。",
            en=f"An implementing entity with the code {credit_code} is on file already; go on with that one.",
            credit_code=credit_code,
        )


class RegionUnknownForEntity(Invalid):
    """The region of the entity is not on file."""

    code = "entity-region-unknown"
    title = "主体所在地不存在 Entity's region unknown"

    def __init__(self, region_code: str) -> None:
        super().__init__(
            zh=f"区划 {region_code} 不是已登记的县、乡镇或村，请更正代码。",
            en=f"Region {region_code} is no county, township or village on file; correct the code.",
            region_code=region_code,
        )


class EntityEnded(Refused):
    """The entity does not act as one any more."""

    code = "entity-ended"
    title = "主体已退出 Entity ended"

    def __init__(self, entity_id: UUID, ended_on: date) -> None:
        super().__init__(
            zh=f"实施主体 {entity_id} 已于 {ended_on} 退出，请选择其他主体。",
            en=f"The entity {entity_id} ended on {ended_on}; choose another one.",
            entity_id=str(entity_id),
            ended_on=ended_on.isoformat(),
        )


class EntityBlacklisted(Refused):
    """Who evades debts takes part in no relief project until they are cleared."""

    code = "entity-blacklisted"
    title = "主体在黑名单上 Entity on the blacklist"
    clause = "LG-22"

    def __init__(self, entity_id: UUID, listed_on: date) -> None:
        super().__init__(
            zh=f"实施主体 {entity_id} 自 {listed_on} 起在黑名单上，清偿前不得安排其承担扶贫项目；"
            "请另选主体，或清偿后办理移出。",
            en=f"The entity {entity_id} is on the blacklist since {listed_on} and takes on no relief project until its "
            "debts are cleared; choose another one, or have it removed once they are.",
            entity_id=str(entity_id),
            listed_on=listed_on.isoformat(),
        )


class NothingCorrected(Invalid):
    """A correction changes nothing."""

    code = "nothing-corrected"
    title = "未作更正 Nothing corrected"

    def __init__(self) -> None:
        super().__init__(
            zh="请写明要更正的内容：name、legal_representative、bank_code 或 settlement_account，且与现登记不同。",
            en="Name what is to be corrected: name, legal_representative, bank_code or settlement_account, "
            "different from what is on file.",
        )


class HouseholdsStillBound(Refused):
    """Households are bound to the entity."""

    code = "households-still-bound"
    title = "仍有带动户 Households still bound"

    def __init__(self, household_count: int) -> None:
        super().__init__(
            zh=f"当日仍有 {household_count} 户与该主体存在带动关系，请先终止其协议。",
            en=f"{household_count} household(s) are bound to the entity on that day; end their agreements first.",
            household_count=household_count,
        )


class ConditionUnknown(Invalid):
    """The county's pack names no such condition."""

    code = "entity-condition-unknown"
    title = "不得另设条件 No further barrier may be added"
    clause = "SX-4"

    def __init__(self, condition: str, known: Sequence[str]) -> None:
        super().__init__(
            zh=f"“{condition}”不是实施主体的条件，不得另设条件；现有条件为：{'、'.join(known)}。",
            en=f"'{condition}' is none of the conditions of an implementing entity, and no further barrier may be "
            f"added; the conditions are: {', '.join(known)}.",
            condition=condition,
            conditions=list(known),
        )


class AssessmentUnknown(NotFound):
    """No such assessment, or not in the caller's region."""

    code = "entity-assessment-unknown"
    title = "评估不存在 Assessment unknown"

    def __init__(self, assessment_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有评估 {assessment_id}，请在该主体的详情中查找。",
            en=f"There is no assessment {assessment_id} in your region; look at the entity's record to find it.",
            entity_assessment_id=str(assessment_id),
        )


class AssessmentProposed(Refused):
    """An assessment of the entity waits for its confirmation."""

    code = "entity-assessment-open"
    title = "已有待确认评估 An assessment is open"

    def __init__(self, assessment_id: UUID) -> None:
        super().__init__(
            zh=f"该主体的评估 {assessment_id} 尚待决定，请先办理该评估。",
            en=f"The assessment {assessment_id} of this entity waits for its decision; have it decided first.",
            entity_assessment_id=str(assessment_id),
        )


class AssessmentDecided(Refused):
    """The assessment was decided before."""

    code = "entity-assessment-decided"
    title = "该评估已决定 Assessment decided"

    def __init__(self, assessment_id: UUID, state: str) -> None:
        super().__init__(
            zh=f"评估 {assessment_id} 的状态已是“{value_words()[state].zh}”，评估只决定一次。",
            en=f"The assessment {assessment_id} was {state} already; a decision is made once.",
            entity_assessment_id=str(assessment_id),
            state=state,
        )


class BindingUnknown(NotFound):
    """No such binding, or not in the caller's region."""

    code = "entity-binding-unknown"
    title = "带动关系不存在 Binding unknown"

    def __init__(self, binding_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有带动关系 {binding_id}，请在带动关系列表中查找。",
            en=f"There is no binding {binding_id} in your region; list the bindings to find it.",
            entity_binding_id=str(binding_id),
        )


class BindingEnded(Refused):
    """The binding was ended before."""

    code = "entity-binding-ended"
    title = "带动关系已结束 Binding ended"

    def __init__(self, binding_id: UUID, valid_until: date) -> None:
        super().__init__(
            zh=f"带动关系 {binding_id} 已于 {valid_until} 终止，无需再次终止。",
            en=f"The binding {binding_id} ended on {valid_until}; it is ended once.",
            entity_binding_id=str(binding_id),
            valid_until=valid_until.isoformat(),
        )


class AgreementNumberUsed(Refused):
    """The entity has an agreement of that number."""

    code = "agreement-number-used"
    title = "协议编号已使用 Agreement number used"

    def __init__(self, agreement_number: str) -> None:
        super().__init__(
            zh=f"该主体已有编号为 {agreement_number} 的协议，请使用新的编号。",
            en=f"The entity has an agreement {agreement_number} already; give this one its own number.",
            agreement_number=agreement_number,
        )


class BindingRefused(Refused):
    """A household may not be bound to the entity, for every reason named."""

    code = "entity-binding-refused"
    title = "不得建立带动关系 Binding refused"
    clause = "SX-4"

    def __init__(self, reasons: Sequence[Reason]) -> None:
        super().__init__(
            zh=f"{''.join(reason.zh for reason in reasons)}",
            en=" ".join(reason.en for reason in reasons),
            reasons=[
                {"code": reason.code, "zh": reason.zh, "en": reason.en, "clause": reason.clause} for reason in reasons
            ],
        )


class CreditCodeInvalid(Invalid):
    """The code is no unified social credit code."""

    code = "credit-code-invalid"
    title = "统一社会信用代码有误 Invalid unified social credit code"

    def __init__(self, reason: Sentence) -> None:
        super().__init__(
            zh=f"统一社会信用代码有误：{reason.zh}；请对照营业执照核对。",
            en=f"The unified social credit code is invalid: {reason.en}; check it against the licence.",
            reason=reason.en,
        )


class PublicRecordUnknown(NotFound):
    """No such permit or penalty on file."""

    code = "public-record-unknown"
    title = "公共信用记录不存在 Public record unknown"

    def __init__(self, record_id: UUID) -> None:
        super().__init__(
            zh=f"没有公共信用记录 {record_id}，请在实施主体详情中查找。",
            en=f"There is no public record {record_id}; look it up at the entity.",
            record_id=str(record_id),
        )


class PublicRecordOnFile(Refused):
    """The permit or penalty stands beside the entity already."""

    code = "public-record-on-file"
    title = "公共信用记录已登记 Public record on file"

    def __init__(self, number: str) -> None:
        super().__init__(
            zh=f"编号 {number} 的记录已登记；如内容有误，请先撤回再登记。",
            en=f"The record {number} is on file already; if it is wrong, withdraw it and record it again.",
            number=number,
        )


class PublicRecordWithdrawn(Refused):
    """The record was withdrawn already."""

    code = "public-record-withdrawn"
    title = "公共信用记录已撤回 Public record withdrawn"

    def __init__(self, withdrawn_on: date) -> None:
        super().__init__(
            zh=f"该记录已于 {withdrawn_on} 撤回，无需再次撤回。",
            en=f"The record was withdrawn on {withdrawn_on}; there is nothing left to withdraw.",
            withdrawn_on=withdrawn_on.isoformat(),
        )


class PartyAmbiguous(Invalid):
    """The officer belongs to several of the parties that determine an entity."""

    code = "party-ambiguous"

    def __init__(self, parties: Sequence[str]) -> None:
        super().__init__(
            zh=f"您可代表{'、'.join(in_chinese(each) for each in parties)}表态，请在 party 中注明代表哪一方。",
            en=f"You may speak for {' and '.join(parties)}; name the party you speak for.",
            parties=[str(each) for each in parties],
        )


class PartyNotYours(NotAllowed):
    """The officer speaks for another party than the one named."""

    code = "party-not-yours"
    clause = "SX-10"

    def __init__(self, party: str, parties: Sequence[str]) -> None:
        super().__init__(
            zh=f"您不能代表“{in_chinese(party)}”表态，您所代表的是{'、'.join(in_chinese(each) for each in parties)}。",
            en=f"You do not speak for {party}; you speak for {' and '.join(parties)}.",
            party=str(party),
            parties=[str(each) for each in parties],
        )
