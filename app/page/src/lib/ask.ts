// Every question that the page has for the app. There is no other way from here to anything.

import { convertFileSrc, invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import type {
  AnnouncementsView,
  Ask,
  Attached,
  BroadcastView,
  CallableView,
  Candidates,
  CardChange,
  CardText,
  CardView,
  ChartOf,
  ChartText,
  Checked,
  Decisions,
  Deed,
  DelegationsView,
  DeskView,
  DraftPlan,
  Duty,
  DutyView,
  EndingView,
  Entry,
  Factor,
  FileOpen,
  FoundLine,
  GovernedRow,
  GroupView,
  HomeRow,
  ImportedView,
  IncidentView,
  ImportView,
  InquiryView,
  LinkView,
  News,
  Outcome,
  OversightView,
  PersonView,
  Place,
  ReachView,
  ReportPlan,
  SafetyView,
  Second,
  SeenView,
  SendingLine,
  StaffFiles,
  StaffView,
  Status,
  TakenOut,
  TakeoutsView,
  ThisDevice,
  Timeline,
  Trouble,
  UrgentView,
} from './types';

function ask<T>(question: Ask): Promise<T> {
  return invoke<T>('ask', { ask: question });
}

export const people = () => ask<Place[]>({ ask: 'people' });
export const readLink = (link: string) => ask<LinkView>({ ask: 'read-link', link });
export const enrol = (link: string, name: string, device: ThisDevice) =>
  ask<Place>({ ask: 'enrol', link, name, device });
export const approved = (key: string) => ask<boolean>({ ask: 'approved', key });
export const forget = (key: string) => ask<null>({ ask: 'forget', key });
export const enter = (key: string, password: string, second: Second | null = null, fresh: string | null = null) =>
  ask<Entry>({ ask: 'enter', key, password, second, new: fresh });
export const setUp = (key: string, password: string) => ask<Factor>({ ask: 'set-up', key, password });
export const confirmFactor = (code: string) => ask<string[]>({ ask: 'confirm-factor', code });

export const touch = () => ask<null>({ ask: 'touch' });
export const lock = () => ask<null>({ ask: 'lock' });
export const signOut = () => ask<null>({ ask: 'sign-out' });
export const status = () => ask<Status>({ ask: 'status' });
export const home = () => ask<HomeRow[]>({ ask: 'home' });
export const timeline = (group: string, from: number | null, count: number) =>
  ask<Timeline>({ ask: 'timeline', group, from, count });
export const markSeen = (group: string, seq: number) => ask<null>({ ask: 'mark-seen', group, seq });
export const seen = (group: string, seq: number) => ask<SeenView>({ ask: 'seen', group, seq });
// What sends something is asked about first (S2): `Asking` shows what was found, and sends what is meant.
export const post = (group: string, text: string, meant: string | null) =>
  ask<Checked>({ ask: 'post', group, text, meant });
export const postAgain = (id: string, meant: string | null) => ask<Checked>({ ask: 'post-again', id, meant });
export const takeBack = (id: string) => ask<string>({ ask: 'take-back', id });
export const draft = (group: string) => ask<string>({ ask: 'draft', group });
export const keepDraft = (group: string, text: string) => ask<null>({ ask: 'keep-draft', group, text });
export const correct = (group: string, seq: number, text: string, meant: string | null) =>
  ask<Checked>({ ask: 'correct', group, seq, text, meant });
export const retract = (group: string, seq: number) => ask<null>({ ask: 'retract', group, seq });
export const duties = () => ask<DutyView[]>({ ask: 'duties' });
export const confirmDuty = (duty: Duty) => ask<null>({ ask: 'confirm-duty', duty });
export const stepUp = (code: string) => ask<null>({ ask: 'step-up', code });
export const decisions = () => ask<Decisions>({ ask: 'decisions' });
export const decideInvitation = (group: string, invitation: string, approve: boolean) =>
  ask<null>({ ask: 'decide-invitation', group, invitation, approve });
export const approveDevice = (device: string, words: string) => ask<null>({ ask: 'approve-device', device, words });
export const staff = () => ask<StaffView[]>({ ask: 'staff' });
export const person = (user: string) => ask<PersonView>({ ask: 'person', user });
export const perform = (deed: Deed) => ask<Outcome>({ ask: 'do', deed });
export const planStaff = (files: StaffFiles) => ask<ImportView>({ ask: 'plan-staff', files });
export const importStaff = (files: StaffFiles) => ask<ImportedView>({ ask: 'import-staff', files });
export const governed = () => ask<GovernedRow[]>({ ask: 'governed' });
export const members = (group: string) => ask<GroupView>({ ask: 'members', group });
export const candidates = (group: string, facility: string | null, query: string) =>
  ask<Candidates>({ ask: 'candidates', group, facility, query });
export const incident = (group: string) => ask<IncidentView>({ ask: 'incident', group });
export const report = (plan: ReportPlan, meant: string | null) => ask<Checked>({ ask: 'report', plan, meant });
export const desk = () => ask<DeskView>({ ask: 'desk' });
export const search = (group: string | null, query: string) => ask<FoundLine[]>({ ask: 'search', group, query });

export const attach = (group: string, chosen: boolean) => ask<Attached>({ ask: 'attach', group, chosen });
export const detach = (group: string, id: string) => ask<null>({ ask: 'detach', group, id });
export const sendFiles = (group: string, text: string, noDownload: boolean, meant: string | null) =>
  ask<Checked>({ ask: 'send-files', group, text, noDownload, meant });
export const broadcasts = () => ask<BroadcastView[]>({ ask: 'broadcasts' });
export const answerBroadcast = (broadcast: number, says: NonNullable<BroadcastView['said']>) =>
  ask<null>({ ask: 'answer-broadcast', broadcast, says });
export const howPeopleAre = (broadcast: number) => ask<SafetyView[]>({ ask: 'how-people-are', broadcast });
export const urgent = () => ask<UrgentView[]>({ ask: 'urgent' });
export const acknowledge = (group: string, call: number) => ask<null>({ ask: 'acknowledge', group, call });
export const callable = (group: string) => ask<CallableView>({ ask: 'callable', group });
export const postUrgent = (group: string, text: string, of: string[], meant: string | null) =>
  ask<Checked>({ ask: 'post-urgent', group, text, of, meant });
export const reach = () => ask<ReachView>({ ask: 'reach' });
export const sending = (group: string) => ask<SendingLine[]>({ ask: 'sending', group });
export const takeBackFiles = (id: string) => ask<string>({ ask: 'take-back-files', id });
export const openFile = (group: string, seq: number, file: number) =>
  ask<FileOpen>({ ask: 'open-file', group, seq, file });
export const openPreview = (group: string, seq: number, file: number) =>
  ask<string>({ ask: 'open-preview', group, seq, file });
export const stillOpen = (handle: string) => ask<null>({ ask: 'still-open', handle });
export const closeFile = (handle: string) => ask<null>({ ask: 'close-file', handle });
export const card = (group: string) => ask<CardView>({ ask: 'card', group });
export const cardHistory = (group: string) => ask<CardChange[]>({ ask: 'card-history', group });
export const changeCard = (group: string, text: CardText, replaces: number | null) =>
  ask<null>({ ask: 'change-card', group, card: text, replaces });

export const inquiries = () => ask<InquiryView[]>({ ask: 'inquiries' });
export const inquiry = (group: string) => ask<InquiryView>({ ask: 'inquiry', group });
export const openInquiry = (subject: string, text: string, meant: string | null) =>
  ask<Checked>({ ask: 'open-inquiry', subject, text, meant });
export const announcements = (count: number) => ask<AnnouncementsView>({ ask: 'announcements', count });
export const draftAnnouncement = (plan: DraftPlan, meant: string | null) =>
  ask<Checked>({ ask: 'draft-announcement', plan, meant });
export const ending = (group: string) => ask<EndingView>({ ask: 'ending', group });
export const delegations = () => ask<DelegationsView>({ ask: 'delegations' });
export const oversight = () => ask<OversightView>({ ask: 'oversight' });
export const takeouts = () => ask<TakeoutsView>({ ask: 'takeouts' });
export const chart = (of: ChartOf, english: boolean) => ask<ChartText>({ ask: 'chart', of, english });

/** Has the person choose files in a window of the system; what was chosen is told as news. */
export const choose = () => invoke<null>('choose');
/** Has the person say where a copy is to be kept: whether it is there now. */
export const keep = (handle: string) => invoke<boolean>('keep', { handle });
/** Has the person say where an archive is to be written, and writes what a permit covers; nothing where no place was chosen. */
export const takeOut = (takeout: string) => invoke<TakenOut | null>('take_out', { takeout });
/** Hands over a pasted picture; it is told as news. */
export const paste = (picture: ArrayBuffer) => invoke<null>('paste', new Uint8Array(picture));
/** Where the pixels of an open file come from. */
export const pixels = (handle: string, page: number, width: number) =>
  convertFileSrc(`${handle}.${page}.${width}`, 'view');
/** Where an open recording comes from. */
export const sound = (handle: string) => convertFileSrc(handle, 'view');

/** Listens for what the app says without being asked. */
export const news = (heard: (news: News) => void) => listen<News>('news', (event) => heard(event.payload));

/** What went wrong, whatever was thrown. */
export function trouble(thrown: unknown): Trouble {
  if (typeof thrown === 'object' && thrown !== null && 'ja' in thrown) return thrown as Trouble;
  return {
    code: 'page',
    ja: '画面の処理に失敗しました。もう一度お試しください。続くときはアプリを起動し直してください。',
    en: 'Something went wrong on this screen. Try again; if it goes on, restart the app.',
    retryAfter: null,
    failed: [],
    later: false,
  };
}
