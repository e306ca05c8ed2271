// Every question that the page has for the app. There is no other way from here to anything.

import { invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import type {
  Ask,
  Decisions,
  Duty,
  DutyView,
  Entry,
  Factor,
  FoundLine,
  HomeRow,
  LinkView,
  News,
  Place,
  Second,
  SeenView,
  Status,
  ThisDevice,
  Timeline,
  Trouble,
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
export const post = (group: string, text: string) => ask<null>({ ask: 'post', group, text });
export const postAgain = (id: string) => ask<null>({ ask: 'post-again', id });
export const takeBack = (id: string) => ask<string>({ ask: 'take-back', id });
export const draft = (group: string) => ask<string>({ ask: 'draft', group });
export const keepDraft = (group: string, text: string) => ask<null>({ ask: 'keep-draft', group, text });
export const correct = (group: string, seq: number, text: string) => ask<null>({ ask: 'correct', group, seq, text });
export const retract = (group: string, seq: number) => ask<null>({ ask: 'retract', group, seq });
export const duties = () => ask<DutyView[]>({ ask: 'duties' });
export const confirmDuty = (duty: Duty) => ask<null>({ ask: 'confirm-duty', duty });
export const stepUp = (code: string) => ask<null>({ ask: 'step-up', code });
export const decisions = () => ask<Decisions>({ ask: 'decisions' });
export const decideInvitation = (group: string, invitation: string, approve: boolean) =>
  ask<null>({ ask: 'decide-invitation', group, invitation, approve });
export const approveDevice = (device: string, words: string) => ask<null>({ ask: 'approve-device', device, words });
export const search = (group: string | null, query: string) => ask<FoundLine[]>({ ask: 'search', group, query });

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
