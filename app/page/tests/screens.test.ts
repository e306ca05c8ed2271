// Screens as somebody finds them who can't see them: by name and role; and checked by axe.

import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type {
  Ask,
  CardText,
  Checked,
  HomeRow,
  Place,
  Question,
  Status,
  Timeline,
  TimelineLine,
  Trouble,
  Who,
} from '../src/lib/types';

let answer: (ask: Ask) => unknown;
const asked: Ask[] = [];
const heard: ((event: { payload: unknown }) => void)[] = [];
const tell = (news: unknown) => [...heard].forEach((one) => one({ payload: news }));
const called: string[] = [];

vi.mock('@tauri-apps/api/core', () => ({
  invoke: (command: string, given: { ask: Ask } | undefined) => {
    if (command !== 'ask' || given === undefined) {
      called.push(command);
      return Promise.resolve(null);
    }
    const { ask } = given;
    asked.push(ask);
    return Promise.resolve().then(() => answer(ask) ?? (['urgent', 'broadcasts'].includes(ask.ask) ? [] : null));
  },
  convertFileSrc: (path: string, scheme: string) => `${scheme}://localhost/${path}`,
}));
vi.mock('@tauri-apps/api/event', () => ({
  listen: (_: string, hears: (event: { payload: unknown }) => void) => {
    heard.push(hears);
    return Promise.resolve(() => heard.splice(heard.indexOf(hears), 1));
  },
}));

const { default: App } = await import('../src/App.svelte');
const { speech } = await import('../src/lib/words.svelte');

const who = (name: string, me = false): Who => ({
  user: name,
  name,
  profession: 'nurse',
  facility: 'ひなた訪問看護ステーション（架空）',
  me,
  official: null,
  actingFor: null,
});
const place: Place = { key: '0123456789abcdef', name: '架空 結', standing: 'ready', words: null };
const status: Status = {
  me: who('架空 結', true),
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
const row: HomeRow = {
  group: 'a'.repeat(32),
  label: '見本 花子さん',
  kind: 'patient',
  facility: 'みなと坂クリニック（架空）',
  actingFor: null,
  unseen: 1,
  last: { time: 1_795_000_000, author: who('架空 健'), text: '本日の血圧 <b>138/84</b>', files: 0 },
  draft: false,
  waiting: 0,
  refused: 0,
  awaitingKeys: false,
  chart: false,
  shut: null,
};
const timeline: Timeline = {
  total: 2,
  from: 0,
  unseenFrom: 1,
  unsent: [],
  lines: [
    { line: 'event', seq: 0, time: 1_795_000_000, by: who('架空 健'), what: 'invited', whom: [who('架空 結', true)] },
    {
      line: 'message',
      seq: 1,
      time: 1_795_000_060,
      author: who('架空 健'),
      text: '本日の血圧 <img src=x onerror=alert(1)>\u202e138/84',
      unreadable: null,
      corrected: null,
      retracted: null,
      seen: [0, 2],
      files: [],
    },
  ],
};
const refusal: Trouble = {
  code: 'sign_in_failed',
  ja: 'IDかパスワードが違います。',
  en: 'ID or password is wrong.',
  retryAfter: 3,
  failed: [],
  later: false,
};

const chip = { id: 'c1', name: '創部.jpg', media: 'image/jpeg', length: 2_400_000, says: [] };
const cardText: CardText = {
  name: '見本 花子',
  kana: 'ミホン ハナコ',
  born: '1940-02-29',
  sex: 'female',
  address: '',
  telephones: ['03-5555-0100'],
  contacts: [{ name: '見本 一郎', relation: '長男', telephone: '090-5555-0101' }],
  facts: ['ペニシリンアレルギー'],
  team: [{ role: 'attending-doctor', user: '架空 健', name: '', facility: '', telephone: '' }],
};
const cardView = {
  seq: 7,
  time: 1_795_000_000,
  author: who('架空 健'),
  card: cardText,
  unreadable: null,
  people: [who('架空 健')],
  readers: [who('架空 健'), who('架空 結', true)],
  shut: null,
};
const withFile: TimelineLine = {
  line: 'message',
  seq: 2,
  time: 1_795_000_120,
  author: who('架空 健'),
  text: '紹介状です',
  unreadable: null,
  corrected: null,
  retracted: null,
  seen: null,
  files: [{ name: '紹介状.pdf', media: 'application/pdf', length: 120_000, preview: false, noDownload: true }],
};

/** A small app behind the page. */
function usual(ask: Ask): unknown {
  switch (ask.ask) {
    case 'people':
      return [place];
    case 'enter':
      return 'in';
    case 'status':
      return status;
    case 'home':
      return [row];
    case 'timeline':
      return timeline;
    case 'draft':
      return '書きかけ';
    case 'attach':
      return { files: ask.chosen ? [chip] : [], refused: [], lookOnly: true };
    case 'sending':
      return [];
    case 'post':
    case 'post-again':
    case 'send-files':
    case 'correct':
      return { checked: 'sent' } satisfies Checked;
    case 'card':
      return cardView;
    case 'card-history':
      return [{ seq: 7, time: 1_795_000_000, author: who('架空 健'), changed: ['name', 'facts'] }];
    case 'open-preview':
      return 'a'.repeat(32);
    case 'open-file':
      return { handle: 'b'.repeat(32), name: '紹介状.pdf', kind: 'pages', pages: 2, noDownload: true };
    default:
      return null;
  }
}

beforeEach(() => {
  asked.length = 0;
  called.length = 0;
  answer = usual;
  speech.language = 'ja';
});
afterEach(cleanup);

const posted = (text: string, meant: string | null = null) => ({ ask: 'post', group: row.group, text, meant });

async function axeFindsNothing() {
  // jsdom draws nothing, so that contrast is checked in the window itself.
  const found = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false } } });
  expect(found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
}

async function comeIn() {
  render(App);
  const user = userEvent.setup();
  await user.click(await screen.findByRole('button', { name: '架空 結' }));
  await user.type(screen.getByLabelText('パスワード'), 'kawa-9-no-hotori');
  await user.click(screen.getByRole('button', { name: '入る' }));
  await screen.findByRole('button', { name: /見本 花子さん/u });
  return user;
}

test('a device on which nobody is enrolled says how to begin', async () => {
  answer = (ask) => (ask.ask === 'people' ? [] : null);
  render(App);
  await screen.findByText(/登録用リンクで始めてください/u);
  await axeFindsNothing();
  const user = userEvent.setup();
  await user.click(screen.getByRole('button', { name: 'この端末に登録する' }));
  await screen.findByLabelText('登録用リンク');
  await axeFindsNothing();
});

test('a refusal is said with the next step and the time to wait, and nothing typed is lost', async () => {
  answer = (ask) => {
    if (ask.ask === 'enter') throw refusal;
    return usual(ask);
  };
  render(App);
  const user = userEvent.setup();
  await user.click(await screen.findByRole('button', { name: '架空 結' }));
  await user.type(screen.getByLabelText('パスワード'), 'falsch');
  await user.click(screen.getByRole('button', { name: '入る' }));
  const alert = await screen.findByText('IDかパスワードが違います。');
  expect(alert.closest('[role=alert]')?.textContent).toContain('3秒後');
  expect(screen.getByLabelText<HTMLInputElement>('パスワード').value).toBe('falsch');
  await axeFindsNothing();
});

test('every kind of group is called what it is', async () => {
  const kinds = ['patient', 'free', 'inquiry', 'incident'] as const;
  const rows = kinds.map((kind, at) => ({ ...row, kind, group: `${at}`.repeat(32) }));
  answer = (ask) => (ask.ask === 'home' ? rows : usual(ask));
  render(App);
  const user = userEvent.setup();
  await user.click(await screen.findByRole('button', { name: '架空 結' }));
  await user.type(screen.getByLabelText('パスワード'), 'umi-9-no-sora+ringo');
  await user.click(screen.getByRole('button', { name: '入る' }));
  for (const name of ['患者グループ', '自由グループ', '問い合わせ', 'インシデント報告']) {
    expect(await screen.findByText(`${name}・みなと坂クリニック（架空）`)).toBeTruthy();
  }
});

test('a lock clears the screen, and the same person goes on with the password', async () => {
  await comeIn();
  tell({ news: 'over', why: null });
  await screen.findByText('画面をロックしました。');
  expect(document.body.textContent).not.toContain('見本 花子さん');
  expect(screen.getByRole('heading', { name: '架空 結' })).toBeTruthy();
});

test('a wiped device goes back to the first screen and says why', async () => {
  await comeIn();
  tell({ news: 'over', why: { ...refusal, code: 'device_wiped', ja: 'この端末は消去されました。', retryAfter: null } });
  await screen.findByText('この端末は消去されました。');
  await screen.findByText('どなたが使いますか');
});

test('texts of others are never markup, and hidden characters are shown', async () => {
  const user = await comeIn();
  await user.click(screen.getByRole('button', { name: /見本 花子さん/u }));
  await screen.findByText(/onerror=alert/u);
  expect(document.querySelector('.lines img')).toBeNull();
  expect(document.querySelector('.lines')?.textContent).toContain('␣138/84');
  await screen.findByText('ここから未読');
  await axeFindsNothing();
});

test('for whom one acts is said as long as one acts', async () => {
  const acting = { ...row, actingFor: 'みなと坂クリニック（架空）' };
  answer = (ask) => (ask.ask === 'home' ? [acting] : usual(ask));
  const user = await comeIn();
  await user.click(screen.getByRole('button', { name: /見本 花子さん/u }));
  await screen.findByText('みなと坂クリニック（架空）の代理として');
  await axeFindsNothing();
});

test('a draft is there again, is kept while one types, and goes when it is sent', async () => {
  const user = await comeIn();
  await user.click(screen.getByRole('button', { name: /見本 花子さん/u }));
  const box = await screen.findByLabelText<HTMLTextAreaElement>('書き込む');
  await waitFor(() => expect(box.value).toBe('書きかけ'));
  await user.type(box, 'です');
  await waitFor(() => expect(asked).toContainEqual({ ask: 'keep-draft', group: row.group, text: '書きかけです' }));
  await user.keyboard('{Control>}{Enter}{/Control}');
  await waitFor(() => expect(asked).toContainEqual(posted('書きかけです')));
  await waitFor(() => expect(box.value).toBe(''));
});

type Found = Question['found'][number];
const name: Found = { called: ['患者の氏名', "a patient's name"], words: '見本 太郎', inName: false };
const telephone: Found = { called: ['電話番号', 'a telephone number'], words: '03-5555-0100', inName: false };
const question = (...found: Found[]): Question => ({ asked: 'e'.repeat(64), otherPatient: false, found });

/** Asks about everything that is sent, unless it is meant. */
const asks = (what: Question) => (ask: Ask) => {
  if (!('meant' in ask) || ask.meant === what.asked) return usual(ask);
  return { checked: 'asks', ...what } satisfies Checked;
};
const ofKind = (kind: Ask['ask']) => asked.filter((ask) => ask.ask === kind);

async function openGroup() {
  const user = await comeIn();
  await user.click(screen.getByRole('button', { name: /見本 花子さん/u }));
  const box = await screen.findByLabelText<HTMLTextAreaElement>('書き込む');
  await waitFor(() => expect(box.value).toBe('書きかけ'));
  return { user, box };
}

test('what tells who somebody is goes with a second press alone, and Enter leads back to the text', async () => {
  const what = question(name, telephone);
  answer = asks(what);
  const { user, box } = await openGroup();
  await user.type(box, '{Control>}{Enter}{/Control}');
  const dialog = await screen.findByRole('dialog', { name: '送る前の確認' });
  expect(dialog.textContent).toContain(
    'この文には「見本 太郎」「03-5555-0100」とあります。患者を特定できる情報かもしれません。送りますか？',
  );
  expect(dialog.textContent).toMatch(/患者の氏名\s*見本 太郎[^]*電話番号\s*03-5555-0100[^]*送り先：見本 花子さん/u);
  expect(document.activeElement).toBe(screen.getByRole('button', { name: '直す' }));
  await axeFindsNothing();
  expect(box.value, 'nothing went').toBe('書きかけ');

  await user.keyboard('{Enter}');
  expect(screen.queryByRole('dialog')).toBeNull();
  await waitFor(() => expect(document.activeElement).toBe(box));
  expect(ofKind('post')).toEqual([posted('書きかけ')]);
  expect(box.value, 'nothing typed is lost').toBe('書きかけ');

  await user.type(box, 'です{Control>}{Enter}{/Control}');
  await screen.findByRole('dialog', { name: '送る前の確認' });
  await user.keyboard('{Tab}');
  expect(document.activeElement).toBe(screen.getByRole('button', { name: 'このまま送る' }));
  await user.keyboard(' ');
  await waitFor(() => expect(ofKind('post').at(-1)).toEqual(posted('書きかけです', what.asked)));
  await waitFor(() => expect(box.value).toBe(''));
  expect(screen.queryByRole('dialog')).toBeNull();

  await user.type(box, '別件{Control>}{Enter}{/Control}');
  await screen.findByRole('dialog', { name: '送る前の確認' });
  expect(ofKind('post').at(-1), 'another text is asked about by itself').toEqual(posted('別件'));
});

test('Escape leads back to the text, and a key that is still held down presses nothing', async () => {
  answer = asks(question(name));
  const { user, box } = await openGroup();
  await user.click(screen.getByRole('button', { name: '送る' }));
  const dialog = await screen.findByRole('dialog', { name: '送る前の確認' });
  for (const button of [
    screen.getByRole('button', { name: '直す' }),
    screen.getByRole('button', { name: 'このまま送る' }),
  ]) {
    const held = new KeyboardEvent('keydown', { key: 'Enter', repeat: true, bubbles: true, cancelable: true });
    expect(button.dispatchEvent(held)).toBe(false);
  }
  dialog.dispatchEvent(new Event('cancel', { cancelable: true }));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  const held = new KeyboardEvent('keydown', {
    key: 'Enter',
    ctrlKey: true,
    repeat: true,
    bubbles: true,
    cancelable: true,
  });
  box.dispatchEvent(held);
  expect(ofKind('post')).toHaveLength(1);
  expect(box.value).toBe('書きかけ');
});

test('what was meant is not asked about again when it could not be sent, and something else is', async () => {
  const what = question(name);
  let fails = true;
  answer = (ask) => {
    if (ask.ask === 'post' && ask.meant === what.asked && fails) throw refusal;
    return asks(what)(ask);
  };
  const { user, box } = await openGroup();
  await user.click(screen.getByRole('button', { name: '送る' }));
  await user.click(await screen.findByRole('button', { name: 'このまま送る' }));
  await screen.findByText('IDかパスワードが違います。');
  expect(box.value).toBe('書きかけ');
  fails = false;
  await user.click(screen.getByRole('button', { name: '送る' }));
  await waitFor(() => expect(box.value).toBe(''));
  expect(ofKind('post').map((ask) => 'meant' in ask && ask.meant)).toEqual([null, what.asked, what.asked]);

  // Other words are found: what was meant is not this.
  fails = true;
  await user.type(box, '書きかけ');
  await user.click(screen.getByRole('button', { name: '送る' }));
  await user.click(await screen.findByRole('button', { name: 'このまま送る' }));
  await screen.findByText('IDかパスワードが違います。');
  answer = asks({ ...question(telephone), asked: 'f'.repeat(64) });
  await user.click(screen.getByRole('button', { name: '送る' }));
  expect((await screen.findByRole('dialog')).textContent).toContain('「03-5555-0100」');
});

test('the name of a file is asked about, and the file lies ready as before', async () => {
  const what = question({ ...name, words: '見本太郎', inName: true });
  answer = asks(what);
  const { user } = await openGroup();
  tell({ news: 'offered' });
  await screen.findByRole('list', { name: '添付するファイル' });
  await user.click(screen.getByRole('button', { name: '送る' }));
  const dialog = await screen.findByRole('dialog', { name: '送る前の確認' });
  expect(dialog.textContent).toContain('ファイル名には「見本太郎」とあります。');
  await axeFindsNothing();
  await user.click(screen.getByRole('button', { name: '直す' }));
  expect(screen.getByRole('list', { name: '添付するファイル' }).textContent).toContain('創部.jpg');
  await user.click(screen.getByRole('button', { name: '送る' }));
  await user.click(await screen.findByRole('button', { name: 'このまま送る' }));
  await waitFor(() => expect(screen.queryByRole('list', { name: '添付するファイル' })).toBeNull());
  expect(ofKind('send-files').map((ask) => 'meant' in ask && ask.meant)).toEqual([null, null, what.asked]);
});

test('a correction is asked about over its own dialog, and its text stays', async () => {
  const own: TimelineLine = { ...withFile, author: who('架空 結', true), text: '明日伺います', files: [] };
  const what = { ...question(name), otherPatient: true };
  answer = (ask) =>
    ask.ask === 'timeline' ? { ...timeline, total: 3, lines: [...timeline.lines, own] } : asks(what)(ask);
  const { user } = await openGroup();
  await user.click(await screen.findByRole('button', { name: '訂正' }));
  const text = screen.getByRole<HTMLTextAreaElement>('textbox', { name: '書き込みを訂正' });
  await user.type(text, '。見本 太郎');
  const correct = screen.getAllByRole('button', { name: '訂正' }).at(-1) as HTMLElement;
  await user.click(correct);
  const dialog = await screen.findByRole('dialog', { name: '送る前の確認' });
  expect(dialog.textContent).toContain('ほかの患者の氏名かもしれません。このグループに送りますか？');
  await axeFindsNothing();
  await user.click(screen.getByRole('button', { name: '直す' }));
  expect(text.value).toBe('明日伺います。見本 太郎');
  await user.click(correct);
  await user.click(await screen.findByRole('button', { name: 'このまま送る' }));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(ofKind('correct').at(-1)).toEqual({
    ask: 'correct',
    group: row.group,
    seq: 2,
    text: '明日伺います。見本 太郎',
    meant: what.asked,
  });
});

test('a message that was refused is asked about when it is sent again, and comes back to be mended', async () => {
  const what = question(name);
  const unsent = [{ id: 'stm-1', text: '見本 太郎さん', written: 1_795_000_000, refused: refusal }];
  answer = (ask) => {
    if (ask.ask === 'timeline') return { ...timeline, unsent };
    if (ask.ask === 'take-back') return '見本 太郎さん';
    return asks(what)(ask);
  };
  const { user, box } = await openGroup();
  await user.click(await screen.findByRole('button', { name: 'もう一度送る' }));
  await user.click(await screen.findByRole('button', { name: 'このまま送る' }));
  await waitFor(() =>
    expect(ofKind('post-again').at(-1)).toEqual({ ask: 'post-again', id: 'stm-1', meant: what.asked }),
  );
  await user.click(await screen.findByRole('button', { name: 'もう一度送る' }));
  await user.click(await screen.findByRole('button', { name: '直す' }));
  await waitFor(() => expect(box.value).toBe('書きかけ\n見本 太郎さん'));
});

test('the question is asked in English too', async () => {
  const found = ['A', 'B', 'C', 'D'].map((words) => ({ ...name, words, inName: words === 'D' }));
  answer = asks(question(...found));
  const { user } = await openGroup();
  speech.language = 'en';
  await user.click(await screen.findByRole('button', { name: 'Send' }));
  const dialog = await screen.findByRole('dialog', { name: 'Before it is sent' });
  expect(dialog.textContent).toContain(
    'Your text with the file name says “A”, “B”, “C” and more. This may tell who a patient is. Send it?',
  );
  expect(dialog.querySelectorAll('li')).toHaveLength(4);
  await axeFindsNothing();
  screen.getByRole('button', { name: 'Send as it is' });
  await user.click(screen.getByRole('button', { name: 'Change it' }));
});

test('what is pasted comes as plain text', async () => {
  const user = await comeIn();
  await user.click(screen.getByRole('button', { name: /見本 花子さん/u }));
  const box = await screen.findByLabelText<HTMLTextAreaElement>('書き込む');
  await waitFor(() => expect(box.value).toBe('書きかけ'));
  await user.click(box);
  await user.paste('と<b>太字</b>');
  expect(box.value).toBe('書きかけと<b>太字</b>');
});

test('a file is chosen in a window of the system, shown, and sent with the text', async () => {
  const user = await comeIn();
  await user.click(screen.getByRole('button', { name: /見本 花子さん/u }));
  const box = await screen.findByLabelText<HTMLTextAreaElement>('書き込む');
  await waitFor(() => expect(box.value).toBe('書きかけ'));
  await user.click(screen.getByRole('button', { name: 'ファイルを添付' }));
  expect(called).toEqual(['choose']);
  tell({ news: 'offered' });
  const list = await screen.findByRole('list', { name: '添付するファイル' });
  expect(list.textContent).toMatch(/写真\s*創部.jpg\s*2.3 MB/u);
  expect(screen.getByText(/見るだけ/u)).toBeTruthy();
  await axeFindsNothing();
  await user.click(screen.getByRole('button', { name: '送る' }));
  await waitFor(() =>
    expect(asked).toContainEqual({
      ask: 'send-files',
      group: row.group,
      text: '書きかけ',
      noDownload: false,
      meant: null,
    }),
  );
  await waitFor(() => expect(box.value).toBe(''));
  expect(screen.queryByRole('list', { name: '添付するファイル' })).toBeNull();
});

test('a pasted picture is handed over, and a refused file is told with its name', async () => {
  answer = (ask) =>
    ask.ask === 'attach' ? { files: [], refused: [['報告.exe', refusal]], lookOnly: true } : usual(ask);
  const user = await comeIn();
  await user.click(screen.getByRole('button', { name: /見本 花子さん/u }));
  const box = await screen.findByLabelText<HTMLTextAreaElement>('書き込む');
  await waitFor(() => expect(box.value).toBe('書きかけ'));
  const picture = { type: 'image/png', arrayBuffer: () => Promise.resolve(new ArrayBuffer(4)) };
  await fireEvent.paste(box, { clipboardData: { getData: () => '', files: [picture] } });
  await waitFor(() => expect(called).toEqual(['paste']));
  tell({ news: 'offered' });
  expect((await screen.findByText(/報告.exe/u)).closest('[role=alert]')?.textContent).toContain('添付できません');
  expect(box.value).toBe('書きかけ');
});

test('what is sent shows how far it is, and comes back to the text with its files', async () => {
  let stopped = false;
  const line = { id: 'fil-1', text: '創部です', files: [['創部.jpg', 2_400_000]], since: 1_795_000_000 };
  answer = (ask) => {
    if (ask.ask === 'sending') {
      return stopped ? [] : [{ ...line, arrived: 3, pieces: 9, waits: null, refused: null }];
    }
    if (ask.ask === 'take-back-files') {
      stopped = true;
      return '創部です';
    }
    if (ask.ask === 'attach') return { files: stopped ? [chip] : [], refused: [], lookOnly: true };
    return usual(ask);
  };
  const user = await comeIn();
  await user.click(screen.getByRole('button', { name: /見本 花子さん/u }));
  await screen.findByText(/送信中 3\/9/u);
  await axeFindsNothing();
  await user.click(screen.getByRole('button', { name: '送信をやめて本文に戻す' }));
  const box = await screen.findByLabelText<HTMLTextAreaElement>('書き込む');
  await waitFor(() => expect(box.value).toBe('書きかけ\n創部です'));
  await screen.findByRole('list', { name: '添付するファイル' });
});

test('a PDF is looked at page by page with the keys, and closes at once when it may not be looked at', async () => {
  answer = (ask) => {
    if (ask.ask === 'timeline') return { ...timeline, total: 3, lines: [...timeline.lines, withFile] };
    return usual(ask);
  };
  const user = await comeIn();
  await user.click(screen.getByRole('button', { name: /見本 花子さん/u }));
  await user.click(await screen.findByRole('button', { name: /紹介状.pdf/u }));
  const viewer = await screen.findByRole('dialog', { name: 'ファイルの閲覧' });
  const image = await screen.findByAltText<HTMLImageElement>('紹介状.pdf 1/2');
  expect(image.src).toMatch(/^view:\/\/localhost\/b{32}\.0\.\d+$/u);
  expect(viewer.textContent).toContain('見るだけ');
  await axeFindsNothing();
  viewer.focus();
  await user.keyboard('{ArrowRight}');
  await screen.findByAltText('紹介状.pdf 2/2');
  await user.keyboard('{+}');
  expect(image.style.width).toBe('150%');
  const menu = new MouseEvent('contextmenu', { bubbles: true, cancelable: true });
  expect(image.dispatchEvent(menu)).toBe(false);
  answer = (ask) => {
    if (ask.ask === 'still-open') throw { ...refusal, ja: 'この書き込みは取り消されています。' };
    return usual(ask);
  };
  tell({ news: 'changed' });
  await screen.findByText('この書き込みは取り消されています。');
  expect(viewer.querySelector('img')).toBeNull();
});

test('the patient card shows age and era, who changed what, and is changed from what was shown', async () => {
  const user = await comeIn();
  await user.click(screen.getByRole('button', { name: /見本 花子さん/u }));
  await user.click(await screen.findByRole('button', { name: '患者カード' }));
  await screen.findByText(/昭和15年2月29日（1940年）・\d+歳/u);
  await screen.findByText('ペニシリンアレルギー');
  await axeFindsNothing();
  await user.click(screen.getByRole('button', { name: '変更する' }));
  await user.type(await screen.findByLabelText(/アレルギー/u), '\n転倒に注意');
  await axeFindsNothing();
  answer = (ask) => {
    if (ask.ask === 'change-card') throw { ...refusal, ja: 'ほかの人が先に変更しました。' };
    return usual(ask);
  };
  await user.click(screen.getByRole('button', { name: 'この内容で保存' }));
  await screen.findByText('ほかの人が先に変更しました。');
  expect(screen.getByLabelText<HTMLTextAreaElement>(/アレルギー/u).value).toContain('転倒に注意');
  const facts = ['ペニシリンアレルギー', '転倒に注意'];
  expect(asked).toContainEqual({
    ask: 'change-card',
    group: row.group,
    card: { ...cardText, facts },
    replaces: 7,
  });
});

test('every word is there in English too', async () => {
  render(App);
  const user = userEvent.setup();
  await user.click(await screen.findByRole('button', { name: 'English' }));
  await screen.findByText('Who is using this device?');
  expect(document.documentElement.lang).toBe('en');
  await user.click(screen.getByRole('button', { name: '日本語' }));
  await screen.findByText('どなたが使いますか');
});
