// The mark of an official account (S8): from the registry, before the name, and nothing that a name can draw.
import { render } from '@testing-library/svelte';
import { expect, test } from 'vitest';

import PersonName from '../src/parts/PersonName.svelte';
import type { Who } from '../src/lib/types';

const nurse: Who = {
  user: 'usr-1',
  name: '【公式】見本 花子',
  profession: 'nurse',
  facility: 'ひなた訪問看護ステーション（架空）',
  me: false,
  official: null,
  actingFor: null,
};

test('a name that says so is not official', () => {
  const { container } = render(PersonName, { props: { who: nurse } });
  expect(container.querySelector('.official')).toBeNull();
  expect(container.querySelector('strong')?.textContent).toBe('【公式】見本 花子');
});

test('the mark stands before the name and says in whose name', () => {
  const who = { ...nurse, name: '見本 花子', official: 'ひなた訪問看護ステーション（架空）' };
  const { container } = render(PersonName, { props: { who } });
  const mark = container.querySelector('.official');
  expect(mark?.textContent).toContain('ひなた訪問看護ステーション（架空）');
  const name = container.querySelector('strong');
  expect(mark && name && mark.compareDocumentPosition(name) & Node.DOCUMENT_POSITION_FOLLOWING).toBeTruthy();
});
