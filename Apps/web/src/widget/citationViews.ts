import type { ChatMessage } from "../webchat/types.ts";
import { element } from "./element.ts";
import type { MoreWords } from "./moreWords.ts";

/// What an answer is taken from, to be unfolded.
export function citationViews(citations: ChatMessage["citations"], words: MoreWords): HTMLElement[] {
  return citations.map(({ title, quote }) =>
    element("details", {}, element("summary", {}, `${words.source}: ${title}`), quote)
  );
}
