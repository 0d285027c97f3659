import { WebChat } from "../webchat/client.ts";
import type { ChatConfig, ChatFile, ChatMessage } from "../webchat/types.ts";
import { textOn } from "./contrast.ts";
import { type ButtonLook, dressButton, faceOf } from "./dress.ts";
import { element, icon, isAtEnd } from "./element.ts";
import { style } from "./style.ts";
import { wordsFor } from "./words.ts";

interface Setup extends ButtonLook {
  origin: string;
  key: string;
  color?: string;
  language?: string;
  /// Undefined when the site was not asked yet; null for nobody.
  identity?: string | null;
  /// Where the site tells who its visitor is.
  identityUrl?: string;
}

const icons = {
  close: "M6 6l12 12M18 6L6 18",
  send: "M4 12l16-8-5 16-3.5-6.5z",
  attach: "M12 5v14M5 12h14",
};

type More = typeof import("./more.ts");
let more: Promise<More> | null = null;

/// The launcher and the chat panel, inside a shadow root that the host page's styles cannot reach.
export class SevenSalesChat extends HTMLElement {
  setup: Setup | null = null;
  private chat: WebChat | null = null;
  private config: ChatConfig | null = null;
  private words = wordsFor("").words;
  private readonly root = this.attachShadow({ mode: "open" });
  private readonly launch = element("button", { class: "launch", type: "button", "aria-expanded": "false" });
  readonly panel = element("section", { class: "panel", role: "dialog", hidden: "" });
  private readonly heading = element("h2");
  readonly log = element("div", { class: "log", role: "log", tabindex: "0" });
  private readonly typing = element("p", { class: "typing", role: "status" });
  private readonly human = element("button", { class: "human", type: "button" });
  readonly input = element("input", { type: "text", autocomplete: "off", maxlength: "4000" });
  private readonly picker = element("input", { type: "file", hidden: "" });
  private readonly attach = element("button", { type: "button", class: "attach" }, icon(icons.attach));
  private asking: InstanceType<More["Asking"]> | null = null;
  private readonly composer = element("form", {}, this.attach, this.input);
  private readonly shown = new Map<string, { node: HTMLElement; state: string }>();

  configure(setup: Setup) {
    this.setup = setup;
    this.paint(setup.color);
    dressButton(this, this.launch, setup);
    this.speak(setup.language || navigator.language);
  }

  /// Shows the open chat as `config` dresses it. Without a setup there is no server it could reach.
  preview(config: ChatConfig) {
    this.toggleAttribute("open", true);
    this.panel.hidden = false;
    this.log.replaceChildren();
    this.greet(config);
  }

  connectedCallback() {
    if (this.root.firstChild) return;
    this.adopt(style);
    const close = element("button", { type: "button", class: "close" }, icon(icons.close));
    const send = element("button", { type: "submit", class: "send" }, icon(icons.send));
    this.composer.append(send);
    this.panel.append(
      element("header", {}, this.heading, close),
      this.log,
      this.typing,
      this.human,
      this.composer,
      this.picker,
    );
    this.root.append(this.panel, this.launch);
    this.launch.onclick = () => this.toggle(true);
    close.onclick = () => this.toggle(false);
    this.human.onclick = () => this.chat?.send(this.words.humanText);
    this.attach.onclick = () => this.picker.click();
    this.picker.onchange = () => {
      this.sendFiles(this.picker.files);
      this.picker.value = "";
    };
    this.panel.onpaste = ({ clipboardData }) => this.sendFiles(clipboardData?.files);
    this.input.oninput = () => this.chat?.typed();
    this.panel.onkeydown = (event) => {
      // A handler that returns false would cancel the key.
      if (event.key === "Escape") this.toggle(false);
    };
    this.composer.onsubmit = (event) => {
      event.preventDefault();
      const text = this.input.value.trim();
      if (!text || !this.chat) return;
      this.chat.send(text);
      this.input.value = "";
    };
    this.label();
  }

  /// Whom the site signed in, as its server signed it; null when they signed out. The conversation on the screen is that person's only.
  setIdentity(identity: string | null) {
    const { setup, chat } = this;
    const former = setup?.identity;
    // Nobody is null, and undefined where no site is to be asked.
    if (!setup || (chat && former == identity)) return;
    setup.identity = identity;
    if (chat?.state.connection === "ended") this.more(({ resume }, words) => resume(this, chat, former, words));
    else this.restart();
  }

  restart() {
    this.chat?.stop();
    this.asking?.end();
    this.chat = this.config = this.asking = null;
    this.shown.clear();
    this.log.replaceChildren();
    if (!this.panel.hidden) this.connect();
  }

  disconnectedCallback() {
    this.chat?.stop();
  }

  private toggle(open: boolean) {
    this.toggleAttribute("open", open);
    this.panel.hidden = !open;
    this.launch.hidden = open;
    this.launch.ariaExpanded = String(open);
    if (!open) return this.launch.focus();
    this.input.focus();
    if (!this.chat) this.connect();
  }

  private connect() {
    const { setup } = this;
    if (!setup) return;
    if (setup.identityUrl && setup.identity === undefined) {
      return this.more(({ askSite }) => askSite(this), () => this.setIdentity(null));
    }
    const place = `sevensales.visitor.${setup.key}`;
    const chat = new WebChat({
      ...setup,
      language: this.lang,
      memory: {
        read: () => attempt(() => localStorage.getItem(place)),
        write: (token) => attempt(() => localStorage.setItem(place, token)),
      },
    });
    this.chat = chat;
    chat.watch(() => chat === this.chat && this.update(chat));
    chat.start().catch(() => chat === this.chat && this.fail(chat));
  }

  private fail(chat: WebChat) {
    if (chat.state.connection === "ended") return;
    chat.stop();
    this.chat = null;
    const again = element("button", { type: "button", class: "human" }, this.words.again);
    const notice = this.note(this.words.unavailable, element("br"), again);
    again.onclick = () => {
      notice.remove();
      this.connect();
    };
  }

  private update(chat: WebChat) {
    const { config, messages, typing, connection, standing, form } = chat.state;
    if (config && config !== this.config) this.greet(config);
    const wasAtEnd = isAtEnd(this.log);
    for (const message of messages) this.show(message);
    this.composer.hidden = this.human.hidden = form;
    if (form || this.asking || standing?.state === "closed") {
      this.more(({ Asking }, words) => {
        if (chat === this.chat) (this.asking ??= new Asking(this, words)).update(chat);
      });
    }
    if (connection === "ended") this.more(({ renew }, words) => renew(this, chat, words));
    if (wasAtEnd) this.log.scrollTop = this.log.scrollHeight;
    this.typing.textContent = connection === "waiting"
      ? this.words.waiting
      : typing
      ? `${typing === "bot" ? this.words.bot : this.heading.textContent} ${this.words.typing}`
      : "";
  }

  private greet(config: ChatConfig) {
    this.config = config;
    if (!this.setup?.color) this.paint(config.color);
    if (!this.setup?.language) this.speak(config.language);
    this.heading.textContent = config.title;
    dressButton(this, this.launch, { position: config.position, ...config.launcher });
    this.root.querySelector(".face")?.remove();
    this.heading.before(faceOf(config) ?? "");
    this.label();
    if (config.ai_notice) this.note(config.ai_notice);
    if (!config.open && config.offline_message) this.note(config.offline_message);
    this.attach.hidden = !config.files;
    if (config.greeting) this.log.append(element("div", { class: "message" }, element("p", {}, config.greeting)));
  }

  /// Adds a message or brings its bubble up to date; bubbles that did not change are left alone, so a screen reader
  /// hears each message once.
  private show(message: ChatMessage) {
    const known = this.shown.get(message.id);
    const state = message.text + message.status + message.at + message.attachments.map((file) => file.id + file.state);
    if (known?.state === state) return;
    const node = this.bubble(message);
    if (known) known.node.replaceWith(node);
    else this.log.append(node);
    this.shown.set(message.id, { node, state });
  }

  /// A part that is loaded when it is first needed; nothing happens where the page's policy keeps it out.
  private more<Part>(use: (more: More, words: ReturnType<More["moreWordsFor"]>) => Part, otherwise?: () => void) {
    // The address of this script with another query: a policy that names the one file allows both.
    more ??= import(`${this.setup?.origin}/widget.js?more`);
    more.then((loaded) => {
      if (this.root.adoptedStyleSheets.length === 1) this.adopt(loaded.moreStyle);
      use(loaded, loaded.moreWordsFor(this.lang));
    }, () => {
      more = null;
      otherwise?.();
    });
  }

  private sendFiles(list: FileList | null | undefined) {
    // A copy: choosing anew empties the list.
    const files = [...list ?? []];
    const { chat } = this;
    if (files[0] && chat && this.config?.files && !this.composer.hidden) {
      this.more(({ sendFiles }, words) => sendFiles(files, chat, this, words));
    }
  }

  note(...content: (Node | string)[]): HTMLElement {
    const notice = element("p", { class: "notice" }, ...content);
    this.log.append(notice);
    this.log.scrollTop = this.log.scrollHeight;
    return notice;
  }

  private file(file: ChatFile): HTMLElement {
    // The name stands there until the rest is loaded, and where it cannot be.
    const holder = element("p", { class: "file" }, file.name || "…");
    const { chat } = this;
    this.more(({ fileView }, words) => chat && holder.replaceWith(fileView(file, chat, words, this.log)));
    return holder;
  }

  private bubble({ id, direction, author, author_name: name, text, at, status, citations, attachments }: ChatMessage) {
    const node = element("div", { class: direction === "in" ? "message in" : "message", "data-status": status });
    const who = name || (author === "bot" ? this.words.bot : "");
    if (direction === "out" && who) node.append(element("p", { class: "who" }, who));
    if (text) node.append(element("p", {}, text));
    node.append(...attachments.map((file) => this.file(file)));
    const when = element("p", { class: "when" });
    if (citations[0]) this.more(({ citationViews }, words) => when.before(...citationViews(citations, words)));
    if (status === "failed") {
      const retry = element("button", { type: "button" }, this.words.failed);
      retry.onclick = () => this.chat?.retry(id);
      when.append(retry);
    } else {
      // Hours and minutes, two digits each in every browser.
      when.append(status === "sending" ? "…" : new Date(at).toTimeString().slice(0, 5));
    }
    node.append(when);
    return node;
  }

  private adopt(text: string) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    this.root.adoptedStyleSheets = [...this.root.adoptedStyleSheets, sheet];
  }

  private speak(tag: string) {
    const { language, words } = wordsFor(tag);
    this.words = words;
    this.lang = language;
    this.label();
  }

  private label() {
    const { words } = this;
    this.launch.ariaLabel = this.launch.textContent || words.open;
    this.panel.ariaLabel = this.heading.textContent || words.log;
    this.log.ariaLabel = words.log;
    this.human.textContent = words.human;
    this.attach.ariaLabel = words.attach;
    this.input.placeholder = words.placeholder;
    this.input.ariaLabel = words.placeholder;
    for (const name of ["close", "send"] as const) {
      this.root.querySelector(`.${name}`)?.setAttribute("aria-label", words[name]);
    }
  }

  private paint(color: string | undefined) {
    if (!color || !/^#[0-9a-f]{6}$/i.test(color)) return;
    this.style.setProperty("--color", color);
    this.style.setProperty("--on", textOn(color));
  }
}

function attempt<Result>(work: () => Result): Result | null {
  try {
    return work();
  } catch {
    return null;
  }
}
