"""A client of Chỉ Tiêu, written from docs/sync.md alone, with the standard library of Python 3.11.

    CHITIEU_PASSWORD=… python3 chitieu_client.py http://127.0.0.1:8188 lan lan.json (sync | set REPORTER PERIOD ELEMENT VALUE)
"""

import json
import os
import random
import sys
import time
import uuid
from datetime import datetime, timedelta

import chitieu_file
from chitieu_http import Later, Refused, Session
from chitieu_names import cell, form_of, key_of

MOST_OPS = 500
KNOWN = ("applied", "same_value", "conflict", "rejected", "held")
KEPT = timedelta(days=180)
time_of = datetime.fromisoformat
FIRST_PAUSE, LONGEST_PAUSE, SPREAD = 15, 300, 0.3


def status_of(entry):
    """What the server said of an op; none where it has said nothing yet."""
    return (entry["result"] or {}).get("status")


class Client:
    """A device of one person. All that it knows is in one file, which is written before each request."""

    def __init__(self, server, username, password, file):
        self.username, self.file = username, file
        self.snapshot = None  # the pages of one, until its last is here
        self.state = chitieu_file.read(file) or {
            "device_id": str(uuid.uuid4()), "last_seq": 0, "cursor": None, "epoch": 0, "plan": None,
            "cookies": {}, "told": {}, "outbox": [], "kept": []}
        self.session = Session(server, username, password, self.state["cookies"])
        for entry in self.outbox:
            # The server may be of a later release by now.
            entry["refused"] = None
            if status_of(entry) not in KNOWN:
                entry["result"] = None
        self.save()

    @property
    def outbox(self):
        """Ops in the order of their numbers, each with what is known of it."""
        return self.state["outbox"]

    def save(self):
        """Returns when all that is known is on the disk."""
        chitieu_file.write(self.file, self.state)

    def me(self):
        """Who is here; keeps the version of the plan."""
        me = self.session.request("GET", "me")
        self.state["plan"] = me["plan_version"]
        return me

    def elements(self, form):
        """The ids of a form's elements, from the plan."""
        forms = self.session.request("GET", "plan")["plan"]["form"]
        return [element["id"] for one in forms if one["id"] == form for element in one["element"]]

    # What is in view.

    def told(self, key):
        """What the server told of a cell or submission."""
        return self.state["told"].get(key, {})

    def head(self, key):
        """The value of a cell that is in force on the server."""
        return self.told(key).get("head") or {"rev": 0, "op_id": None, "value": None}

    def last(self, key):
        """The last op of a cell that is in the outbox."""
        return next((entry for entry in reversed(self.outbox) if key_of(entry["op"]) == key), None)

    def base(self, key):
        """The base of a new figure of a cell, and the op that it takes the place of."""
        head, last = self.head(key), self.last(key)
        rev = {"rev": head["rev"]}
        is_own = any(head["op_id"] == entry["op"]["op_id"] for entry in self.outbox + self.state["kept"])
        if last is None:
            return {"op": head["op_id"]} if is_own else rev, None
        replaced = None if last["frozen"] else last
        if last["seen"] != head["rev"] and not is_own:
            return rev, replaced
        if replaced:
            return last["op"]["base"], replaced
        return self.in_view(key), None

    def in_view(self, key):
        """The value in view, as a base: the last one from here, unless a person has to look at it first."""
        last = self.last(key)
        if not last or status_of(last) in ("rejected", "conflict") or last["refused"]:
            return {"rev": self.head(key)["rev"]}
        return {"op": last["op"]["op_id"]}

    # What a person does.

    def keep(self, kind, base, replaced=None, seen=0, **fields):
        """Stores a new op, of any kind; gives its entry in the outbox."""
        if not self.state["plan"]:
            self.me()
        if not replaced:
            self.state["last_seq"] += 1
        op = {"op_id": str(uuid.uuid4()), "device_id": self.state["device_id"],
              "device_seq": replaced["op"]["device_seq"] if replaced else self.state["last_seq"],
              "author": self.username, "base": base, "plan": self.state["plan"],
              "entered_at": datetime.now().astimezone().isoformat(timespec="seconds"), "kind": kind} | fields
        entry = {"op": op, "frozen": False, "seen": seen, "result": None, "epoch": 0, "at": None, "refused": None}
        place = self.outbox.index(replaced) if replaced else len(self.outbox)
        self.outbox[place:place + 1] = [entry]
        self.save()
        return entry

    def figure(self, reporter, period, element, value, **more):
        """Gives a cell a value; `more` are `reason`, `note`, `estimated`, `resolves`."""
        return self.fill_in("figure", reporter, period, element, value=value, **more)

    def fill_in(self, kind, reporter, period, element, **more):
        """A `figure` gives a cell a value; a `clear` takes it back."""
        key = cell(reporter, period, element)
        base, replaced = self.base(key)
        place = {"reporter": reporter, "period": period, "element": element}
        return self.keep(kind, base, replaced, self.head(key)["rev"], **place, **more)

    def settle(self, reporter, period, element, value):
        """Chooses among the values of a cell."""
        branches = self.told(cell(reporter, period, element)).get("branches", [])
        return self.figure(reporter, period, element, value, resolves=[b["conflict_id"] for b in branches])

    def step(self, reporter, period, form, action, **more):
        """Moves a form on."""
        if action == "submit":
            keys = [(element, cell(reporter, period, element)) for element in self.elements(form)]
            more["covers"] = [{"element": element, "base": self.in_view(key)} for element, key in keys]
        rev = self.told(form_of(reporter, period, form)).get("rev", 0)
        place = {"reporter": reporter, "period": period, "form": form}
        return self.keep("submission", {"rev": rev}, seen=rev, **place, action=action, **more)

    def dismiss(self, entry):
        """Its author has seen why the server did not take an op."""
        self.outbox.remove(entry)
        self.state["kept"].append(entry)
        self.save()

    # Talk with the server.

    def push(self):
        """Sends all ops that have no result."""
        most = MOST_OPS
        while batch := [entry for entry in self.outbox if not entry["result"] and not entry["refused"]][:most]:
            for entry in batch:
                entry["frozen"] = True
            self.save()
            try:
                self.send(batch)
            except Refused as refused:
                if refused.code == "device_cloned":
                    self.rename()
                elif not refused.is_about_ops():
                    raise
                elif len(batch) > 1:
                    most = (len(batch) + 1) // 2
                else:
                    self.send([])  # Where not even this is taken, no op is to blame.
                    batch[0]["refused"], most = str(refused), MOST_OPS
                    self.save()

    def send(self, batch):
        """Sends ops and writes down what became of each."""
        request = {"ops": [entry["op"] for entry in batch]}
        if self.state["cursor"]:
            request["cursor"] = self.state["cursor"]
        answer = self.session.request("POST", "sync/push", request)
        self.answer(zip(batch, answer["results"], strict=True), answer)
        self.save()

    def answer(self, results, told):
        """Takes results in; those of an earlier epoch say nothing any more."""
        if told["epoch"] >= self.state["epoch"]:
            for entry, result in results:
                entry.update(result=result, epoch=told["epoch"], at=told.get("at"))

    def rename(self):
        """This file is a copy of another one: it takes a name of its own and counts anew."""
        self.state["device_id"], self.state["last_seq"] = str(uuid.uuid4()), 0
        for entry in self.outbox:
            self.number(entry)
        self.save()

    def number(self, entry):
        """Gives an op the next number of this device."""
        self.state["last_seq"] += 1
        entry["op"].update(device_id=self.state["device_id"], device_seq=self.state["last_seq"])

    def pull(self, limit=1000):
        """Reads pages until nothing more is there."""
        has_more = True
        while has_more:
            cursor = self.snapshot["cursor"] if self.snapshot else self.state["cursor"]
            held = [entry["op"]["op_id"] for entry in self.outbox if status_of(entry) == "held"]
            request = {"cursor": cursor, "limit": limit, "device_id": self.state["device_id"],
                       "author": self.username, "held": held}
            try:
                page = self.session.request("POST", "sync/pull", request)
            except Refused as refused:
                if refused.code != "cursor_gone" or not cursor:
                    raise
                self.state["cursor"], self.snapshot = None, None
                continue
            self.take(page)
            # A snapshot is of the moment at which it was begun: the log tells what came since.
            has_more = page["has_more"] or page["is_snapshot"]

    def take(self, page):
        """Takes a page in. Nothing of a snapshot shows before its last page is here."""
        waiting = {entry["op"]["op_id"]: entry for entry in self.outbox}
        late = [(waiting[result["op_id"]], result) for result in page.get("late", []) if result["op_id"] in waiting]
        self.answer(late, page)
        self.offer_again(page["epoch"])
        told = {key_of(event): event for event in page["events"]}
        if page["is_snapshot"]:
            told = (self.snapshot["told"] if self.snapshot else {}) | told
            self.snapshot = {"told": told, "cursor": page["next_cursor"]} if page["has_more"] else None
        else:
            told = self.state["told"] | told
        if not self.snapshot:
            self.state.update(told=told, cursor=page["next_cursor"], epoch=page["epoch"])
            for entry in [entry for entry in self.outbox if self.shows(entry)]:
                self.outbox.remove(entry)
                self.state["kept"].append(entry)
        now = page.get("at")
        self.state["kept"] = [e for e in self.state["kept"] if not (now and e["at"]) or time_of(now) <= time_of(e["at"]) + KEPT]
        self.save()

    def shows(self, entry):
        """True where what the server told came after the result of an op."""
        told, result = self.told(key_of(entry["op"])), entry["result"] or {}
        rev = (told.get("head") or told).get("rev", 0)
        if result.get("status") == "conflict":
            names = [branch["conflict_id"] for branch in told.get("branches", [])]
            is_gone = result["conflict_id"] not in names and not told.get("more_branches")
            return is_gone and result["head"]["rev"] < rev
        return result.get("status") in ("applied", "same_value") and result["rev"] <= rev

    def offer_again(self, epoch):
        """What was answered in an earlier epoch may be forgotten in this one, and is sent again."""
        again = [entry for entry in self.state["kept"] if entry["epoch"] != epoch]
        for entry in again:
            self.state["kept"].remove(entry)
            if entry["op"]["device_id"] != self.state["device_id"]:
                self.number(entry)
        self.state["outbox"] = sorted(self.outbox + again, key=lambda entry: entry["op"]["device_seq"])
        for entry in self.outbox:
            if entry["epoch"] != epoch:
                entry["result"] = None

    def sync(self, tries=1):
        """Pushes and pulls; where the server does not answer, again after a while."""
        for nth in range(tries):
            try:
                epoch = None
                while epoch != self.state["epoch"]:  # A new one has ops offered again.
                    epoch = self.state["epoch"]
                    self.push()
                    self.pull()
                return
            except Later as later:
                if nth + 1 == tries:
                    raise
                pause = min(FIRST_PAUSE * 2**nth, LONGEST_PAUSE) * random.uniform(1 - SPREAD, 1 + SPREAD)
                time.sleep(pause if later.seconds is None else later.seconds)


def main(server, username, file, command, *arguments):
    """Does what the command line says, and lists what is in the outbox."""
    client = Client(server, username, os.environ["CHITIEU_PASSWORD"], file)
    if command == "set":
        client.figure(*arguments[:3], int(arguments[3]))
    if command == "sync":
        client.sync(tries=8)
    for entry in client.outbox:
        print(key_of(entry["op"]), status_of(entry) or "waits", entry["refused"] or "")


if __name__ == "__main__":
    main(*sys.argv[1:])
