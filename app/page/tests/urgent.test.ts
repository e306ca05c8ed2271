// Emergency broadcasts and urgent messages: what rings is above everything and acknowledged by one press; who calls says whom; then it says where to
// telephone; a locked device says that it rings. And axe.

import { cleanup, render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type {
  Ask,
  BroadcastView,
  CallableView,
  Checked,
  Deed,
  GroupView,
  HomeRow,
  News,
  PersonView,
  Place,
  ReachView,
  SafetyView,
  Status,
  Timeline,
  Trouble,
  UrgentView,
  Who,
} from '../src/lib/types';

let answer: (ask: Ask) => unknown;
const asked: Ask[] = [];
let tell: (news: News) => void = () => undefined;

vi.mock('@tauri-apps/api/core', () => ({
  invoke: (_: string, { ask }: { ask: Ask }) => {
    asked.push(ask);
    return Promise.resolve().then(() => answer(ask));
  },
}));
vi.mock('@tauri-apps/api/event', () => ({
  listen: (_: string, heard: (event: { payload: News }) => void) => {
    const before = tell;
    tell = (news) => {
      before(news);
      heard({ payload: news });
    };
    return Promise.resolve(() => undefined);
  },
}));
const rung = vi.fn();
vi.mock('../src/lib/bell', () => ({ bell: () => void rung() }));

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
const status: Status = {
  me: who('Nobuko', true),
  online: true,
  fresh: true,
  locksAfter: 300,
  administrator: true,
  deputy: false,
  operator: false,
  opensGroups: true,
  notice: false,
  reviews: 0,
  posture: false,
  announcements: 0,
  takeouts: 0,
  unsent: 0,
};
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
const call = (facts: Partial<UrgentView> = {}): UrgentView => ({
  group: 'grp-1',
  label: 'Team H',
  call: 9,
  line: 0,
  text: '血圧 82/50 <b>至急</b>',
  by: who('Ken'),
  time: 1_795_000_000,
  matter: 'rings',
  people: [{ who: who('Nobuko', true), state: 'rings', standIn: null, by: null, at: null, telephone: null }],
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
const members: GroupView = {
  row: {
    group: 'grp-1',
    label: 'Team H',
    kind: 'patient',
    facility: 'Hinata (fiction)',
    readers: 2,
    waiting: 0,
    lacksConsent: false,
    lacksScan: false,
    closed: false,
  },
  newcomers: 'all',
  newcomersFrom: null,
  governs: false,
  halted: null,
  scanFor: null,
  members: [
    { who: who('Nobuko', true), since: 1_795_000_000, removable: false },
    { who: who('Ken'), since: 1_795_000_000, removable: false },
  ],
  invitations: [],
};
const person: PersonView = {
  staff: {
    who: who('Nobuko', true),
    kana: null,
    state: 'in-force',
    pledge: true,
    manager: false,
    administrator: true,
    groupManager: false,
    devices: 1,
    posture: false,
    reviews: 0,
    reset: false,
    deputy: null,
  },
  devices: [],
  sessions: [],
  managed: true,
  deputised: false,
};

let urgent: UrgentView[];
let callable: CallableView;
let broadcasts: BroadcastView[];
let people: SafetyView[];
let reach: ReachView;
let posted: (ask: Extract<Ask, { ask: 'post-urgent' }>) => Checked;
let done: (deed: Deed) => unknown;

beforeEach(() => {
  asked.length = 0;
  rung.mockClear();
  tell = () => undefined;
  speech.language = 'ja';
  urgent = [];
  broadcasts = [];
  people = [];
  callable = { people: [who('Ken'), who('Yui')], most: 8, refused: null, standIn: null };
  reach = { quiet: null, telephone: null, setsTelephone: true };
  posted = () => ({ checked: 'sent' });
  done = () => ({ outcome: 'done' });
  answer = (ask) => {
    switch (ask.ask) {
      case 'people':
        return [place];
      case 'enter':
        return 'in';
      case 'status':
        return status;
      case 'home':
        return [home];
      case 'decisions':
        return null;
      case 'timeline':
        return { total: 0, from: 0, unseenFrom: null, unsent: [], lines: [] } satisfies Timeline;
      case 'draft':
        return '';
      case 'sending':
        return [];
      case 'attach':
        return { files: [], refused: [], lookOnly: true };
      case 'broadcasts':
        return broadcasts;
      case 'how-people-are':
        return people;
      case 'answer-broadcast':
        broadcasts = broadcasts.map((one) => ({ ...one, said: ask.says }));
        return null;
      case 'urgent':
        return urgent;
      case 'acknowledge':
        urgent = [];
        return null;
      case 'callable':
        return callable;
      case 'reach':
        return reach;
      case 'members':
        return members;
      case 'person':
        return person;
      case 'post-urgent':
        return posted(ask);
      case 'do':
        return done(ask.deed);
      default:
        return null;
    }
  };
  // axe measures letters, for which nothing is drawn here.
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
});
afterEach(cleanup);

async function inside() {
  const user = userEvent.setup();
  render(App);
  await user.click(await screen.findByRole('button', { name: /Nobuko/u }));
  await user.type(await screen.findByLabelText(/^パスワード/u), 'x');
  await user.keyboard('{Enter}');
  await screen.findByRole('button', { name: /Team H/u });
  return user;
}

/** The alert that says this. */
async function alerting(words: string): Promise<HTMLElement> {
  return waitFor(() => {
    const found = screen.getAllByRole('alert').find((one) => one.textContent?.includes(words));
    if (!found) throw new Error(`no alert says ${words}`);
    return found;
  });
}

async function accessible() {
  const found = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false } } });
  expect(found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
}

test('what rings is above everything and is acknowledged by one press', async () => {
  urgent = [call()];
  const user = await inside();
  const alert = await alerting('Ken');
  expect(alert.textContent).toContain('血圧 82/50 <b>至急</b>');
  expect(document.querySelector('b')).toBeNull();
  await accessible();
  await user.click(within(alert).getByRole('button', { name: '確認しました' }));
  await waitFor(() => expect(screen.queryByText('血圧 82/50 <b>至急</b>')).toBeNull());
  expect(asked).toContainEqual({ ask: 'acknowledge', group: 'grp-1', call: 9 });
});

test('a ringing is heard, and what it says is not lost when it can not be acknowledged', async () => {
  urgent = [call()];
  const user = await inside();
  tell({ news: 'rings' });
  expect(rung).toHaveBeenCalledTimes(1);
  const before = answer;
  answer = (ask) => {
    if (ask.ask === 'acknowledge') throw refusal('unreachable');
    return before(ask);
  };
  await user.click(await screen.findByRole('button', { name: '確認しました' }));
  expect(await screen.findByText('今はできません。')).toBeTruthy();
  expect(screen.getByText('血圧 82/50 <b>至急</b>')).toBeTruthy();
});

test('who called sees who has acknowledged, and where to telephone', async () => {
  const people: UrgentView['people'] = [
    { who: who('Ken'), state: 'telephone', standIn: who('Yui'), by: null, at: null, telephone: '03-0000-0000' },
    { who: who('Yui'), state: 'acknowledged', standIn: null, by: who('Aki'), at: 1_795_000_100, telephone: null },
  ];
  urgent = [call({ by: who('Nobuko', true), matter: 'telephone', people })];
  const user = await inside();
  const alert = await alerting('電話してください');
  expect(alert.textContent).toContain('☎ 03-0000-0000');
  expect(alert.textContent).toContain('確認済み');
  expect(alert.textContent).toContain('Aki');
  await accessible();
  await user.click(within(alert).getByRole('button', { name: /連絡がつきました/u }));
  await waitFor(() => expect(asked).toContainEqual({ ask: 'acknowledge', group: 'grp-1', call: 9 }));
});

test('who writes urgently says whom it calls; nothing goes before that', async () => {
  const sent: Extract<Ask, { ask: 'post-urgent' }>[] = [];
  posted = (ask) => {
    sent.push(ask);
    return { checked: 'sent' };
  };
  const user = await inside();
  await user.click(screen.getByRole('button', { name: /Team H/u }));
  await user.type(await screen.findByLabelText('書き込む'), '急変です');
  await user.click(screen.getByRole('checkbox', { name: /至急/u }));
  const send = screen.getByRole('button', { name: '至急で送る' }) as HTMLButtonElement;
  expect(send.disabled).toBe(true);
  await user.click(await screen.findByRole('checkbox', { name: /Ken/u }));
  expect(send.disabled).toBe(false);
  await accessible();
  await user.click(send);
  await screen.findByText(/呼び出しています/u);
  expect(sent).toEqual([{ ask: 'post-urgent', group: 'grp-1', text: '急変です', of: ['Ken'], meant: null }]);
  expect(asked.some((one) => one.ask === 'post')).toBe(false);
  expect(screen.getByRole('button', { name: '送る' })).toBeTruthy();
});

test('who may not call any more is told so, and keeps what was written', async () => {
  callable = { ...callable, refused: refusal('too_many_calls') };
  posted = () => {
    throw refusal('too_many_calls');
  };
  const user = await inside();
  await user.click(screen.getByRole('button', { name: /Team H/u }));
  const box = (await screen.findByLabelText('書き込む')) as HTMLTextAreaElement;
  await user.type(box, '急変です');
  await user.click(screen.getByRole('checkbox', { name: /至急/u }));
  expect(await screen.findByText('今はできません。')).toBeTruthy();
  await user.click(await screen.findByRole('checkbox', { name: /Ken/u }));
  await user.click(screen.getByRole('button', { name: '至急で送る' }));
  await waitFor(() => expect(screen.getAllByText('今はできません。').length).toBe(2));
  expect(box.value).toBe('急変です');
});

test('a locked device says that it rings, and nothing of what it is', async () => {
  urgent = [call()];
  await inside();
  tell({ news: 'over', why: null });
  await screen.findByLabelText(/^パスワード/u);
  expect(screen.queryByText(/至急の呼び出しがあります/u)).toBeNull();
  tell({ news: 'rings' });
  await alerting('至急の呼び出しがあります');
  expect(document.body.textContent).not.toContain('血圧');
  expect(rung).toHaveBeenCalledTimes(1);
  await accessible();
});

test('one chooses who stands in, when nothing rings, and the number of the facility', async () => {
  const deeds: Deed[] = [];
  done = (deed) => {
    deeds.push(deed);
    return { outcome: 'done' };
  };
  const user = await inside();
  await user.click(screen.getByRole('button', { name: /Team H/u }));
  await user.click(await screen.findByRole('button', { name: '参加者' }));
  await user.click(await screen.findByRole('button', { name: '代わりの人を決める' }));
  await user.selectOptions(await screen.findByLabelText('代わりの人'), 'Yui');
  await accessible();
  const dialog = screen.getByRole('dialog');
  await user.click(within(dialog).getByRole('button', { name: '代わりの人を決める' }));
  await screen.findByText('代わりの人を設定しました。');
  await user.click(screen.getByRole('button', { name: '自分の端末' }));
  await user.click(await screen.findByRole('button', { name: '時間帯を決める' }));
  await user.click(within(screen.getByRole('dialog')).getByRole('button', { name: '時間帯を決める' }));
  await screen.findByText('時間帯を設定しました。');
  await user.click(screen.getByRole('button', { name: '電話番号を登録' }));
  await user.type(await screen.findByLabelText(/電話番号（例/u), '０３－００００－００００');
  await accessible();
  await user.click(within(screen.getByRole('dialog')).getByRole('button', { name: '電話番号を登録' }));
  await screen.findByText('登録しました。');
  expect(deeds).toEqual([
    { deed: 'set-stand-in', group: 'grp-1', user: 'Yui' },
    { deed: 'set-quiet-hours', quiet: ['22:00', '06:00'] },
    { deed: 'set-telephone', number: '０３－００００－００００' },
  ]);
});

test('an emergency is above everything, and one says how one is by one press', async () => {
  broadcasts = [
    {
      broadcast: 41,
      time: 1_795_000_000,
      drill: false,
      text: '震度6弱 <i>安否</i>',
      said: null,
      looksAfter: true,
      closes: false,
    },
  ];
  people = [
    { who: who('Yui'), says: 'needs-help', at: 1_795_000_100 },
    { who: who('Ken'), says: null, at: null },
  ];
  const user = await inside();
  const alert = await alerting('震度6弱 <i>安否</i>');
  expect(document.querySelector('i')).toBeNull();
  await accessible();
  await user.click(within(alert).getByRole('button', { name: '無事です' }));
  await screen.findByText('知らせた安否: 無事です');
  expect(asked).toContainEqual({ ask: 'answer-broadcast', broadcast: 41, says: 'safe' });
  await user.click(screen.getByRole('button', { name: '安否を見る' }));
  const dialog = await screen.findByRole('dialog');
  expect(dialog.textContent).toContain('2人中、助けが必要1人、未回答1人');
  expect(screen.queryByRole('button', { name: 'この連絡を終了する' })).toBeNull();
  await accessible();
});

test('an answer that does not get through is said so, and can be given again', async () => {
  broadcasts = [
    { broadcast: 41, time: 1_795_000_000, drill: true, text: '訓練です', said: null, looksAfter: false, closes: true },
  ];
  const before = answer;
  answer = (ask) => {
    if (ask.ask === 'answer-broadcast') throw refusal('unreachable');
    return before(ask);
  };
  const user = await inside();
  await alerting('【訓練】');
  await user.click(screen.getByRole('button', { name: '助けが必要です' }));
  expect(await screen.findByText('今はできません。')).toBeTruthy();
  expect(screen.queryByRole('button', { name: '安否を見る' })).toBeNull();
  answer = before;
  await user.click(screen.getByRole('button', { name: '助けが必要です' }));
  await screen.findByText('知らせた安否: 助けが必要です');
  await user.click(screen.getByRole('button', { name: 'この連絡を終了する' }));
  await user.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'この連絡を終了する' }));
  await waitFor(() => expect(asked).toContainEqual({ ask: 'do', deed: { deed: 'close-broadcast', broadcast: 41 } }));
});
