"""Lists of members, printed in several ways; people have a name and public offices."""

from loaders.plan import read_plan
from loaders.plan.committee import CommitteeRead, Seat
from loaders.plan.duties import StatedDuty

BODY = "一、任务\n1.甲。乙。\n责任单位：市财政局\n二、组织保障\n（一）领导。"


def committee(body: str, annex: str) -> CommitteeRead:
    found = read_plan(f"{BODY}{body}\n附件\n{annex}").committee
    assert found is not None
    return found


def duties(body: str) -> list[StatedDuty]:
    return list(read_plan(f"{BODY}{body}").duties)


FOUNDED = (
    "成立由市长任组长，市财政局、科技局，某某银监分局等单位负责人为成员的某某市金融工作领导小组，办公室设在市财政局。"
)


def test_the_body_names_committee_chair_units_and_office() -> None:
    found = committee(FOUNDED, "")
    assert (found.name, found.chair) == ("某某市金融工作领导小组", "市长")
    assert [unit.name for unit in found.claims[0].units] == ["市财政局", "市科技局", "某某银监分局"]
    assert found.claims[0].open
    assert found.office_at is not None
    assert found.office_at.name == "市财政局"


def test_names_and_posts_stand_apart_by_white_space() -> None:
    found = committee(
        FOUNDED,
        "组  长：甲乙丙  市长\n副组长：丁  戊  市委常委、常务副市长\n成  员：己庚辛  市财政局局长\n      壬  癸  市科技局局长",
    )
    assert [(one.person, one.seat) for one in found.members] == [
        ("甲乙丙", Seat.LEADER), ("丁戊", Seat.DEPUTY_LEADER), ("己庚辛", Seat.MEMBER), ("壬癸", Seat.MEMBER),
    ]  # fmt: skip
    assert [(office.unit, office.title) for office in found.members[1].offices] == [
        ("市委", "常委"),
        (None, "常务副市长"),
    ]


def test_posts_stand_in_brackets() -> None:
    found = committee(FOUNDED, "组　长：甲乙丙（市委副书记、市长）\n成　员：丁戊（女，市财政局局长）")
    assert [(one.person, [office.title for office in one.offices]) for one in found.members] == [
        ("甲乙丙", ["副书记", "市长"]), ("丁戊", ["局长"]),
    ]  # fmt: skip


def test_nothing_but_name_and_office_is_read_of_a_person() -> None:
    found = committee(FOUNDED, "组长：甲乙丙（女，满族，市财政局局长）")
    assert [(one.person, [office.printed for office in one.offices]) for one in found.members] == [
        ("甲乙丙", ["市财政局局长"])
    ]


def test_seats_in_the_office_are_read_from_prose() -> None:
    found = committee(
        FOUNDED,
        "成员：甲乙丙  市财政局局长\n领导小组下设办公室，甲乙丙同志兼任办公室主任，市财政局副调研员丁戊己同志任办公室副主任。",
    )
    assert [(one.person, one.seat) for one in found.members] == [
        ("甲乙丙", Seat.MEMBER), ("甲乙丙", Seat.OFFICE_DIRECTOR), ("丁戊己", Seat.OFFICE_DEPUTY_DIRECTOR),
    ]  # fmt: skip


def test_a_list_of_units_without_people_is_a_claim() -> None:
    found = committee(FOUNDED, "成员单位：市财政局、科技局、商务局")
    assert found.members == ()
    assert [unit.name for unit in found.claims[-1].units] == ["市财政局", "市科技局", "市商务局"]


def test_duties_name_who_carries_them() -> None:
    found = duties("市财政局会同市科技局等部门，负责资金池梳理；市商务局负责统计。各相关部门要加强沟通。")
    assert [([unit.name for unit in one.units], one.open, one.text) for one in found] == [
        (["市财政局", "市科技局"], True, "资金池梳理"),
        (["市商务局"], False, "统计"),
        (["各相关部门"], False, "要加强沟通"),
    ]


def test_a_part_without_units_goes_on_with_the_duty_before() -> None:
    (one,) = duties("市财政局负责引导银行；通过市场手段引导企业。")
    assert one.text == "引导银行；通过市场手段引导企业"
