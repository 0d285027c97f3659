import type { WebChat } from "../webchat/client.ts";
import { formView } from "./formView.ts";
import type { MoreWords } from "./moreWords.ts";
import { ratingView } from "./ratingView.ts";

/// Where the questions stand.
export interface Room {
  readonly panel: HTMLElement;
  readonly log: HTMLElement;
  readonly input: HTMLElement;
}

/// The form before the chat, and after it the question how it was.
export class Asking {
  private form: HTMLElement | null = null;
  private rating: HTMLElement | null = null;

  constructor(private readonly room: Room, private readonly words: MoreWords) {}

  /// Asks what is open, and takes away what is answered.
  update(chat: WebChat) {
    const { config, standing, form } = chat.state;
    if (!config) return;
    const { panel, log, input } = this.room;
    if (form && !this.form) {
      this.form = formView(config, standing && standing.owes, this.words, (answers) => chat.answer(answers));
      panel.append(this.form);
      this.form.querySelector("input")?.focus();
    } else if (!form && this.form) {
      this.form.remove();
      this.form = null;
      input.focus();
    }
    if (standing?.state !== "closed") this.rating = null;
    else if (config.rating && !standing.rating && !this.rating) {
      this.rating = ratingView(this.words, (score, comment) => chat.rate(score, comment), () => input.focus());
      log.append(this.rating);
      log.scrollTop = log.scrollHeight;
    } else if (this.rating && log.lastElementChild !== this.rating) {
      // The conversation was loaded after it.
      log.append(this.rating);
    }
  }

  /// Somebody else is at the chat now.
  end() {
    this.form?.remove();
    this.rating?.remove();
  }
}
