"""Writers of one process take turns, in the order in which they came, and one that fails holds nobody up."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from spaces.engine import InTurn
from spaces.register import open_register
from tests.spaces.conftest import event

PATIENCE_S = 30


def _until(is_so):
    end = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.001)


def test_whoever_has_waited_longest_is_next():
    turn, order, threads = InTurn(), [], []

    def work(number):
        with turn:
            order.append(number)

    with turn:
        for number in range(20):
            threads.append(threading.Thread(target=work, args=(number,)))
            threads[-1].start()
            _until(lambda waiting=number + 1: len(turn._waiting) == waiting)
        assert order == []
    for thread in threads:
        thread.join(PATIENCE_S)
    assert order == list(range(20))


def test_one_at_a_time_and_a_failure_passes_the_turn_on():
    turn, inside, most = InTurn(), 0, 0

    def work(number):
        nonlocal inside, most
        with turn:
            inside += 1
            most = max(most, inside)
            time.sleep(0.001)
            inside -= 1
            if number % 3 == 0:
                raise ValueError(number)

    with ThreadPoolExecutor(8) as threads:
        done = [threads.submit(work, number) for number in range(40)]
    assert sum(one.exception() is not None for one in done) == 14
    assert most == 1
    with turn:
        pass


def test_more_writers_at_once_than_there_are_connections_all_get_their_turn(register_url):
    register = open_register(register_url)
    start = threading.Barrier(30)

    def work(number):
        start.wait()
        if number % 5 == 0:
            with pytest.raises(ValueError, match="no"):
                register.write(event(), lambda _connection: (_ for _ in ()).throw(ValueError("no")))
        else:
            register.write(event(), lambda _connection: None)

    with ThreadPoolExecutor(30) as threads:
        list(threads.map(work, range(30)))
    assert len(register.audit_trail()) == 24
    register.check_audit()
    register.close()
