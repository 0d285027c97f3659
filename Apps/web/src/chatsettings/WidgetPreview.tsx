import { useEffect, useRef } from "react";
import type { Language, WebChatSettings } from "../api/types.ts";
import { SevenSalesChat } from "../widget/SevenSalesChat.ts";
import { configOf } from "./draft.ts";
import { useWords } from "./words/useWords.ts";

const tag = "seven-sales-chat";

interface WidgetPreviewProps {
  settings: WebChatSettings;
  name: string;
  language: Language;
}

/// The widget itself with the settings as they are on the screen. It has no key and no server here, so it can send nothing.
export function WidgetPreview({ settings, name, language }: WidgetPreviewProps) {
  const words = useWords();
  const stage = useRef<HTMLDivElement>(null);
  const chat = useRef<SevenSalesChat | null>(null);
  useEffect(() => {
    if (!customElements.get(tag)) customElements.define(tag, SevenSalesChat);
    const made = document.createElement(tag) as SevenSalesChat;
    chat.current = made;
    stage.current?.append(made);
    return () => made.remove();
  }, []);
  useEffect(() => chat.current?.preview(configOf(settings, name, language)), [settings, name, language]);
  return (
    <section className="chat-stage-holder" aria-label={words.preview}>
      <h2>{words.preview}</h2>
      <p className="muted">{words.previewHint}</p>
      <div className="chat-stage" ref={stage} data-testid="chat-stage" />
    </section>
  );
}
