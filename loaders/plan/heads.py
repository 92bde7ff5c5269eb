"""The words that names of things end in: what sort of thing each means and what it needs before it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum


class Sort(Enum):
    """What a named thing is."""

    FUND = "FUND"
    POOL = "POOL"
    SUBSIDY = "SUBSIDY"
    VOUCHER_SCHEME = "VOUCHER_SCHEME"
    LOAN_PRODUCT = "LOAN_PRODUCT"
    LOSS_SHARING = "LOSS_SHARING"
    PROJECT_LIST = "PROJECT_LIST"
    PROGRAMME = "PROGRAMME"
    COMMITTEE = "COMMITTEE"
    EVENT = "EVENT"
    REGION = "REGION"
    EXCHANGE = "EXCHANGE"
    BRANCH = "BRANCH"
    BOND = "BOND"
    CLASS = "CLASS"
    INSTITUTION = "INSTITUTION"


@dataclass(frozen=True, slots=True)
class Head:
    """A head word. `keep`: characters of a modifier that a name must have before it.

    `needs`: what the modifier must end in; `general`: a modifier that leaves the head too general to name a thing;
    `exact`: the head is the whole name; `joins`: 和 and 与 may stand inside the name, and parties before it.
    """

    sort: Sort
    form: re.Pattern[str]
    keep: int = 2
    needs: re.Pattern[str] | None = None
    general: re.Pattern[str] | None = None
    exact: bool = False
    joins: bool = False


_LOAN_FORMS = (
    r"(?:信用|担保|质押|抵押|项目|专项|银团|科技|创业|小额|流动资金|固定资产|并购|绿色|联合|委托|无还本续|订单|票据|技改|技术改造|"
    r"设备|过桥|续|转|园区|人才|供应链|出口|外贸|农户|扶贫|助农)$"
)
_NO_PAYMENT = (
    r"(?:进行|给予|予以|一次性|相应|适当|分别|一定|按规定|单独|形式|按|元|%|‰|的|最高|"
    r"和|及|或|资金|政策|比例|标准|额度|方式|办法)$"
)
HEADS = (
    Head(
        Sort.LOSS_SHARING,
        re.compile(r"(?:损失|风险)(?:共担|分担|补偿分担)(?:的)?(?:机制|制度|办法)"),
        keep=0,
        joins=True,
    ),
    Head(
        Sort.POOL,
        re.compile(
            r"周转(?:资金|金|基金)(?:资金)?池|周转金|(?:风险|信保|增信|代偿|担保|应急|转贷|过桥|保证金?|保险|基金|补偿)*资金池|"
            r"风险池(?:资金|基金)?|(?:融资|信用)?担保池|担保基金|风险补偿(?:基金|资金|金)|"
            r"(?:信保|信用保证|代偿补偿|应急转贷|转贷应急|应急周转)(?:基金|资金)(?!资金池)"
        ),
        keep=0,
    ),
    Head(
        Sort.FUND,
        re.compile(
            r"(?:引导)?子基金|引导基金|引导资金|创业投资企业|"
            r"(?<!担保)(?<!公积)(?<!保障)(?<!信保)(?<!补偿)(?<!医保)(?<!社保)(?<!保险)(?<!建设)基金(?!资金池|合作|管理|公司|政策|支持能力|模式|业|池|会|港|小镇|绩效|运作|募集|评价)"
        ),
        keep=0,
    ),
    Head(Sort.VOUCHER_SCHEME, re.compile(r"(?<![债证点礼代])券(?!商|资产|公司|基金)”?(?:资金)?")),
    Head(
        Sort.SUBSIDY,
        re.compile(
            r"贴息(?:政策|资金)?|补贴(?:及补助|和补助)?(?:政策|资金)?|奖补(?:政策|资金)?|奖励(?:政策|资金)?|补助(?:政策|资金)?"
        ),
        general=re.compile(_NO_PAYMENT),
    ),
    Head(Sort.SUBSIDY, re.compile(r"(?:风险|损失)(?:保障)?补偿(?!金|资金|基金|机制|政策措施|池)"), exact=True),
    Head(Sort.LOAN_PRODUCT, re.compile(r"“[^“”，。；]{1,8}贷”|“[^“”，。；]{2,8}”金融产品(?:和服务)?"), exact=True),
    Head(
        Sort.LOAN_PRODUCT,
        re.compile(r"贷款(?!余额|增速|风险|抵质押|方案|期限|授信|支持|保证保险|奖励|贴息|公司|的)"),
        needs=re.compile(_LOAN_FORMS),
    ),
    Head(
        Sort.LOAN_PRODUCT,
        re.compile(
            r"(?:贷款|信贷|信用)?保证保险|出口信用保险|综合授信|循环授信|融资租赁(?!企业|公司)|金融租赁(?!企业|公司)|委托租赁|转租|"
            r"投贷联动|(?:市场化)?(?:银行)?债转股|股债结合|PPP模式|股权融资|(?:产业链|供应链)(?:上游|下游)?(?:金融服务|金融|融资)(?:模式)?|科技小额贷款(?!公司)|科技担保|科技保险|"
            r"(?:(?:无形资产|知识产权|应收账款|股权|动产|专利权|商标权|仓单|存货|订单)(?:和动产)?)?(?:抵押质押|质押|抵押|抵质押)融资|"
            r"(?:正向|反向)?保理(?!公司|机构)|订单融资|应收账款融资|票据贴现"
        ),
        exact=True,
    ),
    Head(
        Sort.BOND,
        re.compile(
            r"(?:绿色|双创|创新创业|专项|科创|项目收益|小微企业|中小企业|集合)?(?:金融|企业|公司|集合)?债(?:券)?(?!权|务|转|市)"
        ),
        keep=0,
    ),
    Head(
        Sort.PROJECT_LIST,
        re.compile(r"清单|名录|名单|项目库|储备库|白名单"),
        general=re.compile(r"(?:列入|纳入|为|的|对|成员|小组)$"),
    ),
    Head(
        Sort.PROGRAMME,
        re.compile(
            r"平台|(?:体制)?机制|制度|联盟|(?<!产业)体系|(?:需求|数据|信息|征信)(?:数据)?库|(?<!重点)工程(?!机械|款|建设)|(?<=”)计划|行动计划"
        ),
        general=re.compile(r"(?:重点|各类|有关|相关|各项|的|本|该)$"),
        joins=True,
    ),
    Head(Sort.PROGRAMME, re.compile(r"联合授信"), exact=True),
    Head(Sort.COMMITTEE, re.compile(r"领导小组(?!成员|办公室|下设|名单|日常)|债权人委员会")),
    Head(Sort.EVENT, re.compile(r"对接会|洽谈会|推介会|博览会|论坛|路演(?:活动)?")),
    Head(
        Sort.REGION,
        re.compile(
            r"(?:自主创新)?示范区|试验区|高新(?:技术产业)?(?:开发)?区|经开区|开发区|自贸区|新区|城市群|商务区|集聚区|产业园|园区"
        ),
        keep=0,
    ),
    Head(
        Sort.EXCHANGE,
        re.compile(r"(?:证券|产权|商品|期货)交易所|股转系统|股(?:权)?交(?:易)?中心|(?:产权|股权|技术)交易中心"),
        keep=0,
    ),
    Head(Sort.BRANCH, re.compile(r"(?:科技|专业|特色|社区|小微|文化|绿色)支行|事业部"), exact=True),
    Head(
        Sort.CLASS,
        re.compile(
            r"(?:大型)?(?:企业)?集团?财务公司|融资(?:性)?担保(?:机构|公司)|小额贷款公司|村镇银行|政策性银行|开发性银行|保险公司|"
            r"股权投资机构|创业投资机构|(?:科技)?企业孵化器|(?:科技)?(?:金融)?中介服务机构|科研院所|高校|金融租赁公司|融资租赁企业|"
            r"老工业基地|资源型城市|革命老区"
        ),
        exact=True,
    ),
)

CLASS_NAME = re.compile(
    r"^(?:投资基金|产业基金|子基金|专项基金|专项引导基金|引导基金|创业投资企业|基金|支持.*的投资基金|天使投资基金|"
    r"私（?公?）?募股权基金|股权投资基金|创业投资基金|风险投资基金|产业创投基金|风险资金池|融资担保池|资金池|"
    r"(?:科技|工业|产业|各类)?园区|产业园|开发区|示范区|(?:制造业)?(?:产业)?集聚区)$"
)
"""Names this general name a class and not one thing."""

BARE = re.compile(
    r"^(?:平台|机制|体系|制度|工程|计划|债券?|清单|名单|名录|资金池|周转金|联盟|基金|子基金|园区|开发区|示范区|新区|集聚区|券|领导小组|补贴|补助|奖励|奖补|贴息)$"
)
"""Head words that stand alone name nothing, except where they name a class (子基金)."""
