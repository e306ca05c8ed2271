// The administrator's screens: what an order says before and afterwards, the fresh code in place, and nothing lost by it.

import { cleanup, render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type {
  Ask,
  Decisions,
  Deed,
  DeviceView,
  ImportView,
  Keeping,
  PersonView,
  Place,
  StaffView,
  Status,
  Trouble,
  Who,
} from '../src/lib/types';

let answer: (ask: Ask) => unknown;
const asked: Ask[] = [];
let tell: (news: unknown) => void = () => undefined;

vi.mock('@tauri-apps/api/core', () => ({
  invoke: (_: string, { ask }: { ask: Ask }) => {
    asked.push(ask);
    return Promise.resolve().then(() => answer(ask) ?? (['urgent', 'broadcasts'].includes(ask.ask) ? [] : null));
  },
}));
vi.mock('@tauri-apps/api/event', () => ({
  listen: (_: string, heard: (event: { payload: unknown }) => void) => {
    tell = (news) => heard({ payload: news });
    return Promise.resolve(() => undefined);
  },
}));

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
const place: Place = { key: '0123456789abcdef', name: '架空 信子', standing: 'ready', words: null };
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
const keeping: Keeping = {
  required: ['screen-lock', 'updated'],
  declared: ['screen-lock', 'updated'],
  declaredAt: 1_795_000_000,
  declaration: 'd'.repeat(64),
  until: null,
  missing: true,
  endsSoon: false,
};
const device = (here = false): DeviceView => ({
  device: here ? 'dev-here' : 'dev-hers',
  kind: 'tablet',
  system: 'linux',
  own: false,
  here,
  state: 'approved',
  ownWord: false,
  wipeConfirmed: null,
  keeping,
});
const staff = (name: string, me = false): StaffView => ({
  who: who(name, me),
  kana: null,
  state: 'in-force',
  pledge: true,
  manager: me,
  administrator: me,
  groupManager: false,
  devices: 1,
  posture: true,
  reviews: 1,
  reset: true,
  deputy: null,
});
const none: Decisions = {
  invitations: [],
  devices: [],
  takeouts: [],
  postures: [],
  resets: [],
  reviews: [],
  forms: [],
  applications: [],
  inquiries: [],
  endings: [],
};
const full: Decisions = {
  invitations: [
    {
      invitation: 'inv-1',
      group: 'grp-1',
      label: 'Team H',
      facility: 'Clinic (fiction)',
      invited: who('Yui'),
      by: who('Ken'),
      at: 1_795_000_000,
    },
  ],
  devices: [
    {
      device: 'dev-new',
      who: who('Natsuko'),
      kind: 'phone',
      own: true,
      words: ['あさひ うみべ', 'asahi umibe'],
      second: true,
    },
  ],
  takeouts: [
    {
      takeout: 'tko-1',
      request: 'a'.repeat(64),
      who: who('Yui'),
      asked: 1_795_000_000,
      information: true,
      label: 'Team H',
      extent: [12, 3],
      device: 'tablet',
      medium: 'usb-memory',
      purpose: 'conference',
      from: 1_795_000_000,
      until: 1_795_086_400,
      stage: 'requested',
      decidedBy: null,
      revokedBy: null,
      ending: false,
      declared: null,
      ended: null,
      ends: ['returned', 'erased', 'not-used', 'lost'],
      late: false,
      calledBack: false,
      managed: true,
      archive: false,
      text: false,
      elsewhere: false,
    },
    {
      takeout: 'tko-2',
      request: 'b'.repeat(64),
      who: who('Ken'),
      asked: 1_795_000_000,
      information: false,
      label: null,
      extent: null,
      device: 'tablet',
      medium: 'device',
      purpose: 'visit',
      from: 1_795_000_000,
      until: 1_795_086_400,
      stage: 'overdue',
      decidedBy: who('Nobuko', true),
      revokedBy: null,
      ending: true,
      declared: 'erased',
      ended: null,
      ends: ['returned', 'erased', 'not-used', 'lost'],
      late: true,
      calledBack: false,
      managed: true,
      archive: false,
      text: false,
      elsewhere: false,
    },
  ],
  postures: [{ device: 'dev-hers', who: who('Yui'), kind: 'tablet', own: false, keeping }],
  resets: [{ who: who('Yui'), by: who('Second'), at: 1_795_000_000 }],
  reviews: [{ review: 'rev-1', due: '2026-12-01', late: true, waiting: [who('Yui')], confirmed: 2, closable: true }],
  forms: [
    {
      form: { facility: 'fac-1', user: 'Yui', filed: 9 },
      who: who('Yui'),
      facility: 'Hinata (fiction)',
      on: '2026-03-01',
    },
  ],
  applications: [
    {
      facility: 'fac-2',
      name: 'Clinic (fiction)',
      kind: 'clinic',
      member: true,
      manager: who('Ken'),
      admittedBy: 1,
      signed: false,
      words: ['あさひ かわ', 'asahi kawa'],
    },
  ],
  inquiries: [],
  endings: [],
};
const stepUp: Trouble = {
  code: 'step_up_required',
  ja: '確認コードを入力してください。',
  en: 'A fresh code is needed.',
  retryAfter: null,
  failed: [],
  later: false,
};

let inbox: Decisions;
let persons: Record<string, PersonView>;
let people: StaffView[];
let fresh: boolean;
let perform: (deed: Deed) => unknown;
let plan: ImportView;

/** A small app behind the page, whose server wants a fresh code before it does anything. */
function usual(ask: Ask): unknown {
  switch (ask.ask) {
    case 'people':
      return [place];
    case 'enter':
      return 'in';
    case 'status':
      return status;
    case 'home':
      return [];
    case 'decisions':
      return inbox;
    case 'staff':
      return people;
    case 'person':
      return persons[ask.user];
    case 'step-up':
      fresh = true;
      return null;
    case 'do':
      if (!fresh) throw stepUp;
      return perform(ask.deed);
    case 'plan-staff':
      return plan;
    default:
      return null;
  }
}

beforeEach(() => {
  asked.length = 0;
  answer = usual;
  inbox = none;
  fresh = false;
  perform = () => ({ outcome: 'done' });
  people = [staff('Nobuko', true), staff('Yui')];
  const sessions = (mine: boolean) => [
    {
      session: 'ses-1',
      device: mine ? 'dev-here' : 'dev-hers',
      kind: 'tablet' as const,
      here: mine,
      since: 1_795_000_000,
      idle: 300,
      locked: false,
    },
    {
      session: 'ses-2',
      device: 'dev-old',
      kind: 'phone' as const,
      here: false,
      since: 1_795_000_000,
      idle: 0,
      locked: true,
    },
  ];
  persons = {
    Yui: { staff: staff('Yui'), managed: true, deputised: false, devices: [device()], sessions: sessions(false) },
    Nobuko: {
      staff: staff('Nobuko', true),
      managed: true,
      deputised: false,
      devices: [device(true)],
      sessions: sessions(true),
    },
  };
  plan = { clean: true, rows: [], findings: [] };
});
afterEach(() => {
  cleanup();
  speech.language = 'ja';
});

async function axeFindsNothing() {
  // jsdom draws nothing, so that contrast is checked in the window itself.
  const found = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false } } });
  expect(found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
}

async function comeIn() {
  render(App);
  const user = userEvent.setup();
  await user.click(await screen.findByRole('button', { name: '架空 信子' }));
  await user.type(screen.getByLabelText(/パスワード|Password/u), 'kawa-9-no-hotori');
  await user.click(screen.getByRole('button', { name: /^(入る|Sign in)$/u }));
  await screen.findByRole('button', { name: /^(従事者|Staff)$/u });
  return user;
}

const deeds = () => asked.flatMap((ask) => (ask.ask === 'do' ? [ask.deed] : []));

test('an empty inbox says what will appear in it', async () => {
  const user = await comeIn();
  await user.click(await screen.findByRole('button', { name: /対応待ち/u }));
  await screen.findByText(/対応を待っているものはありません/u);
  await axeFindsNothing();
});

test('everything that waits is there, each with what it means', async () => {
  inbox = full;
  const user = await comeIn();
  const button = await screen.findByRole('button', { name: /対応待ち/u });
  await waitFor(() => expect(button.textContent).toContain('9'));
  await user.click(button);
  for (const title of [
    '招待',
    '新しい端末',
    '持ち出しの申請',
    '持ち出しの終わり',
    '端末の状態の申告',
    'リセットの署名',
    '定期確認',
    'スキャンがない様式',
    '事業所の利用申請',
  ]) {
    const section = await screen.findByRole('region', { name: title });
    expect(within(section).getAllByRole('button').length).toBeGreaterThan(0);
    expect(section.querySelector('.help')?.textContent).toBeTruthy();
  }
  await axeFindsNothing();
});

test('a decision asks for a fresh code in place, goes on, and says what was done', async () => {
  inbox = full;
  perform = () => {
    inbox = none;
    return { outcome: 'done' };
  };
  const user = await comeIn();
  await user.click(await screen.findByRole('button', { name: /対応待ち/u }));
  const section = await screen.findByRole('region', { name: '持ち出しの申請' });
  await user.click(within(section).getByRole('button', { name: '承認する' }));
  const dialog = await screen.findByRole('dialog');
  expect(dialog.textContent).toContain('USBメモリー');
  expect(dialog.textContent).toContain('サービス担当者会議');
  await user.click(within(dialog).getByRole('button', { name: '承認する' }));
  await user.type(await within(dialog).findByLabelText('確認コード（6桁）'), '123456{Enter}');
  await screen.findByText(/Yuiさんの持ち出しを承認しました/u);
  expect(asked).toContainEqual({ ask: 'step-up', code: '123456' });
  expect(deeds().at(-1)).toEqual({ deed: 'decide-takeout', takeout: 'tko-1', request: 'a'.repeat(64), approve: true });
  await screen.findByText(/対応を待っているものはありません/u);
  await axeFindsNothing();
});

test('a device and a facility are let in only after the words were compared', async () => {
  inbox = full;
  fresh = true;
  const user = await comeIn();
  await user.click(await screen.findByRole('button', { name: /対応待ち/u }));
  for (const [title, label] of [
    ['新しい端末', '言葉が同じであることを本人と確かめました'],
    ['事業所の利用申請', '言葉が同じであることを事業所管理者と確かめました'],
  ] as const) {
    const section = await screen.findByRole('region', { name: title });
    await user.click(within(section).getByRole('button', { name: '承認する' }));
    const dialog = await screen.findByRole('dialog');
    const press = within(dialog).getByRole<HTMLButtonElement>('button', { name: '承認する' });
    expect(press.disabled).toBe(true);
    await user.click(within(dialog).getByLabelText(label));
    await user.click(press);
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  }
  expect(asked).toContainEqual({ ask: 'approve-device', device: 'dev-new', words: 'あさひ うみべ' });
  expect(deeds()).toContainEqual({ deed: 'admit-facility', facility: 'fac-2', words: 'あさひ かわ' });
});

test('a wipe says before whose device and what will be gone, and afterwards whether the device has confirmed', async () => {
  perform = () => {
    persons['Yui'] = { ...persons['Yui']!, devices: [{ ...device(), state: 'wiped' }] };
    return { outcome: 'done' };
  };
  const user = await comeIn();
  await user.click(screen.getByRole('button', { name: '従事者' }));
  await user.click(await screen.findByRole('button', { name: /Yui/u }));
  const devices = await screen.findByRole('region', { name: '端末' });
  await axeFindsNothing();
  await user.click(within(devices).getByRole('button', { name: '消去' }));
  const dialog = await screen.findByRole('dialog', { name: '消去' });
  expect(dialog.textContent).toContain('Yuiさんのタブレット（Linux・事業所の端末）の中身を消去します');
  expect(dialog.textContent).toContain('元に戻せません');
  await user.click(within(dialog).getByRole('button', { name: '消去' }));
  await user.type(await within(dialog).findByLabelText('確認コード（6桁）'), '123456');
  await axeFindsNothing();
  await user.click(within(dialog).getByRole('button', { name: '消去' }));
  await screen.findByText(/Yuiさんのタブレット（Linux・事業所の端末）の消去を指示しました/u);
  await screen.findByText(/端末からの確認はまだです/u);
  persons['Yui'] = { ...persons['Yui']!, devices: [{ ...device(), state: 'wiped', wipeConfirmed: 1_795_000_000 }] };
  tell({ news: 'changed' });
  await screen.findByText(/端末が消去を確認しました/u);
  expect(deeds().at(-1)).toEqual({ deed: 'wipe-device', device: 'dev-hers' });
});

test('a person is registered once, whatever happens on the way, and the link is shown once', async () => {
  const link = `renkei:enrol/${'A'.repeat(150)}`;
  let refuse = true;
  perform = (deed) => {
    if (deed.deed === 'add-staff') return { outcome: 'registered', user: 'usr-new' };
    if (refuse) {
      refuse = false;
      throw { ...stepUp, code: 'unreachable', ja: 'サーバーに接続できません。', later: true };
    }
    return { outcome: 'ticket', link, rows: ['10', '01'], expires: 1_795_000_000 };
  };
  const user = await comeIn();
  await user.click(screen.getByRole('button', { name: '従事者' }));
  await user.click(await screen.findByRole('button', { name: '従事者を登録する' }));
  const dialog = await screen.findByRole('dialog');
  const press = within(dialog).getByRole<HTMLButtonElement>('button', { name: '登録してリンクを表示' });
  expect(press.disabled).toBe(true);
  await user.selectOptions(within(dialog).getByLabelText('職種'), '薬剤師');
  await user.type(within(dialog).getByLabelText('氏名'), '架空 夏子');
  await user.type(within(dialog).getByLabelText('ふりがな'), 'かくう なつこ');
  await axeFindsNothing();
  await user.click(press);
  await user.type(await within(dialog).findByLabelText('確認コード（6桁）'), '123456{Enter}');
  await screen.findByText('サーバーに接続できません。');
  expect(within(dialog).getByLabelText<HTMLInputElement>('氏名').value).toBe('架空 夏子');
  await user.click(press);
  const shown = await screen.findByLabelText<HTMLTextAreaElement>('登録用リンク', { selector: 'textarea' });
  expect(shown.value).toBe(link);
  await axeFindsNothing();
  const added = deeds().filter((deed) => deed.deed === 'add-staff');
  expect(added).toHaveLength(2);
  expect(added[1]).toEqual({ deed: 'add-staff', profession: 'pharmacist', name: '架空 夏子', kana: 'かくう なつこ' });
  await user.click(within(screen.getByRole('dialog')).getByRole('button', { name: '閉じる' }));
  await waitFor(() => expect(document.body.innerHTML).not.toContain(link));
});

test('one’s own device is declared, and a session that is not mine is ended', async () => {
  fresh = true;
  const user = await comeIn();
  await user.click(screen.getByRole('button', { name: '自分の端末' }));
  await screen.findByText(/SNS管理者の確認を待っています/u);
  await axeFindsNothing();
  await user.click(screen.getByRole('button', { name: '状態を申告する' }));
  const dialog = await screen.findByRole('dialog');
  await user.click(within(dialog).getByLabelText(/ブラウザーにパスワードを保存していない/u));
  await user.click(within(dialog).getByRole('button', { name: '状態を申告する' }));
  await screen.findByText(/状態を申告しました/u);
  expect(deeds()[0]).toEqual({
    deed: 'declare-posture',
    device: 'dev-here',
    lines: expect.toSatisfy(
      (lines: string[]) => [...lines].sort().join(' ') === 'no-stored-passwords screen-lock updated',
    ),
  });
  await user.click(screen.getByRole('button', { name: 'これは私ではない' }));
  const asking = await screen.findByRole('dialog', { name: 'これは私ではない' });
  await user.click(within(asking).getByRole('button', { name: 'これは私ではない' }));
  await screen.findByText(/すぐにSNS管理者に連絡し/u);
  expect(deeds().at(-1)).toEqual({ deed: 'end-session', user: 'Nobuko', session: 'ses-2' });
});

test('a file of people shows every fault by its line, and goes in only without one', async () => {
  fresh = true;
  const finding = {
    line: 3,
    column: ['職種', 'profession'] as [string, string],
    fault: true,
    ja: '「魔法使い」は分かりません',
    en: 'x',
  };
  plan = { clean: false, rows: [], findings: [finding] };
  const user = await comeIn();
  await user.click(screen.getByRole('button', { name: '従事者' }));
  await user.click(await screen.findByRole('button', { name: 'ファイルからまとめて登録' }));
  const file = new File(['氏名,職種\n'], '名簿.csv', { type: 'text/csv' });
  await user.upload(screen.getByLabelText('従事者のファイル（CSV）'), file);
  await screen.findByText('名簿.csv');
  await user.click(screen.getByRole('button', { name: '間違いがないか調べる' }));
  await screen.findByText(/「魔法使い」は分かりません/u);
  expect(screen.getByText('3行目')).toBeTruthy();
  expect(screen.queryByRole('button', { name: /人を登録する/u })).toBeNull();
  await axeFindsNothing();

  const row = { line: 2, name: '架空 夏子', there: false, administrator: true, groupManager: false };
  plan = { clean: true, rows: [row], findings: [] };
  answer = (ask) =>
    ask.ask === 'import-staff'
      ? { rows: [{ line: 2, who: who('Natsuko'), registered: true, ticket: null }], trouble: null }
      : usual(ask);
  await user.click(screen.getByRole('button', { name: '間違いがないか調べる' }));
  await screen.findByText('SNS管理者に任命');
  await user.click(await screen.findByRole('button', { name: '1人を登録する' }));
  await screen.findByText(/終わりました/u);
  await axeFindsNothing();
});

test('a mistyped day is said at once, and a day is taken however it is typed', async () => {
  fresh = true;
  persons['Yui'] = { ...persons['Yui']!, staff: { ...staff('Yui'), pledge: false, state: 'no-pledge' } };
  const user = await comeIn();
  await user.click(screen.getByRole('button', { name: '従事者' }));
  await user.click(await screen.findByRole('button', { name: /Yui/u }));
  await user.click(await screen.findByRole('button', { name: '誓約書の免除を記録' }));
  const dialog = await screen.findByRole('dialog');
  const day = within(dialog).getByLabelText('取り交わした日');
  const press = within(dialog).getByRole<HTMLButtonElement>('button', { name: '誓約書の免除を記録' });
  await user.type(day, '2026-02-30');
  await within(dialog).findByText(/日付が読み取れません/u);
  expect(press.disabled).toBe(true);
  await user.clear(day);
  await user.type(day, '２０２６年３月１日');
  await user.click(press);
  await waitFor(() => expect(deeds().at(-1)).toEqual({ deed: 'record-exemption', user: 'Yui', since: '2026-03-01' }));
});

test('in English nothing is left in Japanese but the words to compare', async () => {
  inbox = full;
  speech.language = 'en';
  const user = await comeIn();
  const japanese = () => {
    const copy = document.body.cloneNode(true) as HTMLElement;
    copy.querySelectorAll('[lang=ja]').forEach((one) => one.remove());
    return copy.textContent?.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]+/gu) ?? [];
  };
  await user.click(await screen.findByRole('button', { name: /To do/u }));
  await screen.findByRole('region', { name: 'Requests to take something out' });
  expect(japanese()).toEqual([]);
  await user.click(screen.getByRole('button', { name: 'Staff' }));
  await user.click(await screen.findByRole('button', { name: /Yui/u }));
  await screen.findByRole('region', { name: 'Devices' });
  expect(japanese()).toEqual([]);
});
