"""Subscriptions over a WebSocket: real clients of a real server, with its limits and its end."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

from graph.changes import Position
from graph.kinds.parties import Enterprise, Supplies
from graph.kinds.places import Product
from graph.knowledge import Knowledge
from graph.records import Ref
from graph.sqlite_log import SqliteLog
from schema.limits import MAX_DEPTH
from schema.log_cursor import log_cursor
from schema.streams import StreamOptions
from tests.graph.build import load
from tests.schema.streaming import FACTS, ONTOLOGY, WAIT, Served, Socket, served

A, B = "enterprise:a", "enterprise:b"


def firm(identifier: str, name: str = "甲") -> Enterprise:
    return Enterprise(id=identifier, name=name)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[SqliteLog]:
    with SqliteLog(tmp_path / "log.db") as log:
        load(log, "tax", [firm(A), Product(id="product:p", name="钢")])
        yield log


@pytest.fixture
def server(log: SqliteLog) -> Iterator[Served]:
    with served(lambda: _opened(log)) as server:
        yield server


def _opened(log: SqliteLog) -> Knowledge:
    """The knowledge of the same file, as another process has it."""
    return Knowledge.open(SqliteLog(log._store.path), directory=None, ontology=ONTOLOGY)


def begun(log: SqliteLog) -> str:
    return log_cursor(log.log_id, Position(1))


def closed(socket: Socket) -> tuple[int, str]:
    """How the server closes a socket."""
    with pytest.raises(ConnectionClosed) as caught:
        for _ in iter(socket.receive, None):
            pass
    assert caught.value.rcvd is not None
    return caught.value.rcvd.code, caught.value.rcvd.reason


def refused(socket: Socket, query: str, variables: Any = None, **more: Any) -> tuple[str, str]:
    """Code and message with which an operation is refused."""
    socket.subscribe(query, variables, **more)
    message = socket.receive()
    assert (message["type"], message["id"]) == ("error", "1"), message
    [error] = message["payload"]
    return error["extensions"]["code"], error["message"]


def test_a_load_of_another_process_is_told_as_it_left_the_record(server: Served, log: SqliteLog) -> None:
    with server.socket() as socket:
        socket.subscribe(variables={"kinds": ["ENTERPRISE"], "since": begun(log)})
        first = socket.next()
        assert (first["change"], first["kind"], first["id"], first["version"]) == ("ADDED", "ENTERPRISE", A, "1")
        assert first["node"] == {"id": A, "name": "甲"}
        load(log, "tax", [firm(A, "乙"), firm(B)])
        assert [socket.next()["node"]["name"] for _ in range(2)] == ["乙", "甲"]


def test_who_comes_again_with_a_cursor_misses_nothing_and_hears_nothing_twice(server: Served, log: SqliteLog) -> None:
    with server.socket() as socket:
        socket.subscribe()
        load(log, "tax", [firm(f"enterprise:{number}") for number in range(4)])
        seen = [socket.next() for _ in range(2)]
    load(log, "tax", [firm("enterprise:9")])
    with server.socket() as socket:
        socket.subscribe(variables={"since": seen[-1]["cursor"]})
        seen += [socket.next() for _ in range(3)]
    assert [one["id"] for one in seen] == [f"enterprise:{name}" for name in "01239"]


def test_without_since_it_begins_with_what_comes(server: Served, log: SqliteLog) -> None:
    with server.socket() as socket:
        socket.subscribe()
        socket.subscribe("{ logCursor }", identifier="2")
        assert socket.receive()["payload"] == {"data": {"logCursor": log_cursor(log.log_id, Position(2))}}
        assert socket.receive() == {"id": "2", "type": "complete"}
        load(log, "tax", [firm(B)])
        assert socket.next()["id"] == B


def test_a_link_is_told_as_a_record_and_is_no_node(server: Served, log: SqliteLog) -> None:
    query = "subscription { factsChanged(kinds: [SUPPLIES]) { id node { id } record { id __typename } } }"
    with server.socket() as socket:
        socket.subscribe(query)
        socket.subscribe("{ version }", identifier="2")
        socket.receive(), socket.receive()
        load(log, "tax", [firm(B), Supplies(source=Ref(A), target=Ref(B))])
        link = "supplies:enterprise%3Aa:enterprise%3Ab"
        assert socket.next() == {"id": link, "node": None, "record": {"id": link, "__typename": "Supplies"}}


def test_what_happens_at_the_desk_is_told_also_to_who_did_it(server: Served) -> None:
    needs = "subscription { needChanged { change node { ... on FinancingNeed { status enterprise { name } } } } }"
    submit = """mutation($need: NeedSubmission!) {
      submitNeed(input: $need, idempotencyKey: "1") { need { id } problems { code } } }"""
    need = {"enterprise": A, "amount": {"amount": "600000.00"}, "instrument": "DEBT", "purpose": "流动资金"}
    with server.socket() as socket:
        socket.subscribe(needs)
        socket.subscribe(submit, {"need": need}, identifier="2")
        messages = [socket.receive() for _ in range(3)]
        [event] = [one["payload"]["data"]["needChanged"] for one in messages if one["id"] == "1"]
        done, end = (one for one in messages if one["id"] == "2")
    assert event == {"change": "ADDED", "node": {"status": "APPLIED", "enterprise": {"name": "甲"}}}
    assert (done["payload"]["data"]["submitNeed"]["problems"], end["type"]) == ([], "complete")


def test_a_completed_operation_is_told_nothing_more_and_its_id_is_free(server: Served, log: SqliteLog) -> None:
    with server.socket() as socket:
        socket.subscribe()
        socket.send(type="complete", id="1")
        socket.subscribe(variables={"since": begun(log)})
        assert [socket.next()["id"] for _ in range(2)] == [A, "product:p"]


def test_large_loads_come_in_pages_and_whole(server: Served, log: SqliteLog) -> None:
    with server.socket() as socket:
        socket.subscribe("subscription { factsChanged { id } }")
        load(log, "tax", [firm(f"enterprise:{number:04}") for number in range(1_050)])
        found = [socket.next()["id"] for _ in range(1_050)]
    assert found == [f"enterprise:{number:04}" for number in range(1_050)]


def test_a_ping_is_answered(server: Served) -> None:
    with server.socket() as socket:
        socket.send(type="ping")
        assert socket.receive() == {"type": "pong"}


def test_cursors_that_cannot_be_meant_are_refused_with_a_remedy(server: Served, log: SqliteLog) -> None:
    cases = {
        "x": ("INVALID_INPUT", "is no log cursor"),
        log_cursor("other", Position(1)): ("CURSOR_LOST", "another store"),
        log_cursor(log.log_id, Position(9)): ("CURSOR_LOST", "the last one of this store is 1"),
        log_cursor(log.log_id, Position(1, "Enterprise", "enterprise:no")): ("INVALID_INPUT", "damaged"),
        log_cursor(log.log_id, Position(0)): ("INVALID_INPUT", "is no log cursor"),
    }
    with server.socket() as socket:
        for cursor, (code, part) in cases.items():
            found, message = refused(socket, FACTS, {"since": cursor})
            assert (found, part in message, "logCursor" in message) == (code, True, True), message


def test_arguments_that_cannot_be_meant_are_refused(server: Served) -> None:
    needs = "subscription($ids: [ID!]) { needChanged(ids: $ids) { id } }"
    with server.socket() as socket:
        assert refused(socket, FACTS, {"kinds": []})[0] == "INVALID_INPUT"
        assert refused(socket, FACTS, {"kinds": ["NO_SUCH_KIND"]})[0] == "INVALID_INPUT"
        assert (
            refused(socket, "subscription { factsChanged(kinds: [NO_SUCH_KIND]) { id } }")[0]
            == "GRAPHQL_VALIDATION_FAILED"
        )
        assert refused(socket, needs, {"ids": []})[0] == "INVALID_INPUT"
        assert refused(socket, needs, {"ids": ["need"]})[0] == "INVALID_INPUT"
        assert refused(socket, needs, {"ids": [A]}) == (
            "INVALID_INPUT",
            f"{A} is no need; give ids that begin with financingNeed:",
        )
        assert refused(socket, needs, {"ids": ["financingNeed:n"] * 501})[0] == "LIMIT_EXCEEDED"
        assert refused(socket, "subscription {")[0] == "GRAPHQL_PARSE_FAILED"
        assert refused(socket, "query A { version } query B { version }")[0] == "GRAPHQL_VALIDATION_FAILED"


def test_subscriptions_are_held_to_the_limits_of_queries(server: Served) -> None:
    deep = "node { ... on Enterprise { " + "group { " * MAX_DEPTH + "id" + " }" * MAX_DEPTH + " } }"
    wide = "node { ... on Enterprise { supplies(first: 500) { nodes { target { supplies(first: 500) { nodes { id } } } } } } }"
    both = "subscription { factsChanged { id } needChanged { id } }"
    with server.socket() as socket:
        assert refused(socket, f"subscription {{ factsChanged {{ {deep} }} }}")[0] == "LIMIT_EXCEEDED"
        assert refused(socket, f"subscription {{ factsChanged {{ {wide} }} }}")[0] == "LIMIT_EXCEEDED"
        assert refused(socket, f"subscription {{ factsChanged {{ id{' ' * 100_001} }} }}")[0] == "LIMIT_EXCEEDED"
        assert refused(socket, both)[0] == "GRAPHQL_VALIDATION_FAILED"
        nested: Any = "x"
        for _ in range(60):
            nested = [nested]
        assert refused(socket, FACTS, {"since": nested})[0] == "LIMIT_EXCEEDED"
    with server.socket() as socket:
        socket.subscribe("#" * 1_000_001)
        assert closed(socket)[0] == 1009


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("no json", 4400),
        ('"text"', 4400),
        ('{"type": "start"}', 4400),
        ('{"type": "subscribe", "id": "1", "payload": {}}', 4400),
        ('{"type": "subscribe", "id": "", "payload": {"query": "{ version }"}}', 4400),
        ('{"type": "connection_init"}', 4429),
        (b"bytes", 4400),
    ],
)
def test_what_breaks_the_protocol_closes_the_socket(server: Served, message: str | bytes, code: int) -> None:
    with server.socket() as socket:
        socket.connection.send(message)
        assert closed(socket)[0] == code


def test_nothing_is_asked_before_the_beginning_nor_twice_under_one_id(server: Served) -> None:
    with server.socket(begin=False) as socket:
        socket.subscribe()
        assert closed(socket)[0] == 4401
    with server.socket() as socket:
        socket.subscribe()
        socket.subscribe()
        assert closed(socket) == (4409, "Subscriber for 1 already exists")


def test_another_protocol_is_told_which_one_is_spoken(server: Served) -> None:
    with server.socket(begin=False, subprotocols=[Subprotocol("graphql-ws")]) as socket:
        code, reason = closed(socket)
        assert (code, "graphql-transport-ws" in reason) == (4406, True)


def test_pages_of_other_origins_may_not_open_a_socket(log: SqliteLog) -> None:
    with served(lambda: _opened(log), StreamOptions(origins=frozenset({"https://desk.example.cn"}))) as server:
        for origin in ("https://evil.example", "null", f"http://127.0.0.1.evil.example:{server.port}"):
            with pytest.raises(InvalidStatus) as caught, server.socket(origin=origin):
                pass
            assert caught.value.response.status_code == 403
        for origin in (f"http://127.0.0.1:{server.port}", "https://desk.example.cn"):
            with server.socket(origin=origin) as socket:
                socket.send(type="ping")
                assert socket.receive() == {"type": "pong"}


def test_operations_have_limits_by_service_and_by_socket(log: SqliteLog) -> None:
    with served(lambda: _opened(log), StreamOptions(most=2, most_a_socket=2)) as server, server.socket() as socket:
        with server.socket() as other:
            other.subscribe()
            socket.subscribe(identifier="0", variables={"since": begun(log)})
            assert socket.next()["id"] == A
            socket.next()
            code, message = refused(socket, FACTS)
            assert (code, "try again later" in message) == ("LIMIT_EXCEEDED", True)
            with server.socket(begin=False) as third:
                assert closed(third)[0] == 1013
        socket.subscribe(identifier="2")
        socket.subscribe(identifier="3")
        assert closed(socket)[0] == 4400


def test_a_socket_that_says_nothing_is_closed(log: SqliteLog) -> None:
    with served(lambda: _opened(log), StreamOptions(begin_seconds=0.1, idle_seconds=0.2)) as server:
        with server.socket(begin=False) as socket:
            assert closed(socket)[0] == 4408
        with server.socket() as socket:
            assert closed(socket) == (1000, "no operation for too long")
        with server.socket() as socket:
            socket.subscribe()
            socket.receive_nothing(0.5)
            load(log, "tax", [firm(B)])
            assert socket.next()["id"] == B


def test_a_client_that_does_not_read_holds_nobody_up_and_is_let_go(log: SqliteLog) -> None:
    wide = (
        "subscription { factsChanged(kinds: [ENTERPRISE]) { "
        + " ".join(f"a{number}: id" for number in range(60))
        + " } }"
    )
    with (
        served(lambda: _opened(log), StreamOptions(send_seconds=0.3, most=3)) as server,
        server.socket() as quick,
        server.unread(wide),
    ):
        quick.subscribe("subscription { factsChanged { id } }")
        load(log, "tax", [firm(f"enterprise:{number:05}-{'长' * 60}") for number in range(1_500)])
        assert len([quick.next() for _ in range(1_500)]) == 1_500
        # Its place is free again once it is let go.
        end = time.monotonic() + WAIT
        while server.readiness.streams > 1:
            assert time.monotonic() < end
            time.sleep(0.02)


def test_when_the_service_stops_subscribers_are_told_and_it_ends(log: SqliteLog) -> None:
    with served(lambda: _opened(log)) as server, server.socket() as socket:
        socket.subscribe()
        threading.Timer(0.2, server.stop).start()
        assert closed(socket) == (1012, "the service stops; come again, since the last cursor")


def test_an_event_that_takes_too_long_is_an_error_of_its_own_and_the_next_comes(log: SqliteLog) -> None:
    query = "subscription { factsChanged { id node { ... on Enterprise { supplies { totalCount } } } } }"
    with served(lambda: _opened(log), request_seconds=1e-9) as server, server.socket() as socket:
        socket.subscribe(query.replace("supplies { totalCount }", "claims { source { name } }"))
        socket.subscribe("{ version }", identifier="2")
        socket.receive(), socket.receive()
        load(log, "tax", [firm(B)])
        load(log, "tax", [firm(A, "乙")])
        assert [socket.receive()["type"] for _ in range(2)] == ["next", "next"]
