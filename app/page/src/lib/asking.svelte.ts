// The question before something is sent (S2). What was found is shown once for one writing: who means it is not asked again
// while it is tried anew, and is asked again when something else is found.

import type { Checked, Question } from './types';

export class Asking {
  question = $state.raw<Question | null>(null);
  private meant: string | null = null;

  /** Something else is being written. */
  begin(): void {
    this.question = null;
    this.meant = null;
  }

  /** Sends by `send`: whether it went. If not, there is a question now. */
  async sent(send: (meant: string | null) => Promise<Checked>): Promise<boolean> {
    this.question = null;
    const checked = await send(this.meant);
    if (checked.checked === 'asks') {
      this.question = checked;
      return false;
    }
    this.meant = null;
    return true;
  }

  /** Back to the text. */
  mend(): void {
    this.question = null;
  }

  /** It is meant as it is. Whoever calls this sends it again. */
  mean(): void {
    this.meant = this.question?.asked ?? null;
    this.question = null;
  }
}
