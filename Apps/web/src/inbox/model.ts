import { type ConversationAction, inbox, type MessageDraft, type ScheduleChange } from "../api/inbox.ts";
import { Problem } from "../api/problem.ts";
import type { Conversation, View } from "../api/types.ts";
import { coalesce } from "../live/coalesce.ts";
import type { LiveEvent } from "../live/connection.ts";
import type { LiveHub } from "../live/hub.ts";
import { Store } from "../store/store.ts";
import { Outbound } from "./outbound.ts";
import { Uploads } from "./uploads.ts";
import { emptyInbox, type InboxAction, type InboxState, listKey, reduceInbox } from "./state.ts";

const historyPage = 50;
const newestPage = 20;
const keptThreads = 8;
/// A new message is fetched first; the list and its counters follow, once for a burst.
const afterMessage = 30;

/// The inbox of one signed-in person: what is loaded, how it follows live events, and what can be done to it.
export class InboxModel {
  readonly store = new Store<InboxState, InboxAction>(emptyInbox, reduceInbox);
  readonly outbound = new Outbound(this.store);
  readonly uploads = new Uploads();
  private list: { view: View; search: string } | null = null;
  private openId: string | null = null;
  private openedOrder: string[] = [];
  private readonly changed = new Set<string>();
  private readonly typingEnds = new Map<string, number>();
  private readonly ends: (() => void)[] = [];

  constructor(private readonly hub: LiveHub, readonly me: string) {}

  start() {
    this.ends.push(
      this.hub.listen((event) => this.hear(event)),
      this.hub.watch(() => this.hub.state === "live" && this.outbound.resume()),
    );
    this.outbound.start();
  }

  stop() {
    this.ends.forEach((end) => end());
    this.outbound.stop();
    this.uploads.stop();
  }

  show(view: View, search: string) {
    this.list = { view, search };
    this.refreshList();
    this.refreshCounters();
  }

  open(id: string | null) {
    this.openId = id;
    if (!id) return;
    this.openedOrder = [...this.openedOrder.filter((known) => known !== id), id];
    for (const old of this.openedOrder.splice(0, this.openedOrder.length - keptThreads)) {
      this.store.dispatch({ type: "thread-dropped", id: old });
    }
    this.store.dispatch({ type: "thread-requested", id, older: false });
    this.refreshThread();
    void this.loadConversation(id);
  }

  async loadMore(): Promise<void> {
    if (!this.list) return;
    const { view, search } = this.list;
    const key = listKey(view, search);
    const list = this.store.state.lists[key];
    if (!list?.next || list.loadingMore) return;
    this.store.dispatch({ type: "list-requested", key, more: true });
    try {
      const page = await inbox.conversations(view, search, list.next);
      this.store.dispatch({ type: "list-loaded", key, page, part: "more" });
    } catch (error) {
      this.store.dispatch({ type: "list-failed", key, problem: Problem.from(error) });
    }
  }

  async loadOlder(id: string): Promise<void> {
    const thread = this.store.state.threads[id];
    if (!thread?.older || thread.loadingOlder) return;
    this.store.dispatch({ type: "thread-requested", id, older: true });
    try {
      const page = await inbox.messages(id, thread.older, historyPage);
      this.store.dispatch({ type: "thread-older-loaded", id, page });
    } catch (error) {
      this.store.dispatch({ type: "thread-failed", id, problem: Problem.from(error) });
    }
  }

  /// Shows `change` at once and takes it back when the server refuses; then throws the problem.
  async act(id: string, action: ConversationAction, change: Partial<Conversation>): Promise<void> {
    await this.optimistic(id, change, () => inbox.act(id, action));
  }

  async assign(id: string, user: { id: string; name: string } | null): Promise<void> {
    await this.optimistic(id, { assignee: user }, () => inbox.assign(id, user?.id ?? null));
  }

  async retryMessage(id: string): Promise<void> {
    const message = await inbox.retry(id);
    this.store.dispatch({ type: "message-loaded", message });
  }

  /// Stores a message that leaves later. The id makes a repetition harmless.
  async schedule(conversation: string, draft: MessageDraft): Promise<void> {
    const message = await inbox.send(conversation, draft);
    this.store.dispatch({ type: "message-loaded", message });
    if (this.openId === conversation) this.refreshThread();
  }

  /// Gives a message that has not left another time or other words, sends it now, or takes it back.
  async alter(id: string, deed: ScheduleChange | "send-now" | "override" | "cancel"): Promise<void> {
    const message = deed === "send-now" || deed === "override"
      ? await inbox.sendNow(id, deed === "override")
      : deed === "cancel"
      ? await inbox.cancel(id)
      : await inbox.reschedule(id, deed);
    this.store.dispatch({ type: "message-loaded", message });
    this.refreshThread();
  }

  readonly refreshList = coalesce(() => this.loadList());
  private readonly refreshListSoon = coalesce(async () => {
    await Promise.all([this.loadList(), this.loadCounters()]);
  }, afterMessage);

  private async loadList(): Promise<void> {
    if (!this.list) return;
    const { view, search } = this.list;
    const key = listKey(view, search);
    this.store.dispatch({ type: "list-requested", key, more: false });
    try {
      const page = await inbox.conversations(view, search);
      this.store.dispatch({ type: "list-loaded", key, page, part: "first" });
    } catch (error) {
      this.store.dispatch({ type: "list-failed", key, problem: Problem.from(error) });
    }
  }

  readonly refreshThread = coalesce(async () => {
    const id = this.openId;
    if (!id) return;
    const known = this.store.state.threads[id]?.messages.length ?? 0;
    try {
      let page = await inbox.messages(id, null, known > 0 ? newestPage : historyPage);
      const ids = new Set(this.store.state.threads[id]?.messages.map((message) => message.id));
      if (known > 0 && !page.items.some((message) => ids.has(message.id))) {
        page = await inbox.messages(id, null, historyPage);
      }
      this.store.dispatch({ type: "thread-newest-loaded", id, page });
    } catch (error) {
      this.store.dispatch({ type: "thread-failed", id, problem: Problem.from(error) });
    }
    if (this.openId !== id) this.refreshThread();
  });

  private readonly refreshCounters = coalesce(() => this.loadCounters());

  private async loadCounters(): Promise<void> {
    try {
      this.store.dispatch({ type: "counters-loaded", counters: await inbox.counters() });
    } catch {
      // The next event or reconnection loads them again.
    }
  }

  private readonly refreshChanged = coalesce(async () => {
    const ids = [...this.changed].filter((id) => this.store.state.conversations[id] || id === this.openId);
    this.changed.clear();
    await Promise.all(ids.slice(0, 10).map((id) => this.loadConversation(id)));
  }, afterMessage);

  private async loadConversation(id: string): Promise<void> {
    try {
      this.store.dispatch({ type: "conversations-loaded", items: [await inbox.conversation(id)] });
    } catch (error) {
      const problem = Problem.from(error);
      if (problem.code === "not_found") this.store.dispatch({ type: "thread-failed", id, problem });
    }
  }

  private async optimistic(id: string, change: Partial<Conversation>, work: () => Promise<Conversation>) {
    const before = this.store.state.conversations[id];
    this.store.dispatch({ type: "conversation-patched", id, change });
    try {
      this.store.dispatch({ type: "conversations-loaded", items: [await work()] });
    } catch (error) {
      if (before) this.store.dispatch({ type: "conversations-loaded", items: [before] });
      void this.loadConversation(id);
      throw Problem.from(error);
    } finally {
      this.refreshListSoon();
    }
  }

  private hear(event: LiveEvent) {
    const id = String(event.data.conversation_id ?? "");
    switch (event.name) {
      case "hello":
      case "resync":
        this.refreshEverything();
        break;
      case "bot.typing":
        this.store.dispatch({ type: "conversation-patched", id, change: { bot_typing: Boolean(event.data.on) } });
        break;
      case "contact.typing":
        this.dispatchTyping(id, Boolean(event.data.on));
        break;
      case "message.added":
      case "message.changed":
        if (id === this.openId) this.refreshThread();
        else this.store.dispatch({ type: "thread-dropped", id });
        this.noteChange(id);
        break;
      case "conversation.changed":
        this.noteChange(id);
        break;
      case "contact.changed":
        for (const known of Object.values(this.store.state.conversations)) {
          if (known?.contact.id === event.data.contact_id) this.noteChange(known.id);
        }
        break;
    }
  }

  /// A pause of the customer is not told: some seconds after the last word of it they are not writing any more.
  private dispatchTyping(id: string, isOn: boolean) {
    clearTimeout(this.typingEnds.get(id));
    this.store.dispatch({ type: "conversation-patched", id, change: { contact_typing: isOn } });
    if (isOn) this.typingEnds.set(id, setTimeout(() => this.dispatchTyping(id, false), 7_000));
    else this.typingEnds.delete(id);
  }

  private noteChange(id: string) {
    this.refreshListSoon();
    const key = this.list && listKey(this.list.view, this.list.search);
    const head = key ? this.store.state.lists[key]?.ids.slice(0, historyPage) : [];
    // The first page of the list brings its own rows; only other known conversations need a request.
    if (id === this.openId || !head?.includes(id)) {
      this.changed.add(id);
      this.refreshChanged();
    }
  }

  private refreshEverything() {
    for (const id of Object.keys(this.store.state.threads)) {
      if (id !== this.openId) this.store.dispatch({ type: "thread-dropped", id });
    }
    if (this.list) {
      this.refreshList();
      this.refreshCounters();
    }
    if (this.openId) {
      this.refreshThread();
      void this.loadConversation(this.openId);
    }
  }
}
