"""The fictional world of the generated city: every name and code is invented."""

from __future__ import annotations

from typing import Final

CITY: Final = "云舟市"
PROVINCE_CODE, CITY_CODE = "98", "9801"
"""GB/T 2260 has no province 98."""

COUNTIES: Final = (
    ("980102", "浮桥区"), ("980103", "石鼓区"), ("980104", "东汀区"), ("980105", "南浦区"), ("980106", "北岭区"),
    ("980121", "青禾县"), ("980122", "松溪湾县"), ("980123", "白石川县"), ("980124", "长庚县"), ("980125", "望星县"),
    ("980126", "云梯县"), ("980127", "临沙县"), ("980128", "丹枫县"),
)  # fmt: skip

ZONES: Final = (
    ("yunzhou-gaoxin", "云舟高新区", "ZONE"),
    ("yunzhou-jingkai", "云舟经开区", "ZONE"),
)

SCHEME: Final = "gbt4754-2017"

INDUSTRIES: Final = (
    ("C", "制造业", None), ("I", "信息传输、软件和信息技术服务业", None), ("M", "科学研究和技术服务业", None),
    ("F", "批发和零售业", None), ("G", "交通运输、仓储和邮政业", None),
    ("C26", "化学原料和化学制品制造业", "C"), ("C28", "化学纤维制造业", "C"), ("C29", "橡胶和塑料制品业", "C"),
    ("C30", "非金属矿物制品业", "C"), ("C31", "黑色金属冶炼和压延加工业", "C"), ("C32", "有色金属冶炼和压延加工业", "C"),
    ("C33", "金属制品业", "C"), ("C34", "通用设备制造业", "C"), ("C35", "专用设备制造业", "C"), ("C36", "汽车制造业", "C"),
    ("C37", "铁路、船舶、航空航天和其他运输设备制造业", "C"), ("C38", "电气机械和器材制造业", "C"),
    ("C39", "计算机、通信和其他电子设备制造业", "C"), ("C40", "仪器仪表制造业", "C"), ("C42", "废弃资源综合利用业", "C"),
    ("I65", "软件和信息技术服务业", "I"), ("M73", "研究和试验发展", "M"), ("M75", "科技推广和应用服务业", "M"),
    ("F51", "批发业", "F"), ("G59", "装卸搬运和仓储业", "G"),
)  # fmt: skip
"""Code, name, parent: a part of the national classification."""

TRADE_WORDS: Final = {
    "C26": "化工", "C28": "纤维", "C29": "橡塑", "C30": "陶瓷", "C31": "特钢", "C32": "铝业", "C33": "五金", "C34": "轴承",
    "C35": "矿山机械", "C36": "汽车部件", "C37": "航空装备", "C38": "电气", "C39": "电子", "C40": "仪表", "C42": "再生资源",
    "I65": "软件", "M73": "新材料研究", "M75": "科技服务", "F51": "商贸", "G59": "仓储",
}  # fmt: skip

SYLLABLES: Final = "云舟岚澜衡岳启明泽远恒昇锐博嘉禾广瑞景行承德维新凯盛宏图华曜星野文渊正源立信同创安澜海清朗峰晟祥"

GOODS: Final = (
    "轴承钢", "锻件", "铸件", "齿轮", "液压缸", "电机", "铜排", "铝型材", "线束", "印制电路板", "传感器", "控制器", "密封件", "橡胶管",
    "工程塑料", "涂料", "焊材", "刀具", "模具", "紧固件", "减速机", "变压器", "电缆", "阀门", "泵体", "玻璃纤维", "陶瓷衬板", "滤芯",
    "包装箱", "冷却液", "伺服系统", "工业软件", "检测服务", "热处理服务", "运输服务", "电池包", "车架", "座椅骨架", "雷达组件", "钛合金板",
)  # fmt: skip

TAGS: Final = (
    ("zjtx", "专精特新", "新颖化企业的省级名单"), ("gxjs", "高新技术企业", "有效期内的认定"), ("jungong", "军工", None),
    ("lianzhu", "链主企业", "本市产业链的龙头"), ("xinxing", "新兴产业", None), ("lvse", "绿色工厂", None),
)  # fmt: skip

BANKS: Final = (
    ("云舟银行", "BANK"), ("浮桥农村商业银行", "BANK"), ("澜江银行云舟分行", "BANK"), ("启明银行云舟分行", "BANK"),
    ("岚山股份银行云舟分行", "BANK"), ("北岭村镇银行", "VILLAGE_BANK"), ("青禾村镇银行", "VILLAGE_BANK"),
    ("云开发展银行", "POLICY_BANK"), ("舟帆商业保理公司", "FACTOR"), ("云衡保理公司", "FACTOR"),
    ("云舟装备集团财务公司", "FINANCE_COMPANY"), ("长庚小额贷款公司", "MICRO_LENDER"),
)  # fmt: skip

SUPPORTERS: Final = (
    ("云舟融资担保公司", "GUARANTOR"), ("石鼓科技担保公司", "GUARANTOR"), ("青禾农业担保公司", "GUARANTOR"),
    ("云泰财产保险云舟分公司", "INSURER"), ("澜江保险云舟分公司", "INSURER"), ("云舟金融租赁公司", "LESSOR"),
    ("松溪湾融资租赁公司", "LESSOR"), ("云舟股权交易中心", "EXCHANGE"), ("岚创知识产权评估公司", "INTERMEDIARY"),
    ("云衡证券公司", "SECURITIES_FIRM"),
)  # fmt: skip

SIZE_OF_TYPE: Final = {"VILLAGE_BANK": 40, "MICRO_LENDER": 6}
"""By how much institutions of a type are smaller than others."""

MULTIPLES: Final = {"GUARANTOR": ("10", "0.1"), "MICRO_LENDER": ("3", "0.05"), "INSURER": (None, "0.1")}
"""What an institution may guarantee or lend in net assets, and for one name as a share of them."""

RATERS: Final = ("云衡评级 2025 年模型", "云舟征信企业评分第三版", "云舟银行内部评级")
"""Who says how likely a firm or an institution fails."""

UNITS: Final = (
    "云舟市人民政府",
    "云舟市财政局",
    "云舟市金融局",
    "云舟市工业和信息化局",
    "云舟市科技局",
    "云舟高新区管委会",
)

POOLS: Final = (
    (
        "科技贷款风险补偿池",
        "RISK",
        60_000_000,
        "10",
        "0.5",
        "PRINCIPAL",
        "FIRST_LOSS",
        10_000_000,
        "0.05",
        "0.018",
        1_860_000,
    ),
    ("云舟信保基金池", "CREDIT_GUARANTEE", 40_000_000, "8", "0.8", "COVER", "PRO_RATA", None, None, None, 940_000),
    ("创业担保基金", "GUARANTEE", 25_000_000, "12", "1", "PRINCIPAL", None, 3_000_000, "0.06", None, None),
    ("云舟还贷周转金", "BRIDGE", 80_000_000, None, None, None, None, 8_000_000, "0.08", "0.01", 0),
    ("青禾县应急转贷资金", "BRIDGE", 12_000_000, None, None, None, None, None, None, None, None),
)
"""Name, kind, balance in 元, multiple, cover share, draw basis, loss order, cap for one borrower, stop rate, bad-loan rate, losses paid."""

FUND_TYPES: Final = (
    ("ANGEL", "天使投资基金", ("SEED",), None),
    ("MILITARY_CIVIL", "军民融合基金", ("GROWTH", "EXPANSION"), None),
    ("INNOVATION", "创新子基金", ("SEED", "GROWTH"), "yunzhou-jingkai"),
    ("TECH_TRANSFER", "成果转化子基金", ("SEED", "STARTUP", "GROWTH"), "yunzhou-gaoxin"),
    ("VENTURE", "创业投资基金", ("STARTUP", "GROWTH"), None),
    ("INDUSTRY", "产业基金", ("GROWTH", "EXPANSION"), None),
    ("CORPORATE_VENTURE", "产业创投基金", ("STARTUP", "GROWTH"), None),
)
"""Type, name, the stages and the one region that its mandate admits. None admits mature firms: a gap to find."""

FUND_FIELDS: Final = {
    "MILITARY_CIVIL": ("C37", "C39", "C40", "C35"),
    "INDUSTRY": ("C34", "C35", "C26", "C32"),
    "TECH_TRANSFER": ("M73", "M75", "C39", "I65"),
}
"""The divisions that a mandate admits, of types for which the policy names them; others choose their own."""

GUIDANCE: Final = (
    ("GUIDANCE", "云舟市创业创新投资引导基金", ("VENTURE", "CORPORATE_VENTURE", "INNOVATION"), True),
    ("GUIDANCE", "云舟市军民融合产业引导基金", ("MILITARY_CIVIL",), True),
    ("GUIDANCE", "云舟市天使投资引导基金", ("ANGEL",), True),
    ("GUIDANCE", "云川省成果转化引导基金", ("TECH_TRANSFER",), False),
    ("INDUSTRY", "云川省先进制造业集群基金", ("INDUSTRY",), False),
)
"""Type, name, the types of its sub-funds, and whether the city's own budget is in it: the funds that invest through others."""

EMERGING: Final = ("C38", "C39", "I65", "M73")
"""The divisions that carry the tag of emerging industries."""

BANDS: Final = (
    ("band-1", "百万元以下", None, 1_000_000), ("band-2", "百万至五百万元", 1_000_000, 5_000_000),
    ("band-3", "五百万至两千万元", 5_000_000, 20_000_000), ("band-4", "两千万元以上", 20_000_000, None),
)  # fmt: skip
"""Bands of amounts: id, name, from, to, in 元."""

PURPOSES: Final = ("原料采购", "设备更新", "技术改造", "研发投入", "扩大产能", "补充流动资金")
