// What visiting nurses, pharmacists and care managers write again and again, ready to be filled in.

import type { Language } from './words.svelte';

export interface Template {
  name: Record<Language, string>;
  text: Record<Language, string>;
}

export const templates: Template[] = [
  {
    name: { ja: '訪問報告', en: 'Visit report' },
    text: {
      ja: '【訪問報告】\n訪問日時：\n体温：　　血圧：　　脈拍：　　SpO2：\n食事・水分：\n排泄：\n皮膚・褥瘡：\n様子・変化：\n対応：\n次回訪問：',
      en: '[Visit report]\nVisited at:\nTemp:    BP:    Pulse:    SpO2:\nEating and drinking:\nExcretion:\nSkin:\nCondition:\nDone:\nNext visit:',
    },
  },
  {
    name: { ja: '申し送り', en: 'Handover' },
    text: {
      ja: '【申し送り】\n宛先：\n要点：\nいつまでに：\n注意すること：',
      en: '[Handover]\nTo:\nIn short:\nBy when:\nMind:',
    },
  },
  {
    name: { ja: '服薬', en: 'Medication' },
    text: {
      ja: '【服薬】\n変更・追加・中止：\n薬剤名・用量・用法：\nいつから：\n残薬：\n飲み方の工夫・副作用：',
      en: '[Medication]\nChanged, added or stopped:\nDrug, dose, how:\nFrom when:\nLeft over:\nTaking it, side effects:',
    },
  },
  {
    name: { ja: '照会', en: 'Question' },
    text: {
      ja: '【照会】\n宛先：\n確認したいこと：\n理由：\n回答の期限：',
      en: '[Question]\nTo:\nWhat:\nWhy:\nAnswer by:',
    },
  },
];
