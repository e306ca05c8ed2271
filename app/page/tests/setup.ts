import { configure } from '@testing-library/svelte';

// jsdom draws nothing: what measures is told that everything has a usual size.
class Observer {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}

globalThis.ResizeObserver = Observer as unknown as typeof ResizeObserver;
HTMLDialogElement.prototype.showModal = function showModal(this: HTMLDialogElement) {
  this.open = true;
};
HTMLDialogElement.prototype.close = function close(this: HTMLDialogElement) {
  this.open = false;
};

// As patient as the tests of the whole system: how fast a machine is decides nothing.
configure({ asyncUtilTimeout: 15_000 });
