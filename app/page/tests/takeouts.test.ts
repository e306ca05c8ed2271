// Taking something out: what is asked for, what is done with a permit, what is shown once, what is said at the end; and axe.

import { cleanup, render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type {
  Ask,
  Deed,
  HomeRow,
  Place,
  PersonView,
  StandingView,
  Status,
  TakenOut,
  TakeoutsView,
  TakeoutView,
  Timeline,
  Trouble,
  Who,
} from '../src/lib/types';

let answer: (ask: Ask) => unknown;
const asked: Ask[] = [];
/** Permits under which an archive was to be written. */
const written: string[] = [];
let write: () => TakenOut | null;

vi.mock('@tauri-apps/api/core', () => ({
  invoke: (command: string, given: { ask?: Ask; takeout?: string }) =>
    Promise.resolve().then(() => {
      if (command === 'take_out') {
        written.push(given.takeout ?? '');
        return write();
      }
      if (command !== 'ask' || !given.ask) throw new Error(`${command} is not called here`);
      asked.push(given.ask);
      return answer(given.ask);
    }),
}));
vi.mock('@tauri-apps/api/event', () => ({ listen: () => Promise.resolve(() => undefined) }));

const { default: App } = await import('../src/App.svelte');
const { speech } = await import('../src/lib/words.svelte');

const who = (name: string, me = false): Who => ({
  user: name,
  name,
  profession: 'nurse',
  facility: 'Hinata (fiction)',
  me,
  official: null,
  actingFor: null,
});
const place: Place = { key: '0123456789abcdef', name: 'Nobuko', standing: 'ready', words: null };
const home: HomeRow = {
  group: 'grp-1',
  label: 'Team H',
  kind: 'patient',
  facility: 'Hinata (fiction)',
  actingFor: null,
  unseen: 0,
  last: null,
  draft: false,
  waiting: 0,
  refused: 0,
  awaitingKeys: false,
  chart: false,
  shut: null,
};
const takeout = (facts: Partial<TakeoutView> = {}): TakeoutView => ({
  takeout: 'tko-1',
  request: 'a'.repeat(64),
  who: who('Nobuko', true),
  asked: 1_795_000_000,
  information: true,
  label: 'Team H',
  extent: [3, 1],
  device: 'tablet',
  medium: 'usb-memory',
  purpose: 'conference',
  from: 1_795_000_000,
  until: 1_795_100_000,
  stage: 'permitted',
  decidedBy: who('Aki'),
  revokedBy: null,
  ending: true,
  declared: null,
  ended: null,
  ends: ['returned', 'erased', 'not-used', 'lost'],
  late: false,
  calledBack: false,
  managed: false,
  archive: true,
  text: false,
  elsewhere: false,
  ...facts,
});
const permit = (facts: Partial<StandingView> = {}): StandingView => ({
  takeout: 'tko-9',
  who: who('Nobuko', true),
  givenBy: who('Aki'),
  group: null,
  label: null,
  until: 1_800_000_000,
  inForce: true,
  managed: false,
  ...facts,
});
const refusal = (code: string): Trouble => ({
  code,
  ja: '今はできません。',
  en: 'Not now.',
  retryAfter: null,
  failed: [],
  later: false,
});

let status: Status;
let rows: HomeRow[];
let view: TakeoutsView;
let done: (deed: Deed) => unknown;

beforeEach(() => {
  asked.length = 0;
  written.length = 0;
  speech.language = 'ja';
  status = {
    me: who('Nobuko', true),
    online: true,
    fresh: true,
    locksAfter: 300,
    administrator: false,
    deputy: false,
    operator: false,
    opensGroups: false,
    notice: false,
    reviews: 0,
    posture: false,
    announcements: 0,
    takeouts: 0,
    unsent: 0,
  };
  rows = [home];
  view = { takeouts: [takeout()], standing: [], devices: [] };
  done = () => ({ outcome: 'done' });
  write = () => ({ name: 'visit.zip.age', passphrase: 'ABCD-EFGH-IJKL-MNOP', items: 4, files: 1, missing: 0 });
  answer = (ask) => {
    switch (ask.ask) {
      case 'people':
        return [place];
      case 'enter':
        return 'in';
      case 'status':
        return status;
      case 'home':
        return rows;
      case 'timeline':
        return {
          total: 1,
          from: 0,
          unseenFrom: null,
          unsent: [],
          lines: [
            {
              line: 'message',
              seq: 7,
              time: 1_795_000_060,
              author: who('Ken'),
              text: '体温 36.5',
              unreadable: null,
              corrected: null,
              retracted: null,
              seen: null,
              files: [],
            },
          ],
        } satisfies Timeline;
      case 'draft':
        return '';
      case 'attach':
        return { files: [], refused: [], lookOnly: true };
      case 'takeouts':
        return view;
      case 'chart':
        return { text: '【連携からの転記】\n│ 体温 36.5 <b>', messages: 1, unreadable: 0 };
      case 'do':
        return done(ask.deed);
      case 'urgent':
      case 'broadcasts':
      case 'sending':
      case 'staff':
        return [];
      default:
        return null;
    }
  };
  // axe measures letters, for which nothing is drawn here.
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
});
afterEach(cleanup);

const button = (name: string | RegExp) => screen.getByRole('button', { name });
const orders = () => asked.flatMap((ask) => (ask.ask === 'do' ? [ask.deed] : []));

async function accessible(): Promise<void> {
  const result = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false } } });
  expect(result.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
}

async function inside() {
  const user = userEvent.setup();
  render(App);
  await user.click(await screen.findByRole('button', { name: /Nobuko/u }));
  await user.type(await screen.findByLabelText(/^パスワード/u), 'x');
  await user.keyboard('{Enter}');
  await screen.findByRole('button', { name: '持ち出し' });
  return user;
}

async function atTakeouts() {
  const user = await inside();
  await user.click(button('持ち出し'));
  await screen.findByRole('heading', { name: '持ち出し' });
  return user;
}

test('A12.5: who reads a group asks by the keyboard, for a stretch of days on a medium until a day', async () => {
  const user = await inside();
  await user.click(await screen.findByRole('button', { name: /Team H/u }));
  (await screen.findByRole('button', { name: '持ち出す' })).focus();
  await user.keyboard('{Enter}');
  const dialog = within(screen.getByRole('dialog'));
  await accessible();
  await user.type(dialog.getByLabelText(/^いつの書き込みから/u), '2026年11月1日');
  await user.selectOptions(dialog.getByLabelText('媒体'), 'paper');
  await user.selectOptions(dialog.getByLabelText('目的'), 'referral');
  const until = dialog.getByLabelText('返却・消去の期日');
  await user.clear(until);
  const press = () => dialog.getByRole<HTMLButtonElement>('button', { name: '持ち出しを申請' });
  expect(press().disabled, 'nothing is out without a day by which it is back').toBe(true);
  await user.type(until, '2026/12/05');
  await user.click(press());
  await screen.findByText(/申請しました。/u);
  const stretch = { which: 'days', from: '2026-11-01', to: null };
  const what = { what: 'information', group: 'grp-1', stretch, medium: 'paper' };
  const plan = { what, purpose: 'referral', from: null, until: '2026-12-05' };
  expect(orders()).toEqual([{ deed: 'request-takeout', plan }]);
});

test('A12.5: a permit is exported where the person says, and its passphrase stays until it was written down', async () => {
  const user = await atTakeouts();
  await accessible();
  await user.click(button('ファイルに書き出す'));
  const press = () => within(screen.getByRole('dialog')).getByRole('button', { name: 'ファイルに書き出す' });
  write = () => null;
  await user.click(press());
  await screen.findByText(/何も書き出していません/u);
  write = () => {
    throw refusal('consent_withdrawn');
  };
  await user.click(press());
  await screen.findByText('今はできません。');
  write = () => ({ name: 'visit.zip.age', passphrase: 'ABCD-EFGH-IJKL-MNOP', items: 4, files: 1, missing: 2 });
  await user.click(press());
  await screen.findByText('ABCD-EFGH-IJKL-MNOP');
  expect(screen.getByText('visit.zip.age に書き出しました')).toBeTruthy();
  expect(screen.getByText(/含められなかったものが2件/u)).toBeTruthy();
  await accessible();
  screen.getByRole('dialog').dispatchEvent(new Event('cancel'));
  expect(screen.getByText('ABCD-EFGH-IJKL-MNOP'), 'Escape does not lose it').toBeTruthy();
  await user.click(button('書き写しました'));
  await waitFor(() => expect(screen.queryByText('ABCD-EFGH-IJKL-MNOP')).toBeNull());
  expect(written).toEqual(['tko-1', 'tko-1', 'tko-1']);
});

test('A12.5: what is late is said everywhere, and only such ends are offered as its medium has', async () => {
  status = { ...status, takeouts: 1 };
  view = { ...view, takeouts: [takeout({ stage: 'overdue', late: true, archive: false })] };
  const user = await inside();
  await screen.findByText(/返却や消去の申告がまだの持ち出しがあります（1件）/u);
  await user.click(button('持ち出しを見る'));
  await user.click(await screen.findByRole('button', { name: '終わりを申告する' }));
  const dialog = within(screen.getByRole('dialog'));
  const offered = within(dialog.getByLabelText('どう終わったか')).getAllByRole('option');
  expect(offered.map((one) => one.textContent)).toEqual(['返却', '消去・破棄', '持ち出さなかった', '紛失']);
  await user.selectOptions(dialog.getByLabelText('どう終わったか'), 'erased');
  await user.click(dialog.getByRole('button', { name: '終わりを申告する' }));
  await screen.findByText(/「消去・破棄」と申告しました/u);
  expect(orders()).toEqual([{ deed: 'declare-takeout-end', takeout: 'tko-1', how: 'erased' }]);
});

test('A12.5: a request can be withdrawn; what was refused is kept apart; another device exports nothing', async () => {
  const refused = takeout({ takeout: 'tko-3', stage: 'refused', archive: false, ending: false });
  const waits = takeout({ takeout: 'tko-2', stage: 'requested', archive: false, decidedBy: null, ending: false });
  view = { ...view, takeouts: [waits, refused, takeout({ archive: false, elsewhere: true })] };
  const user = await atTakeouts();
  await screen.findByText('書き出せるのは、申請に使った端末だけです。');
  expect(screen.queryByRole('button', { name: 'ファイルに書き出す' })).toBeNull();
  expect(screen.getByText('これまでの持ち出し（1件）')).toBeTruthy();
  await user.click(button('申請を取り下げる'));
  await user.click(within(screen.getByRole('dialog')).getByRole('button', { name: '申請を取り下げる' }));
  await screen.findByText('申請を取り下げました。');
  expect(orders()).toEqual([{ deed: 'revoke-takeout', takeout: 'tko-2' }]);
});

test('A12.5: under a standing permit a message, or a stretch of days, becomes text for the chart', async () => {
  rows = [{ ...home, chart: true }];
  view = { ...view, takeouts: [], standing: [permit()] };
  const user = await inside();
  await user.click(await screen.findByRole('button', { name: /Team H/u }));
  await user.click(await screen.findByRole('button', { name: 'カルテに転記' }));
  expect(asked.filter((ask) => ask.ask === 'chart')).toEqual([]);
  await user.click(button('文を表示する'));
  const text = await screen.findByLabelText<HTMLTextAreaElement>('転記する文');
  expect(text.value).toBe('【連携からの転記】\n│ 体温 36.5 <b>');
  await accessible();
  await user.click(within(screen.getByRole('dialog')).getByRole('button', { name: '閉じる' }));
  await user.click(button('持ち出し'));
  await user.click(await screen.findByRole('button', { name: 'カルテに転記' }));
  await user.type(screen.getByLabelText(/^いつの書き込みから/u), '2026-11-01');
  await user.click(button('文を表示する'));
  await screen.findByLabelText('転記する文');
  const one = { under: 'group', group: 'grp-1', stretch: { which: 'one', seq: 7 } };
  const days = { under: 'group', group: 'grp-1', stretch: { which: 'days', from: '2026-11-01', to: null } };
  expect(asked.flatMap((ask) => (ask.ask === 'chart' ? [ask.of] : []))).toEqual([one, days]);
});

test('A12.5: without a standing permit nothing offers to put a message into the chart', async () => {
  const user = await inside();
  await user.click(await screen.findByRole('button', { name: /Team H/u }));
  await screen.findByText('体温 36.5');
  expect(screen.queryByRole('button', { name: 'カルテに転記' })).toBeNull();
});

test('A12.5: an administrator sees the takeouts of the facility, ends a permit, and permits texts for the chart', async () => {
  const hers = takeout({ takeout: 'tko-5', who: who('Yui'), managed: true, archive: false });
  view = { ...view, takeouts: [hers], standing: [permit({ who: who('Yui'), managed: true })] };
  const user = await atTakeouts();
  const theirs = within(await screen.findByRole('region', { name: '事業所の持ち出し' }));
  await user.click(theirs.getByRole('button', { name: '許可を取り消す' }));
  await user.click(within(screen.getByRole('dialog')).getByRole('button', { name: '許可を取り消す' }));
  await screen.findByText('Yuiさんの許可を取り消しました。');
  expect(orders()).toEqual([{ deed: 'revoke-takeout', takeout: 'tko-5' }]);
});

test('A12.5: a standing permit is given to a person until a day', async () => {
  status = { ...status, administrator: true };
  const staff = {
    who: who('Yui'),
    administrator: false,
    manager: false,
    groupManager: false,
    pledge: true,
    state: 'in-force',
    devices: 1,
    deputy: null,
  } as unknown as PersonView['staff'];
  const before = answer;
  answer = (ask) => {
    if (ask.ask === 'decisions') return { reviews: [] };
    if (ask.ask === 'staff') return [staff];
    if (ask.ask === 'person') return { staff, devices: [], sessions: [], managed: true };
    return before(ask);
  };
  const user = await inside();
  await user.click(button('従事者'));
  await user.click(await screen.findByRole('button', { name: /Yui/u }));
  await user.click(await screen.findByRole('button', { name: 'カルテへの転記を許可' }));
  const dialog = within(screen.getByRole('dialog'));
  const press = () => dialog.getByRole<HTMLButtonElement>('button', { name: 'カルテへの転記を許可' });
  expect(press().disabled).toBe(true);
  await user.type(dialog.getByLabelText(/^許可の最終日/u), '2027-03-31');
  await user.click(press());
  await screen.findByText(/Yuiさんにカルテへの転記を許可しました。/u);
  expect(orders()).toEqual([{ deed: 'grant-standing-takeout', user: 'Yui', until: '2027-03-31' }]);
});
