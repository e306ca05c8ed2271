// Opening a group, Form 3, inviting and removing: what is asked of the app, what is said before and afterwards; and axe.

import { cleanup, render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type {
  Ask,
  Candidates,
  Deed,
  GovernedRow,
  GroupView,
  PersonView,
  Place,
  Status,
  Trouble,
  Who,
} from '../src/lib/types';

let answer: (ask: Ask) => unknown;
const asked: Ask[] = [];

vi.mock('@tauri-apps/api/core', () => ({
  invoke: (_: string, { ask }: { ask: Ask }) => {
    asked.push(ask);
    return Promise.resolve().then(() => answer(ask) ?? (['urgent', 'broadcasts'].includes(ask.ask) ? [] : null));
  },
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
const status: Status = {
  me: who('Nobuko', true),
  online: true,
  fresh: true,
  locksAfter: 300,
  administrator: false,
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
const row = (group: string, facts: Partial<GovernedRow> = {}): GovernedRow => ({
  group,
  label: 'Team H',
  kind: 'patient',
  facility: 'Hinata (fiction)',
  readers: 2,
  waiting: 1,
  lacksConsent: false,
  lacksScan: false,
  closed: false,
  ...facts,
});
const sent = { by: who('Nobuko', true), at: 1_795_000_000, deciders: [], decided: null, decidedAt: null };
const decided = { decided: who('Aki'), decidedAt: 1_795_000_600 };
const group = (facts: Partial<GroupView> = {}): GroupView => ({
  row: row('grp-1'),
  newcomers: 'all',
  newcomersFrom: null,
  governs: true,
  halted: null,
  scanFor: null,
  members: [
    { who: who('Nobuko', true), since: 1_795_000_000, removable: true },
    { who: who('Ken'), since: 1_795_000_100, removable: true },
  ],
  invitations: [
    { ...sent, invitation: 'inv-1', who: who('Yui'), standing: 'open', deciders: [who('Aki')] },
    { ...sent, invitation: 'inv-2', who: who('Rin'), standing: 'declined', ...decided },
  ],
  ...facts,
});
const found: Candidates = {
  facilities: [{ facility: 'fac-1', name: 'Hinata (fiction)' }],
  people: [
    { who: who('Mei'), kana: 'めい', member: false, invited: false },
    { who: who('Ken'), kana: null, member: true, invited: false },
    { who: who('Yui'), kana: null, member: false, invited: true },
  ],
  more: true,
};
const refusal = (code: string): Trouble => ({
  code,
  ja: '今はできません。',
  en: 'Not now.',
  retryAfter: null,
  failed: [],
  later: false,
});

let rows: GovernedRow[];
let view: GroupView;
let done: (deed: Deed) => unknown;
let people: Candidates;

beforeEach(() => {
  asked.length = 0;
  speech.language = 'ja';
  rows = [row('grp-1')];
  view = group();
  people = found;
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
        return [];
      case 'governed':
        return rows;
      case 'members':
        return view;
      case 'candidates':
        return people;
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

const button = (name: string | RegExp) => screen.getByRole('button', { name });
const orders = () => asked.flatMap((ask) => (ask.ask === 'do' ? [ask.deed] : []));

async function accessible(): Promise<void> {
  const result = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false } } });
  expect(result.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
}

async function managing() {
  const user = userEvent.setup();
  render(App);
  await user.click(await screen.findByRole('button', { name: /Nobuko/u }));
  await user.type(await screen.findByLabelText(/^パスワード/u), 'x');
  await user.keyboard('{Enter}');
  await user.click(await screen.findByRole('button', { name: 'グループの管理' }));
  await screen.findByRole('heading', { name: 'グループの管理' });
  return user;
}

async function members() {
  const user = await managing();
  await user.click(await screen.findByRole('button', { name: /Team H/u }));
  await screen.findByRole('heading', { name: '参加者' });
  return user;
}

test('who opens no groups has no such place', async () => {
  const before = answer;
  answer = (ask) => (ask.ask === 'status' ? { ...status, opensGroups: false } : before(ask));
  const user = userEvent.setup();
  render(App);
  await user.click(await screen.findByRole('button', { name: /Nobuko/u }));
  await user.type(await screen.findByLabelText(/^パスワード/u), 'x');
  await user.keyboard('{Enter}');
  await screen.findByRole('button', { name: '自分の端末' });
  expect(screen.queryByRole('button', { name: 'グループの管理' })).toBeNull();
});

test('a group is opened with what is said of it, and its people come next', async () => {
  rows = [];
  const user = await managing();
  expect(screen.getByText(/まだグループはありません/u)).toBeTruthy();
  await accessible();
  await user.click(button('グループを作る'));
  const dialog = within(screen.getByRole('dialog'));
  const press = () => dialog.getByRole<HTMLButtonElement>('button', { name: 'グループを作る' });
  expect(press().disabled).toBe(true);
  expect(dialog.getByText(/様式3）を記録するまで誰も書き込めません/u)).toBeTruthy();
  await user.type(dialog.getByLabelText('グループ名'), 'Team J');
  await user.selectOptions(dialog.getByLabelText('後から参加する人が読める範囲'), 'from-day');
  expect(press().disabled).toBe(true);
  await user.type(dialog.getByLabelText('読める最初の日'), '２０２６年３月１日');
  await accessible();
  done = () => ({ outcome: 'opened', group: 'grp-9' });
  view = group({ row: row('grp-9', { label: 'Team J', lacksConsent: true }), invitations: [] });
  await user.click(press());
  await screen.findByText('グループ「Team J」を作りました。');
  const plan = {
    kind: 'patient',
    label: 'Team J',
    newcomers: 'from-day',
    day: '2026-03-01',
    reading: true,
    actingFor: null,
  };
  expect(orders()).toEqual([{ deed: 'open-group', plan }]);
  expect(screen.getByText(/様式3）がまだ記録されていません/u)).toBeTruthy();
  expect(asked).toContainEqual({ ask: 'members', group: 'grp-9' });
});

test('a group that was refused leaves what was typed, with the next step', async () => {
  const user = await managing();
  await user.click(button('グループを作る'));
  const dialog = within(screen.getByRole('dialog'));
  await user.type(dialog.getByLabelText('グループ名'), 'Team J');
  done = () => {
    throw refusal('facility_suspended');
  };
  await user.click(dialog.getByRole('button', { name: 'グループを作る' }));
  await dialog.findByText('今はできません。');
  expect(dialog.getByLabelText<HTMLInputElement>('グループ名').value).toBe('Team J');
});

test('Form 3 goes with its scan, and says if that is not kept yet', async () => {
  view = group({ row: row('grp-1', { lacksConsent: true }) });
  const user = await members();
  await user.click(button('患者同意書（様式3）を記録'));
  const dialog = within(screen.getByRole('dialog'));
  const press = () => dialog.getByRole<HTMLButtonElement>('button', { name: '患者同意書（様式3）を記録' });
  await user.selectOptions(dialog.getByLabelText('同意した人'), 'family');
  await user.type(dialog.getByLabelText('署名した人の氏名'), '見本 太郎');
  await user.type(dialog.getByLabelText('患者との続柄'), '長男');
  await user.type(dialog.getByLabelText('署名した日'), '2026/3/1');
  await user.type(dialog.getByLabelText('控えを渡した日'), '2026-03-02');
  expect(press().disabled).toBe(true);
  await user.upload(dialog.getByLabelText(/スキャン/u), new File(['scan'], 'form3.pdf', { type: 'application/pdf' }));
  await accessible();
  done = () => ({ outcome: 'waits' });
  view = group({ scanFor: 7 });
  await user.click(press());
  await screen.findByText(/スキャンの保管はまだです/u);
  const scan = btoa('scan');
  const form = { by: 'family', name: '見本 太郎', relation: '長男', signedOn: '2026-03-01', copyGivenOn: '2026-03-02' };
  expect(orders()).toEqual([{ deed: 'record-consent', group: 'grp-1', form: { ...form, scan } }]);

  await user.click(await screen.findByRole('button', { name: 'スキャンを保管' }));
  const again = within(screen.getByRole('dialog'));
  await user.upload(again.getByLabelText(/スキャン/u), new File(['scan'], 'form3.pdf', { type: 'application/pdf' }));
  done = () => ({ outcome: 'done' });
  await user.click(again.getByRole('button', { name: 'スキャンを保管' }));
  await screen.findByText('患者同意書のスキャンを保管しました。');
  expect(orders().at(-1)).toEqual({ deed: 'deposit-consent', group: 'grp-1', of: 7, scan });
});

test('somebody is searched, and invited once it was said what that does', async () => {
  const user = await members();
  await user.click(button('人を招待する'));
  const dialog = () => within(screen.getByRole('dialog'));
  await dialog().findByText('Mei');
  expect(dialog().getByText('参加中')).toBeTruthy();
  expect(dialog().getByText('招待済み')).toBeTruthy();
  expect(dialog().getByText(/ほかにもいます/u)).toBeTruthy();
  expect(dialog().queryByRole('button', { name: /Ken.*を招待/u })).toBeNull();
  await accessible();
  await user.selectOptions(dialog().getByLabelText('事業所'), 'fac-1');
  people = { ...found, people: found.people.slice(0, 1), more: false };
  await user.type(dialog().getByLabelText('氏名・ふりがな・事業所の一部'), 'めい{Enter}');
  await waitFor(() =>
    expect(asked).toContainEqual({ ask: 'candidates', group: 'grp-1', facility: 'fac-1', query: 'めい' }),
  );
  await waitFor(() => expect(dialog().queryByText('Ken')).toBeNull());
  await user.click(dialog().getByRole('button', { name: 'Meiさんを招待' }));
  expect(dialog().getByText(/看護師・Hinata \(fiction\)）を「Team H」に招待します/u)).toBeTruthy();
  expect(orders()).toEqual([]);
  done = () => ({ outcome: 'waits' });
  await user.click(dialog().getByRole('button', { name: 'Meiさんを招待' }));
  await screen.findByText(/Meiさんを招待しました/u);
  expect(orders()).toEqual([{ deed: 'invite', group: 'grp-1', user: 'Mei' }]);
  expect(screen.queryByRole('dialog')).toBeNull();
});

test('nobody found says what to try', async () => {
  people = { ...found, people: [], more: false };
  const user = await members();
  await user.click(button('人を招待する'));
  await screen.findByText(/見つかりません/u);
});

test('an invitation says whose decision it waits for, who declined, and is withdrawn', async () => {
  const user = await members();
  expect(screen.getByText('承認を待っている相手: Akiさん')).toBeTruthy();
  expect(screen.getByText('承認されませんでした')).toBeTruthy();
  expect(screen.getByText(/にAkiさん$/u)).toBeTruthy();
  await accessible();
  await user.click(button('招待を取り下げる Yuiさん'));
  await user.click(within(screen.getByRole('dialog')).getByRole('button', { name: '招待を取り下げる' }));
  await screen.findByText('Yuiさんへの招待を取り下げました。');
  expect(orders()).toEqual([{ deed: 'withdraw-invitation', group: 'grp-1', invitation: 'inv-1' }]);
});

test('removing says what it does, and the key under the finger does not do it', async () => {
  const user = await members();
  await user.click(button('参加を解除 Kenさん'));
  const dialog = within(screen.getByRole('dialog'));
  expect(dialog.getByText(/端末からグループの鍵が消えます/u)).toBeTruthy();
  expect(dialog.getByRole('button', { name: 'やめる' }).hasAttribute('autofocus')).toBe(true);
  expect(dialog.getByRole('button', { name: '参加を解除' }).hasAttribute('autofocus')).toBe(false);
  await user.click(dialog.getByRole('button', { name: '参加を解除' }));
  await screen.findByText('Kenさんの参加を解除しました。');
  expect(orders()).toEqual([{ deed: 'remove-member', group: 'grp-1', user: 'Ken' }]);
});

test('who leaves and governs nothing of it sees that it is done, and asks no more', async () => {
  view = group({ governs: false });
  const user = await members();
  expect(screen.queryByRole('button', { name: '人を招待する' })).toBeNull();
  await user.click(button('このグループから抜ける'));
  const before = asked.filter((ask) => ask.ask === 'members').length;
  await user.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'このグループから抜ける' }));
  await screen.findByText('グループから抜けました。');
  expect(screen.queryByText('Ken')).toBeNull();
  expect(asked.filter((ask) => ask.ask === 'members').length).toBe(before);
});

const mine: PersonView = {
  staff: {
    who: who('Nobuko', true),
    kana: null,
    state: 'in-force',
    pledge: true,
    manager: false,
    administrator: false,
    groupManager: true,
    devices: 0,
    posture: false,
    reviews: 0,
    reset: false,
    deputy: null,
  },
  managed: false,
  deputised: false,
  devices: [],
  sessions: [],
};

test('the own password is changed by who types the present one and the new one twice; nothing typed stays', async () => {
  const before = answer;
  answer = (ask) => (ask.ask === 'person' ? mine : before(ask));
  const user = await managing();
  await user.click(button('自分の端末'));
  await user.click(await screen.findByRole('button', { name: 'パスワードを変える' }));
  const dialog = within(screen.getByRole('dialog'));
  const press = () => dialog.getByRole<HTMLButtonElement>('button', { name: 'パスワードを変える' });
  await user.type(dialog.getByLabelText('今のパスワード'), 'old-one');
  await user.type(dialog.getByLabelText('新しいパスワード'), 'new-one');
  await user.type(dialog.getByLabelText('もう一度入力'), 'new-on');
  expect(press().disabled).toBe(true);
  await accessible();
  await user.type(dialog.getByLabelText('もう一度入力'), 'e');
  await user.click(press());
  await screen.findByText(/パスワードを変えました/u);
  expect(orders()).toEqual([{ deed: 'change-password', old: 'old-one', new: 'new-one' }]);
  await user.click(button('パスワードを変える'));
  expect(screen.getByLabelText<HTMLInputElement>('今のパスワード').value).toBe('');
});

test('the language is changed where one is inside, too', async () => {
  const before = answer;
  answer = (ask) => (ask.ask === 'person' ? mine : before(ask));
  const user = await managing();
  await user.click(button('自分の端末'));
  await user.click(await screen.findByRole('button', { name: 'English' }));
  await screen.findByRole('button', { name: 'Change the password' });
  await user.click(button('日本語'));
  await screen.findByRole('button', { name: 'パスワードを変える' });
});

test('who may not leave alone is told whom to ask; in English nothing is left in Japanese', async () => {
  const mine = { who: who('Nobuko', true), since: 1_795_000_000, removable: false };
  view = group({ governs: false, members: [mine] });
  await members();
  expect(screen.getByText(/参加の解除を依頼してください/u)).toBeTruthy();
  speech.language = 'en';
  await screen.findByText(/To leave this group, ask the facility/u);
  expect(document.querySelector('main')?.textContent ?? '').not.toMatch(/[ぁ-んァ-ヶ一-龠]/u);
});
