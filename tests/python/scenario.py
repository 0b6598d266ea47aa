"""Two devices of the Python client at a real server. Stops at the first fact that is not so, with a line that names it.

    CHITIEU_PASSWORD=… python3 scenario.py SERVER FOLDER

Accounts `lan` and `hoa` enter figures for the same reporter. Whoever starts it reads its output: on `keep` it copies the
database, on `put back` it puts that copy in its place, on `restart` it only starts the server again, each time by killing
it; then it writes a line.
"""

import copy
import json
import os
import shutil
import signal
import subprocess
import sys
import time

from chitieu_client import Client, status_of
from chitieu_http import Later, Refused
from chitieu_names import cell, form_of
from line import Line

SERVER, FOLDER = sys.argv[1:]
PASSWORD = os.environ["CHITIEU_PASSWORD"]
FORM, OPEN, EARLIER = "crime", "2026-11", "2026-10"


def fact(words, is_so, seen=None):
    """Stops where something is not so."""
    if not is_so:
        sys.exit(f"NOT SO: {words}" + ("" if seen is None else f": {seen!r}"))
    print(f"so: {words}", flush=True)


def ask_server(what):
    """Has the server's keeper do something."""
    print(what, flush=True)
    if not sys.stdin.readline():
        sys.exit(f"nobody did: {what}")


def file_of(name):
    return os.path.join(FOLDER, f"{name}.json")


def device(name, username, server=SERVER, password=PASSWORD):
    """A device as it is after a start: from its file, where there is one."""
    return Client(server, username, password, file_of(name))


def refusal(action):
    """The code with which something is refused."""
    try:
        action()
    except Refused as refused:
        return refused.code
    return None


def value(client, element, period=OPEN):
    return client.head(cell(REPORTER, period, element))["value"]


def signing_in():
    """Who is here and what may be filled in; gives the reporter and the form's elements."""
    code = refusal(device("nobody", "lan", password="wrong").me)
    fact("a wrong password is told by its code", code == "wrong_password", code)
    lan = device("a", "lan")
    me = lan.me()
    sheets = [sheet for sheet in me["open_periods"] if (sheet["form"], sheet["period"]) == (FORM, OPEN)]
    fact("`me` names the form that is open", len(sheets) == 1 and me["grants"]["role"] == "officer", me)
    elements = lan.elements(FORM)
    fact("the plan names its elements", len(elements) > 12, elements)
    fact("another person's copy is told nothing", refusal(lambda: other_author(lan)) == "other_author")
    return sheets[0]["reporter"], elements


def other_author(client):
    client.session.request("POST", "sync/pull", {"author": "hoa"})


def sending(a, b):
    one, two = ELEMENTS[:2]
    a.sync()
    a.figure(REPORTER, OPEN, one, 7)
    first = a.figure(REPORTER, OPEN, one, 8)
    second = a.figure(REPORTER, OPEN, two, None, reason="chưa có số liệu")
    numbers = [entry["op"]["device_seq"] for entry in a.outbox]
    fact("an unsent figure is replaced, and numbers are dense", numbers == [1, 2], numbers)
    a.push()
    fact("what is based on the head is applied", [status_of(e) for e in a.outbox] == ["applied"] * 2, a.outbox)
    third = a.figure(REPORTER, OPEN, one, 9)
    fact("what was sent is not changed: the next is based on it", third["op"]["base"] == {"op": first["op"]["op_id"]})
    a.sync()
    fact("a page takes the ops out of the outbox", a.outbox == [] and second in a.state["kept"], a.outbox)
    b.sync()
    fact("the other device has the value, and `null` as a value", (value(b, one), value(b, two)) == (9, None))
    fact("and its reason", b.head(cell(REPORTER, OPEN, two))["reason"] == "chưa có số liệu")


def contest(a, b):
    one, two = ELEMENTS[2:4]
    for client in (a, b):
        client.sync()
    a.figure(REPORTER, OPEN, one, 10)
    a.figure(REPORTER, OPEN, two, 3)
    lost = b.figure(REPORTER, OPEN, one, 14)
    same = b.figure(REPORTER, OPEN, two, 3)
    a.sync()
    b.push()
    fact("another value on the same base is a conflict", status_of(lost) == "conflict", lost)
    fact("the conflict tells the head", lost["result"]["head"]["value"] == 10, lost)
    fact("an equal value is none", status_of(same) == "same_value", same)
    b.sync()
    branches = b.told(cell(REPORTER, OPEN, one))["branches"]
    fact("both values stand", (value(b, one), [branch["value"] for branch in branches]) == (10, [14]), branches)
    fact("what is in conflict stays in the outbox", b.outbox == [lost], b.outbox)
    a.sync()
    chosen = a.settle(REPORTER, OPEN, one, 14)
    a.push()
    fact("a choice is applied", status_of(chosen) == "applied", chosen)
    for client in (a, b):
        client.sync()
        fact("after a choice one value stands", value(client, one) == 14 and client.outbox == [], client.outbox)
        fact("and no branch", not client.told(cell(REPORTER, OPEN, one)).get("branches"))


def crash(b):
    """The client is killed after the server has recorded a push, and before it hears of it."""
    element = ELEMENTS[4]
    line = Line(SERVER)
    device("a", "lan", line.url).figure(REPORTER, OPEN, element, 21)
    command = [sys.executable, os.path.join(os.path.dirname(__file__), "chitieu_client.py")]
    client = subprocess.Popen(command + [line.url, "lan", file_of("a"), "sync"])

    def kill(path, _, answer):
        if path.endswith("sync/push"):
            results.extend(answer["results"])
            client.send_signal(signal.SIGKILL)
            client.wait()
            return False
        return None

    results = []
    line.on_answer = kill
    fact("it was killed before the answer", client.wait(60) == -signal.SIGKILL)
    b.sync()
    head = b.head(cell(REPORTER, OPEN, element))
    fact("the server has recorded it", head["value"] == 21, head)
    a = device("a", "lan")
    entry = a.last(cell(REPORTER, OPEN, element))
    fact("the file has the op, frozen and without a result", entry["frozen"] and entry["result"] is None, entry)
    a.push()
    fact("a replay is answered alike", entry["result"] == results[0], (entry, results))
    a.sync()
    fact("and changes nothing", a.head(cell(REPORTER, OPEN, element)) == head)
    altered = copy.deepcopy(entry)
    altered["op"]["value"] = 22
    a.send([altered])
    fact("the same id with another value is rejected", altered["result"]["code"] == "payload_differs", altered)


def hold(a, b):
    element = ELEMENTS[5]
    first = a.figure(REPORTER, OPEN, element, 1)
    first["frozen"] = True
    second = a.figure(REPORTER, OPEN, element, 2)
    a.send([second])
    fact("what is based on an op that is not there is held", status_of(second) == "held", second)
    a.push()
    fact("that op is applied", (status_of(first), status_of(second)) == ("applied", "held"))
    a.pull()
    kept = [entry["op"]["value"] for entry in a.state["kept"] if entry in (first, second)]
    fact("a pull tells that the held one was applied", status_of(second) == "applied" and kept == [1, 2], second)
    b.sync()
    fact("its value stands", value(b, element) == 2)


def unknown_op(b):
    """A later client at this server: a kind of op that it does not know."""
    line = Line(SERVER)
    pushes = []
    line.on_request = lambda path, body: pushes.append(body["ops"]) if path.endswith("push") else None
    a = device("a", "lan", line.url)
    picture = a.keep("picture", {"rev": 0}, reporter=REPORTER, period=OPEN, pixels=[[0, 1], [1, 0]])
    figure = a.figure(REPORTER, OPEN, ELEMENTS[6], 5)
    a.push()
    fact("an unknown kind is deferred, alone", (status_of(picture), status_of(figure)) == ("deferred", "applied"))
    a.sync()
    fact("it stays", a.outbox == [picture] and picture["op"]["pixels"] == [[0, 1], [1, 0]], a.outbox)
    fact("and is not offered again", sum(picture["op"] in ops for ops in pushes) == 1, pushes)
    a = device("a", "lan", line.url)
    a.sync()
    fact("until the next start", sum(picture["op"] in ops for ops in pushes) == 2, pushes)
    fact("its answer is the same", [status_of(entry) for entry in a.outbox] == ["deferred"], a.outbox)
    b.sync()
    fact("what came after it is there", value(b, ELEMENTS[6]) == 5)


def unknown_words(b):
    """This client at a later server: events, fields and statuses that it does not know."""
    stars = {"type": "constellation", "sky": "north", "stars": [{"name": "Sao Mai"}]}
    element = ELEMENTS[7]

    def meddle(path, _, answer):
        if path.endswith("sync/pull"):
            answer["events"].insert(0, stars)
            answer["weather"] = "fine"
            for event in answer["events"]:
                event.setdefault("colour", "red")
        if path.endswith("sync/push"):
            answer["results"][-1] = {"op_id": answer["results"][-1]["op_id"], "status": "pondered", "depth": 3}

    line = Line(SERVER)
    line.on_answer = meddle
    a = device("a", "lan", line.url)
    b.figure(REPORTER, OPEN, element, 6)
    b.sync()
    a.pull()
    fact("an event of an unknown type stops nothing", value(a, element) == 6)
    a = device("a", "lan")
    kept = list(a.state["told"].values())
    fact("it is kept", [event for event in kept if event["type"] == "constellation"] == [stars | {"colour": "red"}])
    fact("an unknown field is kept", a.told(cell(REPORTER, OPEN, element))["colour"] == "red")
    a = device("a", "lan", line.url)
    entry = a.figure(REPORTER, OPEN, element, 16)
    a.push()
    fact("an unknown status leaves the op where it is", a.outbox[-1] is entry and status_of(entry) == "pondered")
    a = device("a", "lan")
    a.sync()
    answered = [status_of(kept) for kept in a.state["kept"] if kept["op"] == entry["op"]]
    fact("and it is asked about at the next start", answered == ["applied"], a.outbox)


def start_over(a):
    a.figure(REPORTER, OPEN, ELEMENTS[8], 31)
    waiting, told, cursor = copy.deepcopy(a.outbox), a.state["told"], a.state["cursor"]
    a.state["cursor"] = "of another world"
    pages = []
    take = a.take
    a.take = lambda page: (pages.append(page), take(page))
    a.pull(limit=2)
    snapshot = [page for page in pages if page["is_snapshot"]]
    fact("a cursor that is gone begins a snapshot, in pages", len(snapshot) > 2, len(pages))
    known = {key: event for key, event in told.items() if event["type"] != "constellation"}
    plain = {key: {k: v for k, v in event.items() if k != "colour"} for key, event in known.items()}
    fact("which tells all that stands", a.state["told"] == plain, (a.state["told"], plain))
    fact("and leaves the outbox as it is", a.outbox == waiting and a.state["cursor"] != cursor)
    a.take = take
    a.sync()
    fact("which is sent then", value(a, ELEMENTS[8]) == 31)


def trouble(b):
    """A server that is busy, one that refuses a push for one op in it, and a bad line."""
    line = Line(SERVER)
    a = device("a", "lan", line.url)
    busy = [(503, [("Retry-After", 1)], {"status": 503, "code": "database_busy", "title": "", "title_en": ""})]
    line.on_request = lambda path, _: busy.pop() if path.endswith("push") and busy else None
    a.figure(REPORTER, OPEN, ELEMENTS[9], 1)
    begun = time.monotonic()
    a.sync(tries=2)
    fact("a server that is busy is asked again when it says", 1 <= time.monotonic() - begun < 10 and not busy)

    entries = [a.figure(REPORTER, OPEN, element, 40) for element in ELEMENTS[9:14]]
    culprit = entries[2]["op"]["op_id"]
    no = 400, [], {"status": 400, "code": "bad_request", "title": "", "title_en": "no"}
    line.on_request = lambda path, body: no if culprit in json.dumps(body) else None
    a.sync()
    fact("an op that is refused stands alone", [entry for entry in a.outbox if entry["refused"]] == [entries[2]])
    b.sync()
    there = [value(b, element) for element in ELEMENTS[9:14]]
    fact("and in nobody's way", there == [40, 40, None, 40, 40], there)
    line.on_request = lambda path, body: None
    line.on_answer = lambda path, body, answer: False
    a = device("a", "lan", line.url)
    try:
        a.sync()
        fact("no answer is told", False)
    except Later:
        fact("without an answer everything stays", [e for e in a.outbox if e["op"]["op_id"] == culprit] != [])
    device("a", "lan").sync()
    b.sync()
    fact("and goes later", value(b, ELEMENTS[11]) == 40)


def copied(b):
    """Somebody copied the device."""
    a = device("a", "lan")
    shutil.copyfile(file_of("a"), file_of("copy"))
    twin = device("copy", "lan")
    a.figure(REPORTER, EARLIER, ELEMENTS[0], 0)
    twin.figure(REPORTER, EARLIER, ELEMENTS[1], 0)
    a.sync()
    twin.sync()
    fact("a copy takes a name of its own", twin.state["device_id"] != a.state["device_id"])
    fact("and counts from 1", twin.state["last_seq"] == len(twin.outbox) + 1, twin.state["last_seq"])
    b.sync()
    there = [value(b, element, EARLIER) for element in ELEMENTS[:2]]
    fact("what both typed is there", there == [0, 0], there)


def submitting(a, b):
    a.sync()
    for element in ELEMENTS:
        a.figure(REPORTER, EARLIER, element, 0)
    step = a.step(REPORTER, EARLIER, FORM, "submit")
    a.push()
    fact("a form with all figures is submitted", status_of(step) == "applied", step)
    late = b.figure(REPORTER, EARLIER, ELEMENTS[0], 1)
    b.sync()
    fact("its figures are locked", late["result"] == {"op_id": late["op"]["op_id"], "status": "rejected", "code": "locked"})
    fact("what was rejected stays", b.outbox == [late], b.outbox)
    b.dismiss(late)
    b.step(REPORTER, EARLIER, FORM, "ask", reason="xem lại dòng 1")
    b.sync()
    a.sync()
    standing = a.told(form_of(REPORTER, EARLIER, FORM))
    fact("a step is told", (standing["state"], standing["asks"]) == ("submitted", "xem lại dòng 1"), standing)


def saying(a, b):
    """What a figure says beside its value."""
    one, two = ELEMENTS[16:18]
    for client in (a, b):
        client.sync()
    a.figure(REPORTER, OPEN, one, 12, note="chưa có số của hai thôn", estimated=True)
    a.figure(REPORTER, OPEN, two, 4)
    a.sync()
    b.sync()
    head = b.head(cell(REPORTER, OPEN, one))
    fact("a note and an estimate are told", (head["note"], head["estimated"]) == ("chưa có số của hai thôn", True), head)
    cleared = a.fill_in("clear", REPORTER, OPEN, two)
    a.sync()
    b.sync()
    head = b.head(cell(REPORTER, OPEN, two))
    fact("a cell is cleared", (status_of(cleared), head["value"], head["cleared"]) == ("applied", None, True), head)


def restart(a, b):
    a.figure(REPORTER, OPEN, ELEMENTS[14], 51)
    ask_server("restart")
    epoch = a.state["epoch"]
    a.sync()
    b.sync()
    fact("a restart changes nothing", value(b, ELEMENTS[14]) == 51 and a.state["epoch"] == epoch)


def put_back(a, b):
    """The server's database is put back from a copy that lacks what was sent last."""
    element = ELEMENTS[15]
    ask_server("keep")
    a.figure(REPORTER, OPEN, element, 61)
    a.sync()
    b.sync()
    fact("it is sent", value(b, element) == 61)
    ids, epoch = {entry["op"]["op_id"] for entry in a.state["kept"]}, a.state["epoch"]
    ask_server("put back")
    later = b.figure(REPORTER, OPEN, element, 62)
    b.push()
    fact("what is based on a lost value is a conflict", status_of(later) == "conflict", later)
    a.sync()
    fact("the server begins another epoch by itself", a.state["epoch"] > epoch, a.state["epoch"])
    answered = {entry["op"]["op_id"]: entry for entry in a.outbox + a.state["kept"]}
    fact("all that was sent is answered again", ids <= answered.keys(), ids - answered.keys())
    fact("in that epoch", {entry["epoch"] for entry in answered.values()} == {a.state["epoch"]})
    deferred = [entry["op"]["kind"] for entry in a.outbox if status_of(entry) == "deferred"]
    fact("the unknown kind too", deferred == ["picture"], a.outbox)
    b.sync()
    told = b.told(cell(REPORTER, OPEN, element))
    fact("what was lost is back", told["head"]["value"] == 61, told)
    fact("its number is of that epoch, more than a double holds", told["head"]["rev"] > a.state["epoch"] << 40 > 2**53)
    fact("and the other value beside it", [branch["value"] for branch in told["branches"]] == [62], told)
    b.settle(REPORTER, OPEN, element, 62)
    b.sync()
    a.sync()
    fact("until somebody chooses", value(a, element) == 62 and not a.told(cell(REPORTER, OPEN, element)).get("branches"))


REPORTER, ELEMENTS = signing_in()
A, B = device("a", "lan"), device("b", "hoa")
sending(A, B)
contest(A, B)
crash(B)
hold(device("a", "lan"), B)
unknown_op(B)
unknown_words(B)
start_over(device("a", "lan"))
trouble(B)
copied(B)
A = device("a", "lan")
submitting(A, B)
saying(A, B)
restart(A, B)
put_back(A, B)
