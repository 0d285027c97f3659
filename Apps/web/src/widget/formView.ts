import type { Answers, ChatConfig } from "../webchat/types.ts";
import { element } from "./element.ts";
import type { MoreWords } from "./moreWords.ts";

const fields = [["name", "text", "name"], ["email", "email", "email"], ["phone", "tel", "tel"]] as const;

/// The form before the first message: what the owner asks for, and what the visitor agrees to.
///
/// `owes` names what a known visitor still has to say; null stands for somebody new. `submit` throws with the field that the server does not
/// accept, or without one when it does not answer.
export function formView(
  config: ChatConfig,
  owes: string[] | null,
  words: MoreWords,
  submit: (answers: Answers) => Promise<void>,
): HTMLFormElement {
  const form = element("form", { class: "before", novalidate: "" });
  const problem = element("p", { class: "problem", role: "alert" });
  const inputs = new Map<string, HTMLInputElement>();
  const ask = (name: typeof fields[number][0]) => {
    const asked = config.pre_chat[name];
    if (owes) return owes.includes(name) ? "required" : "off";
    // Out of hours somebody has to be able to answer later.
    return asked === "off" && name !== "name" && !config.open ? "optional" : asked;
  };
  for (const [name, type, autocomplete] of fields) {
    const asked = ask(name);
    if (asked === "off") continue;
    const input = element("input", { type, name, autocomplete, maxlength: "254" });
    input.required = asked === "required";
    inputs.set(name, input);
    form.append(element("label", {}, `${words[name]}${input.required ? "" : ` (${words.optional})`}`, input));
  }
  const { consent } = config;
  const agrees = element("input", { type: "checkbox", name: "consent" });
  if (consent && (!owes || owes.includes("consent"))) {
    agrees.required = true;
    inputs.set("consent", agrees);
    const text = element("span", {}, consent.text);
    if (consent.link) {
      const link = element("a", { href: consent.link, target: "_blank", rel: "noopener" }, words.policy);
      text.append(" ", link);
    }
    form.append(element("label", { class: "consent" }, agrees, text));
  }
  const send = element("button", { type: "submit" }, words.start);
  form.append(problem, send);
  const refuse = (name: string | undefined, text: string) => {
    const input = inputs.get(name ?? "");
    for (const other of inputs.values()) other.ariaInvalid = String(other === input);
    problem.textContent = text;
    (input ?? send).focus();
  };
  form.onsubmit = (event) => {
    event.preventDefault();
    const value = (name: string) => inputs.get(name)?.value.trim() || undefined;
    for (const [name, input] of inputs) {
      const isMissing = input.required && (input === agrees ? !agrees.checked : !value(name));
      if (isMissing) return refuse(name, name === "consent" ? words.mustAgree : words.mustAnswer);
      if (!input.checkValidity()) return refuse(name, words.notValid);
    }
    send.disabled = true;
    submit({
      name: value("name"),
      email: value("email"),
      phone: value("phone"),
      consent: agrees.checked ? consent?.version : undefined,
      language: config.language,
    }).catch(({ field }: { field?: string }) => {
      refuse(field, field ? field === "consent" ? words.textChanged : words.notValid : words.notSaved);
    }).finally(() => send.disabled = false);
  };
  return form;
}
