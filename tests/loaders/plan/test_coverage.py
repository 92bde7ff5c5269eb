"""Which of the 213 rows of the Luoyang plan's inventory the records cover, and why the few others stay out."""

import re
from pathlib import Path

import pytest

from graph.batch import Statement
from graph.kinds.parties import MemberOf
from graph.kinds.policy import Duty, Measure, OpenQuestion, Policy, Rule, Target, Theme
from graph.records import Link, Record
from loaders.plan import PlanReading
from loaders.plan.records import plan_statements

UNIT = "GovernmentUnit:洛阳市"
SET = "UnitSet:产融合作试点城市建设工作领导小组成员单位"
COLLATERAL = "Rule:LISTED_COLLATERAL:11:"
OUT = "out: "
ACT = OUT + "an act or a wish that names no thing; the measure holds the text"

ROWS: dict[str, str] = {
    "S001": "Policy:洛阳市产融合作试点城市建设方案",
    "S002": f"{UNIT}人民政府办公室",
    "S003": f"{UNIT}人民政府",
    "S004": f"{UNIT}工业信息化委 {UNIT}人民政府办公室十科",
    "S005": "UnitSet:各县（市、区）人民政府 UnitSet:市人民政府各部门 UnitSet:各有关单位",
    "S006": "OpenQuestion:供给侧结构性改革及经济转型升级",
    "S007": "Tag:9+2工作布局 Tag:四高一强一率先奋斗目标",
    "S008": "Rule:PRINCIPLE:-:创新 OpenQuestion:发展先进制造业、引导金融服务实体经济",
    "S009": "Programme:诚信体系",
    "S010": "Programme:政府、企业、金融机构对接合作机制",
    "S011": "Rule:PRINCIPLE:-:市场主导，政府引导 Rule:PRINCIPLE:-:特色突出，示范引领 Rule:PRINCIPLE:-:重点推进，创新驱动",
    "S012": "Tag:先进装备制造业 Tag:军工产业",
    "S013": "Tag:先进装备制造 Tag:新材料 Tag:电子信息 Tag:新能源",
    "S014": "Tag:老工业基地",
    "S015": "LoanProduct:产业链金融",
    "S016": "Target:375亿元以上",
    "S017": "Target:7%以上",
    "S018": "Target:10%以上",
    "S019": "Target:0.4个百分点",
    "S020": "Target:0.5个百分点",
    "S021": "Target:完成产融合作试点城市建设任务 Target:建立完善产融合作平台及合作机制 Target:探索创新金融产品、基金合作模式及财政引导模式",
    **{f"S{21 + number:03}": f"Theme:{number}" for number in range(1, 7)},
    "S028": "Programme:政府与金融机构沟通协调机制",
    "S029": "Programme:银企对接合作平台",
    "S030": "Event:项目对接会 Event:融资洽谈会",
    "S031": "Programme:企业运转资金应急处置会商机制",
    "S032": "Pool:还贷周转金资金池",
    "S033": "Programme:产融信息对接服务平台",
    "S034": "Tag:产业政策信息 Tag:环保政策信息 Tag:财政政策信息 Tag:金融政策信息",
    "S035": "Tag:达标排放信息 Tag:安全生产信息 Tag:经营销售信息 Tag:诚信履约信息 Tag:融资需求信息",
    "S036": "Tag:网上申请 Tag:即时汇总 Tag:分类整理 Tag:及时推荐",
    "S037": OUT + "techniques, and a builder that the text does not name",
    "S038": "ProjectList:中长期融资项目清单",
    "S039": "Tag:工业强基 Tag:智能制造 Tag:绿色制造 Tag:高端装备",
    "S040": "Rule:PRINCIPLE:3:清单内项目",
    "S041": "Tag:融资担保机构",
    "S042": "Tag:政策性银行 Tag:开发性银行",
    "S043": "Rule:ELIGIBILITY:3:有竞争力",
    "S044": "Tag:中长期债券",
    "S045": "LoanProduct:项目贷款 LoanProduct:专项贷款 LoanProduct:银团贷款",
    "S046": ACT,
    "S047": "Tag:股权投资机构",
    "S048": ACT,
    "S049": "Target:扩大直接融资规模 Target:降低企业融资成本",
    "S050": "Tag:绿色金融债 Tag:绿色企业债 Tag:绿色公司债",
    "S051": "Target:扩大绿色债券发行主体 Tag:绿色债券",
    "S052": "ProjectList:节能环保类企业储备 Rule:ELIGIBILITY:5:符合国家产业政策",
    "S053": "Tag:大型企业集团财务公司 Rule:ELIGIBILITY:6:符合条件且有意愿",
    "S054": "LoanProduct:产业链融资模式 LoanProduct:产业链上游金融服务",
    "S055": "Tag:金融衍生品 Tag:保险代理 Tag:租赁 Tag:国际业务",
    "S056": "OpenQuestion:引导和放大效应",
    "S057": "Tag:投资基金",
    "S058": "Fund:省先进制造业集群培育基金",
    "S059": "Fund:省互联网+产业发展基金",
    "S060": "Tag:子基金",
    "S061": "Rule:MANDATE:7:智能装备 Tag:智能装备",
    "S062": "Fund:市创业创新投资引导基金",
    "S063": "Fund:军民融合产业引导基金",
    "S064": "Fund:天使投资引导基金",
    "S065": "Tag:专项引导基金 Tag:专项基金 Target:提升各类投资基金支持能力",
    "S066": "Programme:重大技术改造工程 Programme:新兴产业培育工程",
    "S067": "Tag:科技企业孵化器 OpenQuestion:支持孵化器发展的政策",
    "S068": "Fund:天使投资引导资金 Tag:天使投资基金",
    "S069": ACT,
    "S070": "Tag:私（公）募股权基金 Tag:风险投资基金",
    "S071": "LoanProduct:股权融资",
    "S072": "LoanProduct:投贷联动",
    "S073": "Tag:产业创投基金",
    "S074": "Tag:创业投资企业",
    "S075": "Rule:MANDATE:10:新兴产业上下游的初创期或成长期中小企业",
    "S076": "Rule:PRINCIPLE:10:政府引导",
    "S077": "LoanProduct:轻资产金融产品和服务 LoanProduct:无形资产和动产抵押质押融资",
    "S078": "Rule:ELIGIBILITY:11:双创",
    "S079": f"{COLLATERAL}知识产权",
    "S080": f"{COLLATERAL}收益权",
    "S081": f"{COLLATERAL}应收账款",
    "S082": f"{COLLATERAL}销售或购买合同",
    "S083": f"{COLLATERAL}政府采购订单",
    "S084": f"{COLLATERAL}境内大型企业订单",
    "S085": f"{COLLATERAL}进出口订单",
    "S086": f"{COLLATERAL}仓单",
    "S087": f"{COLLATERAL}现金担保",
    "S088": f"{COLLATERAL}外汇凭证",
    "S089": "Rule:PRINCIPLE:11:风险可控",
    "S090": "Rule:ELIGIBILITY:12:符合条件",
    "S091": "Tag:股改 Tag:挂牌 Tag:上市",
    "S092": "Pool:风险池资金 PossiblySameAs:风险池资金|市科技型中小企业贷款风险资金池",
    "S093": "VoucherScheme:科技创新券",
    "S094": "Fund:创业投资引导基金 PossiblySameAs:市创业创新投资引导基金|创业投资引导基金",
    "S095": "LoanProduct:科创贷",
    "S096": ACT,
    "S097": "ProjectList:重点项目、重点工程、重点企业",
    "S098": "Tag:565现代产业体系",
    "S099": "ProjectList:565现代产业体系大型企业 Target:20家",
    "S100": "ProjectList:565现代产业体系高新技术企业 Target:30家",
    "S101": "ProjectList:565现代产业体系中小企业 Target:100家",
    "S102": "Region:郑洛新中国制造2025试点示范城市群 Tag:中国制造2025试点示范城市群",
    "S103": "Region:郑洛新国家自主创新示范区",
    "S104": "Rule:PRINCIPLE:13:高新技术产业 Tag:新产业 Tag:新业态 Tag:新产品",
    "S105": "LoanProduct:创业小额担保贷款 LoanProduct:创业担保贷款 Target:30亿元",
    "S106": "Target:3万人",
    "S107": "Pool:市财政担保基金",
    "S108": "Target:提高创业小额担保贷款额度 Target:扩大创业担保贷款规模",
    "S109": "Subsidy:财政贴息",
    "S110": "OpenQuestion:产融合作试点城市建设期内计划累计发放创业担保贷款30亿元",
    "S111": "LoanProduct:综合授信",
    "S112": "Programme:信贷+信用小微企业金融服务平台",
    "S113": "Programme:信用合作联盟",
    "S114": "Rule:ELIGIBILITY:15:有市场",
    "S115": "Pool:信保基金资金池",
    "S116": "LoanProduct:信用贷款",
    "S117": "LoanProduct:市场化银行债转股 Rule:ELIGIBILITY:16:符合条件",
    "S118": "Rule:PRINCIPLE:16:银行和企业自愿参与 Target:逐步降低企业的杠杆率",
    "S119": "LossSharing:政府、银行和保险公司三方损失共担机制",
    "S120": "Subsidy:保费补贴 Subsidy:损失补贴",
    "S121": "LoanProduct:信贷保证保险",
    "S122": "Rule:PRINCIPLE:17:新兴产业企业",
    "S123": "Pool:还贷周转金资金池 Target:提高使用效率",
    "S124": "Institution:沪深证券交易所",
    "S125": "Institution:全国股转系统",
    "S126": "Institution:中原股交中心",
    "S127": ACT,
    "S128": "Tag:信息数据中心 Tag:后台服务中心 Tag:软件研发中心 Tag:运行结算中心",
    "S129": "LoanProduct:PPP模式 Programme:PPP工作机制",
    "S130": OUT + "a role in later contracts; the text names no agency",
    "S131": "Rule:PURPOSE:20:制造业重大项目建设 Tag:工业园区",
    "S132": OUT + "what later contracts are to serve; the text names no contract",
    "S133": "LoanProduct:股债结合",
    "S134": "LoanProduct:融资租赁 LoanProduct:金融租赁 Tag:融资租赁企业 Tag:金融租赁公司",
    "S135": "Tag:新能源汽车 Tag:建筑工程机械 Tag:农业机械 Tag:大型矿山设备",
    "S136": "Tag:批量下单，包销直租",
    "S137": "Tag:零售业务批发做",
    "S138": "LoanProduct:转租 LoanProduct:委托租赁",
    "S139": "Subsidy:风险保障补偿",
    "S140": "Institution:洛银金融租赁公司 Institution:洛阳银行 Tag:村镇银行",
    "S141": "LoanProduct:银团贷款",
    "S142": "Committee:银行业债权人委员会",
    "S143": "Programme:联合授信",
    "S144": "Rule:SYNDICATION_TRIGGER:22:授信银行 Rule:SYNDICATION_TRIGGER:22:授信金额",
    "S145": ACT,
    "S146": "LoanProduct:科技贷款 Target:4亿元",
    "S147": "Pool:市科技型中小企业贷款风险资金池 Target:4000万元",
    "S148": "LoanProduct:科技小额贷款 LoanProduct:科技担保 LoanProduct:科技保险",
    "S149": "Programme:符合科技型中小企业贷款特点的管理体系",
    "S150": "Rule:PURPOSE:23:科技成果转化 Rule:PURPOSE:23:众创空间建设",
    "S151": "Programme:玉洛汇计划 VoucherScheme:创业券 Target:3000万元 Target:300个",
    "S152": "VoucherScheme:科技创新券 Target:5000万元 Target:300家",
    "S153": "Tag:高校 Tag:科研院所",
    "S154": "Subsidy:按发放贷款金额2‰奖励 Target:2‰ Tag:小额贷款公司",
    "S155": "Tag:知识产权评估机构 Tag:交易机构 Tag:托管机构 Programme:中介服务体系",
    "S156": "Tag:法律机构 Tag:财务机构 Tag:咨询机构 Tag:培训机构 Tag:科技金融中介服务机构",
    "S157": "Region:金融商务区",
    "S158": "Fund:郑洛新国家自主创新示范区成果转化引导基金",
    "S159": "Fund:郑洛新国家自主创新示范区成果转化引导子基金 Region:高新区",
    "S160": "Tag:科技支行",
    "S161": "Tag:专业支行 Tag:特色支行 Tag:事业部 Tag:制造业产业集聚区",
    "S162": "Committee:洛阳市产融合作试点城市建设工作领导小组",
    "S163": f"{UNIT}产融合作试点城市建设工作领导小组办公室",
    "S164": "Programme:联席会议制度",
    "S165": f"{SET} {SET}（正文所列）",
    "S166": "Duty:1",
    "S167": "Duty:2",
    "S168": "Tag:财务状况信息披露 Tag:产品质量信息披露 Tag:环境保护信息披露 Tag:安全生产信息披露 Tag:能耗水耗信息披露",
    "S169": "Programme:市场诚信体系",
    "S170": "Pool:风险资金池 Pool:融资担保池",
    "S171": "Subsidy:贷款贴息政策 Subsidy:担保补贴及补助 Subsidy:上市奖励政策",
    "S172": "Programme:工业企业资金需求库 Duty:3",
    "S173": "Duty:4 UnitSet:各相关部门",
    **{f"S{173 + seat:03}": f"Seat:{seat}" for seat in range(1, 16)},
    "S177": "Seat:4 Seat:16",
    "S189": "Seat:17",
    "S190": "Duty:5",
    "S191": "Duty:6",
    "S192": "Duty:7",
    "S193": f"{UNIT}人民政府 {UNIT}人民政府办公室十科",
    "S194": "UnitSet:各县（市、区）人民政府 Tag:科技园区",
    "S195": f"{UNIT}金融办",
    "S196": f"{UNIT}工业信息化委",
    "S197": f"{UNIT}财政局",
    "S198": f"{UNIT}发展改革委",
    "S199": f"{UNIT}科技局",
    "S200": f"{UNIT}国资委",
    "S201": f"{UNIT}人力资源社会保障局",
    "S202": f"{UNIT}商务局",
    "S203": f"{UNIT}工商局",
    "S204": "GovernmentUnit:人行洛阳市中心支行",
    "S205": "GovernmentUnit:洛阳银监分局",
    "S206": f"{UNIT}高新区管委会",
    "S207": "Institution:洛阳市保险行业协会",
    "S208": "BankBranch:中信银行洛阳分行 Institution:中信银行",
    "S209": "Institution:洛阳银行",
    "S210": "Institution:洛银金融租赁公司",
    "S211": "UnitSet:各金融机构",
    "S212": "UnitSet:地方法人金融机构",
    "S213": SET,
}
BESIDE = {
    "Region:洛阳市": "the city of the plan, from its issuer's name",
    f"{UNIT}委": "the unit of an office printed in the annex",
    "Programme:产融合作平台": "the goals name the platform of theme 1 in short",
    "Programme:合作机制": "the goals name the mechanism of row S010 in short",
    "Programme:沟通交流和信息共享机制": "the title of measure 1",
    "Programme:监管服务体制机制": "a principle speaks of it in passing",
    "Tag:保险公司": "a class of bodies that measure 17 speaks of",
}
"""Records of things that no row lists, each with what it is."""


def labels_of(statement: Statement) -> list[str]:
    """What a table can call a record by; a rule by each item that it lists."""
    record: Record = statement.record
    kind = type(record).__name__
    match record:
        case Policy():
            return [f"Policy:{record.title}"]
        case Theme() | Duty():
            return [f"{kind}:{record.number}"]
        case Target():
            return [f"Target:{record.printed}"]
        case Rule():
            measure = record.measure.rpartition(":")[2] if record.measure else "-"
            return [f"Rule:{record.kind}:{measure}:{value}" for value in (*record.values, record.name)]
        case OpenQuestion() if record.span is not None:
            return [f"OpenQuestion:{record.span.quote}"]
        case MemberOf() if record.role is not None:
            return [f"Seat:{record.list_order}"]
        case Measure():
            return []
    name = getattr(record, "name", None)
    return [f"{kind}:{name}"] if name is not None and kind not in ("Dataset", "Person") else []


@pytest.fixture(scope="module")
def labels(luoyang: PlanReading, luoyang_text: str) -> set[str]:
    """The labels of all records of the plan."""
    assert luoyang.header.doc_no is not None
    doc_no = luoyang.header.doc_no.name
    statements = plan_statements(luoyang, luoyang_text, doc_no=doc_no, source=doc_no)
    names = {statement.record.id: labels_of(statement) for statement in statements}
    found = {label for statement in statements for label in labels_of(statement)}
    for statement in statements:
        record = statement.record
        if isinstance(record, Link) and type(record).__name__ == "PossiblySameAs":
            ends = [names[end][0].partition(":")[2] for end in (record.source, record.target)]
            found.add(f"PossiblySameAs:{ends[0]}|{ends[1]}")
    return found


def test_every_row_is_covered_or_left_out_with_a_reason() -> None:
    assert sorted(ROWS) == [f"S{number:03}" for number in range(1, 214)]
    out = {row for row, covered in ROWS.items() if covered.startswith(OUT)}
    assert out == {"S037", "S046", "S048", "S069", "S096", "S127", "S130", "S132", "S145"}


def test_the_rows_are_those_of_the_inventory(test_data: Path) -> None:
    inventory = test_data / "seed-systems.md"
    if not inventory.is_file():
        pytest.skip(f"Test data missing: no {inventory}")
    assert re.findall(r"^\| (S\d{3}) \|", inventory.read_text("utf-8"), re.MULTILINE) == sorted(ROWS)


@pytest.mark.parametrize("row", [row for row, covered in ROWS.items() if not covered.startswith(OUT)])
def test_a_row_s_records_are_there(labels: set[str], row: str) -> None:
    assert set(ROWS[row].split(" ")) - labels == set()


def test_every_named_thing_belongs_to_a_row(labels: set[str]) -> None:
    covered = {label for row in ROWS.values() for label in row.split(" ")}
    others = {"OpenQuestion", "Rule", "Target", "PossiblySameAs"}
    named = {label for label in labels if label.partition(":")[0] not in others}
    assert named - covered == set(BESIDE)
