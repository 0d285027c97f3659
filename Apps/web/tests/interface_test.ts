import { withQuery } from "../src/api/http.ts";
import { widgetSnippet } from "../src/channels/snippet.ts";
import { keyName } from "../src/keyboard/keyName.ts";
import { fileType } from "../src/knowledge/upload.ts";
import { demoPath, inboxPath, parseRoute } from "../src/router/routes.ts";
import { textOn } from "../src/widget/contrast.ts";
import { equal } from "./assert.ts";

Deno.test("addresses are parsed and written alike", () => {
  const parse = (address: string) => parseRoute(address.split("?")[0] ?? "", address.split("?")[1] ?? "");
  equal(parse(inboxPath("a b", "waiting", "диван")), {
    page: "inbox",
    id: "a b",
    view: "waiting",
    search: "диван",
    message: null,
  });
  equal(parse(demoPath("x", null)), { page: "demo", id: "x", view: null, search: "" });
  equal(parse("/knowledge/e?version=3&start=0&end=7"), {
    page: "knowledge",
    id: "e",
    quote: { version: 3, start: 0, end: 7 },
  });
  equal(parse("/knowledge/e?version=x"), { page: "knowledge", id: "e", quote: null });
  equal(parse("/settings/more").page, "not-found");
  equal(parse("/%E0%A4%A").page, "not-found");
});

Deno.test("a shortcut is the same key on Latin, Russian and Kazakh layouts", () => {
  const press = (key: string, code: string, shiftKey = false) => keyName({ key, code, shiftKey });
  equal([press("r", "KeyR"), press("к", "KeyR"), press("К", "KeyR", true)], ["r", "r", "r"]);
  equal([press("r", "KeyO"), press("z", "KeyY")], ["r", "z"], "Dvorak and German layouts go by the letter");
  equal([press("/", "Slash"), press(".", "Slash"), press("?", "Slash", true), press(",", "Slash", true)], [
    "/",
    "/",
    "?",
    "?",
  ]);
  equal(press("Enter", "Enter"), "Enter");
});

Deno.test("query values are escaped and empty ones left out", () => {
  equal(withQuery("/x", { q: "а&б", after: null, view: "all", none: "" }), "/x?q=%D0%B0%26%D0%B1&view=all");
});

Deno.test("the install snippet cannot break out of its attributes", () => {
  equal(
    widgetSnippet("https://a.kz", 'wk_"><script>', { color: "red; x" }),
    '<script src="https://a.kz/widget.js" data-key="wk_&quot;>&lt;script>" async></script>',
  );
  const launcher = { icon: "phone" as const, label: { ru: 'Спросите "нас"\nсейчас', kk: "Сұраңыз" } };
  equal(
    widgetSnippet("https://a.kz", "wk_1", { color: "#aa0000", position: "left", launcher, language: "ru" }),
    '<script src="https://a.kz/widget.js" data-key="wk_1" data-color="#aa0000" data-position="left" data-icon="phone" ' +
      'data-label="Спросите &quot;нас&quot; сейчас" data-label-kk="Сұраңыз" async></script>',
  );
});

Deno.test("only text files are offered to the knowledge", () => {
  equal(["a.MD", "b.txt", "c.html", "d.pdf", "txt"].map(fileType), [
    "text/markdown",
    "text/plain",
    "text/html",
    null,
    null,
  ]);
});

Deno.test("text on the widget's colour is readable", () => {
  equal(["#2a5bd7", "#ffee00", "#ffffff", "#000000"].map(textOn), ["#fff", "#000", "#000", "#fff"]);
});
