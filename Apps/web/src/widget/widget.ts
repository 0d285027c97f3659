// The chat that customers put on their sites:
//   <script src="https://sales.example.kz/widget.js" data-key="wk_…" async></script>
// Optional: data-color="#2a5bd7", data-position="left", data-icon="question", data-label="Ask us", data-label-kk="…" for one language,
// data-language="ru", data-identity="<what your server signed>".
// Whoever signs in or out later: document.querySelector("seven-sales-chat").setIdentity(signed or null).
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
  });
  const add = () => document.body.append(chat);
  if (document.body) add();
  else addEventListener("DOMContentLoaded", add);
}
