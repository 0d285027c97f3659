import type { WebChat } from "../webchat/client.ts";
import { element } from "./element.ts";
import type { MoreWords } from "./moreWords.ts";

/// The chat on its page, as far as it is about who the visitor is.
export interface Host extends HTMLElement {
  readonly setup: { identity?: string | null; identityUrl?: string } | null;
  note(...content: (Node | string)[]): HTMLElement;
  setIdentity(identity: string | null): void;
  restart(): void;
}

/// In milliseconds. A site that signs what the server refuses is not asked over and over.
const pause = 30_000;
let askedAt = -Infinity;
/// Chats whose site is asked or is to be asked, with what their visitors are told.
const ended = new WeakMap<WebChat, HTMLElement | null>();

/// Asks the site who its visitor is, before the chat begins. A site that does not answer has a stranger in its chat, not none.
export async function askSite(host: Host) {
  askedAt = performance.now();
  host.setIdentity(await ask(host.setup?.identityUrl ?? "").catch(() => null));
}

/// The session of somebody whom the site signed in is over: the site signs again, or the visitor is told what to do.
export async function renew(host: Host, chat: WebChat, words: MoreWords) {
  if (ended.has(chat)) return;
  ended.set(chat, null);
  const { identity, identityUrl } = host.setup ?? {};
  if (performance.now() - askedAt > pause) {
    askedAt = performance.now();
    if (identityUrl) {
      const signed = await ask(identityUrl).catch(() => identity);
      if (signed !== identity) return host.setIdentity(signed ?? null);
    } else if (!host.dispatchEvent(new Event("identityended", { bubbles: true, cancelable: true }))) {
      // The site says that it sees to it.
      return;
    }
  }
  // Somebody may have told meanwhile who the visitor is.
  if (host.setup?.identity !== identity) return;
  tell(host, chat, words);
}

function tell(host: Host, chat: WebChat, words: MoreWords) {
  const again = element("button", { type: "button", class: "human" }, words.reload);
  again.onclick = () => location.reload();
  ended.set(chat, host.note(words.ended, element("br"), again));
}

/// Goes on with what the site signed after `renew`: for the same person where they were, with what could not be sent.
export async function resume(host: Host, chat: WebChat, former: string | null | undefined, words: MoreWords) {
  const identity = host.setup?.identity ?? "";
  ended.get(chat)?.remove();
  if (!chat.state.config || subjectOf(identity) === null || subjectOf(identity) !== subjectOf(former ?? "")) {
    return host.restart();
  }
  chat.options.identity = identity;
  try {
    // A try with what was signed before may be under way.
    await chat.becomeVisitor().catch(() => chat.becomeVisitor());
  } catch {
    return tell(host, chat, words);
  }
  ended.delete(chat);
  for (const { id, status } of chat.state.messages) if (status === "failed") chat.retry(id);
}

/// What the site signed; null when nobody is signed in there. Throws when it cannot be known.
async function ask(address: string): Promise<string | null> {
  const response = await fetch(address, { cache: "no-store", signal: AbortSignal.timeout(10_000) });
  if (response.status === 401 || response.status === 403) return null;
  if (!response.ok) throw new Error(`status ${response.status}`);
  const text = (await response.text()).trim();
  // A page to sign in on is nobody's identity.
  return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(text) ? text : null;
}

/// Whom a signed identity names. The server checks it; here it only tells people apart.
function subjectOf(identity: string): string | null {
  try {
    const claims = atob((identity.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/"));
    return String(JSON.parse(claims).sub ?? "") || null;
  } catch {
    return null;
  }
}
