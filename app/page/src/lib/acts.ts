// What can be ordered by one press: a sentence that says before what it will do, and one that says afterwards what it did.

import * as app from './ask';
import { deviceOf, kindOf, person, tell, type Phrase } from './office.svelte';
import type { Deed, DeviceView, Outcome, SessionView, StaffView, Who } from './types';

export interface Act {
  title: string;
  /** What it will do. */
  before: string;
  /** What is written on the button. */
  press: string;
  /** What has to be said first, where something was to be compared. */
  compare?: string;
  /** It can't be undone. */
  grave?: boolean;
  run: () => Promise<Outcome | null>;
  /** What it did. */
  after: (outcome: Outcome | null) => string;
}

/** An order that needs nothing but its sentences. */
function simple(phrases: [Phrase, Phrase, Phrase], values: Record<string, string | number>, deed: Deed): Act {
  const [title, before, after] = phrases;
  return {
    title: tell(title),
    before: tell(before, values),
    press: tell(title),
    run: () => app.perform(deed),
    after: () => tell(after, values),
  };
}

export function suspendUser(who: Who): Act {
  const deed: Deed = { deed: 'suspend-user', user: who.user };
  return simple(['suspendUser', 'suspendUserBefore', 'suspendUserAfter'], { who: person(who) }, deed);
}

export function resumeUser(who: Who): Act {
  const deed: Deed = { deed: 'resume-user', user: who.user };
  return simple(['resumeUser', 'resumeUserBefore', 'resumeUserAfter'], { who: person(who) }, deed);
}

export function endUser(staff: StaffView): Act {
  const values = { who: person(staff.who), count: staff.devices };
  const deed: Deed = { deed: 'end-user', user: staff.who.user };
  return { ...simple(['endUser', 'endUserBefore', 'endUserAfter'], values, deed), grave: true };
}

export function groupManager(staff: StaffView): Act {
  const granted = !staff.groupManager;
  const deed: Deed = { deed: 'set-group-manager', user: staff.who.user, granted };
  const phrases: [Phrase, Phrase, Phrase] = granted
    ? ['grant', 'grantBefore', 'grantAfter']
    : ['revoke', 'revokeBefore', 'revokeAfter'];
  return simple(phrases, { who: person(staff.who) }, deed);
}

export function issueFacility(): Act {
  const deed: Deed = { deed: 'issue-facility-ticket' };
  return simple(['issueFacility', 'issueFacilityBefore', 'issueFacilityAfter'], {}, deed);
}

export function lift(who: Who): Act {
  const deed: Deed = { deed: 'lift-lockout', user: who.user };
  return simple(['lift', 'liftBefore', 'liftAfter'], { who: person(who) }, deed);
}

export function reset(who: Who, second = false): Act {
  const values = { who: person(who) };
  return {
    title: tell('reset'),
    before: tell('resetBefore', values),
    press: second ? tell('sign') : tell('reset'),
    run: () => app.perform({ deed: 'reset-factors', user: who.user }),
    after: (outcome) => tell(outcome?.outcome === 'waits' ? 'resetWaits' : 'resetAfter', values),
  };
}

export function issue(who: Who): Act {
  const deed: Deed = { deed: 'issue-ticket', user: who.user };
  return simple(['issue', 'issueBefore', 'issueAfter'], { who: person(who) }, deed);
}

export function suspend(device: DeviceView, who: Who): Act {
  const deed: Deed = { deed: 'suspend-device', device: device.device, lost: false };
  return simple(['suspend', 'suspendBefore', 'suspendAfter'], { device: deviceOf(device, who) }, deed);
}

export function lost(device: DeviceView, who: Who): Act {
  const deed: Deed = { deed: 'suspend-device', device: device.device, lost: true };
  return simple(['lost', 'lostBefore', 'lostAfter'], { device: deviceOf(device, who) }, deed);
}

export function resume(device: DeviceView, who: Who): Act {
  const deed: Deed = { deed: 'resume-device', device: device.device };
  return simple(['resume', 'resumeBefore', 'resumeAfter'], { device: deviceOf(device, who) }, deed);
}

export function retire(device: DeviceView, who: Who): Act {
  const deed: Deed = { deed: 'retire-device', device: device.device };
  return { ...simple(['retire', 'retireBefore', 'retireAfter'], { device: deviceOf(device, who) }, deed), grave: true };
}

export function wipe(device: DeviceView, who: Who): Act {
  const deed: Deed = { deed: 'wipe-device', device: device.device };
  return { ...simple(['wipe', 'wipeBefore', 'wipeAfter'], { device: deviceOf(device, who) }, deed), grave: true };
}

/** Ends a session; one's own by saying that it is somebody else. */
export function endSession(session: SessionView, device: DeviceView | null, who: Who): Act {
  const named = device === null ? tell('thisDevice') : who.me ? kindOf(device) : deviceOf(device, who);
  const own = who.me && !session.here;
  const deed: Deed = { deed: 'end-session', user: who.user, session: session.session };
  const phrases: [Phrase, Phrase, Phrase] = [
    own ? 'notMe' : 'endSession',
    'endSessionBefore',
    own ? 'notMeAfter' : 'endSessionAfter',
  ];
  return simple(phrases, { device: named }, deed);
}

export function recovery(): Act {
  return simple(['recovery', 'recoveryBefore', 'recoveryAfter'], {}, { deed: 'new-recovery-codes' });
}

/** Another password: what was typed is asked for when it is pressed. */
export function password(typed: () => { old: string; fresh: string }): Act {
  return {
    title: tell('newPassword'),
    before: tell('newPasswordBefore'),
    press: tell('newPassword'),
    run: () => app.perform({ deed: 'change-password', old: typed().old, new: typed().fresh }),
    after: () => tell('newPasswordAfter'),
  };
}
