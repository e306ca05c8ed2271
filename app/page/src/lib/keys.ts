// Enter while a word is being converted confirms the conversion. It never sends.

/** Whether an input method is at work. Some end the composition before the key that ended it arrives. */
export class Composing {
  private active = false;
  private ended = -Infinity;

  constructor(private readonly now: () => number = () => performance.now()) {}

  begin(): void {
    this.active = true;
  }

  end(): void {
    this.active = false;
    this.ended = this.now();
  }

  /** Whether a key that comes now still belongs to the conversion. */
  holds(): boolean {
    return this.active || this.now() - this.ended < 60;
  }
}

/** Whether this key sends: Ctrl+Enter always, Enter alone where the person chose so; Shift+Enter is a new line. */
export function sends(event: KeyboardEvent, enterSends: boolean, composing: Composing): boolean {
  if (event.key !== 'Enter' || event.isComposing || event.keyCode === 229 || composing.holds()) return false;
  if (event.ctrlKey || event.metaKey) return true;
  return enterSends && !event.shiftKey && !event.altKey;
}
