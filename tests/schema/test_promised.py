"""What the API promises of a policy: plain lists in printed order, units in the order of their line, spans."""

from tests.schema.world import World


def test_a_policy_is_found_by_its_number_with_all_its_parts_in_printed_order(town: World) -> None:
    found = town.ask(
        '{ policy(docNo: "河政办〔2024〕1号") { docNo title issuedOn themes { number title } measures { number title theme { title } }'
        " targets { indicator value unit printed money { amount } measure { number } span { start end quote } }"
        " rules { name } openQuestions { text } } }"
    )["policy"]
    assert found == {
        "docNo": "河政办〔2024〕1号",
        "title": "河东区产业金融行动方案",
        "issuedOn": "2024-03-01",
        "themes": [{"number": 1, "title": "发展供应链金融"}, {"number": 2, "title": "扩大股权投资"}],
        "measures": [
            {"number": 1, "title": "推广多级流转", "theme": {"title": "发展供应链金融"}},
            {"number": 2, "title": "设立基金", "theme": {"title": "扩大股权投资"}},
        ],
        "targets": [
            {
                "indicator": "基金规模",
                "value": "3000",
                "unit": "万元",
                "printed": "3000万元",
                "money": {"amount": "30000000.00"},
                "measure": {"number": 2},
                "span": {"start": 104, "end": 110, "quote": "3000万元"},
            }
        ],
        "rules": [{"name": "市场化"}, {"name": "风险可控"}],
        "openQuestions": [{"text": "未写明期限"}],
    }


def test_units_stand_in_the_order_of_the_printed_line(town: World) -> None:
    [first, second] = town.ask(
        '{ policy(docNo: "河政办〔2024〕1号") { measures { responsible { listOrder printed span { quote }'
        " unit { __typename ... on Party { name } } } targets { printed } } } }"
    )["policy"]["measures"]
    assert first["responsible"] == [
        {
            "listOrder": 1,
            "printed": "区财政局",
            "span": {"quote": "区财政局"},
            "unit": {"__typename": "GovernmentUnit", "name": "河东区财政局"},
        },
        {
            "listOrder": 2,
            "printed": "各金融机构",
            "span": {"quote": "各金融机构"},
            "unit": {"__typename": "UnitSet", "name": "各金融机构"},
        },
    ]
    assert second == {"responsible": [], "targets": [{"printed": "3000万元"}]}


def test_a_number_of_no_policy_is_refused_with_the_near_ones(town: World) -> None:
    code, message = town.refused('{ policy(docNo: "河政办〔2024〕9号") { id } }')
    assert code == "NOT_FOUND"
    assert "河政办〔2024〕9号" in message
    assert "河政办〔2024〕1号" in message


def test_a_blank_number_is_refused(town: World) -> None:
    code, message = town.refused('{ policy(docNo: " ") { id } }')
    assert code == "INVALID_INPUT"
    assert "docNo" in message
