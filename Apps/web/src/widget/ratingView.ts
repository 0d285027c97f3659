import { element } from "./element.ts";
import type { MoreWords } from "./moreWords.ts";

/// Asks how the conversation was: one to five, and a comment if they like.
export function ratingView(
  words: MoreWords,
  rate: (score: number, comment: string) => Promise<void>,
  onDone: () => void,
): HTMLFormElement {
  const form = element("form", { class: "rating" });
  const stars = element("fieldset", {}, element("legend", {}, words.howWasIt));
  const comment = element("textarea", { rows: "2", maxlength: "1000", placeholder: words.comment, hidden: "" });
  comment.ariaLabel = words.comment;
  const send = element("button", { type: "submit", hidden: "" }, words.rate);
  const problem = element("p", { class: "problem", role: "alert" });
  let score = 0;
  for (let count = 1; count <= 5; count++) {
    const star = element("input", { type: "radio", name: "score", value: String(count) });
    star.ariaLabel = words.scores[count - 1] ?? String(count);
    star.onchange = () => {
      score = count;
      for (const [index, other] of [...stars.querySelectorAll("span")].entries()) {
        other.textContent = index < count ? "★" : "☆";
      }
      comment.hidden = send.hidden = false;
      form.scrollIntoView({ block: "nearest" });
    };
    stars.append(element("label", {}, star, element("span", { "aria-hidden": "true" }, "☆")));
  }
  form.append(stars, comment, problem, send);
  form.onsubmit = (event) => {
    event.preventDefault();
    send.disabled = true;
    rate(score, comment.value.trim()).then(() => {
      form.replaceChildren(element("p", { role: "status" }, words.thanks));
      onDone();
    }, () => {
      problem.textContent = words.notSaved;
      send.disabled = false;
    });
  };
  return form;
}
