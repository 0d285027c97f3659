// The chat that customers put on their sites:
//   <script src="https://sales.example.kz/widget.js" data-key="wk_…" async></script>
// Optional: data-color="#2a5bd7", data-position="left", data-icon="question", data-label="Ask us", data-label-kk="…" for one language,
// data-language="ru", data-identity-url="/chat-identity" (an address of your site that answers with what your server signed about its
// visitor, and with nothing when nobody is signed in), or data-identity="<what your server signed>" in the page itself.
// Whoever signs in or out later: document.querySelector("seven-sales-chat").setIdentity(signed or null).
// "identityended" on document says that what was signed is over, where there is no address to ask; preventDefault() if you see to it.
// No dependencies, no cookies, nothing loaded before it is opened.
import { SevenSalesChat } from "./SevenSalesChat.ts";
import { wordsFor } from "./words.ts";

function labelIn(given: DOMStringMap, tag: string): string | undefined {
  const { language } = wordsFor(tag);
  return given[`label${language[0]?.toUpperCase()}${language[1]}`] ?? given.label;
}

const script = document.currentScript as HTMLScriptElement | null;
const name = "seven-sales-chat";

if (script?.dataset.key && !customElements.get(name)) {
  customElements.define(name, SevenSalesChat);
  const chat = document.createElement(name) as SevenSalesChat;
  chat.configure({
    origin: new URL(script.src).origin,
    key: script.dataset.key,
    color: script.dataset.color,
    position: script.dataset.position,
    icon: script.dataset.icon,
    label: labelIn(script.dataset, script.dataset.language || document.documentElement.lang || navigator.language),
    language: script.dataset.language ?? document.documentElement.lang,
    identity: script.dataset.identity,
    identityUrl: script.dataset.identityUrl,
  });
  const add = () => document.body.append(chat);
  if (document.body) add();
  else addEventListener("DOMContentLoaded", add);
}
