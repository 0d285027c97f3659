// What the chat needs now and then, loaded when it does: widget.js stays small for the pages that carry it.
export { Asking } from "./Asking.ts";
export { citationViews } from "./citationViews.ts";
export { fileView, sendFiles } from "./fileView.ts";
export { askSite, renew, resume } from "./identity.ts";
export { moreStyle } from "./moreStyle.ts";
export { moreWordsFor } from "./moreWords.ts";
