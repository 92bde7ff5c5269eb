"""The ontology and the sources over GraphQL."""

from graph.ontology import Ontology
from queries.keyset import MAX_FIRST
from tests.schema.world import World


def test_the_ontology_is_told_in_both_languages(town: World, ontology: Ontology) -> None:
    found = town.ask(
        "{ ontology { kinds { name code zh en isLink connection identity key bases"
        " fields { name zh unit required target codes { code zh } } }"
        " relations { name kind field zh targets inverse isLink } techniques { code zh en measures gates { code zh en }"
        " constraints { code } }"
        " gates { code zh en } constraintKinds { code zh en } limits { name zh en value } } }"
    )["ontology"]
    assert [kind["name"] for kind in found["kinds"]] == list(ontology.kinds)
    [enterprise] = [kind for kind in found["kinds"] if kind["name"] == "Enterprise"]
    assert enterprise["identity"] == [["creditCode"], ["lei"], ["listingCode"]]
    assert enterprise["connection"] == "enterprises"
    [supplies] = [kind for kind in found["kinds"] if kind["name"] == "Supplies"]
    assert (supplies["isLink"], supplies["connection"], supplies["key"]) == (True, None, ["product"])
    assert len(found["relations"]) == len(ontology.relations)
    [deep] = [one for one in found["techniques"] if one["code"] == "DEEP_TIER"]
    assert (deep["zh"], deep["measures"]) == ("多级流转", [6])
    assert {"code": "LICENCE", "zh": "资质牌照", "en": "Licence"} in deep["gates"]
    assert found["constraintKinds"][0] == {"code": "NEED", "zh": "融资需求", "en": "Need"}
    assert {"name": "first", "zh": "每页行数", "en": "Rows of a page", "value": MAX_FIRST} in found["limits"]


def test_sources_say_what_was_loaded_and_what_is_wrong_with_it(town: World) -> None:
    found = town.ask(
        "{ sources { name dataset { name } reliability firstLoadedAt lastLoadedAt statements current records quarantined incomplete"
        " inConflict withdrawn loads { number recordedAt mode actor kinds stated unchanged quarantined ended note } } }"
    )["sources"]
    assert [source["name"] for source in found] == ["directory", "plan", "register"]
    directory, _, register = found
    assert directory["dataset"] == {"name": "企业名录"}
    assert directory["reliability"] == "0.6"
    assert directory["statements"] == directory["current"] == directory["records"] == 4
    assert (directory["incomplete"], directory["inConflict"], directory["withdrawn"]) == (1, 2, False)
    assert register["inConflict"] == 2
    assert register["loads"][0]["number"] == 1
    assert register["firstLoadedAt"] == register["lastLoadedAt"] == "2025-01-01T00:00:00Z"


def test_a_view_of_the_past_knows_only_the_sources_of_then(town: World) -> None:
    found = town.ask('{ view(knownAt: "2025-01-02T12:00:00Z") { sources { name } } }')["view"]
    assert [source["name"] for source in found["sources"]] == ["directory", "register"]
