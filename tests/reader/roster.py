"""Rosters of docs/protocol/logs.md: who reads a group, computed from its log and the registry.

Of the rules it knows only when devices become active, and takes every act in the logs as permitted.
"""

from .codec import varint
from .forms import H

NEVER = float("inf")


class Person:
    def __init__(self, facility, desk):
        self.facility, self.desk, self.ended, self.devices, self.pledged = facility, desk, NEVER, [], NEVER


class Device:
    def __init__(self, registration):
        self.voices, self.active, self.wiped = [], NEVER, NEVER
        self.sealing = [(-1, registration["sealing"])]


class People:
    """The registry's people and devices, each fact with the entry that made it."""

    def __init__(self):
        self.desk, self.people, self.devices, self.facilities, self.delegations = None, {}, {}, {}, {}

    def note(self, seq, statement):
        name, act = statement["act"][1]
        actor = statement["actor"][1] or {"user": None, "device": None}
        if name == "Found":
            self.desk = act["desk"]
            self.facilities[self.desk] = {"admitted": seq}
        elif name == "AppointOperator":
            self.person(act["person"]["user"], self.desk)
            if act["person"]["pledge"] is not None:
                self.people[act["person"]["user"]].pledged = seq
            self.device(act["person"]["user"], act["device"]).active = seq
        elif name == "ApplyFacility":
            self.facilities[act["facility"]] = {"admitted": NEVER, "by": set(), "first": act["device"]["device"]}
            self.person(act["manager"]["user"], act["facility"])
            self.device(act["manager"]["user"], act["device"])
        elif name == "AdmitFacility":
            facility = self.facilities[act["facility"]]
            facility["by"].add(actor["user"])
            if len(facility["by"]) == 2:
                facility["admitted"] = self.devices[facility["first"]].active = seq
        elif name == "RegisterStaff":
            self.person(act["person"]["user"], act["facility"])
        elif name == "RecordPledge":
            self.people[act["user"]].pledged = min(seq, self.people[act["user"]].pledged)
        elif name == "EndUser":
            self.people[act["user"]].ended = seq
        elif name == "ApproveDevice":
            self.approve(seq, statement["role"][0], act)
        elif name == "WipeDevice":
            self.devices[act["device"]].wiped = seq
        elif name == "RotateSealing":
            self.devices[actor["device"]].sealing.append((seq, act["sealing"]))
        elif name == "Delegate":
            facility = self.people[actor["user"]].facility
            self.delegations[act["delegation"]] = {**act, "facility": facility, "from": seq, "over": NEVER}
        elif name == "RevokeDelegation":
            self.delegations[act["delegation"]]["over"] = seq

    def person(self, user, facility):
        self.people[user] = Person(facility, facility == self.desk)

    def device(self, user, registration):
        id_ = registration["device"]
        if id_ not in self.devices:
            self.devices[id_] = Device(registration)
            self.people[user].devices.append(id_)
        return self.devices[id_]

    def approve(self, seq, role, act):
        device = self.device(act["user"], act["device"])
        device.voices.append(role)
        alone = self.people[act["user"]].devices == [act["device"]["device"]]
        approved = any(voice != "user" for voice in device.voices)
        if approved and (alone or len(device.voices) > 1) and device.active == NEVER:
            device.active = seq

    def active(self, user, size):
        """The active devices of a person after `size` entries, with the fingerprint of the sealing keys."""
        person = self.people[user]
        if person.ended < size or self.facilities[person.facility]["admitted"] >= size:
            return
        for id_ in person.devices:
            device = self.devices[id_]
            if device.active < size <= device.wiped:
                yield id_, [sealing for seq, sealing in device.sealing if seq < size][-1]

    def desk_reads(self, facility, group, size, time):
        covers = lambda scope: scope[0] == "facility" or scope[1] == group
        return facility == self.desk or any(
            one["facility"] == facility and one["operators_read"] and covers(one["scope"])
            and one["from"] < size <= one["over"] and time < one["until"] for one in self.delegations.values())


class Readers:
    """The members of a group, each with the entry that made the person a reader."""

    def __init__(self, group):
        self.group, self.originator, self.members, self.invited, self.inquiry = group, None, {}, {}, False

    def note(self, seq, statement):
        name, act = statement["act"][1]
        if name == "Create":
            self.originator, self.inquiry = act["originator"], act["kind"][0] == "inquiry"
            if act["creator_reads"]:
                self.members[statement["actor"][1]["user"]] = seq
        elif name == "Invite":
            self.invited[act["invitation"]] = act["user"]
        elif name == "Approve":
            self.members[self.invited[act["invitation"]]] = seq
        elif name == "Remove":
            del self.members[act["user"]]

    def roster(self, people, size, time):
        desk = people.desk_reads(self.originator, self.group, size, time)
        readers = dict(self.members)
        if self.inquiry:
            readers.update({user: 0 for user, person in people.people.items()
                            if person.desk and person.pledged < size and user not in readers})
        rows = [(device, user, sealing, since) for user, since in readers.items()
                if desk or not people.people[user].desk for device, sealing in people.active(user, size)]
        return sorted(rows)

    def hash(self, people, size, time):
        rows = self.roster(people, size, time)
        encoded = [device + user + sealing + varint(since) for device, user, sealing, since in rows]
        return H("renkei/v1/roster", varint(len(rows)), *encoded)
