import type { ChatConfig } from "../webchat/types.ts";
import { element, icon } from "./element.ts";

/// How the button looks: in the script's element before the chat is opened, in the chat's configuration after that.
export interface ButtonLook {
  position?: string;
  icon?: string;
  label?: string;
}

const icons: Record<string, string> = {
  chat: "M4 5h16v11H10l-5 4v-4H4z",
  question: "M8 9a4 4 0 1 1 6 3.5c-1.3.8-2 1.5-2 3M12 19.5v.01",
  phone: "M5 4h4l2 5-2.5 1.5a11 11 0 0 0 5 5L15 13l5 2v4a2 2 0 0 1-2 2A16 16 0 0 1 3 6a2 2 0 0 1 2-2",
};

export function dressButton(host: HTMLElement, button: HTMLElement, look: ButtonLook) {
  host.toggleAttribute("left", look.position === "left");
  button.replaceChildren(icon(icons[look.icon ?? ""] ?? icons.chat!), look.label ?? "");
  button.classList.toggle("wide", Boolean(look.label));
}

/// The picture in the heading; initials where there is none, or where the page's policy keeps it out. Null for neither.
export function faceOf({ avatar, initials }: ChatConfig): HTMLElement | null {
  const letters = initials ? element("span", { class: "face", "aria-hidden": "true" }, initials) : null;
  if (!avatar) return letters;
  const picture = element("img", { class: "face", alt: "", src: avatar });
  picture.onerror = () => picture.replaceWith(letters ?? "");
  return picture;
}
